"""Rigorous evaluation of an expression at an exact point, in Arb balls.

A `Place` is a point that remembers the values computed there, so that the parts that an answer, its mutants and its
proof share are computed once.
"""

from collections.abc import Mapping
from typing import Any

import flint
from flint import acb, arb, fmpq
from sympy import Expr, Rational, Symbol

from derivations.arithmetic.number import Imprecise, Undefined, Unfinished, below, exact, precision
from derivations.arithmetic.operations import AT, POINT, Computed
from derivations.arithmetic.steps import Steps, proper

__all__ = ["Imprecise", "Place", "Undefined", "Unfinished", "ball", "below", "exact", "precision", "proper"]

Values = Mapping[Symbol, Any]
FINER = (128, 512, 2048, 8192)  # bits, until two numbers are seen to differ
LONGEST = 50_000  # steps, after which a new list is begun


class Place(dict[Symbol, Any]):
    """A point that remembers the values computed there, at each precision. It must not be changed."""

    steps: Steps | None = None

    def values_by(self, steps: Steps) -> Computed:
        """Return the values that the steps have had here, at the current precision."""
        if self.steps is not steps:
            self.steps, self.known = steps, dict[int, Computed]()
        if flint.ctx.prec not in self.known:
            self.known[flint.ctx.prec] = _numbers(self)
        return self.known[flint.ctx.prec]


def _numbers(point: Values) -> Computed:
    at, rational = dict[Symbol, Any](), dict[Symbol, fmpq]()
    for v, q in point.items():
        if not isinstance(q, arb | acb):
            rational[v] = q = fmpq(int(q.p), int(q.q)) if isinstance(q, Rational) else fmpq(q)
        at[v] = arb(q) if isinstance(q, fmpq) else q
    return {AT: at, POINT: rational}


_steps = [Steps()]


def ball(expr: Expr, point: Values) -> arb:
    """Return the value of `expr` at `point` (rationals), at the current precision."""
    if len(_steps[0].steps) > LONGEST:
        _steps[0] = Steps()
    value = _steps[0].value(expr, point.values_by(_steps[0]) if isinstance(point, Place) else _numbers(point))
    if not value.is_finite():
        raise Imprecise("overflow")
    return value


def midway(low: Expr, high: Expr, at: Mapping[Any, Any]) -> Rational:
    """Return a rational number between two numbers, for a place where any will do: a simple one, if it can be."""
    for bits in FINER:
        with precision(bits):
            ends = ball(low, at), ball(high, at)
            middle = _exactly((2 * ends[0] + ends[1]) / 3)
            for q in (middle.limit_denominator(10**6), middle):
                here = arb(fmpq(q.p, q.q))
                if ends[0] < here < ends[1] or ends[1] < here < ends[0]:
                    return q
    return middle  # the two are one


def _exactly(x: arb) -> Rational:
    """The middle of a ball, as the binary number that it is."""
    mantissa, exponent = x.mid().man_exp()
    return Rational(int(mantissa)) * Rational(2) ** int(exponent)
