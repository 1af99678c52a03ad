"""A page says what each number of a point stands for, where a density or a function has only a name."""

import re

import pytest
from sympy import Symbol

from derivations import symbols
from derivations.catalogue import claims
from derivations.form.claim import Claim
from derivations.form.numbers import in_numbers
from derivations.probability.density import Density, Positive
from derivations.probability.mean import Mean
from derivations.probability.smooth import smooth, smooth_positive
from tests.support.forged import a, b, equation, x

DECLARED = frozenset(v.name for v in vars(symbols).values() if isinstance(v, Symbol))
z = Symbol("z", real=True)
BOUND, SCHEDULE = "vdm.elbo1.consistency", "vdm.loss.invariance"
OTHERS = "vdm.vlb.decomposition", "vdm.vlb.exact", "bayes.excess", "likelihood.dequantised", "vdm.immse"


def unexplained(claim: Claim) -> set[str]:
    """Return the numbers of a claim's points that are no symbol and that no sentence has."""
    told = set(re.sub(r"[()]|, ", " ", " ".join(in_numbers(claim))).split())
    return {v.name for v in claim.symbols() if v.name not in DECLARED} - told


@pytest.mark.parametrize("name", [BOUND, SCHEDULE, *OTHERS])
def test_every_number_of_a_point_is_explained(name: str) -> None:
    assert in_numbers(claims()[name]) and not unexplained(claims()[name])


def test_odds_and_polynomials_are_written_out() -> None:
    told = in_numbers(claims()[BOUND]), in_numbers(claims()[SCHEDULE])
    odds = "q_{t|t-1}_0 where x_{t-1} = 0, q_{t|t-1}_1 where x_{t-1} = 1"
    assert f"q(x_t | x_{{t-1}}): the odds of x_t = 1 against 0 are {odds}" in told[0]
    assert "sigma(t) = sigma.0 ((sigma.1 t + 1)^2 + 1)" in told[1]


def test_values_of_functions_are_written_out() -> None:
    mean = Mean(Positive("f", z), (z, Density("q", z)))
    claim = equation(a * mean + b * smooth("g")(x), b * smooth("g")(x) + a * mean)
    assert in_numbers(claim) == [
        "f(z) is f_0 where z = 0, f_1 where z = 1", "g(x) = g.0 + g.1 x + g.2 x^2 + g.3 x^3",
        "q(z): the odds of z = 1 against 0 are q_{z}",
    ]  # fmt: skip


def test_a_claim_of_symbols_alone_has_no_such_numbers() -> None:
    assert in_numbers(equation(a * b + b, b + a * b)) == [] and in_numbers(claims()["vdm.posterior.mean"]) == []


def test_a_number_that_no_sentence_has_is_reported() -> None:
    stray, f = Symbol("f_9", positive=True), smooth_positive("alpha")(x)
    assert unexplained(equation(a * f + stray, stray + a * f)) == {"f_9"} and not unexplained(equation(a * f, f * a))
