"""Arithmetic of Arb balls that knows where it has no real value.

A ball that excludes a number is a proof. Functions raise `Undefined` where there is no real value, and `Imprecise`
where the precision is too low to decide, so that the caller tries again with more bits. Inside an integral the numbers
are complex, and the value is NaN wherever a function is not analytic.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import flint
from flint import acb, arb, fmpq
from sympy import Expr

Number = Any  # arb, or acb inside an integral
NAN = acb("nan")


class Undefined(ArithmeticError):
    """The expression has no real value at this point."""


class Imprecise(ArithmeticError):
    """A ball is too wide to decide; more bits would make it narrower."""


class Unfinished(ArithmeticError):
    """No value could be computed, which proves nothing: the quadrature is too hard, or a function has no evaluation."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def exact(q: Expr | int) -> arb:
    return arb(q) if isinstance(q, int) else arb(fmpq(int(q.p), int(q.q)))  # type: ignore[attr-defined]


def below(a: arb, b: arb) -> bool:
    """Return whether a < b; raise `Imprecise` where the balls don't decide it."""
    if a < b:
        return True
    if a >= b or (a - b).is_exact():
        return False
    raise Imprecise("expected two balls apart, got two that overlap")


def _positive(x: Number, what: str, zero: bool = False) -> Number:
    if isinstance(x, acb):  # inside an integral: away from the branch cut, or NaN
        return x if x.real > 0 else NAN
    if x > 0 or (zero and x == 0):
        return x
    if x <= 0:
        raise Undefined(f"{what} of {x.str(6, radius=False)}")
    raise Imprecise(what)


def _inverse(x: Number) -> Number:
    if x == 0:
        raise Undefined("division by zero")
    if not isinstance(x, acb) and x.contains(0):
        raise Imprecise("division")
    return 1 / x


def _whole(base: Number, n: int) -> Number:
    if n == 1:
        return base
    return base**n if isinstance(base, acb) else (acb(base) ** n).real  # a real ball around 0 would give NaN


def power(base: Number, n: int) -> Number:
    return _whole(base, n) if n >= 0 else _whole(_inverse(base), -n)


def root(base: Number) -> Number:
    return _positive(base, "square root", zero=True).sqrt()


def exponential(base: Number, exponent: Number) -> Number:
    if not isinstance(base, acb) and base == 0 and not isinstance(exponent, acb) and exponent > 0:
        return arb(0)  # a root of 0; that the base of a real power is positive is an obligation
    return (exponent * _positive(base, "power").log()).exp()


def _tan(x: Number) -> Number:
    return x.sin() * _inverse(x.cos())


FUNCTIONS: Mapping[str, Callable[[Number], Number]] = MappingProxyType(
    {
        "exp": lambda x: x.exp(),
        "log": lambda x: _positive(x, "logarithm").log(),
        "sin": lambda x: x.sin(),
        "cos": lambda x: x.cos(),
        "tan": _tan,
        "sinh": lambda x: x.sinh(),
        "cosh": lambda x: x.cosh(),
        "tanh": lambda x: x.tanh(),
        "atan": lambda x: NAN if isinstance(x, acb) and not abs(x.imag) < 1 else x.atan(),
        "erf": lambda x: x.erf(),
        "erfc": lambda x: x.erfc(),
        "Abs": lambda x: x.real_abs(analytic=True) if isinstance(x, acb) else abs(x),
    }
)
