"""The law with the guided score at one noise level, for a Gaussian label: p(z) p(y | z)^(1 + w), by rejection.

A sample of p(z) is kept with probability p(y | z)^(1 + w) over its largest value; kept samples have the guided score.
"""

from typing import NamedTuple

from sympy import Expr, diff, exp, log, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.form.statement import Below, Equal
from derivations.notation.modes import InverseCurvature
from derivations.notation.process import Process
from derivations.notation.quantities import Slope
from derivations.notation.values import At
from derivations.probability.gaussian import Normal, law
from derivations.symbols import (
    c,
    n_0,
    n_1,
    tau_y,
    u_0,
    w,
    y,
    y_pos,
    z_t,
)

# A label of Gaussian data, seen at z itself: z ~ N(0, c), y = z + tau_y n; guided with weight w
made = sqrt(c) * n_0
SEEN = Process((z_t, made), (y, z_t + tau_y * n_1), noise=(n_0, n_1))
guided = (1 + w) * SEEN.log_q(z_t, y) - w * SEEN.log_q(z_t)  # log p(z | y)^(1 + w) p(z)^-w
guided_score, guided_var = Slope(guided, z_t), InverseCurvature(guided, z_t)
plain_score = SEEN.score(z_t)
kept = exp(-(1 + w) * (y - z_t) ** 2 / (2 * tau_y**2))  # p(y | z)^(1 + w), over its largest value


class Tilt(NamedTuple):
    """The law whose score is the guided one; how far its mean is past that of p(z | y), and its variance below."""

    mean: Expr
    var: Expr
    past: Expr
    below: Expr

    @property
    def law(self) -> Normal:
        return Normal(self.mean, self.var)


total = (tau_y**2 + c) * (tau_y**2 + (1 + w) * c)
K = Tilt(
    mean=(1 + w) * c * y / (tau_y**2 + (1 + w) * c),
    var=c * tau_y**2 / (tau_y**2 + (1 + w) * c),
    past=w * c * tau_y**2 * y / total,
    below=w * c**2 * tau_y**2 / total,
)
cond_mean, cond_var = SEEN.E(z_t, y), SEEN.Var(z_t, y)  # of p(z | y)
positive_label = At(cond_mean, (y, y_pos))  # a label above 0; for one below, mirrored

tilt = Claim(
    name="cfg.tilt",
    title=(
        "For a Gaussian label, the guided score is that of the law times the classifier to the power 1 + w, "
        "narrower than q(z_t | y) and past its mean"
    ),
    kind="law",
    needs=("cfg.eps",),
    says=lambda a: (
        Equal(guided_score, diff(a.law.log_density(z_t), z_t)),
        Law(z_t, Weighed(law(made, (n_0, n_1)), log(kept), on=(y,), names=("q_w", "q")), a.law),
        Equal(cond_mean, a.mean - a.past),
        Equal(cond_var, a.var + a.below),
        Below(positive_label, a.mean.subs(y, y_pos)),
        Below(guided_var, cond_var),
    ),
    answer=K,
    example={c: 1, tau_y: 1, w: 1, y: 2, y_pos: 2, z_t: 1},
    convenience={
        "0 < w": "at w = 0 it is the conditional law",
        "0 < tau_y": "only its square occurs",
    },
    proof=(
        (
            by("the guided score", guided_score, eq="cfg2022 (6)"),
            by("the score of a normal law of precision 1/c + (1 + w)/tau_y^2", diff(K.law.log_density(z_t), z_t)),
        ),
        (
            by("the slope of log p(z) p(y|z)^(1+w)", plain_score + diff(log(kept), z_t)),
            by("the score of a normal law of precision 1/c + (1 + w)/tau_y^2", diff(K.law.log_density(z_t), z_t)),
        ),
        (by("the mean of p(z|y)", cond_mean), by("the guided mean minus a multiple of y", K.mean - K.past)),
        (by("the variance of p(z|y)", cond_var), by("the guided variance plus a positive number", K.var + K.below)),
        (
            by("the mean of p(z|y) at a label y > 0", positive_label),
            by("add a positive number", K.mean.subs(y, y_pos), more=K.past.subs(y, y_pos)),
        ),
        (
            by("the inverse of the guided precision", guided_var),
            by("the precision is 1/c + (1 + w)/tau_y^2", K.var),
            by("add a positive number", cond_var, more=K.below),
        ),
    ),
    wrong={
        "the conditional law": Wrong(
            Tilt(cond_mean, cond_var, 0 * c, 0 * c),
            "the tilted law is taken for the conditional one, which is right only at w = 0",
            ("luo2022 (166), (168)-(170)",),
        ),
        "w for 1 + w": Wrong(
            K._replace(mean=w * c * y / (tau_y**2 + w * c), var=c * tau_y**2 / (tau_y**2 + w * c)),
            "the two conventions are mixed",
            ("diffusers #5882",),
        ),
        "the variance of the conditional law": Wrong(
            K._replace(var=c * tau_y**2 / (tau_y**2 + c)), "guidance also reduces the variance"
        ),
        "mean extrapolated": Wrong(
            K._replace(mean=(1 + w) * c * y / (tau_y**2 + c)), "means are not extrapolated as scores are"
        ),
    },
    experiment=Experiment(  # z from p(z), kept with the chance p(y|z)^(1+w), up to a factor: some 15 in 100 are
        process=((z_t, sqrt(c) * n_0),),
        normals=(n_0,),
        uniforms=(u_0,),
        checks=(Residual(of=z_t, law=lambda a: a.law, where=kept - u_0),),
        size=200_000,
        twins=("the conditional law", "w for 1 + w", "mean extrapolated"),
    ),
    means="a joint normal of symbolic variances",
)

CLAIMS = (tilt,)
