"""The terms of the bound for a few levels, straight from their definitions, by mpmath's quadrature to 25 digits.

It shares no formula with `derivations.exact`: errors are means of (x - E[x | z])^2, informations of log posteriors,
steps are divergences of two normals, and the cells are differences of distribution functions.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import mpmath as mp

DIGITS = 30
GOOD = mp.mpf(10) ** -22  # what a quadrature is good to, of functions with bends that are a noise wide


def mean(levels: Sequence[mp.mpf], v: mp.mpf, of: Callable[[mp.mpf, list[mp.mpf], int], mp.mpf]) -> mp.mpf:
    """Return E f(z, p(x_k | z), k) where z = x + n/sqrt(v) and x = levels[k]."""
    with mp.workdps(DIGITS):
        std = 1 / mp.sqrt(v)

        def joint(z: mp.mpf) -> mp.mpf:
            each = [mp.npdf(z, x, std) / len(levels) for x in levels]
            posterior = [e / mp.fsum(each) for e in each]
            return mp.fsum(e * of(z, posterior, k) for k, e in enumerate(each))

        low, high = levels[0] - 11 * std, levels[-1] + 11 * std
        pieces = int((high - low) / std) + 1
        return mp.quad(joint, mp.linspace(low, high, pieces + 1), method="gauss-legendre")


def mmse(levels: Sequence[mp.mpf], v: mp.mpf) -> mp.mpf:
    def square(z: mp.mpf, posterior: list[mp.mpf], k: int) -> mp.mpf:
        return (levels[k] - mp.fdot(posterior, levels)) ** 2

    return mean(levels, v, square)


def equivocation(levels: Sequence[mp.mpf], v: mp.mpf) -> mp.mpf:
    """Return H(x | z)."""
    return mean(levels, v, lambda z, posterior, k: -mp.log(posterior[k]))


def cells(levels: Sequence[mp.mpf], v: mp.mpf, variance: mp.mpf) -> mp.mpf:
    """Return the mean of -log of the cell of x under N(E[x | z], variance)."""
    std, last = mp.sqrt(variance), len(levels) - 1
    ends = [(a + b) / 2 for a, b in pairwise(levels)]

    def loss(z: mp.mpf, posterior: list[mp.mpf], k: int) -> mp.mpf:
        m = mp.fdot(posterior, levels)
        low = -mp.inf if k == 0 else (ends[k - 1] - m) / std
        high = mp.inf if k == last else (ends[k] - m) / std
        if low > 0:
            low, high = -high, -low
        return -mp.log(mp.ncdf(high) - mp.ncdf(low))

    return mean(levels, v, loss)


def divergence(q: tuple[mp.mpf, mp.mpf], square: mp.mpf, variance: mp.mpf) -> mp.mpf:
    """Return E KL(N(., q variance) || N(., variance)) at a mean squared distance of the means."""
    return (q[0] + square) / (2 * variance) - mp.mpf(1) / 2 - mp.log(q[0] / variance) / 2


def vdm(levels: Sequence[mp.mpf], gammas: Sequence[mp.mpf]) -> dict[str, mp.mpf]:
    """Return the terms, in nats, of VDM's bound at gamma_0 .. gamma_T."""
    noise = [1 / (1 + mp.exp(-g)) for g in gammas]
    return {
        "prior": prior(levels, noise[-1]),
        "reconstruction": equivocation(levels, mp.exp(-gammas[0])),
        "diffusion": mp.fsum(step(levels, s, t, None) for s, t in pairwise(noise)),
    }


def ddpm(levels: Sequence[mp.mpf], betas: Sequence[mp.mpf], variances: Sequence[mp.mpf]) -> dict[str, mp.mpf]:
    """Return the terms, in nats, of DDPM's bound."""
    abar = [mp.mpf(1)]
    for beta in betas:
        abar.append(abar[-1] * (1 - beta))
    noise = [1 - a for a in abar]
    pairs = zip(noise[1:], noise[2:], variances[1:], strict=False)
    return {
        "prior": prior(levels, noise[-1]),
        "reconstruction": cells(levels, abar[1] / noise[1], variances[0]),
        "diffusion": mp.fsum(step(levels, s, t, v) for s, t, v in pairs),
    }


def prior(levels: Sequence[mp.mpf], noise: mp.mpf) -> mp.mpf:
    squares = mp.fsum(x * x for x in levels) / len(levels)
    return divergence((noise, noise), (1 - noise) * squares, mp.mpf(1))


def step(levels: Sequence[mp.mpf], s: mp.mpf, t: mp.mpf, variance: mp.mpf | None) -> mp.mpf:
    """Return the mean divergence of a step between noise variances, of the posterior's variance if none is given."""
    forward = t - (1 - t) / (1 - s) * s
    posterior = forward * s / t
    weight = mp.sqrt(1 - s) * forward / t  # of x in the posterior's mean
    return divergence((posterior, s), weight**2 * mmse(levels, (1 - t) / t), variance or posterior)
