"""Continuation: the value of an expression at a place where it is undefined, or merely undefined as written.

(a^2 - b^2)/(a - b) has no value at a = b as it is written, but is a + b on both sides of it; the root of a negative
number is imaginary, but its square is real. Values at the place itself decide where they can (`extended`), and leading
terms along lines through it (`leading`): where there is no limit, or another one along another line, the expression
does not continue. Elsewhere the module approaches the place along lines, in complex numbers, from both ends: where the
values agree and are real, the expression continues to that value; where they don't, nothing is shown.
"""

from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Any, NamedTuple

from flint import acb, arb, fmpq
from sympy import Expr, Symbol

from derivations.arithmetic.extended import Pole, Values
from derivations.arithmetic.leading import Along
from derivations.arithmetic.number import Unfinished, precision
from derivations.arithmetic.series import number

BITS, COARSE = 4096, 512
LINES = 2  # along which a place is approached
STEP = 256  # places 2^-STEP away, on both sides
TOLERANCE = arb(2) ** -64  # relative difference that a continuous expression may have there
LARGEST = arb(2) ** 128  # a larger value is taken for a pole


class Continued(NamedTuple):
    """The real value to which an expression continues, and whether it is enclosed or only approached."""

    value: arb
    enclosed: bool


class Around:
    """A place and the lines through it, on which values are computed once for all expressions."""

    def __init__(self, at: Mapping[Symbol, Any], rng: Random) -> None:
        self.at, self.rng = {v: number(q) for v, q in at.items()}, rng

    def continued(self, e: Expr, approach: bool = True) -> Continued | None:
        """Return the real value to which the expression continues; None where it is shown to have none.

        Raises:
            Unfinished: neither is seen, or neither is shown and the place is not to be approached.
        """
        with precision(BITS):
            try:
                value = self._here.of(e)
            except Unfinished:
                return None if self._splits(e) else self._approached(e, approach)
            if isinstance(value, Pole) or not value.imag.contains(0):
                return None
            return Continued(value.real, True) if value.imag == 0 else self._approached(e, approach)

    @cached_property
    def _here(self) -> Values:
        return Values({v: acb(q) for v, q in self.at.items()})

    @cached_property
    def _lines(self) -> list[Along]:
        """Random lines through the place, each in both directions."""
        slopes = [self._slopes() for _ in range(LINES)]
        return [Along({v: (q, side * s[v]) for v, q in self.at.items()}) for s in slopes for side in (-1, 1)]

    @cached_property
    def _ends(self) -> list[Values]:
        """The two ends of short pieces of lines through the place."""
        slopes = [self._slopes() for _ in range(LINES)]
        return [Values(self._near(side, s)) for s in slopes for side in (-1, 1)]

    def _near(self, side: int, slopes: Mapping[Symbol, fmpq]) -> dict[Expr, acb]:
        return {v: acb(q + side * slopes[v] / 2**STEP) for v, q in self.at.items()}

    def _slopes(self) -> dict[Symbol, fmpq]:
        names = sorted(self.at, key=str)
        return {v: fmpq(self.rng.randint(7, 97), 89) * self.rng.choice((-1, 1)) for v in names}

    def _splits(self, e: Expr) -> bool:
        """Return whether the expression has no real limit along some line through the point, or two along two."""
        limits = list[acb]()
        with precision(COARSE):
            for line in self._lines:
                try:
                    limit = line.limit(e)
                except Unfinished:
                    continue
                if limit is None or not limit.imag.contains(0):
                    return True
                limits.append(limit)
        return any(not x.overlaps(limits[0]) for x in limits)

    def _approached(self, e: Expr, approach: bool) -> Continued:
        if not approach:
            raise Unfinished("no continuation is shown, and none is excluded")
        values = [end.of(e) for end in self._ends]
        numbers = [x for x in values if not isinstance(x, Pole)]
        first = numbers[0] if len(numbers) == len(values) else acb("nan")
        within = TOLERANCE * (1 + abs(first))
        same = all(abs(x - first) < within and abs(x.imag) < within for x in numbers)
        if not (same and abs(first) < LARGEST):
            raise Unfinished("no continuation is seen, and none is excluded")
        return Continued(first.real, False)


def continued(e: Expr, at: Mapping[Symbol, Any], rng: Random) -> Continued | None:
    """Return the real value to which the expression continues at the point; None where it is shown to have none."""
    return Around(at, rng).continued(e)
