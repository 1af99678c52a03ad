"""The engines themselves: each accepts what is true, and has been seen to reject what is not."""

import pytest
from flint import arb
from sympy import Integral, Rational, Symbol, cos, exp, log, pi, sin, sqrt, symbols, tan, tanh

from derivations.ball import Undefined, Unfinished, ball, precision
from derivations.engines.normal_form import vanishes

a, b, c = symbols("a b c", positive=True)
g, h = symbols("g h", real=True)
AT = {a: Rational(1, 4), b: Rational(2, 5), c: 3, g: Rational(1, 2), h: -1}

ZERO = {
    "rational": 1 / (a * b) - 1 / a / b - 0 * c + (a + b) ** 2 - a**2 - 2 * a * b - b**2,
    "root of a product": sqrt((1 - a) * (1 - b)) - sqrt(1 - a) * sqrt(1 - b),
    "root of a sum": (sqrt(a + b) - sqrt(a)) * (sqrt(a + b) + sqrt(a)) - b,
    "logarithm of a quotient": log((1 - a) / (b * c)) - log(1 - a) + log(b) + log(c),
    "logarithm of an exponential": log(a * exp(-g)) - log(a) + g,
    "exponentials": exp((g + h) / 2) ** 2 - exp(g) * exp(h),
    "sigmoids": 1 / (1 + exp(-g)) + 1 / (1 + exp(g)) - 1,
    "softplus": log(1 + exp(g)) - log(1 + exp(-g)) - g,
    "angles": sin(pi * (a - b) / 2) - sin(pi * a / 2) * cos(pi * b / 2) + cos(pi * a / 2) * sin(pi * b / 2),
    "tangent": tan(a) * cos(a) - sin(a),
    "hyperbolic": tanh(g / 2) * (exp(g) + 1) - exp(g) + 1,
    "symbolic power": exp(g * log(a)) - a**g,
}
NOT_ZERO = {
    "sign": sqrt((1 - a) * (1 - b)) + sqrt(1 - a) * sqrt(1 - b),
    "factor": log(2 * a) - log(a),
    "square": sqrt(a) - a,
    "exponent": exp(g / 2) - exp(g),
    "angle": sin(a) ** 2 - cos(a) ** 2,
    "small": (a + Rational(1, 10**40)) - a,
}


@pytest.mark.parametrize("name", ZERO)
def test_the_normal_form_sees_zero(name: str) -> None:
    assert vanishes(ZERO[name], AT)


@pytest.mark.parametrize("name", NOT_ZERO)
def test_the_normal_form_sees_no_zero_that_is_not_there(name: str) -> None:
    assert not vanishes(NOT_ZERO[name], AT)


def test_a_vanishing_denominator_is_no_zero() -> None:
    hidden = sin(a + b) - sin(a) * cos(b) - cos(a) * sin(b)
    assert not vanishes(c / hidden - b / hidden, AT)


@pytest.mark.parametrize("expr", [1 / (a - Rational(1, 4)), log(a - 1), sqrt(-a)], ids=str)
def test_no_real_value_is_said_so(expr: object) -> None:
    with precision(128), pytest.raises(Undefined):
        ball(expr, AT)  # type: ignore[arg-type]


def test_balls_hold_the_value() -> None:
    with precision(256):
        assert ball(sqrt(a) * exp(log(2)), AT).overlaps(2 * (arb(1) / 4).sqrt())
        assert ball(Integral(exp(-c * a), (a, 0, 1)), {c: 3}).overlaps((1 - arb(-3).exp()) / 3)
        assert not ball(Integral(exp(-c * a), (a, 0, 1)), {c: 3}).overlaps((1 - arb(-3).exp()) / 2)


def test_an_unknown_function_has_no_value() -> None:
    from sympy import Function

    with pytest.raises(Unfinished, match="no evaluation"):  # not Undefined: that would refute
        ball(Function("f")(Symbol("x")), {Symbol("x"): 1})
