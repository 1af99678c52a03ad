"""Scores, the slopes of log-densities of which nothing is known: of products and powers of densities."""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, Function, Symbol, Tuple, diff, log

from derivations.notation.arranged import SLOPE
from derivations.notation.densities import AnyDensity
from derivations.notation.named import Named, unnamed
from derivations.notation.wheres import Where


class LogSlope(Basic):
    """grad_z log of a density, by itself, to be defined."""

    def _sympystr(self, printer: Any) -> str:
        e, z = map(printer.doprint, self.args)
        return f"grad_{z} log {e}"

    def _latex(self, printer: Any) -> str:
        e, z = map(printer.doprint, self.args)
        return f"\\nabla_{{{z}}} \\log {e}"


class TiltedScore(Named):
    """The slope in z of the logarithm of densities, multiplied and raised; `points` are (density, value, slope)."""

    rank = SLOPE

    def __new__(cls, density: Expr, z: Symbol, *points: tuple[Expr, Expr, Expr] | Tuple) -> "TiltedScore":
        return Expr.__new__(cls, density, z, *(Tuple(*point) for point in points))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        """Of functions of z; their values and slopes at the point stand for them afterwards."""
        density, z, *points = self.args
        any_of = [Function(f"p_{n}", positive=True)(z) for n in range(len(points))]
        if more := density.atoms(AnyDensity) - {d for d, _, _ in points}:  # type: ignore[misc]
            raise ValueError(f"expected a value and a slope of each density, got none of {more}")
        e = diff(log(density.xreplace({d: f for (d, _, _), f in zip(points, any_of, strict=True)})), z)  # type: ignore[misc]
        for (_, value, slope), f in zip(points, any_of, strict=True):  # type: ignore[misc]
            e = e.subs(diff(f, z), unnamed(slope) * f).subs(f, value)
        return e

    def _sympystr(self, printer: Any) -> str:
        return f"grad_{printer.doprint(self.args[1])} log{self._inside(printer, '({})')}"

    def _latex(self, printer: Any) -> str:
        return f"\\nabla_{{{printer.doprint(self.args[1])}}} \\log{self._inside(printer, ' ({})')}"

    def _inside(self, printer: Any, grouped: str) -> str:
        written = printer.doprint(self.args[0])
        return f" {written}" if isinstance(self.args[0], AnyDensity) else grouped.format(written)

    def where(self) -> Iterator[Where]:
        _, z, *points = self.args
        for density, value, slope in points:  # type: ignore[misc]
            if self.opened().has(value):  # it may cancel
                yield Where(value, density)
            name = LogSlope(density, z)
            yield Where(slope, name) if slope.is_Atom else Where(name, slope)
