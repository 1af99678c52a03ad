"""Densities of which nothing is known but their names, as papers write them: q(x_T | x_0); means and divergences."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple, log
from sympy.core.symbol import Str

from derivations.notation.named import Named, unnamed
from derivations.notation.names import proper_name
from derivations.notation.wheres import Where
from derivations.probability.density import Mean, finite, is_law
from derivations.probability.opening import ByName

UNDER = re.compile(r"[A-Za-z]\w*\([\w{}:+-]+(, [\w{}:+-]+)*( \| [\w{}:+-]+(, [\w{}:+-]+)*)?\)", re.ASCII)
LABEL = re.compile(rf"(log )?{UNDER.pattern}(/{UNDER.pattern})?", re.ASCII)


def _label(label: str | Str, shape: re.Pattern[str]) -> Str:
    """Return what a paper calls a density.

    Raises:
        ValueError: it does not read as one, as p(z | x) does.
    """
    if not shape.fullmatch(str(label)):
        raise ValueError(f"expected a density as p(z | x), got {label}")
    return Str(str(label))


def lawful(of: Basic, density: Expr) -> None:
    """Refuse a positive function, or a multiple of a density, as the law of a variable.

    Raises:
        ValueError: its chances do not sum to 1 on the chain of two states.
    """
    law = unnamed(density)
    if not (is_law(of, law) or (isinstance(law, AnyDensity) and law.args[1] == of)):  # type: ignore[arg-type]
        raise ValueError(f"expected a density of {of}, whose integral is 1, got {density}")


class AnyDensity(ByName):
    """A density of which nothing is known, or the likelihood of a label: p(z_t), p(y | z_t)."""

    is_positive = True

    def __new__(cls, name: str | Str, of: Symbol, *given: Symbol) -> "AnyDensity":
        return Expr.__new__(cls, Str(proper_name(name, "a density")), of, *given)

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer, " \\mid ")

    def _written(self, printer: Any, bar: str) -> str:
        name, of, *given = self.args
        inside = bar.join(filter(None, (printer.doprint(of), ", ".join(map(printer.doprint, given)))))
        return f"{name}({inside})"


class DensityName(Named):
    """A density as a paper writes it, p(z | x), which may be made of others, as by Bayes' rule."""

    def __new__(cls, label: str | Str, density: Expr) -> "DensityName":
        return Expr.__new__(cls, _label(label, LABEL), density)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        return self.args[1]  # type: ignore[return-value]

    def where(self) -> Iterator[Where]:
        yield Where(self, self.args[1])

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:
        return re.sub("^log ", r"\\log ", str(self.args[0])).replace(" | ", " \\mid ")


class Distributed(Basic):
    """A variable and its density."""

    def _sympystr(self, printer: Any) -> str:
        return " ~ ".join(map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return " \\sim ".join(map(printer.doprint, self.args))


class DensityMean(Named):
    """E_under[body]: each variable has the density beside it, and `under` is what a paper calls all of these."""

    def __new__(cls, under: str | Str, body: Expr, *laws: tuple[Symbol, Expr] | Tuple) -> "DensityMean":
        label = _label(under, UNDER)
        for v, law in laws:
            lawful(v, law)
        called = [str(law) for _, law in laws if UNDER.fullmatch(str(law))]
        if len(laws) == 1 and called and called[0].partition("(")[0] != str(under).partition("(")[0]:
            raise ValueError(f"expected a mean over {called[0]} to say so, got {under}")
        return Expr.__new__(cls, label, body, *(Tuple(*law) for law in laws))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return (self.args[1], *(law.args[1] for law in self.args[2:]))

    def meaning(self) -> Expr:
        _, body, *laws = self.args
        return Mean(unnamed(body), *((v, unnamed(law)) for v, law in laws))  # type: ignore[misc]

    def where(self) -> Iterator[Where]:
        yield from (Where(Distributed(*law.args)) for law in self.args[2:])

    def _sympystr(self, printer: Any) -> str:
        return f"E_{self.args[0]}[{printer.doprint(self.args[1])}]"

    def _latex(self, printer: Any) -> str:
        under = str(self.args[0]).replace(" | ", " \\mid ")
        return f"\\mathbb{{E}}_{{{under}}}\\left[{printer.doprint(self.args[1])}\\right]"


class DensityDivergence(Named):
    """KL(q || p) = E_q[log q/p], of any two densities of one variable."""

    def __new__(cls, of: Symbol, q: Expr, p: Expr) -> "DensityDivergence":
        lawful(of, q)
        lawful(of, p)
        return Expr.__new__(cls, of, q, p)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def meaning(self) -> Expr:
        of, q, p = (unnamed(e) for e in self.args)
        return Mean(log(q / p), (of, q))

    def where(self) -> Iterator[Where]:
        yield Where(Distributed(*self.args[:2]))

    def _written(self, write: Callable[[Basic], str], bars: str) -> str:
        return f"({write(self.args[1])} {bars} {write(self.args[2])})"

    def _sympystr(self, printer: Any) -> str:
        return f"KL{self._written(printer.doprint, '||')}"

    def _latex(self, printer: Any) -> str:
        return "D_{\\mathrm{KL}}" + self._written(printer.doprint, "\\,\\|\\,")


class OnTwoStates(Named):
    """A mean on the chain of two states: a number in the odds of that chain."""

    def __new__(cls, of: Expr) -> "OnTwoStates":
        return Expr.__new__(cls, of)

    def meaning(self) -> Expr:
        return finite(unnamed(self.args[0]))

    def _sympystr(self, printer: Any) -> str:
        return f"({printer.doprint(self.args[0])} on two states)"

    def _latex(self, printer: Any) -> str:
        return f"\\left({printer.doprint(self.args[0])}\\ \\text{{on two states}}\\right)"
