"""Objects of densities at places: q(z | x) at a level of x, and scores of points."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, exp, log

from derivations.notation.arranged import SLOPE
from derivations.notation.laws import LawName
from derivations.notation.named import Named
from derivations.notation.names import is_renamed
from derivations.notation.stepped import Stepped
from derivations.notation.wheres import Where
from derivations.probability.gaussian import Normal
from derivations.symbols import x

Write = Callable[[Basic], str]


class Likelihood(Named):
    """q(z | x = level), the density of N(alpha level, sigma^2) at z."""

    def __new__(cls, z: Symbol, level: Expr, alpha: Expr, sigma: Expr) -> "Likelihood":
        if any(v in e.free_symbols for v in (x, z) for e in (alpha, sigma)):
            raise ValueError(f"expected alpha and sigma without {x} and {z}, got {alpha} and {sigma}")
        return Expr.__new__(cls, z, level, alpha, sigma)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:2]

    def meaning(self) -> Expr:
        z, level, alpha, sigma = self.args
        return exp(Normal(alpha * level, sigma**2).log_density(z))  # type: ignore[operator, arg-type, no-any-return]

    def _eval_subs(self, old: Basic, new: Basic) -> Expr:
        return self.func(*(e._subs(old, new) for e in self.args))  # all that it depends on is in its arguments

    def _xreplace(self, rule: Any) -> tuple[Basic, bool]:
        if self in rule:
            return rule[self], True
        parts = [e._xreplace(rule) for e in self.args]
        changed = any(done for _, done in parts)
        return (self.func(*(e for e, _ in parts)), True) if changed else (self, False)

    def where(self) -> Iterator[Where]:
        z, _, alpha, sigma = self.args
        law = alpha * x, sigma**2  # type: ignore[operator]
        yield Where(LawName(*law, "q", z, x), LawName(*law, "", z))  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        z, level = map(printer.doprint, self.shown)
        return f"q({z} | {level})"

    def _latex(self, printer: Any) -> str:
        z, level = map(printer.doprint, self.shown)
        return f"q({z} \\mid {level})"


class PointsDensity(Basic):
    """q_n(z), the mean of the likelihoods of n points."""

    def _written(self, write: Write) -> str:
        z, n = write(self.args[0]), write(self.args[1]).replace(" ", "")
        return f"q_{n if len(n) == 1 else f'{{{n}}}'}({z})"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint)


class PointsMean(Basic):
    """(1/n) sum over i of q(z | x_i), of a likelihood q(z | x) and n."""

    @property
    def _one(self) -> Basic:
        z, level, *scales = self.args[0].args
        return Likelihood(z, Symbol(f"{level}_i", real=True), *scales)  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        one, n = map(printer.doprint, (self._one, self.args[1]))
        return f"(1/{n}) sum_(i = 1 to {n}) {one}"

    def _latex(self, printer: Any) -> str:
        one, n = map(printer.doprint, (self._one, self.args[1]))
        return f"\\frac{{1}}{{{n}}} \\sum_{{i = 1}}^{{{n}}} {one}"


class PointsScore(Stepped):
    """The score of z whose density q_n is the mean of n likelihoods, one for each point; of one, but in an induction.

    `mass` stands for the sum of the likelihoods of the n points.
    """

    rank = SLOPE

    def __new__(cls, one: Likelihood, n: Symbol, mass: Symbol) -> "PointsScore":
        if not isinstance(one.args[1], Symbol):
            raise ValueError(f"expected a point by a symbol, which is anew at each step, got {one.args[1]}")
        return Expr.__new__(cls, one, n, mass)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:2]

    def meaning(self) -> Expr:
        one = self.args[0]
        return log(one.opened()).diff(one.args[0])  # type: ignore[attr-defined, no-any-return]

    def counted(self, index: Symbol, start: Expr) -> bool:
        return bool(self.args[1] == index and start == 1)

    def after(self, held: Symbol) -> Expr:
        """The slope of the logarithm of the sum with one point more."""
        one, _, mass = self.args
        return (mass * held + one.opened() * self.meaning()) / (mass + one)  # type: ignore[attr-defined, operator]

    def carried(self) -> tuple[tuple[Symbol, Expr, Expr], ...]:
        one, _, mass = self.args
        return ((mass, one, mass + one),)  # type: ignore[operator, return-value]

    def renewed(self) -> frozenset[Symbol]:
        return frozenset({self.args[0].args[1]})  # type: ignore[arg-type]

    def fixed(self) -> frozenset[Symbol]:
        return frozenset(self.args[0].free_symbols - self.renewed())  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        one, n, _ = self.args
        yield Where(PointsDensity(one.args[0], n), PointsMean(one, n))

    def _sympystr(self, printer: Any) -> str:
        z = printer.doprint(self.args[0].args[0])
        return f"grad_{z} log {printer.doprint(self._density)}"

    def _latex(self, printer: Any) -> str:
        z = printer.doprint(self.args[0].args[0])
        return f"\\nabla_{{{z}}} \\log {printer.doprint(self._density)}"

    @property
    def _density(self) -> Basic:
        one, n, _ = self.args
        return PointsDensity(one.args[0], n) if is_renamed(n) else one
