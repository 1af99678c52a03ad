"""Improper integrals, to infinity or up to an end where the integrand has no value, as limits of proper ones.

`improper(f, (v, a, oo), value, h)` states that the integral of f from a to 1/h tends to the value as h -> 0+; with a
singular end b, that from a to b - h does. Two improper ends are two independent limits: split such an integral.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sympy import Expr, Integral, S, Symbol, sympify

from derivations.form.base import Form, Part, Words
from derivations.form.statement import Tends

End = Literal["low", "high"]


@dataclass(frozen=True)
class Improper(Form):
    """The integral of `body` over `var` from `low` to `high`, one of which is only approached, is `value`."""

    body: Expr
    var: Symbol
    low: Expr
    high: Expr
    value: Expr
    h: Symbol
    singular: End | None = None

    def ends(self) -> tuple[Expr, Expr]:
        """Return the ends of the proper integrals."""
        low = -1 / self.h if self.low is S.NegativeInfinity else self.low
        high = 1 / self.h if self.high is S.Infinity else self.high
        short = {self.singular: self.h}
        return low + short.get("low", S.Zero), high - short.get("high", S.Zero)

    def integral(self) -> Integral:
        """Return the proper integral, which stops short of the end by h."""
        return Integral(self.body, (self.var, *self.ends()))

    def parts(self) -> tuple[Part, ...]:
        return (Part("the limit of proper integrals", Tends(self.integral(), self.h, self.value)),)

    def reads(self) -> tuple[Words, ...]:
        return (Words("", Integral(self.body, (self.var, self.low, self.high))), Words("= ", self.value))

    def binds(self) -> tuple[Symbol, ...]:
        return (self.var,)

    def faults(self) -> Iterator[str]:
        infinite = [self.low is S.NegativeInfinity, self.high is S.Infinity]
        if sum(infinite) + (self.singular is not None) != 1:
            yield f"expected one end of an improper integral, got {self.low}, {self.high}, singular: {self.singular}"
        if not self.h.is_positive or any(e.has(self.h) for e in (self.body, self.low, self.high, self.value)):
            yield f"expected a positive symbol of its own for the distance from the end, got {self.h}"
        if any(e.has(self.var) for e in (self.low, self.high, self.value)) or not self.body.has(self.var):
            yield f"expected {self.var} in the integrand and nowhere else, got {self.low}, {self.high}, {self.value}"


def improper(
    body: Expr, over: tuple[Symbol, Expr, Expr], value: Expr, h: Symbol, singular: End | None = None
) -> Improper:
    """State that the integral of `body`, written as in SymPy, is `value`."""
    var, low, high = over
    return Improper(sympify(body), var, sympify(low), sympify(high), sympify(value), h, singular)
