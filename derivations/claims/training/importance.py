"""Times drawn in proportion to the root of the mean square of their losses: the estimate that varies least.

A loss Y that is drawn from one of two cells, and divided by the chance of its cell, has the sum of both for its mean,
whatever the odds of the two. Its mean square is least where these are those of the roots of the mean squares of Y.
"""

from typing import NamedTuple

from sympy import Expr, S

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost
from derivations.notation.quantities import Quantity
from derivations.symbols import odds_1, size_1, size_2

CHANCE = Quantity("p", (odds_1,), odds_1 / (1 + odds_1))  # of the first cell
SPREAD = Quantity("M", (odds_1,), size_1**2 / CHANCE + size_2**2 / (1 - CHANCE))  # E[(Y/p)^2]


class Draw(NamedTuple):
    """The best odds of the first cell, and the mean square there."""

    odds: Expr
    least: Expr


D = Draw(odds=size_1 / size_2, least=(size_1 + size_2) ** 2)
SQUARES = size_1**2 + size_2**2

importance = Claim(
    name="time.importance",
    title="The mean square of an estimate from one of two cells is at least (size_1 + size_2)^2",
    kind="inequality",
    says=lambda a: AtMost(a.least, SPREAD, {odds_1: a.odds}, only=True),
    answer=D,
    example={size_1: 2, size_2: 1, odds_1: 1},
    convenience={
        "0 < size_1": "without a loss in the first cell all draws should be from the second",
        "0 < size_2": "without a loss in the second cell all draws should be from the first",
    },
    proof=(
        (
            by("the square of the sum of the sizes", D.least),
            by("other odds exceed it by a square", SPREAD, more=size_2**2 * (odds_1 - D.odds) ** 2 / odds_1),
        ),
    ),
    wrong={
        "less of the larger": Wrong(
            D._replace(odds=size_2 / size_1),
            "steps of large loss are drawn rarely and weigh much, which is worse than uniform draws",
            ("web a public blog on iDDPM's sampler",),
        ),
        "in proportion to the mean square": Wrong(
            D._replace(odds=size_1**2 / size_2**2), "squares stand for sizes: right only for equal cells"
        ),
        "uniform": Wrong(Draw(S.One, 2 * SQUARES), "the mean square of uniform draws, which is larger"),
        "the sum of the mean squares": Wrong(D._replace(least=SQUARES), "below what any draw has"),
    },
)

CLAIMS = (importance,)
