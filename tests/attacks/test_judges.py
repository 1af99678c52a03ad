"""Cheats aimed at what the judges count and trust: a required number, a lemma, a list, a class or a counterexample.

Each was once green; now each goes red for its own reason, and has a harmless twin.
"""

from dataclasses import replace
from typing import Any

import pytest
from sympy import (
    Abs,
    Derivative,
    Expr,
    Function,
    Integer,
    Integral,
    Rational,
    S,
    Symbol,
    cos,
    exp,
    expand,
    log,
    pi,
    sqrt,
    symbols,
)
from sympy.core.function import AppliedUndef, UndefinedFunction

from derivations.engines.decide import decide
from derivations.engines.discharge.lemmas import certain
from derivations.engines.enclose import enclose
from derivations.engines.field import field
from derivations.engines.prove import prove
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.induction import induction
from derivations.form.known import left, listed
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge.certificate import certify
from tests.support.forged import AT, claim, equation, simulated
from tests.support.judged import green, red

a, b, c, h, V = symbols("a b c h V", positive=True)
x, n, t = symbols("x n t", real=True)
F = Function("f")
SILENT = Equal((F(a) + 1) ** 2, F(a) ** 2 + 2 * F(a) + 1)  # which `enclose` can't evaluate
SILENCE = (by("the left", SILENT.lhs), by("so", SILENT.rhs))


def beside(statement: Any, *lines: Any, **changes: Any) -> Claim:
    """Return the square of a sum with an experiment, one statement more, and one that `enclose` can't decide."""
    base = simulated({a: 2, b: 1})
    free = {v for e in statement if isinstance(e, Expr) for v in e.free_symbols} | {a, b}
    free -= {statement.var} if isinstance(statement, Tends) else set()
    free |= {v for g in changes.get("given", ()) for v in (g.greater - g.lesser).free_symbols}
    kept = {f"0 < {v}": "kept" for v in free if v.is_positive} | {g.text: "kept" for g in changes.get("given", ())}
    usual = {
        "says": lambda q: (Equal((a + b) ** 2, q), SILENT, statement), "proof": (base.proof[0], SILENCE, lines),
        "example": {v: Integer(1 + (v == a)) for v in free}, "convenience": kept,
        "wrong": {"far": Wrong(10**12 * base.answer, "all"), "one": Wrong(7 * b, "all")},
    }  # fmt: skip
    return replace(base, **usual | changes)


def bent(least: Expr, more: Expr) -> Claim:
    """Return the claim that b is at most b + more, by a convexity in V about a place."""
    at = {a: Rational(11, 2), b: S.One, c: S(2), V: S(2)}
    lines = by("", b), by("", b + more, convex=(V, least))
    return beside(AtMost(b, b + more, {c: S.One}), *lines, given=(Below(S.One, V), Below(a, S(6))), example=at)


FALSE = (c - 1) ** 2 * (V**2 - a + 5) ** 2 * ((a - 5) * V**2 + Rational(1, 100))  # negative for small a
TRUE = (c - 1) ** 2 * (V - sqrt(a + 5)) ** 2


def narrow(e: Expr, value: Expr, *lines: Expr) -> Claim:
    return beside(Tends(e, h, value), *(by("", line) for line in lines or (e, e)))


def plain(statement: Any, **changes: Any) -> Claim:
    return beside(statement, by("", statement[0]), by("", statement[1]), **changes)


ROOT = sqrt(a - 5)
POSITIVE, WHOLE = Function("f", positive=True), Symbol("k", integer=True)


class tanh(Function):
    def fdiff(self, argindex: int = 1) -> Expr:
        return S.One


OWN = UndefinedFunction("g", (AppliedUndef,), {"fdiff": lambda self, argindex=1: S.One})


def by_class(kind: Any) -> Claim:
    """Return the claim of the integral of the slope that the author of a class states."""
    slope = kind(t).diff(t)
    left_, right = c * Integral(slope, (t, 0, b)), c * (kind(b) - kind(S.Zero))
    return beside(Equal(left_, right), by("", left_), by("", right, primitive=kind(t)))


