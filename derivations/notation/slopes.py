"""Slopes, and quantities at values of what they are defined by.

A slope along a path is that of a quantity in time, by the slopes of the symbols that it is written in: d/dt SNR(t)
with alpha_t moving at the rate dalpha and sigma_t at the rate dsigma.
"""

from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Named, Where, unnamed
from derivations.notation.quantities import Quantity, Slope, called
from derivations.probability.opening import opened

Write = Callable[[Basic], str]


class SlopeBy(Named):
    """The slope of an expression in `var`: each symbol beside it has the slope that stands with it.

    What is no symbol beside it, such as F'(v), occurs in the slope, and is called by the name that stands with it.
    """

    rank = SLOPE

    def __new__(cls, of: Expr, var: Symbol, *moving: tuple[Expr, Expr] | Tuple) -> "SlopeBy":
        return Expr.__new__(cls, of, var, *(Tuple(*pair) for pair in moving))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        of = opened(self.args[0])  # type: ignore[arg-type]
        pairs = [tuple(map(opened, pair)) for pair in self.args[2:]]  # type: ignore[call-overload]
        slope = Add(*(of.diff(v) * slope for v, slope in pairs if v.is_Symbol))
        return slope.xreplace({v: name for v, name in pairs if not v.is_Symbol})  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        """The slopes that have no name of their own, and what has got a name."""
        for v, slope in self.args[2:]:  # type: ignore[misc]
            if v != self.args[1] and not str(slope).startswith(f"d{str(v).split('_')[0]}"):  # type: ignore[has-type]
                yield Where(Slope(v, self.args[1]) if v.is_Symbol else v, slope)  # type: ignore[has-type]

    def _sympystr(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"d/d{var} ({of})" if _compound(self.args[0]) else f"d/d{var} {of}"

    def _latex(self, printer: Any) -> str:
        of, var = map(printer.doprint, self.args[:2])
        return f"\\frac{{d}}{{d{var}}} " + (f"\\left({of}\\right)" if _compound(self.args[0]) else of)


class SlopeAt(Named):
    """The slope of a quantity in a variable, at a value of it."""

    rank = SLOPE

    def __new__(cls, of: Expr, var: Symbol, at: Expr) -> "SlopeAt":
        return Expr.__new__(cls, of, var, at)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[::2]

    def meaning(self) -> Expr:
        of, var, at = map(unnamed, self.args)
        return of.diff(var).subs(var, at)  # type: ignore[no-any-return]

    def _sympystr(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args)
        return f"d/d{var} {of}|_({var} = {at})"

    def _latex(self, printer: Any) -> str:
        of, var, at = map(printer.doprint, self.args)
        return f"\\left. \\frac{{d}}{{d{var}}} {of} \\right|_{{{var} = {at}}}"


def _compound(e: Basic) -> bool:
    return bool(e.is_Add or e.is_Mul)  # type: ignore[attr-defined]


class Value(Named):
    """A quantity, defined by symbols, at values of some of these: mmse(1) is mmse(v) at v = 1."""

    def __new__(cls, generic: Quantity, *pairs: tuple[Symbol, Expr] | Tuple) -> "Value":
        return Expr.__new__(cls, generic, *(Tuple(*pair) for pair in pairs))

    @property
    def _at(self) -> tuple[Basic, ...]:
        values = dict(pair.args for pair in self.args[1:])
        return tuple(values.get(v, v) for v in self.args[0].shown)  # type: ignore[attr-defined]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self._at

    def meaning(self) -> Expr:
        values = {v: unnamed(e) for v, e in (pair.args for pair in self.args[1:])}
        return unnamed(self.args[0]).subs(values, simultaneous=True)  # type: ignore[no-any-return]

    def where(self) -> Iterator[Where]:
        """The definition, and the values that the print does not show."""
        generic = self.args[0]
        yield Where(generic, generic.body)  # type: ignore[attr-defined]
        yield from (Where(v, e) for v, e in (p.args for p in self.args[1:]) if v not in generic.shown)  # type: ignore[attr-defined]

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, str(self.args[0].args[0]))

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint, called(str(self.args[0].args[0])))

    def _written(self, write: Write, name: str) -> str:
        return f"{name}({', '.join(map(write, self._at))})" if self._at else name
