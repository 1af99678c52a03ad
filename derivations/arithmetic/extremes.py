"""The larger and the smaller of real numbers by absolute values: max(a, b) = (a + b + |a - b|)/2."""

from functools import reduce

from sympy import Abs, Expr, Max, Min

EXTREMES = (Max, Min)


def by_bars(e: Expr) -> Expr:
    """Return a maximum or minimum of several real numbers by absolute values of differences."""
    sign = 1 if isinstance(e, Max) else -1
    return reduce(lambda u, v: (u + v + sign * Abs(u - v)) / 2, e.args)  # type: ignore[arg-type, return-value]
