"""Elementary truths of absolute values, limits, tangents and equality cases are proved; a false neighbour is not."""

from typing import Any

import pytest
from sympy import (
    Abs,
    Expr,
    Max,
    Min,
    Rational,
    S,
    Symbol,
    atan,
    cos,
    cosh,
    erf,
    exp,
    log,
    pi,
    sin,
    sinh,
    sqrt,
    symbols,
    sympify,
    tanh,
)

from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.engines.unique import only_at
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Tends
from tests.support.forged import a, b, claim, equation, h, x
from tests.support.judged import green

y, z = symbols("y z", real=True)
both = Symbol("h", real=True)  # a limit from both sides
SIGNS = {x: S(2), y: S(-3), z: S.One}


# -- absolute values --------------------------------------------------------------------------------

BARS: dict[str, tuple[Expr, Expr, Expr]] = {  # left, right, and a wrong right side
    "of a product": (Abs(x * y), Abs(x) * Abs(y), x * y),
    "of factors": (Abs(x - y) * Abs(x + y), Abs(x**2 - y**2), Abs(x**2 + y**2)),
    "a sum": (Max(x, y) + Min(x, y), x + y, x - y),
    "a product": (Max(x, y) * Min(x, y), x * y, Abs(x * y)),
    "a distance": (Max(x, y) - Min(x, y), Abs(x - y), x - y),
    "a positive part": (Max(x, 0), (x + Abs(x)) / 2, (x - Abs(x)) / 2),
    "of three": (Max(x, y, z), -Min(-x, -y, -z), Max(x, y)),
}


@pytest.mark.parametrize("name", BARS)
def test_an_identity_of_absolute_values_is_proved(name: str) -> None:
    left, right, wrong = BARS[name]
    twin, attack = (equation(left, other, example=SIGNS) for other in (right, wrong))
    assert (prove(twin).verdict, enclose(twin).verdict) == ("proved", "consistent")
    assert prove(attack).verdict != "proved" and enclose(attack).verdict == "refuted"


def test_a_logarithm_of_an_absolute_value_needs_no_sign() -> None:
    given = (Below(S.Zero, x**2), Below(S.Zero, y**2))
    assert prove(equation(log(Abs(x * y)), log(Abs(x)) + log(Abs(y)), *given, example=SIGNS)).verdict == "proved"
    assert prove(equation(log(Abs(x * y)), log(Abs(x)) + log(y), *given, example=SIGNS)).verdict != "proved"


def test_an_absolute_value_is_not_its_argument_where_the_stored_point_is_positive() -> None:
    positive = {x: S(2), y: S(3)}
    for left, right in ((Abs(x) * x, x**2), (Abs(x) ** 3, x**3), (Abs(x + y), Abs(x) + Abs(y))):
        shown = prove(equation(left, right, example=positive))
        assert shown.verdict == "consistent" and "changes its sign" in shown.reason  # the sign at that point is owed


# -- limits ------------------------------------------------------------------------------------------


def limit(e: Expr, value: Any, h: Symbol = h) -> Claim:
    answer = sympify(value)
    free = sorted((e.free_symbols | answer.free_symbols) - {h}, key=str)
    return claim(
        e, answer, kind="limit", says=lambda q: Tends(e, h, q), proof=((by("the quotient", e), by("as it is", e)),),
        wrong={"one more": Wrong(answer + 1, "all"), "other": Wrong(3 * answer + 2, "all")},
        example={v: S(n + 2) for n, v in enumerate(free)},
        convenience={f"0 < {v}": "kept" for v in free if v.is_positive},
    )  # fmt: skip


