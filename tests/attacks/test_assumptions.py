"""An assumption counts only where it has a value: at an equality case, in a limit, for a lemma, and where it is stated.

Each cheat rests on an assumption with a logarithm or a root where that has no value, and has a harmless twin.
"""

from typing import Any

import pytest
from sympy import Expr, Integer, Rational, S, Symbol, expand, log, sqrt

from derivations.engines.discharge.lemmas import _serving
from derivations.engines.prove import prove
from derivations.form.claim import Below, Claim, by
from derivations.form.statement import AtMost, Equal, Tends
from derivations.form.verdict import Evidence
from derivations.judge.support import unsupported
from tests.support.forged import a, b, claim, h, w
from tests.support.judged import green, red_for

u = Symbol("u", real=True)
SQUARE = (u + 2) ** 2 * a
AT = {a: S.One, u: S.Half, w: Integer(7)}


def given(*assumptions: Below, left: Expr = SQUARE, **changes: Any) -> Claim:
    """Return an identity under assumptions, each kept for convenience."""
    free = {v for side in (left, *(e for g in assumptions for e in g)) for v in side.free_symbols}
    kept = {"0 < a": "kept"} | {g.text: "kept" for g in assumptions}
    at = {v: q for v, q in AT.items() if v in free}
    return claim(left, expand(left), given=assumptions, convenience=kept, **{"example": at} | changes)


VALUELESS = {
    "a logarithm": (Below(log(u), Integer(3)),),
    "a root": (Below(Integer(-1), sqrt(u)),),
    "a root that a later assumption would carry": (Below(Integer(-1), sqrt(u)), Below(S.Zero, u)),
    "a logarithm on both sides": (Below(log(u), log(u) + 1),),
}
VALUED = {
    "a logarithm, after its sign": (Below(S.Zero, u), Below(log(u), Integer(3))),
    "a root of a square": (Below(sqrt(u**2 + 1), Integer(3)),),
}


@pytest.mark.parametrize("what", VALUELESS)
def test_an_assumption_without_a_value_is_refused(what: str) -> None:
    red_for(given(*VALUELESS[what]), "to have a value wherever the assumptions before it hold")


@pytest.mark.parametrize("what", VALUED)
def test_an_assumption_with_a_value_is_accepted(what: str) -> None:
    green(given(*VALUED[what]))


@pytest.mark.parametrize("fact", [Below(log(u), Integer(3)), Below(Integer(-1), sqrt(u))])
def test_a_lemma_serves_only_where_its_assumptions_have_values(fact: Below, monkeypatch: pytest.MonkeyPatch) -> None:
    """log(u) < 3 is shown for u < 1, as log u is at most u - 1 wherever it has a value."""
    says = lambda q: (Equal(SQUARE, q), Below(S.Zero, u))  # noqa: E731
    monkeypatch.setattr("derivations.form.known._registered", [{"lemma": given(fact, says=says)}])
    assert not list(_serving("lemma", given(Below(u, S.One), Below(Rational(-1, 2), u))))
    assert list(_serving("lemma", given(Below(u, S.One), Below(S.Zero, u))))


def met(fact: Below, *others: Below) -> Claim:
    """Return the claim 0 <= a (u - w + 5)^2, with equality at u = w - 5."""
    more = a * (u - w + 5) ** 2
    lines = (by("", more), by("", expand(more))), (by("", S.Zero), by("", more, more=more))
    says = lambda q: (Equal(more, q), AtMost(S.Zero, more, {u: w - 5}))  # noqa: E731
    return given(fact, *others, left=more, says=says, proof=lines)


@pytest.mark.parametrize("fact", [Below(Integer(-3), log(u)), Below(Integer(-1), sqrt(u))])
def test_an_equality_case_lies_where_the_assumptions_have_values(fact: Below) -> None:
    assert "left over: w - 5 >" in prove(met(fact, Below(w, S.One))).reason


def test_an_equality_case_in_the_domain_is_green() -> None:
    green(met(Below(S.Zero, u), Below(Integer(-1), sqrt(u)), Below(Integer(5), w)))


def small(inside: Expr, *others: Below) -> Claim:
    """Return the claim that a u^2 + h tends to a u^2, where -1 < sqrt(inside)."""
    near = a * u**2 + h
    says = lambda q: Tends(near, h, q)  # noqa: E731
    proof = ((by("", near), by("", near)),)
    return given(*others, Below(Integer(-1), sqrt(inside)), left=near, says=says, answer=a * u**2, proof=proof)


def test_an_assumption_on_a_limits_variable_has_a_value_at_its_end() -> None:
    assert "left over: u >= 0" in prove(small(u + h)).reason
    assert prove(small(u**2 + h)).verdict == prove(small(u + h, Below(S.Zero, u))).verdict == "proved"


def favour(*engines: str) -> list[Evidence]:
    return [
        Evidence(engine, "proved" if engine == "prove" else "consistent", detail={"statements": [1]})
        for engine in engines
    ]  # type: ignore[arg-type]


@pytest.mark.parametrize("e", [sqrt(a + b), log(a + b), (a + b) ** a])
def test_field_does_not_count_where_branches_matter(e: Expr) -> None:
    branched = claim(a * (e + 1), a * e + a)
    assert [*unsupported(branched, favour("prove", "field"))]
    assert [*unsupported(branched, favour("prove", "enclose"))] == []
    assert [*unsupported(claim(a * (b + 1) / b, a + a / b), favour("prove", "field"))] == []
