"""What terms of a variational bound are made of: functions at an argument, cross-entropies, log-densities, slopes."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, diff, expand, log
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import grouped, grouped_latex, logarithm
from derivations.notation.named import Named, Where, showing, unnamed
from derivations.notation.names import proper_name
from derivations.notation.quantities import LawName, called
from derivations.probability.gaussian import Normal

Write = Callable[[Basic], str]


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
