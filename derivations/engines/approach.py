"""A limit by numbers: how near an expression comes to its value, at scales that go down to 0 geometrically.

At each scale, arguments with random mantissas are tried, so that nothing periodic in 1/h is met at its nodes; a real
variable comes from both sides. With D the largest distance of a scale, an expression that is within C h^p has bits of
agreement, -log2 D, that double where the bits of h do. A limit is consistent where they grow so between the finest
scales; it fails where the distance does not shrink there at all: a jump, an oscillation, another value, be it off by
1e-40. What shrinks, but too slowly to be told from another value, is left undecided, and so is a distance that goes
on falling, however slowly. No sample reaches a limit, so what fails here is no proof that it is another.

An integral whose ends move can't be evaluated that far out: its scales are coarse, and so are the bits it can show. It
fails only where it has stopped changing itself.
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

FINE, COARSE = (80, 320, 640, 1280), (12, 24, 48)  # bits of h; of the finest three each has twice those before it
EACH = 2  # arguments at a scale and a side
PRIME = 2**61 - 1
GROWS = 1.5  # bits of agreement, for each doubling of the bits of h
LEAST = 1 / 16  # bits of agreement for one bit of h: p in h^p, at the finest scale
STAYS = 0.75  # a distance that shrinks by less, twice, does not shrink
GOES_ON = 4  # a fall that is a smaller share of the fall before it comes to its end
STILL = 8  # bits of an integral that are the same at the two finest scales
ROOM = 8  # bits of precision for one bit of h, where nothing is integrated; else two for four bits of h
HUGE = 2**60  # bits beyond which no number of them is kept


class Fails(ArithmeticError):
    """The statement is false at this point."""


class Stays(Fails):
    """What should come near stays away, as far down as it is followed."""


def approaches(said: Tends, point: Draw) -> None:
    """Raise Fails or Undefined where the limit is another or none, Imprecise where it is not seen."""
    scales = COARSE if _moving_ends(said.expr, said) else FINE
    rng = Random(f"{said.var} {sorted(map(str, point.items()))}")
    agreed = [_agreement(said, point, bits, scales, rng) for bits in reversed(scales)]
    last, before, earlier, *_ = (distance for _, distance in agreed)
    if _stays(last, before, earlier) and (scales is FINE or _settled(said, point)):
        raise Stays(last.str(8, radius=False))
    bits = [agreement for agreement, _ in agreed[2::-1]]
    slow = any(b < GROWS * a for a, b in pairwise(bits)) or bits[-1] < LEAST * scales[-1]
    if bits[0] <= 0 or slow:
        raise Imprecise(f"a limit that is not seen: {', '.join(f'{b:.0f}' for b in bits)} bits of agreement")


def _stays(last: arb, before: arb, earlier: arb) -> bool:
    """Whether a distance does not shrink, and does not go on falling either: what falls slowly may yet arrive."""
    if not (last > arb(STAYS) * before and before > arb(STAYS) * earlier):
        return False
    return not (last < before < earlier and before - last > (earlier - before) / GOES_ON)


def _moving_ends(e: Expr, said: Tends) -> bool:
    return any(limit.has(said.var) for x in e.atoms(Integral) for limit in x.limits)


def _settled(said: Tends, point: Draw) -> bool:
    """Whether the integral itself has stopped changing: one that diverges, or has hardly begun, refutes nothing."""
    with precision(64 + COARSE[-1]):
        before, last = (ball(said.expr, {**point, said.var: Rational(1, 2**bits)}) for bits in COARSE[-2:])
    return bool(abs(last - before) < abs(last) / 2**STILL)


def _agreement(said: Tends, point: Draw, bits: int, scales: tuple[int, ...], rng: Random) -> tuple[float, arb]:
    """The bits of agreement at a scale, and the largest distance, over 1 + |value|."""
    with precision(64 + bits // 2 if scales is COARSE else ROOM * bits + 256):
        value = ball(said.value, point)
        try:
            distances = [abs(ball(said.expr, {**point, said.var: h}) - value) for h in _arguments(said, bits, rng)]
        except Undefined as fault:
            if bits in scales[-2:]:
                raise
            raise Imprecise(f"no value at a coarse scale: {fault}") from None  # which says nothing of the limit
        largest = max(distances, key=lambda d: d.abs_upper()) / (1 + abs(value))
        return (inf if _all_digits(largest) else _bits(largest)), largest


def _arguments(said: Tends, bits: int, rng: Random) -> Iterator[Rational]:
    """Between 2^-(bits+1) and 2^-bits, on each side that the variable has."""
    for side in (1,) if said.var.is_positive else (1, -1):
        for _ in range(EACH):
            yield side * Rational(rng.randrange(PRIME // 2, PRIME), PRIME) / 2**bits


def _all_digits(distance: arb) -> bool:
    """Whether no difference is seen in the digits at hand, a fourth of them at least."""
    return bool(distance.contains(0)) and _bits(distance) > flint.ctx.prec / 4


def _bits(distance: arb) -> float:
    """-log2 of an upper bound; infinite for 0."""
    bound = distance.abs_upper()
    if bound == 0:
        return inf
    mantissa, exponent = map(int, bound.mid().man_exp())
    if abs(exponent) > HUGE:
        return inf if exponent < 0 else -inf
    return -(log2(mantissa) + exponent)
