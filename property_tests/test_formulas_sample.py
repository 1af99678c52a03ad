"""Samplers' steps and their errors equal their claims."""

from itertools import pairwise
from unittest.mock import create_autospec

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import BITS, worst
from property_tests.steps import U, fill, rows
from property_tests.strategies import BATCH, Gammas, gammas, latents, seeds
from udm import Marginal, Step
from udm.laws import Gaussian
from udm.model import Model
from udm.sample import DDIM, Corrected, Euler, Heun, Sampler, dpmpp_2m, langevin
from udm.sample.sampler import Move
from udm.schedule import LinearGamma, RectifiedFlow


@pytest.mark.claim("dpm.exact")
@given(drawn=gammas)
def test_a_constant_belief_is_followed_exactly(drawn: Gammas, measure: Record) -> None:
    """d(z/sigma) = e^lambda x dlambda, whose integral over a step is exact since e^lambda is its own integral."""
    by_x, exact = claims()["dpm.exact"].answer.by_x, []
    one, step = torch.ones(BATCH, 1, dtype=torch.float64), Step.from_gamma(*drawn)
    for q in rows(drawn):
        ends = [fill(by_x, alpha_t=q[f"alpha_{k}"], sigma_t=q[f"sigma_{k}"], x=arb(1)) for k in "st"]
        with precision(BITS):
            exact.append(q["sigma_s"] * (ends[0] - ends[1]))
    got = dpmpp_2m(0 * one, one, one, step, drawn.gap)  # k = 1/2: weights 3/2 and -1/2 of b, good to 24 ulps
    measure("dpm.exact", "udm.sample.dpmpp_2m", torch.float64, worst(got[:, 0].tolist(), exact), 52.0, BATCH)


@pytest.mark.claim("langevin.stationary")
@given(seed=seeds, h=st.floats(1e-6, 10))
def test_a_langevin_step_is_exact(seed: int, h: float, measure: Record) -> None:
    """From z = 0, within 8 u of the sizes of the two terms."""
    step, largest = claims()["langevin.stationary"].answer.step, 0.0
    score, noise = latents(seed, torch.float64, (1,))
    got = langevin(torch.zeros_like(score), score, torch.full((BATCH,), h, dtype=torch.float64), noise)
    for number, s, n in zip(*(a.flatten().tolist() for a in (got, score, noise)), strict=True):
        exact = fill(step, h=arb(h), score=arb(s), n_1=arb(n))
        largest = max(largest, float(abs(exact - number)) / (8 * U * (h * abs(s) + (2 * h) ** 0.5 * abs(n)) + 1e-300))
    measure("langevin.stationary", "udm.sample.langevin, of its bound", torch.float64, largest, 1.0, BATCH)


def moved(sampler: Sampler, model: Model, z: Tensor, gamma: Tensor, step: Step, noise: Tensor) -> Tensor:
    at_t, at_s = Marginal(step.alpha_t, step.sigma_t, gamma), Marginal(step.alpha_s, step.sigma_s, gamma - step.gap)
    return sampler.move(model, z, Move(at_t, at_s, step, True, False, False), lambda: noise, None)[0]


