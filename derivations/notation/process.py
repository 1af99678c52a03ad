"""A process made of steps, and what it says of its variables: laws, means, variances, covariances, log-densities.

Each step makes a variable from earlier ones, data and independent standard normals: z_s = alpha_s x + sigma_s n_1, then
z_t = alpha_ts z_s + sigma_ts n_2. Everything stated of it is computed from these steps, by moments of the noise and by
Gaussian conditioning: E[z_s | z_t, x] is shown as that and opened from how z_s and z_t are made.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, Normals, Where, showing, unnamed
from derivations.obligations.kept import losses, owing
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal, cov, given, law

Write = Callable[[Basic], str]


class Process(Basic):
    """Variables by the steps that make them, in order; `noise` is standard normal, and `data` is held fixed."""

    def __new__(cls, *steps: tuple[Symbol, Expr], noise: Sequence[Symbol], data: Sequence[Symbol] = ()) -> "Process":
        names = [v for v, _ in steps]
        if len({*names, *noise, *data}) < len(names) + len(noise) + len(data):
            raise ValueError(f"expected variables, noise and data that are all different, got {names}, {noise}, {data}")
        for n, (_, e) in enumerate(steps):
            if early := [str(v) for v in names[n:] if e.has(v)]:
                raise ValueError(f"expected a step of {names[n]} from what was made before, got {e}, with {early}")
        if hiding := [str(n) for n in noise if n != Symbol(n.name, real=True)]:
            raise ValueError(f"expected noise that may be any real number, got {', '.join(hiding)}")
        showing(*(e for _, e in steps))
        return Basic.__new__(cls, Tuple(*(Tuple(*step) for step in steps)), Tuple(*noise), Tuple(*data))

    @property
    def steps(self) -> tuple[tuple[Symbol, Expr], ...]:
        return tuple((v, e) for v, e in self.args[0].args)  # type: ignore[misc]

    @property
    def noise(self) -> tuple[Symbol, ...]:
        return self.args[1].args  # type: ignore[return-value]

    @property
    def data(self) -> tuple[Symbol, ...]:
        return self.args[2].args  # type: ignore[return-value]

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

    def E(self, of: Expr, *on: Symbol) -> "ConditionalMean":
        """E[of | on, data]."""
        return ConditionalMean(self, of, *on)

    def Var(self, of: Expr, *on: Symbol) -> "ConditionalVariance":
        """Var(of | on, data)."""
        return ConditionalVariance(self, of, *on)

    def Cov(self, a: Expr, b: Expr) -> "Covariance":
        """Cov(a, b), given the data."""
        return Covariance(self, a, b)

    def log_q(self, of: Symbol, *on: Symbol) -> "LogDensity":
        """log q(of | on, data)."""
        return LogDensity(self, of, *on)

    def log_step(self, of: Symbol) -> "LogStep":
        """log q(of | what its step is made from), by that step alone."""
        return LogStep(self, of)

    def score(self, of: Symbol, *on: Symbol) -> "Score":
        """The slope of log q(of | on, data) in `of`."""
        return Score(self, of, *on)

    def where(self) -> Iterator[Where]:
        for v, e in self.steps:
            yield Where(v, e)
        yield Where(Normals(*self.noise))


class OfProcess(Named):
    """Something that a process says of its variables, given some of them and the data."""

    def __new__(cls, process: Process, *parts: Expr) -> "OfProcess":
        return Expr.__new__(cls, process, *parts)

    @property
    def process(self) -> Process:
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


def _barred(of: str, on: str, bar: str) -> str:
    return f"{of}{bar}{on}" if on else of


class ConditionalMean(OfProcess):
    """E[of | on, data]."""

    def meaning(self) -> Expr:
        """Of any polynomial; given something, of what is linear in the noise."""
        if self.on:
            return self.process.law(self.of, *self.on).mean
        made = self.process.made(self.of)
        return Expected(made, *(n for n in self.process.noise if made.has(n)))

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = _barred(write(self.of), self._given(write), bar)
        return f"\\mathbb{{E}}[{inside}]" if latex else f"E[{inside}]"


class ConditionalVariance(OfProcess):
    """Var(of | on, data)."""

    def meaning(self) -> Expr:
        return self.process.law(self.of, *self.on).var

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = _barred(write(self.of), self._given(write), bar)
        return f"\\operatorname{{Var}}({inside})" if latex else f"Var({inside})"


class Covariance(OfProcess):
    """Cov(a, b), given the data."""

    @property
    def on(self) -> tuple[Symbol, ...]:
        return ()

    def meaning(self) -> Expr:
        a, b = (self.process.made(e) for e in self.args[1:])  # type: ignore[arg-type]
        return cov(a, b, self.process.noise)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = _barred(", ".join(map(write, self.args[1:])), self._given(write), bar)
        return f"\\operatorname{{Cov}}({inside})" if latex else f"Cov({inside})"


class DensityOf(Basic):
    """The density itself of what is told by its logarithm: q(z_t | x)."""

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self.args[0]).removeprefix("log ")  # type: ignore[no-any-return]

    def _latex(self, printer: Any) -> str:
        return printer.doprint(self.args[0]).removeprefix("\\log ")  # type: ignore[no-any-return]


class LogDensity(OfProcess):
    """log q(of | on, data)."""

    rank = SLOPE

    def meaning(self) -> Expr:
        return self.process.law(self.of, *self.on).log_density(self.of)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = _barred(write(self.of), self._given(write), bar)
        return f"\\log q({inside})" if latex else f"log q({inside})"


class LogStep(OfProcess):
    """log q(of | what its step is made from): the density of one step."""

    rank = SLOPE

    def meaning(self) -> Expr:
        step = unnamed(dict(self.process.steps)[self.of])  # type: ignore[index]
        own = [n for n in self.process.noise if step.has(n)]
        for v, _ in self.process.steps:
            if step.has(v) and self.process.made(v).has(*own):
                raise ValueError(f"expected noise in the step of {self.of} that is not in {v}, got {step}")
        return law(step, self.process.noise).log_density(self.of)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        step = dict(self.process.steps)[self.of]  # type: ignore[index]
        made_from = (v for v in (*(v for v, _ in self.process.steps), *self.process.data) if step.has(v))
        inside = _barred(write(self.of), ", ".join(map(write, made_from)), bar)
        return f"\\log q({inside})" if latex else f"log q({inside})"


class Score(OfProcess):
    """The slope of log q(of | on, data) in `of`."""

    rank = SLOPE

    def meaning(self) -> Expr:
        law = self.process.law(self.of, *self.on)
        return law.log_density(self.of).diff(self.of)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = _barred(write(self.of), self._given(write), bar)
        of = write(self.of)
        return f"\\nabla_{{{of}}} \\log q({inside})" if latex else f"grad_{of} log q({inside})"


class Drawn(OfProcess):
    """A variable of a process as the steps make it; or an object of the process, at variables that are so made.

    It is shown by its name: x = (z_t - sigma_t eps)/alpha_t is a statement about z_t and eps as they are made.
    """

    def __new__(cls, process: Process, of: "Symbol | OfProcess") -> "Drawn":
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
