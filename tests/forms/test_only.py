"""Inequalities with equality in one case only: equality anywhere else is found, or not excluded by the proof."""

from typing import Any

import pytest
from sympy import Expr, Integer, Symbol, expand, log

from derivations.engines.decide import decide
from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.form.claim import Chain, Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.judge.certificate import certify
from derivations.probability.density import Density
from derivations.probability.mean import Excess, Mean, kl
from tests.support.forged import a, b, c, claim
from tests.support.judged import red_for


def only(more: Expr, case: dict[Any, Any], *lines: Any, start: Expr = a * b) -> Claim:
    """Return the claim start <= start + more, with equality only in the case; each line adds its stated excess.

    An equality beside it pins the answer, since a bound that is slack off the case is also true.
    """
    chain, here = [by("the left", start)], start
    for why, added, convex in lines or (("something is added", more, None),):
        here = here + added
        chain.append(by(why, here, more=None if convex else added, convex=convex))
    wrong = {"one": Wrong(start + 2 * more + 1, "slack"), "other": Wrong(start - more - 1, "below")}
    symbols = start.free_symbols | more.free_symbols
    return claim(
        start, start + more, kind="inequality",
        says=lambda q: (AtMost(start, q, case, only=True), Equal(expand(start + more), q)),
        proof=(tuple(chain), (by("the same", expand(start + more)), by("so", start + more))), wrong=wrong,
        example=dict(zip(sorted(symbols, key=str), (2, 1, 3, 5), strict=False)),
        convenience={f"0 < {v}": "kept" for v in symbols if v.is_positive},
    )  # fmt: skip


TWO = ((a - b) ** 2 / c, c - 1 - log(c))
PAIR = {a: b, c: Integer(1)}
BENT = (("a square", TWO[0], None), ("convex, least at 1", TWO[1], (c, Integer(1))))

ONLY = {
    "a square": only((a - b) ** 2 / c, {a: b}),
    "a square and a convex function": only(sum(TWO), PAIR, *BENT),
    "an edge of the domain": only(a * (1 + c) / b, {a: Integer(0)}),
}


@pytest.mark.parametrize("name", ONLY)
def test_equality_in_one_case_only_is_proved(name: str) -> None:
    assert certify(ONLY[name], "digest").complaints == []


ELSEWHERE = {
    "in another case too": (only((a - b) ** 2 * (a - c) ** 2, {a: b}), "no line forces a = b"),
    "a part of the case will do": (only((a - b) ** 2 / c, PAIR), "enclose refutes|no line forces c = 1"),
    "on a curve through it": (only((a - b) ** 2, {a: Integer(2), b: Integer(2)}), "enclose refutes|no line forces"),
    "one condition stated twice": (only((a - b) ** 2 / c, {a: b, b: a}), "free of the symbols that it sets"),
    "a line that bends as it likes": (
        only(sum(TWO), PAIR, ("a square", TWO[0], None), ("larger", TWO[1], None)),
        "no line forces c = 1",
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_equality_elsewhere_goes_red(name: str) -> None:
    red_for(*ELSEWHERE[name])


def test_the_solvers_find_equality_elsewhere() -> None:
    assert decide(only((a - b) ** 2 / c, {a: b})).verdict == "proved"
    evidence = decide(only((a - b) ** 2 * (a - c) ** 2, {a: b}))
    assert evidence.verdict == "refuted" and evidence.witness["a"] == evidence.witness["c"] != evidence.witness["b"]


def test_an_excess_that_was_not_checked_forces_nothing() -> None:
    """The stated excess of a first line, or of a convex one, is in no difference that was checked."""
    z, extra = c - 1 - log(c), Integer(1)
    chain: Chain = (by("the left", a * b, more=extra), by("convex", a * b + z, convex=(c, Integer(1))))
    forged = only(z, {c: Integer(1)})
    slack = {"proof": (chain,), "says": lambda q: AtMost(a * b, q, {a: b, c: Integer(1)}, only=True)}
    assert "no line forces a = b" in prove(claim(a * b, a * b + z, **slack, example=dict(forged.example))).reason
    both = (by("the left", a * b), by("convex", a * b + z, more=extra, convex=(c, Integer(1))))
    strict = {"proof": (both,), "says": lambda q: Below(a * b, q)}
    assert "got several" in prove(claim(a * b, a * b + z, **strict, example=dict(forged.example))).reason


# for all densities: KL(q || p) >= 0 with equality only at p = q, and the same where p is another law's
v = Symbol("v")
q, p = Density("q", v), Density("p", v)
DIVERGENCE, MORE = kl(v, q, p), Mean(Excess(p / q), (v, q))


def divergence(case: dict[Any, Any]) -> Claim:
    zero = Integer(0)
    proof = ((by("nothing", zero), by("log u <= u - 1", DIVERGENCE, more=MORE)),)
    odds = {s: Integer(n) for n, s in enumerate(sorted(DIVERGENCE.free_symbols, key=str), 2)}
    wrong = {"twice": Wrong(-DIVERGENCE, "sign"), "more": Wrong(DIVERGENCE + 1, "slack")}
    return claim(
        zero, DIVERGENCE, kind="inequality", says=lambda e: AtMost(zero, e, case, only=True), proof=proof,
        example=odds, convenience={f"0 < {s}": "odds" for s in odds}, wrong=wrong,
    )  # fmt: skip


def test_a_divergence_vanishes_only_for_equal_laws() -> None:
    for engine in (prove, enclose):
        assert engine(divergence({p: q})).verdict in ("proved", "consistent")


def test_a_divergence_forces_no_other_law() -> None:
    other = Density("r", v)
    assert "no line forces" in prove(divergence({p: q, other: q})).reason
