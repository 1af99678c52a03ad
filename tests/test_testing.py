"""The assertions that users' tests can call, and the package's lazy `ask`."""

import subprocess
import sys

import pytest

import derivations
from derivations.catalogue import claims
from derivations.query import ask as asking
from derivations.query.index.described import described
from derivations.query.reading import Unread
from derivations.query.standing import Stands
from derivations.symbols import sigma_s, sigma_t, sigma_ts
from derivations.testing import assert_equal_to

NAME = "vdm.posterior.variance"


@pytest.fixture(autouse=True)
def one_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index of one claim, which is green."""
    only = {NAME: described(claims()[NAME])}
    monkeypatch.setattr(asking, "index", lambda watch: only)
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_a_right_formula_passes() -> None:
    assert_equal_to(NAME, sigma_s**2 * sigma_ts**2 / sigma_t**2, seconds=120)
    assert_equal_to("5P6N", r"\sigma_{t|s}^2 \sigma_s^2 / \sigma_t^2", seconds=120)
    assert_equal_to(NAME, r"s_1^2 \sigma_{t|s}^2 / \sigma_t^2", where={"s_1": "sigma_s"}, seconds=120)


def test_a_wrong_formula_fails_with_a_counterexample() -> None:
    with pytest.raises(AssertionError) as fault:
        assert_equal_to(NAME, 2 * sigma_s**2 * sigma_ts**2 / sigma_t**2, seconds=120)
    for told in (NAME, "2 times that", "off by", "sigma_t = "):
        assert told in str(fault.value)
    with pytest.raises(AssertionError, match="standard deviation for variance"):
        assert_equal_to(NAME, r"\sigma_{t|s} \sigma_s / \sigma_t", seconds=120)


def test_faults_of_the_caller_differ_from_wrong_formulas() -> None:
    with pytest.raises(Unread):
        assert_equal_to(NAME, r"\sigma_{t|s} \foo")
    with pytest.raises(ValueError, match=r"expected one claim, got [0-9]+"):
        assert_equal_to("vdm", sigma_s)


def test_ask_is_imported_only_when_it_is_used() -> None:
    assert derivations.ask is asking.ask
    code = "import sys, derivations; assert not {'sympy', 'flint', 'derivations.query'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="nothing"):
        _ = derivations.nothing
