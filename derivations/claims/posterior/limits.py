"""Bounds of the posterior variance, and the posterior near the data and over a short step.

The posterior variance is sigma_s^2/sigma_t^2 times that of the forward step, hence smaller exactly when
sigma grows (ddim.sigma_hat): it does on a variance-preserving path, but a falling SNR alone is not enough.
Near the data (sigma_s -> 0) the posterior concentrates at alpha_s x. Over a short step (s -> t) it
concentrates at z_t, with a variance of first order in the gap of gamma, at most gap sigma_s^2 and
at least gap e^(-gap) sigma_s^2.
"""

from typing import NamedTuple

from sympy import Expr, Integer, exp, sqrt

from derivations.calculus.step import FORWARD, Q, sigma2_t
from derivations.claims.posterior.bayes import SIGNS
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Tends
from derivations.notation.modes import InverseCurvature
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Squared
from derivations.notation.values import At
from derivations.symbols import (
    alpha_s,
    alpha_ts,
    gamma_s,
    gamma_t,
    gap,
    n_1,
    n_2,
    odds,
    s,
    sigma_s,
    sigma_ts,
    snr_s,
    t,
    tiny,
    x,
    x_0,
    x_s,
    x_t,
    z_s,
    z_t,
)  # fmt: skip

ZERO = Integer(0)

# Variance preserving: alpha-bar_s = SNR/(1 + SNR) and beta = odds/(1 + odds), for an SNR and odds of any positive size
PRESERVING = {sigma_s: sqrt(1 / (1 + snr_s)), alpha_ts: sqrt(1 / (1 + odds)), sigma_ts: sqrt(odds / (1 + odds))}
beta, kept = Quantity("beta", (), odds / (1 + odds)), Quantity("abar_s", (), snr_s / (1 + snr_s))
PROCESS = Process(
    (x_s, sqrt(kept) * x_0 + sqrt(1 - kept) * n_1), (x_t, sqrt(1 - beta) * x_s + sqrt(beta) * n_2),
    noise=(n_1, n_2), data=(x_0,),
)  # fmt: skip
preserved = Quantity("beta_tilde", (), InverseCurvature(PROCESS.log_step(x_s) + PROCESS.log_step(x_t), x_s))


class Bounds(NamedTuple):
    """Above the posterior variance: beta, and the variance of q(z_s | x). Below it: a share of beta."""

    step: Expr
    marginal: Expr
    share: Expr


B = Bounds(step=beta, marginal=sigma_s**2, share=1 / (1 + snr_s))

bounds = Claim(
    name="vdm.posterior.variance.bounds",
    title="(1 - alpha-bar_s) beta <= beta-tilde <= beta, and the posterior variance is at most that of z_s given x",
    kind="inequality",
    needs=("vdm.posterior.variance",),
    says=lambda b: (
        AtMost(beta * b.share, preserved, {snr_s: ZERO}),
        AtMost(preserved, b.step, {snr_s: ZERO}),
        AtMost(FORWARD.Var(z_s, z_t), b.marginal, {alpha_ts: ZERO}),
    ),
    answer=B,
    example={alpha_ts: 2, sigma_ts: 1, sigma_s: 3, snr_s: 3, odds: 3},
    convenience={
        "0 < alpha_ts": "at alpha_ts = 0 an upper bound holds with equality",
        "0 < sigma_s": "at sigma_s = 0 the variance is 0",
        "0 < sigma_ts": "a step without noise has beta = 0, and all bounds are 0",
    },
    proof=(
        (
            by("the lower bound, with 1 in the place of sigma_t^2", beta * B.share),
            by("sigma_t^2 < 1", preserved, more=odds * snr_s / ((1 + snr_s) * (1 + odds) * (1 + odds + odds * snr_s))),
        ),
        (
            by("precisions add", preserved),
            by("in closed form", odds / (1 + odds + odds * snr_s), eq="ddpm2020 (7)"),
            by(
                "drop a positive term of the denominator",
                beta,
                more=odds**2 * snr_s / ((1 + odds) * (1 + odds + odds * snr_s)),
            ),
        ),
        (
            by("Gaussian conditioning", FORWARD.Var(z_s, z_t)),
            by("conditioning subtracts a square", B.marginal, more=alpha_ts**2 * sigma_s**4 / sigma2_t),
        ),
    ),
    wrong={
        "beta and beta-tilde exchanged": Wrong(
            B._replace(step=beta * B.share, share=Integer(1)),
            "a learned variance interpolates over the wrong interval",
        ),
        "half the forward step": Wrong(B._replace(step=beta / 2), "true only where sigma_s^2 < sigma_t^2 / 2"),
        "one above": Wrong(B._replace(step=Integer(1)), "true, but a slack bound that is never attained"),
    },
)


