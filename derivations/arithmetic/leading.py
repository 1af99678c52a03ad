"""The leading term of an expression along a line through a place: c h^n log(1/h)^k, as h goes to 0 from above.

It is rigorous: c is a ball without 0, and the expression divided by the term goes to 1. So it shows that there is no
limit, or which limit there is. A term beyond all powers of h, as that of exp(-1/h), has an infinite n; what is 0 all
along the line has none. A sum whose leading terms may cancel is `Unfinished`, except in quotients of polynomials, which
are exact series (`series`).
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from math import inf
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from flint import acb, arb, fmpq
from sympy import Expr, Symbol

from derivations.arithmetic.number import Unfinished
from derivations.arithmetic.series import AlongLine, Line, number, rational
from derivations.probability.density import Abstract, finite

ONE: Final = acb(1)
NONE: Final = Fraction(0)


class Term(NamedTuple):
    """c h^n log(1/h)^k."""

    n: Fraction | float  # infinite if a float
    k: int
    c: acb

    @property
    def size(self) -> int:
        """Return 1 where it grows without bound, -1 where it goes to 0, 0 where it goes to c."""
        return (self.n < 0) - (self.n > 0) or (self.k > 0) - (self.k < 0)

    @property
    def order(self) -> tuple[Fraction | float, int]:
        return -self.n, self.k


Leading = Term | None  # None for 0


class Along:
    """The leading terms of expressions along one line, each computed once."""

    def __init__(self, line: Mapping[Symbol, Line]) -> None:
        self.quotients, self.known = AlongLine(line), dict[Expr, Leading]()

    def limit(self, e: Expr) -> acb | None:
        """Return the limit along the line; None where the expression grows without bound."""
        term = self.of(e)
        if term is None or term.size < 0:
            return acb(0)
        return term.c if term.size == 0 else None

    def of(self, e: Expr) -> Leading:
        if e not in self.known:
            self.known[e] = self._new(e)
        return self.known[e]

    def _new(self, e: Expr) -> Leading:
        if isinstance(e, Abstract):
            return self.of(finite(e))
        if rational(e):
            n, terms, known = self.quotients.of(e)
            return Term(Fraction(n), 0, acb(terms[0])) if known else None
        if e.is_Add or e.is_Mul:
            return self._gathered(e)
        if e.is_Pow:
            return self._power(*e.args)  # type: ignore[arg-type]
        name = type(e).__name__
        if name in ("Pi", "Exp1"):
            return Term(NONE, 0, acb.pi() if name == "Pi" else ONE.exp())
        if name == "log":
            return self._log(e.args[0])  # type: ignore[arg-type]
        if name in FUNCTIONS:
            return FUNCTIONS[name](self.of(e.args[0]))  # type: ignore[arg-type]
        raise Unfinished(f"no leading term of {name}")

    def _gathered(self, e: Expr) -> Leading:
        """Add or multiply, first those parts that are quotients of polynomials, which are exact."""
        exact = [a for a in e.args if rational(a)]  # type: ignore[arg-type]
        others = [self.of(a) for a in e.args if not rational(a)]  # type: ignore[arg-type]
        parts = [*([self.of(e.func(*exact))] if exact else []), *others]
        return reduce(_plus if e.is_Add else _times, parts)

    def _power(self, base: Expr, exponent: Expr) -> Leading:
        term = self.of(base)
        if exponent.is_Rational:
            return _raised(term, exponent)
        by = self.of(exponent)
        if by is None:
            return Term(NONE, 0, ONE)
        return _exp(_times(by, self._log(base)))

    def _log(self, e: Expr) -> Leading:
        term = self.of(e)
        if term is None or abs(term.n) == inf or (term.n == 0 and term.k != 0):
            raise Unfinished("a logarithm of an unknown size")
        if term.n != 0:
            return Term(NONE, 1, acb(-fmpq(term.n.numerator, term.n.denominator)))
        if term.c.contains(1):  # log(1 + x) goes as x
            return self.of(e - 1)
        return Term(NONE, 0, _nonzero(_main(term.c).log()))


def _nonzero(c: acb) -> acb:
    if not c.is_finite() or c.contains(0):
        raise Unfinished("a leading term that may be 0")
    return c


def _main(c: acb) -> acb:
    """Return a number on a main branch: one that is not real may lie on either side of the cut."""
    if c.imag != 0:
        raise Unfinished("a root or logarithm of a number that is not real")
    return c


def _plus(a: Leading, b: Leading) -> Leading:
    if a is None or b is None:
        return b if a is None else a
    if a.order != b.order:
        return max(a, b, key=lambda term: term.order)
    if abs(a.n) == inf:
        raise Unfinished("a sum beyond all powers")
    return a._replace(c=_nonzero(a.c + b.c))


def _times(a: Leading, b: Leading) -> Leading:
    if a is None or b is None:
        return None
    if {a.n, b.n} == {inf, -inf}:
        raise Unfinished("0 times infinity, both beyond all powers")
    n = next((term.n for term in (a, b) if abs(term.n) == inf), None)
    return Term(a.n + b.n, a.k + b.k, a.c * b.c) if n is None else Term(n, 0, a.c * b.c)


def _raised(term: Leading, exponent: Any) -> Leading:
    if term is None:
        if not exponent > 0:
            raise Unfinished("no value on a line")
        return None
    if exponent.is_Integer:
        return Term(term.n * int(exponent), term.k * int(exponent), _nonzero(term.c ** int(exponent)))
    if term.k:
        raise Unfinished("a root of a logarithm")
    n = term.n * Fraction(int(exponent.p), int(exponent.q))
    return Term(n, 0, _nonzero((acb(number(exponent)) * _main(term.c).log()).exp()))


def _exp(term: Leading) -> Leading:
    if term is None or term.size < 0:
        return Term(NONE, 0, ONE)
    if term.size == 0:
        return Term(NONE, 0, _nonzero(term.c.exp()))
    if term.n == 0 and term.k < 2:
        raise Unfinished("a power of h that is not known")
    return Term(-inf if _sign(term) > 0 else inf, 0, ONE)


def _sign(term: Term) -> int:
    if term.c.imag != 0:
        raise Unfinished("expected a real number")
    return 1 if term.c.real > 0 else -1


def _bounded(name: str, at_0: acb | None, far: Callable[[int], Leading]) -> Callable[[Leading], Leading]:
    """Return how a function goes that is `at_0` there, or goes as a multiple of its argument if that is None."""

    def of(term: Leading) -> Leading:
        if term is None or term.size < 0:
            if at_0 is not None:
                return Term(NONE, 0, at_0)
            slope = 2 / arb.pi().sqrt() if name == "erf" else arb(1)
            return None if term is None else term._replace(c=term.c * slope)
        if term.size == 0:
            return Term(NONE, 0, _nonzero(getattr(term.c, name)()))
        return far(_sign(term))

    return of


def _to(value: Callable[[int], Any]) -> Callable[[int], Leading]:
    return lambda sign: Term(NONE, 0, acb(value(sign)))


def _never(sign: int) -> Leading:
    raise Unfinished("a function without a limit at infinity")


def _far(c: Callable[[int], int]) -> Callable[[int], Leading]:
    return lambda sign: Term(-inf, 0, acb(c(sign)))


def _abs(term: Leading) -> Leading:
    return None if term is None else term._replace(c=term.c * _sign(term))


FUNCTIONS: Mapping[str, Callable[[Leading], Leading]] = MappingProxyType(
    {
        "exp": _exp,
        "Abs": _abs,
        "sin": _bounded("sin", None, _never),
        "cos": _bounded("cos", ONE, _never),
        "tan": _bounded("tan", None, _never),
        "sinh": _bounded("sinh", None, _far(lambda sign: sign)),
        "cosh": _bounded("cosh", ONE, _far(lambda sign: 1)),
        "tanh": _bounded("tanh", None, _to(lambda sign: sign)),
        "atan": _bounded("atan", None, _to(lambda sign: sign * arb.pi() / 2)),
        "erf": _bounded("erf", None, _to(lambda sign: sign)),
        "erfc": _bounded("erfc", ONE, lambda sign: Term(inf, 0, ONE) if sign > 0 else Term(NONE, 0, acb(2))),
    }
)
