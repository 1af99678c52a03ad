"""The posterior mean in terms of what networks learn: v = alpha_t eps - sigma_t x, and the score.

In terms of v, for a variance-preserving process, nothing is divided by alpha, so the form holds at zero
terminal SNR too. In terms of the score it is Tweedie's formula for one step.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, sqrt

from derivations.calculus.step import EXAMPLE, FORWARD, Q, alpha_t, precision, pull, sigma2_t
from derivations.claims.posterior.bayes import SIGNS
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.notation.values import At
from derivations.symbols import abar_s, alpha, alpha_s, alpha_ts, n_1, n_2, score, sigma_s, sigma_ts, v, x, z_s, z_t

# Variance preserving, by DDPM's names: alpha_s^2 = abar_s, alpha_ts^2 = alpha
VP = {alpha_s: sqrt(abar_s), sigma_s: sqrt(1 - abar_s), alpha_ts: sqrt(alpha), sigma_ts: sqrt(1 - alpha)}
abar = Quantity("abar", (), alpha * abar_s)
PRESERVING = Process(
    (z_s, VP[alpha_s] * x + VP[sigma_s] * n_1),
    (z_t, VP[alpha_ts] * z_s + VP[sigma_ts] * n_2),
    noise=(n_1, n_2),
    data=(x,),
)
DENOISED = sqrt(abar) * z_t - sqrt(1 - abar) * v
of_v = At(PRESERVING.E(z_s, z_t), (x, DENOISED))


class OnV(NamedTuple):
    """A mean that is linear in the latent and v = alpha_t eps - sigma_t x."""

    z: Expr
    v: Expr

    @property
    def mean(self) -> Expr:
        """The mean at (z_t, v)."""
        return self.z * z_t + self.v * v


V = OnV(z=sqrt(alpha), v=-sqrt(abar_s) * (1 - alpha) / sqrt(1 - abar))

mean_v = Claim(
    name="vdm.posterior.mean.v",
    title=(
        "For a variance-preserving process, the posterior mean is sqrt(alpha) z_t - sqrt(alpha-bar_s) beta "
        "v/sqrt(1 - alpha-bar)"
    ),
    kind="equality",
    needs=("vdm.posterior.mean", "vdm.param.v"),
    says=lambda w: Equal(of_v, w.mean),
    answer=V,
    given=(Below(abar_s, Integer(1)), Below(alpha, Integer(1))),
    convenience={
        "alpha < 1": "1 - alpha is the variance of a step; the identity holds as long as abar_s alpha < 1",
        "abar_s < 1": "1 - abar_s is a variance; the identity holds as long as abar_s alpha < 1",
    },
    example={alpha: Rational(9, 25), abar_s: Rational(16, 25), z_t: Integer(1), v: Integer(1)},
    proof=(
        (
            by("x = alpha_t z_t - sigma_t v in Gaussian conditioning", of_v),
            by("substitute in the posterior mean", Q.mean.subs(VP).subs(x, DENOISED), eq="vdm2021 (26)"),
            by("alpha_ts (sigma_s^2 + alpha_s^2 sigma_ts^2) = alpha_ts sigma_t^2", V.mean),
        ),
    ),
    wrong={
        "z_t divided by alpha_ts": Wrong(V._replace(z=1 / sqrt(alpha)), "it is the weight of z_t in the form in eps"),
        "weight of eps": Wrong(
            V._replace(v=-(1 - alpha) / (sqrt(alpha) * sqrt(1 - abar))),
            "v is taken for eps, as by a wrong flag when a model is loaded",
        ),
        "sign of v": Wrong(V._replace(v=-V.v), "v = sigma_t x - alpha_t eps, the other convention"),
        "DDIM's rotation": Wrong(
            OnV(
                sqrt(abar_s * abar) + sqrt(1 - abar_s) * sqrt(1 - abar),
                sqrt(abar) * sqrt(1 - abar_s) - sqrt(abar_s) * sqrt(1 - abar),
            ),
            "the mean of a step that adds no noise",
        ),
    },
)

grad = FORWARD.score(z_t)
mean = FORWARD.E(z_s, z_t)

mean_score = Claim(
    name="vdm.posterior.mean.score",
    title="The posterior mean is (z_t + sigma_ts^2 grad log q(z_t | x))/alpha_ts",
    kind="equality",
    needs=("vdm.posterior.mean", "vdm.param.score"),
    says=lambda m: Equal(mean, m.xreplace({score: grad})),
    answer=(z_t + sigma_ts**2 * score) / alpha_ts,
    example=EXAMPLE | {score: 1},
    convenience={
        "0 < alpha_s": SIGNS["0 < alpha_s"],
        "0 < alpha_ts": "at alpha_ts = 0 the mean is 0/0 as written, and tends to alpha_s x",
        "0 < sigma_s": "at sigma_s = 0 the precision is infinite as written, and the mean tends to alpha_s x",
        "0 < sigma_ts": "at sigma_ts = 0 the precision is infinite as written, and the mean tends to z_t/alpha_ts",
    },
    proof=(
        (
            by("the posterior mean", mean),
            by("the average weighted by precision", pull / precision),
            by(
                "add and subtract z_t/alpha_ts",
                (z_t + sigma_ts**2 * (alpha_t * x - z_t) / sigma2_t) / alpha_ts,
                eq="luo2022 (136)-(141)",
            ),
            by(
                "the score of q(z_t | x) is (alpha_t x - z_t)/sigma_t^2",
                ((z_t + sigma_ts**2 * score) / alpha_ts).xreplace({score: grad}),
                eq="luo2022 (142)",
            ),
        ),
    ),
    wrong={
        "bracket closed early": Wrong(
            (z_t + sigma_ts**2) * score / alpha_ts, "z_t multiplies the score", ("web a public note on VDM",)
        ),
        "score of the marginal, here of N(0, 1) data": Wrong(
            ((z_t + sigma_ts**2 * score) / alpha_ts).subs(score, -z_t / (alpha_t**2 + sigma2_t)),
            "the left side depends on x and the right does not: true only after averaging over x given z_t",
            ("luo2022 (135)-(142)",),
        ),
        "sign of the score": Wrong((z_t - sigma_ts**2 * score) / alpha_ts, "steps away from the data"),
        "sigma_t^2 for sigma_ts^2": Wrong(
            (z_t + sigma2_t * score) / alpha_ts, "jumps to alpha_t x/alpha_ts = alpha_s x: all noise in one step"
        ),
    },
)

CLAIMS = (mean_v, mean_score)
