"""Adversarial training: the best discriminator at a point, and what a generator is left with.

At a point the discriminator's objective is p log D + q log(1 - D), which rises up to D = p/(p + q) and falls beyond.
With that discriminator the objective is the sum of the divergences of both laws from their mean, less 2 log 2.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.densities import DensityDivergence, DensityMean
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.mass import Mass
from derivations.probability.mean import Excess, Mean

# isort: off
from derivations.symbols import guess as D, p_fake, p_real, x

VALUE = Quantity("V", (D,), p_real * log(D) + p_fake * log(1 - D))
both = p_real + p_fake


class Best(NamedTuple):
    """The discriminator at which the value at a point is greatest, and that value."""

    at: Expr
    value: Expr


B = Best(at=p_real / both, value=p_real * log(p_real / both) + p_fake * log(p_fake / both))

discriminator = Claim(
    name="gan.discriminator",
    title="p_real log(D) + p_fake log(1 - D) is at most its value at D = p_real/(p_fake + p_real)",
    kind="inequality",
    says=lambda b: (
        Equal(Slope(VALUE, D), (b.at - D) * both / (D * (1 - D))),
        AtMost(VALUE, b.value, {D: b.at}),
    ),
    answer=B,
    given=(Below(D, S.One),),
    example={p_real: 2, p_fake: 1, D: Rational(1, 4)},
    proof=(
        (
            by("the slope in D", Slope(VALUE, D)),
            by(
                "over a common denominator: it rises before the best D, and falls beyond",
                (B.at - D) * both / (D * (1 - D)),
            ),
        ),
        (by("the value at a point", VALUE), by("the difference is convex", B.value, convex=(D, B.at))),
    ),
    wrong={
        "fake for real": Wrong(B._replace(at=p_fake / both), "it is the probability of a generated sample"),
        "odds for a probability": Wrong(B._replace(at=p_real / p_fake), "it may exceed 1"),
        "a fair coin": Wrong(Best(S.Half, -both * log(2)), "right only where both densities are equal"),
    },
    means="at a point, for any two values of the densities",
)

FINITE = "for any laws of finitely many values, by rules of expectations; tested on two values"
p, q = Mass("P", x), Mass("Q", x)
middle = (p + q) / 2
OPTIMAL = DensityMean(log(p / (p + q)), (x, p)) + DensityMean(log(q / (p + q)), (x, q))
MORE = Mean(Excess(middle / p), (x, p)) + Mean(Excess(middle / q), (x, q))


class Shannon(NamedTuple):
    """The divergences from the mean density, and the least value."""

    divergences: Expr
    least: Expr


G = Shannon(divergences=DensityDivergence(x, p, middle) + DensityDivergence(x, q, middle), least=-2 * log(2))

value = Claim(
    name="gan.value",
    title=(
        "The value of a GAN at its best discriminator is at least -2 log(2), which the divergences from "
        "the mean law are added to"
    ),
    kind="inequality",
    needs=("gan.discriminator", "log.tangent"),
    says=lambda g: (Equal(OPTIMAL, g.divergences + g.least), AtMost(g.least, OPTIMAL, {p: q})),
    answer=G,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(OPTIMAL.free_symbols, key=str), 1)},
    means=FINITE,
    proof=(
        (
            by("the means of log D over data and of log(1 - D) over samples", OPTIMAL),
            by("each logarithm takes a factor 2", G.divergences + G.least),
        ),
        (
            by("the least", G.least),
            by("add E[u - 1 - log u], at u = (p + q)/(2 p) over p, and (p + q)/(2 q) over q", OPTIMAL, more=MORE),
        ),
    ),
    wrong={
        "one log 2": Wrong(G._replace(least=-log(2)), "each of the two means has one"),
        "from each other": Wrong(
            G._replace(divergences=DensityDivergence(x, p, q) + DensityDivergence(x, q, p)),
            "these are without bound where one density is next to 0, and the value is not",
        ),
        "zero": Wrong(G._replace(least=S.Zero), "a discriminator that can't tell says 1/2, whose logarithm is not 0"),
    },
)

CLAIMS = (discriminator, value)
