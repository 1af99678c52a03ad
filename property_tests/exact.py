"""The reference values: a claim's answer in Arb balls of 512 bits, and the distance to it in ulps.

It shares no line with what it judges: expressions come from `derivations`, evaluation from Arb.
An ulp is the spacing of the target dtype at the exact value, subnormals included; infinity is
right where the exact value rounds to it.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from flint import arb
from sympy import Expr, Symbol

from derivations.arithmetic.ball import Undefined, ball, precision

BITS = 512
FORMATS = {  # significant bits, exponent of the smallest subnormal, exponent above the largest number
    torch.float64: (53, -1074, 1024),
    torch.float32: (24, -149, 128),
    torch.bfloat16: (8, -133, 128),
    torch.float16: (11, -24, 16),
}
DTYPES = tuple(FORMATS)
NARROW = DTYPES[1:]

Values = Mapping[Symbol, Any]


def value(expr: Expr, at: Values) -> arb:
    """Return the exact value at a point of floats, integers or balls."""
    with precision(BITS):
        balls = {v: q if isinstance(q, arb) else arb(q) for v, q in at.items()}
        return ball(expr, balls)


def exponent(exact: arb) -> int:
    """Return e with 2^e <= |exact| < 2^(e+1)."""
    mantissa, e = exact.mid().man_exp()
    return int(mantissa).bit_length() - 1 + int(e)


def ulps(got: float, exact: arb, dtype: torch.dtype = torch.float64) -> float:
    """Return |got - exact| in units of the dtype's spacing at the exact value; NaN is infinitely far away."""
    bits, least, top = FORMATS[dtype]
    with precision(BITS):
        if math.isnan(got):
            return math.inf
        if math.isinf(got):
            largest = arb(2) ** top - arb(2) ** (top - bits - 1)  # from here on, rounding gives infinity
            return 0.0 if abs(exact) >= largest and (got > 0) == bool(exact > 0) else math.inf
        if exact.contains(0):  # an exact zero, to 512 bits
            assert exact.rad() < arb(2) ** -400
            return abs(got) / math.ldexp(1.0, least)
        spacing = max(exponent(exact) - bits + 1, least)
        return float((abs(arb(got) - exact) * arb(2) ** -spacing).upper())


def worst(got: Iterable[float], exact: Iterable[arb], dtype: torch.dtype = torch.float64) -> float:
    return max(ulps(g, e, dtype) for g, e in zip(got, exact, strict=True))


def sigmoid(g: arb) -> arb:
    return 1 / (1 + (-g).exp())


def variance_preserving(gamma: arb) -> tuple[arb, arb]:
    """Return (alpha, sigma) at gamma: alpha^2 = S(-gamma), sigma^2 = S(gamma)."""
    with precision(BITS):
        return sigmoid(-gamma).sqrt(), sigmoid(gamma).sqrt()


__all__ = ["BITS", "DTYPES", "NARROW", "Undefined", "exponent", "ulps", "value", "variance_preserving", "worst"]
