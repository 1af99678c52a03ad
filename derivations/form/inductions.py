"""How an induction reads: L_n = ... for all n, from L_1 = ... and L_{n+1} = L_n + ....

What changes with the index is shown with it: the value, what it is told by, and what each step has of its own.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sympy import Basic, Expr, Symbol

from derivations.form.induction import Induction
from derivations.notation.indexed import Indexed, at
from derivations.notation.named import Named, Where

Names = Mapping[Symbol, Symbol]


class Stage(NamedTuple):
    """A line of an induction: a value at an index, and what it is there."""

    left: Basic
    right: Basic
    note: tuple[str | Basic, ...] = ()
    defined: tuple[Where, ...] = ()


class Reader:
    """The names of what an induction speaks of, at the first index, at any, and at the next."""

    def __init__(self, said: Induction) -> None:
        self.said = said
        self.index = said.index or next((v for v, e in said.next.items() if e == v + 1), Symbol("t"))
        self.called = [b if isinstance(b, Named) else v for v, b in zip(said.held, said.base, strict=True)]
        self.told = {v for v in said.first if v != self.index and said.next[v] != v}
        symbols = {v for e in (*said.base, *said.value) for v in e.atoms(Symbol)}
        indexed = {v for v in symbols if v.name.endswith(f"_{self.index}")}  # pyright: ignore[reportAttributeAccessIssue]
        self.moving = {*said.held, *self.told, *indexed, self.index}

    def names(self, place: Expr, own: Expr) -> Names:
        """What is written at a place of the index, where a step's own parameters are those at `own`."""
        changed = {v: at(v, self.index, place) for v in self.moving}
        return changed | {v: at(v, self.index, own) for v in self.said.own}

    def stages(self) -> Iterator[Stage]:
        """Of each number its value for every index, its base case and its step."""
        said, index, first, after = self.said, self.index, self.said.start, self.index + 1
        here, start = self.names(index, index), self.names(first, first)
        then, grown = self.names(after, after), self.names(index, after)
        for name, value, base, step in zip(self.called, said.value, said.base, said.step, strict=True):
            made = base.meaning() if isinstance(base, Named) else base
            more = step.xreplace(dict(zip(said.held, self.called, strict=True)))
            yield Stage(Indexed(name, here), Indexed(value, here), ("for every", index, ", by induction"))
            left = Indexed(name, start, False)
            yield Stage(left, Indexed(made, start, False), (), self.defined(said.first, start, start))
            left = Indexed(name, then, False)
            yield Stage(left, Indexed(more, grown, False), (), self.defined(said.next, then, grown))

    def defined(self, values: Mapping[Symbol, Expr], left: Names, right: Names) -> tuple[Where, ...]:
        """What the value is told by, at that index."""
        needed = (v for v in values if v in self._needed() and v != values[v])
        return tuple(Where(Indexed(v, left, False), Indexed(values[v], right, False)) for v in needed)

    def _needed(self) -> set[Symbol]:
        """What the value is told by, and what this is told by."""
        found = {v for e in self.said.value for v in e.free_symbols}
        while more := {v for key in self.told & found for v in self.said.next[key].free_symbols} - found:
            found |= more
        return found - {self.index}
