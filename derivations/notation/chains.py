"""A chain of steps that are all alike, and densities and cumulants of laws: q(x_t | x_0), log N(x; mean, var).

What holds at every index is shown by induction. It is named for every index, and opened at the first, where the
induction starts.
"""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, Mul, Symbol, Tuple
from sympy.core.symbol import Str

from derivations.notation.named import Named, Where
from derivations.notation.process import Normals, OfProcess, Write
from derivations.notation.quantities import LawName
from derivations.notation.times import carrying
from derivations.obligations.kept import plain
from derivations.probability.gaussian import Normal, law


Step = tuple[Symbol, Expr, Symbol]  # the state before, the step from it, and its noise


class Inductive(Named):
    """An object at every index of an induction, opened at the first."""


class ChainMoment(Inductive):
    """The mean or the variance of a state, given the first one, after any number of steps."""

    def __new__(
        cls, kind: str | Str, of: Symbol, start: Symbol, made: tuple[Symbol, Expr, Symbol] | Tuple
    ) -> "ChainMoment":
        """`made` has the state before, the step from it, and the noise of the step."""
        return Expr.__new__(cls, Str(str(kind)), of, start, Tuple(*made))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        """After the first step."""
        before, step, noise = self.args[3].args
        first = law(step.subs(before, self.args[2]), (noise,))  # type: ignore[attr-defined, arg-type]
        return first.mean if str(self.args[0]) == "E" else first.var

    def where(self) -> Iterator[Where]:
        _, step, noise = self.args[3].args
        yield Where(self.args[1], step)
        yield Where(Normals(noise))

    def _sympystr(self, printer: Any) -> str:
        of, start = map(printer.doprint, self.args[1:3])
        return f"E[{of} | {start}]" if str(self.args[0]) == "E" else f"Var({of} | {start})"

    def _latex(self, printer: Any) -> str:
        of, start = map(printer.doprint, self.args[1:3])
        inside = f"{of} \\mid {start}"
        return f"\\mathbb{{E}}[{inside}]" if str(self.args[0]) == "E" else f"\\operatorname{{Var}}({inside})"


class ProductTo(Inductive):
    """The product of f(i) from i = low to any last index, opened up to the first of these."""

    def __new__(cls, factor: Expr, i: Symbol, low: Expr, last: Symbol, first: Expr) -> "ProductTo":
        return Expr.__new__(cls, factor, i, low, last, first)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        factor, i, low, _, first = self.args
        return Mul(*(factor.subs(i, low + k) for k in range(int(first - low) + 1)))  # type: ignore[operator]

    def _sympystr(self, printer: Any) -> str:
        factor, i, low, last, _ = map(printer.doprint, self.args)
        return f"prod_({i} = {low} to {last}) ({factor})"

    def _latex(self, printer: Any) -> str:
        factor, i, low, last, _ = map(printer.doprint, self.args)
        return f"\\prod_{{{i} = {low}}}^{{{last}}} \\left({factor}\\right)"


class LogLaw(Named):
    """The log-density of a normal law: log q(z | x) for a law with a name, else log N(z; mean, var)."""

    def __new__(cls, name: LawName, of: Symbol) -> "LogLaw":
        return Expr.__new__(cls, name, of)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        name, of = self.args
        return name.normal.log_density(of)  # type: ignore[attr-defined, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        name, of = self.args
        if str(name.args[2]):
            return f"log {printer.doprint(name)}"
        mean, var = map(printer.doprint, name.args[:2])
        return f"log N({printer.doprint(of)}; {mean}, {var})"

    def _latex(self, printer: Any) -> str:
        name, of = self.args
        if str(name.args[2]):
            return f"\\log {printer.doprint(name)}"
        mean, var = map(printer.doprint, name.args[:2])
        return f"\\log \\mathcal{{N}}({printer.doprint(of)}; {mean}, {var})"


def log_law(normal: Normal, of: Symbol, *on: Symbol, name: str = "") -> Expr:
    """log N(of; mean, var), or log name(of | on) where the law has a name."""
    mean, var = map(plain, normal)
    return carrying(LogLaw(LawName(mean, var, name, *((of, *on) if name else ())), of), *normal)


class Cumulants(OfProcess):
    """log E[exp(kappa z) | data], the logarithm of the moment generating function of a variable of a process."""

    @property
    def on(self) -> tuple[Symbol, ...]:
        return ()

    def meaning(self) -> Expr:
        of, kappa = self.args[1:]
        mean, var = self.process.law(of)  # type: ignore[arg-type]
        return kappa * mean + kappa**2 * var / 2  # type: ignore[operator]

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        of, kappa = map(write, self.args[1:])
        data = self._given(write)
        given = f"{bar}{data}" if data else ""
        return f"\\log \\mathbb{{E}}[e^{{{kappa} {of}}}{given}]" if latex else f"log E[exp({kappa} {of}){given}]"
