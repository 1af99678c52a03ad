"""Densities of which nothing is known but their names, as papers write them: q(x_T | x_0); means and divergences."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple, log
from sympy.core.symbol import Str

from derivations.notation.lettered import Factors, Joint, chained
from derivations.notation.named import Named, unnamed
from derivations.notation.names import proper_name
from derivations.notation.wheres import Where
from derivations.probability.chances import is_law
from derivations.probability.density import MID, barred, finite
from derivations.probability.mean import Mean
from derivations.probability.opening import ByName


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

    @property
    def letter(self) -> str:
        return str(self.args[0])

    @property
    def of(self) -> Symbol:
        return self.args[1]  # type: ignore[return-value]

    @property
    def given(self) -> tuple[Symbol, ...]:
        return self.args[2:]  # type: ignore[return-value]

    def _sympystr(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, ' | ')})"

    def _latex(self, printer: Any) -> str:
        return f"{self.letter}({barred(printer.doprint, (self.of,), self.given, MID)})"


class Distributed(Basic):
    """A variable and its density."""

    def _sympystr(self, printer: Any) -> str:
        return " ~ ".join(map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return " \\sim ".join(map(printer.doprint, self.args))


class DensityMean(Named):
    """The mean of `body`, where each variable has the density beside it: E_q(x, z)[body], with q(x, z) by its factors.

    Densities with several letters, or independent ones, stand below the E, each beside its variable.
    """

    def __new__(cls, body: Expr, *laws: tuple[Symbol, Expr] | Tuple) -> "DensityMean":
        for v, law in laws:
            lawful(v, law)
        return Expr.__new__(cls, body, *(Tuple(*law) for law in laws))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return (self.args[0], *(law.args[1] for law in self.args[1:]))

    def meaning(self) -> Expr:
        body, *laws = self.args
        return Mean(unnamed(body), *((v, unnamed(law)) for v, law in laws))  # type: ignore[misc]

    def where(self) -> Iterator[Where]:
        laws = self.args[1:]
        if len(laws) > 1 and chained(laws):  # type: ignore[arg-type]
            yield Where(Joint(*laws), Factors(*(law.args[1] for law in laws)))  # type: ignore[arg-type]

    def _under(self, write: Callable[[Basic], str], drawn: str, braces: str) -> str:
        laws = self.args[1:]
        if chained(laws):  # type: ignore[arg-type]
            return write(laws[0].args[1] if len(laws) == 1 else Joint(*laws))  # type: ignore[arg-type]
        return braces.format(", ".join(drawn.join(map(write, law.args)) for law in laws))

    def _sympystr(self, printer: Any) -> str:
        return f"E_{self._under(printer.doprint, ' ~ ', '{{{}}}')}[{printer.doprint(self.args[0])}]"

    def _latex(self, printer: Any) -> str:
        under = self._under(printer.doprint, " \\sim ", "{}")
        return f"\\mathbb{{E}}_{{{under}}}\\left[{printer.doprint(self.args[0])}\\right]"


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
        """The variable, where no density names it."""
        of, q, _ = self.args
        if getattr(q, "of", None) != of:
            yield Where(Distributed(of, q))

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
