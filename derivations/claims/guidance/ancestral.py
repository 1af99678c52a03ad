"""An ancestral step under guidance: two published samplers, of which one is Bayes' rule.

A guided denoiser replaces x-hat in the posterior, and shifts its mean by alpha_s c times the shift of x-hat.
Dhariwal and Nichol's algorithm 1 tilts the reverse step itself, which shifts its mean by its variance times grad.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S

from derivations.calculus.step import FORWARD, alpha_t, given_t, sigma2_t
from derivations.claims.guidance.classifier import CLASSIFIER, MARGINAL, data, tilted_score
from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.form.statement import Equal
from derivations.notation.modes import Mode
from derivations.notation.named import unnamed
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.symbols import (
    alpha_s,
    alpha_ts,
    c,
    grad,
    n_0,
    n_1,
    n_2,
    n_3,
    scale,
    score_u,
    sigma_s,
    sigma_ts,
    tau_y,
    x,
    y,
    z_s,
    z_t,
)

# Any density and classifier: x-hat by the guided score, and by the plain one, in the posterior mean
guided = tilted_score(MARGINAL) + scale * tilted_score(CLASSIFIER)
x_hat = Quantity("x_hat", (), (z_t + sigma2_t * score_u) / alpha_t)
x_tilde = Quantity("x_tilde", (), (z_t + sigma2_t * guided) / alpha_t)
mean = FORWARD.E(z_s, z_t)
moved = At(mean, (x, x_tilde)) - At(mean, (x, x_hat))
plain_step = Normal(mean, FORWARD.Var(z_s, z_t))
TILT = Weighed(plain_step, scale * grad * z_s, on=(z_t, y), names=("p", "p"))  # algorithm 1
by_algorithm = Mode(FORWARD.log_q(z_s, z_t) + scale * grad * z_s, z_s) - mean

# A label y of Gaussian data: what it says of z_s beside z_t
NOISE = (n_0, n_1, n_2, n_3)
LABELLED = Process(
    (x, data),
    (z_s, alpha_s * x + sigma_s * n_1),
    (z_t, alpha_ts * z_s + sigma_ts * n_2),
    (y, x + tau_y * n_3),
    noise=NOISE,
)
by_label = LABELLED.E(z_s, z_t, y) - LABELLED.E(z_s, z_t)
label_grad = Slope(LABELLED.log_q(y, z_t), z_t)


class Push(NamedTuple):
    """The shift of the mean under a guided denoiser, and by algorithm 1 with the posterior variance; their ratio."""

    denoiser: Expr
    algorithm: Expr
    ratio: Expr

    @property
    def exact(self) -> Expr:
        """The first, by the label's own slope and at scale 1."""
        return self.denoiser.subs({scale: S.One, grad: label_grad})


K = Push(
    denoiser=scale * sigma_ts**2 / alpha_ts * grad,
    algorithm=scale * sigma_ts**2 * sigma_s**2 / sigma2_t * grad,
    ratio=alpha_t * sigma_s**2 / (alpha_s * sigma2_t),
)

(TILTED,) = plain(Law(z_s, unnamed(TILT), Normal(given_t.mean + K.algorithm, given_t.var)))

ancestral = Claim(
    name="guidance.ancestral",
    title=(
        "A guided x-hat shifts the posterior mean by scale sigma_ts^2 grad/alpha_ts, algorithm 1 by scale grad "
        "times the posterior variance"
    ),
    kind="law",
    needs=("guidance.shift", "guidance.eps", "vdm.posterior.mean", "vdm.posterior.variance"),
    says=lambda a: (
        Equal(moved, a.denoiser),
        Law(z_s, TILT, Normal(mean + a.algorithm, plain_step.var)),
        Equal(by_algorithm, a.ratio * moved),
        Equal(by_label, a.exact),
    ),
    answer=K,
    example={
        alpha_s: 2,
        sigma_s: 1,
        alpha_ts: 2,
        sigma_ts: 1,
        c: 1,
        tau_y: 1,
        z_t: 1,
        z_s: 1,
        x: 1,
        y: 1,
        score_u: 1,
        grad: 1,
        scale: 1,
    },
    convenience={
        "0 < alpha_s": "x-hat is divided by alpha_s, and the step multiplies by it again",
        "0 < sigma_ts": "at sigma_ts = 0 there is no step, and no shift",
        "0 < c": "at c = 0, x is known, and the label carries no information",
        "0 < tau_y": "at tau_y = 0, the label is x itself",
    },
    proof=(
        (
            by("the posterior mean at the guided x-hat minus that at x-hat", moved),
            by("alpha_s c sigma_t^2/alpha_t = sigma_ts^2/alpha_ts", K.denoiser),
        ),
        (
            by(
                "the slope of log N(mu, Sigma) + scale grad z_s",
                TILTED.lhs,
            ),
            by(
                "the slope for a normal whose mean is shifted by scale Sigma grad",
                TILTED.rhs,
                eq="dhariwal2021 Algorithm 1",
            ),
        ),
        (by("the shift scale Sigma grad", by_algorithm), by("Sigma = ratio sigma_ts^2/alpha_ts", K.ratio * moved)),
        (
            by("E[z_s | z_t, y] - E[z_s | z_t], by Gaussian conditioning", by_label),
            by("sigma_ts^2/alpha_ts times the slope of log q(y | z_t)", K.exact),
        ),
    ),
    wrong={
        "algorithm 1's variance for a guided denoiser": Wrong(
            K._replace(denoiser=K.algorithm),
            "guidance is scaled by alpha_ts sigma_s^2/sigma_t^2, which is 0 in the last step, where sigma_s = 0",
        ),
        "the guided denoiser's for algorithm 1": Wrong(
            K._replace(algorithm=K.denoiser), "scale gets another meaning, and a tuned value does not carry over"
        ),
        "one sampler": Wrong(K._replace(ratio=S.One), "the two agree only for short steps"),
        "variance of the forward step": Wrong(
            K._replace(denoiser=scale * sigma_ts**2 * grad),
            "it is algorithm 1 with DDPM's other variance, without 1/alpha_ts",
        ),
        "x-hat's shift times alpha_s": Wrong(
            K._replace(denoiser=alpha_s * scale * sigma2_t / alpha_t * grad),
            "the weight of x-hat is alpha_s c: without c short steps are shifted as much as long ones",
        ),
    },
    experiment=Experiment(
        process=(
            (x, data),
            (z_s, alpha_s * x + sigma_s * n_1),
            (z_t, alpha_ts * z_s + sigma_ts * n_2),
            (y, x + tau_y * n_3),
        ),
        normals=NOISE,
        at={alpha_s: 2, sigma_s: 1, alpha_ts: 2, sigma_ts: 8, c: 1, tau_y: Rational(1, 2), scale: 1},
        checks=(
            Residual(
                of=z_s,
                law=lambda a: Normal(LABELLED.law(z_s, z_t).mean + unnamed(a.exact), LABELLED.law(z_s, z_t, y).var),
                given=(z_t, y),
            ),
        ),
        twins=(
            "algorithm 1's variance for a guided denoiser",
            "variance of the forward step",
            "x-hat's shift times alpha_s",
        ),
    ),
    means="pointwise, for any density and classifier; exact for a joint normal of symbolic variances",
)

CLAIMS = (ancestral,)
