"""Quick computations give the results of the slow ones."""

from itertools import product

import pytest
from flint import acb, arb
from sympy import Float, Integer, Integral, Rational, S, exp, factor_list, log, sqrt, symbols
from sympy.core import basic

import derivations.form.claim  # noqa: F401  by which it is installed
from derivations.arithmetic import quick
from derivations.arithmetic.ball import ball, precision
from derivations.arithmetic.steps import Steps
from derivations.judge.texts import texts_loaded, texts_of

a, b, t = symbols("a b t", positive=True)
SOME = (a, b, a + b, b + a, a * b, S.NaN, Integer(2), Float(2), Rational(1, 2), Float(0.5), a + 2, a + Float(2), exp(a))


@pytest.mark.parametrize("x, y", list(product(SOME, repeat=2)))
def test_quick_comparison_agrees_with_sympy(x: basic.Basic, y: basic.Basic) -> None:
    assert quick.same(x, y) == basic.Basic.is_same(x, y)


def test_substitution_uses_the_quick_comparison() -> None:
    assert basic._aresame is quick.same  # type: ignore[attr-defined]
    assert quick.same("a", "a") == basic.Basic.is_same("a", "a")  # type: ignore[arg-type]


def test_factors_are_those_of_sympy() -> None:
    content, parts = quick.factored(6 * a**2 - 6 * b**2)
    assert (content, list(parts)) == factor_list(6 * a**2 - 6 * b**2)


def test_the_constant_part_of_an_integrand_is_one_step() -> None:
    steps = Steps(t)
    steps.number(a * b * sqrt(a) * t * exp(t))
    still = steps.parts[steps.numbers[a * b * sqrt(a) * t * exp(t)]][0]
    assert still not in steps.numbers.values()
    integral = Integral(a * b * log(a) * t + a + b + t, (t, 0, 1))
    with precision(256):
        value = ball(integral, {a: Integer(3), b: Integer(5)})
        assert abs(value - (15 * arb(3).log() / 2 + arb(17) / 2)) < arb(10) ** -60
        assert acb(value).imag == 0


def test_kept_source_texts_are_those_on_disk() -> None:
    assert texts_loaded(["forward"]) == texts_of(["forward"])
