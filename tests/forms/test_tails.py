"""Elementary limits at h -> 0+: exp(-c/h) beats powers of 1/h and nothing else, and integrals are left alone."""

import pytest
from sympy import Expr, Integer, Integral, Rational, Symbol, atan, cosh, erf, erfc, exp, log, pi, sinh, sqrt, tanh, zoo

from derivations.engines.tails import Tails, name_tails
from derivations.obligations.owed import continuous, owed
from tests.support.forged import a, b, c, h

v, g = Symbol("v", positive=True), Symbol("g", real=True)

LIMITS = {
    "a decay": (exp(-a / h), 0),
    "over a power": (exp(-a / h**2) / h**7, 0),
    "beside what stays": (c + b * exp(-a / h) / h, c),
    "of a rational exponent": (exp(-(a + h) / (h * (b + h))), 0),
    "error functions": (erf(a / h) + erfc(b / h) + erf(-c / h), 0),
    "an angle": (atan(a / h) * exp(-b / h) + atan(-b / h), -pi / 2),
    "inside a function": (log(c + exp(-a / h)) + sqrt(b + tanh(a / h)), log(c) + sqrt(b + 1)),
}
NONE = {
    "a growth": exp(a / h),
    "nothing that moves": exp(-a * h),
    "a product of infinity": exp(-a / h) * sinh(b / h),
    "a product with a power's exponent": (b + exp(-a / h)) ** (1 / h),
    "a root that is no power of h": exp(-a / sqrt(h)),
    "under an integral": Integral(exp(-v / h) / h, (v, 0, 1)),
    "0 over 0": exp(-a / h) / log(1 + exp(-b / h)),
    "one that stays, times one that grows": (cosh(1 / h) * (exp(-a / h) + exp(-2 * a / h))),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_tail_is_named_with_its_limit(name: str) -> None:
    e, value = LIMITS[name]
    tails = name_tails(e, h)
    assert tails.expr.subs({h: 0, **tails.limits}) == value
    assert all(o.expr.is_positive for o in tails.owed)


def fails(tails: Tails) -> bool:
    """Return whether some need of the expression fails where each tail is at its limit."""
    there = {h: Integer(0), **tails.limits}
    values = [(o.relation, o.expr.subs(there)) for o in owed(tails.expr)]
    return any(e.is_zero or e.has(zoo) for relation, e in values if relation != ">= 0")


@pytest.mark.parametrize("name", NONE)
def test_an_expression_without_a_tail_stays(name: str) -> None:
    e = NONE[name]
    tails = name_tails(e, h)
    there = tails.expr.subs({h: 0, **tails.limits})
    assert tails.expr.has(h) or tails.limits
    assert tails.expr == e or not there.is_finite or not continuous(tails.expr, h) or fails(tails)


def test_a_sign_is_an_obligation() -> None:
    assert [(o.expr, o.relation) for o in name_tails(exp(-g / h), h).owed] == [(g, "> 0")]


def test_an_exponent_that_cancels_is_not_a_tail() -> None:
    """(a - b)^2 - a^2 + 2 a b - b^2 is 0, however it is written."""
    e: Expr = exp(-((a - b) ** 2 - a**2 + 2 * a * b - b**2 + Rational(0)) / h)
    assert name_tails(e, h).expr == e
