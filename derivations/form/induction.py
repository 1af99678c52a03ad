"""Induction: a value at every index, by its base case and by what a step makes of it from any index to the next.

Base and step are what the process does, and know nothing of the answer: in `step` the symbols `held` stand for the
value at an index, whatever it is. So a step can't be had without a base case, nor a base case without a step.
An index may be a number n, with n + 1 the next, or whatever else the value depends on, as alpha-bar at t is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, S, Symbol, nan, oo, sympify, zoo

from derivations.form.base import Form, Need, Part, Words, plainly_real
from derivations.form.statement import Equal, Point


@dataclass(frozen=True, kw_only=True)
class Induction(Form):
    """The process is `base` at the index `first`, and from `held` = `value` makes `step` at the index `next`.

    The hypothesis is of any index whatever, so an assumption about it must hold at `first`, and at `next` again.
    `index` counts the steps, from `start`, and each has its own value of the parameters `own`: so it is shown.
    """

    value: tuple[Expr, ...]
    held: tuple[Symbol, ...]
    base: tuple[Expr, ...]
    step: tuple[Expr, ...]
    first: Point
    next: Point
    index: Symbol | None = None
    start: Expr = S.One
    own: tuple[Symbol, ...] = ()

    def at(self, index: Point) -> tuple[Expr, ...]:
        """The value at an index."""
        return tuple(v.subs(dict(index), simultaneous=True) for v in self.value)

    def binds(self) -> tuple[Symbol, ...]:
        return (*self.held, *self.first)

    def indices(self) -> tuple[Symbol, ...]:
        return tuple(self.first)

    def parts(self) -> tuple[Part, ...]:
        here = dict(zip(self.held, self.value, strict=True))
        grown = (e.subs(here, simultaneous=True) for e in self.step)
        many = [f" of {s}" if len(self.held) > 1 else "" for s in self.held]
        base = zip(many, self.base, self.at(self.first), strict=True)
        step = zip(many, grown, self.at(self.next), strict=True)
        return (
            *(Part(f"the base case{s}", Equal(left, right)) for s, left, right in base),
            *(Part(f"the step{s}", Equal(left, right)) for s, left, right in step),
        )

    def reads(self) -> tuple[Words, ...]:
        return (
            *(Words(f"for every index, {s} = ", v) for s, v in zip(self.held, self.value, strict=True)),
            Words(f"by induction: first {_told(self.first)}; next {_told(self.next)}"),
            *(Words(f"a step makes of {s}: ", e) for s, e in zip(self.held, self.step, strict=True)),
        )

    def needs(self) -> Iterator[Need]:
        """A hypothesis that is taken for positive is so, at the first index and at any other."""
        for value in (self.at(self.first), self.value):
            for s, v in zip(self.held, value, strict=True):
                if s.is_positive:
                    yield Need(v, "> 0", f"what {s} stands for in a step")

    def keeps(self, assumed: Expr) -> Iterator[Need]:
        """What is taken for positive of an index is so at the first one, and is so again at the next."""
        if _mentions(assumed, set(self.first)):
            yield Need(assumed.subs(dict(self.first), simultaneous=True), "> 0", "assumed of every index, at the first")
            yield Need(assumed.subs(dict(self.next), simultaneous=True), "> 0", "assumed of every index, at the next")

    def faults(self) -> Iterator[str]:
        """Everything but what depends on the answer, for which see `kinds`."""
        index = set(self.first)
        if not index or index != set(self.next):
            yield f"expected a first and a next index, told by the same symbols, got {self.first}, {self.next}"
            return
        if not all(isinstance(v, Symbol) and (plainly_real(v) or v == Symbol(v.name, positive=True)) for v in index):
            yield f"expected an index by symbols that are real or positive and no more, got {_told(self.first)}"
        if any(_mentions(e, index) for e in self.first.values()):
            yield f"expected a first index that is told without others, got {self.first}"
        if not any(_mentions(e, index) for e in self.next.values()) or all(v == e for v, e in self.next.items()):
            yield f"expected a next index that goes on from any other, got {self.next}"
        if not any(_mentions(v, index) for v in self.value):
            yield f"expected a value that depends on the index {_told(self.first)}, got {self.value}"
        unused = [str(s) for s in self.held if not any(_mentions(e, {s}) for e in self.step)]
        if unused or not all(_mentions(e, set(self.held)) for e in self.step):
            yield f"the step does not use the induction hypothesis {', '.join(unused)}: {self.step}"
        if len(set(self.held)) < len(self.held) or not all(plainly_real(s) or s.is_positive for s in self.held):
            yield f"expected a symbol of its own, real or positive, for each number of the hypothesis, got {self.held}"
        told = (*self.base, *self.at(self.first), *self.first.values(), *self.next.values())
        if any(sympify(e).has(oo, -oo, zoo, nan) for e in told):
            yield f"expected a first index with a base case, got {_told(self.first)}, where the process is {self.base}"
        elsewhere = (*self.value, *self.base, *self.first.values(), *self.next.values())
        if any(_mentions(e, set(self.held)) for e in elsewhere):
            yield f"expected the induction hypothesis {', '.join(map(str, self.held))} in the step alone"


def induction(*, value: Expr, held: Symbol, base: Expr, step: Expr, **index: Any) -> Induction:
    """Induction of one number, along the index from `first` to `next`."""
    return Induction(value=(value,), held=(held,), base=(base,), step=(step,), **index)


def _mentions(e: Expr, names: set[Symbol]) -> bool:
    return bool(getattr(e, "free_symbols", set()) & names)


def _told(index: Point) -> str:
    return ", ".join(f"{v} = {e}" for v, e in index.items())
