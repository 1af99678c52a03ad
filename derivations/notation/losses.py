"""Objects of losses and likelihoods: squared errors and their means, log-densities, laws given values, information."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple, log

from derivations.notation.named import Named, unnamed
from derivations.notation.phrases import Words
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, called
from derivations.notation.steps import OfProcess
from derivations.notation.wheres import Where
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


class StepLoss(Quantity):
    """What L_{t-1} of DDPM is the mean of, but for a constant: the loss of one step at a latent, by its noise or score.

    Its variance sigma_t^2 is the model's to choose.
    """

    def where(self) -> Iterator[Where]:
        yield from super().where()
        yield Where(StepMean(self))
        yield Where(Words("sigma_t the standard deviation of the model's step"))


class StepMean(Basic):
    """After "where", that the loss of a step is a mean over the process, up to a constant."""

    def _sympystr(self, printer: Any) -> str:
        loss = self.args[0]
        return f"{loss.args[0]} the mean of {printer.doprint(loss)} over q, plus a constant"

    def _latex(self, printer: Any) -> str:
        loss = self.args[0]
        mean, over = "\\text{ the mean of }", "\\text{ over }q\\text{, plus a constant}"
        return f"{called(str(loss.args[0]))}{mean}{printer.doprint(loss)}{over}"


class MeanSquare(OfProcess):
    """E[(of - hat)^2 | data], of what is linear in the noise: the square of its mean, and its variance."""

    def __new__(cls, process: Process, error: SquaredError) -> "MeanSquare":
        if not isinstance(error, SquaredError):
            raise ValueError(f"expected the squared error of an estimate, got {error}")
        return super().__new__(cls, process, error)  # type: ignore[return-value]

    def meaning(self) -> Expr:
        of, hat = self.of.args
        made, noise = self.process.made(of - hat), self.process.noise  # type: ignore[operator]
        linear(made, noise)
        return made.subs(dict.fromkeys(noise, 0)) ** 2 + Add(*(made.diff(n) ** 2 for n in noise))  # type: ignore[no-any-return]

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = "".join((write(self.of), bar, self._given(write))) if self._given(write) else write(self.of)
        return f"\\mathbb{{E}}[{inside}]" if latex else f"E[{inside}]"


class LawOf(Basic):
    """The law of a variable of a process given others and the data, at the values that stand beside them."""

    def __new__(cls, process: Process, of: Symbol, *on: Symbol | Tuple | tuple[Symbol, Expr]) -> "LawOf":
        return Basic.__new__(cls, process, of, *(v if isinstance(v, Symbol) else Tuple(*v) for v in on))

    @property
    def of(self) -> tuple[Basic, ...]:
        """The variable that it is the law of."""
        return self.args[1:2]

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
