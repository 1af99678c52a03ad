"""Rigorous quadrature stays away from branch cuts and poles, and a primitive counts only if it is one."""

import pytest
from flint import arb
from sympy import Abs, Expr, Integral, Rational, Symbol, atan, cos, exp, log, oo, sqrt, tan

from derivations.arithmetic.ball import Undefined, Unfinished, ball, precision
from derivations.engines.prove import Unproved, _line, prove
from derivations.form.claim import by
from derivations.obligations.ledger import Ledger
from tests.support.forged import claim

a = Symbol("a", positive=True)
v = Symbol("v", real=True)
AT = {a: Rational(2)}

VALUES = {
    "square root": (sqrt(v), (1, 4), Rational(14, 3)),  # wrong (4.669...) if the branch cut is not watched
    "logarithm": (log(v), (1, 2), 2 * log(2) - 1),
    "parameter": (exp(-a * v), (0, 1), (1 - exp(-2)) / 2),
    "repeated parts": (sqrt(a + v) / (1 + sqrt(a + v)) ** 2, (0, 1), None),
    "inverse tangent": (1 / (1 + v**2), (0, 3), atan(3)),
    "absolute value": (Abs(v) + v, (1, 3), Rational(8)),
}


@pytest.mark.parametrize("name", VALUES)
def test_quadrature_encloses_the_integral(name: str) -> None:
    body, (low, high), value = VALUES[name]
    with precision(128):
        enclosure = ball(Integral(body, (v, low, high)), AT)
        known = ball(Rational(0) + value, AT) if value is not None else _sum(body, low, high)
    assert enclosure.rad() < arb(10) ** -30
    assert abs(enclosure - known) < (arb(10) ** -30 if value is not None else arb(10) ** -4)


def _sum(body: Expr, low: int, high: int, n: int = 200) -> arb:
    width = Rational(high - low, n)
    return sum((ball(body, AT | {v: low + width * (i + Rational(1, 2))}) for i in range(n)), arb(0)) / n * (high - low)


@pytest.mark.parametrize("body", [log(-v), sqrt(v - 2), 1 / sqrt(v - Rational(1, 2))], ids=str)
def test_an_integrand_without_a_value_on_a_piece_is_undefined(body: Expr) -> None:
    with precision(128), pytest.raises(Undefined):
        ball(Integral(body, (v, 0, 1)), AT)


@pytest.mark.parametrize("body", [1 / v, 1 / sqrt(v), log(v), v * log(v)], ids=str)
def test_no_value_at_an_end_is_a_limit(body: Expr) -> None:
    """Three of these integrals exist, so none may be called undefined: that would refute a true statement."""
    with precision(128), pytest.raises(Unfinished, match="limit of proper ones"):
        ball(Integral(body, (v, 0, 1)), AT)


@pytest.mark.parametrize("ends", [(0, oo), (-oo, 0), (-oo, oo)], ids=str)
@pytest.mark.parametrize("body", [exp(-(v**2)), v], ids=str)
def test_an_integral_to_infinity_is_a_limit(body: Expr, ends: tuple[Expr, Expr]) -> None:
    with precision(128), pytest.raises(Unfinished, match="limit of proper ones"):
        ball(Integral(body, (v, *ends)), AT)


@pytest.mark.parametrize("body", [1 / (v - Rational(1, 3)) ** 2, Abs(v - Rational(1, 3))], ids=str)
def test_an_integrand_that_is_not_analytic_has_no_enclosure(body: Expr) -> None:
    with precision(128), pytest.raises(Unfinished):
        ball(Integral(body, (v, 0, 1)), AT)


def _proved(integral: Integral, value: Expr, primitive: Expr) -> bool:
    """Return whether the primitive proves that the integral has this value, with nothing left over."""
    proof = ((by("", integral), by("", value, primitive=primitive)),)
    return prove(claim(integral, value, proof=proof, example=AT)).verdict == "proved"


def test_a_primitive_proves_its_integral() -> None:
    assert _proved(Integral(exp(-a * v), (v, 0, 1)), (1 - exp(-a)) / a, -exp(-a * v) / a)


WRONG = {
    "another slope": (exp(-a * v), (0, 1), (1 - exp(-a)) / a, exp(-a * v) / a),
    "another value": (exp(-a * v), (0, 1), (1 + exp(-a)) / a, -exp(-a * v) / a),
    "a pole": (1 / v, (-1, 1), Rational(0), log(v**2) / 2),
    "a jump": (1 / cos(v) ** 2, (1, 2), tan(2) - tan(1), tan(v)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_function_that_is_no_primitive_proves_nothing(name: str) -> None:
    body, (low, high), value, primitive = WRONG[name]
    assert not _proved(Integral(body, (v, low, high)), value, primitive)


def test_one_integral_at_a_time() -> None:
    two = Integral(v, (v, 0, 1)) + Integral(v**2, (v, 0, 1))
    with pytest.raises(Unproved):
        _line(by("", two), by("", Rational(5, 6), primitive=v**2 / 2), AT, strict=True, ledger=Ledger())
