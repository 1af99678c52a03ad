"""The normal decoder of data without levels against its claim's answer in Arb."""

import random

import pytest
import torch
from hypothesis import given

from derivations.catalogue import claims
from derivations.symbols import alpha_0, sigma_0, var, x
from property_tests.conftest import Record
from property_tests.exact import value
from property_tests.strategies import seeds
from udm.density import gaussian
from udm.schedule import LinearGamma

ANSWER, POINTS = claims()["likelihood.continuous"].answer, 100
BOUND = 8.0


def errors(seed: int) -> float:
    """Return the worst error, in units of u (1 + |gamma_0| + |alpha_0 x|/sigma_0), of the mean over noise 1 and -1."""
    rng, worst = random.Random(seed), 0.0
    for _ in range(POINTS):
        at_0 = LinearGamma(rng.uniform(-14, -1), 5.0).at(torch.zeros(2, dtype=torch.float64))
        data = rng.choice([0.0, 1.0, -3.0])
        latent = at_0.alpha * data + at_0.sigma * torch.tensor([1.0, -1.0], dtype=torch.float64)
        got = float(gaussian(torch.full((2, 1), data, dtype=torch.float64), latent[:, None], at_0).mean())
        alpha, sigma, gamma = (float(a[0]) for a in (at_0.alpha, at_0.sigma, at_0.gamma))
        exact = value(ANSWER.least, {alpha_0: alpha, sigma_0: sigma, x: data, var: 1.0})
        size = 1 + abs(gamma) + abs(alpha * data) / sigma
        worst = max(worst, float(abs(exact - got)) * 2**53 / size)
    return worst


@pytest.mark.claim("likelihood.continuous")
@given(seed=seeds)
def test_the_mean_of_the_normal_decoder_is_its_claims(seed: int, measure: Record) -> None:
    """To 8 u: alpha_0 and sigma_0 may be 2 u off beside gamma_0, z_0 is rounded once, and four roundings follow."""
    measure("likelihood.continuous", "density.gaussian", torch.float64, errors(seed), BOUND, POINTS)


@pytest.mark.parametrize("field", ["any", "best"])
def test_another_field_of_the_answer_leaves_the_bound(field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ANSWER", ANSWER._replace(least=getattr(ANSWER, field)))
    assert errors(0) > 1e6
