"""The terms of the bound and the KL divergence, per example, equal their claims' answers.

Squares are formed in the dtype of the event (float32 for the half types) and summed in float64: of a sum of positive
terms each good to k ulps, the sum is good to k + 1. Hence 16 ulps of float64; 4 of float32 where squares are narrow.
"""

from collections.abc import Callable

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import at
from property_tests.conftest import Record
from property_tests.exact import BITS, DTYPES, ulps, value, variance_preserving, worst
from property_tests.strategies import BATCH, Gammas, gammas, latents, seeds
from udm import Gaussian, Marginal, Step, continuous_weight, diffusion, discrete_weight, kl, prior
from udm.laws.base import Path, exploding, straight
from udm.weight import min_snr, sigmoid

EVENT = (3,)
PATHS: dict[str, Callable[[arb], tuple[arb, arb]]] = {  # alpha and sigma at gamma, where alpha^2 + sigma^2 is not 1
    "exploding": lambda gamma: (arb(1), (gamma / 2).exp()),
    "straight": lambda gamma: (1 / (1 + (gamma / 2).exp()), 1 / (1 + (-gamma / 2).exp())),
}


def units(dtype: torch.dtype) -> tuple[torch.dtype, float]:
    """Return the dtype in whose ulps a sum is measured, and how many ulps are allowed."""
    return (torch.float64, 16.0) if dtype == torch.float64 else (torch.float32, 4.0)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.claim("vdm.vlb.prior")
@given(drawn=gammas, seed=seeds)
def test_the_prior_is_exact(dtype: torch.dtype, drawn: Gammas, seed: int, measure: Record) -> None:
    x, _ = latents(seed, dtype, EVENT)
    answer, exact = claims()["vdm.vlb.prior"].answer, []
    for row, gamma in zip(x.tolist(), drawn.gamma_t.tolist(), strict=True):
        alpha, sigma = variance_preserving(arb(gamma))
        terms = [value(answer, {y.alpha_1: alpha, y.sigma_1: sigma, y.x: number}) for number in row]
        with precision(BITS):
            exact.append(sum(terms[1:], terms[0]))
    unit, bound = units(dtype)
    error = worst(prior(x, Marginal.from_gamma(drawn.gamma_t)).tolist(), exact, unit)
    measure("vdm.vlb.prior", f"udm.prior of {str(dtype)[6:]} data", unit, error, bound, BATCH)


@pytest.mark.parametrize("path", [exploding, straight], ids=lambda path: path.__name__)
@pytest.mark.claim("vdm.vlb.prior.scaled")
@given(drawn=gammas, seed=seeds)
def test_the_prior_of_other_paths_is_exact(path: Path, drawn: Gammas, seed: int, measure: Record) -> None:
    """It is computed from the float64 alpha_1 and sigma_1 themselves; the variance of p(z_1) is sigma_1^2."""
    x, _ = latents(seed, torch.float64, EVENT)
    last, answer, exact = path(drawn.gamma_t), claims()["vdm.vlb.prior.scaled"].answer.any, []
    for row, alpha, sigma in zip(x.tolist(), last.alpha.tolist(), last.sigma.tolist(), strict=True):
        with precision(BITS):
            where = {y.alpha_1: arb(alpha), y.sigma_1: arb(sigma), y.var: arb(sigma) ** 2}
            terms = [value(answer, where | {y.x: number}) for number in row]
            exact.append(sum(terms[1:], terms[0]))
    error = worst(prior(x, last).tolist(), exact)
    measure("vdm.vlb.prior.scaled", f"udm.prior, {path.__name__}", torch.float64, error, 16.0, BATCH)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.claim("kl.gauss")
@given(seed=seeds)
def test_the_kl_divergence_is_exact(dtype: torch.dtype, seed: int, measure: Record) -> None:
    """Variances are equal, an ulp apart, or far apart; the exact value is that of the numbers in their dtype."""
    (m_q, m_p), (a, b) = latents(seed, dtype, EVENT), latents(seed + 1, dtype, EVENT)
    v_q, v_p = torch.exp(a.float()).to(dtype), torch.exp(b.float()).to(dtype)
    v_p[:4] = v_q[:4]
    v_p[4:8] = v_q[4:8] * (1 + torch.finfo(dtype).eps)
    m_p[2:6] = m_q[2:6]
    answer, exact = claims()["kl.gauss"].answer, []
    for rows in zip(*(q.tolist() for q in (m_q, v_q, m_p, v_p)), strict=True):
        columns = [
            dict(zip((y.mu_1, y.var_1, y.mu_2, y.var_2), point, strict=True)) for point in zip(*rows, strict=True)
        ]
        terms = [value(answer, point) for point in columns]
        with precision(BITS):
            exact.append(sum(terms[1:], terms[0]))
    unit, _ = units(dtype)
    error = worst(kl(Gaussian(m_q, v_q), Gaussian(m_p, v_p)).tolist(), exact, unit)
    measure("kl.gauss", f"udm.kl of {str(dtype)[6:]}", unit, error, 16.0, BATCH)


