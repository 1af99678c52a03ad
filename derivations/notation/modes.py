"""Where a log-density is greatest, and how sharply: the mean and the variance of a normal law, by its slopes."""

from typing import Any

from sympy import Basic, Expr, Symbol

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, unnamed
from derivations.obligations.kept import Loss, owing
from derivations.obligations.obligation import Obligation
from derivations.obligations.watch import here


class Mode(Named):
    """Where a log-density, quadratic in a variable, is greatest: argmax over z of its terms."""

    rank = SLOPE

    def __new__(cls, log_density: Expr, var: Symbol) -> "Mode":
        return Expr.__new__(cls, log_density, var)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        """Where its slope is 0: the slope at 0, over what the slope falls by, which is positive."""
        e, v = (unnamed(a) for a in self.args)
        falls = -e.diff(v, 2)
        if v in falls.free_symbols or falls == 0:
            raise ValueError(f"expected an expression quadratic in {v}, got {e}")
        greatest = Loss(Obligation(falls, "> 0", f"a greatest value over {v}"), here())
        return owing(e.diff(v).subs(v, 0) / falls, frozenset((greatest,)))

    def _sympystr(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"argmax_{v} ({e})"

    def _latex(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"\\operatorname{{argmax}}_{{{v}}} \\left({e}\\right)"


class InverseCurvature(Named):
    """-1 over the second slope of a log-density in a variable: the variance of a normal law."""

    rank = SLOPE

    def __new__(cls, log_density: Expr, var: Symbol) -> "InverseCurvature":
        return Expr.__new__(cls, log_density, var)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        e, v = (unnamed(a) for a in self.args)
        return -1 / e.diff(v, 2)

    def _sympystr(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"-1 / d^2/d{v}^2 ({e})"

    def _latex(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"-\\left(\\frac{{d^2}}{{d{v}^2}} \\left({e}\\right)\\right)^{{-1}}"
