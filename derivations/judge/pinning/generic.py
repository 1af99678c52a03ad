"""Points of a domain in general position, and the values of expressions there.

At such points two expressions of a claim differ if they differ at all, and arguments move freely if they do anywhere
nearby.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from flint import arb
from sympy import Expr, Rational

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.form.claim import Claim
from derivations.judge.pinning.matrix import BITS, reduced
from derivations.points.domain import Draw, Empty, holds, points
from derivations.points.draws import ordinary

EXACT = -400  # powers of two below this count as zero
MOVED = 2**40
MOST = 40
NO_VALUE = (Undefined, Imprecise, Unfinished)


def generic(claim: Claim, seed: str) -> Iterator[Draw]:
    """Yield points of the domain, each moved a little off any line that it may have been drawn on."""
    rng = Random(seed)
    try:
        for point in islice(points(claim, seed, far=0), MOST):
            at = {
                v: q + Rational(rng.randrange(1, 2**20), MOVED) * (q if v.is_positive else 1) for v, q in point.items()
            }
            if all(holds(a, at) for a in claim.given):
                yield at
    except Empty:
        return


def value(e: Expr, at: Draw) -> arb:
    """Return the value at a point, with some number for each symbol that no statement mentions."""
    drawn = {v: ordinary(Random(str(v)), int(bool(v.is_positive))) for v in e.free_symbols - at.keys()}
    more = {v: Rational(int(q.p), int(q.q)) for v, q in drawn.items()}
    with precision(BITS):
        return ball(e, at | more)


def sweeps(at: Sequence[Expr], base: Draw) -> bool:
    """Return whether the arguments move freely near the base."""
    if free(at):
        return True
    symbols = sorted(set().union(*(a.free_symbols for a in at)), key=str)
    try:
        jacobian = [[value(a.diff(v), base) for v in symbols] for a in at]
    except NO_VALUE:
        return False
    return len(reduced(jacobian, EXACT).pivots) == len(at)


def free(at: Sequence[Expr]) -> bool:
    """Return whether the arguments are distinct symbols."""
    return all(a.is_Symbol for a in at) and len(set(at)) == len(at)
