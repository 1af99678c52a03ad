"""The nouns for the shape of a formula, by which a title may name a side of an inequality."""

import pytest
from sympy import Expr, Rational, exp, sqrt, symbols

from derivations.judge.titles.shapes import shapes

a, b = symbols("a b", positive=True)
SHAPES: list[tuple[Expr, set[str]]] = [
    (a + b, {"sum"}),
    ((a**2 - b**2) / (a - b), {"sum"}),
    ((a + b) / 2, {"arithmetic mean"}),
    (a * b, {"product"}),
    (sqrt(a * b), {"geometric mean"}),
    (2 * a * b / (a + b), {"harmonic mean"}),
    ((a + b) / 2 + Rational(1, 10**12), set()),  # too near to be told apart at a point
    (-(a + b), set()),
    (a + 2 * b, set()),
    (exp(a) * b, set()),
    ((a * b) ** 2, set()),
]


@pytest.mark.parametrize(("formula", "nouns"), SHAPES, ids=str)
def test_a_formula_has_the_nouns_of_its_shape_alone(formula: Expr, nouns: set[str]) -> None:
    assert shapes(formula) - {"square", "root"} == nouns
