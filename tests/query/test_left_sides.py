"""A left side with a letter of the field is one that papers write for the formula; any other makes nothing equal."""

import tomllib
from pathlib import Path

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.left.letters import known, letter_in
from derivations.query.reading import Unread
from derivations.query.standing import Stands

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
FORMULAS = tomllib.loads(Path(__file__).with_name("left_sides.toml").read_text())["formula"]
RIGHT = [f["text"] for f in FORMULAS if f.get("holds")]
WRONG = [f["text"] for f in FORMULAS if f.get("holds") is False]
UNREAD = [f["text"] for f in FORMULAS if "unread" in f]
VARIANCE = r"\frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t"


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


@pytest.mark.parametrize("text", RIGHT)
def test_what_papers_write_on_the_left_holds(text: str) -> None:
    assert ask(text).is_equal


@pytest.mark.parametrize("text", WRONG)
def test_after_another_left_side_nothing_is_equal(text: str) -> None:
    assert "equal" not in {r.verdict.kind for r in ask(text).read}


@pytest.mark.parametrize("text", UNREAD)
def test_what_stands_over_an_equality_may_make_it_another(text: str) -> None:
    with pytest.raises(Unread) as fault:
        ask(text)
    assert "overset" in str(fault.value) or "stackrel" in str(fault.value)


def test_a_left_side_is_looked_at_where_the_claim_is_named() -> None:
    assert not ask(f"x_0 = {VARIANCE}", against="ddpm.posterior").is_equal
    assert ask(rf"\tilde\beta_t = {VARIANCE}", against="ddpm.posterior").is_equal
    assert ask(VARIANCE, against="ddpm.posterior").is_equal


def test_a_letter_without_a_meaning_is_the_users_own() -> None:
    letters = known(asking.index())
    assert {"\\beta", "\\sigma", "x", "L", "\\mathrm{SNR}"} <= letters and not {"\\Upsilon", "Q"} & letters
    assert letter_in(r"\hat\sigma_{t}(x)^{2}") == "\\sigma" and letter_in("c_in") == "c"
    assert ask(rf"\Upsilon = {VARIANCE}").is_equal and ask(f"Q = {VARIANCE}").is_equal
