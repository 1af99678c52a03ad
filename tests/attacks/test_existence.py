"""Objects that cannot exist are refused: laws of negative variance, negative probabilities or squares, reserved names.

What an object needs in order to exist is an obligation wherever it occurs, whatever it opens to.
"""

from collections.abc import Callable

import pytest
from sympy import Expr, Function, Matrix, S, Symbol, exp, expand, log, pi

from derivations.form.claim import Claim, by
from derivations.form.law import Law
from derivations.form.laws import Given
from derivations.form.statement import Below, Equal
from derivations.notation.chains import LawCumulants
from derivations.notation.densities import DensityDivergence, DensityMean, OnTwoStates
from derivations.notation.laws import CrossEntropy, LawName, MeansApart
from derivations.notation.levels import Odds
from derivations.notation.outcomes import Average, Chance, Outcomes
from derivations.notation.plane import LogDeterminants, PlaneNormal, SquaredDistance
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope, Squared
from derivations.notation.values import At
from derivations.probability.chances import is_law
from derivations.probability.density import Density, Positive, Real
from derivations.probability.gaussian import Normal
from derivations.probability.mean import Mean
from tests.support.forged import AT, LEFT, RIGHT, a, b, c, claim, n, stated, x
from tests.support.judged import green, red_for

y, z, m, k, w, v, kappa = (Symbol(name, real=True) for name in ("y", "z", "m", "k", "w", "v", "kappa"))
HALF = S.Half


def equal(left: Expr, right: Expr) -> Claim:
    return stated(lambda q: Equal(left, q), right, "equality")


def named(mean: Expr, var: Expr, name: str) -> LawName:
    return LawName(mean, var, name, z)


# -- variances -----------------------------------------------------------------------------------


def apart(var: Expr) -> Claim:
    return equal(MeansApart(named(b, var, "q"), named(c, var, "p")), expand((b - c) ** 2) / (2 * var))


def cross(var: Expr) -> Claim:
    right = (expand((b - c) ** 2) + var) / (2 * a) + log(2 * pi * a) / 2
    return equal(CrossEntropy(named(b, var, "q"), named(c, a, "p")), right)


def cumulants(var: Expr) -> Claim:
    return equal(2 * a * LawCumulants(named(b, var, "q"), z, kappa), 2 * a * kappa * b + a * kappa**2 * var)


@pytest.mark.parametrize("make", [apart, cross, cumulants])
def test_a_law_has_a_positive_variance(make: Callable[[Expr], Claim]) -> None:
    red_for(make(x), "x > 0")
    green(make(1 + x**2))


# -- weights, odds and squares ---------------------------------------------------------------------

SURE = (S.Zero, x**2 - x + 1)
MADE = Process((z, y + m), noise=(m,), data=(y,))


def chance(weight: Expr) -> Claim:
    outcomes = Outcomes(w, (S.One, weight), (S.Zero, 1 + x**2))
    return equal(c * (1 + Chance(outcomes, S.One, x)), c + c * weight / (weight + 1 + x**2))


def mean_at(weight: Expr) -> Claim:
    average = At(Average(w, Outcomes(w, (S.One, a), (S.Zero, b))), (a, weight), (b, 1 + x**2))
    return equal(c * (1 + average), c + c * weight / (weight + 1 + x**2))


def slope_of_mean(weight: Expr) -> Claim:
    total = weight + 1 + x**2
    slope = Slope(Average(w, Outcomes(w, (S.One, weight), (S.Zero, 1 + x**2))), x)
    return equal(c * slope, c * (weight.diff(x) * total - weight * total.diff(x)) / total**2)


def odds(prior: Expr) -> Claim:
    return equal(Odds(MADE, z, (S.One, S.Zero), prior) + c, prior * exp(z - HALF) + c)


@pytest.mark.parametrize(("make", "relation"), [(chance, ">="), (mean_at, ">="), (slope_of_mean, ">="), (odds, ">")])
def test_weights_and_odds_are_not_negative(make: Callable[[Expr], Claim], relation: str) -> None:
    red_for(make(x), f"x {relation} 0")
    green(make(2 + x**2))


@pytest.mark.parametrize("square", [lambda e: Squared("d", e), lambda e: Quantity("d^2", (), e)])
def test_a_square_is_not_negative(square: Callable[[Expr], Expr]) -> None:
    def falls(body: Expr) -> Claim:
        answer, at = expand((1 + c) * body), {c: S.One, x: S.One}
        lines = (by("", body), by("", body + 1, more=S.One)), (by("", (1 + c) * body), by("", answer))
        says = lambda q: (Below(square(body), body + 1), Equal((1 + c) * square(body), q))  # noqa: E731
        return claim((1 + c) * body, answer, says=says, proof=lines, example=at)

    red_for(falls(x), "x >= 0")
    green(falls(1 + x**2))


