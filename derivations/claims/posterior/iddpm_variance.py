"""Improved DDPM's learned variance: between that of the posterior and that of the forward step, on a log scale."""

from typing import NamedTuple

from sympy import Expr, exp, log

from derivations.calculus.ddpm_step import ABAR, BETA, CHAIN
from derivations.claims.posterior.ddpm import BETWEEN, EXAMPLE
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import abar_s, w, x_s, x_t

STEP, POSTERIOR = CHAIN.Var(x_t, x_s), CHAIN.Var(x_s, x_t)
LEAST = (1 - abar_s) / (1 - ABAR) * BETA  # beta-tilde
RATIO = (1 - ABAR) / (1 - abar_s)  # beta over beta-tilde


class Between(NamedTuple):
    """The variance as it is printed, and its factor on the posterior's."""

    var: Expr
    factor: Expr


A = Between(var=exp(w * log(BETA) + (1 - w) * log(LEAST)), factor=RATIO**w)
between = Quantity("Sigma_theta", (x_t,), exp(w * log(STEP) + (1 - w) * log(POSTERIOR)))

variance = Claim(
    name="iddpm.variance",
    title="Improved DDPM's variance exp(v log beta + (1 - v) log beta-tilde) is beta-tilde (beta/beta-tilde)^v",
    kind="equality",
    needs=("ddpm.posterior",),
    says=lambda a: (
        Equal(between, a.var),
        Equal(between, POSTERIOR * a.factor),
    ),
    answer=A,
    given=BETWEEN,
    example=EXAMPLE | {w: 1},
    convenience={
        "0 < w": "v = 0 is the posterior's variance; the network's v is between 0 and 1",
        "alpha < 1": "beyond it there is no step, but the logarithms are the same",
        "0 < alpha": "at alpha = 0 the step keeps nothing, and both variances are 1",
        "0 < abar_s": "at abar_s = 0 nothing is left of the data, and both variances are beta",
    },
    proof=(
        (
            by("of the variances of the forward step and of the posterior", between),
            by("beta and beta-tilde", A.var, eq="iddpm2021 (15)"),
        ),
        (
            by("of the variances of the forward step and of the posterior", between),
            by("beta-tilde is a common factor", POSTERIOR * A.factor),
        ),
    ),
    wrong={
        "the two ends swapped": Wrong(
            Between(exp(w * log(LEAST) + (1 - w) * log(BETA)), RATIO ** (1 - w)),
            "v = 1 gives beta-tilde, where the paper has beta",
        ),
        "linear in the variances": Wrong(
            Between(w * BETA + (1 - w) * LEAST, w * RATIO + 1 - w),
            "the interpolation is of logarithms: at the first steps the two ends differ by orders of magnitude",
        ),
        "no exponential": Wrong(
            A._replace(var=w * log(BETA) + (1 - w) * log(LEAST)), "the logarithm stands for the variance"
        ),
        "half of the logarithm": Wrong(
            A._replace(var=exp((w * log(BETA) + (1 - w) * log(LEAST)) / 2)),
            "it is the standard deviation, not the variance",
        ),
    },
)

CLAIMS = (variance,)
