"""Expressions in changes at one point, as quotients of polynomials with numbers for all that does not change.

A root, an exponential or any other function of changes is an unknown of its own with known relations: a root to its
power is its radicand, and a function that takes no value twice changes only if its argument does.
"""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from sympy import Abs, Add, Dummy, Expr, Integral, Poly, Pow, Rational, S, Symbol
from sympy.polys.polyerrors import BasePolynomialError

from derivations.judge.pinning.generic import value
from derivations.judge.pinning.hole import still
from derivations.judge.pinning.polynomial import Polynomial, Quotient, number, over, power, times, total, unknown
from derivations.points.domain import Draw

ONCE = ("exp", "log", "sinh", "tanh", "atan", "erf", "erfc")  # functions that take no value twice
LARGEST = 12  # the largest power of a sum that is multiplied out


class Turned(NamedTuple):
    """The change of a function of changes, at one point."""

    expr: Expr
    at: tuple[tuple[Symbol, Expr], ...]


class Unfolded:
    """The conversion of expressions in changes at one point."""

    def __init__(self, at: Draw, changes: Collection[Dummy]) -> None:
        self.at, self.changes = at, set(changes)

    def vanishing(self, e: Expr) -> Polynomial:
        """Return what must be 0 if the expression is, given that it is 0 where nothing changes."""
        factors = [f for f in e.args if not f.is_nonzero] if e.is_Mul else [e]
        if len(factors) == 1:
            return self.moved(factors[0])  # type: ignore[arg-type]
        above, below = self._product(factors)  # type: ignore[arg-type]
        return over(above, below)

    def moved(self, e: Expr) -> Polynomial:
        """Return what must be 0 if the expression keeps the value that it has where nothing changes."""
        parts = [part for part in Add.make_args(e) if not self.changes.isdisjoint(part.free_symbols)]
        above, below = self.quotient(Add(*parts))
        now = Quotient(above, below).start()
        return over(total(above, times(number(-now), below)), below)

    def _product(self, factors: Collection[Expr]) -> Quotient:
        product = Quotient(number(1), number(1))
        for f in factors:
            product = product.times(self.quotient(f))
        return product

    def quotient(self, e: Expr) -> Quotient:
        if self.changes.isdisjoint(e.free_symbols):
            return Quotient(number(value(still(e), self.at)), number(1))
        if e.is_Symbol:
            return Quotient(unknown(e), number(1))
        if e.is_Add:
            total_ = self.quotient(e.args[0])  # type: ignore[arg-type]
            for part in e.args[1:]:
                total_ = total_.plus(self.quotient(part))  # type: ignore[arg-type]
            return total_
        if e.is_Mul:
            return self._product(e.args)  # type: ignore[arg-type]
        if isinstance(e, Pow):
            return self._power(*e.args)  # type: ignore[arg-type]
        if isinstance(e, Integral) and (done := primitive(e)) is not None:
            return self.quotient(done)
        return self._turned(e)

    def _power(self, base: Expr, exponent: Expr) -> Quotient:
        if exponent.is_Integer and abs(int(exponent)) <= LARGEST:
            return self.quotient(base).power(int(exponent))
        if exponent.is_Rational and exponent.q != 1 and exponent.q <= LARGEST and abs(exponent.p) <= LARGEST:  # type: ignore[attr-defined]
            return self._turned(base ** Rational(1, exponent.q)).power(int(exponent.p))  # type: ignore[attr-defined]
        return self._turned(base**exponent)

    def _turned(self, e: Expr) -> Quotient:
        now = e.xreplace({d: S.Zero for d in e.atoms(Dummy) - self.changes if still(d) == 0})
        held = tuple((v, self.at[v]) for v in sorted(now.free_symbols - self.changes, key=str) if v in self.at)
        change = unknown(Turned(now, held))  # type: ignore[arg-type]
        return Quotient(total(number(value(still(now), self.at)), change), number(1))

    def relations(self, of: Turned) -> Iterator[Polynomial]:
        """Yield the equation of a root with its radicand, and of a modulus with its square."""
        root = of.expr
        if isinstance(root, Abs):
            within = Unfolded(dict(of.at), self.changes).quotient(root.args[0]).power(2)  # type: ignore[arg-type]
            whole = power(self._turned_of(of), 2)
            yield total(times(whole, within.below), times(number(-1), within.above))
        if isinstance(root, Pow) and root.exp.is_Rational:
            within = Unfolded(dict(of.at), self.changes).quotient(root.base)
            whole = power(self._turned_of(of), int(root.exp.q))  # type: ignore[attr-defined]
            yield total(times(whole, within.below), times(number(-1), within.above))

    def _turned_of(self, of: Turned) -> Polynomial:
        return total(number(value(still(of.expr), dict(of.at))), unknown(of))

    def consequences(self, of: Turned) -> Iterator[Polynomial]:
        """Yield what can't change if a function of it does not."""
        root = isinstance(of.expr, Pow) and of.expr.exp.is_Rational
        if root or type(of.expr).__name__ in ONCE:
            inside: Expr = of.expr.args[0]  # type: ignore[assignment]
            yield Unfolded(dict(of.at), self.changes).moved(inside)


def primitive(e: Integral) -> Expr | None:
    """Return the integral of a polynomial over its own variable, between its ends; None for any other integral."""
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        return None
    var, low, high = e.limits[0]  # type: ignore[misc]
    try:
        of = Poly(e.function, var).integrate()  # type: ignore[attr-defined]
    except BasePolynomialError:
        return None
    return of.as_expr().subs(var, high) - of.as_expr().subs(var, low)
