"""Improved DDPM's learned variance stays between the two that DDPM chooses from: beta-tilde below, beta above."""

from typing import NamedTuple

from sympy import Expr, S, exp, log

from derivations.calculus.ddpm_step import BETA
from derivations.claims.posterior.ddpm import BETWEEN, EXAMPLE
from derivations.claims.posterior.iddpm_variance import LEAST, RATIO, between
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import AtMost
from derivations.symbols import v_mix


class Range(NamedTuple):
    """The least and the largest variance that the network can choose."""

    least: Expr
    most: Expr


A = Range(least=LEAST, most=BETA)

bounds = Claim(
    name="iddpm.variance.bounds",
    title="For v_mix between 0 and 1 Improved DDPM's variance is at least beta-tilde and at most beta",
    kind="inequality",
    needs=("iddpm.variance",),
    says=lambda a: (
        AtMost(a.least, between, {v_mix: S.Zero}),
        AtMost(between, a.most, {v_mix: S.One}),
    ),
    answer=A,
    given=(*BETWEEN, Below(v_mix, S.One)),
    example={v: e for v, e in EXAMPLE.items() if v.is_positive} | {v_mix: S.Half},
    convenience={
        "0 < alpha": "at alpha = 0 the step keeps nothing, and beta is 1",
        "alpha < 1": "beyond it there is no step, and both variances are negative",
    },
    proof=(
        (
            by("the posterior's variance", A.least),
            by(
                "its factor (beta/beta-tilde)^v is at least 1",
                LEAST * RATIO**v_mix,
                more=LEAST * (exp(v_mix * log(RATIO)) - 1),
            ),
            by("iddpm.variance", between),
        ),
        (
            by("iddpm.variance", between),
            by("beta-tilde has a share of the logarithm", LEAST * RATIO**v_mix),
            by(
                "the factor (beta/beta-tilde)^(1 - v) is at least 1",
                A.most,
                more=BETA * (1 - exp((v_mix - 1) * log(RATIO))),
            ),
        ),
    ),
    wrong={
        "the ends exchanged": Wrong(Range(BETA, LEAST), "beta is the larger: conditioning on x_0 takes variance away"),
        "the arithmetic mean above": Wrong(
            A._replace(most=(BETA + LEAST) / 2), "right for v <= 1/2 alone, by the mean of logarithms"
        ),
        "the harmonic mean below": Wrong(
            A._replace(least=2 * BETA * LEAST / (BETA + LEAST)), "at v = 0 the variance is the smaller of the two"
        ),
    },
)

CLAIMS = (bounds,)
