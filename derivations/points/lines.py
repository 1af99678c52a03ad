"""Where an expression changes its sign along a coordinate line: one symbol moves, the others stand still.

FLINT isolates the real zeros of a polynomial, however close together they lie. For any other expression the module
finds the sign changes on a grid of all magnitudes, and those at the bottom of a dip between places of the grid.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import numpy as np
from flint import arb, fmpq, fmpz_poly
from sympy import Expr, Integral, Poly, Symbol, lambdify
from sympy.core.function import AppliedUndef

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.arithmetic.exact import Values, exact_function
from derivations.points.draws import DECADES, simplest
from derivations.probability.density import Abstract, finite

Array = np.ndarray[Any, Any]
Curve = Callable[[Any], Any]
BITS = 256
PER_DECADE = 12  # places of the grid
HALVINGS = 52  # of an interval, to the precision of a float
SAME = fmpq(1, 2**100)  # relative distance within which a zero is taken for the simplest number there
KEPT = 64  # lines whose zeros are remembered
MOST = 16  # zeros kept on one line: those nearest to 0
LARGEST = arb(2) ** 400  # the largest coefficient of a polynomial; the least is its inverse


class Factor:
    """An expression whose sign matters, with its zeros along lines."""

    def __init__(self, expr: Expr) -> None:
        self.expr = finite(expr) if expr.has(Abstract) else expr  # of a function that is unknown, its numbers
        self.symbols: list[Symbol] = sorted(self.expr.free_symbols, key=str)  # type: ignore[arg-type]
        self.exact = exact_function(self.expr)
        self._coefficients: dict[Symbol, list[Factor] | None] = {}
        self._zeros_on: dict[tuple[Any, ...], list[fmpq]] = {}

    def value(self, at: Values) -> fmpq | arb | None:
        """Return the value as a number or a ball; None where there is none, or none can be computed."""
        if self.exact is not None:
            try:
                return self.exact(at)
            except ZeroDivisionError:
                return None
        try:
            with precision(BITS):
                return ball(self.expr, {v: arb(at[v]) for v in self.symbols})
        except (Undefined, Imprecise, Unfinished):
            return None

    def sign(self, at: Values) -> int | None:
        value = self.value(at)
        if value is None:
            return None
        return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None

    def zeros(self, v: Symbol, at: Values) -> list[fmpq]:
        """Return the zeros in v, in order, with the other symbols as in `at`."""
        key = (v, *(at[w] for w in self.symbols if w != v))
        if key not in self._zeros_on:
            if len(self._zeros_on) > KEPT:
                self._zeros_on.clear()
            self._zeros_on[key] = sorted(self._zeros(v, at)) if v in self.symbols else []
        return self._zeros_on[key]

    def _zeros(self, v: Symbol, at: Values) -> list[fmpq]:
        if (coefficients := self._polynomial(v)) is not None:
            return _roots([c.value(at) for c in coefficients])
        return _crossings(curve, grid_of(v)) if (curve := self._curve(v, at)) is not None else []

    def turns(self, v: Symbol, at: Values) -> list[fmpq]:
        """Return where in v the expression is lowest or highest, between the ends of its range."""
        if (coefficients := self._polynomial(v)) is not None:
            values = [c.value(at) for c in coefficients]
            return list(_roots([None if c is None else n * c for n, c in enumerate(values)][1:]))
        return _extremes(curve, grid_of(v)) if (curve := self._curve(v, at)) is not None else []

    def _curve(self, v: Symbol, at: Values) -> Curve | None:
        """Return the expression as a function of v alone, on arrays of floats."""
        if self._arrays is None:
            return None
        function, places = self._arrays, {w: np.float64(at[w]) for w in self.symbols}
        return lambda x: function(*((places | {v: x})[w] for w in self.symbols))

    def _polynomial(self, v: Symbol) -> "list[Factor] | None":
        """Return the coefficients of powers of v, lowest first, if the expression is a polynomial in v."""
        if v not in self._coefficients:
            powers = Poly(self.expr, v).all_coeffs() if self.expr.is_polynomial(v) else None
            self._coefficients[v] = powers and [Factor(c) for c in reversed(powers)]
        return self._coefficients[v]

    @cached_property
    def _arrays(self) -> Curve | None:
        """The expression as a function of arrays of floats."""
        if self.expr.has(Integral, AppliedUndef):
            return None
        special = {name: np.vectorize(getattr(math, name), otypes=[float]) for name in ("erf", "erfc")}
        return lambdify(self.symbols, self.expr, [special, "numpy"], cse=True, docstring_limit=0)


def _roots(coefficients: Sequence[fmpq | arb | None]) -> Iterator[fmpq]:
    """Yield the real roots of a polynomial, each as the simplest number that is very close to it."""
    numbers = [_number(c) for c in coefficients]
    if None in numbers:
        return
    scale = math.lcm(*(int(c.q) for c in numbers))  # type: ignore[union-attr]
    polynomial = fmpz_poly([int((c * scale).p) for c in numbers])  # type: ignore[union-attr, operator]
    if polynomial.degree() < 1:
        return
    with precision(BITS):
        roots = [r.real.mid().fmpq() for r, _ in polynomial.complex_roots() if r.imag == 0]  # type: ignore[misc]
    yield from (r and simplest(*sorted((r * (1 - SAME), r * (1 + SAME)))) for r in roots)


def _number(value: fmpq | arb | None) -> fmpq | None:
    if not isinstance(value, arb):
        return value
    size = abs(value)
    return value.mid().fmpq() if value == 0 or (size * LARGEST > 1 and size < LARGEST) else None


def grid_of(v: Symbol) -> Array:
    return _grid(bool(v.is_positive))


@cache
def _grid(positive: bool) -> Array:
    sizes = 10 ** np.linspace(-DECADES - 1, DECADES + 1, 2 * (DECADES + 1) * PER_DECADE + 1)
    grid = sizes if positive else np.concatenate((-sizes[::-1], [0.0], sizes))
    grid.setflags(write=False)
    return grid


def _crossings(curve: Curve, grid: Array) -> list[fmpq]:
    """Return zeros of a function of floats: at sign changes on a grid, or at the bottom of a dip between places."""
    with np.errstate(all="ignore"):
        values = _on(curve, grid)
        turns = np.flatnonzero(values[:-1] * values[1:] < 0)
        lows, highs = [grid[turns]], [grid[turns + 1]]
        for side in (1, -1):
            low, bottom, high = _bottoms(lambda x: side * curve(x), grid)  # noqa: B023
            under = _on(curve, bottom) * _on(curve, low) < 0
            lows, highs = [*lows, low[under], bottom[under]], [*highs, bottom[under], high[under]]
        zeros = [*grid[values == 0], *_bisected(curve, np.concatenate(lows), np.concatenate(highs))]
    return [_exactly(x) for x in sorted(zeros, key=abs)[:MOST]]


def _extremes(curve: Curve, grid: Array) -> list[fmpq]:
    with np.errstate(all="ignore"):
        places = [x for side in (1, -1) for x in _bottoms(lambda x: side * curve(x), grid)[1]]  # noqa: B023
    return [_exactly(x) for x in sorted(places, key=abs)[:MOST]]


def _bottoms(curve: Curve, grid: Array) -> tuple[Array, Array, Array]:
    """Return, for each dip, the place of the grid before it, its lowest place, and the place of the grid after it."""
    values = _on(curve, grid)
    lower = np.flatnonzero((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:]))
    a, b, each = grid[lower], grid[lower + 2], np.arange(len(lower))
    shares = _sections(len(lower))
    for _ in range(math.ceil(HALVINGS / math.log2(len(shares) // 2)) if len(lower) else 0):
        places = a + (b - a) * shares
        heights = _on(curve, places[1:-1])
        lowest = np.argmin(np.where(np.isnan(heights), np.inf, heights), axis=0) + 1
        a, b = places[lowest - 1, each], places[lowest + 1, each]
    return grid[lower], (a + b) / 2, grid[lower + 2]


def _bisected(curve: Curve, low: Array, high: Array) -> Array:
    """Return where the curve first changes its sign between low and high, by sections in sections."""
    negative, each = _on(curve, low) < 0, np.arange(len(low))
    shares = _sections(len(low))
    for _ in range(math.ceil(HALVINGS / math.log2(len(shares) - 1)) if len(low) else 0):
        places = low + (high - low) * shares
        other = (_on(curve, places[1:]) < 0) != negative
        other[-1] = True  # the sign at the end is known, whatever rounding says
        first = np.argmax(other, axis=0) + 1
        low, high = places[first - 1, each], places[first, each]
    return low


def _sections(count: int) -> Array:
    """Return the shares of an interval at which curves are evaluated at once: the fewer intervals, the more shares."""
    return np.linspace(0, 1, 1 + (64 if count <= 4 else 16 if count <= 32 else 8))[:, None]


def _on(curve: Curve, places: Array) -> Array:
    return np.asarray(curve(places), float) * np.ones_like(places)


def _exactly(x: float) -> fmpq:
    return fmpq(*float(x).as_integer_ratio())
