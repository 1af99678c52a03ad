"""The ancestral step, DDPM's sampler: the posterior's mean at the predicted noise, and fresh noise of any variance.

DDPM chooses the variance sigma_ts^2 of the forward step (beta) or that of the posterior (beta-tilde). Where the noise
is predicted without error, z_s gets the variance sigma_s^2 + Sigma - (posterior variance): only the second keeps it.
"""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.calculus.step import EXAMPLE, FORWARD, Q, alpha_t, sigma2_t
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Update
from derivations.notation.values import At
from derivations.symbols import alpha_s, alpha_ts, eps, n_1, n_2, n_3, score, sigma_s, sigma_ts, var, x, z_s, z_t

noise_t = sqrt(sigma2_t)
mean, variance = FORWARD.E(z_s, z_t), FORWARD.Var(z_s, z_t)
implied = Quantity("x", (z_t, eps), (z_t - noise_t * eps) / alpha_t)
scored = Quantity("x", (z_t, score), (z_t + sigma2_t * score) / alpha_t)


def drawn(spread: Expr) -> Update:
    """The step that adds noise of this standard deviation."""
    return Update(z_s, "ancestral", mean + spread * n_3, z_t, x)


ANY, POSTERIOR, FORWARDS = drawn(sqrt(var)), drawn(sqrt(variance)), drawn(sigma_ts)
made_t = alpha_ts * (alpha_s * x + sigma_s * n_1) + sigma_ts * n_2
TAKEN = Process((z_t, made_t), (z_s, Q.mean + sqrt(var) * n_3), noise=(n_1, n_2, n_3), data=(x,))


class Step(NamedTuple):
    """z_s with noise of any variance, of the posterior's and of the forward step's; by the score; and its variance."""

    any: Expr
    posterior: Expr
    forward: Expr
    by_score: Expr
    forward_by_score: Expr
    posterior_by_score: Expr
    mean: Expr
    var: Expr


SPREAD = sqrt(var)


def steps(by_eps: Expr, by_score: Expr, spread: Expr = SPREAD) -> Step:
    """Return the steps of these means, with noise of this standard deviation."""
    least, most = sqrt(Q.var) * n_3, sigma_ts * n_3
    return Step(
        any=by_eps + spread * n_3,
        posterior=by_eps + least,
        forward=by_eps + most,
        by_score=by_score + spread * n_3,
        posterior_by_score=by_score + least,
        forward_by_score=by_score + most,
        mean=by_eps,
        var=sigma_s**2 + var - Q.var,
    )


BY_EPS = (z_t - sigma_ts**2 / noise_t * eps) / alpha_ts
BY_SCORE = (z_t + sigma_ts**2 * score) / alpha_ts
A = steps(BY_EPS, BY_SCORE)

step = Claim(
    name="ancestral.step",
    title="An ancestral step with noise of variance Sigma gives z_s the variance sigma_s^2 + Sigma - Var(z_s|z_t, x)",
    kind="equality",
    needs=("vdm.posterior", "vdm.posterior.mean.eps", "vdm.posterior.mean.score"),
    says=lambda a: (
        Equal(At(ANY, (x, implied)), a.any),
        Equal(At(POSTERIOR, (x, implied)), a.posterior),
        Equal(At(FORWARDS, (x, implied)), a.forward),
        Equal(At(ANY, (x, scored)), a.by_score),
        Equal(At(POSTERIOR, (x, scored)), a.posterior_by_score),
        Equal(At(FORWARDS, (x, scored)), a.forward_by_score),
        Equal(At(mean, (x, implied)), a.mean),
        Equal(TAKEN.Var(z_s), a.var),
    ),
    answer=A,
    example=EXAMPLE | {var: 1, eps: 1, score: 1, n_3: 1},
    convenience={
        "0 < sigma_ts": "at sigma_ts = 0 there is no noise to remove",
        "0 < Sigma": "Sigma = 0 is the mean of the step, without noise",
    },
    proof=(
        (
            by("the posterior's mean plus noise, at the data that eps implies in z_t", At(ANY, (x, implied))),
            by("collect z_t and eps", A.any, eq="ddpm2020 Algorithm 2"),
        ),
        (
            by("the same with the posterior's variance", At(POSTERIOR, (x, implied))),
            by("collect z_t and eps", A.posterior, eq="vdm2021 (34)"),
        ),
        (
            by("the same with the variance of the forward step", At(FORWARDS, (x, implied))),
            by("collect z_t and eps", A.forward),
        ),
        (
            by("the posterior's mean plus noise, at the data that the score implies in z_t", At(ANY, (x, scored))),
            by("collect z_t and the score", A.by_score),
        ),
        (
            by("the same with the posterior's variance", At(POSTERIOR, (x, scored))),
            by("collect z_t and the score", A.posterior_by_score, eq="sde2021 (47)"),
        ),
        (
            by("the same with the variance of the forward step", At(FORWARDS, (x, scored))),
            by("collect z_t and the score", A.forward_by_score, eq="sde2021 (4)"),
        ),
        (by("the mean at the data that eps implies", At(mean, (x, implied))), by("collect z_t and eps", A.mean)),
        (
            by("the variance that comes from z_t, and Sigma", TAKEN.Var(z_s)),
            by("sigma_s^2 - alpha_ts^2 sigma_s^4/sigma_t^2 is the posterior's variance", A.var),
        ),
    ),
    wrong={
        "the variance for the standard deviation": Wrong(
            steps(BY_EPS, BY_SCORE, spread=var), "the fresh noise is scaled by the wrong power"
        ),
        "a variance for the noise's standard deviation": Wrong(
            steps((z_t - sigma_ts**2 / sigma2_t * eps) / alpha_ts, BY_SCORE), "too much noise is removed"
        ),
        "noise added": Wrong(
            steps((z_t + sigma_ts**2 / noise_t * eps) / alpha_ts, (z_t - sigma_ts**2 * score) / alpha_ts),
            "the step goes away from the data",
        ),
        "scaled by all steps so far": Wrong(
            steps((z_t - sigma_ts**2 / noise_t * eps) / alpha_t, (z_t + sigma_ts**2 * score) / alpha_t),
            "one step undoes the scaling of all of them",
        ),
        "z_t not rescaled": Wrong(
            steps(z_t - sigma_ts**2 / noise_t * eps, z_t + sigma_ts**2 * score), "right only where data are not scaled"
        ),
        "every variance keeps the marginal": Wrong(
            A._replace(var=sigma_s**2), "true only of the posterior's variance: beta is too much noise"
        ),
        "the variances added": Wrong(
            A._replace(var=sigma_s**2 + var), "the mean of the posterior has less noise than z_s, not as much"
        ),
    },
    means="one symbolic step between any two times",
)

CLAIMS = (step,)
