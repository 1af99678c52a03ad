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
    """Return a rational number between two numbers, for a place where any will do."""
    with precision(128):
        middle = (2 * ball(low, at) + ball(high, at)) / 3
    return Rational(float(middle)).limit_denominator(10**6)
