"""The pytest plugin: `--claim TAG`, and a closing summary that reads as a list of equations.

A test of a claim carries `@pytest.mark.claim(name)`; `--claim` takes a tag, a name or a glob.
"""

import os
import signal
from collections import defaultdict
from collections.abc import Iterator

import pytest

from derivations.catalogue import Unknown, claims, find, tags

# Before torch. Workers share the cores, and threads that wait for one spin; the compiler of CPU code needs no processes
# of its own, each of which would import torch.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

WITHHELD = ("failed", "error", "skipped", "xfailed", "xpassed")


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt this process and those started here, even if the starting shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--claim", action="append", default=[], metavar="TAG", help="only tests of this claim (tag, name or glob)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "claim(*names): the test validates these claims")
    try:
        config.stash[CHOSEN] = {c.name for pattern in config.getoption("--claim") for c in find(pattern)}
    except Unknown as unknown:
        raise pytest.UsageError(str(unknown)) from None


CHOSEN = pytest.StashKey[set[str]]()


def names_of(item: pytest.Item) -> set[str]:
    return {name for mark in item.iter_markers("claim") for name in mark.args}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        item.user_properties += [("claim", name) for name in sorted(names_of(item))]
    chosen = config.stash[CHOSEN]
    if chosen:
        config.hook.pytest_deselected(items=[i for i in items if not names_of(i) & chosen])
        items[:] = [i for i in items if names_of(i) & chosen]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print a line for each claim: its tag, its name, and the checks that passed or failed."""
    outcomes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for claim, check, outcome in _outcomes(terminalreporter):
        outcomes[claim].append((check, outcome))
    if not outcomes:
        return
    terminalreporter.section("claims")
    for name in (n for n in claims() if n in outcomes):
        bad = [f"{check} {outcome}" for check, outcome in outcomes[name] if outcome != "passed"]
        line = f"{tags()[name]}  {name:42} {len(outcomes[name]) - len(bad):3} passed"
        terminalreporter.write_line(line + (f"   {'; '.join(bad)}" if bad else ""), red=bool(bad), green=not bad)


def _outcomes(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, str]]:
    for outcome in ("passed", *WITHHELD):
        for report in reporter.stats.get(outcome, []):
            if outcome == "passed" and report.when != "call":
                continue
            for key, value in getattr(report, "user_properties", ()):
                if key == "claim":
                    yield value, report.nodeid.rpartition("::")[2], outcome
