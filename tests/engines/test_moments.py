"""Bounds of second moments are exact for polynomials, never below a sample's, and refused where no rule applies."""

from fractions import Fraction
from math import sqrt
from typing import Any

import numpy as np
import pytest
from sympy import Expr, Mod, Piecewise, Rational, Symbol, cos, cosh, exp, log, pi, symbols, tanh

from derivations.catalogue import claims, module_of
from derivations.engines.moments import second_moment, variance
from derivations.engines.sample import Sample
from derivations.engines.simulate import _parameters
from derivations.engines.turns import Unbounded
from derivations.form.experiment import Experiment, Mean
from tests.support.reach import written

n, m, x, y = symbols("n m x y", real=True)
u, v = symbols("u v", positive=True)
c = Symbol("c", positive=True)
THIRD = Rational(1, 3)
SHARE = 1 / (1 + exp(-2 * n))


def experiment(*process: Any, **changes: Any) -> Experiment:
    usual: dict[str, Any] = {"normals": (n, m), "uniforms": (u, v), "process": process, "checks": (), "size": 100_000}
    return Experiment(**usual | changes)


EXACT: list[tuple[Expr, Fraction | float]] = [
    (n, Fraction(1)),
    (n**3 + 2 * m, Fraction(19)),
    ((n * m + 1) ** 2, Fraction(16)),
    (u, Fraction(1, 3)),
    (c * n * u**2, Fraction(9, 5)),
    (Piecewise((n, u < THIRD), (2, True)), Fraction(3)),
    (Piecewise((1, u < THIRD), (Piecewise((2, v < THIRD), (3, True)), True)), Fraction(47, 9)),
    (Mod(u + THIRD, 1), Fraction(1, 3)),
    (Mod(u + Rational(1, 4), 1) * Mod(u, 1), Fraction(4621, 46080)),
    (exp(2 * u), (np.e**4 - 1) / 4),
    (cos(pi * u), Fraction(1, 2)),
    (n / (1 + u), Fraction(1, 2)),
]


@pytest.mark.parametrize(("f", "value"), EXACT, ids=str)
def test_a_second_moment_is_exact(f: Expr, value: Fraction | float) -> None:
    run = experiment()
    moment = second_moment(run, ((c, Rational(3)),), f)
    seen = Sample(run, ((c, Rational(3)),), 1).rows(f)
    assert moment == pytest.approx(np.mean(seen**2), rel=6 * float(np.std(seen**2)) / 300 / float(np.mean(seen**2)))
    assert moment == pytest.approx(float(value), rel=1e-4) or f.has(Mod) or f.atoms(Piecewise)


BOUNDED: list[tuple[Expr, float]] = [  # and how far above the truth the bound may lie
    (tanh(n), 3),
    (SHARE, 2),
    (SHARE * (1 - SHARE), 3),
    (SHARE * log(SHARE), 3),
    (1 - tanh(n) ** 2, 3),
    (1 / cosh(n) ** 2, 3),
    (log(cosh(n)), 4),
    (log(exp(n) + exp(-n)), 3),
    (log(exp(-((n - 1) ** 2) / 2) + 2 * exp(-((n + 1) ** 2) / 2)), 9),
    ((exp(n) - exp(-n)) / (exp(n) + exp(-n)), 3),
    ((n * exp(n) + 3 * exp(-n)) / (exp(n) + exp(-n)), 9),
    ((exp(n) - exp(-n)) ** 2 / (exp(n) + exp(-n)) ** 2, 4),
    (n / (2 + exp(m * u)) ** 2, 9),
    (Piecewise((n, u < tanh(m) ** 2), (m, True)), 9),
    (Piecewise((1, u < THIRD), (Piecewise((2, v < u), (3, True)), True)), 2),
]


@pytest.mark.parametrize(("f", "slack"), BOUNDED, ids=str)
def test_a_bound_holds_and_is_of_the_right_size(f: Expr, slack: float) -> None:
    run = experiment()
    seen = Sample(run, (), 1).rows(f) ** 2
    assert (
        float(seen.mean()) - 6 * float(seen.std()) / 300 <= second_moment(run, (), f) <= slack**2 * float(seen.mean())
    )


@pytest.mark.parametrize(
    "f", [exp(n), 1 / n, log(n**2), 1 / (1 - exp(n)), Mod(n, 1), Mod(2 * u, 1), (exp(n) + 1) ** 2], ids=str
)
def test_a_function_that_no_rule_bounds_is_refused(f: Expr) -> None:
    with pytest.raises((Unbounded, ArithmeticError)):
        second_moment(experiment(), (), f)


def test_a_variable_of_mean_0_has_at_most_the_variance_of_its_ends() -> None:
    """Between low and high, the variance is at most -low high (Bhatia and Davis)."""
    run = experiment()
    assert variance(run, (), 2 + 3 * tanh(n)) == pytest.approx(5 * 1)
    assert second_moment(run, (), 2 + 3 * tanh(n)) == pytest.approx(25)


def test_variables_of_a_process_take_precedence_over_parameters() -> None:
    """A parameter with the same name as a variable of the process is ignored."""
    made = experiment((x, c * n + u), (y, x - u))
    assert second_moment(made, ((c, Rational(2)),), y) == pytest.approx(4, rel=1e-3)


SIMULATED = [name for name, engines in written().items() if "simulate" in engines]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.xdist_group(module_of(n)), id=n) for n in SIMULATED]
)
def test_no_sample_of_the_catalogue_exceeds_its_proved_bound(name: str) -> None:
    claim = claims()[name]
    assert claim.experiment is not None
    for check in (check for check in claim.experiment.checks if isinstance(check, Mean)):
        assert check.sd is None
        sample = Sample(claim.experiment, _parameters(claim.experiment, claim), 7)
        value = check.value(claim.answer)
        proved, off = sample.variance(check, value), sample.rows(check.of - value)
        assert float(np.mean(off**2)) - 8 * float(np.std(off**2)) / sqrt(off.size) <= proved, check.of


@pytest.mark.xdist_group("every claim")
def test_the_claims_that_are_sampled_are_all_that_have_an_experiment() -> None:
    assert [name for name, claim in claims().items() if claim.experiment] == SIMULATED
