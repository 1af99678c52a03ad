"""The pytest plugin: `--claim TAG`, files of claims that are named, and those that `udm_claims` lists.

Each run of pytest loads this module where udm is installed. So it imports nothing heavy and collects nothing until a
claim is asked for; then claims are judged in a process of their own, and the tests around them meet no SymPy of ours.

- `pytest --claim 999C` collects the checks of that claim and nothing else; with paths, also what these have, but no
  test that is marked `@pytest.mark.claim("name")` for other claims alone.
- `pytest my_claims.py` collects the claims of that file, and `pytest my_claims.py::mine.mean` one of them.
- Tests that `udm.conformance.parametrize_with_claims` makes tell JUnit what they found.
- `udm_claims = ["tests/*_claims.py"]` in the settings makes such files part of the suite, where pytest comes by them.
"""

import ast
from collections import defaultdict
from collections.abc import Generator, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

INI = "udm_claims"
WITHHELD = ("failed", "error", "skipped", "xfailed", "xpassed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--claim` and `udm_claims`."""
    group = parser.getgroup("udm", "claims about diffusion models")
    group.addoption(
        "--claim", action="append", default=[], metavar="CLAIM",
        help="check this claim: a tag (999C), a name, a prefix, a glob, a paper's equation ('luo 84'), or a claim of "
        "your own (its name, my_claims.py, my_claims.py::mine.mean; the file is executed). May be repeated. Without "
        "paths, nothing else is collected",
    )  # fmt: skip
    parser.addini(INI, "files of your own claims, as globs relative to the root directory", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the claims that `--claim` means, so that a mistake is a usage error."""
    config.addinivalue_line("markers", "claim(*names): the test validates these claims")
    if config.getoption("claim"):
        from udm.testing.checks import asked

        config.stash[ASKED] = asked(config, listed(config))
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            config.args = []  # not the whole suite, which was not asked for


ASKED = pytest.StashKey[list[Any]]()  # of checks.Subject


# -- collection -----------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let the session collect the claims that the command line names, after what its paths have."""
    report = yield
    if isinstance(collector, pytest.Session) and collector.config.stash.get(ASKED, []):
        from udm.testing.checks import Subjects

        report.result.append(Subjects.from_parent(collector, subjects=collector.config.stash[ASKED]))
    return report


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect a file of claims as one, and not as a module of tests."""
    found = yield
    if file_path.suffix == ".py" and (file_path in listed(parent.config) or _named(file_path, parent)):
        from udm.testing.checks import ClaimsFile

        return [ClaimsFile.from_parent(parent, path=file_path, beside=listed(parent.config))]
    return found


def listed(config: pytest.Config) -> list[Path]:
    """Return the files that the settings list."""
    if LISTED not in config.stash:
        found = (sorted(config.rootpath.glob(pattern)) for pattern in config.getini(INI))
        config.stash[LISTED] = list(dict.fromkeys(path for paths in found for path in paths))
    return config.stash[LISTED]


LISTED = pytest.StashKey[list[Path]]()


def _named(file: Path, parent: pytest.Collector) -> bool:
    """Return whether a file of the command line has claims, and is called like no file of tests.

    It binds some to names, or takes from derivations.authoring what they are written with, so that its faults are met.
    """
    if not parent.session.isinitpath(file):
        return False
    if any(fnmatch(file.name, pattern) for pattern in parent.config.getini("python_files")):
        return False
    try:
        body = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError):
        return False
    return any(map(_of_claims, body))


def _of_claims(node: ast.stmt) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "derivations.authoring" and any(name.name == "Claim" for name in node.names)
    bound = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    return isinstance(bound, ast.Call) and ast.unparse(bound.func) == "Claim"


def names_of(item: pytest.Item) -> list[str]:
    """Return the names of the claims that a test is marked with."""
    names = (name for mark in item.iter_markers("claim") for name in mark.args if isinstance(name, str))
    return list(dict.fromkeys(names))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note each test's claims; with `--claim`, drop tests marked for others, and a check that two ways lead to."""
    for item in items:
        if _check_of(item) is None:
            item.user_properties += [("claim", name) for name in names_of(item)]
        elif config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("[")[0]))  # one worker checks a target
    if ASKED in config.stash:
        chosen, seen = {subject.name for subject in config.stash[ASKED]}, set[Any]()
        kept = [i for i in items if hasattr(i, "check") or not names_of(i) or not chosen.isdisjoint(names_of(i))]
        kept = [i for i in kept if (key := getattr(i, "check", i)) not in seen and not seen.add(key)]
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = kept


def _check_of(item: pytest.Item) -> Any:
    """Return the check of a target that a test runs (`udm.conformance.parametrize_with_claims`), or None."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    return next((one for one in params.values() if getattr(one, "is_check_of_udm", False)), None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note what a check of a target found, for JUnit's properties."""
    if call.when == "call" and (one := _check_of(item)) is not None:
        item.user_properties += one.properties


# -- the closing summary --------------------------------------------------------------------------


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a line for each claim: its tag, its name, and the checks that passed or failed."""
    outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    tags: dict[str, str] = {}
    for report, outcome in _outcomes(terminalreporter):
        for key, value in report.user_properties:
            if key == "claim":
                outcomes[value].append((report.nodeid.rpartition("::")[2], outcome))
            elif key == "tag of a claim":
                tags.setdefault(*value.split(" ")[::-1])
    if not outcomes:
        return
    if outcomes.keys() - tags:
        from derivations.catalogue import tags as catalogue

        tags = catalogue() | tags
    terminalreporter.section("claims")
    for name in sorted(outcomes.keys() & tags, key=list(tags).index):
        bad = [f"{check} {outcome}" for check, outcome in outcomes[name] if outcome != "passed"]
        line = f"{tags[name]:4}  {name:42} {len(outcomes[name]) - len(bad):3} passed"
        terminalreporter.write_line(line + (f"   {'; '.join(bad)}" if bad else ""), red=bool(bad), green=not bad)


def _outcomes(reporter: pytest.TerminalReporter) -> Iterator[tuple[Any, str]]:
    for outcome in ("passed", *WITHHELD):
        for report in reporter.stats.get(outcome, []):
            if hasattr(report, "user_properties") and (outcome != "passed" or report.when == "call"):
                yield report, outcome
