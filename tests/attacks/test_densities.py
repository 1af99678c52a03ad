"""What is called a density is one: its integral is 1, it is negative nowhere, and what is normal has a variance."""

import pytest
from sympy import Expr, Function, S, Symbol, exp, pi, sqrt

from derivations.form.claim import Claim
from derivations.form.statement import Equal
from derivations.notation.densities import AnyDensity
from derivations.notation.fokker_planck import DensityRate
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, c, stated, x
from tests.support.judged import green, red_for

z = Symbol("z", real=True)
P = AnyDensity("p", z)


def normal(mean: Expr, var: Expr) -> Expr:
    return exp(Normal(mean, var).log_density(z))


def moved(density: Expr) -> DensityRate:
    return DensityRate(P, z, a * z, 1 + c, density, (), ())


def rate(density: Expr) -> Claim:
    """Fokker-Planck's equation of a known density, which holds of any function."""
    right = moved(density).opened().expand()
    return stated(lambda e: Equal(moved(density), e), right, "equality")


NONE = {
    "a multiple of a density": exp(-(z**2) / 2),
    "a negative one": -normal(S.Zero, S.One),
    "one that grows": exp(z**2 / 2) / sqrt(2 * pi),
    "one without an integral": 1 + z**2,
    "an exponential on the whole line": exp(-z),
    "another function's name": Function("q", positive=True)(z),
    "a number": S.One,
}


@pytest.mark.parametrize("name", NONE)
def test_a_known_function_that_is_no_normal_density_is_called_none(name: str) -> None:
    with pytest.raises(ValueError, match="expected an unknown density by its name, or a normal one"):
        moved(NONE[name])


def test_a_density_that_is_known_has_a_variance() -> None:
    red_for(rate(normal(b, x)), "x != 0|1/x > 0|x > 0")
    green(rate(normal(b, 1 + x**2)))
    green(rate(normal(b, S.One)))


def test_an_unknown_density_may_be_any() -> None:
    for unknown in (Function("p", positive=True)(z), exp(Function("log_p", real=True)(z))):
        assert moved(unknown).args[4] == unknown
