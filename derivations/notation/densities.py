"""Any densities, by their values and slopes at a point: scores of their products, and what a process makes of one."""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, Function, Symbol, Tuple, diff, exp, expand, log
from sympy.core.function import AppliedUndef
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.modes import InverseCurvature
from derivations.notation.named import Named, Where, unnamed
from derivations.notation.names import proper_name
from derivations.notation.quantities import Divergence, LawName
from derivations.probability.opening import ByName


class AnyDensity(ByName):
    """A density of which nothing is known, or the likelihood of a label: p(z_t), p(y | z_t)."""

    is_positive = True

    def __new__(cls, name: str | Str, of: Symbol, *given: Symbol) -> "AnyDensity":
        return Expr.__new__(cls, Str(proper_name(name, "a density")), of, *given)

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer, " | ")

    def _latex(self, printer: Any) -> str:
        return self._written(printer, " \\mid ")

    def _written(self, printer: Any, bar: str) -> str:
        name, of, *given = self.args
        inside = bar.join(filter(None, (printer.doprint(of), ", ".join(map(printer.doprint, given)))))
        return f"{name}({inside})"


class LogSlope(Basic):
    """grad_z log of a density, by itself, to be defined."""

    def _sympystr(self, printer: Any) -> str:
        e, z = map(printer.doprint, self.args)
        return f"grad_{z} log {e}"

    def _latex(self, printer: Any) -> str:
        e, z = map(printer.doprint, self.args)
        return f"\\nabla_{{{z}}} \\log {e}"


class TiltedScore(Named):
    """The slope in z of the logarithm of densities, multiplied and raised; `points` are (density, value, slope)."""

    rank = SLOPE

    def __new__(cls, density: Expr, z: Symbol, *points: tuple[Expr, Expr, Expr] | Tuple) -> "TiltedScore":
        return Expr.__new__(cls, density, z, *(Tuple(*point) for point in points))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        """Of functions of z; their values and slopes at the point stand for them afterwards."""
        density, z, *points = self.args
        any_of = [Function(f"p_{n}", positive=True)(z) for n in range(len(points))]
        if more := density.atoms(AnyDensity) - {d for d, _, _ in points}:  # type: ignore[misc]
            raise ValueError(f"expected a value and a slope of each density, got none of {more}")
        e = diff(log(density.xreplace({d: f for (d, _, _), f in zip(points, any_of, strict=True)})), z)  # type: ignore[misc]
        for (_, value, slope), f in zip(points, any_of, strict=True):  # type: ignore[misc]
            e = e.subs(diff(f, z), unnamed(slope) * f).subs(f, value)
        return e

    def _sympystr(self, printer: Any) -> str:
        return f"grad_{printer.doprint(self.args[1])} log{self._inside(printer, '({})')}"

    def _latex(self, printer: Any) -> str:
        return f"\\nabla_{{{printer.doprint(self.args[1])}}} \\log{self._inside(printer, ' ({})')}"

    def _inside(self, printer: Any, grouped: str) -> str:
        written = printer.doprint(self.args[0])
        return f" {written}" if isinstance(self.args[0], AnyDensity) else grouped.format(written)

    def where(self) -> Iterator[Where]:
        _, z, *points = self.args
        for density, value, slope in points:  # type: ignore[misc]
            if self.opened().has(value):  # it may cancel
                yield Where(value, density)
            name = LogSlope(density, z)
            yield Where(slope, name) if slope.is_Atom else Where(name, slope)


