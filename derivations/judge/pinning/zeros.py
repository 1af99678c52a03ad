"""The unknowns that must be 0 wherever some polynomials are, each of which vanishes where all unknowns are 0.

Each monomial, also of the polynomials' multiples, counts as an unknown of a linear system. A polynomial in one unknown
alone leaves its roots, which a statement may exclude.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from flint import arb

from derivations.arithmetic.ball import precision
from derivations.judge.pinning.matrix import BITS, reduced
from derivations.judge.pinning.polynomial import (
    Polynomial,
    Unknown,
    degree,
    multiples,
    other_roots,
    unknowns,
    without,
)
from derivations.judge.pinning.quotient import Turned, Unfolded

LARGEST = 40  # with more monomials, no multiples are taken
Excluded = Callable[[Unknown, arb], bool]


class Zeros:
    """Polynomials at one point, and a test that excludes a value of one unknown."""

    def __init__(self, polynomials: Sequence[Polynomial], zero: int, unfolded: Unfolded, excluded: Excluded) -> None:
        self.zero, self.unfolded, self.excluded = zero, unfolded, excluded
        self.polynomials = list(polynomials)
        with precision(BITS):
            self._add(v for p in polynomials for m in p for v in unknowns(m))

    def _add(self, unknowns_: Iterator[Unknown] | Collection[Unknown]) -> None:
        """Add the relations of functions of unknowns."""
        seen: set[Unknown] = set()
        waiting = list(unknowns_)
        while waiting:
            if isinstance(v := waiting.pop(), Turned) and v not in seen:
                seen.add(v)
                more = list(self.unfolded.relations(v))
                self.polynomials += more
                waiting += [w for p in more for m in p for w in unknowns(m)]

    def forced(self, known: Collection[Unknown] = ()) -> set[Unknown]:
        """Return the unknowns that must be 0, once some are known to be."""
        with precision(BITS):
            zero, polynomials = set(known), list(self.polynomials)
            while new := self._new([q for p in polynomials if (q := without(p, zero))]):
                zero |= new
                polynomials += [p for v in new if isinstance(v, Turned) for p in self.unfolded.consequences(v)]
            return zero

    def _new(self, polynomials: Sequence[Polynomial]) -> set[Unknown]:
        """Return unknowns forced to 0 by the linear polynomials, or by all of them, or by their multiples."""
        linear = [p for p in polynomials if all(degree(m) < 2 for m in p)]
        if new := alone(self._reduced(linear)):
            return new
        if len(linear) == len(polynomials) or len({m for p in polynomials for m in p}) > 3 * LARGEST:
            return set()
        simpler = self._reduced(polynomials)
        return alone(simpler) or self._sole([*polynomials, *simpler]) or self._multiplied(simpler)

    def _multiplied(self, polynomials: Sequence[Polynomial]) -> set[Unknown]:
        names = sorted({v for p in polynomials for m in p for v in unknowns(m)}, key=str)
        for top in range(2, 1 + max((degree(m) for p in polynomials for m in p), default=0)):
            more = multiples(polynomials, names, top)
            if len({m for p in more for m in p}) > LARGEST:
                break
            simpler = self._reduced(more)
            if new := alone(simpler) or self._sole(simpler):
                return new
        return set()

    def _reduced(self, polynomials: Sequence[Polynomial]) -> list[Polynomial]:
        """Return equivalent polynomials without their highest monomials, as far as elimination goes."""
        columns = sorted({m for p in polynomials for m in p}, key=degree, reverse=True)
        turns = [[c for c, m in enumerate(columns) if degree(m) == n] for n in sorted({*map(degree, columns)})[::-1]]
        rows = [[p.get(m, arb(0)) for m in columns] for p in polynomials]
        done = reduced(rows, self.zero, turns)
        small = arb(2) ** self.zero
        return [
            {m: x for n, (m, x) in enumerate(zip(columns, row, strict=True)) if n == c or x.abs_upper() >= small}
            for c, row in zip(done.pivots, done.rows, strict=True)
        ]

    def _sole(self, polynomials: Sequence[Polynomial]) -> set[Unknown]:
        """Return the unknowns for which a polynomial in one of them alone leaves only 0."""
        zero: set[Unknown] = set()
        for p in polynomials:
            names = {v for m in p for v in unknowns(m)}
            if len(names) == 1 and not isinstance(v := names.pop(), Turned) and v not in zero:
                others = other_roots(p)
                if others is not None and all(self.excluded(v, x) for x in others):
                    zero.add(v)
        return zero


def alone(polynomials: Sequence[Polynomial]) -> set[Unknown]:
    """Return the unknowns of which some power is a polynomial by itself."""
    single = [next(iter(p)) for p in polynomials if len(p) == 1]
    return {v for m in single if len(m) == 1 for v in unknowns(m)}
