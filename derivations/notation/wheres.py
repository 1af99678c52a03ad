"""What stands after "where" below a statement: definitions of names, laws of variables, and what integrals are over."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sympy import Basic, Symbol, Tuple

from derivations.probability.density import Marginal
from derivations.probability.expected import Expected
from derivations.probability.smooth import Smooth
from derivations.probability.whole import LineDensity


class Where(NamedTuple):
    """What a reader needs in order to read a name: a definition, both of whose sides print; or a phrase alone."""

    left: Basic
    right: Basic | None = None


class Normals(Basic):
    """Independent standard normals, by name."""

    def _sympystr(self, printer: Any) -> str:
        return f"{', '.join(map(printer.doprint, self.args))} ~ N(0, 1)"

    def _latex(self, printer: Any) -> str:
        return f"{', '.join(map(printer.doprint, self.args))} \\sim \\mathcal{{N}}(0, 1)"


class AnyFunctions(Basic):
    """Functions of which nothing is known but that they are smooth, by name."""

    sign = ""

    @property
    def _what(self) -> str:
        return f"any {self.sign}smooth function{'s' if len(self.args) > 1 else ''}"

    def _sympystr(self, printer: Any) -> str:
        return f"{', '.join(map(printer.doprint, self.args))} {self._what}"

    def _latex(self, printer: Any) -> str:
        return f"{', '.join(map(printer.doprint, self.args))}\\ \\text{{{self._what}}}"


class AnyPositive(AnyFunctions):
    """The same of positive ones."""

    sign = "positive "


class AnyDensity(AnyFunctions):
    """The same of densities on the line, which integrals are of."""

    @property
    def _what(self) -> str:
        return f"any positive smooth densit{'ies' if len(self.args) > 1 else 'y'} on the line"


class Uniform(Basic):
    """A number that is uniform between 0 and 1."""

    def _sympystr(self, printer: Any) -> str:
        return f"{printer.doprint(self.args[0])} ~ U(0, 1)"

    def _latex(self, printer: Any) -> str:
        return f"{printer.doprint(self.args[0])} \\sim \\mathcal{{U}}(0, 1)"


MERGED = (AnyDensity, AnyPositive, AnyFunctions, Normals)  # of which one phrase names all, in this order


class Values(Basic):
    """The values of a variable, each with its weight."""

    def _written(self, write: Callable[[Basic], str]) -> str:
        pairs = (map(write, pair.args) for pair in self.args)
        return " or ".join(f"{value} with weight {weight}" for value, weight in pairs)

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        pairs = (map(printer.doprint, pair.args) for pair in self.args)
        told = (f"{value} \\text{{ with weight }} {weight}" for value, weight in pairs)
        return "\\text{ or }".join(told)


class Integrated(Basic):
    """The integral over a variable of a step from it, and of its density."""

    def _sympystr(self, printer: Any) -> str:
        over, step, root = map(printer.doprint, self.args)
        return f"integral of {step} {root} d{over}"

    def _latex(self, printer: Any) -> str:
        over, step, root = map(printer.doprint, self.args)
        return f"\\int {step}\\, {root}\\, d{over}"


def laws(e: Expected) -> Iterator[Where]:
    """The laws that an expectation is over."""
    if e.normals:
        yield Where(Normals(*e.normals))
    for v, law in e.finite:
        yield Where(v, Values(*(Tuple(*pair) for pair in law)))


def wheres(*sides: Basic) -> Iterator[Where]:
    """What readers need for all names and expectations in these expressions, outer ones first, each once."""
    seen: dict[Where, None] = {}
    for side in sides:
        seen |= dict.fromkeys(_wheres(side))
    yield from seen


def _wheres(e: Basic) -> Iterator[Where]:
    """What a print of the expression needs, and then what a print of that needs."""
    if isinstance(e, Expected):
        yield from laws(e)
    if isinstance(e, Marginal) and e.letter:
        yield Where(e, Integrated(*e.args[1:]))
    if isinstance(e, Smooth):
        kind = AnyDensity if isinstance(e, LineDensity) else AnyPositive if e.positive else AnyFunctions
        yield Where(kind(Symbol(str(e.args[0]))))
    if hasattr(e, "where"):
        found = tuple(e.where())
        yield from found
        for w in found:
            if w.right is not None:
                yield from _wheres(w.right)
    for part in getattr(e, "shown", e.args):
        if isinstance(part, Basic):
            yield from _wheres(part)
