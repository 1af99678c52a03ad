"""The reconstruction loss of data without levels: a normal decoder about z_0/alpha_0.

It does not depend on the data, and is least where the decoder is as wide as the noise that z_0/alpha_0 has.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, log, pi

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import log_law
from derivations.notation.process import Process
from derivations.notation.values import At
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened
from derivations.symbols import alpha_0, n_0, sigma_0, u, var, x, z_0

ONE = Integer(1)
DRAWN = alpha_0 * x + sigma_0 * n_0
decoder = Normal(z_0 / alpha_0, var)
ENCODED = Process((z_0, DRAWN), noise=(n_0,), data=(x,))
COST = ENCODED.E(-log_law(decoder, x, z_0, name="p"))


class Cost(NamedTuple):
    """The loss for any variance of the decoder, the best variance, and the loss there."""

    any: Expr
    best: Expr
    least: Expr


OWN = sigma_0**2 / alpha_0**2
C = Cost(any=(log(2 * pi * var) + OWN / var) / 2, best=OWN, least=(log(2 * pi * OWN) + 1) / 2)


def says(c: Cost) -> tuple[Equal, Equal, AtMost]:
    return (
        Equal(COST, c.any),
        Equal(At(COST, (var, c.best)), c.least),
        AtMost(At(COST, (var, c.best)), At(COST, (var, c.best / u)), {u: ONE}, only=True),
    )


SAYS = says(C)

continuous = Claim(
    name="likelihood.continuous",
    title=(
        "A normal decoder N(z_0/alpha_0, Sigma) costs (log(2 pi Sigma) + sigma_0^2/(alpha_0^2 Sigma))/2 whatever x, "
        "the least at Sigma = sigma_0^2/alpha_0^2"
    ),
    kind="expectation",
    says=says,
    answer=C,
    example={alpha_0: Rational(4, 5), sigma_0: Rational(3, 5), var: 1, x: 1, u: 2},
    means="one coordinate; several are independent given z_0, and their losses add up",
    convenience={"0 < alpha_0": "alpha_0 and sigma_0 occur as squares"},
    proof=(
        (
            by("-log p(x | z_0), where x - z_0/alpha_0 is -sigma_0 n/alpha_0", opened(SAYS[0].lhs)),
            by("E n^2 = 1", C.any),
        ),
        (
            by("at the variance of z_0/alpha_0", SAYS[1].lhs),
            by("the second part is one half", C.least),
        ),
        (
            by("the loss at this variance", At(COST, (var, C.best))),
            by(
                "at this variance over u it is larger, as u - 1 - log u >= 0",
                At(COST, (var, C.best / u)),
                convex=(u, ONE),
            ),
        ),
    ),
    wrong={
        "the noise's own variance": Wrong(
            C._replace(best=sigma_0**2), "z_0/alpha_0 is wider than z_0, as alpha_0 is below 1"
        ),
        "the normaliser alone": Wrong(
            C._replace(any=log(2 * pi * var) / 2, least=log(2 * pi * OWN) / 2),
            "it is -log p at the mode, half a nat of each coordinate too little",
        ),
        "standard deviation for variance": Wrong(
            C._replace(any=(log(2 * pi * var) + OWN / var**2) / 2, least=(log(2 * pi * OWN) + 1 / OWN) / 2),
            "the square is divided by the variance once",
        ),
        "the square alone": Wrong(
            C._replace(any=OWN / (2 * var), least=Rational(1, 2)),
            "an error in place of a density: a wide decoder would cost nothing",
        ),
    },
    experiment=Experiment(
        process=((z_0, DRAWN),),
        normals=(n_0,),
        checks=(Mean(of=-decoder.log_density(x), value=lambda c: c.any),),
        at={alpha_0: Rational(4, 5), sigma_0: Rational(3, 5), var: 1, x: 1},
        twins=("the normaliser alone", "the square alone"),
    ),
    trust=("the moments of a standard normal: E n = 0, E n^2 = 1",),
)

CLAIMS = (continuous,)
