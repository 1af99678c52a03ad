"""The posterior q(z_s | z_t, x) of a Gaussian diffusion, for s < t.

Bayes' rule multiplies two normals in z_s: precisions add, and means average by precision. One
identity between log-densities, normaliser included, determines the law. Mean and variance are derived
a second time, by Gaussian conditioning on the joint law of (z_s, z_t) as the process makes them.
"""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.calculus.step import (
    EXAMPLE,
    FORWARD,
    NOISE,
    Q,
    alpha_t,
    bayes,
    by_bayes,
    given_t,
    joint,
    made_s,
    precision,
    pull,
    sigma2_t,
)
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law
from derivations.form.statement import Equal
from derivations.notation.laws import log_law
from derivations.notation.modes import InverseCurvature, Mode
from derivations.probability.gaussian import Normal, law
from derivations.symbols import alpha_s, alpha_ts, n_2, sigma_s, sigma_ts, x, z_s, z_t

NEEDS = ("vdm.forward.marginal", "vdm.forward.transition")
PROCESS = ((z_s, made_s), (z_t, alpha_ts * z_s + sigma_ts * n_2))
SIGNS = {
    "0 < alpha_s": "alpha_s = 0 (a zero terminal SNR) and a negative alpha_s leave the identity true",
    "0 < alpha_ts": "the identity also holds at alpha_ts = 0, where z_t carries no information on z_s",
}

posterior = Claim(
    name="vdm.posterior",
    title="By Bayes' rule, normaliser included, the posterior q(z_s | z_t, x) is a normal law",
    kind="law",
    needs=NEEDS,
    says=lambda q: Law(z_s, by_bayes, q),
    answer=Q,
    example=EXAMPLE,
    convenience=SIGNS,
    proof=(
        (
            by("Bayes' rule; given z_s, z_t does not depend on x", bayes, eq="vdm2021 (24)"),
            by("complete the square", log_law(Normal(pull / precision, 1 / precision), z_s), eq="luo2022 (80)"),
            by("precision = sigma_t^2 / (sigma_ts^2 sigma_s^2)", log_law(Q, z_s), eq="luo2022 (84)"),
        ),
    ),
    wrong={
        "variance of the forward step": Wrong(
            Q._replace(var=sigma_ts**2),
            "x is ignored: right only for q(z_s | z_t) of N(0, 1) data, variance preserving",
        ),
        "standard deviation for variance": Wrong(
            Q._replace(var=sqrt(Q.var)),
            "noise scaled by the wrong power",
            ("web motion-diffusion code that cites Luo (84)",),
        ),
        "x scaled by alpha_t, not alpha_s": Wrong(
            Q._replace(mean=Q.mean.subs(x, alpha_ts * x)), "samples drift to zero"
        ),
        "weights swapped": Wrong(
            Q._replace(mean=alpha_s * sigma_ts**2 / sigma2_t * z_t + alpha_ts * sigma_s**2 / sigma2_t * x),
            "the mean leaves the segment between z_t/alpha_ts and alpha_s x",
        ),
    },
    experiment=Experiment(process=PROCESS, normals=NOISE, checks=(Residual(of=z_s, law=lambda q: q, given=(z_t,)),)),
)


class Weights(NamedTuple):
    """A mean that is linear in the latent and the data."""

    z: Expr
    x: Expr

    @property
    def mean(self) -> Expr:
        return self.z * z_t + self.x * x


W = Weights(z=alpha_ts * sigma_s**2 / sigma2_t, x=alpha_s * sigma_ts**2 / sigma2_t)