@pytest.mark.claim("sde.pc")
@given(drawn=gammas, tau=st.floats(0.1, 0.9), c=st.floats(0.05, 4))
def test_a_corrector_leaves_the_error_of_its_claim(drawn: Gammas, tau: float, c: float, measure: Record) -> None:
    """DDIM goes from t to s and the corrector acts at s; the gains of z_t and of the noise are compared.

    A corrector of twice the size fails.
    """
    gamma, gap = drawn.gamma_t.clamp(-8, 8), drawn.gap.clamp(0.01, 6)
    first, then = Step.from_gamma(gamma, gap), Step.from_gamma(gamma - gap, gap)
    law = Gaussian(torch.zeros(2).double(), torch.full((2,), c**0.5, dtype=torch.float64))
    model, z = law.model(LinearGamma()), torch.tensor([[1.0, 0.0]], dtype=torch.float64).expand(BATCH, 2)
    still = create_autospec(Sampler, instance=True)  # no subclass: those are all measured
    still.move = lambda model, z, move, draw, memory: (z, None)
    lost, off = claims()["sde.pc"].answer.lost, {}
    for times in (1, 2):
        corrector = Corrected(still, tau=times * tau)
        carried = moved(DDIM(), model, z, gamma, first, z)
        got = moved(corrector, model, carried, gamma - gap, then, z.flip(1))
        kept = []
        for row, (by_z, by_noise) in zip(rows(Gammas(gamma, gap)), got.tolist(), strict=True):
            v_s, v_t = (float(row[f"alpha_{k}"]) ** 2 * c + float(row[f"sigma_{k}"]) ** 2 for k in "st")
            h = tau * float(row["sigma_s"]) ** 2
            with precision(BITS):
                exact = fill(lost, **row | {"c": arb(c), "h": arb(tau) * row["sigma_s"] ** 2})
                made = arb(v_s) - (arb(by_z) ** 2 * arb(v_t) + arb(by_noise) ** 2)
            kept.append(float(abs(made - exact)) / (v_s + v_t + 2 * h))
        off[times] = max(kept)
    # gains of some twenty roundings with coefficients of 24 ulps and a score of sigma^-2, 1/sigma_s^2 times h = tau
    measure("sde.pc", "corrected DDIM, of the variances", torch.float64, off[1] / U, 400.0, BATCH)
    assert off[2] > 1e-3


NONE, HALF = torch.zeros(3, 1, dtype=torch.float64), 0.5 ** torch.arange(7, 10, dtype=torch.float64)
FIELD = {"y": 0.8, "rho": 0.5}  # dy/drho = rho y^2, 1/y = 1/y_0 - (rho^2 - rho_0^2)/2


def misses(sampler: Sampler, power: int) -> list[float]:
    """Return (exact - step) / h^power at h = -rho/128, -rho/256, -rho/512."""
    y_0, rho_0, ones = FIELD["y"], FIELD["rho"], torch.ones(3, dtype=torch.float64)
    rho = rho_0 * (1 - HALF)
    model = Model(lambda y, gamma: y - torch.exp(gamma)[:, None] * y**2, RectifiedFlow(), "x")  # y - rho F, rho^2 = e^g
    step = Step(ones, rho, ones, rho_0 * ones, -2 * torch.log1p(-HALF))
    at_t = torch.full_like(ones, 2 * float(np.log(rho_0)))
    got = moved(sampler, model, y_0 * ones[:, None], at_t, step, NONE)[:, 0]
    exact = 1 / (1 / y_0 - (rho**2 - rho_0**2) / 2)
    return ((exact - got) / (rho - rho_0) ** power).tolist()


@pytest.mark.parametrize(
    ("claim", "sampler", "power"),
    [
        pytest.param(name, sampler, power, marks=pytest.mark.claim(name))
        for name, sampler, power in (("solver.euler", Euler(), 2), ("solver.heun", Heun(), 3))
    ],
)
def test_one_step_has_the_leading_error_of_its_claim(claim: str, sampler: Sampler, power: int) -> None:
    """What remains after the claim's error halves with h, within 0.1 of an order; after a wrong error it does not."""
    y_0, rho = FIELD["y"], FIELD["rho"]
    here = {"F_0": rho * y_0**2, "F_t": y_0**2, "F_y": 2 * rho * y_0, "F_tt": 0, "F_yt": 2 * y_0, "F_yy": 2 * rho}
    right, found = claims()[claim].answer.error, misses(sampler, power)
    wrong = {w.answer.error for w in claims()[claim].wrong.values()} - {right}
    for error in (right, *wrong):
        limit = float(fill(error, **{k: arb(v) for k, v in here.items()}))
        left = [abs(e - limit) for e in found]
        assert (max(abs(np.log2(a / b) - 1) for a, b in pairwise(left)) < 0.1) == (error == right)
    assert len(wrong) >= 2
