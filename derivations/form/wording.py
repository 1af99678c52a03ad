"""What a line of a statement is made of beside named objects: a limit, a rate, a value at an index, a mean."""

from typing import Any

from sympy import Basic


class Limit(Basic):
    """lim of an expression as a positive variable goes to 0."""

    def _sympystr(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        return f"lim ({h} -> 0+) {f'({e})' if self.args[0].is_Add else e}"  # type: ignore[attr-defined]

    def _latex(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        body = f"\\left({e}\\right)" if self.args[0].is_Add else e  # type: ignore[attr-defined]
        return f"\\lim_{{{h} \\to 0^+}} {body}"


class Rate(Basic):
    """A stochastic differential equation d of = drift dt + g dw, told by g^2; and how parameters move meanwhile."""

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
    """E exp(kappa v)."""

    def _sympystr(self, printer: Any) -> str:
        return f"E[exp({' '.join(map(printer.doprint, self.args))})]"

    def _latex(self, printer: Any) -> str:
        return f"\\mathbb{{E}}\\left[e^{{{' '.join(map(printer.doprint, self.args))}}}\\right]"
