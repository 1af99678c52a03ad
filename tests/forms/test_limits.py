"""Limits are tested along several random h of both signs; a jump, an oscillation or another value is caught."""

from typing import Any

import pytest
from sympy import Abs, Expr, Integer, Rational, Symbol, cos, exp, log, pi, sin, sqrt

from derivations.arithmetic.ball import ball
from derivations.engines.approach import FINE, approaches
from derivations.engines.enclose import enclose
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Tends
from tests.support.forged import AT, LEFT, RIGHT, a, b, c, claim, h
from tests.support.judged import green, red_for

r = Symbol("r", real=True)
HAIR = Rational(1, 10**40)


def limit(near: Expr, var: Symbol = h, value: Expr = RIGHT, last: Expr | None = None) -> Claim:
    """Return the claim that `near` tends to (a + b)^2/(a c), by a last line, or as it is."""
    proof = ((by("near", near), by("as it is", near if last is None else last)),)
    return claim(
        LEFT, value, kind="limit", says=lambda q: Tends(near, var, q), proof=proof, example=AT,
        wrong={"off by a hair": Wrong(value + HAIR, ""), "twice": Wrong(2 * value, "")},
    )  # fmt: skip


TRUE = {
    "of first order": limit(LEFT + a * h),
    "of order a half": limit(LEFT + a * sqrt(h)),
    "by a quotient": limit(LEFT * (exp(h) - 1) / h, last=LEFT * (exp(h) - 1) / h),
    "from both sides": limit(LEFT + c * r, r),
    "exponentially": limit(LEFT + a * exp(-b / h) / h**3),
    "of an oscillation that dies": limit(LEFT + h * sin(2 * pi / h)),
}
NOT_PROVED = ("by a quotient", "of an oscillation that dies")  # no continuous line is given
whole = Symbol("h", integer=True, positive=True)
FALSE = {
    "a variable of whole numbers": (limit(LEFT * cos(2 * pi * whole) + whole, whole), "real or positive and no more"),
    "its own variable as its limit": (limit(LEFT + h, value=RIGHT + h), "and not in its limit"),
    "nothing that tends": (limit(LEFT), "in what tends"),
    "an oscillation": (limit(LEFT + sin(2 * pi / h)), "not in favour|refutes|Imprecise"),
    "an oscillation with nodes at every power of two": (limit(LEFT * (1 + sin(pi / h))), "refutes|Imprecise"),
    "another value by a hair": (limit(LEFT + h + HAIR), "enclose refutes"),
    "a jump": (limit(LEFT + r / Abs(r), r), "enclose refutes"),
    "a sign from below": (limit(LEFT + Abs(r) / r - 1, r), "enclose refutes"),
    "a root from one side only": (limit(LEFT + sqrt(r), r), "enclose refutes"),
    "slower than is seen": (limit(LEFT + 1 / log(1 / h)), "the limit is not seen"),
    "a divergence": (limit(LEFT + h * exp(1 / h)), "enclose refutes"),
    "a slow divergence": (limit(LEFT + log(h)), "enclose refutes"),
    "undefined all along": (limit(LEFT + sqrt(-h)), "enclose refutes"),
}
MISSHAPEN = ("a variable of whole numbers", "nothing that tends")  # no engine detects their fault


@pytest.mark.parametrize("name", TRUE)
def test_a_true_limit_is_green(name: str) -> None:
    assert enclose(TRUE[name]).verdict == "consistent"
    if name not in NOT_PROVED:
        green(TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_a_false_limit_goes_red(name: str) -> None:
    attack, expected = FALSE[name]
    if name not in MISSHAPEN:
        assert enclose(attack).verdict in ("refuted", "not_evaluated")
    red_for(attack, expected)


def test_slow_is_unknown_and_not_false() -> None:
    """1/log(1/h) tends to 0, but is 0.002 at the finest scale: no number distinguishes its limit from 0.002."""
    assert enclose(limit(LEFT + 1 / log(1 / h))).verdict == "not_evaluated"


def test_a_limit_is_evaluated_at_random_arguments_on_its_own_side(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Expr] = []

    def watched(e: Expr, at: dict[Symbol, Expr]) -> Any:
        seen.extend(q for v, q in at.items() if v in (h, r))
        return ball(e, at)

    monkeypatch.setattr("derivations.engines.approach.ball", watched)
    approaches(Tends(a + h, h, a), {a: Integer(1)})
    assert len(set(seen)) == 2 * len(FINE) and all(q > 0 for q in seen)
    seen.clear()
    approaches(Tends(a + r, r, a), {a: Integer(1)})
    assert len(set(seen)) == 4 * len(FINE) and {bool(q > 0) for q in seen} == {True, False}