# A short step of a variance preserving process: sigma_t^2 = sigmoid(gamma_t), gamma_s = gamma_t - gap
def sigmoid(gamma: Expr) -> Expr:
    """The sigma^2 of a variance preserving process."""
    return 1 / (1 + exp(-gamma))


def between(g_s: Expr, g_t: Expr) -> Process:
    """The step between two values of gamma."""
    a_ts = sqrt(sigmoid(-g_t)) / sqrt(sigmoid(-g_s))
    noise = Squared("sigma_ts", sigmoid(g_t) - a_ts**2 * sigmoid(g_s))
    before = sqrt(sigmoid(-g_s)) * x + sqrt(sigmoid(g_s)) * n_1
    return Process((z_s, before), (z_t, a_ts * z_s + sqrt(noise) * n_2), noise=(n_1, n_2), data=(x,))


BETWEEN = between(gamma_t - gap, gamma_t)
short_mean, short_var = BETWEEN.E(z_s, z_t), BETWEEN.Var(z_s, z_t)
ahead = At(short_var, (gamma_t, gamma_s + gap))
RATIO = Quantity("SNR", (s,), exp(-gamma_s)) / Quantity("SNR", (t,), exp(-gamma_s - gap))  # e^gap
a_s, a_t = sqrt(sigmoid(gap - gamma_t)), sqrt(sigmoid(-gamma_t))


class Short(NamedTuple):
    """The limits of mean and variance, and the variance per unit of gap, in terms of gamma_t."""

    mean: Expr
    var: Expr
    rate: Expr


limit = Claim(
    name="vdm.posterior.limit",
    title=(
        "As s approaches t, a variance-preserving posterior collapses on z_t; to first order its variance is "
        "sigmoid(gamma_t) times the gap in gamma"
    ),
    kind="limit",
    needs=("vdm.posterior.mean", "vdm.posterior.variance", "vdm.forward.gamma"),
    says=lambda a: (
        Tends(short_mean, gap, a.mean),
        Tends(short_var, gap, a.var),
        AtMost(ahead, gap * a.rate.subs(gamma_t, gamma_s), {gap: ZERO}),
        AtMost(gap * a.rate.subs(gamma_t, gamma_s), RATIO * ahead, {gap: ZERO}),
        Tends(exp(-gap) * sigmoid(gamma_t - gap), gap, a.rate),
    ),
    answer=Short(mean=z_t, var=ZERO, rate=sigmoid(gamma_t)),
    example={gamma_s: Integer(0), gamma_t: Integer(1), gap: Integer(1), x: Integer(1), z_t: Integer(1)},
    convenience={"0 < gap": "both bounds are convex in the gap, and hold on either side of 0"},
    proof=(
        (
            by("Gaussian conditioning", short_mean),
            by("in gamma", a_s / a_t * exp(-gap) * z_t + (1 - exp(-gap)) * a_s * x, eq="vdm2021 (32)"),
        ),
        (
            by("Gaussian conditioning", short_var),
            by("in gamma", sigmoid(gamma_t - gap) * (1 - exp(-gap)), eq="vdm2021 (33)"),
        ),
        (
            by("Gaussian conditioning", ahead),
            by("in gamma", sigmoid(gamma_s) * (1 - exp(-gap)), eq="vdm2021 (33)"),
            by("1 - e^-tiny <= tiny, convex and flat at 0", gap * sigmoid(gamma_s), convex=(gap, ZERO)),
        ),
        (
            by("the upper bound, now against e^gap times the variance", gap * sigmoid(gamma_s)),
            by("tiny <= e^tiny - 1, convex and flat at 0", sigmoid(gamma_s) * (exp(gap) - 1), convex=(gap, ZERO)),
            by("e^gap times the same variance", RATIO * ahead),
        ),
        (
            by("the lower bound on variance/gap; the upper is sigma_s^2", exp(-gap) * sigmoid(gamma_t - gap)),
            by("both tend to sigma_t^2", exp(-gap) / (1 + exp(gap - gamma_t))),
        ),
    ),
    wrong={
        "collapses on x": Wrong(Short(x, ZERO, sigmoid(gamma_t)), "it collapses on the wrong end of the step"),
        "rate alpha_t^2": Wrong(Short(z_t, ZERO, sigmoid(-gamma_t)), "-log SNR and log SNR are confused"),
        "rate sigma_t": Wrong(Short(z_t, ZERO, sqrt(sigmoid(gamma_t))), "a standard deviation stands for a variance"),
    },
    trust=("the squeeze theorem: two bounds with one limit",),
)


