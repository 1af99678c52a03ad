"""Objects of losses and likelihoods: squared errors, slopes along a path, log-densities, information, quadratic forms.

A slope along a path is that of a quantity in time, by the slopes of the symbols that it is written in: d/dt SNR(t)
with alpha_t moving at the rate dalpha and sigma_t at the rate dsigma.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple, log

from derivations.notation.named import Named, Where, unnamed
from derivations.notation.names import latex_of
from derivations.notation.process import OfProcess, Process
from derivations.notation.quantities import LawName, Quantity, Slope, called
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

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
        return f"({of} - {f'({hat})' if self.args[1].is_Add else hat})^2"  # type: ignore[attr-defined]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint)


class MeanSquare(OfProcess):
    """E[(of - hat)^2 | data], of what is linear in the noise: the square of its mean, and its variance."""

    def meaning(self) -> Expr:
        of, hat = self.of.args
        made, noise = self.process.made(of - hat), self.process.noise  # type: ignore[operator]
        return made.subs(dict.fromkeys(noise, 0)) ** 2 + Add(*(made.diff(n) ** 2 for n in noise))  # type: ignore[no-any-return]

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = "".join((write(self.of), bar, self._given(write))) if self._given(write) else write(self.of)
        return f"\\mathbb{{E}}[{inside}]" if latex else f"E[{inside}]"


class SlopeBy(Named):
    """The slope of an expression in `var`: each symbol beside it has the slope that stands with it.

    What is no symbol beside it, such as F'(v), occurs in the slope, and is called by the name that stands with it.
    """

    def __new__(cls, of: Expr, var: Symbol, *moving: tuple[Expr, Expr] | Tuple) -> "SlopeBy":
        return Expr.__new__(cls, of, var, *(Tuple(*pair) for pair in moving))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        of = opened(self.args[0])  # type: ignore[arg-type]
        pairs = [tuple(map(opened, pair)) for pair in self.args[2:]]  # type: ignore[call-overload]
        slope = Add(*(of.diff(v) * slope for v, slope in pairs if v.is_Symbol))
        return slope.xreplace({v: name for v, name in pairs if not v.is_Symbol})  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        """The slopes that have no name of their own, and what has got a name."""
        for v, slope in self.args[2:]:  # type: ignore[misc]
            if v != self.args[1] and not str(slope).startswith(f"d{str(v).split('_')[0]}"):  # type: ignore[has-type]
                yield Where(Slope(v, self.args[1]) if v.is_Symbol else v, slope)  # type: ignore[has-type]

    def _sympystr(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"d/d{var} ({of})" if _compound(self.args[0]) else f"d/d{var} {of}"

    def _latex(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"\\frac{{d}}{{d{var}}} " + (f"\\left({of}\\right)" if _compound(self.args[0]) else of)


class Value(Named):
    """A quantity, defined by symbols, at values of some of these: mmse(1) is mmse(v) at v = 1."""

    def __new__(cls, generic: Quantity, *pairs: tuple[Symbol, Expr] | Tuple) -> "Value":
        return Expr.__new__(cls, generic, *(Tuple(*pair) for pair in pairs))

    @property
    def _at(self) -> tuple[Basic, ...]:
        values = dict(pair.args for pair in self.args[1:])
        return tuple(values.get(v, v) for v in self.args[0].shown)  # type: ignore[attr-defined]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self._at

    def meaning(self) -> Expr:
        values = {v: unnamed(e) for v, e in (pair.args for pair in self.args[1:])}
        return unnamed(self.args[0]).subs(values, simultaneous=True)  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        """The definition, and the values that the print does not show."""
        generic = self.args[0]
        yield Where(generic, generic.body)  # type: ignore[attr-defined]
        yield from (Where(v, e) for v, e in (p.args for p in self.args[1:]) if v not in generic.shown)  # type: ignore[attr-defined]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, str(self.args[0].args[0]))

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, called(str(self.args[0].args[0])))

    def _written(self, write: Write, name: str) -> str:
        return f"{name}({', '.join(map(write, self._at))})" if self._at else name


class SlopeAt(Named):
    """The slope of a quantity in a variable, at a value of it."""

    def __new__(cls, of: Expr, var: Symbol, at: Expr) -> "SlopeAt":
        return Expr.__new__(cls, of, var, at)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[::2]

    def meaning(self) -> Expr:
        of, var, at = map(unnamed, self.args)
        return of.diff(var).subs(var, at)  # type: ignore[no-any-return]

    def _sympystr(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args)
        return f"d/d{var} {of}|_({var} = {at})"

    def _latex(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args)
        return f"\\left. \\frac{{d}}{{d{var}}} {of} \\right|_{{{var} = {at}}}"


def _compound(e: Basic) -> bool:
    return bool(e.is_Add or e.is_Mul)  # type: ignore[attr-defined]


class Log(Named):
    """The logarithm of a quantity, a probability or a density that has a name."""

    def __new__(cls, of: Expr) -> "Log":
        return Expr.__new__(cls, of)

    def meaning(self) -> Expr:
        return log(self.args[0])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return f"log {printer.doprint(self.args[0])}"

    def _latex(self, printer: Any) -> str:
        return f"\\log {printer.doprint(self.args[0])}"


class LogAt(Named):
    """The log-density of a normal law at a place, given others: log p(x | z_0), where p(x | z_0) = N(mean, var)."""

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
        yield Where(law, LawName(mean, var))  # type: ignore[arg-type]

    def _written(self, write: Write, name: str, bar: str) -> str:
        at, *given = map(write, self.args[1:])
        return f"{name}({at}{bar}{', '.join(given)})" if given else f"{name}({at})"

    def _sympystr(self, printer: Any) -> str:
        return f"log {self._written(printer.doprint, str(self.args[0].args[2]), ' | ')}"

    def _latex(self, printer: Any) -> str:
        return "\\log " + self._written(printer.doprint, latex_of(str(self.args[0].args[2])), " \\mid ")


class LawOf(Basic):
    """The law of a variable of a process given others and the data, at the values that stand beside them."""

    def __new__(cls, process: Process, of: Symbol, *on: Symbol | Tuple) -> "LawOf":
        return Basic.__new__(cls, process, of, *on)

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


class Average(Named):
    """E[of | given], of variables with finitely many outcomes, each with a weight that may depend on what is given."""

    def __new__(cls, of: Expr, *rest: "Outcomes | Symbol") -> "Average":
        return Expr.__new__(cls, of, *rest)

    @property
    def _outcomes(self) -> tuple["Outcomes", ...]:
        return tuple(e for e in self.args[1:] if isinstance(e, Outcomes))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args

    def meaning(self) -> Expr:
        return Expected(self.args[0], *(e.args for e in self._outcomes))  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        yield from map(Where, self._outcomes)

    def _written(self, write: Write, bar: str) -> str:
        given = ", ".join(write(e) for e in self.args[1:] if isinstance(e, Symbol))
        return f"[{write(self.args[0])}{bar}{given}]" if given else f"[{write(self.args[0])}]"

    def _sympystr(self, printer: Any) -> str:
        return f"E{self._written(printer.doprint, ' | ')}"

    def _latex(self, printer: Any) -> str:
        return "\\mathbb{E}" + self._written(printer.doprint, " \\mid ")


class Outcomes(Basic):
    """A variable and its outcomes, each with its chance or a weight."""

    def __new__(cls, variable: Symbol, *outcomes: tuple[Expr, Expr] | Tuple) -> "Outcomes":
        return Basic.__new__(cls, variable, Tuple(*(Tuple(*pair) for pair in outcomes)))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return tuple(e for pair in self.args[1] for e in pair)  # type: ignore[attr-defined]

    def where(self) -> Iterator[Where]:
        return iter(())

    def _written(self, write: Write) -> str:
        variable, outcomes = self.args
        told = " or ".join(f"{write(value)} with weight {write(weight)}" for value, weight in outcomes)  # type: ignore[attr-defined]
        return f"{write(variable)} = {told}"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        return f"\\text{{{self._written(lambda e: f'${printer.doprint(e)}$')}}}"
