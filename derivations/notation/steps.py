"""Variables by the steps that make them, z_s = alpha_s x + sigma_s n_1 and then z_t = alpha_ts z_s + sigma_ts n_2.

Each is made from earlier ones, data and independent standard normals; so a variable has a law, given others.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple

from derivations.notation.named import Existing, Named, showing, unnamed
from derivations.notation.phrases import Words
from derivations.notation.wheres import Normals, Where
from derivations.obligations.kept import losses, owing
from derivations.obligations.lost import obliged
from derivations.obligations.obligation import Obligation
from derivations.probability.gaussian import Normal, given, law

Write = Callable[[Basic], str]


class Steps(Existing):
    """Variables by the steps that make them, in order; `noise` is standard normal, and `data` is held fixed.

    A phrase for readers, as on what indices are left out, stands after "where".
    """

    def __new__(
        cls, *steps: tuple[Symbol, Expr], noise: Sequence[Symbol], data: Sequence[Symbol] = (), phrase: str = ""
    ) -> "Steps":
        names = [v for v, _ in steps]
        if len({*names, *noise, *data}) < len(names) + len(noise) + len(data):
            raise ValueError(f"expected variables, noise and data that are all different, got {names}, {noise}, {data}")
        for n, (_, e) in enumerate(steps):
            if early := [str(v) for v in names[n:] if e.has(v)]:
                raise ValueError(f"expected a step of {names[n]} from what was made before, got {e}, with {early}")
        if hiding := [str(n) for n in noise if n != Symbol(n.name, real=True)]:
            raise ValueError(f"expected noise that may be any real number, got {', '.join(hiding)}")
        showing(*(e for _, e in steps))
        parts = Tuple(*(Tuple(*step) for step in steps)), Tuple(*noise), Tuple(*data)
        return Basic.__new__(cls, *parts, *([Words(phrase)] if phrase else []))

    @property
    def steps(self) -> tuple[tuple[Symbol, Expr], ...]:
        return tuple((v, e) for v, e in self.args[0].args)  # type: ignore[misc]

    @property
    def noise(self) -> tuple[Symbol, ...]:
        return self.args[1].args  # type: ignore[return-value]

    @property
    def data(self) -> tuple[Symbol, ...]:
        return self.args[2].args  # type: ignore[return-value]

    def needs(self) -> Iterator[Obligation]:
        """Yield what each step needs in order to have a value, whether or not what is said of the process shows it."""
        for _, e in self.steps:
            yield from obliged(e)

    def made(self, e: Expr) -> Expr:
        """An expression of the variables, in the noise that they are made of."""
        for v, step in reversed(self.steps):
            e = e.subs(v, unnamed(step))  # pyright: ignore[reportAssignmentType]
        return e

    def law(self, of: Expr, *on: Symbol) -> Normal:
        """The normal law of `of`, given the values of `on`, each by its own name."""
        if not on:
            return law(self.made(of), self.noise)
        return given(self.made(of), [(self.made(v), v) for v in on], self.noise)

    def where(self) -> Iterator[Where]:
        for v, e in self.steps:
            yield Where(v, e)
        yield from map(Where, self.args[3:])
        yield Where(Normals(*self.noise))


class OfProcess(Named):
    """Something that a process says of its variables, given some of them and the data."""

    def __new__(cls, process: Steps, *parts: Expr) -> "OfProcess":
        return Expr.__new__(cls, process, *parts)

    @property
    def process(self) -> Steps:
        return self.args[0]  # type: ignore[return-value]

    @property
    def of(self) -> Expr:
        return self.args[1]  # type: ignore[return-value]

    @property
    def on(self) -> tuple[Symbol, ...]:
        """The variables whose values are given."""
        return self.args[2:]  # type: ignore[return-value]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def where(self) -> Iterator[Where]:
        return self.process.where()

    def _given(self, write: Write) -> str:
        """What stands after the bar: given variables, then the data that any of these are made of."""
        parts = [self.process.made(e) for e in self.args[1:]]  # type: ignore[arg-type]
        names = [*self.on, *(v for v in self.process.data if any(e.has(v) for e in parts))]
        return ", ".join(write(v) for v in names)

    def _sympystr(self, printer: Any) -> str:
        return self._write(printer.doprint, " | ")

    def _latex(self, printer: Any) -> str:
        return self._write(printer.doprint, " \\mid ", latex=True)

    @abstractmethod
    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        """The object with its bar, in text or in LaTeX."""


def barred(of: str, on: str, bar: str) -> str:
    return f"{of}{bar}{on}" if on else of


class Drawn(OfProcess):
    """A variable of a process as the steps make it; or an object of the process, at variables that are so made.

    It is shown by its name: x = (z_t - sigma_t eps)/alpha_t is a statement about z_t and eps as they are made.
    """

    def __new__(cls, process: Steps, of: "Symbol | OfProcess") -> "Drawn":
        if not isinstance(of, Symbol | OfProcess):
            raise ValueError(f"expected a variable, or an object of a process, got {of}")
        return owing(Expr.__new__(cls, process, of), losses(process.made(of)))  # type: ignore[return-value]

    @property
    def is_state(self) -> bool:
        """Whether it stands last in a product, as a variable does."""
        return isinstance(self.of, Symbol)

    def meaning(self) -> Expr:
        return self.process.made(self.of)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        return write(self.of)