class DensityRate(Named):
    """What dz = drift dt + g dw makes of a density p in time: -d/dz (drift p) + (g^2/2) d^2/dz^2 p.

    `density` is a function of z; `scores` are symbols in the drift, each the slope of the logarithm of a density, and
    `points` are symbols for the density and its slopes at a point.
    """

    rank = SLOPE

    def __new__(cls, name: Expr, z: Symbol, drift: Expr, g2: Expr, *rest: Any) -> "DensityRate":
        density, scores, points = rest
        if name.args[1] != z:
            raise ValueError(f"expected a density of {z}, got {name}")
        for _, slope, of in scores:
            if not (_score(slope, of, z) or (of == name and _logarithmic(slope, density, z))):
                raise ValueError(f"expected a score of {of}, by a function of that name, got {slope}")
        for what, value in points:
            if not isinstance(rates.function(what), Expr) or not value.is_Symbol:
                raise ValueError(f"expected a symbol for {what}, got {value}")
        pairs = (Tuple(*(Tuple(*pair) for pair in part)) for part in (scores, points))
        return Expr.__new__(cls, name, z, drift, g2, density, *pairs)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[2:4]

    def meaning(self) -> Expr:
        _, z, drift, g2, density, scores, points = self.args
        moved = unnamed(drift).subs([(v, slope) for v, slope, _ in scores.args])  # pyright: ignore[reportGeneralTypeIssues]
        e = -diff(moved * density, z) + unnamed(g2) / 2 * diff(density, z, 2)  # type: ignore[operator]
        for what, value in (pair.args for pair in points.args):
            e = e.subs(what, value)
        return e

    def _sympystr(self, printer: Any) -> str:
        name, z, drift = map(printer.doprint, self.args[:3])
        spread = f" + d^2/d{z}^2 [{printer.doprint(self.args[3] / 2)} {name}]" if self.args[3] != 0 else ""
        grouped = f"({drift})" if self.args[2].is_Add else drift  # type: ignore[attr-defined]
        return f"-d/d{z} [{grouped} {name}]{spread}"

    def _latex(self, printer: Any) -> str:
        name, z, drift = map(printer.doprint, self.args[:3])
        second = f"\\frac{{d^2}}{{d{z}^2}} \\left[{printer.doprint(self.args[3] / 2)} {name}\\right]"
        first = f"-\\frac{{d}}{{d{z}}} \\left[\\left({drift}\\right) {name}\\right]"
        return first + (f" + {second}" if self.args[3] != 0 else "")

    def where(self) -> Iterator[Where]:
        """Whose slopes the scores are, and the names of the density and of its slopes."""
        name, z, drift, _, density, scores, points = self.args
        for v, _, of in scores.args:  # pyright: ignore[reportGeneralTypeIssues]
            if drift.has(v):  # type: ignore[attr-defined]
                yield Where(v, LogSlope(of, z))
        if not _unknown(density, name):
            yield Where(name, density)
        seen = self.opened().free_symbols - {v for v, *_ in scores.args}  # pyright: ignore[reportGeneralTypeIssues]
        for what, value in (pair.args for pair in points.args):
            if value in seen or what == density:
                yield Where(value, name if what == density else what)


def _unknown(density: Basic, name: Basic) -> bool:
    """Whether a density is a function of which nothing is known, or its exponential, by the name that is shown."""
    of, called = (density.exp, f"log_{name.args[0]}") if isinstance(density, exp) else (density, str(name.args[0]))
    return isinstance(of, AppliedUndef) and of.func.__name__ == called and of.args[:1] == name.args[1:2]


def _score(slope: Expr, name: Basic, z: Symbol) -> bool:
    """Whether it is the slope of the logarithm of an unknown function that this is the name of."""
    known = (e for of in slope.atoms(AppliedUndef) for e in (of, exp(of)) if _unknown(e, name))
    return any(_logarithmic(slope, e, z) for e in known)


def _logarithmic(slope: Expr, of: Expr, z: Symbol) -> bool:
    return bool(expand(slope * of - diff(of, z)) == 0)


class InversePrecision(InverseCurvature):
    """The same as InverseCurvature, written so that it can be subtracted: 1 over a precision."""

    def _sympystr(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"(-d^2/d{v}^2 ({e}))^-1"

    def _latex(self, printer: Any) -> str:
        e, v = map(printer.doprint, self.args)
        return f"\\left(-\\frac{{d^2}}{{d{v}^2}} \\left({e}\\right)\\right)^{{-1}}"


class MeansApart(Divergence):
    """KL(q || p) of two normal laws of one variance, (mean_q - mean_p)^2/(2 var), by vdm.kl.equal_variance."""

    def __new__(cls, q: LawName, p: LawName) -> "MeansApart":
        if q.normal.var != p.normal.var:
            raise ValueError(f"expected two laws of one variance, got {q.normal.var} and {p.normal.var}")
        return Expr.__new__(cls, q, p)

    def meaning(self) -> Expr:
        q, p = (law.normal for law in self.args)  # type: ignore[attr-defined]
        return (q.mean - p.mean) ** 2 / (2 * q.var)
