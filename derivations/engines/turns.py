"""The turns of an expression in a box of uniform numbers: thresholds of a `Piecewise`, whole numbers of a `Mod`.

In a box without a turn each of these takes one branch. A turn inside a box raises a `Cut`, which says where to divide
it. A threshold known only as a ball leaves two boxes that overlap by that ball; together they cover each branch
wherever it holds.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor
from typing import Any

from flint import arb, fmpq
from sympy import Expr, Ge, Gt, Le, Lt, Mod, Symbol
from sympy.logic.boolalg import BooleanTrue

THIN = arb(2) ** -50  # a threshold must be known this well, or its two boxes would overlap too far

Span = tuple[Fraction, Fraction]
Box = dict[Symbol, Span]


class Unbounded(ValueError):
    """No rule bounds this function of the noise."""


class Cut(Exception):
    """The request to cut a box at a threshold, which lies between low and high."""

    def __init__(self, uniform: Symbol, low: Fraction, high: Fraction) -> None:
        self.uniform, self.low, self.high = uniform, low, high

    def boxes(self, box: Box) -> tuple[Box, Box]:
        first, last = box[self.uniform]
        return box | {self.uniform: (first, self.high)}, box | {self.uniform: (self.low, last)}


def rational(q: Fraction) -> arb:
    return arb(fmpq(q.numerator, q.denominator))


def _fraction(q: arb) -> Fraction:
    """Return an exact ball as a fraction."""
    mantissa, exponent = q.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def holds(condition: Any, box: Box, number: Callable[[Expr], arb | None]) -> bool | None:
    """Return whether an inequality is true all over the box or false all over it; None where noise decides."""
    if isinstance(condition, BooleanTrue):
        return True
    if not isinstance(condition, Lt | Le | Gt | Ge):
        return None
    lesser, greater = condition.lts, condition.gts
    if lesser in box:
        return _before(lesser, number(greater), box)  # type: ignore[arg-type]
    if greater in box:
        after = _before(greater, number(lesser), box)  # type: ignore[arg-type]
        return None if after is None else not after
    a, b = number(lesser), number(greater)  # type: ignore[arg-type]
    if a is None or b is None:
        return None
    return True if a < b else False if a > b else None


def _before(uniform: Symbol, threshold: arb | None, box: Box) -> bool | None:
    """Return whether the uniform number is below a threshold; None where that is not known."""
    if threshold is None or not threshold.rad() < THIN:  # as where it depends on another uniform number
        return None
    low, high = _fraction(threshold.lower()), _fraction(threshold.upper())
    first, last = box[uniform]
    if low < 0 < high or low < 1 < high:
        return None
    if last <= high:
        return True
    if first >= low:
        return False
    raise Cut(uniform, low, high)


def whole(e: Mod, box: Box, exact: Mapping[Symbol, Any]) -> int:
    """Return the whole number that `e` takes off u + r or r - u, where r is rational."""
    line, by = e.args[0].subs(exact), e.args[1]
    turning = [u for u in box if line.has(u)]
    slope = line.diff(turning[0]) if len(turning) == 1 else 0
    start = line - slope * turning[0] if turning else line
    if by != 1 or slope not in (1, -1) or not start.is_Rational:
        raise Unbounded(f"no rule bounds {e}: expected a uniform number and a rational one, modulo 1")
    (u,), r = turning, Fraction(int(start.p), int(start.q))
    low, high = sorted(r + int(slope) * end for end in box[u])
    below = floor(low)
    if high > below + 1:
        turn = (below + 1 - r) * int(slope)
        raise Cut(u, turn, turn)
    return below
