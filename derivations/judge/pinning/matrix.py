"""Homogeneous linear systems: Gauss-Jordan elimination in balls, with full pivoting, shows which unknowns are zero."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from flint import arb

from derivations.arithmetic.ball import precision

BITS = 1024
Row = list[arb]


class Reduced(NamedTuple):
    """Rows with a pivot each that no other row has, the columns of the pivots, and the power of two taken for zero."""

    pivots: list[int]
    rows: list[Row]
    zero: int

    def alone(self) -> set[int]:
        """Return the pivots that are alone in their row: these unknowns are zero."""
        small = arb(2) ** self.zero
        pairs = zip(self.pivots, self.rows, strict=True)
        return {c for c, row in pairs if all(n == c or x.abs_upper() < small for n, x in enumerate(row))}


def reduced(rows: Sequence[Sequence[arb]], zero: int, turns: Sequence[Collection[int]] = ()) -> Reduced:
    """Eliminate by pivots of at least 2^zero, in balls; with `turns`, from each group of columns in turn."""
    with precision(BITS):
        left, done, pivots = [list(row) for row in rows], [], []
        for columns in turns or [range(len(rows[0]) if rows else 0)]:
            while (place := _largest(left, set(columns) - set(pivots))) is not None and place[0] > arb(2) ** zero:
                _, i, c = place
                row = left.pop(i)
                row = [x / row[c] for x in row]
                left, done = ([_less(r, row, c) for r in rs] for rs in (left, done))
                done.append(row)
                pivots.append(c)
        return Reduced(pivots, done, zero)


def _largest(rows: Sequence[Row], columns: Collection[int]) -> tuple[arb, int, int] | None:
    sizes = [(row[c].abs_lower(), i, c) for i, row in enumerate(rows) for c in columns]
    best = None
    for size in sizes:
        if best is None or size[0] > best[0]:
            best = size
    return best


def _less(row: Row, pivot: Row, c: int) -> Row:
    return [arb(0) if n == c else x - row[c] * y for n, (x, y) in enumerate(zip(row, pivot, strict=True))]
