"""Equations that an adversary wrote, each wrong in another way: none is called equal, whatever names are given."""

from pathlib import Path

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.reading import Unread
from derivations.query.standing import Stands

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
LINES = Path(__file__).with_name("hostile.txt").read_text().splitlines()
WRONG = [line for line in LINES if line and not line.startswith("# ")]
VARIANCE = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"
TWINS = {  # wrong by a name that is given, or by the claim that is named; and right by another
    "a letter for beta": ((r"\tilde\beta_t = w", {"w": r"\beta_t"}, ""), {"w": VARIANCE}, ""),
    "twice beta": (
        (r"\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}w", {"w": "2*beta"}, ""), {"w": "beta"}, "",
    ),
    "another left side": ((rf"\tilde\beta_t = {VARIANCE}", {r"\tilde\beta_t": "beta"}, ""), {}, ""),
    "another claim": ((rf"\sigma_t^2 = {VARIANCE}", {}, "ddpm.marginal"), {}, "ddpm.posterior"),
    "the claim of another name": ((rf"\beta_t = {VARIANCE}", {}, "ddpm.posterior"), {}, None),
}  # fmt: skip


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_there_are_many() -> None:
    assert len(WRONG) == len(set(WRONG)) >= 250


@pytest.mark.parametrize("formula", WRONG)
def test_a_wrong_equation_is_not_equal(formula: str) -> None:
    try:
        answer = ask(formula)
    except Unread:
        return
    assert not answer.is_equal, answer


@pytest.mark.parametrize("name", TWINS)
def test_a_name_or_a_claim_that_is_given_makes_no_wrong_equation_equal(name: str) -> None:
    (formula, where, against), others, of = TWINS[name]
    assert not ask(formula, where=where, against=against).is_equal
    assert of is None or ask(formula, where=others, against=of).is_equal
