"""Points of a region given by conditions, however narrow or far away it lies.

Independent draws come first. Where they miss, one symbol at a time moves along its coordinate line: the zeros of all
conditions cut the line into cells, and the symbol goes to a cell where the fewest conditions fail, until none does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from itertools import pairwise
from math import inf
from random import Random
from typing import Protocol

from flint import fmpq
from sympy import Symbol

from derivations.points.draws import DECADES, closeness, exponent, magnitude, ordinary, simplest, wide
from derivations.points.lines import Factor

Point = dict[Symbol, fmpq]
Cell = tuple[fmpq | None, fmpq | None]  # its ends; None is infinite
Style = Callable[[Random, int], fmpq]
FREE = 40  # independent draws, as long as these succeed
STARTS, MOVES = 8, 24  # searches by moves, and moves in each
BEND = fmpq(1, 8)  # a number in a cell may be rounded by this share of its distance from the ends


class Empty(ValueError):
    """No point was found that satisfies the assumptions."""


class Condition(Protocol):
    """What a region asks of a point: a sign of a gap, which changes only where one of the factors is zero."""

    gap: Factor
    sign: int

    @property
    def factors(self) -> Sequence[Factor]: ...

    def holds(self, at: Mapping[Symbol, fmpq]) -> bool: ...


class Signed:
    """The condition that a factor has this sign."""

    def __init__(self, factor: Factor, sign: int) -> None:
        self.gap, self.factors, self.sign = factor, (factor,), sign

    def holds(self, at: Mapping[Symbol, fmpq]) -> bool:
        return self.gap.sign(at) == self.sign


class Region:
    """The points whose symbols have the given signs (0 for either) and where all conditions hold."""

    def __init__(
        self, signs: Mapping[Symbol, int], conditions: Sequence[Condition], known: Point | None = None
    ) -> None:
        self.signs, self.conditions = signs, conditions
        self.known = known if known is not None and self.has(known) else None
        self.lucky = True

    def has(self, at: Mapping[Symbol, fmpq]) -> bool:
        signed = all(s == 0 or (at[v] > 0 if s > 0 else at[v] < 0) for v, s in self.signs.items())
        return signed and all(c.holds(at) for c in self.conditions)

    def fresh(self) -> "Region":
        """Return a copy to be searched by itself, so that what one search finds is no start for another's."""
        return copy(self)

    def within(self, *more: Condition) -> "Region":
        return Region(self.signs, [*self.conditions, *more], self.known)

    def find(self, rng: Random, style: Style = ordinary, starts: int = STARTS) -> Point:
        """Find a point of the region by independent draws, by moves from such draws, or by moves from a known point."""
        at = self._drawn_inside(rng, style) or self._moved_inside(rng, style, starts)
        if at is None:
            if self.known is None:
                raise Empty(f"expected a point that meets {len(self.conditions)} conditions, found none")
            at = self._stirred(rng, style)
        self.known = at
        return dict(at)

    def _drawn_inside(self, rng: Random, style: Style) -> Point | None:
        for n in range(FREE if self.lucky else 2):
            at = self._drawn(rng, style)
            if self.has(at):
                self.lucky = n < FREE // 2
                return at
        self.lucky = False
        return None

    def _moved_inside(self, rng: Random, style: Style, starts: int) -> Point | None:
        for _ in range(starts):
            at = self._drawn(rng, style)
            if self._mended(at, rng):
                return at
        return None

    def _drawn(self, rng: Random, style: Style) -> Point:
        return {v: style(rng, s) for v, s in self.signs.items()}

    def _mended(self, at: Point, rng: Random) -> bool:
        """Move one symbol of a failing condition at a time; return whether this leads into the region."""
        for _ in range(MOVES):
            failing = [c for c in self.conditions if not c.holds(at)]
            if not failing:
                return True
            condition = rng.choice(failing)
            if not condition.gap.symbols:
                return False
            v = rng.choice(condition.gap.symbols)
            at[v] = self._mending(condition, v, at, rng)
        return False

    def _mending(self, condition: Condition, v: Symbol, at: Point, rng: Random) -> fmpq:
        """Return a place for v that mends the condition and breaks the fewest others, or else where it fails least."""
        others = [c for c in self.conditions if v in c.gap.symbols and c is not condition]
        cells = [(cell, {**at, v: middle(cell)}) for cell in self.cells(v, at)]
        fails = [(sum(not c.holds(new) for c in others), cell) for cell, new in cells if condition.holds(new)]
        if fails:
            least = min(n for n, _ in fails)
            return inside(rng.choice([cell for n, cell in fails if n == least]), rng)
        places = [*condition.gap.turns(v, at), *(close(cell, rng) for cell, _ in cells), at[v]]
        return max(places, key=lambda place: _height(condition, {**at, v: place}))

    def cells(self, v: Symbol, at: Point, more: Sequence[Factor] = ()) -> Iterator[Cell]:
        """Yield the open intervals between the zeros of all factors on v's line, in the range of its sign."""
        factors = [f for c in self.conditions for f in c.factors] + list(more)
        zeros = {z for f in factors for z in f.zeros(v, at)}
        sign = self.signs[v]
        inner = sorted(z for z in zeros if sign == 0 or z * sign > 0)
        ends = [fmpq(0) if sign > 0 else None, *inner, fmpq(0) if sign < 0 else None]
        return pairwise(ends)

    def _stirred(self, rng: Random, style: Style) -> Point:
        """Move each symbol of the known point in turn: into any cell of the region if conditions name it, else anew."""
        at = dict(self.known or {})
        named = {v for c in self.conditions for v in c.gap.symbols}
        for v in rng.sample(sorted(at, key=str), len(at)):
            new = {**at, v: self._moved(v, at, rng) if v in named else style(rng, self.signs[v])}
            if self.has(new):
                at = new
        return at

    def _moved(self, v: Symbol, at: Point, rng: Random) -> fmpq:
        cells = [c for c in self.cells(v, at) if self.has({**at, v: middle(c)})]
        return inside(rng.choice(cells), rng) if cells else at[v]

    def beside(self, at: Point, v: Symbol, rng: Random, more: Sequence[Factor] = ()) -> Point:
        """Return the point with v moved close to an end of its cell, if the region reaches that far."""
        here = next((c for c in self.cells(v, at, more) if _holds(c, at[v])), (None, None))
        new = {**at, v: close(here, rng, at[v])}
        return new if self.has(new) else at


