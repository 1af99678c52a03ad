"""The cost of a reverse variance in DDPM: the mean divergence of a step with the best mean and any isotropic variance.

With Sigma* = beta-tilde + (weight of x_0)^2 Var(x_0 | x_t) it is at least log(Sigma*/beta-tilde)/2, reached at
Sigma = Sigma*, and larger by (u - 1 - log u)/2 at u = Sigma*/Sigma.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, log, sqrt

from derivations.calculus.ddpm_step import AT
from derivations.calculus.divergence import log_ratio
from derivations.claims.posterior.best_variance import NOISE, B, chain_0, chain_s, chain_t, left_of_x, reverse, weight
from derivations.claims.posterior.ddpm import BETWEEN, P
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.losses import LawOf
from derivations.notation.moments import ConditionalMean
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened
from derivations.symbols import abar_s, alpha, c, n_0, n_1, n_2, n_3, u, var, x_0, x_s, x_t

known = P  # q(x_s | x_t, x_0)
model = Normal(reverse.mean, var)
beta_t = Quantity("beta_t", (), 1 - alpha)
STEP = (x_t, sqrt(alpha) * x_s + sqrt(beta_t) * n_2)
FORWARD = Process((x_s, sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_1), STEP, noise=(n_1, n_2), data=(x_0,), phrase=AT)
CHAIN = Process(
    (x_0, sqrt(c) * n_0), (x_s, sqrt(abar_s) * x_0 + sqrt(1 - abar_s) * n_1), STEP, noise=NOISE, phrase=AT
)  # Gaussian data
total_variance = FORWARD.Var(x_s, x_t) + Quantity("w_0", (), weight) ** 2 * CHAIN.Var(x_0, x_t)


def cost(variance: Expr, name: str = "p") -> ConditionalMean:
    """E KL(q(x_s | x_t, x_0) || p(x_s | x_t)), where p(x_s | x_t) is N(E[x_s | x_t], variance)."""
    p = LawName(CHAIN.E(x_s, x_t), variance, name, x_s, x_t)
    return CHAIN.E(Divergence(LawOf(FORWARD, x_s, x_t), p, n_3))


class Cost(NamedTuple):
    """The best variance, the loss there, and what another variance adds."""

    best: Expr
    least: Expr
    more: Expr


def added(ratio: Expr) -> Expr:
    """Return the excess loss at Sigma = best/ratio."""
    return (ratio - 1 - log(ratio)) / 2


BEST, TILDE = Quantity("Sigma_best", (), B.var), Quantity("beta_tilde", (), P.var)
C = Cost(best=B.var, least=log(BEST / TILDE) / 2, more=added(BEST / var))

COST_U = cost(BEST / u, "p_u")

loss = Claim(
    name="ddpm.variance.loss",
    title=(
        "On Gaussian data, DDPM steps cost log(Sigma_best/beta-tilde)/2 at the best variance Sigma_best, and more "
        "at any other"
    ),
    kind="expectation",
    needs=("ddpm.variance.optimal", "kl.gauss"),
    says=lambda a: (
        Equal(total_variance, a.best),
        Equal(cost(var), a.least + a.more),
        AtMost(a.least, COST_U, {u: Integer(1)}, only=True),
    ),
    answer=C,
    given=BETWEEN,
    example={alpha: Rational(9, 25), abar_s: Rational(16, 25), c: Integer(4), var: Integer(1), u: Integer(2)},
    convenience={
        "0 < c": "at c = 0, data at one point, beta-tilde is best, and costs nothing",
        "0 < abar_s": "at alpha-bar_s = 0, x_s is noise",
    },
    means="linear-Gaussian model with symbolic data variance; one coordinate of an isotropic variance",
    proof=(
        (by("the law of total variance", total_variance), by("ddpm.variance.optimal", C.best)),
        (
            by("the mean KL; the means differ by the weight of x_0 times x_0 - E[x_0 | x_t]", opened(cost(var))),
            by(
                "beta-tilde + (weight)^2 Var(x_0 | x_t) is the best variance",
                (log(var / P.var) - 1 + B.var / var) / 2,
                eq="ddpm2020 (8)",
            ),
            by("split log(Sigma/beta-tilde) at the best variance", C.least + C.more),
        ),
        (
            by("the loss at the best variance", C.least),
            by("(u - 1 - log u)/2 is convex, and 0 at u = 1", opened(COST_U), convex=(u, Integer(1))),
        ),
    ),
    wrong={
        "beta-tilde costs nothing": Wrong(
            C._replace(best=P.var, least=0 * c),
            "true only for data at one point; otherwise the divergence is of order beta^2",
        ),
        "ratio inverted": Wrong(
            C._replace(more=added(var / B.var)), "it is KL(p || q), by which too wide is cheaper than too narrow"
        ),
        "no half": Wrong(C._replace(least=2 * C.least, more=2 * C.more), "it is twice the loss"),
        "weight not squared": Wrong(C._replace(best=P.var + weight * left_of_x.var), "it is not a variance"),
    },
    experiment=Experiment(
        process=((x_0, chain_0), (x_s, chain_s), (x_t, chain_t)),
        normals=NOISE,
        # log q(x_s | x_t, x_0)/p(x_s | x_t) on a path
        checks=(Mean(log_ratio(known, model, x_s), lambda a: a.least + a.more),),
        at={alpha: Rational(9, 25), abar_s: Rational(16, 25), c: Integer(4), var: Rational(7, 20)},
        twins=("no half", "beta-tilde costs nothing"),
        size=220_000,
    ),
)

CLAIMS = (loss,)
