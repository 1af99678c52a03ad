"""How far a number is from an exact one: in units in the last place, and as a part of it."""

import math

import torch
from flint import arb

from derivations.arithmetic.ball import precision
from udm.conformance.exact import BITS

FORMATS = {  # significant bits, exponent of the smallest subnormal
    torch.float64: (53, -1074),
    torch.float32: (24, -149),
    torch.bfloat16: (8, -133),
    torch.float16: (11, -24),
}
NAMES = {dtype: str(dtype).removeprefix("torch.") for dtype in FORMATS}


def exponent(exact: arb) -> int:
    """Return e with 2^e <= |exact| < 2^(e+1)."""
    mantissa, e = exact.mid().man_exp()
    return int(mantissa).bit_length() - 1 + int(e)


def ulps(got: float, exact: arb, dtype: torch.dtype, scale: arb | None = None) -> float:
    """Return |got - exact| in spacings of the dtype at the exact value, or at `scale`; infinite if it is not finite."""
    bits, least = FORMATS[dtype]
    if not math.isfinite(got):
        return math.inf
    with precision(BITS):
        size = exact if scale is None else scale
        spacing = least if size.contains(0) else max(exponent(size) - bits + 1, least)
        return float(abs((arb(got) - exact).mid()) * arb(2) ** -spacing)


def relative(got: float, exact: arb, scale: arb | None = None) -> float:
    """Return |got - exact| as a part of the exact value, or of `scale`; infinite if that is 0 and they differ."""
    if not math.isfinite(got):
        return math.inf
    with precision(BITS):
        size = exact if scale is None else scale
        off = abs((arb(got) - exact).mid())
        if size.contains(0):
            return 0.0 if off == 0 else math.inf
        return float(off / abs(size.mid()))


def digits(exact: arb, n: int = 20) -> str:
    """Return n decimal digits of an exact number."""
    return exact.mid().str(n, radius=False)
