"""Balls of nats as numbers of bits, for a document and for a page."""

import math

from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact.balls import MOST

DIGITS = 16


def in_bits(nats: arb) -> arb:
    """Return bits for nats."""
    with precision(MOST):
        return nats / arb(2).log()


def number(nats: arb) -> dict[str, float]:
    """Return the nearest double in bits, and a radius that has the rounding too."""
    bits = in_bits(nats)
    with precision(MOST):
        value = float(bits.mid())
        distance = abs(bits - arb(value)).upper()
    return {"value": value, "radius": 0.0 if distance == 0 else math.nextafter(float(distance), math.inf)}


def text(nats: arb) -> str:
    """Return the digits, with the radius of what is printed."""
    bits = in_bits(nats)
    with precision(MOST):
        if bits.rad() == 0 and bits.is_integer():
            return f"{int(float(bits))}"
        middle = arb(bits.str(DIGITS, radius=False) if abs(bits) > bits.rad() else "0")
        radius = abs(bits - middle).upper()
    return f"{middle.str(DIGITS, radius=False)} +/- {arb(radius).str(2, radius=False)}"
