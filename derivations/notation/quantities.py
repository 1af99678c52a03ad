"""Quantities that papers define and then call by name: SNR(t), L_T, sigma_t^2, their slopes and logarithms.

Each stands for its definition, which is shown beside it, after "where": so no name can mean something else.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Abs, Basic, Expr, Pow, Rational, Symbol, Tuple, exp, expand, log
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import ABBREVIATION, FUNCTION, SLOPE, STATES
from derivations.notation.brackets import grouped_latex, logarithm, sloped
from derivations.notation.carried import carrying
from derivations.notation.named import Named, showing, unnamed
from derivations.notation.names import is_square, latex_of, promised, proper_name
from derivations.notation.wheres import Where
from derivations.obligations.kept import plain
from derivations.obligations.obligation import Obligation
from derivations.probability.mean import Mean

Write = Callable[[Basic], str]
OPERATED = re.compile(r"^(?:log (.*)|tr\((\w+)\)|(.*)\^2|(\w)\^T \w \4)$")  # log p, tr(A), d^2, v^T A v
ELEMENTARY: dict[str, Callable[[Expr], Expr]] = {  # by name, as everybody reads it
    "sigmoid": lambda x: 1 / (1 + exp(-x)), "softplus": lambda x: log(1 + exp(x)), "logit": lambda x: log(x / (1 - x)),
    "expm1": lambda x: exp(x) - 1, "log1p": lambda x: log(1 + x),
}  # fmt: skip
UPRIGHT = {"SNR", "ELBO", "VLB", "mmse", "NLL"}


def called(name: str) -> str:
    """A quantity's name in LaTeX."""
    base, *rest = name.split("_", 1)
    if base in UPRIGHT:
        return f"\\mathrm{{{base}}}" + "".join(f"_{{{r}}}" for r in rest)
    return latex_of(name)


def _is_defined(name: str, at: tuple[Expr, ...] | Tuple, body: Expr) -> bool:
    """Whether it is called by the name of an operation that it is: the smaller of two, or a variance."""
    if name == "min" and len(at) == 2:
        return bool(expand(body - (at[0] + at[1] - Abs(at[0] - at[1])) / 2) == 0)  # type: ignore[operator, call-overload]
    if name == "Var" and len(at) == 1:
        plainly = unnamed(body)
        laws = {x.laws for x in plainly.atoms(Mean)}
        return any(plainly == Mean(at[0] ** 2, *law) - Mean(at[0], *law) ** 2 for law in laws)  # type: ignore[operator, call-overload]
    return name in ELEMENTARY and len(at) == 1 and bool(expand(unnamed(body) - ELEMENTARY[name](at[0])) == 0)


def proper_function(name: str, at: tuple[Expr, ...] | Tuple, body: Expr, kind: str) -> str:
    """Return the name of a function or quantity, which may be that of a known one only if it is that one.

    Raises:
        ValueError: it does not read as one name, or is that of another function or a number.
    """
    return name if _is_defined(name, at, body) else proper_name(OPERATED.sub(r"\1\2\3\4", name), kind)


def not_negative(square: Expr, body: Expr) -> Iterator[Obligation]:
    """Yield what a name that is printed as a square needs: that what it stands for is none of a negative number."""
    yield Obligation(plain(unnamed(body)), ">= 0", f"{square} is a square")


class Quantity(Named):
    """`name` at `at` is `body`."""

    def __new__(cls, name: str | Str, at: tuple[Expr, ...] | Tuple, body: Expr) -> "Quantity":
        showing(*at)
        proper_function(str(name), at, body, "a quantity")
        return Expr.__new__(cls, Str(str(name)), Tuple(*at), body)

    @property
    def body(self) -> Expr:
        return self.args[2]  # type: ignore[return-value]

    @property
    def is_state(self) -> bool:
        return not self.args[1].args and str(self.args[0]).split("_")[0] in STATES

    @property
    def rank(self) -> int:  # type: ignore[override]
        return FUNCTION if self.args[1].args else ABBREVIATION

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[1].args

    def meaning(self) -> Expr:
        return self.body

    def needs(self) -> Iterator[Obligation]:
        name = str(self.args[0])
        if is_square(name):
            return not_negative(self, self.body)
        if (why := promised(name)) and not _is_defined(name, self.args[1], self.body):  # type: ignore[arg-type]
            return iter((Obligation(plain(unnamed(self.body)), ">= 0", f"{self} {why}"),))
        return iter(())

    def _written(self, write: Write, name: str) -> str:
        at = ", ".join(write(a) for a in self.args[1].args)
        return f"{name}({at})" if at else name

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, str(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, called(str(self.args[0])))

    def where(self) -> Iterator[Where]:
        yield Where(self, self.body)


class Squared(Named):
    """The square of what is called `name`: sigma_t^2 for sigma_ts^2 + alpha_ts^2 sigma_s^2. Its root is the name."""

    def __new__(cls, name: str | Str, body: Expr) -> "Squared":
        return Expr.__new__(cls, Str(proper_name(name, "a square")), body)

    rank = ABBREVIATION

    @property
    def name(self) -> str:
        return str(self.args[0])

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        return self.args[1]  # type: ignore[return-value]

    def needs(self) -> Iterator[Obligation]:
        return not_negative(self, self.meaning())

    def _sympystr(self, printer: Any) -> str:
        return f"{self.name}^2"

    def _latex(self, printer: Any) -> str:
        return f"{latex_of(self.name)}^2"

    def where(self) -> Iterator[Where]:
        yield Where(self, self.args[1])


class Slope(Named):
    """The slope of a quantity in a variable: d gamma(t) / dt."""

    rank = SLOPE

    def __new__(cls, of: Expr, var: Symbol) -> "Slope":
        return Expr.__new__(cls, of, var)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        of, var = self.args
        return rates.slope(of, var)  # type: ignore[arg-type]

    def where(self) -> Iterator[Where]:
        return rates.still(self.args[0], self.args[1])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"d/d{var} {sloped(self.args[0], of)}"

    def _latex(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"\\frac{{d}}{{d{var}}} " + (f"\\left({of}\\right)" if self._grouped else of)

    @property
    def _grouped(self) -> bool:
        return bool(self.args[0].is_Add or self.args[0].is_Mul)  # type: ignore[attr-defined]


class Log(Named):
    """The logarithm of a quantity, a probability or a density that has a name, or of a positive number."""

    rank = SLOPE

    def __new__(cls, of: Expr) -> "Log":
        return carrying(Expr.__new__(cls, plain(of)), log(of))  # type: ignore[return-value]

    def meaning(self) -> Expr:
        return log(self.args[0])  # type: ignore[arg-type]

    def _sympystr(self, printer: Any) -> str:
        return logarithm(self.args[0], printer.doprint(self.args[0]))

    def _latex(self, printer: Any) -> str:
        return f"\\log {grouped_latex(self.args[0], printer.doprint(self.args[0]))}"


def rooted(e: Pow) -> str | None:
    """The name whose power a power of a square is, if it is one: sqrt(sigma_t^2) is sigma_t."""
    if isinstance(e.base, Squared) and (2 * e.exp).is_Integer and e.exp != Rational(1):
        return e.base.name
    return None
