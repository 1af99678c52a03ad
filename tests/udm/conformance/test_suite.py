"""A third party's suite has a test for each check; expected failures are strict, and what did not run is not green."""

from pathlib import Path

import pytest

from udm.conformance import Expected, parametrize_with_claims

pytest_plugins = ["pytester"]

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


class Suite:
    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, target: str, expected: str = "{}", only: list[str] = ONLY, *args: str, **outcomes: int) -> str:
        self.pytester.makepyfile(test_it=TEST.format(target=target, expected=expected, only=only))
        done = self.pytester.runpytest_subprocess("-p", "udm.testing.plugin", "--junitxml=found.xml", *args)
        done.assert_outcomes(**outcomes)
        return done.stdout.str()


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (pytester.path / "pyproject.toml").write_text(SETTINGS)
    pytester.makepyfile(targets=TARGETS)
    return Suite(pytester)


def test_each_check_is_a_test_and_a_wrong_formula_fails_with_its_claim(suite: Suite) -> None:
    text = suite("Wrong", passed=10, failed=2)
    assert "it is 1 - alpha-bar for its root" in text and "90EU ddpm.marginal" in text and "no snr" in text
    found = (suite.pytester.path / "found.xml").read_text()
    assert '<property name="udm verdict" value="wrong"' in found and '<property name="udm tag" value="90EU"' in found
    assert "ddpm.marginal" in text.partition("= claims =")[2]


def test_expected_failures_are_reported_with_reason_and_link(suite: Suite) -> None:
    expected = f"{{'sigma': Expected('a root is missing', '{LINK}'), 'snr': 'later'}}"
    text = suite("Wrong", expected, ONLY, "-rx", passed=10, xfailed=2)
    assert f"a root is missing ({LINK})" in text


def test_an_expected_failure_that_passes_or_does_not_run_is_a_failure(suite: Suite) -> None:
    text = suite("Kept", "{'add_noise-bfloat16': 'x', 'guide-float32': 'y'}", passed=7, failed=2, skipped=3)
    assert "[XPASS(strict)] x" in text and "guide-float32: expected to fail, and did not run" in text


def test_a_target_of_which_nothing_runs_is_not_green(suite: Suite) -> None:
    suite("Kept", "{}", ["guide"], failed=1, skipped=4)


def test_a_warning_of_the_target_is_no_error_of_its_formula(suite: Suite) -> None:
    suite("Printing", "{}", ["alpha_bar"], passed=2)


def test_workers_share_no_target(suite: Suite) -> None:
    suite("Kept", "{}", ["sigma", "snr"], "-p", "xdist.plugin", "-n", "2", "--dist", "loadgroup", passed=3)


def test_an_unknown_check_is_refused() -> None:
    with pytest.raises(ValueError, match="expected names of checks, got add_nois"):
        parametrize_with_claims(object(), expected={"add_nois": Expected("?")})
