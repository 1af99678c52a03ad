"""The equations for changes at one point, and which parts of the answer they pin.

A part is pinned by its value at arguments that sweep an open set; or by an initial value and its slopes in all
arguments that don't move there; or, in an induction, by its value at the start and at each next integer.
"""

from collections.abc import Mapping, Sequence

from sympy import Dummy, Expr, Symbol

from derivations.judge.pinning.generic import sweeps
from derivations.judge.pinning.hole import Look, Part
from derivations.judge.pinning.zeros import Zeros
from derivations.points.domain import Draw


class System:
    """The equations at one point, and the changes in them."""

    def __init__(self, looks: Mapping[Look, Dummy], zeros: Zeros, base: Draw) -> None:
        self.looks, self.zeros, self.base = looks, zeros, base
        self.alone = self._alone_without(())

    def pins(self, of: Part, symbols: Sequence[Symbol], steps: bool) -> bool:
        values = [k for k in self.looks if k.part == of and k.whole]
        if any(k in self.alone and sweeps(k.at, self.base) for k in values):
            return True
        wholes = [k.at for k in values if sweeps(k.at, self.base)] or [tuple(symbols)]
        starts = [k.at for k in values if k in self.alone]
        return any(self._from(start, at, values, steps) for start in starts for at in wholes)

    def _from(self, start: Sequence[Expr], at: Sequence[Expr], values: Sequence[Look], steps: bool) -> bool:
        """Return whether a value follows from that at the start, by slopes in what is fixed there or by unit steps."""
        fixed = [n for n, (a, b) in enumerate(zip(start, at, strict=True)) if a != b]
        if not sweeps([a for n, a in enumerate(start) if n not in fixed], self.base):
            return False
        part = values[0].part
        by_slopes = self._alone_without(values)
        if all(Look(part, tuple(at), (n,)) in by_slopes for n in fixed):
            return True
        return steps and len(fixed) == 1 and self._steps(tuple(at), fixed[0], values)

    def _steps(self, at: tuple[Expr, ...], n: int, values: Sequence[Look]) -> bool:
        """Return whether the value is known at the next integer, once it is known here."""
        here = Look(values[0].part, at)
        after = here._replace(at=(*at[:n], at[n] + 1, *at[n + 1 :]))
        before = here._replace(at=(*at[:n], at[n] - 1, *at[n + 1 :]))
        return after in self._alone_without([here]) or here in self._alone_without([before])

    def _alone_without(self, known: Sequence[Look]) -> set[Look]:
        """Return the looks whose change must be 0 once some others are."""
        zero = self.zeros.forced({self.looks[k] for k in known if k in self.looks})
        return {k for k, d in self.looks.items() if d in zero and k not in known}
