"""A search for the part of a region where a factor has its rarer sign, however small that part is.

Moves along coordinate lines find it where a line crosses it. Where none does, the search follows the factor downhill,
one symbol at a time, through the zeros of its slopes, and so finds the inside of a small circle from far away.
"""

from collections.abc import Iterator
from functools import partial
from random import Random

from derivations.points.lines import Factor
from derivations.points.region import Point, Region, Signed, middle

STARTS, FEWER, SWEEPS = 3, 1, 2  # fewer starts where a line takes a grid of numbers


def part(region: Region, factor: Factor, sign: int, rng: Random) -> Region | None:
    """Return the part of a region where the factor has this sign, with a point in it; None if none was found."""
    there = region.within(Signed(factor, sign))
    starts = [region.find(rng) for _ in range(STARTS if factor.exact else FEWER)]
    looks = (lambda at: [at], partial(_across, region, factor), partial(_downhill, region, factor, sign))
    for look in looks:
        for at in starts:
            for new in look(at):
                if there.has(new):
                    there.known = new
                    return there
    return None


def _across(region: Region, factor: Factor, at: Point) -> Iterator[Point]:
    """Yield a point in each cell of each coordinate line through the point."""
    for v in factor.symbols:
        yield from ({**at, v: middle(cell)} for cell in region.cells(v, at, [factor]))


def _downhill(region: Region, factor: Factor, sign: int, at: Point) -> Iterator[Point]:
    """Yield the points met as each symbol in turn goes to where the factor is lowest (highest, for a positive sign)."""
    best = factor.value(at)
    for v in SWEEPS * factor.symbols:
        places = [*factor.turns(v, at), *(middle(cell) for cell in region.cells(v, at))]
        for new in ({**at, v: place} for place in places):
            height = factor.value(new)
            if height is not None and (best is None or sign * height > sign * best) and region.has(new):
                at, best = new, height
                yield at
