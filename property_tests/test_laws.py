"""The evaluated bound of the best denoiser is exact within its stated error; a denoiser shrunk by 1 % is detected.

A check fails falsely with probability about 1e-9: means of 100 batches, Student's law. The exact values are of
`property_tests.laws`: closed forms and rigorous quadrature. A wrong denoiser adds half the integral over SNR of
E ||x_hat - E[x|z]||^2: the noisier z_0, the less, so there the twin shrinks by more.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given
from scipy import stats

from derivations.arithmetic.ball import precision
from property_tests.laws import BITS, GRID, MIXED, NORMAL, Exact, Normals, Points, exact, gaussian, mixture
from property_tests.strategies import BATCH, seeds
from udm.laws import Gaussian, Grid, Law, Mixture, TwoPoints
from udm.likelihood import Evaluation, evaluate
from udm.process import Marginal
from udm.schedule import Betas, Cosine, LinearGamma, RectifiedFlow, SubVP

BATCHES = 100
FAR = float(stats.t.ppf(1 - 0.5e-9, BATCHES - 1))  # 6.8 standard errors


class Case(NamedTuple):
    law: Law
    reference: Points | Normals  # of one coordinate
    gammas: tuple[float, float]
    shrink: float = 0.99
    batch: int = 400


CASES = {
    "gaussian": Case(gaussian(4), Normals(NORMAL), (-10.0, 4.0)),
    "two points": Case(TwoPoints((4,)), Points((-1.0, 1.0)), (-8.0, 3.0)),
    "two points, noisy": Case(TwoPoints((4,)), Points((-1.0, 1.0)), (-1.0, 3.0), 0.5),
    "16 levels": Case(Grid(torch.tensor(GRID, dtype=torch.float64), (8,)), Points(GRID), (-8.0, 3.0), 0.975, 200),
    "mixture": Case(mixture(), Normals(MIXED), (-10.0, 3.0)),
}


def evaluated(case: Case, shrink: float = 1.0, T: int | None = None) -> Evaluation:
    law, generator = case.law, torch.Generator().manual_seed(1)
    model = law.model(LinearGamma(*case.gammas), "eps", shrink=shrink)
    if isinstance(law, Grid):
        batches = law.draw_index(BATCHES * case.batch, generator).split(case.batch)
        return evaluate(model, batches, law.levels, T=T, repeats=1, seed=2, error="law", unit="nats")
    batches = law.draw(BATCHES * case.batch, generator).split(case.batch)
    return evaluate(model, batches, decoder=law.decoder, T=T, repeats=1, seed=2, error="law", unit="nats")


def off(found: Evaluation, want: Exact, dims: int) -> dict[str, float]:
    """Return the error in standard errors; a term that is 0 to 1e-20 may be off by 1e-12."""
    terms = want._asdict() | {"total": want.total}
    return {k: (found[k].value - dims * a) / max(found[k].standard_error, 1e-12) for k, a in terms.items()}


@pytest.mark.claim("vdm.vlb.exact", "vdm.immse", "bayes.excess", "bayes.two_points", "bayes.points", "bayes.mixture")
@pytest.mark.parametrize("name", CASES)
def test_the_bound_of_the_best_denoiser_is_exact(name: str) -> None:
    case = CASES[name]
    want, dims = exact(case.reference, *case.gammas), math.prod(case.law.event)
    best = off(evaluated(case), want, dims)
    assert max(map(abs, best.values())) < FAR, best
    biased = off(evaluated(case, case.shrink), want, dims)
    assert biased["diffusion"] > FAR and biased["total"] > FAR, biased


@pytest.mark.claim("bayes.gaussian", "vdm.vlb.decomposition")
def test_the_discrete_bound_of_a_normal_law_is_exact() -> None:
    """1/2 sum_i (v_s - v_t) mmse(v_t), mmse(v) = s^2/(1 + v s^2), which is far above the continuous bound at T = 5."""
    case, T = CASES["gaussian"], 5
    with precision(BITS):
        v = [(-arb(case.gammas[0]) - (arb(case.gammas[1]) - arb(case.gammas[0])) * i / T).exp() for i in range(T + 1)]
        s2 = arb(NORMAL[0][2]) ** 2
        loss = sum(((s - t) * s2 / (1 + t * s2) / 2 for s, t in itertools.pairwise(v)), arb(0))
    at_infinity = exact(case.reference, *case.gammas)
    want = at_infinity._replace(diffusion=float(loss.mid()))
    found = evaluated(case, T=T)
    assert max(map(abs, off(found, want, 4).values())) < FAR
    assert off(found, at_infinity, 4)["diffusion"] > FAR


@pytest.mark.parametrize("law", [mixture(), gaussian(3), Grid(torch.tensor([-1.0, 0.25, 2.0])), TwoPoints((2,))])
def test_the_posterior_mean_is_that_of_tweedies_formula(law: Law) -> None:
    """E[x|z] = (z + sigma^2 d log q(z)/dz) / alpha, and the marginal integrates to 1."""
    at = LinearGamma(-3.0, 3.0).at(torch.linspace(0, 1, 7, dtype=torch.float64))
    z = law.draw(7, torch.Generator().manual_seed(0)).requires_grad_()
    (score,) = torch.autograd.grad(law.log_marginal(z, at).sum(), z)
    alpha, sigma = at.alpha[:, None], at.sigma[:, None]
    torch.testing.assert_close(law.posterior_mean(z, at), (z + sigma**2 * score) / alpha, rtol=0, atol=1e-13)


@pytest.mark.parametrize("law", [mixture(), Grid(torch.tensor([-1.0, 0.25, 2.0])), TwoPoints()])
def test_densities_integrate_to_one(law: Law) -> None:
    """The trapezoid rule, exact to rounding for such smooth densities; the decoder over its data, too."""
    n, at = 4001, LinearGamma(-3.0, 3.0).at(torch.full((4001,), 0.4, dtype=torch.float64))
    z = torch.linspace(-12, 12, n, dtype=torch.float64)[:, None]
    assert torch.exp(law.log_marginal(z, at)).sum().item() * 24 / (n - 1) == pytest.approx(1, abs=1e-12)
    x, width = (z, 24 / (n - 1)) if isinstance(law, Mixture) else (law.levels[:, None], 1.0)  # type: ignore[attr-defined]
    here = Marginal(*(a[: len(x)] for a in at))
    p = torch.exp(-law.decoder(x, torch.full_like(x, 0.3), here))
    assert p.sum().item() * width == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("schedule", [RectifiedFlow(), Cosine(), LinearGamma()], ids=lambda s: type(s).__name__)
def test_a_model_works_on_other_paths(schedule: RectifiedFlow) -> None:
    """On a known path gamma determines alpha.

    Conversions between parameterizations use the schedule's own alpha and sigma.
    """
    law, at = mixture(), schedule.at(torch.tensor([0.1, 0.5, 0.9], dtype=torch.float64))
    z = torch.tensor([[0.3], [-0.4], [1.0]], dtype=torch.float64)
    want = law.posterior_mean(z, at)
    for kind in ("x", "eps", "v", "score"):
        torch.testing.assert_close(law.model(schedule, kind).predict(z, at, "x"), want, rtol=1e-10, atol=1e-10)


def test_arguments_out_of_range_are_refused() -> None:
    for path in (SubVP(), SubVP(100.0, 1000.0), SubVP(0.1, 700.0)):  # the last two are variance preserving at t >= 0.2
        with pytest.raises(ValueError, match="expected a path"):
            mixture().model(path)
    with pytest.raises(ValueError, match=r"Mixture.posterior_mean: expected z of shape \(batch, 1\)"):
        mixture().posterior_mean(torch.zeros(1, 2), Marginal.from_gamma(torch.zeros(1)))
    for make in (
        lambda: Gaussian(torch.zeros(2), torch.zeros(2)),
        lambda: Mixture(torch.tensor([0.5, 0.6]), torch.zeros(2, 1), torch.ones(2, 1)),
        lambda: Grid(torch.tensor([1.0, 1.0])),
    ):
        with pytest.raises(ValueError, match="expected"):
            make()
    assert TwoPoints().log_prob(torch.tensor([[1.0], [0.5]])).tolist() == [-math.log(2), -math.inf]


def test_grids_and_tables_are_exact_at_their_edges() -> None:
    law, levels = Grid(torch.tensor(GRID, dtype=torch.float64)), torch.tensor(GRID, dtype=torch.float64)
    ends = Cosine().at(torch.tensor([0.0, 1.0], dtype=torch.float64)[:, None].expand(2, 3).reshape(-1))
    z = torch.cat([levels[[0, 2, 1]], torch.tensor([-0.3, 0.0, 2.0], dtype=torch.float64)])[:, None]
    want = torch.cat([levels[[0, 2, 1]], levels.mean().expand(3)])[:, None]
    torch.testing.assert_close(law.posterior_mean(z, ends), want, rtol=1e-12, atol=1e-15)  # no noise; nothing but noise
    betas = Betas.linear(7)  # whose times are not multiples of a tenth
    assert law.model(betas).predict(z[:1], betas.at(torch.ones(1)), "x").isfinite().all()
    assert Grid(levels, event=()).log_prob(levels[:2]).tolist() == [-math.log(len(GRID))] * 2


@pytest.mark.parametrize("gamma", [-2.0, 6.0, 20.0, 36.0])
@pytest.mark.parametrize("start", [-1.0, -0.5])
@given(seed=seeds)
def test_the_mean_of_a_grid_keeps_its_digits(gamma: float, start: float, seed: int) -> None:
    """A product of the sum is good to 16 u; with odds up to 1 all are below 2 e max |odds| |x - mean| / K: 64 u."""
    levels = torch.linspace(start, 1, 16, dtype=torch.float64)
    law, at = Grid(levels), Marginal.from_gamma(torch.full((BATCH,), gamma, dtype=torch.float64))
    z = torch.tensor(np.random.default_rng(seed).normal(size=(BATCH, 1)))
    with precision(BITS):
        x = [arb(a) for a in levels.tolist()]
        mean = sum(x, arb(0)) / len(x)
        for got, here, alpha, sigma in zip(
            *(q.flatten().tolist() for q in (law.posterior_mean(z, at), z, *at[:2])), strict=True
        ):
            a, s, y = arb(alpha), arb(sigma), arb(here)
            odds = [a / s * (p - mean) * ((y - a * (mean + p) / 2) / s) for p in x]
            w = [o.exp() for o in odds]
            exact = sum((p * q for p, q in zip(x, w, strict=True)), arb(0)) / sum(w, arb(0))
            size = min(float(max(map(abs, odds))), 1.0)
            assert float(abs(arb(got) - exact)) <= 64 * 2**-53 * (abs(float(mean)) + size)


def test_a_level_that_is_nearly_certain_has_a_loss_of_its_own_digits() -> None:
    """log(1 + exp(-2 alpha z/sigma^2)) of two points: a difference of numbers near 1e3 leaves noise of 1e-13."""
    z, one = torch.tensor([[0.98], [-0.02], [0.0005]], dtype=torch.float64), torch.ones(3, 1, dtype=torch.float64)
    at = Marginal.from_gamma(torch.tensor([-6.0, -4.0, -13.0], dtype=torch.float64))
    got = TwoPoints().decoder(one, z, at)
    want = torch.nn.functional.softplus(-2 * at.alpha * z[:, 0] / at.sigma**2)
    torch.testing.assert_close(got, want, rtol=1e-12, atol=0)  # an exponent of 800 costs 800 u
    assert Grid(torch.tensor([-1.0, 0.0, 1.0])).decoder(one / 2, z, at).tolist() == [math.inf] * 3


def test_latents_too_coarse_for_their_noise_are_refused() -> None:
    law = Grid(torch.tensor(GRID, dtype=torch.float64))
    index, model = [law.draw_index(8)], law.model(LinearGamma(-13.3, 5.0))
    with pytest.raises(ValueError, match=r"a dtype that resolves sigma_0 = 0.0013, got torch.bfloat16"):
        evaluate(model, index, law.levels.bfloat16(), repeats=2)
    assert evaluate(model, index, law.levels.half(), repeats=2).total.value > 0
