"""Continuation: the value of an expression at a place where it is undefined, or merely undefined as written.

(a^2 - b^2)/(a - b) has no value at a = b as it is written, but is a + b on both sides of it; the root of a negative
number is imaginary, but its square is real. So the module approaches a place along lines, in complex numbers, from both
ends: where the values agree and are real, the expression continues to that value.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, mul
from random import Random
from typing import Any

from flint import acb, arb, fmpq
from sympy import Expr, Symbol

from derivations.arithmetic.number import Unfinished, precision
from derivations.probability.density import Abstract, finite

BITS = 4096
LINES = 2  # along which a place is approached
STEP = 256  # places 2^-STEP away, on both sides
TOLERANCE = arb(2) ** -64  # relative difference that a continuous expression may have there
LARGEST = arb(2) ** 128  # a larger value is taken for a pole
ENTIRE = frozenset({"exp", "sin", "cos", "sinh", "cosh", "tan", "tanh", "atan", "erf", "erfc"})


def continued(e: Expr, at: Mapping[Symbol, Any], rng: Random) -> arb | None:
    """Return the real value to which the expression continues at the point; None where it has none."""
    with precision(BITS):
        values = [complex_value(e, place) for _ in range(LINES) for place in _ends(at, rng)]
        first = values[0]
        within = TOLERANCE * (1 + abs(first))
        same = all(abs(x - first) < within and abs(x.imag) < within for x in values)
        return first.real if same and abs(first) < LARGEST else None


def _ends(at: Mapping[Symbol, Any], rng: Random) -> list[dict[Expr, acb]]:
    """Return the two ends of a short piece of a line through the point."""
    along = {v: fmpq(rng.randint(7, 97), 89 * 2**STEP) * rng.choice((-1, 1)) for v in sorted(at, key=str)}
    return [{v: acb(_exact(q) + side * along[v]) for v, q in at.items()} for side in (-1, 1)]


def _exact(q: Any) -> fmpq:
    return fmpq(int(q.p), int(q.q))


def complex_value(e: Expr, known: dict[Expr, acb]) -> acb:
    """Return the value in complex numbers, given those of symbols, with roots and logarithms on their main branches."""
    if e not in known:
        known[e] = _value(e, lambda part: complex_value(part, known))
    return known[e]


def _value(e: Expr, of: Callable[[Any], acb]) -> acb:
    name = type(e).__name__
    if e.is_Rational:
        return acb(_exact(e))
    if e.is_Add or e.is_Mul:
        return reduce(add if e.is_Add else mul, map(of, e.args))
    if isinstance(e, Abstract):
        return of(finite(e))
    if e.is_Pow:
        return _power(*e.args, of)  # type: ignore[arg-type]
    if name == "log" or name in ENTIRE:
        return getattr(of(e.args[0]), name)()
    if name in ("Pi", "Exp1"):
        return acb.pi() if name == "Pi" else acb(1).exp()
    raise Unfinished(f"no continuation of {name}")


def _power(base: Expr, exponent: Expr, of: Callable[[Any], acb]) -> acb:
    if exponent.is_Integer:
        return of(base) ** int(exponent)  # type: ignore[arg-type]
    if exponent.is_Rational and exponent.q == 2:  # type: ignore[attr-defined]
        return of(base).sqrt() ** int(2 * exponent)  # type: ignore[operator]
    return (of(exponent) * of(base).log()).exp()