class First(NamedTuple):
    """The limits of the posterior of the first step, and of its variance in units of sigma_s^2."""

    mean: Expr
    var: Expr
    share: Expr
    ddpm: Expr


START = {alpha_s: sqrt(1 - tiny), sigma_s: sqrt(tiny), alpha_ts: PRESERVING[alpha_ts], sigma_ts: PRESERVING[sigma_ts]}
F = First(mean=alpha_s * x, var=ZERO, share=Integer(1), ddpm=x)

first_step = Claim(
    name="vdm.posterior.first_step",
    title="As sigma_s tends to 0 the posterior collapses on alpha_s x; in DDPM, beta-tilde_1 is 0",
    kind="limit",
    needs=("vdm.posterior.mean", "vdm.posterior.variance"),
    says=lambda a: (
        Tends(FORWARD.E(z_s, z_t), sigma_s, a.mean),
        Tends(FORWARD.Var(z_s, z_t), sigma_s, a.var),
        Tends(FORWARD.Var(z_s, z_t) / sigma_s**2, sigma_s, a.share),
        Tends(At(FORWARD.E(z_s, z_t), *START.items()), tiny, a.ddpm),
        Tends(At(FORWARD.Var(z_s, z_t), *START.items()), tiny, a.var),
    ),
    answer=F,
    example={alpha_s: 4, alpha_ts: 2, sigma_ts: 1, odds: 3, x: 1, z_t: 1},
    convenience=SIGNS,
    proof=(
        (
            by("Gaussian conditioning", FORWARD.E(z_s, z_t)),
            by("continuous at sigma_s = 0, as sigma_ts > 0", Q.mean, eq="vdm2021 (26)"),
        ),
        (
            by("Gaussian conditioning", FORWARD.Var(z_s, z_t)),
            by("continuous at sigma_s = 0, as sigma_ts > 0", Q.var, eq="vdm2021 (25)"),
        ),
        (by("in units of sigma_s^2", FORWARD.Var(z_s, z_t) / sigma_s**2), by("cancel", sigma_ts**2 / sigma2_t)),
        (
            by("DDPM with alpha-bar_0 = 1 - tiny", At(FORWARD.E(z_s, z_t), *START.items())),
            by("the weights of DDPM (7)", Q.mean.subs(START), eq="ddpm2020 (7)"),
        ),
        (
            by("DDPM with alpha-bar_0 = 1 - tiny", At(FORWARD.Var(z_s, z_t), *START.items())),
            by("(1 - alpha-bar_0)/(1 - alpha-bar_1) beta_1", Q.var.subs(START), eq="ddpm2020 (7)"),
        ),
    ),
    wrong={
        "beta_1 at the first step": Wrong(F._replace(var=sigma_ts**2), "noise is added to the finished sample"),
        "z_t scaled back": Wrong(F._replace(mean=z_t / alpha_ts), "the last step removes no noise"),
        "x itself": Wrong(F._replace(mean=x), "right only where alpha_s -> 1 as well"),
    },
)

CLAIMS = (bounds, limit, first_step)
