"""What papers on samplers write: a sampler's z_s, a slope along a flow, and squared norms."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Add, Basic, Expr, Symbol, Tuple
from sympy.core.symbol import Str

from derivations.notation import rates
from derivations.notation.arranged import SLOPE
from derivations.notation.brackets import closed, grouped, grouped_latex
from derivations.notation.named import Named, showing, unnamed
from derivations.notation.names import proper_name
from derivations.notation.wheres import Where

Write = Callable[[Basic], str]


class Update(Named):
    """What a sampler makes of its variable in one step, as z_s^DDIM(x_hat); its rule stands after "where"."""

    def __new__(cls, of: Symbol, sampler: str | Str, body: Expr, *at: Expr) -> "Update":
        showing(*at)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9+-]*", str(sampler)):
            raise ValueError(f"expected a name of a sampler, of ASCII letters and digits, got {str(sampler)!r}")
        return Expr.__new__(cls, of, Str(str(sampler)), body, *at)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[3:]

    def meaning(self) -> Expr:
        return self.args[2]  # type: ignore[return-value]

    def _written(self, write: Write, name: str) -> str:
        at = ", ".join(map(write, self.args[3:]))
        return f"{name}({at})" if at else name

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint, f"{printer.doprint(self.args[0])}^{self.args[1]}")

    def _latex(self, printer: Any) -> str:
        base, *index = printer.doprint(self.args[0]).split("_", 1)
        name = "_".join((f"{base}^{{\\mathrm{{{self.args[1]}}}}}", *index))
        return self._written(printer.doprint, name)

    def where(self) -> Iterator[Where]:
        yield Where(self, self.args[2])


class Along(Named):
    """The slope of something against something else along a flow, dz_t/dt or d(z_t / sigma_t)/dlambda_t.

    `moving` has the slopes in time of all that moves. The clock, against which they are taken, has none.
    """

    rank = SLOPE

    def __new__(cls, of: Expr, against: Expr, *moving: tuple[Expr, Expr] | Tuple) -> "Along":
        return Expr.__new__(cls, of, against, *(Tuple(*pair) for pair in moving))

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:2]

    def meaning(self) -> Expr:
        of, against = self._opened
        rate = self._rate(of)
        return rate if isinstance(against, Symbol) else rate / self._rate(against)

    @property
    def _opened(self) -> tuple[Expr, Expr]:
        return unnamed(self.args[0]), unnamed(self.args[1])

    @property
    def clock(self) -> Symbol:
        """What the slope is against, where that is a symbol; or else the time t."""
        of, against = self._opened
        if isinstance(against, Symbol):
            return against
        return next((v for v in (of * against).free_symbols if str(v) == "t"), Symbol("t"))  # type: ignore[return-value]

    def _rate(self, e: Expr) -> Expr:
        return rates.along(e, self.clock, ((v, unnamed(rate)) for v, rate in (pair.args for pair in self.args[2:])))

    def _sympystr(self, printer: Any) -> str:
        return "d{}/d{}".format(*(self._grouped(e, printer.doprint(e)) for e in self.args[:2]))

    def _latex(self, printer: Any) -> str:
        top, bottom = (self._grouped(e, printer.doprint(e)) for e in self.args[:2])
        return f"\\frac{{d{top}}}{{d{bottom}}}"

    def _grouped(self, e: Basic, written: str) -> str:
        return written if closed(written) and (e.is_Atom or isinstance(e, Named)) else f"({written})"

    def where(self) -> Iterator[Where]:
        """The velocities."""
        pairs = (tuple(pair.args) for pair in self.args[2:])
        for dot, rate in rates.wheres(Tuple(*self._opened), self.clock, pairs):  # type: ignore[arg-type]
            yield Where(Tangent(*dot.args), rate)


class Tangent(Basic):
    """The velocity dz_t/dt by itself, to be defined."""

    def _sympystr(self, printer: Any) -> str:
        return "d{}/d{}".format(*map(printer.doprint, self.args))

    def _latex(self, printer: Any) -> str:
        return "\\frac{{d{}}}{{d{}}}".format(*map(printer.doprint, self.args))


class SquaredNorm(Named):
    """||scale v||^2 of a vector v, by its coordinates."""

    def __new__(cls, scale: Expr, vector: str | Str, *coordinates: Expr) -> "SquaredNorm":
        return Expr.__new__(cls, scale, Str(proper_name(vector, "a vector")), *coordinates)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:1]

    def meaning(self) -> Expr:
        scale, _, *coordinates = self.args
        return Add(*((scale * v) ** 2 for v in coordinates))  # type: ignore[operator]

    def _written(self, write: Write, dot: str) -> str:
        scale = self.args[0]
        group = grouped_latex if "\\" in dot else grouped
        return str(self.args[1]) if scale == 1 else f"{group(scale, write(scale))} {dot} {self.args[1]}"

    def _sympystr(self, printer: Any) -> str:
        return f"||{self._written(printer.doprint, '·')}||^2"

    def _latex(self, printer: Any) -> str:
        inside = self._written(printer.doprint, "\\cdot")
        return f"\\left\\|{inside}\\right\\|^2"

    def where(self) -> Iterator[Where]:
        yield Where(Vector(self.args[1]), Tuple(*self.args[2:]))


class Vector(Basic):
    """A vector by its name."""

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0])

    def _latex(self, printer: Any) -> str:
        return str(self.args[0])
