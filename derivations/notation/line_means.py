"""Means over a density on the line of which only its name is known."""

from collections.abc import Callable
from typing import Any

from sympy import Basic, Expr, Symbol

from derivations.notation.named import Named, unnamed
from derivations.probability.whole import LineDensity, Whole


class LineMean(Named):
    """E_p(x)[body], the integral of body p(x) over all x."""

    def __new__(cls, body: Expr, density: LineDensity) -> "LineMean":
        if not isinstance(density, LineDensity) or any(density.orders) or not isinstance(density.place[0], Symbol):
            raise ValueError(f"LineMean: expected a density at its variable, as p(x), got {density}")
        return Expr.__new__(cls, body, density)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args

    def meaning(self) -> Expr:
        body, density = self.args
        return Whole(unnamed(body) * density, density.place[0])  # type: ignore[attr-defined]

    def _written(self, write: Callable[[Basic], str], pattern: str) -> str:
        return pattern.format(write(self.args[1]), write(self.args[0]))

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, "E_{}[{}]")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, "\\mathbb{{E}}_{{{}}}\\left[{}\\right]")
