"""Quantities that papers define and then call by name: SNR(t), L_T, gamma(t), sigma_t^2, and slopes and laws of these.

Each stands for its definition, which is shown beside it, after "where": so no name can mean something else.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Pow, Rational, Symbol, Tuple, sqrt
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import ABBREVIATION, FUNCTION, SLOPE, STATES
from derivations.notation.brackets import sloped
from derivations.notation.named import Named, Where, showing
from derivations.notation.names import latex_of, proper_name
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal

Write = Callable[[Basic], str]
OPERATED = re.compile(r"^(?:log (.*)|tr\((\w+)\)|(.*)\^2|(\w)\^T \w \4)$")  # log p, tr(A), d^2, v^T A v
UPRIGHT = {"SNR", "ELBO", "VLB", "mmse", "NLL"}


def called(name: str) -> str:
    """A quantity's name in LaTeX."""
    base, *rest = name.split("_", 1)
    if base in UPRIGHT:
        return f"\\mathrm{{{base}}}" + "".join(f"_{{{r}}}" for r in rest)
    return latex_of(name)


class Quantity(Named):
    """`name` at `at` is `body`."""

    def __new__(cls, name: str | Str, at: tuple[Expr, ...] | Tuple, body: Expr) -> "Quantity":
        showing(*at)
        proper_name(OPERATED.sub(r"\1\2\3\4", str(name)), "a quantity")
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


class Divergence(Named):
    """KL(q || p) of two normal laws: E_q[log q - log p], over z = mean + sd n. A law is shown by its name, or whole."""

    def __new__(cls, q: "LawName", p: "LawName", noise: Symbol) -> "Divergence":
        return Expr.__new__(cls, q, p, noise)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:2]

    def meaning(self) -> Expr:
        q, p, n = self.args
        if held := [law for law in (q, p) if any(n in e.free_symbols for e in law.normal)]:  # type: ignore[attr-defined]
            raise ValueError(f"expected laws without {n}, which the divergence is a mean over, got {held}")
        z = q.normal.mean + sqrt(q.normal.var) * n
        return Expected(q.normal.log_density(z) - p.normal.log_density(z), n)  # type: ignore[attr-defined, arg-type]

    def _sympystr(self, printer: Any) -> str:
        q, p = map(printer.doprint, self.args[:2])
        return f"KL({q} || {p})"

    def _latex(self, printer: Any) -> str:
        q, p = map(printer.doprint, self.args[:2])
        return f"D_{{\\mathrm{{KL}}}}({q} \\,\\|\\, {p})"


class LawName(Basic):
    """A normal law: by a name, as q(z_s | z_t, x), which is then defined after "where"; else N(z_s; mean, var)."""

    def __new__(cls, mean: Expr, var: Expr, name: str | Str = "", *of: Symbol) -> "LawName":
        showing(mean, var)
        if str(name):
            proper_name(name, "a law")
        if any(v in e.free_symbols for v in of[:1] for e in (mean, var)):
            raise ValueError(f"expected a law free of its own variable {of[0]}, got N({mean}, {var})")
        return Basic.__new__(cls, mean, var, Str(str(name)), *of)

    @property
    def normal(self) -> Normal:
        return Normal(*self.args[:2])  # type: ignore[arg-type]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return () if str(self.args[2]) else self.args[:2]

    def _written(self, write: Write, bar: str, normal: str) -> str:
        mean, var, name, *of = self.args
        if not str(name):
            return f"{normal}({''.join(f'{write(v)}; ' for v in of)}{write(mean)}, {write(var)})"
        first, *given = (write(v) for v in of)
        return f"{name}({first}{bar}{', '.join(given)})" if given else f"{name}({first})"

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ", "N")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ", "\\mathcal{N}")

    def where(self) -> Iterator[Where]:
        if str(self.args[2]):
            yield Where(self, LawName(*self.args[:2], "", *self.args[3:4]))  # type: ignore[arg-type]


def rooted(e: Pow) -> str | None:
    """The name whose power a power of a square is, if it is one: sqrt(sigma_t^2) is sigma_t."""
    if isinstance(e.base, Squared) and (2 * e.exp).is_Integer and e.exp != Rational(1):
        return e.base.name
    return None
