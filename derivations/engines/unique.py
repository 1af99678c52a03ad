"""Uniqueness of the equality case: an inequality is an equality only where each line of its proof is one.

Every line adds something that is never negative, so the ends agree only where each line adds nothing. A line
that adds a positive multiple of (v - e)^2 adds nothing only at v = e, and so does one of (f(v) - f(e))^2 for an f that
rises, or falls, everywhere; the same holds for a strictly convex difference that vanishes at e, and for the mean of
u - 1 - log u with u = v/e. A line that always adds something excludes equality from the whole domain: its case lies on
the edge.
"""

from collections.abc import Iterator
from itertools import pairwise

from sympy import Add, Expr, Integral, Mul, Symbol, diff, factor

from derivations.engines.discharge.settle import ENOUGH
from derivations.engines.discharge.signs import seen
from derivations.form.claim import Chain
from derivations.form.statement import Point
from derivations.obligations.owed import continuous, owed
from derivations.probability.mean import Excess, Mean

LARGE = 60  # operations beyond which a sum is not factored


def unpinned(chain: Chain, equal_at: Point) -> list[str]:
    """Return the parts v = e of an equality case that no line forces."""
    if any(more.is_positive for more in _more(chain)):
        return []
    return [f"{v} = {e}" for v, e in equal_at.items() if not _forced(chain, v, e)]


def _more(chain: Chain) -> Iterator[Expr]:
    """Yield by how much the lines exceed those above them; the first line has none above it."""
    return (line.more for line in chain[1:] if line.more is not None)


def _forced(chain: Chain, v: Expr, e: Expr) -> bool:
    bent = any(_strictly_convex(above.expr, below.expr, v, e, below.convex) for above, below in pairwise(chain))
    return bent or any(only_at(part, v, e) for more in _more(chain) for part in _parts(more))


def _parts(more: Expr) -> tuple[Expr, ...]:
    """Return the terms of a sum if none can be negative: their sum vanishes only where each of them does."""
    terms = Add.make_args(more)
    return terms if all(t.is_nonnegative for t in terms) else (more,)


def only_at(more: Expr, v: Expr, e: Expr) -> bool:
    """Return whether something never negative is seen to vanish only at v = e."""
    if any(quotient.is_positive for quotient in (more / (v - e) ** 2, more / (e - v) ** 2)):
        return True
    if any(_rises(base, v, e) for base in _squared(more)):
        return True
    if isinstance(more, Mean):  # under positive densities a mean vanishes only with its body
        return all(law.is_positive for _, law in more.laws) and only_at(more.body, v, e)
    return isinstance(more, Excess) and more.args[0] in (v / e, e / v)


def _squared(more: Expr) -> Iterator[Expr]:
    """Yield what stands under an even power in a product whose other factors are positive: sqrt(a) - sqrt(b)."""
    factors = Mul.make_args(more if not more.is_Add or more.count_ops() > LARGE else factor(more))
    for f in factors:
        if f.is_Pow and f.args[1].is_even and f.args[1].is_positive and all(g.is_positive for g in factors if g != f):
            yield f.args[0]  # type: ignore[misc]


def _rises(base: Expr, v: Expr, e: Expr) -> bool:
    """Return whether an expression is 0 at v = e, and rises or falls for all values that its symbols may have."""
    if not isinstance(v, Symbol) or not (e.is_positive if v.is_positive else e.is_real) or base.subs(v, e) != 0:
        return False
    slope = diff(base, v)
    defined = all(seen(o.expr) in ENOUGH[o.relation] for o in owed(base) if not o.ranges)
    return defined and not base.has(Integral) and continuous(base, v) and bool(slope.is_positive or slope.is_negative)


def _strictly_convex(above: Expr, below: Expr, v: Expr, e: Expr, convex: tuple[Symbol, Expr] | None) -> bool:
    return convex == (v, e) and bool(diff(below - above, v, 2).is_positive)
