"""What terms of a variational bound are made of: values at a point, cross-entropies, and divergences of any densities.

A variable of a process, as the steps make it, is shown by its name: x = (z_t - sigma_t eps)/alpha_t is a statement
about z_t and eps as they are made.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple, diff, expand, log
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import grouped, grouped_latex, logarithm
from derivations.notation.named import Named, Where, showing, unnamed
from derivations.notation.names import proper_name
from derivations.notation.process import OfProcess, Process
from derivations.notation.quantities import LawName, called
from derivations.obligations.kept import losses, owing
from derivations.probability.gaussian import Normal
from derivations.probability.opening import opened

Write = Callable[[Basic], str]


class Drawn(Named):
    """A variable of a process, as the steps make it; or an object of the process, at variables that are so made."""

    def __new__(cls, process: Process, of: Symbol | OfProcess) -> "Drawn":
        if not isinstance(of, Symbol | OfProcess):
            raise ValueError(f"expected a variable, or an object of a process, got {of}")
        return owing(Expr.__new__(cls, process, of), losses(process.made(of)))  # type: ignore[return-value]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:]

    def meaning(self) -> Expr:
        process, of = self.args
        return process.made(of)  # type: ignore[attr-defined, no-any-return]

    def where(self) -> Iterator[Where]:
        return self.args[0].where()  # type: ignore[attr-defined, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return printer.doprint(self.args[1])  # type: ignore[no-any-return]

    _latex = _sympystr


class Valued(Named):
    """An object at given values of symbols: E[z_s | z_t, x = 1], or (KL(q || p) at var = 1); with none, as it opens."""

    def __new__(cls, of: Expr, *pairs: tuple[Symbol, Expr] | Tuple) -> "Valued":
        lost = losses(_valued(of, pairs))
        return owing(Expr.__new__(cls, of, *(Tuple(*pair) for pair in pairs)), lost)  # type: ignore[return-value]

    def meaning(self) -> Expr:
        return _valued(self.args[0], self.args[1:])  # type: ignore[arg-type]

    def _written(self, write: Write, at: str, comma: str = ", ") -> str:
        of, pairs = self.args[0], dict(tuple(pair) for pair in self.args[1:])  # type: ignore[misc, call-overload]
        values = {v: f"{write(v)} = {write(e)}" for v, e in pairs.items()}
        if isinstance(of, OfProcess) and pairs.keys() <= {*of.on, *of.process.data}:
            bar = " \\mid " if "\\" in at else " | "
            return of._write(lambda e: values.get(e) or write(e), bar, latex="\\" in at)  # type: ignore[call-overload]
        return f"({_group(of, write, at)}{at}{comma.join(values.values())})" if pairs else write(of)

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " at ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, "\\ \\text{at}\\ ")


def _group(of: Basic, write: Write, at: str) -> str:
    return (grouped_latex if "\\" in at else grouped)(of, write(of))


def _valued(of: Expr, pairs: tuple[Any, ...]) -> Expr:
    at = {v: unnamed(e) for v, e in pairs}
    return opened(of).subs(at, simultaneous=True) if _crossed(at) else opened(of).subs(at)  # type: ignore[return-value]


def _crossed(at: dict[Any, Expr]) -> bool:
    """Whether a value has a symbol that is to be replaced."""
    return any(e.has(*at) for e in at.values())


class Called(Named):
    """A function by its name, at an argument: level(i + 1), where level(i) = 2 i/(K - 1) - 1."""

    def __new__(cls, name: str | Str, at: Expr, var: Symbol, body: Expr) -> "Called":
        showing(at)
        return Expr.__new__(cls, Str(proper_name(name, "a function")), at, var, body)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1:2]

    def meaning(self) -> Expr:
        _, at, var, body = self.args
        return body.subs(var, at)  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        name, _, var, body = self.args
        yield Where(Called(name, var, var, body), body)  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return f"{self.args[0]}({printer.doprint(self.args[1])})"

    def _latex(self, printer: Any) -> str:
        return f"{called(str(self.args[0]))}({printer.doprint(self.args[1])})"


class CrossEntropy(Named):
    """E_q[-log p] of two normal laws, by the mean and the variance of q."""

    def __new__(cls, q: LawName, p: LawName) -> "CrossEntropy":
        return Expr.__new__(cls, q, p)

    def meaning(self) -> Expr:
        q, p = (Normal(*map(unnamed, law.normal)) for law in self.args)  # type: ignore[attr-defined]
        return -p.log_density(q.mean) + q.var / p.var / 2

    def _sympystr(self, printer: Any) -> str:
        q, p = map(printer.doprint, self.args)
        return f"H({q}, {p})"

    _latex = _sympystr


class LogNormal(Named):
    """log N(z; mean, var), the log-density of a normal law."""

    rank = SLOPE

    def __new__(cls, z: Expr, mean: Expr, var: Expr) -> "LogNormal":
        return Expr.__new__(cls, z, mean, var)

    def meaning(self) -> Expr:
        z, mean, var = self.args
        return Normal(mean, var).log_density(z)  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return "log N({}; {}, {})".format(*map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return "\\log \\mathcal{{N}}({}; {}, {})".format(*map(printer.doprint, self.args))


class SlopeAt(Named):
    """The k-th slope of a quantity in a variable, at 0."""

    def __new__(cls, of: Expr, var: Symbol, k: Expr) -> "SlopeAt":
        return Expr.__new__(cls, of, var, k)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        of, var, k = self.args
        first = rates.slope(of, var)  # type: ignore[arg-type]
        return expand(diff(first, var, int(k) - 1).subs(var, 0))  # type: ignore[arg-type, call-overload, no-any-return]

    def where(self) -> Iterator[Where]:
        return rates.still(self.args[0], self.args[1])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        of, var, k = map(printer.doprint, self.args)
        return f"(d^{k}/d{var}^{k} {grouped(self.args[0], of)} at {var} = 0)"

    def _latex(self, printer: Any) -> str:
        of, var, k = map(printer.doprint, self.args)
        return f"\\left. \\frac{{d^{k}}}{{d{var}^{k}}} {grouped_latex(self.args[0], of)} \\right|_{{{var} = 0}}"


class Logarithm(Named):
    """The logarithm of a positive number, or of what has a name."""

    rank = SLOPE

    def __new__(cls, of: Expr) -> "Logarithm":
        return Expr.__new__(cls, of)

    def meaning(self) -> Expr:
        return log(self.args[0])  # type: ignore[no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return logarithm(self.args[0], printer.doprint(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return f"\\log {grouped_latex(self.args[0], printer.doprint(self.args[0]))}"
