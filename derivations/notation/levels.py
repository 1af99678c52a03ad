"""Levels of a pixel by Bayes' rule from a latent, their odds, and the standard normal's distribution function Phi."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, S, Symbol, erf, exp, log, sqrt

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, equal, unnamed
from derivations.notation.phrases import Words
from derivations.notation.process import Process
from derivations.notation.wheres import Where
from derivations.obligations.obligation import Obligation
from derivations.probability.gaussian import Normal
from derivations.symbols import a


class OfLevels(Named):
    """Something that a latent z, made by a process from the level x, says of levels."""

    def __new__(cls, process: Process, z: Symbol, *levels: Expr) -> "OfLevels":
        return Expr.__new__(cls, process, z, *levels)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def log_q(self, level: Expr) -> Expr:
        """log q(z | x) at a level."""
        process, z = self.args[:2]
        (data,) = process.data  # type: ignore[attr-defined]
        law = process.law(z)  # type: ignore[attr-defined]
        return Normal(*(e.subs(data, unnamed(level)) for e in law)).log_density(z)  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        yield from self.args[0].where()  # type: ignore[attr-defined]


class LevelPosterior(OfLevels):
    """P(x = level | z) among levels that are equally likely, the first of which it is; equal ones count together."""

    def meaning(self) -> Expr:
        """Bayes' rule, the densities in units of the greatest that the first one has."""
        process, z, first = self.args[:3]
        (data,) = process.data  # type: ignore[attr-defined]
        var = process.law(z).var.subs(data, unnamed(first))  # type: ignore[attr-defined]
        top = Normal(S.Zero, var).log_density(S.Zero)
        seen = [exp(self.log_q(o) - top) for o in self.args[2:]]  # type: ignore[arg-type]
        same = (e for e, o in zip(seen, self.args[2:], strict=True) if equal(o, first))  # type: ignore[arg-type]
        return Add(*same) / Add(*seen)

    def _written(self, write: Callable[[Basic], str], bar: str) -> str:
        (data,) = self.args[0].data  # type: ignore[attr-defined]
        return f"P({write(data)} = {write(self.args[2])}{bar}{write(self.args[1])})"

    def where(self) -> Iterator[Where]:
        yield from super().where()
        yield Where(Words(f"{', '.join(map(str, self.args[2:]))} equally likely"))

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ")


class Odds(OfLevels):
    """The odds of one level to another given z, by Bayes' rule from their prior odds."""

    def __new__(cls, process: Process, z: Symbol, levels: tuple[Expr, Expr], prior: Expr = S.One) -> "Odds":
        if equal(*levels):
            raise ValueError(f"expected two levels, got {levels[0]} and {levels[1]}")
        return Expr.__new__(cls, process, z, *levels, prior)

    def needs(self) -> Iterator[Obligation]:
        yield from super().needs()
        yield Obligation(self.args[4], "> 0", "odds")  # type: ignore[arg-type]

    def meaning(self) -> Expr:
        first, second, prior = self.args[2:]
        return prior * exp(self.log_q(first) - self.log_q(second))  # type: ignore[arg-type, operator, no-any-return]

    def where(self) -> Iterator[Where]:
        yield from super().where()
        yield Where(Words("O(a : b | z; w) the odds of x = a to x = b given z, of prior odds w"))

    def _written(self, write: Callable[[Basic], str], bar: str) -> str:
        z, first, second, prior = map(write, self.args[1:])
        return f"O({first} : {second}{bar}{z}; {prior})"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ")


class LogOdds(Odds):
    """Their logarithm."""

    rank = SLOPE

    def meaning(self) -> Expr:
        first, second, prior = self.args[2:]
        return log(prior) + self.log_q(first) - self.log_q(second)  # type: ignore[arg-type, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return f"log {self._written(printer.doprint, ' | ')}"

    def _latex(self, printer: Any) -> str:
        return "\\log " + self._written(printer.doprint, " \\mid ")


class Phi(Named):
    """The standard normal distribution function."""

    def __new__(cls, at: Expr) -> "Phi":
        return Expr.__new__(cls, at)

    def meaning(self) -> Expr:
        return (1 + erf(self.args[0] / sqrt(2))) / 2  # type: ignore[operator]

    def where(self) -> Iterator[Where]:
        yield Where(Phi(a), Phi(a).meaning())

    def _sympystr(self, printer: Any) -> str:
        return f"Phi({printer.doprint(self.args[0])})"

    def _latex(self, printer: Any) -> str:
        return f"\\Phi\\left({printer.doprint(self.args[0])}\\right)"
