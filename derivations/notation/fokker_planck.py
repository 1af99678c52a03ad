"""What a drift and noise make of a density in time, by its values and slopes at a point: Fokker-Planck's equation."""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Expr, S, Symbol, Tuple, cancel, diff, exp, expand, pi, sqrt
from sympy.core.function import AppliedUndef

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, unnamed
from derivations.notation.scores import LogSlope
from derivations.notation.wheres import Where
from derivations.obligations.obligation import Obligation


class DensityRate(Named):
    """What dz = drift dt + g dw makes of a density p in time: -d/dz (drift p) + d^2/dz^2 (g^2/2 p).

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
        if not (_unknown(density, name) or _falls(unnamed(density), z)):
            raise ValueError(
                f"expected an unknown density by its name, or a normal one whose integral is 1, got {density}"
            )
        for what, value in points:
            if not isinstance(rates.function(what), Expr) or not value.is_Symbol:
                raise ValueError(f"expected a symbol for {what}, got {value}")
        pairs = (Tuple(*(Tuple(*pair) for pair in part)) for part in (scores, points))
        return Expr.__new__(cls, name, z, drift, g2, density, *pairs)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[2:4]

    def needs(self) -> Iterator[Obligation]:
        """Yield that the variance of a density that is known is positive."""
        name, z, _, _, density = self.args[:5]
        if not _unknown(density, name):
            yield Obligation(_falls(unnamed(density), z), "> 0", "the variance of a density")  # type: ignore[arg-type]

    def meaning(self) -> Expr:
        _, z, drift, g2, density, scores, points = self.args
        seen = {value: what for what, value in (pair.args for pair in points.args)}  # each of which moves with z
        seen |= {v: slope for v, slope, _ in scores.args}  # pyright: ignore[reportGeneralTypeIssues]
        moved, spread = (unnamed(e).subs(seen) for e in (drift, g2))
        e = -diff(moved * density, z) + diff(spread * density, z, 2) / 2
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
        name, z, drift, g2, density, scores, points = self.args
        for v, _, of in scores.args:  # pyright: ignore[reportGeneralTypeIssues]
            if drift.has(v) or g2.has(v):  # type: ignore[attr-defined]
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


def _falls(density: Expr, z: Symbol) -> Expr | None:
    """By how much the score of a normal density falls, 1/variance; None of any other function, and of a multiple."""
    score = cancel(diff(density, z) / density) if density.has(z) else S.Zero
    falls = cancel(-diff(score, z))
    if falls == 0 or falls.has(z):
        return None
    greatest = density.subs(z, cancel(z + score / falls))  # at the mean, where it is 1/sqrt(2 pi variance)
    return falls if cancel(greatest * sqrt(2 * pi / falls)) == 1 else None


def _score(slope: Expr, name: Basic, z: Symbol) -> bool:
    """Whether it is the slope of the logarithm of an unknown function that this is the name of."""
    known = (e for of in slope.atoms(AppliedUndef) for e in (of, exp(of)) if _unknown(e, name))
    return any(_logarithmic(slope, e, z) for e in known)


def _logarithmic(slope: Expr, of: Expr, z: Symbol) -> bool:
    return bool(expand(slope * of - diff(of, z)) == 0)
