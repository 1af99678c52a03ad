"""A chain of steps that are all alike, and densities and cumulants of laws: q(x_t | x_0), log N(x; mean, var).

A moment after any number of steps is found by induction: it has one name at every index, and is opened at the first,
where the induction starts.
"""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, Mod, Mul, Symbol, Tuple, sympify
from sympy.core.symbol import Str

from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import grouped, grouped_latex
from derivations.notation.carried import carrying
from derivations.notation.laws import LawName, own
from derivations.notation.named import Named
from derivations.notation.stepped import Stepped
from derivations.notation.steps import OfProcess, Write
from derivations.notation.wheres import Normals, Where
from derivations.probability.gaussian import law, linear

Step = tuple[Symbol, Expr, Symbol]  # the state before, the step from it, and its noise


class ChainMoment(Stepped):
    """The mean or the variance of a state, given the first one, after any number of steps; opened after one."""

    def __new__(
        cls, kind: str | Str, of: Symbol, start: Symbol, made: tuple[Symbol, Expr, Symbol] | Tuple
    ) -> "ChainMoment":
        """`made` has the state before, x_{t-1} of x_t, the step from it, linear in it, and the noise of the step."""
        base, _, index = of.name.rpartition("_")
        before, step, noise = made
        if str(before) != f"{base}_{{{index}-1}}" or not step.has(before) or step.has(of):
            raise ValueError(f"expected a step to {of} from the state before it, got {step} from {before}")
        linear(step, (before, noise))
        return Expr.__new__(cls, Str(str(kind)), of, start, Tuple(*made))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        """After the first step."""
        before, step, noise = self.args[3].args
        first = law(step.subs(before, self.args[2]), (noise,))  # type: ignore[attr-defined, arg-type]
        return first.mean if str(self.args[0]) == "E" else first.var

    def counted(self, index: Symbol, start: Expr) -> bool:
        base, _, own_index = self.args[1].name.rpartition("_")  # type: ignore[attr-defined]
        return own_index == index.name and str(self.args[2]) == f"{base}_{start - 1}"

    def after(self, held: Symbol) -> Expr:
        """One more step, whose noise is its own."""
        before, step, noise = self.args[3].args
        if str(self.args[0]) == "E":
            return step.subs({before: held, noise: 0})  # type: ignore[attr-defined, no-any-return]
        scales = linear(step, (before, noise))  # type: ignore[arg-type]
        return scales[before] ** 2 * held + scales[noise] ** 2  # type: ignore[index]

    def fixed(self) -> frozenset[Symbol]:
        return frozenset(self.args[2].free_symbols)  # type: ignore[arg-type]

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


class Product(Named):
    """The product of f(i) from one number to another that is larger by a whole number."""

    def __new__(cls, factor: Expr, i: Symbol, low: Expr, high: Expr) -> "Product":
        if not (span := sympify(high - low)).is_Integer or span < 0:  # type: ignore[operator]
            raise ValueError(f"expected a product to a number larger by a whole number, got {low} to {high}")
        if i in {*sympify(low).free_symbols, *sympify(high).free_symbols}:
            raise ValueError(f"expected ends without {i}, which runs between them, got {low} to {high}")
        return Expr.__new__(cls, factor, i, low, high)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        factor, i, low, high = self.args
        return Mul(*(factor.subs(i, low + k) for k in range(int(high - low) + 1)))  # type: ignore[operator]

    def _sympystr(self, printer: Any) -> str:
        factor, i, low, high = map(printer.doprint, self.args)
        return f"prod_({i} = {low} to {high}) ({factor})"

    def _latex(self, printer: Any) -> str:
        factor, i, low, high = map(printer.doprint, self.args)
        return f"\\prod_{{{i} = {low}}}^{{{high}}} \\left({factor}\\right)"


class Wrapped(Named):
    """The product of x - ((i + first) mod size) over i from 0 to size - 1: as many places, wrapped, from one on."""

    def __new__(cls, x: Expr, i: Symbol, first: Expr, size: Expr) -> "Wrapped":
        if not (first.is_Integer and size.is_Integer and size.is_positive):
            raise ValueError(f"expected a first place and a number of places, whole numbers, got {first} and {size}")
        return Expr.__new__(cls, x, i, first, size)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        x, _, first, size = self.args
        return Mul(*(x - (int(first) + k) % int(size) for k in range(int(size))))  # type: ignore[arg-type, operator]

    def _sympystr(self, printer: Any) -> str:
        x, place, i, last = self._parts(printer)
        return f"prod_({i} = 0 to {last}) ({x} - {place})"

    def _latex(self, printer: Any) -> str:
        x, place, i, last = self._parts(printer)
        return f"\\prod_{{{i} = 0}}^{{{last}}} \\left({x} - {place}\\right)"

    def _parts(self, printer: Any) -> tuple[str, ...]:
        x, i, first, size = self.args
        return tuple(map(printer.doprint, (x, Mod(i + first, size, evaluate=False), i, size - 1)))  # type: ignore[operator]


def with_steps(of: OfProcess) -> Expr:
    """An object of a process, which owes what the steps of the process need: a root in a step may be squared in it."""
    return carrying(of, *(e for _, e in of.process.steps))


class Cumulants(OfProcess):
    """log E[exp(kappa z) | data], the logarithm of the moment generating function of a variable of a process."""

    rank = SLOPE

    @property
    def on(self) -> tuple[Symbol, ...]:
        return ()

    def meaning(self) -> Expr:
        of, kappa = self.args[1:]
        if kappa.has(*self.process.noise, *(v for v, _ in self.process.steps)):
            raise ValueError(f"expected a factor of {of} that is not random, got {kappa}")
        mean, var = self.process.law(of)  # type: ignore[arg-type]
        return kappa * mean + kappa**2 * var / 2  # type: ignore[operator]

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        of, kappa = write(self.args[1]), (grouped_latex if latex else grouped)(self.args[2], write(self.args[2]))
        data = self._given(write)
        given = f"{bar}{data}" if data else ""
        return f"\\log \\mathbb{{E}}[e^{{{kappa} {of}}}{given}]" if latex else f"log E[exp({kappa} {of}){given}]"


class LawCumulants(Named):
    """The same of a normal law that has a name: log E_q(x_t | x_0)[exp(kappa x_t)]."""

    rank = SLOPE

    def __new__(cls, name: LawName, of: Symbol, kappa: Expr) -> "LawCumulants":
        if kappa.has(of):
            raise ValueError(f"expected a factor of {of} that is not random, got {kappa}")
        return Expr.__new__(cls, own(name, of), of, kappa)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        name, _, kappa = self.args
        return kappa * name.normal.mean + kappa**2 * name.normal.var / 2  # type: ignore[operator, attr-defined]

    def _sympystr(self, printer: Any) -> str:
        name, of, kappa = map(printer.doprint, self.args)
        return f"log E_{name}[exp({grouped(self.args[2], kappa)} {of})]"

    def _latex(self, printer: Any) -> str:
        name, of, kappa = map(printer.doprint, self.args)
        return f"\\log \\mathbb{{E}}_{{{name}}}[e^{{{grouped_latex(self.args[2], kappa)} {of}}}]"
