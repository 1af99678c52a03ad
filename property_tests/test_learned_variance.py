"""The learned variance and the divergence with it equal their claims, in units of their condition.

Sigma = beta-tilde exp(v L), L = log(beta/beta-tilde): beta-tilde is good to 8 u, v L to 4 u of itself, which the
exponential makes 4 v L u of the whole; so 8 + 4 L. In the divergence all terms are positive, each with one or two
such factors.
"""

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import at
from property_tests.conftest import Record
from property_tests.exact import BITS, ulps
from property_tests.steps import fill
from property_tests.strategies import BATCH, Gammas, gammas
from udm import Step
from udm.hybrid import learned_divergence
from udm.variance import interpolated

Row = dict[str, arb]


def rows(drawn: Gammas) -> list[Row]:
    found: list[Row] = []
    for g, gap in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        row = {symbol.name: value for symbol, value in at(g, gap).items()}
        with precision(BITS):
            row["beta_tilde"] = row["beta"] * (1 - row["abar_s"]) / (1 - row["abar"])
        found.append(row)
    return found


def spread(row: Row) -> float:
    with precision(BITS):
        return float((row["beta"] / row["beta_tilde"]).log())


@pytest.mark.claim("iddpm.variance")
@given(drawn=gammas, v=st.floats(0, 1))
def test_the_learned_variance_is_exact(drawn: Gammas, v: float, measure: Record) -> None:
    share = torch.full((len(drawn.gamma_t), 1), v, dtype=torch.float64)
    got, answer, largest = (
        interpolated(share, Step.from_gamma(*drawn))[:, 0].tolist(),
        claims()["iddpm.variance"].answer,
        0.0,
    )
    for row, found in zip(rows(drawn), got, strict=True):
        exact = fill(answer.var, **row, v_mix=arb(v))
        largest = max(largest, ulps(found, exact) / (8 + 4 * spread(row)))
    measure("iddpm.variance", "udm.variance.interpolated, of its bound", torch.float64, largest, 1.0, BATCH)


@pytest.mark.claim("iddpm.loss")
@given(drawn=gammas, v=st.floats(0, 1))
def test_the_divergence_with_it_is_exact(drawn: Gammas, v: float, measure: Record) -> None:
    """At x = 1 and x-hat = 3 the means are 2 alpha_s c apart."""
    one = torch.ones(len(drawn.gamma_t), 1, dtype=torch.float64)
    got = learned_divergence(one, 3 * one, v * one, Step.from_gamma(*drawn), "x").tolist()
    answer, largest = claims()["iddpm.loss"].answer, 0.0
    for row, found in zip(rows(drawn), got, strict=True):
        weight, constant = (fill(e, **row, v_mix=arb(v)) for e in (answer.weight, answer.constant))
        with precision(BITS):
            missed = 2 * row["alpha_s"] * row["beta"] / (1 - row["abar"])
            exact = weight * missed**2 + constant
        largest = max(largest, ulps(found, exact) / (24 + 8 * spread(row)))
    measure("iddpm.loss", "udm.hybrid.learned_divergence, of its bound", torch.float64, largest, 1.0, BATCH)


def test_the_interpolation_of_variances_themselves_is_told_apart() -> None:
    """The guard of the tests above: the named wrong form is off by more than its bound."""
    step, v = (
        Step.from_gamma(torch.tensor([0.0]).double(), torch.tensor([2.0]).double()),
        torch.tensor([[0.5]]).double(),
    )
    linear = (step.var_ts + step.posterior_var) / 2
    assert abs(float(linear / interpolated(v, step)[:, 0]) - 1) > 0.1
