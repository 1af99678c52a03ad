"""A third party's suite has a test for each check; expected failures are strict, and what did not run is not green."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from udm.conformance import Expected, parametrize_with_claims

LINK = "https://example.org/7"
TARGETS = """
from tests.support.diffusion import Process, wide

class Wrong(Process):
    def __init__(self):
        super().__init__(T=12)
    def sigma(self):
        return 1 - self.bars
    def snr(self):
        raise RuntimeError("no snr")

class Kept(Process):
    def __init__(self):
        super().__init__(T=12)
    guide = None

class Printing(Kept):
    def alpha_bar(self):
        import warnings
        warnings.warn("an odd table")
        return self.bars
"""
TEST = """
from targets import {target}
from udm.conformance import Expected, parametrize_with_claims

@parametrize_with_claims({target}, expected={expected}, only={only})
def test_formulas(check):
    check()
"""
SETTINGS = """
[tool.pytest.ini_options]
addopts = "--strict-markers --strict-config -p no:cacheprovider"
filterwarnings = ["error"]
"""
ONLY = ["sigma", "snr", "alpha_bar", "guide", "add_noise"]


LATER = f"{{'sigma': Expected('a root is missing', '{LINK}'), 'snr': 'later'}}"
SUITES: dict[str, tuple[str, str, list[str]]] = {
    "test_wrong": ("Wrong", "{}", ONLY),
    "test_expected": ("Wrong", LATER, ONLY),
    "test_kept": ("Kept", "{'add_noise-bfloat16': 'x', 'guide-float32': 'y'}", ONLY),
    "test_nothing": ("Kept", "{}", ["guide"]),
    "test_printing": ("Printing", "{}", ["alpha_bar"]),
}
SHARED = {"test_shared": ("Kept", "{}", ["sigma", "snr"])}


class Ran:
    """What pytest has made of suites in a process of its own, which loads torch once for all of them."""

    def __init__(self, folder: Path, suites: dict[str, tuple[str, str, list[str]]], *args: str) -> None:
        (folder / "pyproject.toml").write_text(SETTINGS)
        (folder / "targets.py").write_text(TARGETS)
        for name, (target, expected, only) in suites.items():
            (folder / f"{name}.py").write_text(TEST.format(target=target, expected=expected, only=only))
        command = [sys.executable, "-m", "pytest", "-rx", "-p", "udm.testing.plugin", "--junitxml=found.xml", *args]
        settings = {"PYTHONPATH": str(Path(__file__).parents[3]), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        env = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")} | settings
        self.text = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env, check=False).stdout
        self.cases = list(ElementTree.parse(folder / "found.xml").iter("testcase"))

    def outcomes(self, suite: str) -> dict[str, int]:
        """Count how the tests of a suite went."""
        return dict(Counter(self._outcome(case) for case in self.cases if case.get("classname") == suite))

    def _outcome(self, case: ElementTree.Element) -> str:
        if (bad := next((one for one in case if one.tag in ("failure", "error")), None)) is not None:
            return {"failure": "failed", "error": "error"}[bad.tag]
        skipped = case.find("skipped")
        return "passed" if skipped is None else "xfailed" if skipped.get("type") == "pytest.xfail" else "skipped"

    def found(self, suite: str) -> str:
        """Return all that the XML has of a suite's tests."""
        return "".join(ElementTree.tostring(c, "unicode") for c in self.cases if c.get("classname") == suite)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("suites"), SUITES)


def test_each_check_is_a_test_and_a_wrong_formula_fails_with_its_claim(ran: Ran) -> None:
    assert ran.outcomes("test_wrong") == {"passed": 10, "failed": 2}
    found = ran.found("test_wrong")
    assert "it is 1 - alpha-bar for its root" in found and "90EU ddpm.marginal" in found and "no snr" in found
    assert "it is 1 - alpha-bar for its root" in ran.text and "90EU ddpm.marginal" in ran.text and "no snr" in ran.text
    assert '<property name="udm verdict" value="wrong"' in found and '<property name="udm tag" value="90EU"' in found
    (line,) = (line for line in ran.text.partition("= claims =")[2].splitlines() if " ddpm.marginal " in line)
    assert "test_formulas[sigma] failed" in line


def test_expected_failures_are_reported_with_reason_and_link(ran: Ran) -> None:
    assert ran.outcomes("test_expected") == {"passed": 10, "xfailed": 2}
    (line,) = (
        line for line in ran.text.splitlines() if line.startswith("XFAIL test_expected.py::test_formulas[sigma]")
    )
    assert f"a root is missing ({LINK})" in line


def test_an_expected_failure_that_passes_or_does_not_run_is_a_failure(ran: Ran) -> None:
    assert ran.outcomes("test_kept") == {"passed": 7, "failed": 2, "skipped": 3}
    found = ran.found("test_kept")
    assert "[XPASS(strict)] x" in found and "guide-float32: expected to fail, and did not run" in found


def test_a_target_of_which_nothing_runs_is_not_green(ran: Ran) -> None:
    assert ran.outcomes("test_nothing") == {"failed": 1, "skipped": 4}


def test_a_warning_of_the_target_is_no_error_of_its_formula(ran: Ran) -> None:
    assert ran.outcomes("test_printing") == {"passed": 2}


def test_nothing_else_ran(ran: Ran) -> None:
    assert {case.get("classname") for case in ran.cases} == set(SUITES)
    assert " 5 failed, 29 passed, 7 skipped, 2 xfailed in " in ran.text.splitlines()[-1]


def test_workers_share_no_target(tmp_path: Path) -> None:
    shared = Ran(tmp_path, SHARED, "-p", "xdist.plugin", "-n", "2", "--dist", "loadgroup")
    assert shared.outcomes("test_shared") == {"passed": 3} and len(shared.cases) == 3


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(ValueError, match="expected names of checks, got add_nois"):
        parametrize_with_claims(object(), expected={"add_nois": Expected("?")})
