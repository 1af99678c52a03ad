"""What a score shows of a density given by its energy, and of a mixture.

A density exp(-f)/Z has the score -f', and ratios of it are free of Z, for any smooth energy f. The score of a mixture
is the mean of the components' scores, each weighed by what it has of the density at the point.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, Symbol, diff, exp, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.named import unnamed
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.values import At
from derivations.probability.smooth import smooth, smooth_positive

# isort: off
from derivations.symbols import share_1, share_2, elsewhere, h, normaliser as Z, x


def numbered(e: Expr) -> dict[Symbol, Rational]:
    """Return a point: small numbers for the symbols of an expression, in their order."""
    return {v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(e).free_symbols, key=str), 1)}


f = smooth("f")
DENSITY = exp(-f(x)) / Z
LOG = Quantity("log p", (x,), log(exp(-f(x)) / Z))


class Energy(NamedTuple):
    """The score of a density by its energy, and by how much its logarithm is greater at x than elsewhere."""

    score: Expr
    higher: Expr


A = Energy(score=-diff(f(x), x), higher=f(elsewhere) - f(x))

score = Claim(
    name="energy.score",
    title="The score of a density exp(-f(x))/Z, for any f and Z, is minus the slope of f",
    kind="limit",
    says=lambda a: (Equal(LOG - At(LOG, (x, elsewhere)), a.higher), Tends((At(LOG, (x, x + h)) - LOG) / h, h, a.score)),
    answer=A,
    example=numbered(LOG - At(LOG, (x, elsewhere))) | {h: Rational(1, 2)},
    convenience={"0 < Z": "a density is positive; for Z < 0 its logarithm is that of no density"},
    proof=(
        (
            by("the difference of the logarithms of the density", LOG - At(LOG, (x, elsewhere))),
            by("each is minus an energy, less log Z, which cancels", A.higher),
        ),
        (
            by("how fast the logarithm rises", (At(LOG, (x, x + h)) - LOG) / h, eq="luo2022 (153)"),
            by("a sum of logarithms, of which that of Z does not change", -(f(x + h) - f(x)) / h, eq="luo2022 (154)"),
            by("the slope of the energy", A.score, eq="luo2022 (155)"),
        ),
    ),
    wrong={
        "sign": Wrong(Energy(-A.score, -A.higher), "a high energy would be likely"),
        "the slope of the density": Wrong(
            A._replace(score=A.score * DENSITY), "its logarithm is left out, and Z stays"
        ),
        "log Z kept": Wrong(A._replace(score=A.score - log(Z)), "log Z is subtracted from log p, but has no slope"),
        "a ratio of energies": Wrong(A._replace(higher=f(elsewhere) / f(x)), "logarithms of densities are subtracted"),
    },
    means="pointwise, for any smooth energy",
)

p_1, p_2 = smooth_positive("p_1"), smooth_positive("p_2")
whole = share_1 * p_1(x) + share_2 * p_2(x)
MIXED = log(Quantity("p", (x,), whole))
s_1, s_2 = (Slope(log(p(x)), x) for p in (p_1, p_2))


class Mixed(NamedTuple):
    """The share that each component has of the density."""

    first: Expr
    second: Expr


M = Mixed(first=share_1 * p_1(x) / whole, second=share_2 * p_2(x) / whole)

mixture = Claim(
    name="mixture.score",
    title="The score of a mixture of two densities is the mean of theirs, each weighed by its share of the density",
    kind="equality",
    says=lambda m: (Equal(Slope(MIXED, x), m.first * s_1 + m.second * s_2), Equal(S.One, m.first + m.second)),
    answer=M,
    example=numbered(MIXED),
    convenience={
        "0 < p_1.0": "densities are positive; the formula holds wherever their sum is not 0",
        "0 < p_2.0": "as of the first",
        "0 < share_1": "without the first component all is the second's",
        "0 < share_2": "as of the first",
    },
    proof=(
        (
            by("the slope of the logarithm", Slope(MIXED, x), eq="luo2022 (159)"),
            by("a density's slope is its score times the density", M.first * s_1 + M.second * s_2),
        ),
        (by("all", S.One), by("of the density", M.first + M.second)),
    ),
    wrong={
        "weights lost": Wrong(
            Mixed(p_1(x) / (p_1(x) + p_2(x)), p_2(x) / (p_1(x) + p_2(x))),
            "share_1 and share_2 drop out only where one of the densities is 0",
        ),
        "weighed by share_1 and share_2 alone": Wrong(
            Mixed(share_1 / (share_1 + share_2), share_2 / (share_1 + share_2)),
            "far from the first component its score would count as much as near it",
        ),
        "shares exchanged": Wrong(Mixed(M.second, M.first), "each score is weighed by the other component"),
    },
    means="pointwise, for any smooth positive densities",
)

CLAIMS = (score, mixture)
