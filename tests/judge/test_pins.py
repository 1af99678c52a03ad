"""Statements that look sound but don't pin their answers go red, and the twin of each, which does, is green."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from flint import arb
from sympy import Abs, Expr, Integral, S, cos, diff, exp, expand, log, sin, sinh, sqrt, symbols
from sympy.core.function import AppliedUndef
from sympy.parsing.sympy_parser import parse_expr

from derivations.catalogue import claims
from derivations.engines.exactly import equal_by_proof
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.judge.certificate import certify
from derivations.judge.pinning.matrix import reduced
from derivations.judge.pins import pins, the_same
from tests.support.forged import AT, LEFT, RIGHT, claim
from tests.support.judged import red

a, b, c, h = symbols("a b c h", positive=True)
n, x, t = symbols("n x t", real=True)
DIFFERENCE = sqrt(expand((a - b) ** 2)) + a - b  # 0 where a < b
TURNING = a**2 - 70 * a + 1001
NONE = sin(2 * a) - 2 * sin(a) * cos(a)  # 0
U, V = a * b + c, a - c
P, Q = a + b * c, b + a * c


class Two(NamedTuple):
    u: Expr
    v: Expr


def stated(says: Callable[[Any], Any], answer: Any = RIGHT, **changes: Any) -> Claim:
    """Return a claim of these statements, each proved in one line: its sides are equal."""
    made = says(answer)
    statements: tuple[Statement, ...] = made if isinstance(made, tuple) and not isinstance(made, Statement) else (made,)
    proof = tuple((by("one side", s[0]), by("the other", s[0] if isinstance(s, Tends) else s[1])) for s in statements)
    pair = isinstance(answer, Two)
    wrong = {k: Wrong(Two(q, q) if pair else q, "all") for k, q in (("one", 3 * a), ("other", 5 * b))}
    kind = "limit" if isinstance(made, Tends) else "equality"
    return claim(
        LEFT, **{"kind": kind} | changes, says=says, answer=answer, proof=proof, wrong=wrong, example=AT | {n: S(3)}
    )


# name: the cheat, its own reason, and the twin
CHEATS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], Any, str]] = {
    "looked at for b = 1 only": (
        lambda q: Equal(LEFT.subs(b, 1), q.subs(b, 1)),
        lambda q: Equal(LEFT.subs(b, b**2), q.subs(b, b**2)),
        RIGHT,
        "its answer is looked at only at \\(a, 1, c\\)",
    ),
    "on two slices": (
        lambda q: (Equal(LEFT.subs(b, 1), q.subs(b, 1)), Equal(LEFT.subs(b, 2), q.subs(b, 2))),
        lambda q: (Equal(LEFT.subs(b, 1), q.subs(b, 1)), Equal(LEFT, q)),
        RIGHT,
        "only at \\(a, 1, c\\) and \\(a, 2, c\\)",
    ),
    "on a diagonal": (
        lambda q: Equal(LEFT.subs(b, a), q.subs(b, a)),
        lambda q: Equal(LEFT.subs({a: b, b: a}, simultaneous=True), q.subs({a: b, b: a}, simultaneous=True)),
        RIGHT,
        "only at \\(a, a, c\\)",
    ),
    "by its slope": (
        lambda q: Equal(diff(LEFT, a), diff(q, a)),
        lambda q: (Equal(diff(LEFT, a), diff(q, a)), Equal(LEFT.subs(a, 1), q.subs(a, 1))),
        RIGHT,
        "looked at only by slopes",
    ),
    "by its slope, from a start that leaves b open": (
        lambda q: (Equal(diff(LEFT, a), diff(q, a)), Equal(LEFT.subs({a: 1, b: 1}), q.subs({a: 1, b: 1}))),
        lambda q: (Equal(diff(LEFT, a), diff(q, a)), Equal(LEFT.subs(a, b), q.subs(a, b))),
        RIGHT,
        "looked at only at \\(1, 1, c\\)",
    ),
    "under an integral with fixed ends": (
        lambda q: Equal(Integral(t * b, (t, 0, 1)), Integral(q.subs(a, t), (t, 0, 1))),
        lambda q: Equal(Integral(t * b, (t, 0, a)), Integral(q.subs(a, t), (t, 0, a))),
        a * b,
        "only under an integral",
    ),
    "by its square": (
        lambda q: Equal(LEFT**2, q**2),
        lambda q: Equal(LEFT**3, q**3),
        RIGHT,
        "the whole sign passes too",
    ),
    "as one of two roots": (
        lambda q: Equal((q - LEFT) * (q - 2 * LEFT), S.Zero * a),
        lambda q: Equal((q - LEFT) * (exp(q - LEFT) + 1), S.Zero * a),
        RIGHT,
        "twice passes too",
    ),
    "as one of two roots far apart": (
        lambda q: Equal((q - LEFT) * (q + 7 * b), S.Zero * a),
        lambda q: (Equal((q - LEFT) * (q + 7 * b), S.Zero * a), Below(S.Zero, q)),
        RIGHT,
        "-[0-9.]+ for [0-9.]+ passes too, as its answer",
    ),
    "beneath a modulus": (
        lambda q: Equal(Abs(q - LEFT + a), a),
        lambda q: (Equal(Abs(q - LEFT + a), a), Below(LEFT - a, q)),
        RIGHT,
        "passes too, as its answer",
    ),
    "by a square that a limit is": (
        lambda q: Tends(LEFT**2 + h * a, h, q**2),
        lambda q: Tends(LEFT**3 + h * a, h, q**3),
        RIGHT,
        "-[0-9.]+ for [0-9.]+ passes too",
    ),
    "by its sine": (
        lambda q: Equal(sin(LEFT), sin(q)),
        lambda q: Equal(sinh(LEFT), sinh(q)),
        RIGHT,
        "nothing shows that no other answer passes",
    ),
    "by the logarithm of its square": (
        lambda q: Equal(2 * log(LEFT), log(q**2)),
        lambda q: Equal(2 * log(LEFT), 2 * log(q)),
        RIGHT,
        "passes too",
    ),
    "by a square, with a bound that leaves both roots": (
        lambda q: (Equal((a * b) ** 2, q**2), Below(-a * b - c, q)),
        lambda q: (Equal((a * b) ** 2, q**2), Below(-a * b, q)),
        a * b + S.Zero,
        "passes too",
    ),
    "beside a factor that is 0 on half the domain": (
        lambda q: Equal(DIFFERENCE * LEFT, DIFFERENCE * q),
        lambda q: Equal((DIFFERENCE + a) * LEFT, (DIFFERENCE + a) * q),
        RIGHT,
        "its answer can change, at",
    ),
    "beside a factor that is 0 from 20 to 50": (
        lambda q: Equal((sqrt(expand(TURNING**2)) + TURNING) * LEFT, (sqrt(expand(TURNING**2)) + TURNING) * q),
        lambda q: Equal((TURNING**2 + 1) * LEFT, (TURNING**2 + 1) * q),
        RIGHT,
        "its answer can change, at a = [2-4]",
    ),
    "beside a factor that is 0, in other words": (
        lambda q: Equal(LEFT + q, LEFT + RIGHT + (sin(a) ** 2 + cos(a) ** 2 - 1 + NONE) * q + q - RIGHT),
        lambda q: Equal(LEFT, (sin(a) ** 2 + cos(a) ** 2 + NONE) * q),
        RIGHT,
        "its answer can change, at",
    ),
    "beside a factor that tends to 0": (
        lambda q: Tends(LEFT + h * q, h, LEFT),
        lambda q: Tends(LEFT + h * a, h, q),
        RIGHT,
        "does not pin its answer",
    ),
    "in a sum": (
        lambda q: Equal(U + V, q.u + q.v),
        lambda q: (Equal(U + V, q.u + q.v), Equal(U - V, q.u - q.v)),
        Two(U, V),
        "its u can change together with v",
    ),
    "in a product": (
        lambda q: Equal(U * V, q.u * q.v),
        lambda q: (Equal(U * V, q.u * q.v), Equal(U, q.u)),
        Two(U, V),
        "its u can change together with v",
    ),
    "up to both signs": (
        lambda q: (Equal(U * V, q.u * q.v), Equal(U / V, q.u / q.v)),
        lambda q: (Equal(U * V, q.u * q.v), Equal(U / V, q.u / q.v), Equal(U**3, q.u**3)),
        Two(U, V),
        "u: its sign, with that of v passes too",
    ),
    "up to their order": (
        lambda q: (Equal((a + b) * (1 + c), q.u + q.v), Equal(expand(P * Q), q.u * q.v)),
        lambda q: (
            Equal((a + b) * (1 + c), q.u + q.v),
            Equal(expand(P * Q), q.u * q.v),
            Equal(expand(P + 2 * Q), q.u + 2 * q.v),
        ),
        Two(P, Q),
        "u: taken for v, and v for it passes too",
    ),
    "in no statement": (
        lambda q: Equal(U, q.u),
        lambda q: (Equal(U, q.u), Equal(V, q.v)),
        Two(U, V),
        "no statement looks at its v",
    ),
    "as a bound in a sum": (
        lambda q: (Equal(U + V, q.u + q.v), AtMost(q.v - a**2, q.v, {a: 0})),
        lambda q: (Equal(U + V, q.u + q.v), Equal(V, q.v)),
        Two(U, V),
        "its u can change together with v",
    ),
    "and distinguished from others": (
        lambda q: Equal(LEFT, q if q == RIGHT else LEFT + 0 * q),
        lambda q: Equal(LEFT, q),
        RIGHT,
        "no statement looks at its answer",
    ),
    "as a whole by an unknown function alone": (
        lambda q: Equal(LEFT, q) if q.atoms(AppliedUndef) else Equal(LEFT.subs(b, 1), q.subs(b, 1)),
        lambda q: Equal(LEFT, q),
        RIGHT,
        "can't be traced",
    ),
    "read as text": (
        lambda q: Equal(LEFT, parse_expr(str(q), {"a": a, "b": b, "c": c})),
        lambda q: Equal(LEFT, q),
        RIGHT,
        "can't be traced",
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_an_unpinned_answer_is_red(name: str) -> None:
    says, _, answer, reason = CHEATS[name]
    red(stated(says, answer), reason)


@pytest.mark.parametrize("name", CHEATS)
def test_the_twin_of_an_unpinned_answer_is_pinned(name: str) -> None:
    _, says, answer, _ = CHEATS[name]
    assert [s for s in certify(stated(says, answer), "digest").complaints if "pin" in s or "traced" in s] == []


def test_a_statement_without_the_answer_is_a_lemma() -> None:
    certificate = certify(stated(lambda q: (Equal(LEFT, q), Equal((a + b) ** 2, expand((a + b) ** 2)))), "digest")
    assert certificate.lemmas == [2]
    assert certificate.green, certificate.complaints


def test_a_claim_of_lemmas_alone_is_red() -> None:
    known = pins(stated(lambda q: Equal((a + b) ** 2, expand((a + b) ** 2))))
    assert known.lemmas == [1]
    assert known.complaints == ["the statement does not pin its answer: no statement looks at its answer"]


def test_another_answer_is_the_same_only_where_it_is_equal() -> None:
    square = stated(lambda q: Equal(LEFT**2, q**2))
    assert the_same(square, (a / c + 2 * b / c + b**2 / (a * c)))
    assert equal_by_proof(square, -RIGHT) and not the_same(square, -RIGHT)


def test_each_coefficient_of_a_noise_is_pinned() -> None:
    assert pins(claims()["langevin.stationary"]).complaints == []
    assert pins(claims()["vdm.param.eps"]).complaints == []


def test_an_induction_pins_its_answer_only_with_its_base() -> None:
    total = n * (n + 1) / 2

    def step(q: Expr) -> Equal:
        return Equal(q + n + 1, q.subs(n, n + 1))

    based = stated(lambda q: (Equal(S.One, q.subs(n, 1)), step(q)), total, kind="induction")
    assert pins(based).complaints == []
    (complaint,) = pins(stated(step, total + 7 * c, kind="induction")).complaints
    assert complaint.startswith("the statement does not pin its answer")
    (complaint,) = pins(
        stated(lambda q: (Equal(S.One, q.subs(n, 1)), step(q)), total)
    ).complaints  # any function of period 1 more
    assert complaint.startswith("the statement does not pin its answer")


def test_a_bound_with_its_equality_case_pins_its_answer() -> None:
    bound = stated(lambda q: AtMost(a * b, q, {a: b}), (a**2 + b**2) / 2, kind="inequality")
    assert pins(bound).complaints == []


def test_an_unknown_alone_in_an_equation_is_zero() -> None:
    rows = [[arb(1), arb(1), arb(0)], [arb(1), arb(-1), arb(0)], [arb(1), arb(1), arb(0)]]
    assert reduced(rows, -100).alone() == {0, 1}
    assert reduced(rows[::2], -100).alone() == set()
    assert reduced([[arb(1), arb(0)], [arb(0), arb(2) ** -200]], -100).alone() == {0}
    assert reduced([[arb(0, 1), arb(1)]], -100).alone() == set()  # a ball around 0 is no pivot, nor is it 0
