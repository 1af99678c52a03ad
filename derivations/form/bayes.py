"""A law by Bayes' rule as papers write it: q(z_s | z_t, x), which is q(z_s | x) q(z_t | z_s) / q(z_t | x)."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, exp

from derivations.form.law import Weighed
from derivations.notation.laws import LawName
from derivations.notation.log_densities import DensityOf, LogDensity, LogStep
from derivations.notation.wheres import Where, wheres
from derivations.probability.gaussian import Normal


class Posterior(Basic):
    """The law of a variable, by name, which stands for the prior's density times a likelihood, normalised."""

    @classmethod
    def of(cls, v: Symbol, law: Normal, how: Weighed) -> "Posterior":
        prior = LawName(*how.prior, how.names[1], v, *(e for e in how.on if how.prior.mean.has(e)))
        norm = () if how.norm is None else (how.norm,)
        return cls(LawName(*law, how.names[0], v, *how.on), prior, how.weight, *norm)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def where(self) -> Iterator[Where]:
        law, *parts = self.args
        if len(parts) > 2:
            yield Where(law, Rule(*parts))
        else:
            yield Where(Proportional(law, Rule(*parts)))
            yield from wheres(*parts)

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self.args[0])  # type: ignore[no-any-return]

    _latex = _sympystr


class Rule(Basic):
    """A prior density times a weight over a normaliser; the last two are given by their logarithms."""

    @property
    def _densities(self) -> tuple[Basic, ...]:
        return (self.args[0], *map(density, self.args[1:]))  # type: ignore[arg-type]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args

    def where(self) -> Iterator[Where]:
        return iter(())  # its parts have their own

    def _written(self, write: Callable[[Basic], str], over: Callable[[str, str], str]) -> str:
        prior, weight, *norm = map(write, self._densities)
        return over(f"{prior} {weight}", norm[0]) if norm else f"{prior} {weight}"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, "{} / {}".format)

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, "\\frac{{{}}}{{{}}}".format)


class Proportional(Basic):
    """A density up to a constant factor."""

    def _sympystr(self, printer: Any) -> str:
        return " \N{PROPORTIONAL TO} ".join(map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return " \\propto ".join(map(printer.doprint, self.args))


def density(log: Expr) -> Basic:
    """Return the density with this logarithm."""
    return DensityOf(log) if isinstance(log, LogDensity | LogStep) else exp(log)