# -- covariances ---------------------------------------------------------------------------------


def given(gain: Expr, *more: tuple[Expr, Symbol]) -> Claim:
    made = Given(gain**2 * n + b * m, ((gain * n, y), *more), (n, m, k))
    return stated(lambda q: Law(z, made, Normal(q, S.Zero)), gain * y + b * w, "law")


def test_only_random_variables_can_be_conditioned_on() -> None:
    others = ((m, w), (k, v))
    red_for(given(a**2 - 70 * a + 1001, *others), "!= 0")
    green(given(a**2 + 70 * a + 1001, *others))


def plane(mean: Expr, scale: Expr, last: Expr, *names: str) -> PlaneNormal:
    return PlaneNormal(Matrix([mean, S.Zero]), Matrix([[scale, 0], [0, last]]), names)  # type: ignore[arg-type]


def distance(scale: Expr) -> Claim:
    apart_ = SquaredDistance(plane(S.Zero, scale, b, "m", "S"), plane(scale * c, scale, S.One, "mu", "T"))
    return equal(apart_ * (1 + b) ** 2, c**2 * (1 + 2 * b + b**2))


def determinants(scale: Expr) -> Claim:
    ratio = LogDeterminants(plane(S.Zero, scale, b, "m", "S"), plane(scale * c, scale, S.One, "mu", "T"))
    return equal((ratio + c) ** 2, 4 * log(b) ** 2 - 4 * c * log(b) + c**2)


@pytest.mark.parametrize("make", [distance, determinants])
def test_a_covariance_of_the_plane_is_not_singular(make: Callable[[Expr], Claim]) -> None:
    red_for(make(x), "x != 0")
    green(make(1 + x**2))


# -- densities -----------------------------------------------------------------------------------


def test_a_mean_is_over_a_density() -> None:
    q, positive = Density("q", z), Positive("q", z)
    assert is_law(z, q) and is_law(z, (q + Density("p", z)) / 2)
    one_less, signed = 1 - q, 2 * q - Density("p", z)  # whose chances on two states sum to 1
    for no_law in (positive, 2 * q, Density("q", w), one_less, signed):
        assert not is_law(z, no_law)
        for make in (
            lambda law: DensityDivergence(z, law, Density("p", z)),
            lambda law: DensityDivergence(z, Density("p", z), law),
            lambda law: DensityMean(positive, (z, law)),
        ):
            with pytest.raises(ValueError, match="expected a density of z, whose integral is 1"):
                make(no_law)
    assert OnTwoStates(DensityDivergence(z, q, Density("p", z))).free_symbols


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["log", "exp", "Var", "KL", "pi", "max"])
def test_an_object_named_like_an_operation_or_a_number_is_refused(name: str) -> None:
    for make in (
        lambda: Quantity(name, (a,), b),
        lambda: Squared(name, b),
        lambda: LawName(a, b, name, z),
    ):
        with pytest.raises(ValueError, match="none of an operation or a number"):
            make()
    assert Quantity(f"{name}_1", (a,), b).body == b


def test_an_object_that_is_an_operation_may_have_its_name() -> None:
    least = (a + b - abs(a - b)) / 2
    assert Quantity("min", (a, b), least).body == least
    law, value = (y, Density("q", y)), Real("X", y)
    spread = Mean(value**2, law) - Mean(value, law) ** 2
    assert Quantity("Var", (value,), spread).body == spread
    for wrong in (lambda: Quantity("min", (a, b), (a + b) / 2), lambda: Quantity("Var", (value,), spread + 1)):
        with pytest.raises(ValueError, match="none of an operation"):
            wrong()


@pytest.mark.parametrize("name", ["sqrt", "log", "E", "N"])
def test_an_unknown_function_named_like_an_operation_is_refused(name: str) -> None:
    def squared(called: str) -> Claim:
        f = Function(called, real=True)(x)
        left, right = (f + c) ** 2, f**2 + 2 * c * f + c**2
        lines = ((by("", LEFT), by("", RIGHT)), (by("", left), by("", right)))
        return claim(says=lambda q: (Equal(LEFT, q), Equal(left, right)), proof=lines, example=AT | {x: S.One})

    red_for(squared(name), f"called unlike an operation, got {name}")
    green(squared("f"))


def test_a_symbol_named_like_a_number_is_refused() -> None:
    false_pi = Symbol("pi", positive=True)
    red_for(equal(c * (false_pi + a) ** 2, expand(c * (false_pi + a) ** 2)), "'pi'")


def test_names_of_normal_laws_are_reserved() -> None:
    with pytest.raises(ValueError, match="which is any normal law"):
        LawName(a, b, "N", z)
    for names in (("0", "S"), ("m", "I"), ("det", "S")):
        with pytest.raises(ValueError, match="which are others"):
            plane(a, b, c, *names)
