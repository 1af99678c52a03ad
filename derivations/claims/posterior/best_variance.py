"""The best variance of a reverse step: Var(x_{t-1} | x_t), by the law of total variance.

It is beta-tilde, plus the square of x_0's weight in the posterior mean times Var(x_0 | x_t). For
Gaussian data of variance c it is beta-tilde at c = 0, beta at c = 1, and above beta for c > 1.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, sqrt

from derivations.calculus.ddpm_step import ABAR, BETA, CHAIN, ON_NORMAL_DATA
from derivations.calculus.step import conditioned
from derivations.claims.posterior.ddpm import BETWEEN, P, beta
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import CrossEntropy, LawName
from derivations.notation.quantities import Slope
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.symbols import abar_s, alpha, c, n_0, n_1, n_2, u, var, x_0, x_s, x_t

NOISE = (n_0, n_1, n_2)
ONE = Integer(1)

# DDPM on Gaussian data of variance c
chain_0 = sqrt(c) * n_0
chain_s = sqrt(abar_s) * chain_0 + sqrt(1 - abar_s) * n_1
chain_t = sqrt(alpha) * chain_s + sqrt(beta) * n_2
reverse = conditioned(chain_s, chain_t, x_t, NOISE)
left_of_x = conditioned(chain_0, chain_t, x_t, NOISE)
mean, variance = ON_NORMAL_DATA.E(x_s, x_t), ON_NORMAL_DATA.Var(x_s, x_t)
ENTROPY = CrossEntropy(LawName(mean, variance, "q", x_s, x_t), LawName(mean, var, "p", x_s, x_t))
weight = sqrt(abar_s) * BETA / (1 - ABAR)  # of x_0 in the posterior mean


class Best(NamedTuple):
    """The best reverse variance for Gaussian data, for c = 0 and c = 1, and how far it is above beta."""

    var: Expr
    dirac: Expr
    unit: Expr
    above: Expr


B = Best(
    var=BETA * (abar_s * c + 1 - abar_s) / (ABAR * c + 1 - ABAR),
    dirac=BETA * (1 - abar_s) / (1 - ABAR),
    unit=BETA,
    above=BETA**2 * abar_s * (c - 1) / (ABAR * c + 1 - ABAR),
)

total = ABAR * c + 1 - ABAR
before = abar_s * c + 1 - abar_s

optimal = Claim(
    name="ddpm.variance.optimal",
    title=(
        "On Gaussian data the best reverse variance is beta-tilde plus the variance, given x_t, of x_0 times its "
        "weight; for N(0, 1) data it is beta"
    ),
    kind="equality",
    needs=("ddpm.posterior",),
    says=lambda b: (
        Equal(Slope(ENTROPY, var), (var - b.var) / (2 * var**2)),
        Equal(CHAIN.Var(x_s, x_t) + ON_NORMAL_DATA.Var(weight * x_0, x_t), b.var),
        Equal(At(variance, (c, Integer(0))), b.dirac),
        Equal(At(variance, (c, ONE)), b.unit),
        Equal(variance - BETA, b.above),
        AtMost(At(ENTROPY, (var, b.var)), At(ENTROPY, (var, b.var / u)), {u: ONE}, only=True),
    ),
    answer=B,
    given=BETWEEN,
    example={alpha: Rational(9, 25), abar_s: Rational(16, 25), c: Integer(4), var: ONE, u: Integer(2)},
    convenience={
        "0 < c": "at c = 0, data at one point, the best variance is beta-tilde",
        "0 < abar_s": "at alpha-bar_s = 0, x_s is noise, and all three variances are beta",
        "alpha < 1": "variances occur without roots, so the identities hold beyond it",
        "abar_s < 1": "variances occur without roots, so the identities hold beyond it",
    },
    proof=(
        (
            by("the slope of the cross-entropy in the variance", Slope(ENTROPY, var)),
            by("it is negative below Var(x_s | x_t) and positive above", (var - reverse.var) / (2 * var**2)),
            by("Gaussian conditioning", (var - B.var) / (2 * var**2)),
        ),
        (
            by("the law of total variance", CHAIN.Var(x_s, x_t) + ON_NORMAL_DATA.Var(weight * x_0, x_t)),
            by("the posterior variance, and the variance of a multiple of x_0", P.var + weight**2 * left_of_x.var),
            by("Gaussian conditioning of x_0 on x_t", P.var + weight**2 * c * (1 - ABAR) / total),
            by("over a common denominator", B.var),
        ),
        (
            by("data at one point", At(variance, (c, Integer(0)))),
            by("x_0 is known: the posterior variance", B.dirac, eq="ddpm2020 (7)"),
        ),
        (
            by("data of variance 1", At(variance, (c, ONE))),
            by("Var(x_s) = Var(x_t) = 1, which leaves 1 - alpha = beta", B.unit),
        ),
        (
            by("the distance from beta", variance - BETA),
            by("beta (Var(x_s) - Var(x_t))/Var(x_t)", BETA * (before - total) / total),
            by("Var(x_s) - Var(x_t) = beta abar_s (c - 1): its sign is that of c - 1", B.above),
        ),
        (
            by("the cross-entropy at this variance", At(ENTROPY, (var, B.var))),
            by(
                "at this variance over u it is larger, as u - 1 - log u >= 0",
                At(ENTROPY, (var, B.var / u)),
                convex=(u, ONE),
            ),
        ),
    ),
    wrong={
        "the posterior's variance": Wrong(
            B._replace(var=B.dirac),
            "right only for data at one point; too little noise for any others",
            ("luo2022 text after (85)",),
        ),
        "beta whatever the data": Wrong(
            B._replace(var=BETA, above=Integer(0)),
            "right only for c = 1, and no upper bound where c > 1",
            ("web readers of DDPM's section 3.2 who take beta and beta-tilde for bounds",),
        ),
        "sigma_t = beta_t": Wrong(
            B._replace(unit=BETA**2), "beta is a variance, not a standard deviation", ("web public study notes",)
        ),
        "weight not squared": Wrong(B._replace(var=P.var + weight * left_of_x.var), "not a variance"),
    },
    experiment=Experiment(
        process=(
            (x_0, chain_0),
            (x_s, sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_1),
            (x_t, sqrt(alpha) * x_s + sqrt(1 - alpha) * n_2),
        ),
        normals=NOISE,
        checks=(Residual(of=x_s, law=lambda b: Normal(reverse.mean, b.var), given=(x_t,)),),
        twins=("the posterior's variance", "beta whatever the data"),
    ),
    means="linear-Gaussian model with symbolic data variance",
    trust=("for other data: the law of total variance, averaged over x_t",),
)
CLAIMS = (optimal,)
