"""DDIM's eta: one number from steps without noise to ancestral sampling.

The variance is eta^2 times the posterior's, sigma_s^2 c with c = sigma_ts^2/sigma_t^2; the rest of sigma_s^2 is noise
shared with z_t.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, sqrt

from derivations.calculus.ddim import AT_ETA, c_ts, noise_t, signal_t, tilde_mean, tilde_var
from derivations.calculus.step import FORWARD, given_t, sigma2_t
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Squared
from derivations.notation.samplers import Update
from derivations.notation.values import At
from derivations.symbols import (
    abar,
    abar_s,
    alpha_s,
    alpha_ts,
    eta,
    sigma_s,
    sigma_ts,
    x,
    z_s,
    z_t,
)


class Step(NamedTuple):
    """The step at eta: its variance, the coefficients of eps-hat and x-hat; its deviation, variance preserving."""

    var: Expr
    eps: Expr
    x: Expr
    std: Expr

    def mean(self) -> Expr:
        """Return the mean at the data and at the noise in z_t."""
        return self.x * x + self.eps * (z_t - signal_t * x) / noise_t


FITS = Below(eta**2 * sigma_ts**2, sigma2_t)  # eta^2 c < 1: the variance is below sigma_s^2, at eta = 1 too
PRINTED = eta * sqrt((1 - abar_s) / (1 - abar)) * sqrt(1 - abar / abar_s)  # DDIM (16)
F = Step(var=eta**2 * sigma_s**2 * c_ts, eps=sigma_s * sqrt(1 - eta**2 * c_ts), x=alpha_s, std=PRINTED)
mean, variance = AT_ETA.E(z_s, z_t), AT_ETA.Var(z_s, z_t)
noiseless = Update(z_s, "DDIM", sigma_s / noise_t * z_t + (alpha_s - signal_t * sigma_s / noise_t) * x)
BETWEEN = {
    alpha_s: sqrt(abar_s),
    sigma_s: sqrt(1 - abar_s),
    alpha_ts: sqrt(abar / abar_s),
    sigma_ts: sqrt(1 - abar / abar_s),
}


preserving = Squared("sigma_tau", eta**2 * At(FORWARD.Var(z_s, z_t), *BETWEEN.items()))

etas = Claim(
    name="ddim.eta",
    title=(
        "DDIM's step has variance eta^2 sigma_ts^2 sigma_s^2/sigma_t^2, that of the posterior at an eta of 1, and "
        "at 0 no noise"
    ),
    kind="equality",
    needs=("ddim.marginal", "vdm.posterior"),
    says=lambda a: (
        Equal(variance, a.var),
        Equal(mean, a.mean()),
        Equal(tilde_mean, a.mean().subs(eta, 1)),
        Equal(tilde_var, a.var.subs(eta, 1)),
        Equal(noiseless, a.mean().subs(eta, 0)),
        Equal(preserving, a.std**2),
        Below(Integer(0), a.std),
    ),
    answer=F,
    given=(FITS, Below(abar, abar_s), Below(abar_s, Integer(1))),
    example={
        alpha_s: 4,
        sigma_s: 3,
        alpha_ts: 2,
        sigma_ts: 1,
        eta: Rational(1, 2),
        x: 1,
        z_t: 1,
        abar: Rational(1, 4),
        abar_s: Rational(1, 2),
    },
    convenience={
        "0 < abar": "both sides are quotients of polynomials in it",
        "0 < abar_s": "it follows from 0 < abar < abar_s",
        "abar < abar_s": "beta_t is positive; the squares agree without it, but the printed root is not real",
        "abar_s < 1": "there is noise at s; the squares agree without it, but the printed root is not real",
        "0 < alpha_s": "the noise is shared for a signal of any size",
        "0 < alpha_ts": "at alpha_ts = 0, z_t is its noise, with no information on x",
        "0 < sigma_ts": "at sigma_ts = 0 there is no noise to replace",
        "0 < eta": "eta = 0 is the deterministic step, which is stated as well",
    },
    proof=(
        (
            by("Var(z_s | z_t, x) in the family, at eta^2 times the posterior variance", variance),
            by("the posterior variance is sigma_s^2 c", F.var, eq="ddim2021 (16)"),
        ),
        (
            by("Gaussian conditioning of z_s on z_t", mean),
            by("sigma_s^2 - Sigma = sigma_s^2 (1 - eta^2 c)", F.mean(), eq="ddim2021 (12)"),
        ),
        (
            by("the posterior mean", given_t.mean, eq="ddpm2020 (7)"),
            by("1 - c = alpha_ts^2 sigma_s^2/sigma_t^2, a square", F.mean().subs(eta, 1)),
        ),
        (
            by("the posterior variance", given_t.var, eq="ddpm2020 (7)"),
            by("it is sigma_s^2 c", F.var.subs(eta, 1)),
        ),
        (
            by("alpha_s x plus sigma_s times the noise in z_t", noiseless.meaning()),
            by("at eta = 0, Sigma is 0", F.mean().subs(eta, 0), eq="ddim2021 (12)"),
        ),
        (
            by("eta^2 times the posterior variance of a path that preserves variance", preserving),
            by("c = (1 - abar/abar_s)/(1 - abar)", F.std**2, eq="ddim2021 (16)"),
        ),
        (by("zero", Integer(0)), by("a product of positive roots", F.std, more=F.std)),
    ),
    wrong={
        "eta for eta^2": Wrong(
            F._replace(var=F.var / eta, std=F.std / sqrt(eta)),
            "eta scales the variance, not its root",
            ("ddpm-inversion #12",),
        ),
        "the noise of the forward step": Wrong(
            F._replace(var=eta**2 * sigma_ts**2, std=eta * sqrt(1 - abar / abar_s)),
            "beta stands for beta-tilde: this is DDIM's sigma-hat, which keeps no marginal",
        ),
        "Sigma not subtracted from sigma_s^2": Wrong(
            F._replace(eps=sigma_s),
            "sqrt(1 - alpha-bar) stands for sqrt(1 - alpha-bar - Sigma), too noisy for every eta > 0",
        ),
        "all of Sigma subtracted at every eta": Wrong(
            F._replace(eps=sigma_s * sqrt(1 - c_ts)), "it is the mean of ancestral sampling, without its noise"
        ),
        "the ratio inverted": Wrong(
            F._replace(
                var=eta**2 * sigma_ts**2 * sigma2_t / sigma_s**2,
                std=eta * sqrt((1 - abar) / (1 - abar_s)) * sqrt(1 - abar / abar_s),
            ),
            "the variance grows where it should shrink",
            ("web a public blog on iDDPM's respacing",),
        ),
    },
)

CLAIMS = (etas,)
