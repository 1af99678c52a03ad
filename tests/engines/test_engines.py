"""Each engine accepts truths, and rejects falsehoods."""

from typing import Any

import pytest
from flint import arb
from sympy import Integral, Rational, Symbol, cos, exp, expand, log, pi, sin, sqrt, symbols, tan, tanh

from derivations.arithmetic.ball import Undefined, Unfinished, ball, precision
from derivations.engines.enclose import enclose
from derivations.engines.normal_form import vanishes
from derivations.engines.prove import prove
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.judge.certificate import certify
from derivations.probability.density import Density, Positive
from derivations.probability.mean import Mean

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
def test_the_normal_form_recognises_zero(name: str) -> None:
    assert vanishes(ZERO[name], AT)


@pytest.mark.parametrize("name", NOT_ZERO)
def test_the_normal_form_calls_no_other_expression_zero(name: str) -> None:
    assert not vanishes(NOT_ZERO[name], AT)


def test_a_vanishing_denominator_is_no_zero() -> None:
    hidden = sin(a + b) - sin(a) * cos(b) - cos(a) * sin(b)
    assert not vanishes(c / hidden - b / hidden, AT)


@pytest.mark.parametrize("expr", [1 / (a - Rational(1, 4)), log(a - 1), sqrt(-a)], ids=str)
def test_an_expression_without_a_real_value_is_undefined(expr: object) -> None:
    with precision(128), pytest.raises(Undefined):
        ball(expr, AT)  # type: ignore[arg-type]


def test_balls_contain_the_value() -> None:
    with precision(256):
        assert ball(sqrt(a) * exp(log(2)), AT).overlaps(2 * (arb(1) / 4).sqrt())
        assert ball(Integral(exp(-c * a), (a, 0, 1)), {c: 3}).overlaps((1 - arb(-3).exp()) / 3)
        assert not ball(Integral(exp(-c * a), (a, 0, 1)), {c: 3}).overlaps((1 - arb(-3).exp()) / 2)


def test_an_unknown_function_has_no_value() -> None:
    from sympy import Function

    with pytest.raises(Unfinished, match="no evaluation"):  # not Undefined: that would refute
        ball(Function("f")(Symbol("x")), {Symbol("x"): 1})


def claim(**changes: Any) -> Claim:
    """Return the claim that (a + b)^2 is its expansion, with some parts changed."""
    usual: dict[str, Any] = {
        "name": "gap", "title": "", "kind": "equality", "example": {a: 1, b: 2},
        "says": lambda q: Equal((a + b) ** 2, q), "answer": expand((a + b) ** 2),
        "proof": ((by("", (a + b) ** 2), by("", expand((a + b) ** 2))),), "wrong": {"it": Wrong(a + c, "foreign")},
    }  # fmt: skip
    return Claim(**usual | changes)


def test_an_answer_with_a_foreign_symbol_is_not_evaluated() -> None:
    assert enclose(claim()).verdict == "consistent"
    evidence = enclose(claim(), a + c)
    assert (evidence.verdict, evidence.reason) == ("not_evaluated", "Unfinished: no value for c")
    logs = claim(wrong={"it": Wrong(log(c), "foreign, and out of the field's reach")})
    assert any(c.startswith("wrong answer not rejected: it") for c in certify(logs, "digest").complaints)


def test_an_equality_case_that_binds_a_variable_twice_is_not_proved() -> None:
    u, v = Symbol("u"), Symbol("v")
    first, f = Density("q", u), Positive("p", u, v)
    bare = Mean(f, (u, first), (v, Density("r", v)))
    twice = {f: Mean(Positive("k", u, v), (u, first))}  # u is bound where it is bound already, v is not
    bound = claim(
        kind="inequality", says=lambda q: AtMost(bare, q, twice), answer=(1 + a) * bare,
        proof=((by("", bare), by("a times it more", (1 + a) * bare, more=a * bare)),),
        example=dict.fromkeys((bare + a).free_symbols, 1),
    )  # fmt: skip
    evidence = prove(bound)
    assert evidence.verdict == "not_evaluated"
    assert evidence.reason.startswith("Clash: expected fresh variables")
    assert any("Clash" in complaint for complaint in certify(bound, "digest").complaints)
