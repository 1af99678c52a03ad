"""Where a log-density is greatest, and how sharply: the mean and the variance of a normal law, by its slopes."""

from typing import Any

from sympy import Basic, Expr, Symbol

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, unnamed
from derivations.obligations.kept import Loss, owing
from derivations.obligations.obligation import Obligation
from derivations.obligations.watch import here


class OfLogDensity(Named):
    """What the terms of a log-density, as a function of a variable, say of its law."""

    rank = SLOPE
    text = latex = ""  # with the log-density and the variable

    def __new__(cls, log_density: Expr, var: Symbol) -> "OfLogDensity":
        return Expr.__new__(cls, log_density, var)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def _sympystr(self, printer: Any) -> str:
        return self.text.format(*map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return self.latex.format(*map(printer.doprint, self.args))


class Mode(OfLogDensity):
    """Where a log-density, quadratic in a variable, is greatest: argmax over z of its terms."""

    text = "argmax_{1} ({0})"
    latex = "\\operatorname{{argmax}}_{{{1}}} \\left({0}\\right)"

    def meaning(self) -> Expr:
        """Where its slope is 0: the slope at 0, over what the slope falls by, which is positive."""
        e, v = (unnamed(a) for a in self.args)
        falls = -e.diff(v, 2)
        if v in falls.free_symbols or falls == 0:
            raise ValueError(f"expected an expression quadratic in {v}, got {e}")
        greatest = Loss(Obligation(falls, "> 0", f"a greatest value over {v}"), here())
        return owing(e.diff(v).subs(v, 0) / falls, frozenset((greatest,)))


class InverseCurvature(OfLogDensity):
    """-1 over the second slope of a log-density in a variable: the variance of a normal law."""

    text = "(-d^2/d{1}^2 ({0}))^-1"
    latex = "\\left(-\\frac{{d^2}}{{d{1}^2}} \\left({0}\\right)\\right)^{{-1}}"

    def meaning(self) -> Expr:
        e, v = (unnamed(a) for a in self.args)
        return -1 / e.diff(v, 2)
