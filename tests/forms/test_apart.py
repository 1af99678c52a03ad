"""Two different things in a claim never print alike, in text or in LaTeX; a twin with other names passes."""

import pytest
from sympy import Expr, Function, Symbol, diff, exp

from derivations.form.apart import alike
from derivations.notation.printing import latex, text
from derivations.probability.density import Density, Real, Value
from derivations.probability.smooth import smooth, smooth_positive
from tests.support.forged import a, b, claim, x
from tests.support.judged import red

y, e, f, df, g, h = (Symbol(name, real=True) for name in ("y", "e", "f", "dF", "g", "h"))
g2, ab = Symbol("g2", positive=True), Symbol("ab", positive=True)
F, D = smooth("F"), smooth("D")

ALIKE: dict[str, tuple[Expr, Expr, str]] = {
    "a symbol called as the base of exponentials": (exp(x), x + e, "the base of exp and the symbol e: e"),
    "a symbol written as a square": (g2, g**2, r"g squared and the symbol g2: g\^2"),
    "a symbol of two letters": (ab, a * b, "(a times b|b times a) and the symbol ab: ab"),
    "a function with a prime": (diff(F(x), x), smooth("F'")(x), "slope of the smooth function F and the smooth"),
    "a function with an index": (diff(D(x, y), y), smooth("D_2")(x, y), "the slope of the smooth function D and"),
    "a symbol with a prime": (df * (x + 1), diff(F(y), y), "slope of the smooth function F and the symbol dF: F'"),
    "a symbol called as a function": (f * (x + 1), smooth("f")(x), "the smooth function f and the symbol f: f"),
    "a symbol called as an undefined function": (f * (x + 1), Function("f")(x), "the symbol f and the undefined"),
    "two kinds of functions": (F(x), smooth_positive("F")(x), "the positive smooth function F and the smooth"),
    "a function and a density": (F(x), Density("F", x), "the density F and the smooth function F: F"),
    "a function and one of states": (F(x), Real("F", x), "the real function F and the smooth function F: F"),
    "a variable beside its own value": (Value(x), a * x, "the symbol x and the value function x_at: x"),
    "a function called a logarithm": (F(x), smooth("log_F")(x), "the logarithm of F and the smooth function log_F"),
}
TWINS: dict[str, tuple[Expr, Expr]] = {
    "no exponential": (x, x + e), "another square": (g2, h**2), "other letters": (ab, a * x),
    "another prime": (diff(F(x), x), smooth("G'")(x)), "one function at two places": (F(x), F(y) * diff(F(x), x)),
    "a variable's own value": (Value(x), a * Density("q", x)),
    "slopes along two axes": (diff(D(x, y), x), diff(D(x, y), y)), "a slope's symbol": (df * (x + 1), diff(D(x, y), y)),
}  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_things_that_print_alike_are_refused(name: str) -> None:
    one, other, expected = ALIKE[name]
    red(claim(one + b, other + b), f"expected things that print apart, got .*{expected}")


@pytest.mark.parametrize("name", TWINS)
def test_things_that_print_apart_pass(name: str) -> None:
    one, other = TWINS[name]
    assert not list(alike((one, other))) and text(one) != text(other) and latex(one) != latex(other)
