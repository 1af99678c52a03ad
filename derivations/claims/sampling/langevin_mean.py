"""Langevin's dynamics and the probability flow by the means of any function: nothing is asked of a point.

In a short step of drift u and noise of variance g^2 the mean of a function f changes by that of u f' + g^2 f''/2. Over
a density p, with the drift of its score and noise 2, this is 0 by parts; and for any density q noise acts as a drift of
minus half the score of q.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, diff, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.line_means import LineMean
from derivations.notation.named import unnamed
from derivations.notation.quantities import Slope
from derivations.probability.smooth import smooth
from derivations.probability.whole import REGULAR, line_density, vanishing
from derivations.symbols import g2, x

p, q, f, u = line_density("p"), line_density("q"), smooth("f"), smooth("u")
SCORE_P, SCORE_Q = (Slope(log(d(x)), x) for d in (p, q))
RISE, BEND = Slope(f(x), x), Slope(Slope(f(x), x), x)


def changed(drift: Expr, spread: Expr, density: Expr) -> LineMean:
    """Return how fast the mean of f changes under a drift and noise of a variance."""
    return LineMean(drift * RISE + spread / 2 * BEND, density)


class Means(NamedTuple):
    """The mean bend of f over p, and how fast the mean of f changes over q under a drift and noise."""

    bend: Expr
    moved: Expr


A = Means(
    bend=-LineMean(SCORE_P * RISE, p(x)),
    moved=changed(u(x) - g2 / 2 * SCORE_Q, S.Zero, q(x)),
)
BENT, MOVED = LineMean(BEND, p(x)), changed(u(x), g2, q(x))
KEPT = changed(SCORE_P, S(2), p(x))
ENDS_P, ENDS_Q = diff(f(x), x) * p(x), -g2 / 2 * diff(f(x), x) * q(x)

langevin_mean = Claim(
    name="langevin.mean",
    title="Langevin's drift keeps means over p, and noise is a drift of minus half the score of q",
    kind="equality",
    says=lambda a: (Equal(BENT, a.bend), Equal(KEPT, S.Zero), Equal(MOVED, a.moved)),
    answer=A,
    example={v: Rational(n, 2) for n, v in enumerate(sorted(unnamed(MOVED + KEPT).free_symbols, key=str), 1)},
    convenience={
        "0 < p.var": "the variance of the normal density that stands for p where engines need numbers",
        "0 < q.var": "as of p",
        "0 < g^2": "at 0 there is no noise, and the flow is the drift",
    },
    proof=(
        (
            by("the mean of f'' over p", BENT),
            by("by parts, the slope of p is its score times it", A.bend, ends=(-ENDS_P, x)),
        ),
        (
            by("the change of a mean over p", KEPT),
            by("the slope of f' p has no integral", S.Zero, ends=(-ENDS_P, x)),
        ),
        (by("the change of a mean over q", MOVED), by("by parts", A.moved, ends=(ENDS_Q, x))),
    ),
    trust=(REGULAR, vanishing(-ENDS_P, x), vanishing(ENDS_Q, x), "the rate of a mean under dx = u dt + g dw, by Ito"),
    means="for densities on the line and functions, smooth, with these integrals and ends; looked at for normal ones",
    wrong={
        "sign of the score": Wrong(A._replace(bend=-A.bend), "drift and noise would both spread the density"),
        "half the score": Wrong(A._replace(bend=A.bend / 2), "noise of variance 2 has no half left"),
        "the whole score": Wrong(
            A._replace(moved=changed(u(x) - g2 * SCORE_Q, S.Zero, q(x))), "it is the drift of the reverse process"
        ),
        "noise left out": Wrong(A._replace(moved=changed(u(x), S.Zero, q(x))), "the spread of the noise is lost"),
        "g^4 for g^2": Wrong(
            A._replace(moved=changed(u(x) - g2**2 / 2 * SCORE_Q, S.Zero, q(x))), "the noise is squared twice"
        ),
    },
)

CLAIMS = (langevin_mean,)
