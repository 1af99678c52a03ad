"""One coordinate of discrete data given all of z: its own likelihood times its law given the other coordinates.

Coordinates may depend on one another, but each z_i is its own x_i plus independent noise. Hence p(x_i | z) is
proportional to q(z_i | x_i) p(x_i | z_-i), z_-i all other coordinates. The first factor is known; a network need only
learn the second.
"""

from typing import NamedTuple

from sympy import Expr, Piecewise, Rational, S, Symbol, exp, log, tanh

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Chance, Experiment
from derivations.form.statement import Equal
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.places import Likelihood
from derivations.notation.quantities import Log, Quantity
from derivations.probability.opening import opened
from derivations.symbols import (
    alpha_t,
    n_1,
    n_2,
    sigma_t,
    u_0,
    w_aa,
    w_ab,
    w_ba,
    w_bb,
    x_a,
    x_b,
    x_i,
    x_j,
    z_i,
    z_j,
)


def seen(level: Expr, z: Symbol) -> Likelihood:
    """The density q(z | x) of a coordinate."""
    return Likelihood(z, level, alpha_t, sigma_t)


def pair(weight: Expr, level_i: Expr, level_j: Expr) -> Expr:
    """Weight and likelihood of a pair of levels."""
    return weight * seen(level_i, z_i) * seen(level_j, z_j)


A = Quantity("p", (x_a, z_i, z_j), pair(w_aa, x_a, x_a) + pair(w_ab, x_a, x_b))  # x_i = x_a, whatever x_j
B = Quantity("p", (x_b, z_i, z_j), pair(w_ba, x_b, x_a) + pair(w_bb, x_b, x_b))
MEAN = Average(x_i, Outcomes(x_i, (x_a, A), (x_b, B)), z_i, z_j)


class Level(NamedTuple):
    """The logit of level x_i by its own z_i; the log odds of x_a to x_b given z_j alone."""

    own: Expr
    others: Expr


near_a, near_b = seen(x_a, z_j), seen(x_b, z_j)
L = Level(
    own=-(alpha_t**2) / (2 * sigma_t**2) * (z_i / alpha_t - x_i) ** 2,
    others=log((w_aa * near_a + w_ab * near_b) / (w_ba * near_a + w_bb * near_b)),
)


def own(a: Level) -> Expr:
    """The log odds of x_a by its own likelihood."""
    return a.own.subs(x_i, x_a) - a.own.subs(x_i, x_b)


def chance(a: Level) -> Expr:
    """p(x_i = x_a | z), the softmax of both logits."""
    return 1 / (1 + exp(-own(a) - a.others))


def says(a: Level) -> tuple[Equal, Equal, Equal]:
    """The log odds of the two levels; E[x_i | z]; and the logit of any level, to the likeliest place for z_i."""
    return (
        Equal(Log(A) - Log(B), own(a) + a.others),
        Equal(MEAN, x_a * chance(a) + x_b * (1 - chance(a))),
        Equal(Log(seen(x_i, z_i)) - Log(seen(z_i / alpha_t, z_i)), a.own),
    )


SAYS = says(L)
CUTS = [w / (w_aa + w_ab + w_ba + w_bb) for w in (w_aa, w_aa + w_ab, w_aa + w_ab + w_ba)]
PLACE = dict(
    zip(
        (alpha_t, sigma_t, x_a, x_b, w_aa, w_ab, w_ba, w_bb),
        (Rational(4, 5), Rational(3, 5), 1, -1, 16, 1, 1, 8),
        strict=True,
    )
)
IS_A, WEIGHINGS = (x_i - x_b) / (x_a - x_b), (tanh(4 * z_i), tanh(4 * z_j))

level = Claim(
    name="bayes.level",
    title=(
        "For levels of any joint law with independent noise, that of x_i given all latents is its likelihood times "
        "its law given the other latents, normalised"
    ),
    kind="equality",
    needs=("vdm.forward.marginal",),
    says=says,
    answer=L,
    convenience={
        "0 < alpha_t": "the quotient z_i/alpha_t is multiplied by alpha_t again",
    },
    example={**PLACE, x_i: 1, z_i: 1, z_j: -1},
    means="two coordinates of two levels at symbolic places, any joint law; more add further terms to the same sums",
    proof=(
        (
            by("Bayes' rule, summed over x_j", SAYS[0].lhs),
            by(
                "the noises are independent, so q(z_i | x_i) factors out of the sums",
                log(seen(x_a, z_i) / seen(x_b, z_i)) + L.others,
            ),
            by("in terms of the SNR; the normalisers cancel", SAYS[0].rhs),
        ),
        (
            by("the mean of x_i over the four pairs", opened(SAYS[1].lhs)),
            by("the odds are a product of two factors", SAYS[1].rhs),
        ),
        (by("q(z_i | x_i) over its maximum", SAYS[2].lhs), by("in terms of the SNR", L.own)),
    ),
    wrong={
        "the prior of x_i": Wrong(
            L._replace(others=log((w_aa + w_ab) / (w_ba + w_bb))),
            "the information in the other coordinates is not used",
        ),
        "equally likely": Wrong(
            L._replace(others=S.Zero), "each coordinate is denoised alone, as if all levels were equally likely"
        ),
        "own likelihood twice": Wrong(
            L._replace(others=own(L) + L.others), "p(x_i | z) stands for p(x_i | z_-i), so z_i counts twice"
        ),
        "the others' x known": Wrong(
            L._replace(others=log(w_aa / w_ba)), "x_j is rounded to a level, although z_j does not determine it"
        ),
        "no half": Wrong(L._replace(own=2 * L.own), "the logits are too sharp, as if the variance were half as large"),
        "data not scaled": Wrong(
            L._replace(own=-(alpha_t**2) / (2 * sigma_t**2) * (z_i - x_i) ** 2),
            "z_i, not z_i/alpha, is compared with a level",
        ),
        "joint law transposed": Wrong(
            L._replace(others=log((w_aa * near_a + w_ba * near_b) / (w_ab * near_a + w_bb * near_b))),
            "the weight of the pair (b, a) stands for that of (a, b)",
        ),
    },
    experiment=Experiment(
        # a pair, then both z; whether x_i is x_a is counted with a weight by each z in turn
        process=(
            (x_i, Piecewise((x_a, u_0 < CUTS[1]), (x_b, True))),
            (x_j, Piecewise((x_a, u_0 < CUTS[0]), (x_b, u_0 < CUTS[1]), (x_a, u_0 < CUTS[2]), (x_b, True))),
            (z_i, alpha_t * x_i + sigma_t * n_1),
            (z_j, alpha_t * x_j + sigma_t * n_2),
        ),
        normals=(n_1, n_2),
        uniforms=(u_0,),
        at=PLACE,
        checks=tuple(Chance(IS_A, chance, given=(z_i, z_j), weigh=f) for f in WEIGHINGS),
        twins=("the prior of x_i", "own likelihood twice", "no half"),
    ),
)

CLAIMS = (level,)
