"""Best denoisers, likelihoods and the bound of solvable models equal their claims."""

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor

from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import BITS, variance_preserving, worst
from property_tests.steps import U, fill
from property_tests.strategies import BATCH, Gammas, gammas, latents, seeds
from udm import Marginal, variational_bound
from udm.bound import bound_of
from udm.denoiser import Parameterization
from udm.laws import Grid
from udm.likelihood import evaluate, evaluate_flow
from udm.likelihood.flow import transport
from udm.model import Model
from udm.schedule import LinearGamma, RectifiedFlow


@pytest.mark.claim("edm.ideal_denoiser")
@given(drawn=gammas, seed=seeds)
def test_points_added_one_by_one_have_the_posterior_mean(drawn: Gammas, seed: int, measure: Record) -> None:
    """The claim adds a point at a time.

    The error of a logit is 32 u of its terms, and that of a mean as much of its range.
    """
    gamma, levels = drawn.gamma_t.clamp(-6, 6), (-1.0, -0.5, 0.25, 1.5, 2.0)
    law, here = Grid(torch.tensor(levels, dtype=torch.float64)), Marginal.from_gamma(gamma)
    z, _ = latents(seed, torch.float64, (1,))
    got, z = law.posterior_mean(z, here), z.requires_grad_()
    (slope,) = torch.autograd.grad(law.log_marginal(z, here).sum(), z)
    answer, largest = claims()["edm.ideal_denoiser"].answer, 0.0
    for mean, score, number, g in zip(*(a.flatten().tolist() for a in (got, slope, z, gamma)), strict=True):
        alpha, sigma = variance_preserving(arb(g))
        at = {"z_t": arb(number), "alpha_t": alpha, "sigma_t": sigma}
        x_hat, mass = arb(0), arb(0)
        for x in levels:
            x_hat = fill(answer.next, x=arb(x), x_hat=x_hat, mass=mass, **at)
            with precision(BITS):
                density = (-(((arb(number) - alpha * arb(x)) / sigma) ** 2) / 2).exp() / (sigma * (2 * arb.pi()).sqrt())
                mass += density
        a, v = float(alpha), float(sigma) ** 2
        size = 3 * (1 + 3 * a / v * (abs(number) + 2 * a))
        exact = fill(answer.score, x_hat=x_hat, **at)
        largest = max(largest, float(abs(x_hat - mean)) / (32 * U * size))
        largest = max(largest, float(abs(exact - score)) / (64 * U * (a * size + abs(number)) / v))
    measure("edm.ideal_denoiser", "udm.laws.Grid, of its bound", torch.float64, largest, 1.0, 2 * BATCH)


LEVELS = {
    "any": torch.arange(10, dtype=torch.float64) / 10,
    "signed": torch.arange(-128, 128, dtype=torch.float64) / 128,
    "unit": torch.arange(256, dtype=torch.float64) / 256,
    "ends": torch.linspace(-1, 1, 256, dtype=torch.float64),
}


@pytest.mark.parametrize("kind", LEVELS)
@pytest.mark.claim("likelihood.bits")
def test_bits_of_levels_and_of_densities_differ_as_claimed(kind: str) -> None:
    """To the density of z_0 = alpha_0 x are added the claim's bits and -log2 alpha_0, to eight roundings."""
    index = torch.tensor([[0, 1], [2, 9], [5, 5]])
    model = Model(lambda z, _: 0 * z, LinearGamma(-6.0, 4.0), "v")
    found = evaluate_flow(model, [index], LEVELS[kind], exact=True, repeats=2)["dequantisation"].value
    with precision(BITS):
        bits = fill(getattr(claims()["likelihood.bits"].answer, kind), stretch=arb(10))
        exact = bits - variance_preserving(arb(-6))[0].log() / arb(2).log()
    assert abs(found / float(exact) - 1) < 16 * U


@pytest.mark.parametrize("kind", ["x", "eps", "score"])
@pytest.mark.claim("sde.likelihood.rate")
def test_the_flow_of_a_linear_denoiser_has_the_claims_rate(kind: Parameterization) -> None:
    """The denoiser gives k z on the straight path; 40 nodes of Gaussian quadrature integrate the claim's rate."""
    rate, (low, high), k = getattr(claims()["sde.likelihood.rate"].answer, f"by_{kind}"), (0.1, 0.9), 0.3
    nodes, weights = np.polynomial.legendre.leggauss(40)
    fallen = 0.0
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        u = (low + high + (high - low) * node) / 2
        slope = {"dx": arb(k), "deps": arb(k), "dscore": arb(k)}
        here = {"alpha_t": arb(1 - u), "sigma_t": arb(u), "f_t": arb(-1 / (1 - u)), "g2": arb(2 * u / (1 - u))}
        fallen += weight * (high - low) / 2 * float(fill(rate, **here, **slope))
    start = torch.ones(1, 1, dtype=torch.float64)
    for told, right in ((kind, True), ("v", False)):
        log_det = transport(Model(lambda z, _: k * z, RectifiedFlow(), told), start, span=(low, high), rtol=1e-8)[1]
        assert (abs(log_det.item() + fallen) < 1e-5) == right  # the solver's: see test_likelihood


