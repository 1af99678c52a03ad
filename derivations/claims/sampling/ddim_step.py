"""DDIM's step as a sampler takes it: the data and the noise that a network predicts, and fresh noise.

Given z_t and x the mean of z_s is alpha_s x + sqrt(sigma_s^2 - Sigma) eps with eps = (z_t - alpha_t x)/sigma_t, the
noise that x implies in z_t. So x and eps are two names for one prediction, and the step may be written by both or one.
"""

from typing import NamedTuple

from sympy import Expr, S, sqrt

from derivations.calculus.ddim import SHARED
from derivations.claims.sampling.ddim_forms import euler_x
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.notation.values import At
from derivations.symbols import alpha_s, alpha_t, eps, n_3, sigma_s, sigma_t, var, x, x_hat, z_s, z_t

mean, variance = SHARED.E(z_s, z_t), SHARED.Var(z_s, z_t)
drawn = Update(z_s, "DDIM", mean + sqrt(variance) * n_3, z_t, x)
noise_implied = (z_t - alpha_t * x) / sigma_t
implied = Quantity("x", (z_t, eps), (z_t - sigma_t * eps) / alpha_t)
latent = alpha_t * x + sigma_t * eps
seen = At(mean, (z_t, latent))  # the mean, where z_t has this noise
still = At(euler_x, (x_hat, x))  # of z/sigma in alpha/sigma
kept = sqrt(sigma_s**2 - var)  # what of the noise of z_t is kept
by_both, by_eps = At(drawn, (z_t, latent)), At(drawn, (x, implied))


class Step(NamedTuple):
    """z_s by the data and the noise, and by z_t and the noise; the first without fresh noise, and at Sigma = 0."""

    by_both: Expr
    by_eps: Expr
    mean: Expr
    still: Expr


A = Step(
    by_both=alpha_s * x + kept * eps + sqrt(var) * n_3,
    by_eps=alpha_s * (z_t - sigma_t * eps) / alpha_t + kept * eps + sqrt(var) * n_3,
    mean=alpha_s * x + kept * eps,
    still=alpha_s * x + sigma_s * eps,
)


def with_noise(kept: Expr, spread: Expr, at_t: Expr = alpha_t) -> Step:
    """Return the step that keeps so much of the noise in z_t, and adds so much."""
    fresh = spread * n_3
    return A._replace(
        by_both=alpha_s * x + kept * eps + fresh,
        by_eps=alpha_s * (z_t - sigma_t * eps) / at_t + kept * eps + fresh,
        mean=alpha_s * x + kept * eps,
    )


step = Claim(
    name="ddim.step",
    title="DDIM's step is alpha_s x + sqrt(sigma_s^2 - Sigma) eps + sqrt(Sigma) n, without noise where Sigma is 0",
    kind="equality",
    needs=("ddim.marginal", "ddim.forms", "vdm.param.eps"),
    says=lambda a: (
        Equal(by_both, a.by_both),
        Equal(by_eps, a.by_eps),
        Equal(seen, a.mean),
        Equal(still, a.still.subs(eps, noise_implied)),
    ),
    answer=A,
    given=(Below(var, sigma_s**2),),
    example={alpha_s: 4, sigma_s: 5, alpha_t: 2, sigma_t: 7, var: 9, x: 1, eps: 1, z_t: 1, n_3: 1},
    convenience={
        "0 < alpha_s": "the noise is shared for a signal of any size",
        "0 < sigma_t": "sigma_t = 0 is a latent without noise, and only products with it occur",
        "0 < Sigma": "Sigma = 0 is the step without noise, which is stated as well",
    },
    proof=(
        (
            by("E[z_s | z_t, x] and noise of its standard deviation, at z_t = alpha_t x + sigma_t eps", by_both),
            by("eps is (z_t - alpha_t x)/sigma_t", A.by_both, eq="ddim2021 (12)"),
        ),
        (
            by("the same at the data that eps implies in z_t", by_eps),
            by("substitute x", A.by_eps, eq="ddim2021 (12)"),
        ),
        (by("the mean alone", seen), by("alpha_s x and the noise that is kept", A.mean, eq="ddim2021 (7)")),
        (
            by("an Euler step of z/sigma in alpha/sigma", still),
            by("multiply out", sigma_s / sigma_t * z_t + (alpha_s - alpha_t * sigma_s / sigma_t) * x),
            by("the mean at Sigma = 0, where all of sigma_s is kept", A.still.subs(eps, noise_implied)),
        ),
    ),
    wrong={
        "Sigma not subtracted": Wrong(
            with_noise(sigma_s, sqrt(var)), "z_s gets the variance sigma_s^2 + Sigma: right only without noise"
        ),
        "the variance for the standard deviation": Wrong(
            with_noise(kept, var), "the fresh noise is scaled by the wrong power"
        ),
        "the noise of z_t for that of z_s": Wrong(
            with_noise(sqrt(sigma_t**2 - var), sqrt(var)), "z_s is as noisy as z_t", ("web a public study note",)
        ),
        "fresh noise left out": Wrong(with_noise(kept, S.Zero), "z_s lacks the variance Sigma: right only at 0"),
        "all noise kept, from the wrong time": Wrong(
            A._replace(still=alpha_s * x + sigma_t * eps), "z_s is as noisy as z_t, and the samples never get clean"
        ),
        "the signal of z_s for that of z_t": Wrong(
            with_noise(kept, sqrt(var), at_t=alpha_s), "the data are scaled as if z_t were z_s"
        ),
    },
    means="one symbolic step between any two times",
)

CLAIMS = (step,)
