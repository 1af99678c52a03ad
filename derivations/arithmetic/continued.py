"""Continuation: the value of an expression at a place where it is undefined, or merely undefined as written.

(a^2 - b^2)/(a - b) has no value at a = b as it is written, but is a + b on both sides of it; the root of a negative
number is imaginary, but its square is real. Values at the place itself decide where they can (`extended`), and leading
terms along lines through it (`leading`): where there is no limit, or another one along another line, the expression
does not continue. Elsewhere the module approaches the place along lines, in complex numbers, from both ends: where the
values agree and are real, the expression continues to that value; where they don't, nothing is shown.
"""

from collections.abc import Mapping
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


def continued(e: Expr, at: Mapping[Symbol, Any], rng: Random) -> Continued | None:
    """Return the real value to which the expression continues at the point; None where it is shown to have none.

    Raises:
        Unfinished: neither is seen.
    """
    with precision(BITS):
        try:
            value = Values({v: acb(number(q)) for v, q in at.items()}).of(e)
        except Unfinished:
            return None if _splits(e, at, rng) else _approached(e, at, rng)
        if isinstance(value, Pole) or not value.imag.contains(0):
            return None
        return Continued(value.real, True) if value.imag == 0 else _approached(e, at, rng)


def _splits(e: Expr, at: Mapping[Symbol, Any], rng: Random) -> bool:
    """Return whether the expression has no real limit along some line through the point, or two along two."""
    limits = list[acb]()
    with precision(COARSE):
        for line in (line for _ in range(LINES) for line in _lines(at, rng)):
            try:
                limit = Along(line).limit(e)
            except Unfinished:
                continue
            if limit is None or not limit.imag.contains(0):
                return True
            limits.append(limit)
    return any(not x.overlaps(limits[0]) for x in limits)


def _lines(at: Mapping[Symbol, Any], rng: Random) -> list[dict[Symbol, tuple[fmpq, fmpq]]]:
    """Return a random line through the point, in both directions."""
    slopes = _slopes(at, rng)
    return [{v: (number(q), side * slopes[v]) for v, q in at.items()} for side in (-1, 1)]


def _slopes(at: Mapping[Symbol, Any], rng: Random) -> dict[Symbol, fmpq]:
    return {v: fmpq(rng.randint(7, 97), 89) * rng.choice((-1, 1)) for v in sorted(at, key=str)}


def _approached(e: Expr, at: Mapping[Symbol, Any], rng: Random) -> Continued:
    values = [Values(place).of(e) for _ in range(LINES) for place in _ends(at, rng)]
    numbers = [x for x in values if not isinstance(x, Pole)]
    first = numbers[0] if len(numbers) == len(values) else acb("nan")
    within = TOLERANCE * (1 + abs(first))
    same = all(abs(x - first) < within and abs(x.imag) < within for x in numbers)
    if not (same and abs(first) < LARGEST):
        raise Unfinished("no continuation is seen, and none is excluded")
    return Continued(first.real, False)


def _ends(at: Mapping[Symbol, Any], rng: Random) -> list[dict[Expr, acb]]:
    """Return the two ends of a short piece of a line through the point."""
    slopes = _slopes(at, rng)
    return [{v: acb(number(q) + side * slopes[v] / 2**STEP) for v, q in at.items()} for side in (-1, 1)]
