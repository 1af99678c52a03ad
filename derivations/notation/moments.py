"""Means, variances and covariances of the variables of a process, given some of them and the data: E[z_s | z_t, x]."""

from sympy import Expr, Symbol

from derivations.notation.named import unnamed
from derivations.notation.steps import OfProcess, Write, barred
from derivations.probability.expected import Expected, moments
from derivations.probability.gaussian import cov
from derivations.probability.opening import opened


class ConditionalMean(OfProcess):
    """E[of | on, data]."""

    def meaning(self) -> Expr:
        """Of any polynomial; given something, of what is linear in the noise."""
        if self.on:
            return self.process.law(self.of, *self.on).mean
        made = self.process.made(self.of)
        return Expected(made, *(n for n in self.process.noise if made.has(n)))

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = barred(write(self.of), self._given(write), bar)
        return f"\\mathbb{{E}}[{inside}]" if latex else f"E[{inside}]"


class ConditionalVariance(OfProcess):
    """Var(of | on, data)."""

    def meaning(self) -> Expr:
        return self.process.law(self.of, *self.on).var

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = barred(write(self.of), self._given(write), bar)
        return f"\\operatorname{{Var}}({inside})" if latex else f"Var({inside})"


class PolynomialVariance(ConditionalVariance):
    """Var(of | data) of any polynomial in the noise, by moments: its mean is written out, and the square is not."""

    def meaning(self) -> Expr:
        made = opened(unnamed(self.process.made(self.of)))
        noise = [n for n in self.process.noise if made.has(n)]
        return Expected((made - moments(made, *noise)) ** 2, *noise)


class Covariance(OfProcess):
    """Cov(a, b), given the data."""

    @property
    def on(self) -> tuple[Symbol, ...]:
        return ()

    def meaning(self) -> Expr:
        a, b = (self.process.made(e) for e in self.args[1:])  # type: ignore[arg-type]
        return cov(a, b, self.process.noise)

    def _write(self, write: Write, bar: str, latex: bool = False) -> str:
        inside = barred(", ".join(map(write, self.args[1:])), self._given(write), bar)
        return f"\\operatorname{{Cov}}({inside})" if latex else f"Cov({inside})"
