"""Two things of one print, and two functions with the same numbers: each page read as a false or empty sentence."""

from collections.abc import Callable

import pytest
from sympy import Expr, Integer, Symbol, expand

from derivations.form.claim import Claim
from derivations.form.modelled import polynomials
from derivations.notation.densities import DensityMean, OnTwoStates
from derivations.notation.lettered import Jump, Reversed
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.density import Density, Marginal, Positive
from derivations.probability.smooth import smooth, smooth_positive
from tests.support.forged import a, b, c, equation
from tests.support.judged import green, red_for

x, y, z = (Symbol(s, real=True) for s in "xyz")
Q_Y, Q_Z, STEP = Density("q", y), Density("q", z), Density("q", y, z)
JUMP, MARGINAL = Jump(STEP, Density("q", z, x)), Marginal(y, z, STEP, Q_Z)


def of(e: Expr) -> Claim:
    """Return the claim that (a + 1) (b + e) is its own expansion, at 2, 3, ... for its symbols."""
    left, right = (a + 1) * (b + e), expand((a + 1) * (b + unnamed(e)))
    names = sorted(left.free_symbols | right.free_symbols, key=str)
    return equation(left, right, example={s: Integer(n) for n, s in enumerate(names, start=2)})


def mean(law: Expr, of: Symbol = y, f: str = "f") -> Expr:
    return OnTwoStates(DensityMean(Positive(f, of), (of, law)))


def slope(moving: str, still: str) -> Claim:
    """Return a claim about the slope of m (m + s) in m, which reads as another one where m and s print alike."""
    m, s = Symbol(moving, positive=True), Symbol(still, positive=True)
    return of(Slope(Quantity("F", (m,), m * (m + s)), m))


def logarithm(p: str) -> Claim:
    """Return a claim about the integral of log_p v, which reads as the logarithm of p beside a symbol p."""
    return of(Symbol("log_p", positive=True) * Symbol(p, positive=True))


def function(name: str) -> Claim:
    """Return a claim that the mean of f(x, y), with x in state 0, is another than that of a function of y."""
    return of(OnTwoStates(DensityMean(Positive("f", x, y), (y, Q_Y))) - mean(Q_Y, f=name))


APART, NUMBERS = "expected things that print apart", "numbers of their own"
PAIRS: dict[str, tuple[Callable[[], Claim], Callable[[], Claim], str]] = {
    "a jump and a law": (
        lambda: of(mean(Density("q", y, x)) - mean(JUMP)), lambda: of(mean(Density("p", y, x)) - mean(JUMP)), APART,
    ),
    "a marginal and a law": (lambda: of(mean(Q_Y) - mean(MARGINAL)), lambda: of(mean(STEP) - mean(MARGINAL)), APART),
    "Bayes' rule and a law": (
        lambda: of(mean(Density("q", z, y), z) - mean(Reversed(STEP, Q_Z, MARGINAL), z)),
        lambda: of(mean(Density("p", z, y), z) - mean(Reversed(STEP, Q_Z, MARGINAL), z)),
        APART,
    ),
    "functions with the same numbers": (lambda: function("f_0"), lambda: function("g_0"), NUMBERS),
    "alpha-bar by two names": (lambda: slope("abar", "alpha_bar"), lambda: slope("abar", "alpha_hat"), APART),
    "an index in braces": (lambda: slope("alpha_bar_t", "abar_t"), lambda: slope("alpha_bar_t", "abar_s"), APART),
    "two primes, upright and not": (lambda: slope("d2x", "x''"), lambda: slope("d2x", "x'"), APART),
    "a name and a product": (
        lambda: of(a * b * c + Symbol("abc", positive=True)),
        lambda: of(a * b * c + Symbol("abd", positive=True)),
        APART,
    ),
    "a quantity and a name": (
        lambda: of(Quantity("abar", (), b * x) + Symbol("alpha_bar", positive=True)),
        lambda: of(Quantity("abar", (), b * x) + Symbol("alpha_hat", positive=True)),
        APART,
    ),
    "a logarithm and a name": (lambda: logarithm("p"), lambda: logarithm("q"), APART),
    "a quantity and the logarithm of one": (
        lambda: of(Quantity("log p", (x,), b * x) + Quantity("p", (x,), b + x**2)),
        lambda: of(Quantity("log p", (x,), b * x) + Quantity("p", (y,), b + y**2)),
        APART,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_what_coincides_in_print_or_in_numbers_is_refused(name: str) -> None:
    attack, twin, expected = PAIRS[name]
    red_for(attack(), expected)
    green(twin())


@pytest.mark.parametrize(
    "one, other, expected",
    [(smooth("F.0")(x), smooth("F")(x, y), "coefficients of their own"), (smooth("F")(x), smooth("G")(x, y), ""),
     (smooth("F")(x), smooth("F")(x, y), "of a name"), (smooth("F")(x), smooth_positive("F")(y), "of a name")],
)  # fmt: skip
def test_smooth_functions_have_coefficients_of_their_own(one: Expr, other: Expr, expected: str) -> None:
    faults = [*polynomials({one, other})]
    assert any(expected in fault for fault in faults) if expected else not faults
