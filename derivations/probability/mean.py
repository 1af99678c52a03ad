"""Expectations under general densities, and what is made of them.

`Mean(g, (x, q), (y, f))` is the integral of g q(x) f(y | x) over x and y; variables are bound. On a finite chain it is
a sum over two states of each variable.
"""

from itertools import product
from typing import Any

from sympy import Add, Expr, Mul, Symbol, Tuple, log, sympify

from derivations.probability.density import TWO, Abstract, States, at


class Mean(Abstract):
    """The expectation of `body` when each variable in turn has the density that stands beside it."""

    def __new__(cls, body: Expr, *laws: tuple[Symbol, Expr] | Tuple) -> "Mean":
        return Expr.__new__(cls, sympify(body), *(Tuple(*law) for law in laws))

    @property
    def body(self) -> Expr:
        return self.args[0]  # type: ignore[return-value]

    @property
    def laws(self) -> tuple[tuple[Symbol, Expr], ...]:
        return self.args[1:]  # type: ignore[return-value]

    def at(self, states: States) -> Expr:
        names = [v for v, _ in self.laws]
        whole = Mul(self.body, *(d for _, d in self.laws))
        runs = (dict(zip(names, run, strict=True)) for run in product(TWO, repeat=len(names)))
        return Add(*(at(whole, {**states, **run}) for run in runs))

    def _all(self, sign: str) -> bool | None:
        """Apply monotonicity: under positive densities the mean has the sign of the body."""
        densities = all(d.is_positive for _, d in self.laws)
        return True if densities and getattr(self.body, sign) else None

    def _eval_is_positive(self) -> bool | None:
        return self._all("is_positive")

    def _eval_is_nonnegative(self) -> bool | None:
        return self._all("is_nonnegative")

    def _eval_is_real(self) -> bool | None:
        return self._all("is_real")

    def _sympystr(self, printer: Any) -> str:
        laws = ", ".join(f"{v} ~ {printer.doprint(d)}" for v, d in self.laws)
        return f"E[{printer.doprint(self.body)}; {laws}]"

    def _latex(self, printer: Any) -> str:
        laws = ", ".join(f"{printer.doprint(v)} \\sim {printer.doprint(d)}" for v, d in self.laws)
        return f"\\mathbb{{E}}_{{{laws}}}\\left[{printer.doprint(self.body)}\\right]"


class Excess(Abstract):
    """u - 1 - log u for u > 0: never negative, by the claim `log.tangent`."""

    def opened(self) -> Expr:
        u = self.args[0]
        return u - 1 - log(u)  # type: ignore[operator]

    def at(self, states: States) -> Expr:
        return at(self.opened(), states)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if self.args[0].is_positive else None  # type: ignore[attr-defined]


def kl(of: Symbol, q: Expr, p: Expr) -> Mean:
    """Return KL(q || p) of two densities of one variable, by definition."""
    return Mean(log(q / p), (of, q))
