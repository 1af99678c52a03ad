"""Log-densities of the variables of a process, and their slopes: log q(z_t | x), and the score of z_t."""

from typing import Any

from sympy import Basic, Expr

from derivations.notation.arranged import SLOPE
from derivations.notation.named import unnamed
from derivations.notation.steps import OfProcess, Write, barred
from derivations.probability.gaussian import law


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
        inside = barred(write(self.of), self._given(write), bar)
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
        inside = barred(write(self.of), ", ".join(map(write, made_from)), bar)
        return f"\\log q({inside})" if latex else f"log q({inside})"


class Score(OfProcess):
    """The slope of log q(of | on, data) in `of`."""

    rank = SLOPE

    def meaning(self) -> Expr:
        law = self.process.law(self.of, *self.on)
        return law.log_density(self.of).diff(self.of)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = barred(write(self.of), self._given(write), bar)
        of = write(self.of)
        return f"\\nabla_{{{of}}} \\log q({inside})" if latex else f"grad_{of} log q({inside})"
