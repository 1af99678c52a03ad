"""Exact points at which all formulas are compared: each of our symbols has a value, and these agree with each other.

What is defined by other symbols has the value that follows; so formulas in different symbols can be compared by value.
The points differ in which symbols are large, so that the assumptions of each claim hold at some of them.
"""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from random import Random

from flint import arb
from sympy import Expr, Rational, Symbol

from derivations import symbols as o
from derivations.arithmetic.ball import Imprecise, Place, Undefined, Unfinished, ball, precision
from derivations.query.index.relations import DEFINED, PRIMITIVE

COUNT = 4  # points
BITS = 512
GRAIN = 997  # a prime: no value has few decimals
ORDERED = (
    (o.s, o.t_new, o.t, o.u), (o.beta_min, o.beta_max), (o.sigma_min, o.sigma_max), (o.gamma_0, o.gamma_1),
    (o.start, o.end), (o.x_a, o.x_b), (o.B_s,),
)  # fmt: skip
Values = Mapping[Symbol, Expr]


@cache
def numbers() -> frozenset[Symbol]:
    """All of our symbols that stand for numbers."""
    return frozenset(v for v in vars(o).values() if isinstance(v, Symbol) and v.is_real)


@cache
def universe() -> tuple[Values, ...]:
    """The points, as exact values of all symbols."""
    return tuple(_point(n) for n in range(COUNT))


@cache
def digest() -> str:
    """Return a digest of the points: values at other points say nothing about these."""
    rows = (f"{v} {v.is_positive} {e}" for point in universe() for v, e in point.items())
    return sha256("\n".join(sorted(rows)).encode()).hexdigest()


@cache
def places() -> tuple[Place, ...]:
    """The points, as balls."""
    with precision(BITS):
        return tuple(Place({v: ball(e, {}) for v, e in point.items()}) for point in universe())


def value(e: Expr, n: int) -> arb | None:
    """Return the value of an expression at the point of this number; None where it has none."""
    try:
        with precision(BITS):
            return ball(e, places()[n])
    except (Undefined, Imprecise, Unfinished, ArithmeticError, ValueError, TypeError):
        return None


def _point(n: int) -> Values:
    rng, top = Random(f"universe {n}"), (1, 1, 3, 9)[n]
    at: dict[Symbol, Expr] = {v: _drawn(Random(f"universe {n} {v} {v.is_positive}"), v, top) for v in numbers()}
    for row in ORDERED:
        at.update(zip(row, sorted(at[v] for v in row), strict=True))
    at |= _step(rng, growing=n != 3) | {o.dalpha: (-1) ** (n + 1) * at[o.dalpha]}  # the signal fades, or grows
    at |= {v: _between(rng, 1, 9, 10) for v in (o.alpha, o.abar_s, o.r, o.p_lam, o.chance, o.share)}
    fixed = {v: e for v, e in at.items() if v not in DEFINED or v in PRIMITIVE}
    return fixed | {v: _followed(v, fixed) for v in DEFINED if v not in PRIMITIVE}


def _drawn(rng: Random, v: Symbol, top: int) -> Expr:
    size = _between(rng, top, 10 * top, 11)
    return size if v.is_positive or rng.random() < 0.5 else -size


def _between(rng: Random, low: int, high: int, over: int) -> Rational:
    """Draw a rational number between low/over and high/over."""
    return Rational(rng.randint(low * GRAIN, high * GRAIN), over * GRAIN)


def _step(rng: Random, growing: bool) -> Values:
    """A step from s to t: its noise and what is left of that of s are the legs of a right triangle."""
    alpha_s, sigma_t = _between(rng, 3, 9, 10), _between(rng, 4, 9, 10)
    alpha_ts, m = (_between(rng, *ends, 20) for ends in (((8, 18), (14, 19)) if growing else ((6, 12), (2, 8))))
    of_s, of_step = sigma_t * (1 - m**2) / (1 + m**2), sigma_t * 2 * m / (1 + m**2)
    return {o.alpha_s: alpha_s, o.alpha_ts: alpha_ts, o.sigma_s: of_s / alpha_ts, o.sigma_ts: of_step}


def _followed(v: Symbol, at: Values) -> Expr:
    """The value that follows from the definition."""
    definition = DEFINED[v][0]
    parts = {p: at[p] if p in at else _followed(p, at) for p in definition.free_symbols}
    return definition.xreplace(parts)
