"""Balls of nats as numbers of bits, for a document and for a page."""

import math
from decimal import ROUND_CEILING, Context, Decimal

from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact.balls import MOST

DIGITS = 16


def in_bits(nats: arb) -> arb:
    """Return bits for nats."""
    with precision(MOST):
        return nats / arb(2).log()


def number(nats: arb) -> dict[str, float]:
    """Return the nearest double in bits, and a radius that has the rounding too.

    Raises:
        ValueError: if no double is near.
    """
    bits = in_bits(nats)
    with precision(MOST):
        value = float(bits.mid())
        if math.isinf(value):
            raise ValueError(
                f"expected values below 1.8e308, the greatest double, with --json, got {bits.str(3, radius=False)}"
            )
        distance = abs(bits - arb(value)).upper()
    return {"value": value, "radius": 0.0 if distance == 0 else math.nextafter(float(distance), math.inf)}


def text(nats: arb) -> str:
    """Return the digits, with the radius of what is printed."""
    bits = in_bits(nats)
    with precision(MOST):
        if bits.rad() == 0 and bits.is_integer():
            return f"{int(float(bits))}"
        middle = arb(bits.str(DIGITS, radius=False) if abs(bits) > bits.rad() else "0")
        radius = arb(abs(bits - middle).upper())
        return f"{middle.str(DIGITS, radius=False)} +/- {_above(radius)}"


def _above(radius: arb) -> str:
    """Return two digits of a number that is no less: to the nearest, a radius would leave out what it is stated for."""
    digits = (radius * (1 + arb(2) ** -40)).str(DIGITS, radius=False)
    found: Decimal = Context(prec=2, rounding=ROUND_CEILING).create_decimal(digits)
    return f"{found:.1e}"
