"""Objects of losses and likelihoods: squared errors and their means, log-densities, laws given values, information."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple, log

from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import grouped_latex, logarithm
from derivations.notation.named import Named, Where, unnamed
from derivations.notation.names import latex_of
from derivations.notation.process import OfProcess, Process
from derivations.notation.quantities import LawName
from derivations.probability.gaussian import Normal, linear

Write = Callable[[Basic], str]


class SquaredError(Named):
    """(of - hat)^2: the squared error of an estimate."""

    def __new__(cls, of: Expr, hat: Expr) -> "SquaredError":
        return Expr.__new__(cls, of, hat)

    def meaning(self) -> Expr:
        of, hat = self.args
        return (of - hat) ** 2  # type: ignore[operator]

    def _written(self, write: Write) -> str:
        of, hat = map(write, self.args)
        loose = isinstance(self.args[1], Add) or hat.startswith("-")
        return f"({of} - {f'({hat})' if loose else hat})^2"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint)


class MeanSquare(OfProcess):
    """E[(of - hat)^2 | data], of what is linear in the noise: the square of its mean, and its variance."""

    def meaning(self) -> Expr:
        of, hat = self.of.args
        made, noise = self.process.made(of - hat), self.process.noise  # type: ignore[operator]
        linear(made, noise)
        return made.subs(dict.fromkeys(noise, 0)) ** 2 + Add(*(made.diff(n) ** 2 for n in noise))  # type: ignore[no-any-return]

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = "".join((write(self.of), bar, self._given(write))) if self._given(write) else write(self.of)
        return f"\\mathbb{{E}}[{inside}]" if latex else f"E[{inside}]"


class Log(Named):
    """The logarithm of a quantity, a probability or a density that has a name."""

    rank = SLOPE

    def __new__(cls, of: Expr) -> "Log":
        return Expr.__new__(cls, of)

    def meaning(self) -> Expr:
        return log(self.args[0])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return logarithm(self.args[0], printer.doprint(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return f"\\log {grouped_latex(self.args[0], printer.doprint(self.args[0]))}"


class LogAt(Named):
    """The log-density of a normal law at a place, given others: log p(x | z_0), where p(x | z_0) = N(mean, var)."""

    rank = SLOPE

    def __new__(cls, name: str, mean: Expr, var: Expr, at: Expr, *given: Symbol) -> "LogAt":
        return Expr.__new__(cls, LawName(mean, var, name), at, *given)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def meaning(self) -> Expr:
        law, at, *_ = self.args
        return law.normal.log_density(at)  # type: ignore[attr-defined, no-any-return]

    def where(self) -> Iterator[Where]:
        (mean, var, name), (at, *given) = self.args[0].args, self.args[1:]
        law = LawName(mean, var, name, at, *given) if at.is_Symbol else Symbol(str(name))  # type: ignore[attr-defined, arg-type]
        yield Where(law, LawName(mean, var, "", *([at] if at.is_Symbol else [])))  # type: ignore[arg-type, attr-defined]

    def _written(self, write: Write, name: str, bar: str) -> str:
        at, *given = map(write, self.args[1:])
        return f"{name}({at}{bar}{', '.join(given)})" if given else f"{name}({at})"

    def _sympystr(self, printer: Any) -> str:
        return f"log {self._written(printer.doprint, str(self.args[0].args[2]), ' | ')}"

    def _latex(self, printer: Any) -> str:
        return "\\log " + self._written(printer.doprint, latex_of(str(self.args[0].args[2])), " \\mid ")


class LawOf(Basic):
    """The law of a variable of a process given others and the data, at the values that stand beside them."""

    def __new__(cls, process: Process, of: Symbol, *on: Symbol | Tuple | tuple[Symbol, Expr]) -> "LawOf":
        return Basic.__new__(cls, process, of, *(v if isinstance(v, Symbol) else Tuple(*v) for v in on))

    @property
    def normal(self) -> Normal:
        process, of, *on = self.args
        names = [v if isinstance(v, Symbol) else v.args[0] for v in on]
        q = process.law(of, *(v for v in names if v not in process.data))  # type: ignore[attr-defined]
        values = {v.args[0]: unnamed(v.args[1]) for v in on if not isinstance(v, Symbol)}
        return Normal(*(e.subs(values, simultaneous=True) for e in q))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return tuple(v.args[1] for v in self.args[2:] if not isinstance(v, Symbol))

    def where(self) -> Iterator[Where]:
        return self.args[0].where()  # type: ignore[attr-defined, no-any-return]

    def _written(self, write: Write, bar: str) -> str:
        process, of, *on = self.args
        values = {v.args[0]: f"{write(v.args[0])} = {write(v.args[1])}" for v in on if not isinstance(v, Symbol)}
        given = (v if isinstance(v, Symbol) else v.args[0] for v in on)
        names = sorted(dict.fromkeys([*given, *process.data]), key=process.data.__contains__)  # type: ignore[attr-defined]
        return f"q({write(of)}{bar}{', '.join(values.get(v, write(v)) for v in names)})"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ")


class Information(Named):
    """I(x; z) of two variables of a process, jointly normal: half the log of Var(z) over Var(z | x)."""

    def __new__(cls, process: Process, x: Symbol, z: Symbol) -> "Information":
        return Expr.__new__(cls, process, x, z)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def meaning(self) -> Expr:
        process, x, z = self.args
        return log(process.law(z).var / process.law(z, x).var) / 2  # type: ignore[attr-defined, no-any-return]

    def where(self) -> Iterator[Where]:
        return self.args[0].where()  # type: ignore[attr-defined, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        x, z = map(printer.doprint, self.args[1:])
        return f"I({x}; {z})"

    _latex = _sympystr
