"""Formulas as practitioners write them: what is right is equal, and a usual slip is a wrong form or different."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from derivations.query import ask as asking
from derivations.query.ask import ask
from derivations.query.standing import Stands

pytestmark = pytest.mark.xdist_group("query")  # which builds the index once
FORMULAS = tomllib.loads(Path(__file__).with_name("practice.toml").read_text())["formula"]
RIGHT = [f for f in FORMULAS if f["holds"]]
WRONG = [f for f in FORMULAS if not f["holds"]]


@pytest.fixture(autouse=True)
def all_claims_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat all claims as green, and judge in this process: only the formula is tested here."""
    monkeypatch.setattr(asking, "within", lambda _, job: job())
    monkeypatch.setattr(asking._Job, "stands", lambda self, name: Stands("proved", ("prove",)))


def test_there_are_as_many_slips_as_right_formulas() -> None:
    assert len(RIGHT) >= 40 and len(WRONG) >= 50


@pytest.mark.parametrize("formula", RIGHT, ids=lambda f: f["text"][:70])
def test_what_is_right_is_equal(formula: dict[str, Any]) -> None:
    answer = ask(formula["text"])
    assert answer.is_equal, answer
    assert any(formula["in"] in r.conventions and r.verdict.kind == "equal" for r in answer.read), answer


@pytest.mark.parametrize("formula", WRONG, ids=lambda f: f["text"][:70])
def test_a_slip_is_shown_with_a_point(formula: dict[str, Any]) -> None:
    answer = ask(formula["text"])
    own = [r.verdict for r in answer.read if formula["in"] in r.conventions]
    slips = [v for v in own if v.kind in ("wrong_form", "different")]
    assert slips and "equal" not in {v.kind for v in own}, answer  # one name may have several meanings
    assert all(v.at and v.off.strip("-0.e") for v in slips), "a point, and by how much they differ there"
