"""The functions on events, element by element in every dtype: q(z_t|x), q(z_t|z_s), q(z_s|z_t, x) and the decoder.

A mean a z + b x rounds each coefficient, each product and the sum once in the working dtype (its own, float32 for the
half types) and, for those, the sum once more; a and b carry 8 ulps of float64. Cancellation between the two terms is
charged to |a z| + |b x|. So the error is at most 2 eps (|a z| + |b x|), + 8 eps_64 of it, + a subnormal.
"""

import pytest
import torch
from flint import arb
from hypothesis import given
from sympy import Expr

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import at
from property_tests.conftest import Record
from property_tests.exact import BITS, DTYPES, FORMATS, value, variance_preserving
from property_tests.strategies import BATCH, Gammas, gammas, latents, seeds
from udm import Gaussian, Marginal, Step, diffuse, marginal, posterior, posterior_from, reconstruction, transition

EVENT = (2,)
Points = list[dict]


def points(drawn: Gammas, z: torch.Tensor, x: torch.Tensor) -> Points:
    """Return a point for each element: the step's symbols, and both latents under every name that an answer uses."""
    found = []
    for g, h, zs, xs in zip(*(a.tolist() for a in (*drawn, z, x)), strict=True):
        step = at(g, h)
        for first, second in zip(zs, xs, strict=True):
            names = {v: arb(first) for v in (y.z_t, y.z_s, y.x_t)} | {
                v: arb(second) for v in (y.x, y.x_0, y.eps, y.score)
            }
            found.append(step | names)
    return found


def share(got: torch.Tensor, exact: Expr, size: Expr, here: Points, dtype: torch.dtype) -> float:
    """Return the largest error as a share of its bound."""
    eps, least = torch.finfo(dtype).eps, 2.0 ** FORMATS[dtype][1]
    worst_share = 0.0
    for number, point in zip(got.flatten().tolist(), here, strict=True):
        off = float(abs(value(exact, point) - number))
        bound = (2 * eps + 8 * 2.0**-52) * float(value(size, point)) + least
        worst_share = max(worst_share, off / bound)
    return worst_share


def spread(mean: Expr) -> Expr:
    """Return the sum of the sizes of a mean's terms."""
    from sympy import Abs, Add

    return Add(*map(Abs, Add.make_args(mean.expand())))


MEANS = {
    "vdm.posterior": lambda z, x, q: posterior(z, x, q),
    "ddpm.posterior": lambda z, x, q: posterior(z, x, q),
    "vdm.posterior.mean.score": lambda z, x, q: posterior_from(x, z, q, "score"),
    "ddpm.mu.eps": lambda z, x, q: posterior_from(x, z, q, "eps"),
}


def mean_of(claim: str) -> Expr:
    answer = claims()[claim].answer
    return getattr(answer, "mean", answer)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("claim", [pytest.param(c, marks=pytest.mark.claim(c)) for c in MEANS])
@given(drawn=gammas, seed=seeds)
def test_means_are_within_their_rounding(
    claim: str, dtype: torch.dtype, drawn: Gammas, seed: int, measure: Record
) -> None:
    gap = drawn.gap.clamp(max=5.0)  # exp(gap/2) z stays within float16
    drawn = Gammas(drawn.gamma_t.clamp(-6, 6), gap)
    z, x = latents(seed, dtype, EVENT)
    got: Gaussian = MEANS[claim](z, x, Step.from_gamma(*drawn))
    assert got.mean.dtype == got.var.dtype == dtype and got.mean.shape == z.shape and got.var.shape == (BATCH, 1)
    exact = mean_of(claim)
    measure(
        claim,
        "posterior mean, of its bound",
        dtype,
        share(got.mean, exact, spread(exact), points(drawn, z, x), dtype),
        1.0,
        z.numel(),
    )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.claim("vdm.forward.transition", "vdm.forward.marginal", "ddpm.marginal")
@given(drawn=gammas, seed=seeds)
def test_the_forward_process_is_within_its_rounding(
    dtype: torch.dtype, drawn: Gammas, seed: int, measure: Record
) -> None:
    z, x = latents(seed, dtype, EVENT)
    step, here = Step.from_gamma(*drawn), points(drawn, z, x)
    at_t = Marginal(step.alpha_t, step.sigma_t, drawn.gamma_t)
    forward, ratio = claims()["vdm.forward.marginal"].answer, claims()["vdm.forward.transition"].answer.alpha_ts
    law, ddpm = marginal(x, at_t), claims()["ddpm.marginal"].answer
    jobs = {
        "vdm.forward.marginal": (law.mean, forward.mean),
        "ddpm.marginal": (law.mean, ddpm.mean),
        "vdm.forward.transition": (transition(z, step).mean, ratio * y.z_s),
    }
    for claim, (got, exact) in jobs.items():
        measure(claim, "mean, of its bound", dtype, share(got, exact, spread(exact), here, dtype), 1.0, z.numel())
    for claim, var in (("vdm.forward.marginal", forward.var), ("ddpm.marginal", ddpm.var)):
        measure(claim, "variance, of its bound", dtype, share(law.var, var, var, here[::2], dtype), 1.0, BATCH)
    noisy = forward.mean + y.sigma_t * y.z_t  # diffuse draws the marginal: mean + sigma eps, eps under the name z_t
    got = diffuse(x, z, at_t)
    measure(
        "vdm.forward.marginal",
        "diffuse, of its bound",
        dtype,
        share(got, noisy, spread(noisy), here, dtype),
        1.0,
        z.numel(),
    )


@pytest.mark.claim("vdm.reverse.decoder")
@given(drawn=gammas, seed=seeds)
def test_the_decoder_is_within_its_rounding(drawn: Gammas, seed: int, measure: Record) -> None:
    """The claim gives -log softmax of its logits over seven levels, summed over the event.

    A logit difference is SNR (x_k - x_j)(z/alpha - (x_j + x_k)/2), good to 16 ulps of its own terms. The loss is a
    sum of logarithms of sums of positive terms, so its error is at most the largest error of a logit difference;
    the bound is relative to that.
    """
    gamma = drawn.gamma_t.clamp(-12, 4)
    levels = torch.linspace(-1, 1, 7, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed)
    index = torch.randint(0, 7, (BATCH, 2), generator=generator)
    at_0 = Marginal.from_gamma(gamma)
    z_0 = at_0.alpha[:, None] * levels[index] + at_0.sigma[:, None] * torch.randn(
        index.shape, generator=generator, dtype=torch.float64
    )
    got, logit = reconstruction(index, z_0, at_0, levels), claims()["vdm.reverse.decoder"].answer.logit
    largest = 0.0
    for number, g, row, levels_of in zip(got.tolist(), gamma.tolist(), z_0.tolist(), index.tolist(), strict=True):
        alpha, sigma = variance_preserving(arb(g))
        exact, size = arb(0), 0.0
        for z, j in zip(row, levels_of, strict=True):
            logits = [value(logit, {y.alpha_0: alpha, y.sigma_0: sigma, y.z_0: z, y.x: x}) for x in levels.tolist()]
            with precision(BITS):
                exact += sum((a.exp() for a in logits[1:]), logits[0].exp()).log() - logits[j]
            size += 1 + float((alpha / sigma) ** 2) * (abs(z) / float(alpha) + 1) * 2
        largest = max(largest, float(abs(exact - number)) / (16 * 2.0**-52 * size))
    measure("vdm.reverse.decoder", "reconstruction, of its bound", torch.float64, largest, 1.0, BATCH)