@pytest.mark.parametrize("kind", ["x", "eps", "v", "score"])
@pytest.mark.claim("vdm.kl.single", "vdm.kl.expm1")
@given(drawn=gammas, seed=seeds)
def test_the_diffusion_term_is_exact_in_every_parameterization(
    kind: str, drawn: Gammas, seed: int, measure: Record
) -> None:
    """One x and x_hat, given in each parameterization, have the same KL divergence, that of `vdm.kl.single`."""
    x, x_hat = latents(seed, torch.float64)
    answer, step = claims()["vdm.kl.single"].answer, Step.from_gamma(*drawn)
    exact = [
        value(answer, at(*p[:2]) | {y.x: p[2], y.x_hat: p[3]})
        for p in zip(*(q.tolist() for q in (*drawn, x, x_hat)), strict=True)
    ]
    a, s = step.alpha_t, step.sigma_t
    scale = {"x": torch.ones_like(a), "eps": -a / s, "score": a / s / s, "v": -1 / s}[kind]
    got = diffusion(scale * x, scale * x_hat, discrete_weight(step, kind))  # type: ignore[arg-type]
    cancelled = [abs(p - q) < 1e-9 for p, q in zip(x.tolist(), x_hat.tolist(), strict=True)]
    pairs = [(g, e) for g, e, c in zip(got.tolist(), exact, cancelled, strict=True) if not c]
    error = max(ulps(g, e) for g, e in pairs)
    size = max(
        (abs(p) + abs(q)) / abs(p - q) for p, q, c in zip(x.tolist(), x_hat.tolist(), cancelled, strict=True) if not c
    )
    measure("vdm.kl.single", f"udm.diffusion of {kind}", torch.float64, error / size, 24.0, len(pairs))


@pytest.mark.parametrize("kind", ["eps", "v", "score"])
@pytest.mark.claim("minsnr.equiv")
@given(drawn=gammas)
def test_min_snr_weights_are_exact(kind: str, drawn: Gammas, measure: Record) -> None:
    """They equal the claim's answers on both sides of the clip."""
    answer, exact = getattr(claims()["minsnr.equiv"].answer, kind), []
    (clip,) = (s for s in answer.free_symbols if s.name == "clip")
    for g in drawn.gamma_t.tolist():
        with precision(BITS):
            exact.append(value(answer, {y.snr: (-arb(g)).exp(), clip: arb(5)}))
    got = min_snr(Marginal.from_gamma(drawn.gamma_t), kind)  # type: ignore[arg-type]
    measure("minsnr.equiv", f"min_snr of {kind}", torch.float64, worst(got.tolist(), exact), 16.0, BATCH)


@pytest.mark.claim("vdm.loss.weighted.elbo")
@given(drawn=gammas, bias=st.floats(-5, 5))
def test_the_slope_of_sigmoid_is_exact(drawn: Gammas, bias: float, measure: Record) -> None:
    """The logarithm of gamma' S(b - lambda) S(lambda - b) has a slope within 1: b - lambda, at most 25, costs 25 u."""
    gamma, slope = drawn
    got = slope * sigmoid(bias)(-gamma) * sigmoid(-bias)(gamma)
    exact = [
        value(claims()["vdm.loss.weighted.elbo"].answer.sigmoid, {y.bias: bias, y.gamma_t: g, y.dgamma_t: d})
        for g, d in zip(gamma.tolist(), slope.tolist(), strict=True)
    ]
    measure("vdm.loss.weighted.elbo", "slope of sigmoid", torch.float64, worst(got.tolist(), exact), 40.0, BATCH)


@pytest.mark.parametrize("kind", ["x", "eps", "v", "score"])
@pytest.mark.claim("vdm.loss.continuous.eps")
@given(drawn=gammas)
def test_continuous_weights_are_exact(kind: str, drawn: Gammas, measure: Record) -> None:
    """The weight of eps is gamma'/2; in another form it changes by the ratio of the squared errors."""
    gamma, slope = drawn
    integrand = claims()["vdm.loss.continuous.eps"].answer.integrand
    got = continuous_weight(slope, Marginal.from_gamma(gamma), kind)  # type: ignore[arg-type]
    exact = []
    for g, d in zip(gamma.tolist(), slope.tolist(), strict=True):
        alpha, sigma = variance_preserving(arb(g))
        by_eps = value(integrand, {y.dgamma: d, y.eps: 1, y.eps_hat: 0})
        with precision(BITS):
            exact.append(by_eps * {"x": (alpha / sigma) ** 2, "eps": arb(1), "v": alpha**2, "score": sigma**2}[kind])
    measure(
        "vdm.loss.continuous.eps",
        f"continuous weight of {kind}",
        torch.float64,
        worst(got.tolist(), exact),
        16.0,
        BATCH,
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.claim("vdm.loss.v")
@given(drawn=gammas)
def test_weights_in_v_are_exact(path: str, drawn: Gammas, measure: Record) -> None:
    """They are the bound's weights of the error of v on paths that do not preserve variance.

    d^2 costs four ulps of sigma.
    """
    answer, ends, continuous, discrete = claims()["vdm.loss.v"].answer, [], [], []
    for g, gap in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        with precision(BITS):
            ends.append((*PATHS[path](arb(g) - arb(gap)), *PATHS[path](arb(g))))
        here = dict(zip((y.alpha_s, y.sigma_s, y.alpha_t, y.sigma_t), ends[-1], strict=True)) | {y.dgamma: gap}
        continuous.append(value(answer.continuous, here))
        discrete.append(value(answer.discrete, here))
    alpha_s, sigma_s, alpha_t, sigma_t = torch.tensor(
        [[float(e) for e in row] for row in ends], dtype=torch.float64
    ).unbind(1)
    step = Step(alpha_s, sigma_s, alpha_t, sigma_t, drawn.gap)
    at_t = Marginal(alpha_t, sigma_t, drawn.gamma_t)
    for name, got, exact in (
        ("continuous", continuous_weight(drawn.gap, at_t, "v"), continuous),
        ("discrete", discrete_weight(step, "v"), discrete),
    ):
        error = worst(got.tolist(), exact)
        measure("vdm.loss.v", f"{name} weight of v, {path}", torch.float64, error, 24.0, BATCH)
