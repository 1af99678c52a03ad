"""Tweedie's formula for any density of the data: the score of the noisy variable, and the slope of the mean given it.

The density q(z) is the integral of q(x) N(z; alpha x, sigma^2) over x. Differentiated under the integral, log q(z) has
the slope (alpha E[x | z] - z)/sigma^2, and E[x | z] the slope alpha Var(x | z)/sigma^2.
"""

from typing import NamedTuple

from sympy import Expr, Rational, exp, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.gaussian import Normal
from derivations.probability.whole import REGULAR, Whole, line_density
from derivations.symbols import alpha_t, sigma_t, x, z_t

q = line_density("q")
JOINT = q(x) * exp(Normal(alpha_t * x, sigma_t**2).log_density(z_t))
total, first, second = (Whole(x**n * JOINT, x) for n in range(3))
MARGINAL = Quantity("q_t", (z_t,), total)
MEAN = Quantity("m", (z_t,), first / total)
VARIANCE = Quantity("V", (z_t,), second / total - (first / total) ** 2)


class Tweedie(NamedTuple):
    """The score of the noisy variable, and the slope of the mean of the datum given it."""

    score: Expr
    slope: Expr


T = Tweedie(score=(alpha_t * MEAN - z_t) / sigma_t**2, slope=alpha_t * VARIANCE / sigma_t**2)

tweedie = Claim(
    name="score.tweedie",
    title=(
        "The score of z_t is (alpha_t m(z_t) - z_t)/sigma_t^2 with m the mean of x given z_t, whose slope is "
        "alpha_t V(z_t)/sigma_t^2"
    ),
    kind="equality",
    says=lambda t: (Equal(Slope(log(MARGINAL), z_t), t.score), Equal(Slope(MEAN, z_t), t.slope)),
    answer=T,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(T.score).free_symbols, key=str), 1)},
    convenience={
        "0 < q.var": "the variance of the normal density that stands for q where engines need numbers",
        "0 < alpha_t": "at 0 nothing is seen of the datum",
        "0 < sigma_t": "only the square of sigma_t is seen; at 0 there is no density",
    },
    proof=(
        (
            by("the slope of log q_t(z_t)", Slope(log(MARGINAL), z_t)),
            by("under the integral, the kernel's slope is (alpha_t x - z_t)/sigma_t^2 times it", T.score),
        ),
        (by("the slope of the mean", Slope(MEAN, z_t)), by("a quotient of two integrals", T.slope)),
    ),
    trust=(REGULAR,),
    means="for any density of the data on the line with these integrals; looked at for normal ones",
    wrong={
        "sign": Wrong(T._replace(score=-T.score), "the score points away from the data"),
        "alpha forgotten": Wrong(
            T._replace(score=(MEAN - z_t) / sigma_t**2), "the datum is scaled before noise is added"
        ),
        "sigma for its square": Wrong(
            Tweedie(T.score * sigma_t, T.slope * sigma_t), "it is minus the mean of the noise"
        ),
        "the second moment": Wrong(
            T._replace(slope=alpha_t * (VARIANCE + MEAN**2) / sigma_t**2), "the mean is subtracted, squared"
        ),
    },
)

CLAIMS = (tweedie,)