SLOPE = Derivative(Abs(x), x)
FLAT = Derivative(F(x), x)
CHEATS: dict[str, tuple[Claim, Claim, str]] = {
    "convex about a place without a value": (
        bent(ROOT, FALSE), bent(sqrt(a + 5), TRUE), r"left over: a - 5 >= 0 \(a root\)",
    ),
    "a limit that `enclose` does not see": (
        narrow(a * c + 1 / log(1 / h), a * c), narrow(a * c + h, a * c),
        "in favour of statement 3, got (prove|none)",
    ),
    "a sign that a function hides": (
        beside(Below(S.Zero, POSITIVE(a) * b), by("", S.Zero), by("", POSITIVE(a) * b, more=POSITIVE(a) * b)),
        beside(Below(S.Zero, a * b), by("", S.Zero), by("", a * b, more=a * b)),
        "expected a function that is real and no more, got f: .*positive",
    ),
    "whole numbers that a bound variable hides": (
        plain(Equal(c * Integral(WHOLE + cos(2 * pi * WHOLE), (WHOLE, 0, 1)), c * Integral(WHOLE + 1, (WHOLE, 0, 1)))),
        plain(Equal(c * Integral(t + 1, (t, 0, 1)) + c, c * (Integral(t + 1, (t, 0, 1)) + 1))),
        "bound variable that is real or positive and no more, got k",
    ),
    "a class under a known name": (by_class(tanh), by_class(exp), "that judges know, got tanh of"),
    "a function with its author's methods": (by_class(OWN), by_class(exp), "made by Function, got g"),
    "a slope that is not there": (
        plain(Equal((x * SLOPE + c) ** 2, x**2 * SLOPE**2 + 2 * c * x * SLOPE + c**2)),
        plain(Equal((x * x.diff(x) + c) ** 2, x**2 + 2 * c * x + c**2)),
        "Abs is not seen to have a slope",
    ),
    "a slope of a root at its end": (
        plain(Equal((Derivative(sqrt(x**2), x, evaluate=False) + c) * a, a * Derivative(Abs(x), x) + a * c)),
        plain(Equal((Derivative(exp(x), x).doit() + c) * a, a * exp(x) + a * c)),
        "Abs is not seen to have a slope",
    ),
    "a sign left over, under a listed name": (
        replace(equation(expand((a - 35) * (a + 1)) * c / (a - 35), (a + 1) * c), name=next(iter(left()))),
        equation(expand((a + 35) * (a + 1)) * c / (a + 35), (a + 1) * c),
        r"the derivation is not proved: left over: a - 35 != 0",
    ),
    "a printed truth where it has no value": (
        claim(
            kind="refuted", printed=Equal(sqrt(a - 5) * sqrt(b - 5), sqrt(expand((a - 5) * (b - 5)))),
            printed_at={a: S(4), b: S(4), c: S.One}, refutes="the product of two roots is the root of the product",
        ),
        claim(kind="refuted", printed=Equal(sqrt(a + b), sqrt(a) + sqrt(b)), printed_at=AT, refutes="roots add up"),
        "expected the printed statement to fail",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_goes_red_and_its_twin_stays_green(name: str) -> None:
    cheat, twin, expected = CHEATS[name]
    red(cheat, expected)
    green(twin, "the experiment rejects no wrong answer")


def test_an_undecidable_statement_does_not_keep_others_from_being_checked() -> None:
    one = beside(AtMost(b, b + a - 1, {a: S.One}), by("", b), by("", b + a - 1, more=a - 1))
    assert enclose(one).verdict == "refuted"
    looked = beside(Equal(a * b + a * c, a * (b + c)), by("", a * b + a * c), by("", a * (b + c)))
    assert enclose(looked).detail["statements"] == [1, 3]
    assert "statement 2: Unfinished" in enclose(looked).reason
    assert field(looked).detail["statements"] == [1, 2, 3]
    assert field(one).detail["statements"] == [1, 2]


def test_an_inequality_is_decided_beside_a_statement_that_solvers_cannot_take() -> None:
    """The solvers refute the one statement, though they cannot express the other."""
    free = dict.fromkeys((a, b), S.One)
    one = claim(exp(a) + 1, b, says=lambda q: (AtMost(1 + a, exp(a), {a: S.Zero}), Below(a, q)), example=free)
    assert decide(one).verdict == "refuted"
    fine = replace(one, says=lambda q: (AtMost(1 + a, exp(a), {a: S.Zero}), Below(S.Zero, q)))
    assert decide(fine).verdict == "consistent" and decide(fine).detail["statements"] == [2]


def test_an_answer_that_makes_every_statement_trivial_is_refused() -> None:
    """An answer may make each part of an induction true as written; then no engine supports it."""
    index, held = symbols("N held", positive=True)
    value = index + c * (1 - cos(2 * pi * index)) / 2
    says = lambda q: induction(  # noqa: E731
        value=q, held=held, base=S.One, step=held + 1, first={index: S.One}, next={index: index + 1}
    )
    live = [part.says for part in says(value).parts() if part.says[0] != part.says[1]]
    proof = tuple((by("", one[0]), by("", one[1])) for one in live)
    one = claim(index, value, kind="induction", says=says, proof=proof, example={index: S(3), c: S.One})
    assert {engine(one, index).verdict for engine in (enclose, field)} == {"not_evaluated"}
    red(one)


def test_the_ends_of_a_range_are_obligations() -> None:
    """A solver given that u lies between 0 and sqrt(a - 5) would conclude that a is at least 5."""
    inside = c * Integral(sqrt(exp(t) + 1), (t, 0, ROOT))
    owed = prove(equation(inside + c, c + inside * 1 + 0 * a, example={a: 7})).reason
    assert "a - 5 >= 0" in owed or "both sides" in owed
    cheat = equation((inside + c) ** 2 - inside**2, c**2 + 2 * c * inside, example={a: 7})
    assert "a - 5 >= 0" in prove(cheat).reason
    assert prove(replace(cheat, given=(Below(S(5), a),))).verdict == "proved"


def test_a_red_lemma_discharges_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lemma is proved, but its wrong answers are not wrong."""
    red = equation(b + 0 * a, b, Below(a, b), example={a: 1, b: 2})
    proof = ((by("", a), by("", b, more=b - a)),)
    red = replace(red, name="lemma", says=lambda v: AtMost(a, b, {a: b}), proof=proof)
    monkeypatch.setattr("derivations.form.known._registered", [{"lemma": red}])
    assert prove(red).verdict == "proved" and not certify(red, "digest").green
    assert not certain("lemma")


def test_a_green_lemma_discharges_an_obligation() -> None:
    import derivations.catalogue  # noqa: F401  which registers itself

    assert certain("log.tangent")


def test_the_list_names_exactly_what_is_left_over() -> None:
    from derivations.catalogue import claims

    for name in left():
        each = prove(claims()[name]).detail["obligations"]["each"]
        assert {row["text"].partition(" may be split")[0] for row in each if row["by"] is None} == listed(name)
