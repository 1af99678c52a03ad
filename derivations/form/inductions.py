"""The lines in which an induction is shown: L_n = ... for all n, from L_1 = ... and L_{n+1} = L_n + ....

Whatever changes with the index is written with it: the value, what it depends on, and each step's own parameters.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sympy import Basic, Expr, Symbol

from derivations.form.induction import Induction
from derivations.notation.indexed import Indexed, at
from derivations.notation.stepped import Stepped
from derivations.notation.wheres import Where

Names = Mapping[Symbol, Symbol]


class Stage(NamedTuple):
    """A line of an induction: a name at an index, and its value there."""

    left: Basic
    right: Basic
    note: tuple[str | Basic, ...] = ()
    defined: tuple[Where, ...] = ()


class Reader:
    """The names of an induction's values and parameters at the first index, at any, and at the next."""

    def __init__(self, induction: Induction) -> None:
        self.induction = induction
        self.index = induction.index or next((v for v, e in induction.next.items() if e == v + 1), Symbol("t"))
        self.dependent = {v for v in induction.first if v != self.index and induction.next[v] != v}
        symbols = {v for e in (*induction.base, *induction.value) for v in e.atoms(Symbol)}
        indexed = {v for v in symbols if v.name.endswith(f"_{self.index}")}  # pyright: ignore[reportAttributeAccessIssue]
        self.moving = {*induction.held, *self.dependent, *indexed, self.index}
        self.called = [b if isinstance(b, Stepped) else v for v, b in zip(induction.held, induction.base, strict=True)]

    @property
    def start(self) -> Expr:
        """What the index is where the induction starts."""
        return self.induction.first.get(self.index, self.induction.start)

    def names(self, place: Expr, own: Expr) -> Names:
        """Return what is written at a place of the index, with a step's own parameters at `own`."""
        changed = {v: self._at(v, place) for v in self.moving}
        return changed | {v: at(v, self.index, own) for v in self.induction.own}

    def _at(self, v: Symbol, place: Expr) -> Symbol:
        """Return how v is written at a place of the index; v that becomes w in a step is w at the index before."""
        w = self.induction.next.get(v)
        if v in self.dependent and isinstance(w, Symbol):
            return at(w, self.index, place - 1)
        return at(v, self.index, place)

    def stages(self) -> Iterator[Stage]:
        """Yield for each number its value at every index, its base case and its step."""
        induction, index, after = self.induction, self.index, self.index + 1
        here, start = self.names(index, index), self.names(self.start, self.start)
        then, grown = self.names(after, after), self.names(index, after)
        for name, value, base, step in zip(self.called, induction.value, induction.base, induction.step, strict=True):
            made = base.meaning() if isinstance(base, Stepped) else base
            more = step.xreplace(dict(zip(induction.held, self.called, strict=True)))
            yield Stage(Indexed(name, here), Indexed(value, here), ("for every", index, ", by induction"))
            left = Indexed(name, start, False)
            yield Stage(left, Indexed(made, start, False), (), self.defined(induction.first, start, start))
            left = Indexed(name, then, False)
            yield Stage(left, Indexed(more, grown, False), (), self.defined(induction.next, then, grown))

    def defined(self, values: Mapping[Symbol, Expr], left: Names, right: Names) -> tuple[Where, ...]:
        """Return the definitions, at that index, of what the value depends on."""
        needed = (v for v in values if v in self._needed() and v != values[v])
        return tuple(Where(Indexed(v, left, False), Indexed(values[v], right, False)) for v in needed)

    def _needed(self) -> set[Symbol]:
        """Return what the value depends on, directly and through these."""
        symbols = {v for e in self.induction.value for v in e.free_symbols}
        while more := {v for key in self.dependent & symbols for v in self.induction.next[key].free_symbols} - symbols:
            symbols |= more
        return symbols - {self.index}
