"""Exact random numbers: of order one, of every magnitude, or at a chosen distance from a given number.

All are rationals with denominators as small as their purpose allows, so that Arb stays quick.
"""

from math import floor, log10
from random import Random

from flint import fmpq

DECADES = 8  # numbers that are far out reach from 10^-DECADES to 10^DECADES
CLOSEST = 9  # the smallest relative distance from an edge is 10^-CLOSEST
SIMPLE = (fmpq(1, 2), fmpq(1), fmpq(2), fmpq(3), fmpq(10), fmpq(100))
GRAINS = (12, 60, 1009)


def ordinary(rng: Random, sign: int) -> fmpq:
    """Draw a number of the order of one: positive (in (0, 1) or up to 8), negative, or of either sign."""
    q = rng.choice(GRAINS)
    if sign == 0:
        return fmpq(rng.randint(-4 * q, 4 * q), q)
    top = rng.choice((1, 1, 8))
    return sign * fmpq(rng.randint(1, top * q - 1), q)


def middling(rng: Random, sign: int) -> fmpq:
    """Draw a number between a hundredth and a thousand, or its negative."""
    return _signed(rng, sign) * magnitude(rng, -2, 3)


def wide(rng: Random, sign: int) -> fmpq:
    """Draw a number of any magnitude, or one very close to a simple number."""
    if rng.random() < 1 / 6:
        return _signed(rng, sign) * rng.choice(SIMPLE) * (1 + rng.choice((-1, 1)) * closeness(rng))
    return _signed(rng, sign) * magnitude(rng, -DECADES, DECADES)


def magnitude(rng: Random, low: float, high: float) -> fmpq:
    """Draw a number between 10^low and 10^high, its logarithm uniform, to three digits."""
    return rounded(rng.uniform(low, high))


def closeness(rng: Random, least: float = 1) -> fmpq:
    """Draw a small number, 10^-CLOSEST to 10^-least."""
    return rounded(-rng.uniform(least, CLOSEST))


def rounded(exponent: float) -> fmpq:
    """Return 10^exponent, to three digits."""
    whole = floor(exponent)
    return fmpq(round(100 * 10 ** (exponent - whole)), 100) * fmpq(10) ** whole


def exponent(x: fmpq) -> float:
    """Return the decimal logarithm of |x|, for any x but 0."""
    return _log10(abs(int(x.p))) - _log10(int(x.q))


def _log10(n: int) -> float:
    spare = max(0, n.bit_length() - 60)  # beyond the range of floats, count the bits
    return log10(n >> spare) + spare * log10(2)


def _signed(rng: Random, sign: int) -> int:
    return sign or rng.choice((-1, 1))


def simplest(low: fmpq, high: fmpq) -> fmpq:
    """Return the number of least denominator strictly between two others, by continued fractions."""
    if low < 0 < high:
        return fmpq(0)
    if high <= 0:
        return -simplest(-high, -low)
    whole = low.floor()
    if whole + 1 < high:
        return fmpq(whole + 1)
    low, high = low - whole, high - whole
    if low == 0:  # 1/n for the least n that is below high
        return whole + 1 / fmpq((1 / high).floor() + 1)
    return whole + 1 / simplest(1 / high, 1 / low)
