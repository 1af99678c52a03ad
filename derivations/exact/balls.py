"""Balls for exact values: constants, normal densities and tails, and balls made wider by a proved error."""

from collections.abc import Callable
from fractions import Fraction

from flint import arb, fmpq

from derivations.arithmetic.number import precision

START, MOST, DIGITS = 64, 256, 13  # bits of an integral, at first and at last, and decimal digits of a term
FLOOR = 1e-18  # nats, of terms that are dear


def exact(number: Fraction | int) -> arb:
    """A rational number, in the precision of now."""
    return arb(fmpq(number.numerator, number.denominator))


def power_of_two(n: int) -> arb:
    return arb(2) ** n


def log_two_pi_e() -> arb:
    return (2 * arb.pi()).log() + 1


def density(x: arb) -> arb:
    """phi, the density of N(0, 1)."""
    return (-(x**2) / 2).exp() / (2 * arb.pi()).sqrt()


def tail(x: arb) -> arb:
    """Q, the chance that N(0, 1) exceeds x."""
    return (x / arb(2).sqrt()).erfc() / 2


def above(x: arb) -> arb:
    """The upper end of a ball."""
    return arb(x.upper())


def widened(x: arb, error: arb) -> arb:
    """The ball of all that is within a non-negative error of x."""
    return x + arb(0, error.upper())


def between(low: arb, high: arb) -> arb:
    """The ball of all that is between two numbers."""
    return low.union(high)


def refined(compute: Callable[[int], arb], floor: float = 0.0) -> arb:
    """Return what is computed to 2^-bits, with more bits while that is neither 13 digits of the value nor the floor."""
    bits = START
    while True:
        with precision(bits + 100):
            found = compute(bits)
            fine = found.rad() <= abs(found) * arb(10) ** -DIGITS or float(found.rad()) <= floor
        if fine or bits >= MOST:
            return found
        bits *= 2
