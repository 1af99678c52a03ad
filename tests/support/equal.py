"""Whether two expressions are equal: built alike, or with the same values at random exact points."""

import random

from sympy import Expr, Rational


def value(e: Expr, seed: int) -> complex | None:
    """Return the value at a random exact point to 40 digits, or None where there is none."""
    draw = random.Random(seed)
    at = {v: Rational(draw.randint(20, 400), 97) for v in sorted(e.free_symbols, key=str)}
    number = e.xreplace(at).evalf(40)
    return number if number.is_number and number.is_finite else None


def same(a: Expr, b: Expr) -> bool:
    """Return whether two expressions are equal: built alike, or with the same values wherever they have any."""
    if a == b:
        return True
    if a.free_symbols != b.free_symbols:
        return False
    pairs = [(value(a, seed), value(b, seed)) for seed in range(3)]
    close = [abs(p - q) < Rational(1, 10**25) * (1 + abs(p)) for p, q in pairs if p is not None and q is not None]
    return bool(close) and all(bool(c) for c in close)
