"""Slopes of quantities, along a path or at a value.

A slope along a path is that of a quantity in time, by the slopes of the symbols that it is written in: d/dt SNR(t)
with alpha_t moving at the rate dalpha and sigma_t at the rate dsigma.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple, diff, sympify

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import grouped, grouped_latex, sloped
from derivations.notation.named import Named, unnamed
from derivations.notation.values import needing_at
from derivations.notation.wheres import Where
from derivations.obligations.obligation import Obligation
from derivations.probability.opening import opened

Write = Callable[[Basic], str]


class SlopeBy(Named):
    """The slope of an expression in `var`: each symbol beside it has the slope that stands with it.

    What is no symbol beside it, such as F'(v), occurs in the slope, and is called by the name that stands with it.
    """

    rank = SLOPE

    def __new__(cls, of: Expr, var: Symbol, *moving: tuple[Expr, Expr] | Tuple) -> "SlopeBy":
        return Expr.__new__(cls, of, var, *(Tuple(*pair) for pair in moving))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        slope = rates.along(opened(self.args[0]), self.args[1], self._moving)  # type: ignore[arg-type]
        return slope.xreplace({rates.function(opened(v)): opened(name) for v, name in self._called})  # type: ignore[no-any-return]

    @property
    def _moving(self) -> list[tuple[Expr, Expr]]:
        return [(v, opened(slope)) for v, slope in self.args[2:] if v.is_Symbol]  # type: ignore[misc, has-type]

    @property
    def _called(self) -> list[tuple[Expr, Expr]]:
        return [(v, name) for v, name in self.args[2:] if not v.is_Symbol]  # type: ignore[misc, has-type]

    def where(self) -> Iterator[Where]:
        """The rates, and what has got a name."""
        moving = [(v, slope) for v, slope in self.args[2:] if v.is_Symbol]  # type: ignore[misc, has-type]
        yield from rates.wheres(opened(self.args[0]), self.args[1], moving)  # type: ignore[arg-type]
        yield from (Where(v, name) for v, name in self._called)

    def _sympystr(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"d/d{var} {sloped(self.args[0], of)}"

    def _latex(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"\\frac{{d}}{{d{var}}} " + (f"\\left({of}\\right)" if _compound(self.args[0]) else of)


class SlopeAt(Named):
    """The slope of a quantity in a variable, at a value of it; or the second slope, or the k-th."""

    rank = SLOPE

    def __new__(cls, of: Expr, var: Symbol, at: Expr, k: int | Expr = 1) -> "SlopeAt":
        if not (order := sympify(k)).is_Integer or order < 1:
            raise ValueError(f"expected the order of a slope, a whole number from 1, got {k}")
        return Expr.__new__(cls, of, var, at, order)

    def needs(self) -> Iterator[Obligation]:
        return needing_at(self.args[0], {self.args[1]: unnamed(self.args[2])})  # type: ignore[arg-type]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:3:2]

    def meaning(self) -> Expr:
        of, var, at, k = self.args
        return diff(rates.slope(of, var), var, int(k) - 1).subs(var, unnamed(at))  # type: ignore[arg-type, call-overload, no-any-return]

    def where(self) -> Iterator[Where]:
        return rates.still(self.args[0], self.args[1])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args[:3])
        return f"{by(self.args[3], var, 'd{}/d{}')} {grouped(self.args[0], of)}|_{{{var} = {at}}}"

    def _latex(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args[:3])
        slope = by(self.args[3], var, "\\frac{{d{}}}{{d{}}}")
        return f"\\left. {slope} {grouped_latex(self.args[0], of)} \\right|_{{{var} = {at}}}"


def by(k: Basic, var: str, form: str) -> str:
    """The operator of a slope: d/dt, d^2/dt^2."""
    return form.format("", var) if k == 1 else form.format(f"^{k}", f"{var}^{k}")


def _compound(e: Basic) -> bool:
    return bool(e.is_Add or e.is_Mul)  # type: ignore[attr-defined]
