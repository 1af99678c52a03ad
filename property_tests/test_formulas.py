"""The forward process, the weights of losses and systematic times equal their claims.

A product of n factors, each good to k ulps, is good to n (k + 1) of its size, at most twice as many ulps.
"""

import math
from collections.abc import Callable

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from sympy import sqrt

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import at
from property_tests.conftest import Record
from property_tests.exact import BITS, value, worst
from property_tests.steps import fill
from property_tests.strategies import BATCH, Gammas, Times, gammas, times
from udm import Marginal, Step, continuous_weight, posterior
from udm.denoiser import Parameterization
from udm.schedule import Cosine, RectifiedFlow, Schedule
from udm.time import systematic_times
from udm.weight import simple, weighted

Point = dict[str, arb]


def straight(t: arb) -> tuple[arb, arb, arb, arb]:
    return 1 - t, t, arb(-1), arb(1)


def circle(t: arb) -> tuple[arb, arb, arb, arb]:
    half = arb.pi() / 2
    return (half * t).cos(), (half * t).sin(), -half * (half * t).sin(), half * (half * t).cos()


PATHS: dict[str, tuple[Schedule, Callable[[arb], tuple[arb, arb, arb, arb]]]] = {
    "straight": (RectifiedFlow(), straight),
    "cosine": (Cosine(), circle),
}


def moving(path: str, t: torch.Tensor) -> list[Point]:
    """Return alpha and sigma with their slopes, from the definition of the path."""
    found = []
    for time in t.tolist():
        with precision(BITS):
            a, s, da, ds = PATHS[path][1](arb(time))
            found.append({
                "alpha_t": a, "sigma_t": s, "dalpha": da, "dsigma": ds, "dgamma": 2 * (ds / s - da / a),
                "lam": 2 * (a / s).log(), "w_t": ((a / s).log() / 4).exp(),
            })  # fmt: skip
    return found


@pytest.mark.claim("vdm.schedule.vp")
@given(drawn=gammas)
def test_the_variance_preserving_process_is_exact(drawn: Gammas, measure: Record) -> None:
    """At gamma_t, and at gamma_s = gamma_t - gap, which need not be a float64."""
    answer, step, here = claims()["vdm.schedule.vp"].answer, Step.from_gamma(*drawn), Marginal.from_gamma(drawn.gamma_t)
    ends = [at(*pair) for pair in zip(*map(torch.Tensor.tolist, drawn), strict=True)]
    for squared, parts in ((answer.alpha2, (here.alpha, step.alpha_t, step.alpha_s)), (
        answer.sigma2, (here.sigma, step.sigma_t, step.sigma_s)
    )):  # fmt: skip
        for got, gamma in zip(parts, (y.gamma_t, y.gamma_t, y.gamma_s), strict=True):
            error = worst(got.tolist(), [value(sqrt(squared), {y.gamma_t: q[gamma]}) for q in ends])
            measure("vdm.schedule.vp", "alpha and sigma", torch.float64, error, 8.0, BATCH)


@pytest.mark.claim("ddpm.posterior.vdm")
@given(drawn=gammas)
def test_the_posterior_under_ddpms_map_is_ddpms(drawn: Gammas, measure: Record) -> None:
    """A step made from alpha-bar by DDPM's map, each number rounded once, has DDPM's posterior."""
    answer, ddpm, rows, points = claims()["ddpm.posterior.vdm"].answer, claims()["ddpm.posterior"].answer, [], []
    for q in (at(*pair) for pair in zip(*map(torch.Tensor.tolist, drawn), strict=True)):
        a_s, var_s, kept, var = (value(e, q) for e in answer)
        with precision(BITS):
            var_t = var + kept**2 * var_s
            gap = (var_t / (kept**2 * var_s)).log()
            rows.append([float(e) for e in (a_s, var_s.sqrt(), kept * a_s, var_t.sqrt(), gap)])
        points.append(q)
    step = Step(*torch.tensor(rows, dtype=torch.float64).unbind(1))
    one = torch.ones(BATCH, 1, dtype=torch.float64)
    for z, x in ((1, 0), (0, 1)):
        made = posterior(z * one, x * one, step)
        for got, of in ((made.mean, ddpm.mean), (made.var, ddpm.var)):
            error = worst(got[:, 0].tolist(), [value(of, q | {y.x_t: arb(z), y.x_0: arb(x)}) for q in points])
            measure("ddpm.posterior.vdm", "posterior", torch.float64, error, 16.0, BATCH)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.claim("vdm.forward.sde", "vdm.loss.score")
