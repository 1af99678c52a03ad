"""Normal laws by their names, q(z_s | z_t, x), or whole, N(z; mean, var): densities, divergences."""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, Symbol, exp, sqrt
from sympy.core.symbol import Str

from derivations.notation.arranged import FUNCTION, SLOPE
from derivations.notation.carried import carrying
from derivations.notation.named import Existing, Named, showing, unnamed
from derivations.notation.names import latex_of, proper_name
from derivations.notation.phrases import Words
from derivations.notation.wheres import Where
from derivations.obligations.kept import plain
from derivations.obligations.obligation import Obligation
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal

Write = Callable[[Basic], str]


class LawName(Existing):
    """A normal law: by a name, as q(z_s | z_t, x) or p_0, which is then defined after "where"; else N(z; mean, var)."""

    def __new__(cls, mean: Expr, var: Expr, name: str | Str = "", *of: Symbol) -> "LawName":
        showing(mean, var)
        if str(name):
            proper_name(name, "a law")
        if str(name) == "N":
            raise ValueError("expected a name of a law, got 'N', which is any normal law")
        if any(v in e.free_symbols for v in of[:1] for e in (mean, var)):
            raise ValueError(f"expected a law free of its own variable {of[0]}, got N({mean}, {var})")
        return Basic.__new__(cls, mean, var, Str(str(name)), *of)

    @property
    def normal(self) -> Normal:
        return Normal(*self.args[:2])  # type: ignore[arg-type]

    def needs(self) -> Iterator[Obligation]:
        yield Obligation(self.normal.var, "> 0", "the variance of a law")

    @property
    def name(self) -> str:
        return str(self.args[2])

    @property
    def of(self) -> tuple[Basic, ...]:
        """The variable that it is the law of, where it says so, and what is given."""
        return self.args[3:]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return () if self.name else self.args[:2]

    def at(self, place: Basic, write: Write, bar: str, name: str) -> str:
        """The law by its name at a place, and what is given: p(x | z_0)."""
        return f"{name}({bar.join(filter(None, (write(place), ', '.join(map(write, self.of[1:])))))})"

    def whole(self, of: tuple[Basic, ...], write: Write, normal: str) -> str:
        """The law by its mean and its variance: N(z; mean, var)."""
        return f"{normal}({''.join(f'{write(v)}; ' for v in of)}{', '.join(map(write, self.args[:2]))})"

    def _written(self, write: Write, bar: str, name: str, normal: str) -> str:
        if not name:
            return self.whole(self.of, write, normal)
        return self.at(self.of[0], write, bar, name) if self.of else name

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ", self.name, "N")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ", latex_of(self.name), "\\mathcal{N}")

    def where(self) -> Iterator[Where]:
        if self.name:
            yield Where(self, LawName(*self.args[:2], "", *self.of[:1]))  # type: ignore[arg-type]


def own(law: LawName, of: Expr) -> LawName:
    """The law, if it is the law of this variable, wherever it says of which it is."""
    if law.of[:1] not in ((), (of,)):
        raise ValueError(f"expected the variable that {law} is the law of, got {of}")
    return law


def of_one(*laws: LawName) -> tuple[LawName, ...]:
    """The laws, if they are of one variable, wherever they say of which they are.

    Raises:
        ValueError: two are of different variables.
    """
    if len({v for law in laws for v in law.of[:1]}) > 1:
        raise ValueError(f"expected laws of one variable, got {' and '.join(map(str, laws))}")
    return laws


class DensityAt(Named):
    """The density of a normal law at a place: p(x | z_0) or p_0(z(1)) for a law with a name, else N(z; mean, var)."""

    rank = FUNCTION

    def __new__(cls, law: LawName, at: Expr) -> "DensityAt":
        return Expr.__new__(cls, own(law, at), at)

    def meaning(self) -> Expr:
        return exp(self._log)  # type: ignore[no-any-return]

    @property
    def _log(self) -> Expr:
        law, at = self.args
        return law.normal.log_density(at)  # type: ignore[attr-defined, no-any-return]

    def _written(self, write: Write, bar: str, normal: str, named: Callable[[str], str] = str) -> str:
        law, at = self.args
        if not law.name:  # type: ignore[attr-defined]
            return law.whole((at,), write, normal)  # type: ignore[attr-defined, no-any-return]
        return law.at(at, write, bar, named(law.name))  # type: ignore[attr-defined, no-any-return]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, " | ", "N")

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, " \\mid ", "\\mathcal{N}", latex_of)


class LogDensityAt(DensityAt):
    """Its logarithm: log q(z | x), log N(z; mean, var)."""

    rank = SLOPE

    def meaning(self) -> Expr:
        return self._log

    def _sympystr(self, printer: Any) -> str:
        return f"log {super()._sympystr(printer)}"

    def _latex(self, printer: Any) -> str:
        return f"\\log {super()._latex(printer)}"


def log_law(normal: Normal, of: Symbol, *on: Symbol, name: str = "") -> Expr:
    """log N(of; mean, var), or log name(of | on) where the law has a name."""
    mean, var = map(plain, normal)
    return carrying(LogDensityAt(LawName(mean, var, name, *((of, *on) if name else ())), of), *normal)


class Divergence(Named):
    """KL(q || p) of two normal laws: E_q[log q - log p], over z = mean + sd n. A law is shown by its name, or whole."""

    def __new__(cls, q: LawName, p: LawName, noise: Symbol) -> "Divergence":
        return Expr.__new__(cls, *of_one(q, p), noise)

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


class MeansApart(Divergence):
    """KL(q || p) of two normal laws of one variance, (mean_q - mean_p)^2/(2 var), by vdm.kl.equal_variance."""

    def __new__(cls, q: LawName, p: LawName) -> "MeansApart":
        if q.normal.var != p.normal.var:
            raise ValueError(f"expected two laws of one variance, got {q.normal.var} and {p.normal.var}")
        return Expr.__new__(cls, *of_one(q, p))

    def meaning(self) -> Expr:
        q, p = (law.normal for law in self.args)  # type: ignore[attr-defined]
        return (q.mean - p.mean) ** 2 / (2 * q.var)


class CrossEntropy(Named):
    """E_q[-log p] of two normal laws, by the mean and the variance of q."""

    def __new__(cls, q: LawName, p: LawName) -> "CrossEntropy":
        return Expr.__new__(cls, *of_one(q, p))

    def meaning(self) -> Expr:
        q, p = (Normal(*map(unnamed, law.normal)) for law in self.args)  # type: ignore[attr-defined]
        return -p.log_density(q.mean) + q.var / p.var / 2

    def _sympystr(self, printer: Any) -> str:
        q, p = map(printer.doprint, self.args)
        return f"H({q}, {p})"

    _latex = _sympystr

    def where(self) -> Iterator[Where]:
        yield Where(Words("H(q, p) the cross-entropy E_q[-log p]"))