def middle(cell: Cell) -> fmpq:
    """Return a simple number well inside a cell."""
    low, high = cell
    if low is None and high is None:
        return fmpq(1)
    if low is None or high is None:
        end = low if high is None else high
        size = max(abs(end), fmpq(1))  # type: ignore[arg-type, operator]
        return simplest(end + size / 2, end + 2 * size) if high is None else simplest(end - 2 * size, end - size / 2)  # type: ignore[operator]
    return simplest(low + (high - low) / 4, high - (high - low) / 4)


def _height(condition: Condition, at: Point) -> float:
    value = condition.gap.value(at)
    if value is None:
        return -inf
    try:
        return condition.sign * float(value)
    except OverflowError:  # beyond the largest float, where only the sign counts
        return condition.sign * (inf if value > 0 else -inf)


def inside(cell: Cell, rng: Random) -> fmpq:
    """Draw a number in a cell, on a scale that suits its ends."""
    low, high = cell
    if low is None and high is None:
        return wide(rng, 0)
    if low is None or (high is not None and high <= 0):
        return -inside((None if high is None else -high, None if low is None else -low), rng)
    if high is None:
        size = max(abs(low), fmpq(1))
        return low + (ordinary(rng, 1) * size if rng.random() < 1 / 2 else magnitude(rng, -2, DECADES) * size)
    if rng.random() < 1 / 4:
        return close(cell, rng)
    if low >= 0 and high > 16 * low and rng.random() < 1 / 2:  # a range of magnitudes
        top = exponent(high)
        bottom = exponent(low) if low > 0 else top - DECADES
        x = magnitude(rng, bottom, top)
    else:
        x = low + (high - low) * fmpq(rng.randint(1, 999), 1000)
    return bent(x, cell)


def close(cell: Cell, rng: Random, now: fmpq | None = None) -> fmpq:
    """Draw a number in a cell, at a relative distance down to 10^-9 from one of its ends."""
    low, high = cell
    ends = [e for e in cell if e is not None]
    if not ends:
        return now if now is not None else middle(cell)
    end = rng.choice(ends)
    size = max(abs(end), fmpq(1)) if low is None or high is None else high - low
    away = size * closeness(rng, least=0.4)
    return bent(end + (away if end == low else -away), cell)


def bent(x: fmpq, cell: Cell) -> fmpq:
    """Return a simpler number near x, within a share of its distance to the ends of the cell."""
    room = [abs(x)] + [abs(x - e) for e in cell if e is not None]
    spare = min(room) * BEND
    return simplest(x - spare, x + spare) if spare > 0 else middle(cell)


def _holds(cell: Cell, x: fmpq) -> bool:
    low, high = cell
    return (low is None or low < x) and (high is None or x < high)
