"""Whether factors that are positive at one point of a domain stay so: sqrt(f^2) is f only where f > 0.

SymPy sees most signs. A factor that a root or a logarithm holds an odd number of times can't turn where that is
real; one held an even number of times can, so other points of the domain must have been looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol, exp

from derivations.ball import Imprecise, Undefined, Unfinished, ball, precision


def turning(signed: Mapping[Expr, set[int]], others: Sequence[Mapping[Symbol, Any]]) -> str:
    """Which factor turns, or may, or ''. Factors come with their exponents modulo 2."""
    for f, parities in signed.items():
        if f.is_positive or isinstance(f, exp):
            continue
        if not others and parities == {0}:
            return f"{f} may change its sign"
        for at in others:
            if f.free_symbols <= at.keys() and _negative(f, at):
                return f"{f} changes its sign, at {dict(at)}"
    return ""


def _negative(e: Expr, at: Mapping[Symbol, Any]) -> bool:
    try:
        with precision(256):
            return bool(ball(e, at) < 0)
    except (Undefined, Imprecise, Unfinished):
        return False
