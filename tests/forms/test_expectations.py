"""An expectation has a stated law and a random body, and opens into moments and finite sums."""

from typing import Any

import pytest
from sympy import Expr, Integer, Integral, Rational, S, Symbol, exp, latex, pretty, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.probability.expected import Expected, opened
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, x
from tests.support.judged import green, red_for

e, e_2, v = Symbol("e", real=True), Symbol("e_2", real=True), Symbol("v", real=True)
plus = Symbol("e", positive=True)
COIN = ((Integer(1), a), (Integer(-1), b))  # odds of a to b


def mean(left: Expr, answer: Expr, **changes: Any) -> Claim:
    """Return a claim about the value of an expectation."""
    try:
        chain = (by("moments", opened(left)), by("collected", answer))
    except ArithmeticError:
        chain = ()
    symbols = left.free_symbols | answer.free_symbols | {a, b, c}
    usual: dict[str, Any] = {
        "kind": "expectation", "says": lambda q: Equal(left, q), "proof": (chain,),
        "example": dict(zip(sorted(symbols, key=str), map(Integer, "2131"), strict=False)),
        "convenience": {f"0 < {s}": "kept" for s in symbols if s.is_positive},
        "wrong": {"one more": Wrong(answer + 1, ""), "twice": Wrong(2 * answer + 1, "")},
    }  # fmt: skip
    return claim(a, answer, **usual | changes)


TRUE = {
    "a square": mean(Expected((a * e + b) ** 2 / c, e), (a**2 + b**2) / c),
    "two normals": mean(Expected((a * e + b * e_2) ** 2 * (e + c) ** 2, e, e_2), a**2 * (3 + c**2) + b**2 * (1 + c**2)),
    "a coin": mean(Expected(c * x**3 + 1, (x, COIN)), c * (a - b) / (a + b) + 1),
    "a coin and a normal": mean(Expected((c * x + e + 1) ** 2, e, (x, COIN)), 2 + c**2 + 2 * c * (a - b) / (a + b)),
    "under an integral": mean(
        Integral(Expected((a * v + b * e) ** 2, e), (v, 0, c)), c**3 * a**2 / 3 + c * b**2,
        proof=(
            (
                by("moments", opened(Integral(Expected((a * v + b * e) ** 2, e), (v, 0, c)))),
                by("so", c**3 * a**2 / 3 + c * b**2, primitive=a**2 * v**3 / 3 + b**2 * v),
            ),
        ),
    ),
}  # fmt: skip
FALSE = {
    "of nothing random": (mean(Expected(LEFT, e), RIGHT), "expected an expectation of something random"),
    "over no law": (mean(Expected(LEFT), RIGHT), "expected a law under an expectation"),
    "of one of two": (mean(Expected(LEFT + a * e, e, e_2), RIGHT), "without e_2"),
    "of what is no polynomial": (mean(Expected(exp(a * e) * b * c, e), exp(a**2 / 2) * b * c), "expected a polynomial"),
    "a false moment": (mean(Expected((a * e) ** 4 + b * c, e), 2 * a**4 + b * c), "enclose refutes"),
    "a normal taken for positive": (mean(Expected(sqrt(plus**2) * a + b * c, plus), b * c), "any real number"),
    "of one value": (mean(Expected(LEFT * x, (x, ((Integer(1), a),))), RIGHT), "at least two values"),
    "of one value with a weight": (
        mean(Expected(LEFT * x, (x, ((Integer(1), a), (Integer(2), S.Zero)))), RIGHT), "at least two values"
    ),
    "weights by what they weigh": (mean(Expected(c * x + a * b, (x, ((a, x), (b, c)))), c * a + a * b), "free of what"),
    "negative weights": (
        mean(Expected(c * x, (x, ((Integer(1), a), (Integer(-1), b - 10)))), c * (a - b + 10) / (a + b - 10)),
        "expected weights of at least 0",
    ),
    "weights that sum to nothing": (
        mean(Expected(c * x + a * b, (x, ((Integer(1), S.Zero), (Integer(-1), S.Zero)))), c + a * b),
        "expected weights whose sum is not 0|at least two values",
    ),
    "another mean of the coin": (mean(Expected(c * x, (x, COIN)), c * (a - b) / 2), "enclose refutes"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRUE)
def test_an_expectation_is_green(name: str) -> None:
    green(TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_an_improper_expectation_goes_red(name: str) -> None:
    red_for(*FALSE[name])


def test_a_bound_variable_is_not_free() -> None:
    assert Expected(a * e + x, e, (x, COIN)).free_symbols == {a, b}


def test_expectations_open_from_the_inside() -> None:
    inner = Expected((e + x) ** 2, e)
    assert opened(Expected(inner, (x, COIN))) == Expected(x**2 + 1, (x, COIN)).opened()
    assert opened(sqrt(Expected(e**2 * a, e))) == sqrt(a)


def test_an_expectation_is_printed_with_its_law() -> None:
    square = Expected(a * e**2 + Rational(1, 2), e)
    assert str(square) == "E[a*e**2 + 1/2; e ~ N(0, 1)]"
    assert latex(square) == r"\mathbb{E}_{e \sim \mathcal{N}(0, 1)}\left[a e^{2} + \frac{1}{2}\right]"
    assert "e ~ N(0, 1)" in pretty(square)
