"""`ask` gives formulas their right verdicts: right, wrong, in other symbols, too small, truncated, or hostile."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.reading import Unread
from derivations.query.standing import Stands
from derivations.query.verdict import Verdict

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
FORMULAS = tomllib.loads(Path(__file__).with_name("formulas.toml").read_text())["formula"]
KEYS = frozenset({"text", "unread", "holds"})  # all others are conventions
READ = [f for f in FORMULAS if "unread" not in f]
UNREAD = [f for f in FORMULAS if "unread" in f]


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_there_are_enough_formulas() -> None:
    kinds = [expected[0] for f in READ for name, expected in f.items() if name not in KEYS]
    assert len(FORMULAS) >= 110 and len(UNREAD) >= 10
    assert all(kinds.count(kind) >= least for kind, least in (("equal", 40), ("wrong_form", 20), ("different", 14)))


@pytest.mark.parametrize("formula", READ, ids=lambda f: f["text"][:60])
def test_a_formula_gets_its_verdict(formula: dict[str, Any]) -> None:
    answer = ask(formula["text"])
    for name, expected in formula.items():
        if name not in KEYS:
            own = [read.verdict for read in answer.read if name in read.conventions]
            _expected(min(own, key=lambda v: v.kind != expected[0]), *expected)
    for read in answer.read:
        kinds = {formula[name][0] for name in read.conventions if name in formula}
        assert read.verdict.kind != "equal" or "equal" in kinds, read
    assert answer.is_equal is formula.get("holds", answer.is_equal)


def _expected(v: Verdict, kind: str, claim: str = "", wrong: str = "") -> None:
    assert v.kind == kind, v
    assert not claim or claim in (v.claim, *v.also, *(near.claim for near in v.near)), v
    assert v.wrong == wrong or not wrong, v
    if kind in ("different", "wrong_form"):
        assert v.at and v.off.strip("-0.e"), "a point, and by how much they differ there"


@pytest.mark.parametrize("formula", UNREAD, ids=lambda f: f["text"][:60])
def test_the_unreadable_part_of_a_formula_is_named(formula: dict[str, Any]) -> None:
    with pytest.raises(Unread) as fault:
        ask(formula["text"])
    assert formula["unread"] in str(fault.value)
