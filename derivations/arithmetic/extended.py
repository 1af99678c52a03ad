"""Values in complex numbers and one infinity, at a place where an expression may have no real value.

They are rigorous: a ball that is not real shows that there is no real value nearby, and `POLE` that the expression
exceeds every bound as the place is approached. What neither shows is `Unfinished`, such as 0/0 or exp(1/0).
"""

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from flint import acb, arb
from sympy import Expr

from derivations.arithmetic.number import Unfinished
from derivations.arithmetic.series import number
from derivations.probability.density import Abstract, finite


class Pole(NamedTuple):
    """The value of what exceeds every bound as a place is approached."""


POLE: Final = Pole()
ZERO: Final = acb(0)
Value = acb | Pole
ENTIRE = frozenset({"exp", "sin", "cos", "sinh", "cosh", "tan", "tanh", "atan", "erf", "erfc"})


class Values:
    """The values of expressions at one place, each computed once."""

    def __init__(self, at: Mapping[Any, acb]) -> None:
        self.known: dict[Expr, Value] = dict(at)

    def of(self, e: Expr) -> Value:
        """Return the value, with roots and logarithms on their main branches."""
        if e not in self.known:
            self.known[e] = self._new(e)
        return self.known[e]

    def _new(self, e: Expr) -> Value:
        name = type(e).__name__
        if e.is_Rational:
            return acb(number(e))
        if isinstance(e, Abstract):
            return self.of(finite(e))
        if e.is_Pow:
            return _power(self.of(e.args[0]), e.args[1], self.of)  # type: ignore[arg-type]
        if name in ("Pi", "Exp1"):
            return acb.pi() if name == "Pi" else acb(1).exp()
        if (e.is_Add or e.is_Mul) or name in FUNCTIONS:
            of = _sum if e.is_Add else _product if e.is_Mul else FUNCTIONS[name]
            return of(*map(self.of, e.args))  # type: ignore[arg-type]
        raise Unfinished(f"no continuation of {name}")


def _finite(x: acb) -> acb:
    if not x.is_finite():
        raise Unfinished("no finite value")
    return x


def _sum(*parts: Value) -> Value:
    poles = [x for x in parts if isinstance(x, Pole)]
    if len(poles) > 1:
        raise Unfinished("a difference of infinities")
    return POLE if poles else reduce(lambda x, y: x + y, parts)  # type: ignore[operator]


def _product(*parts: Value) -> Value:
    bounded = [x for x in parts if not isinstance(x, Pole)]
    if len(bounded) < len(parts):
        if any(x.contains(0) for x in bounded):
            raise Unfinished("0 times infinity")
        return POLE
    return reduce(lambda x, y: x * y, bounded)


def _power(base: Value, exponent: Expr, of: Callable[[Expr], Value]) -> Value:
    if isinstance(base, Pole) or base == 0:
        rises = _sign(of(exponent)) * (-1 if isinstance(base, Pole) else 1)
        return ZERO if rises > 0 else POLE
    if base.contains(0) and not (exponent.is_Integer and exponent.is_positive):
        raise Unfinished("a power of what may be 0")
    if exponent.is_Integer:
        return _finite(base ** int(exponent))  # type: ignore[arg-type]
    if exponent.is_Rational and exponent.q == 2:  # type: ignore[attr-defined]
        return _finite(base.sqrt() ** int(2 * exponent))  # type: ignore[operator]
    by = of(exponent)
    if isinstance(by, Pole):
        raise Unfinished("an infinite exponent")
    return _finite((by * base.log()).exp())


def _sign(x: Value) -> int:
    """Return the sign of an exponent; it is no exponent of 0 or of infinity if it has none."""
    if isinstance(x, Pole) or x.imag != 0 or x.real.contains(0):
        raise Unfinished("an exponent without a sign")
    return 1 if x.real > 0 else -1


def _log(x: Value) -> Value:
    if isinstance(x, Pole) or x == 0:
        return POLE
    if x.contains(0):
        raise Unfinished("a logarithm of what may be 0")
    return _finite(x.log())


def _real(x: Value) -> arb:
    if isinstance(x, Pole) or x.imag != 0:
        raise Unfinished("expected a real number")
    return x.real


def _abs(x: Value) -> Value:
    return POLE if isinstance(x, Pole) else acb(abs(_real(x)))


def _entire(name: str) -> Callable[[Value], Value]:
    def of(x: Value) -> Value:
        if isinstance(x, Pole):
            raise Unfinished(f"{name} of infinity")
        return _finite(getattr(x, name)())

    return of


FUNCTIONS: Mapping[str, Callable[..., Value]] = MappingProxyType(
    {
        **{name: _entire(name) for name in ENTIRE},
        "log": _log,
        "Abs": _abs,
        "Max": lambda *xs: acb(reduce(lambda x, y: x.max(y), map(_real, xs))),
        "Min": lambda *xs: acb(reduce(lambda x, y: x.min(y), map(_real, xs))),
    }
)
