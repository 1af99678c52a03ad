"""Absolute values whose signs are owed, powers of h with any exponent, and limits by second and third terms."""

from typing import Any

import pytest
from sympy import Abs, Expr, Max, Rational, S, cos, erf, exp, log, pi, sin, sqrt, tan

from derivations.arithmetic.ball import Undefined, ball, precision
from derivations.engines.prove import prove
from derivations.form.claim import Below, Claim, by
from derivations.form.statement import Tends
from tests.support.forged import a, b, c, equation, h, replace, stated, w, x
from tests.support.judged import green, red

ABOVE = Below(b, a)  # b < a
EQUAL: dict[str, tuple[Claim, Claim, str]] = {
    "an absolute value": (
        equation(c * Abs(a - b) + c, c * (a - b) + c, ABOVE),
        equation(c * Abs(a - b) + c, c * (a - b) + c, Below(b, a + c)),
        "left over: a - b >= 0",
    ),
    "a root of a square": (
        equation(c * sqrt((a - b) ** 2) + c, c * (b - a) + c, Below(a, b), example={a: 1, b: 2}),
        equation(c * sqrt((a - b) ** 2) + c, c * (a - b) + c),
        "left over: a - b >= 0",
    ),
    "a logarithm of a root": (
        equation(c * log(sqrt((a - b) ** 2 * c)), c * log(a - b) + c * log(c) / 2, ABOVE, example={a: 3, b: 1, c: 2}),
        equation(c * log(sqrt((x - w) ** 2 * c)), c * log(x - w) + c * log(c) / 2, example={x: 3, w: 1, c: 2}),
        "left over: ",
    ),
    "the larger": (
        equation(c * Max(a, b) + c, c * a + c, ABOVE), equation(c * Max(a, b) + c, c * a + c), "left over: a - b >= 0"
    ),
    "one of two": (
        equation(c * Abs(x * w) + c * Abs(x), c * x * (Abs(w) + 1), Below(S.Zero, x), example={x: 1, w: 1}),
        equation(c * Abs(x * w) + c * Abs(x), c * x * (w + 1), Below(S.Zero, x), example={x: 1, w: 1}),
        "left over: w >= 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_a_sign_of_an_absolute_value_is_owed(name: str) -> None:
    true, false, expected = EQUAL[name]
    assert prove(true).verdict == "proved"
    red(false, expected)


def limit(e: Expr, value: Expr, *given: Below, **changes: Any) -> Claim:
    """Return the limit of an expression as h goes to 0, by continuity of what its tails leave."""
    one = stated(lambda q: Tends(e, h, q), value, "limit", *given, **changes)
    return replace(one, proof=((by("", e), by("", e)),))


def near(f: Expr, value: Expr) -> Claim:
    return limit(a * c + c * f, a * c + c * value)


ROOT = sqrt(pi)
LIMITS = {
    "a power": limit(a * c + h**a, a * c),
    "a power and a logarithm": limit(a * c + h**a * log(h), a * c),
    "powers of a square": limit(a * c + c * h**b * log(a * h**2) ** 3, a * c),
    "a difference of exponents": limit(a * c + b * h ** (a - b) * log(h) ** 2, a * c, ABOVE),
    "sin": near((sin(h) - h) / h**3, -Rational(1, 6)),
    "tan": near((tan(b * h) - b * h) / h**3, b**3 / 3),
    "exp": near((exp(b * h) - 1 - b * h) / h**2, b**2 / 2),
    "exp, a third term": near((exp(b * h) - 1 - b * h - b**2 * h**2 / 2) / h**3, b**3 / 6),
    "cos": near((cos(h) - 1 + h**2 / 2) / h**4, Rational(1, 24)),
    "log": near((log(1 + b * h) - b * h) / h**2, -(b**2) / 2),
    "erf": near(ROOT * (erf(h) - 2 * h / ROOT) / h**3, -Rational(2, 3)),
}
AMISS = {
    "a power of any sign": (limit(a * c + c * h**x, a * c), "left over: x > 0"),
    "a negative power": (limit(a * c + c * h ** (-a) * log(h), a * c), "left over: -a > 0"),
    "a difference of any sign": (limit(a * c + b * h ** (a - b) * log(h), a * c), "left over: a - b > 0"),
    "sin, of the other sign": (near((sin(h) - h) / h**3, Rational(1, 6)), "one that tends to a\\*c - c/6"),
    "sin, of a higher order": (near((sin(h) - h) / h**4, S.Zero), "continuous at h = 0"),
    "cos, a slip": (near((cos(h) - 1 + h**2 / 3) / h**2, S.Zero), "one that tends to"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_limit_by_powers_or_further_terms_is_proved(name: str) -> None:
    assert prove(LIMITS[name]).verdict == "proved"


@pytest.mark.parametrize("name", AMISS)
def test_a_limit_that_is_none_goes_red(name: str) -> None:
    red(*AMISS[name])


def test_such_limits_are_green() -> None:
    green(LIMITS["sin"])
    green(LIMITS["a power and a logarithm"])


def test_a_root_of_0_is_0() -> None:
    """A cube root of 0 is 0, and a negative power of it has no value."""
    with precision(64):
        assert ball(x ** Rational(1, 3), {x: S.Zero}) == 0
        with pytest.raises(Undefined):
            ball(x ** -Rational(1, 3), {x: S.Zero})
