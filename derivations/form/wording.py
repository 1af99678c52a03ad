"""Objects in a line of a statement that have no name: a limit, a stochastic differential equation, E exp(kappa v)."""

from typing import Any

from sympy import Basic


class Limit(Basic):
    """The limit of an expression as a variable goes to 0 from above."""

    def _sympystr(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        return f"lim ({h} -> 0+) {f'({e})' if self.args[0].is_Add else e}"  # type: ignore[attr-defined]

    def _latex(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        body = f"\\left({e}\\right)" if self.args[0].is_Add else e  # type: ignore[attr-defined]
        return f"\\lim_{{{h} \\to 0^+}} {body}"


class Rate(Basic):
    """A stochastic differential equation d of = drift dt + g dw, given by g^2, and the rates of its parameters."""

    def _moves(self, printer: Any) -> list[tuple[str, str]]:
        return [(printer.doprint(v), printer.doprint(slope)) for v, slope in (pair.args for pair in self.args[3:])]

    def _sympystr(self, printer: Any) -> str:
        of, drift, g2 = map(printer.doprint, self.args[:3])
        moves = "".join(f", d{v}/dt = {slope}" for v, slope in self._moves(printer))
        return f"d{of} = f dt + g dw with f = {drift}, g^2 = {g2}{moves}"

    def _latex(self, printer: Any) -> str:
        of, drift, g2 = map(printer.doprint, self.args[:3])
        moves = "".join(f",\\ \\frac{{d{v}}}{{dt}} = {slope}" for v, slope in self._moves(printer))
        return f"d{of} = f\\,dt + g\\,dw,\\ f = {drift},\\ g^2 = {g2}{moves}"


class Exponential(Basic):
    """The exponential moment E exp(kappa v)."""

    def _sympystr(self, printer: Any) -> str:
        return f"E[exp({' '.join(map(printer.doprint, self.args))})]"

    def _latex(self, printer: Any) -> str:
        return f"\\mathbb{{E}}\\left[e^{{{' '.join(map(printer.doprint, self.args))}}}\\right]"
