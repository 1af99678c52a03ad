"""DDIM: reverse steps that keep every marginal, for any noise and any times that they skip.

z_s and z_t may share noise: z_s = alpha_s x + sqrt(sigma_s^2 - Sigma) eps + sqrt(Sigma) n, with eps the noise of z_t.
Its marginal is q(z_s | x) for every Sigma up to sigma_s^2, and given z_t it is a normal step back. One parameter eta,
Sigma = eta^2 times the posterior's, goes from no noise at all (0) to ancestral sampling (1).
"""

from sympy import sqrt

from derivations.calculus.ddim import NOISE, SHARED, made_s, made_t, rest
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made, Weighed
from derivations.notation.laws import log_law
from derivations.probability.gaussian import Normal, law
from derivations.symbols import (
    alpha_s,
    alpha_t,
    n_2,
    sigma_s,
    sigma_t,
    var,
    x,
    z_s,
    z_t,
)

MARGINAL_S = Normal(alpha_s * x, sigma_s**2)
# by the family's own forward step
by_bayes = Weighed(MARGINAL_S, SHARED.log_q(z_t, z_s), SHARED.log_q(z_t), on=(z_t, x))


def step(q: Normal) -> Made:
    """z_s, when z_t is made first and the step is taken from it."""
    return Made(q.mean.subs(z_t, made_t) + sqrt(q.var) * n_2, NOISE)


def stepped(q: Normal) -> Normal:
    """Return the law of z_s after the step, given x."""
    return law(*step(q))


Q = Normal(mean=alpha_s * x + rest * (z_t - alpha_t * x) / sigma_t, var=var)
bayes = log_law(MARGINAL_S, z_s, x, name="q") + SHARED.log_q(z_t, z_s) - SHARED.log_q(z_t)
HERE = {alpha_s: 4, sigma_s: 5, alpha_t: 2, sigma_t: 7, var: 9, x: 1, z_t: 1}

marginal = Claim(
    name="ddim.marginal",
    title="DDIM's step keeps the marginal q(z_s | x) for every s before t and every variance up to sigma_s^2",
    kind="law",
    needs=("vdm.forward.marginal",),
    says=lambda q: (
        Law(z_s, by_bayes, q),
        Law(z_s, step(q), MARGINAL_S),
    ),
    answer=Q,
    given=(Below(var, sigma_s**2),),
    example=HERE | {z_s: 1},
    convenience={
        "0 < alpha_s": "the noise is shared for a signal of any size",
        "0 < alpha_t": "at alpha_t = 0 (a zero terminal SNR) the step starts from pure noise",
        "0 < sigma_s": "only its square occurs",
    },
    proof=(
        (
            by("Bayes' rule, from the law of z_t given z_s and x", bayes, eq="ddim2021 (8)"),
            by("given x, z_t determines its noise; the rest is fresh", log_law(Q, z_s), eq="ddim2021 (7)"),
        ),
        (
            by("the noise of z_t has mean 0; variances add", stepped(Q).var, eq="ddim2021 Lemma 1, App. B (ii)"),
            by("(sigma_s^2 - Sigma) + Sigma", MARGINAL_S.var),
        ),
    ),
    wrong={
        "Sigma not subtracted": Wrong(
            Q._replace(mean=alpha_s * x + sigma_s * (z_t - alpha_t * x) / sigma_t),
            "z_s gets the variance sigma_s^2 + Sigma: right only without noise",
        ),
        "the variance of z_t for that of z_s": Wrong(
            Q._replace(mean=alpha_s * x + sqrt(sigma_t**2 - var) * (z_t - alpha_t * x) / sigma_t),
            "sqrt(1 - alpha_t - Sigma) stands for sqrt(1 - alpha_{t-1} - Sigma), and z_s is as noisy as z_t",
            ("web a public study note",),
        ),
        "a standard deviation subtracted": Wrong(
            Q._replace(mean=alpha_s * x + (sigma_s - sqrt(var)) * (z_t - alpha_t * x) / sigma_t),
            "amplitudes are subtracted where variances should be",
        ),
        "standard deviation in the variance slot": Wrong(
            Q._replace(var=sqrt(var)), "noise scaled by the wrong power", ("ddim2021 a variance slot",)
        ),
        "DDIM's alpha taken for alpha_t": Wrong(
            Q._replace(mean=alpha_s**2 * x + rest * (z_t - alpha_t**2 * x) / sigma_t),
            "DDIM's alpha is alpha-bar, the square of alpha_t: the roots are left out",
        ),
        "DDPM's alpha taken for DDIM's": Wrong(
            Q._replace(mean=alpha_s * x + rest * (z_t - alpha_t / alpha_s * x) / sigma_t),
            "alpha_{t|s} of one step stands for alpha_t, and the noise comes out wrong",
        ),
    },
    experiment=Experiment(
        process=((z_t, made_t), (z_s, made_s)),
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda q: q, given=(z_t,)), Residual(of=z_s, law=stepped)),
        at={alpha_s: 4, sigma_s: 5, alpha_t: 2, sigma_t: 7, var: 9, x: 1},
        twins=("Sigma not subtracted", "the variance of z_t for that of z_s", "a standard deviation subtracted"),
    ),
    means="one symbolic step between any two times; a subsequence is a chain of such steps, by induction",
)

CLAIMS = (marginal,)
