"""What guided sampling would sample at one noise level, for a Gaussian label: p(z) p(y | z)^(1 + w), by rejection.

A sample of p(z) is kept with chance p(y | z)^(1 + w), over its largest value; what is kept has the guided score.
"""

from typing import NamedTuple

from sympy import Expr, diff, exp, log, sqrt

from derivations.calculus.step import conditioned
from derivations.claims.guidance.free import HO, LUO
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Weighed
from derivations.form.statement import Below, Equal
from derivations.probability.gaussian import Normal, law
from derivations.symbols import (
    c,
    n_0,
    n_1,
    r,
    tau,
    u_0,
    w,
    y,
    z_t,
)

# A label of Gaussian data, seen at z itself: z ~ N(0, c), y = z + tau n; guided with weight w
made, label = sqrt(c) * n_0, sqrt(c) * n_0 + tau * n_1
cond_score = diff(conditioned(made, label, y, (n_0, n_1)).log_density(z_t), z_t)
plain_score = diff(law(made, (n_0, n_1)).log_density(z_t), z_t)
kept = exp(-(1 + w) * (y - z_t) ** 2 / (2 * tau**2))  # p(y | z)^(1 + w), over its largest value


class Tilt(NamedTuple):
    """The law whose score is the guided one; how far its mean is past that of p(z | y), and its variance below."""

    mean: Expr
    var: Expr
    past: Expr
    below: Expr

    @property
    def law(self) -> Normal:
        return Normal(self.mean, self.var)


total = (tau**2 + c) * (tau**2 + (1 + w) * c)
K = Tilt(
    mean=(1 + w) * c * y / (tau**2 + (1 + w) * c),
    var=c * tau**2 / (tau**2 + (1 + w) * c),
    past=w * c * tau**2 * y / total,
    below=w * c**2 * tau**2 / total,
)
cond = conditioned(made, label, y, (n_0, n_1))  # p(z | y)

tilt = Claim(
    name="cfg.tilt",
    title="Gaussian label: the guided score is that of p(z) p(y|z)^(1+w), narrower than p(z|y) and past its mean",
    kind="law",
    needs=("cfg.eps",),
    says=lambda a: (
        Equal((1 + w) * cond_score - w * plain_score, diff(a.law.log_density(z_t), z_t)),
        Law(z_t, Weighed(law(made, (n_0, n_1)), log(kept)), a.law),
        Equal(cond.mean + a.past, a.mean),
        Equal(cond.var - a.below, a.var),
        Below(cond.mean.subs(y, r), a.mean.subs(y, r)),  # for a label above 0; for one below, mirrored
        Below(a.var, cond.var),
    ),
    answer=K,
    example={c: 1, tau: 1, w: 1, y: 2, r: 2, z_t: 1},
    convenience={
        "0 < w": "at w = 0 it is the conditional law",
        "0 < tau": "only its square is used",
    },
    proof=(
        (
            by("the guided score", (1 + w) * cond_score - w * plain_score, eq="Ho-Salimans (6)"),
            by("of a normal law: precision 1/c + (1 + w)/tau^2", diff(K.law.log_density(z_t), z_t)),
        ),
        (
            by("the slope of log p(z) p(y|z)^(1+w)", plain_score + diff(log(kept), z_t)),
            by("of a normal law: precision 1/c + (1 + w)/tau^2", diff(K.law.log_density(z_t), z_t)),
        ),
        (by("the mean of p(z|y), and more of y's sign", cond.mean + K.past), by("over one denominator", K.mean)),
        (by("the variance of p(z|y), less a positive number", cond.var - K.below), by("the same", K.var)),
        (
            by("the mean of p(z|y), of a label y > 0", cond.mean.subs(y, r)),
            by("a positive number more", K.mean.subs(y, r), more=K.past.subs(y, r)),
        ),
        (by("the variance", K.var), by("a positive number more", cond.var, more=K.below)),
    ),
    wrong={
        "the conditional law": Wrong(
            Tilt(cond.mean, cond.var, 0 * c, 0 * c),
            "the tilt under the conditional's name: true at w = 0",
            ("Luo (166)",),
        ),
        "w for 1 + w": Wrong(
            K._replace(mean=w * c * y / (tau**2 + w * c), var=c * tau**2 / (tau**2 + w * c)),
            "the conventions mixed",
            ("diffusers #5882",),
        ),
        "the variance of the conditional law": Wrong(
            K._replace(var=c * tau**2 / (tau**2 + c)), "guidance loses diversity, not just the mean"
        ),
        "mean extrapolated": Wrong(
            K._replace(mean=(1 + w) * c * y / (tau**2 + c)), "the means don't extrapolate as the scores do"
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
    sources=(HO, LUO),
)

CLAIMS = (tilt,)
