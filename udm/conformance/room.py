"""How far rounding alone can take a number: what the formula makes of levels that rounding has moved.

In few digits 1 - alpha-bar loses most of its own, so a right formula may be far off. Yet what it makes is what the
exact formula makes of an alpha-bar that is off by its roundings, and of a step's alpha that is off by its own.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch
from flint import arb

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.distance import FORMATS

FINEST = torch.float32  # code that is asked for float64 may have its tables, or its work, in float32
OWN = 8  # roundings of a formula itself
FAST = 64  # the same in float32, where formulas have exponentials of logarithms too


def unit(dtype: torch.dtype) -> float:
    """Return the spacing of a dtype at 1, of float32 if it is finer."""
    return 2.0 ** (1 - min(FORMATS[dtype][0], FORMATS[FINEST][0]))


def room(
    at: Mapping[str, arb], t: int, s: int, exact: arb, scale: arb, evaluate: Callable[[Mapping[str, arb]], Any],
    table: torch.dtype, dtype: torch.dtype
) -> float:  # fmt: skip
    """Return the largest error, as a part of the scale, that rounding explains; infinite where it explains any.

    Args:
        at: the values of the symbols.
        t: the entry.
        s: the entry before.
        exact: the exact number.
        scale: what errors are parts of.
        evaluate: the formula, at other values of the symbols; None if it has no value.
        table: the dtype of the levels.
        dtype: of the number.
    """
    own = unit(dtype)
    most = (FAST if own <= unit(FINEST) else OWN) * own
    if "abar" not in at:
        return most
    for levels in _moved(at, 2 * (t + 1) * unit(table) + 2 * own, 4 * (t - s) * max(own, unit(table)), dtype):
        found = evaluate({name: one for name, one in at.items() if name != "snr"} | dict(levels))
        if found is None:
            return math.inf
        with precision(reference.BITS):
            most = max(most, most_of(found, exact, scale) + OWN * own)
    return most


def most_of(found: arb, exact: arb, scale: arb) -> float:
    """Return the distance of two numbers as a part of the scale."""
    off = abs((found - exact).mid())
    return 0.0 if off == 0 else math.inf if scale.contains(0) else float(off / abs(scale.mid()))


def _moved(at: Mapping[str, arb], both: float, step: float, dtype: torch.dtype) -> Iterator[Mapping[str, arb]]:
    least = 2.0 ** FORMATS[dtype][1]  # a number below it is 0
    with precision(reference.BITS):
        bar, bar_s = at["abar"], at["abar_s"]
        for a in (-1, 1):
            for b in (-1, 1):
                moved_s = bar_s if (1 - bar_s).contains(0) else _within(bar_s * (1 + a * both) + a * least)
                alpha = _within(bar / bar_s * (1 + b * step))
                moved = _within(moved_s * alpha * (1 + a * both if (1 - bar_s).contains(0) else 1) + a * least)
                yield reference.symbols(moved, moved_s)


def _within(bar: arb) -> arb:
    return arb(0) if bar < 0 else arb(1) if bar > 1 else bar
