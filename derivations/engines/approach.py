"""A numerical check of limits: how near an expression comes to its value, at scales that go down to 0 geometrically.

At each scale the check tries arguments with random mantissas, so that it does not meet a function periodic in 1/h at
its nodes; a real variable comes from both sides. With D the largest distance at a scale, an expression within C h^p of
its value has bits of agreement, -log2 D, that double where the bits of h do. A limit is consistent where they grow like
that between the finest scales; it fails where the distance does not shrink there at all: at a jump, an oscillation or
another value, even one off by 1e-40. An expression that converges too slowly to be distinguished from another value is
left undecided, and so is a distance that goes on falling, however slowly. No sample reaches a limit, so a failure here
does not prove that the limit is another.

An integral whose ends move can't be evaluated that far out: its scales are coarse, and so are the bits it can show. It
fails only where the integral itself has stopped changing.
"""

from collections.abc import Iterator
from itertools import pairwise
from math import inf, log2
from random import Random

import flint
from flint import arb
from sympy import Expr, Integral, Rational

from derivations.arithmetic.ball import Imprecise, Undefined, ball, precision
from derivations.form.statement import Tends
from derivations.points.domain import Draw

FINE, COARSE = (80, 320, 640, 1280), (12, 24, 48)  # bits of h, which double between the finest three
EACH = 2  # arguments at a scale and a side
PRIME = 2**61 - 1
GROWS = 1.5  # factor by which the bits of agreement grow for each doubling of the bits of h
LEAST = 1 / 16  # bits of agreement for one bit of h: p in h^p, at the finest scale
STAYS = 0.75  # a distance that twice keeps a larger share of itself does not shrink
GOES_ON = 4  # a fall of less than the fall before divided by this is coming to its end
STILL = 8  # bits of an integral that are the same at the two finest scales
ROOM = 8  # bits of precision for one bit of h; for an integral there is half a bit
HUGE = 2**60  # more bits than this count as infinite


class Fails(ArithmeticError):
    """The statement is false at this point."""


class Stays(Fails):
    """The expression stays away from its stated limit, as far down as it is followed."""


def approaches(limit: Tends, point: Draw) -> None:
    """Raise Fails or Undefined where the limit is another or none, Imprecise where it is not seen."""
    scales = COARSE if _moving_ends(limit.expr, limit) else FINE
    rng = Random(f"{limit.var} {sorted(map(str, point.items()))}")
    agreed = [_agreement(limit, point, bits, scales, rng) for bits in reversed(scales)]
    last, before, earlier, *_ = (distance for _, distance in agreed)
    if _stays(last, before, earlier) and (scales is FINE or _is_still(limit, point)):
        raise Stays(last.str(8, radius=False))
    bits = [agreement for agreement, _ in agreed[2::-1]]
    slow = any(b < GROWS * a for a, b in pairwise(bits)) or bits[-1] < LEAST * scales[-1]
    if bits[0] <= 0 or slow:
        raise Imprecise(
            f"expected bits of agreement that double, got {', '.join(f'{b:.0f}' for b in bits)}: the limit is not seen"
        )


def _stays(last: arb, before: arb, earlier: arb) -> bool:
    """Return whether a distance neither shrinks nor goes on falling: one that falls slowly may yet arrive."""
    if not (last > arb(STAYS) * before and before > arb(STAYS) * earlier):
        return False
    return not (last < before < earlier and before - last > (earlier - before) / GOES_ON)


def _moving_ends(e: Expr, limit: Tends) -> bool:
    return any(ends.has(limit.var) for x in e.atoms(Integral) for ends in x.limits)


def _is_still(limit: Tends, point: Draw) -> bool:
    """Return whether the integral has stopped changing; one that diverges, or has hardly begun, refutes nothing."""
    with precision(64 + COARSE[-1]):
        before, last = (ball(limit.expr, {**point, limit.var: Rational(1, 2**bits)}) for bits in COARSE[-2:])
    return bool(abs(last - before) < abs(last) / 2**STILL)


def _agreement(limit: Tends, point: Draw, bits: int, scales: tuple[int, ...], rng: Random) -> tuple[float, arb]:
    """Return the bits of agreement at a scale and the largest distance, relative to 1 + |value|."""
    with precision(64 + bits // 2 if scales is COARSE else ROOM * bits + 256):
        value = ball(limit.value, point)
        try:
            distances = [abs(ball(limit.expr, {**point, limit.var: h}) - value) for h in _arguments(limit, bits, rng)]
        except Undefined as fault:
            if bits in scales[-2:]:
                raise
            raise Imprecise(f"no value at a coarse scale: {fault}") from None  # which says nothing about the limit
        largest = max(distances, key=lambda d: d.abs_upper()) / (1 + abs(value))
        return (inf if _all_digits(largest) else _bits(largest)), largest


def _arguments(limit: Tends, bits: int, rng: Random) -> Iterator[Rational]:
    """Yield arguments between 2^-(bits+1) and 2^-bits, on each side that the variable has."""
    for side in (1,) if limit.var.is_positive else (1, -1):
        for _ in range(EACH):
            yield side * Rational(rng.randrange(PRIME // 2, PRIME), PRIME) / 2**bits


def _all_digits(distance: arb) -> bool:
    """Return whether all digits at hand, at least a fourth of the precision, agree."""
    return bool(distance.contains(0)) and _bits(distance) > flint.ctx.prec / 4


def _bits(distance: arb) -> float:
    """Return -log2 of an upper bound; infinity for 0."""
    bound = distance.abs_upper()
    if bound == 0:
        return inf
    mantissa, exponent = map(int, bound.mid().man_exp())
    if abs(exponent) > HUGE:
        return inf if exponent < 0 else -inf
    return -(log2(mantissa) + exponent)