@given(drawn=times)
def test_half_of_g_squared_is_exact(path: str, drawn: Times, measure: Record) -> None:
    """g^2/2 = gamma' sigma sigma / 2, where gamma' and sigma are good to 8 ulps each."""
    made, points = PATHS[path][0], moving(path, drawn.t)
    got = continuous_weight(made.dgamma(drawn.t), made.at(drawn.t), "score").tolist()
    g2, loss = claims()["vdm.forward.sde"].answer.g2 / 2, claims()["vdm.loss.score"].answer.integrand
    unit = {"eps": arb(0), "score_hat": arb(1)}
    for claim, of in (("vdm.forward.sde", g2), ("vdm.loss.score", loss)):
        error = worst(got, [fill(of, **q, **unit) for q in points])
        measure(claim, f"weight of the score, {path}", torch.float64, error, 54.0, BATCH)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.claim("vdm.loss.weighted")
@given(drawn=times)
def test_a_weight_of_log_snr_is_exact(path: str, drawn: Times, measure: Record) -> None:
    """For w = e^(lambda/8) with lambda below 32, 8 ulps of lambda are 32 of w; gamma' is good to 8."""
    made, answer = PATHS[path][0], claims()["vdm.loss.weighted"].answer
    got = weighted(lambda lam: torch.exp(lam / 8), made.dgamma(drawn.t), made.at(drawn.t), "eps").tolist()
    unit = {"eps": arb(1), "eps_hat": arb(0)}
    error = worst(got, [fill(answer.over_t, **q, **unit) for q in moving(path, drawn.t)])
    measure("vdm.loss.weighted", f"udm.weight.weighted, {path}", torch.float64, error, 86.0, BATCH)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", ["x", "eps", "v", "score"])
@pytest.mark.claim("vdm.loss.weighted.simple")
@given(drawn=times)
def test_the_unweighted_loss_has_the_weight_of_its_claim(
    kind: Parameterization, path: str, drawn: Times, measure: Record
) -> None:
    """The quotient of L_simple's weight and the bound's. A factor that both share counts twice, with an ulp each."""
    made, answer = PATHS[path][0], claims()["vdm.loss.weighted.simple"].answer
    here, points = made.at(drawn.t), moving(path, drawn.t)
    got = (simple(here, kind) / continuous_weight(made.dgamma(drawn.t), here, kind)).tolist()
    for of in (answer.general, getattr(answer, path)):
        error = worst(got, [fill(of, **q) for q in points])
        measure("vdm.loss.weighted.simple", f"udm.weight.simple of {kind}", torch.float64, error, 24.0, BATCH)


M = 16


def spread(f: Callable[[torch.Tensor], torch.Tensor], k: int) -> float:
    """Return the variance of the mean of k times for u_0 in [0, 1), by midpoints of M equal parts of each cell."""
    means = torch.stack([f(systematic_times(k, (j + 0.5) / (M * k))).mean() for j in range(M * k)])
    return float(means.var(correction=0))


@pytest.mark.claim("vdm.time.lowdisc.variance")
@given(k=st.integers(1, 40), b=st.integers(1, 6), K=st.floats(0.1, 10))
def test_the_variance_of_systematic_times_is_that_of_its_claim(k: int, b: int, K: float) -> None:
    """For f = K t it is the claim's, less 1/M^2 for the midpoints.

    It is no larger for another f of that slope, or for waves in k.
    """
    answer, midpoints = claims()["vdm.time.lowdisc.variance"].answer, 1 - 1 / M**2
    one, independent = (float(fill(e, M=arb(K), k=arb(k))) for e in (answer.one, answer.independent))
    per_rank = float(fill(answer.per_rank, M=arb(K), k=arb(k * b), B=arb(b)))  # k ranks of b times
    assert spread(lambda t: K * t, k) == pytest.approx(one * midpoints, rel=1e-9)
    assert spread(lambda t: K * t, b) / k == pytest.approx(per_rank * midpoints, rel=1e-9)
    assert spread(lambda t: K * t, 1) / k == pytest.approx(independent * midpoints, rel=1e-9)
    assert spread(lambda t: K / 4 * torch.sin(4 * t), k) <= one * midpoints * (1 + 1e-9)
    wave, alone = (float(fill(e)) for e in (answer.wave, answer.wave_independent))
    assert spread(lambda t: torch.cos(6 * math.pi * t), 3) == pytest.approx(wave, rel=1e-12)
    assert spread(lambda t: torch.cos(6 * math.pi * t), 1) / 3 == pytest.approx(alone, rel=1e-12)