STEPS, SCHEDULE = 16, LinearGamma(-6.0, 4.0)


@pytest.mark.claim("vdm.loss.discrete.unbiased", "vdm.loss.discrete.snr")
@given(u=st.floats(0, 0.999))
def test_one_random_step_estimates_the_sum_over_all_steps(u: float, measure: Record) -> None:
    """With one time in each step and x-hat = 0, each draw is T times its step's term.

    Their mean is the sum over the steps.
    """
    grid, term = claims()["vdm.loss.discrete.unbiased"].answer, claims()["vdm.loss.discrete.snr"].answer.term
    levels, index = torch.tensor([-0.5, 0.75, 2.0], dtype=torch.float64), torch.tensor([[1, 2]] * STEPS)
    t = (torch.arange(1, STEPS + 1, dtype=torch.float64) - u) / STEPS
    model, exact = Model(lambda z, _: 0 * z, SCHEDULE, "x"), []
    for i in range(1, STEPS + 1):
        ends = {}
        for name, time in (("s", grid.s), ("t", grid.t)):
            with precision(BITS):
                gamma = -6 + 10 * fill(time, i=arb(i), T=arb(STEPS))
            ends |= dict(zip((f"alpha_{name}", f"sigma_{name}"), variance_preserving(gamma), strict=True))
        factor = fill(grid.factor, T=arb(STEPS))
        terms = [fill(term, x=arb(x), x_hat=arb(0), **ends) for x in (0.75, 2.0)]
        with precision(BITS):
            exact.append(factor * (terms[0] + terms[1]))
    for found in (
        variational_bound(model, index, levels, T=STEPS, t=t),
        bound_of(model, levels[index], lambda x, z_0, _: z_0[:, 0], T=STEPS, t=t),
    ):
        error = worst(found.diffusion.tolist(), exact)
        measure("vdm.loss.discrete.unbiased vdm.loss.discrete.snr", "diffusion", torch.float64, error, 24.0, STEPS)


def chain(gain: float, width: float, x: float, T: int) -> tuple[float, float]:
    """Return -log p(x) and KL(q || p) over all latents z_0 ..

    z_1 given x, for a chain with x-hat = gain z, by matrices.
    """
    gamma = np.linspace(-3, 2, T + 1)
    alpha, var = 1 / np.sqrt(1 + np.exp(gamma)), 1 / (1 + np.exp(-gamma))
    made = np.eye(T + 1)  # z = made @ noise, from the last latent down
    for s in range(T - 1, -1, -1):
        kept = alpha[s + 1] / alpha[s]
        step = var[s + 1] - kept**2 * var[s]
        noise = np.sqrt(step * var[s] / var[s + 1]) * np.eye(T + 1)[s]
        made[s] = (kept * var[s] + gain * alpha[s] * step) / var[s + 1] * made[s + 1] + noise
    p = made @ made.T
    tells = np.eye(T + 1)[0] / alpha[0]  # x = z_0/alpha_0 and noise of the given width
    var_x = tells @ p @ tells + width**2
    p_mean, p_cov = p @ tells * x / var_x, p - np.outer(p @ tells, p @ tells) / var_x
    q_mean, early = alpha * x, np.minimum.outer(np.arange(T + 1), np.arange(T + 1))
    q_cov = np.outer(alpha, alpha) * (var / alpha**2)[early]
    off, back = p_mean - q_mean, np.linalg.inv(p_cov)
    sizes = np.linalg.slogdet(p_cov)[1] - np.linalg.slogdet(q_cov)[1]
    return float(-stats.norm.logpdf(x, scale=np.sqrt(var_x))), float(
        (np.trace(back @ q_cov) + off @ back @ off - T - 1 + sizes) / 2
    )


@pytest.mark.claim("vdm.vlb.bound", "vdm.vlb.decomposition")
def test_the_bound_exceeds_the_likelihood_by_the_divergence_of_the_posteriors() -> None:
    """For one datum under a linear chain of three steps. Student's t at 1e-9 is fine enough to see the divergence."""
    gain, width, batches = 0.6, 0.5, 60
    surprise, gap = chain(gain, width, 0.7, 3)

    def decoder(x: Tensor, z_0: Tensor, at_0: Marginal) -> Tensor:
        normal = torch.distributions.Normal(z_0[:, 0] / at_0.alpha, width)
        return -normal.log_prob(x[:, 0])

    data = torch.full((500, 1), 0.7, dtype=torch.float64)
    found = evaluate(
        Model(lambda z, _: gain * z, LinearGamma(-3.0, 2.0), "x"), [data] * batches, decoder=decoder, T=3, repeats=1,
        error="law", unit="nats",
    ).total  # fmt: skip
    far = float(stats.t.ppf(1 - 0.5e-9, batches - 1)) * found.standard_error
    assert abs(found.value - surprise - gap) < far < gap