mean = Claim(
    name="vdm.posterior.mean",
    title="The posterior mean weights z_t by alpha_ts sigma_s^2/sigma_t^2 and x by alpha_s sigma_ts^2/sigma_t^2",
    kind="equality",
    needs=NEEDS,
    says=lambda w: (
        Equal(FORWARD.E(z_s, z_t), w.mean),
        Equal(Mode(joint, z_s), w.mean),
        Equal(FORWARD.E(z_s), FORWARD.E(w.mean)),
    ),
    answer=W,
    example=EXAMPLE,
    convenience=SIGNS
    | {
        "0 < sigma_s": "at sigma_s = 0, z_s is alpha_s x: its precision is infinite, and the weights tend to 0 and 1",
        "0 < sigma_ts": "at sigma_ts = 0, z_t determines z_s: its precision is infinite, and the weights have limits",
    },
    proof=(
        (
            by("Gaussian conditioning: E z_s + Cov(z_s, z_t)/Var(z_t) (z_t - E z_t)", given_t.mean),
            by("the covariance is alpha_ts sigma_s^2", alpha_s * x + W.z * (z_t - alpha_t * x)),
            by("alpha_s (sigma_t^2 - alpha_ts^2 sigma_s^2) = alpha_s sigma_ts^2", W.mean, eq="vdm2021 (26)"),
        ),
        (
            by("the average of z_t/alpha_ts and alpha_s x, weighted by precision", pull / precision),
            by("precision = sigma_t^2 / (sigma_ts^2 sigma_s^2)", W.mean, eq="vdm2021 (26)"),
        ),
        (
            by("the mean of z_s", law(made_s, NOISE).mean),
            by(
                "the tower rule: alpha_ts^2 sigma_s^2/sigma_t^2 + sigma_ts^2/sigma_t^2 = 1",
                W.mean.subs(z_t, alpha_t * x),
            ),
        ),
    ),
    wrong={
        "weights swapped": Wrong(Weights(W.x, W.z), "the mean leaves the segment between z_t/alpha_ts and alpha_s x"),
        "x scaled by alpha_t, not alpha_s": Wrong(W._replace(x=alpha_ts * W.x), "samples drift to zero"),
        "not divided by sigma_t^2": Wrong(
            Weights(alpha_ts * sigma_s**2, alpha_s * sigma_ts**2), "right only at a pure noise end, sigma_t = 1"
        ),
        "standard deviations for variances": Wrong(
            Weights(alpha_ts * sigma_s / sqrt(sigma2_t), alpha_s * sigma_ts / sqrt(sigma2_t)),
            "the tower rule fails: the mean of z_s is not alpha_s x",
        ),
        "sigma_t^2 for sigma_s^2": Wrong(
            W._replace(z=alpha_ts), "z_t keeps its whole weight", ("web copies of DDPM (7) read by OCR",)
        ),
    },
    experiment=Experiment(
        process=PROCESS,
        normals=NOISE,
        at=EXAMPLE | {x: 6},  # far out, for the weight of x to matter
        checks=(Residual(of=z_s, law=lambda w: Normal(w.mean, given_t.var), given=(z_t,)),),
    ),
)

variance = Claim(
    name="vdm.posterior.variance",
    title="The posterior variance is sigma_ts^2 sigma_s^2 / sigma_t^2, independent of x and z_t",
    kind="equality",
    needs=NEEDS,
    says=lambda v: (Equal(FORWARD.Var(z_s, z_t), v), Equal(InverseCurvature(joint, z_s), v)),
    answer=Q.var,
    example=EXAMPLE,
    convenience={
        "0 < alpha_ts": SIGNS["0 < alpha_ts"],
        "0 < sigma_s": "at sigma_s = 0 the precision is infinite as written, and the variance tends to 0",
        "0 < sigma_ts": "at sigma_ts = 0 the precision is infinite as written, and the variance tends to 0",
    },
    proof=(
        (
            by("Gaussian conditioning: Var(z_s) - Cov(z_s, z_t)^2/Var(z_t)", given_t.var),
            by("the covariance is alpha_ts sigma_s^2", sigma_s**2 - alpha_ts**2 * sigma_s**4 / sigma2_t),
            by("sigma_t^2 - alpha_ts^2 sigma_s^2 = sigma_ts^2", Q.var, eq="vdm2021 (25)"),
        ),
        (by("precisions add", 1 / precision), by("over a common denominator", Q.var, eq="vdm2021 (25)")),
    ),
    wrong={
        "variance of the forward step": Wrong(
            sigma_ts**2, "x is ignored: right only for q(z_s | z_t) of N(0, 1) data, variance preserving"
        ),
        "standard deviation for variance": Wrong(
            sqrt(Q.var), "noise scaled by the wrong power", ("web motion-diffusion code that cites Luo (84)",)
        ),
        "not divided by sigma_t^2": Wrong(sigma_ts**2 * sigma_s**2, "right only at a pure noise end, sigma_t = 1"),
        "ratio inverted": Wrong(
            sigma_ts**2 * sigma2_t / sigma_s**2,
            "it exceeds the variance of the forward step wherever the noise grows",
            ("web a public blog on iDDPM's respacing",),
        ),
        "precision for variance": Wrong(precision, "the variance is inverted", ("web a public study note",)),
    },
    experiment=Experiment(
        process=PROCESS,
        normals=NOISE,
        checks=(Residual(of=z_s, law=lambda v: Normal(given_t.mean, v), given=(z_t,)),),
    ),
)

CLAIMS = (posterior, mean, variance)
