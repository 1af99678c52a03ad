"""EDM's sampler: Heun's step on the flow of z/alpha against sigma/alpha, whose slope is eps-hat.

The slope (y - D)/sigma is found from the flow of any path. On Gaussian data D is linear, and so are the steps.
"""

from typing import NamedTuple

from sympy import Expr, diff, sqrt

from derivations.claim import Claim, Source, Wrong, by
from derivations.claims.flow_ode import F as FLOW
from derivations.claims.posterior import conditioned
from derivations.statement import Equal
from derivations.symbols import (
    alpha_t,
    c,
    dalpha,
    dsigma,
    eps,
    n_0,
    n_1,
    sigma_s,
    sigma_t,
    x,
    y,
    z_t,
)


class Edm(NamedTuple):
    """The slope of y = z/alpha against sigma/alpha by y and x; Euler's and Heun's steps to sigma_s on N(0, c) data."""

    slope: Expr
    euler: Expr
    heun: Expr


ratio = sigma_t / alpha_t
along_path = (FLOW.by_eps / alpha_t - z_t * dalpha / alpha_t**2).subs(z_t, alpha_t * y)  # of z/alpha, in time
ratio_rate = (dsigma * alpha_t - sigma_t * dalpha) / alpha_t**2
shown = {eps: (y - x) / ratio}  # of z = alpha x + sigma eps
pull_t, pull_s = (
    sigma_t / (sigma_t**2 + c),
    sigma_s / (sigma_s**2 + c),
)  # (y - D)/sigma over y, with D = c y/(c + sigma^2)
K = Edm(
    slope=alpha_t * (y - x) / sigma_t,
    euler=(sigma_t * sigma_s + c) / (sigma_t**2 + c),
    heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s * (sigma_t * sigma_s + c) / (sigma_t**2 + c)),
)
clean = sqrt(c) * n_0
denoised, denoised_s = (diff(conditioned(clean, clean + s * n_1, y, (n_0, n_1)).mean, y) for s in (sigma_t, sigma_s))
slope_t = (1 - denoised) / sigma_t
slope_s = (1 + (sigma_s - sigma_t) * slope_t) * (1 - denoised_s) / sigma_s

edm = Claim(
    name="edm.heun",
    title="EDM's slope (y - D)/sigma is eps-hat: the flow of z/alpha against sigma/alpha; its steps on Gaussian data",
    family="sampling",
    kind="equality",
    needs=("solver.heun", "sde.pfode.forms"),
    says=lambda a: (
        Equal((along_path / ratio_rate).subs(shown), a.slope),
        Equal(1 + (sigma_s - sigma_t) * slope_t, a.euler),
        Equal(1 + (sigma_s - sigma_t) * (slope_t + slope_s) / 2, a.heun),
    ),
    answer=K,
    example={alpha_t: 1, sigma_t: 2, sigma_s: 1, c: 1, dalpha: -1, dsigma: 1, x: 1, y: 2},
    convenience={
        "0 < c": "c = 0 is data at one point, 0",
        "0 < alpha_t": "the sign of alpha_t is that of y",
    },
    proof=(
        (
            by("the rate of z/alpha over that of sigma/alpha", (along_path / ratio_rate).subs(shown)),
            by("is eps-hat, (y - x) alpha/sigma", K.slope, eq="EDM (3)-(4), algorithm 1"),
        ),
        (
            by("y + (sigma_s - sigma_t) d", 1 + (sigma_s - sigma_t) * slope_t, eq="EDM, algorithm 1"),
            by("y - D = y sigma_t^2/(c + sigma_t^2)", K.euler),
        ),
        (
            by(
                "y + (sigma_s - sigma_t) (d + d')/2",
                1 + (sigma_s - sigma_t) * (slope_t + slope_s) / 2,
                eq="EDM, algorithm 1",
            ),
            by("d' at the point that Euler's step found", K.heun),
        ),
    ),
    wrong={
        "the second slope at the old point": Wrong(
            K._replace(heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s)),
            "D is asked at y, not at the predicted point",
        ),
        "the second slope over the old sigma": Wrong(
            K._replace(heun=1 + (sigma_s - sigma_t) / 2 * (pull_t + pull_s * K.euler * sigma_s / sigma_t)),
            "d' divided by sigma_t where D was asked at sigma_s",
        ),
        "the score for the slope": Wrong(
            K._replace(slope=alpha_t**2 * (x - y) / sigma_t**2),
            "(D - y)/sigma^2 is the score; the slope is -sigma times it",
        ),
        "the step of sigma^2": Wrong(
            K._replace(euler=1 + (sigma_s**2 - sigma_t**2) * pull_t), "d is a slope in sigma, not in sigma^2"
        ),
    },
    means="any path for the slope; Gaussian data of symbolic variance for the steps, where alpha = 1",
    sources=(Source("karras2022elucidating", "arXiv:2206.00364", "(1), (3)-(4), algorithm 1", "y = x/s, alpha = s"),),
)

CLAIMS = (edm,)