LIMITS: dict[str, tuple[Expr, Any, Any]] = {  # of what, the limit, and a wrong one
    "a sine": (sin(x * h) / h, x, 2 * x), "an exponential": ((exp(a * h) - 1) / h, a, a / 2),
    "a cosine": ((1 - cos(a * h)) / h**2, a**2 / 2, a**2), "a logarithm": (log(1 + a * h) / h, a, -a),
    "an error function": (erf(a * h) / h, 2 * a / sqrt(pi), a), "h log h": (h * log(h), 0, 1),
    "a root and a square": (b * sqrt(h) * log(a * h) ** 2, 0, b), "a sum": (a + h * log(b / h), a, b),
    "of nothing": (tanh(h * (a - b)) / h, a - b, b - a), "a product": (exp(log(1 - a * h) / h), exp(-a), 1 - a),
    "inside a function": (cosh(sin(a * h) / h), cosh(a), a),
    "many small angles": (exp((cos(a * h) - 1) / h**2), exp(-(a**2) / 2), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_an_elementary_limit_is_proved(name: str) -> None:
    e, value, wrong = LIMITS[name]
    assert prove(limit(e, value)).verdict == "proved"
    assert "got one that tends to" in prove(limit(e, wrong)).reason


def test_elementary_limits_are_green() -> None:
    green(limit(sin(a * h) / h, a))
    green(limit(h * log(h), 0))


@pytest.mark.parametrize(
    "e",
    [log(h), log(h) / h, sin(1 / h), (sin(h) - h) / h**4, (1 - cos(h)) / h**3, h * log(h) / h]
    + [exp(log(1 + h) / h**2), exp(1 / (sin(h) - h)), cos((exp(h) - 1) / h**2)],
)
def test_what_has_no_such_limit_is_not_proved(e: Expr) -> None:
    assert prove(limit(e, 0)).verdict == "not_evaluated"


@pytest.mark.parametrize("e", [exp(-1 / both) * a, tanh(1 / both) * a - a, both * log(both) * a, exp(-1 / both**3)])
def test_a_limit_from_one_side_is_none_from_both(e: Expr) -> None:
    assert prove(limit(e, 0, both)).verdict == "consistent"  # h > 0, or that it is not 0, is left over


def test_a_leading_coefficient_that_may_vanish_is_owed() -> None:
    """h^2 log(h)/(h (b - 1) + h^2) tends to 0, but not where b = 1."""
    divided = limit(h**2 * log(h) / (h * (b - 1) + h**2), 0)
    assert prove(divided).verdict == "consistent" and "b - 1 != 0" in prove(divided).reason


# -- inequalities ------------------------------------------------------------------------------------


def bound(left: Expr, right: Expr, case: dict[Any, Any], more: Expr | None = None, only: bool = True) -> Claim:
    free = sorted(left.free_symbols | right.free_symbols, key=str)
    lines = (by("the lesser", left), by("the greater", right, more=right - left if more is None else more))
    return claim(
        left, right, kind="inequality", says=lambda q: AtMost(left, q, case, only=only), proof=(lines,),
        example={v: S(n + 2) for n, v in enumerate(free)},
        convenience={f"0 < {v}": "kept" for v in free if v.is_positive},
        wrong={"one less": Wrong(right - 1, "all"), "half": Wrong(right / 2, "all")},
    )  # fmt: skip


TANGENTS = {
    "tanh": (tanh(a), a),
    "atan": (atan(a), a),
    "sin": (sin(a), a),
    "sinh": (a, sinh(a)),
    "exp": (1 + a, exp(a)),
}


@pytest.mark.parametrize("name", TANGENTS)
def test_a_function_lies_on_one_side_of_its_tangent(name: str) -> None:
    less, more = TANGENTS[name]
    assert prove(bound(less, more, {a: 0}, only=False)).verdict == "proved"
    assert prove(bound(more, less, {a: 0}, only=False)).verdict == "consistent"


def test_a_tangent_of_another_slope_or_on_the_other_side_of_0_is_left_over() -> None:
    assert prove(bound(erf(a), a, {a: 0}, only=False)).verdict == "consistent"  # whose slope at 0 is 2/sqrt(pi)
    assert prove(bound(tanh(x), x, {x: 0}, only=False)).verdict == "consistent"


def test_the_triangle_inequality_is_proved() -> None:
    assert prove(bound(Abs(x + y), Abs(x) + Abs(y), {x: y}, only=False)).verdict == "proved"
    assert prove(bound(Abs(x) + Abs(y), Abs(x + y), {x: y}, only=False)).verdict == "consistent"


MEANS = {
    "roots": (2 * sqrt(a * b), a + b, (sqrt(a) - sqrt(b)) ** 2, {a: b}),
    "squares": (2 * a**2 * b**2, a**4 + b**4, (a**2 - b**2) ** 2, {a: b}),
    "exponentials": (2 * exp(x + y), exp(2 * x) + exp(2 * y), (exp(x) - exp(y)) ** 2, {x: y}),
    "logarithms": (2 * log(a) * log(b), log(a) ** 2 + log(b) ** 2, (log(a) - log(b)) ** 2, {a: b}),
}


@pytest.mark.parametrize("name", MEANS)
def test_equality_only_where_a_rising_function_is_equal(name: str) -> None:
    left, right, more, case = MEANS[name]
    assert prove(bound(left, right, case, more)).verdict == "proved"


def test_the_mean_of_two_is_at_least_their_geometric_mean_only_equal_at_equality() -> None:
    green(bound(2 * sqrt(a * b), a + b, {a: b}, (sqrt(a) - sqrt(b)) ** 2))


ELSEWHERE: dict[str, tuple[Expr, Expr, Expr]] = {  # what may vanish elsewhere, too
    "squares of real numbers": ((x**2 - y**2) ** 2, x, y), "a sine": ((sin(a) - sin(b)) ** 2, a, b),
    "another factor": (x**2 * (sqrt(a) - sqrt(b)) ** 2, a, b), "no square": (sqrt(a) - sqrt(b), a, b),
    "a pole between": ((1 / x - 1 / y) ** 2, x, y), "another place": ((sqrt(a) - sqrt(b)) ** 2, a, 4 * b),
    "a place that may be negative": ((sqrt(a) - sqrt(x)) ** 2, a, x), "a distance": ((Abs(x) - Abs(y)) ** 2, x, y),
}  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_may_vanish_elsewhere_pins_no_equality_case(name: str) -> None:
    assert not only_at(*ELSEWHERE[name])
    assert only_at(3 * b * (a ** Rational(1, 3) - b ** Rational(1, 3)) ** 4, a, b)
