"""Improved DDPM's learned variance: between that of the posterior and that of the forward step, on a log scale."""

from typing import NamedTuple

from sympy import Expr, exp, log

from derivations.calculus.ddpm_step import ABAR, BETA, CHAIN
from derivations.claims.posterior.ddpm import BETWEEN, EXAMPLE
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity
from derivations.symbols import abar_s, v_mix, x_s, x_t

STEP, POSTERIOR = CHAIN.Var(x_t, x_s), CHAIN.Var(x_s, x_t)
LEAST = (1 - abar_s) / (1 - ABAR) * BETA  # beta-tilde
RATIO = (1 - ABAR) / (1 - abar_s)  # beta over beta-tilde


class Between(NamedTuple):
    """The variance as it is printed, and its factor on the posterior's."""

    var: Expr
    factor: Expr


A = Between(var=exp(v_mix * log(BETA) + (1 - v_mix) * log(LEAST)), factor=RATIO**v_mix)
between = Quantity("Sigma_theta", (x_t,), exp(v_mix * log(STEP) + (1 - v_mix) * log(POSTERIOR)))

variance = Claim(
    name="iddpm.variance",
    title="Improved DDPM's exp(v_mix log beta + (1 - v_mix) log beta-tilde) is beta-tilde (beta/beta-tilde)^v_mix",
    kind="equality",
    needs=("ddpm.posterior",),
    says=lambda a: (
        Equal(between, a.var),
        Equal(between, POSTERIOR * a.factor),
    ),
    answer=A,
    given=BETWEEN,
    example=EXAMPLE | {v_mix: 1},
    convenience={
        "0 < v_mix": "v = 0 is the posterior's variance; the network's v is between 0 and 1",
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
            Between(exp(v_mix * log(LEAST) + (1 - v_mix) * log(BETA)), RATIO ** (1 - v_mix)),
            "v = 1 gives beta-tilde, where the paper has beta",
        ),
        "linear in the variances": Wrong(
            Between(v_mix * BETA + (1 - v_mix) * LEAST, v_mix * RATIO + 1 - v_mix),
            "the interpolation is of logarithms: at the first steps the two ends differ by orders of magnitude",
            ("diffusers #2090",),
        ),
        "no exponential": Wrong(
            A._replace(var=v_mix * log(BETA) + (1 - v_mix) * log(LEAST)), "the logarithm stands for the variance"
        ),
        "half of the logarithm": Wrong(
            A._replace(var=exp((v_mix * log(BETA) + (1 - v_mix) * log(LEAST)) / 2)),
            "it is the standard deviation, not the variance",
        ),
    },
)

CLAIMS = (variance,)
