"""Inductions: a value at every index, from its base case and a step that leads from any index to the next.

Base and step are what the process does, and don't depend on the answer: in `step` the symbols `held` stand for the
value at an index, whatever it is. So there is no step without a base case, and no base case without a step.
An index may be a number n, with n + 1 the next, or anything else that the value depends on, such as alpha-bar at t.
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

    The hypothesis is about an arbitrary index, so an assumption about it must hold at `first`, and at `next` again. For
    printing, `index` counts the steps from `start`, and each step has its own values of the parameters `own`.
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
        """Return the value at an index."""
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
            Words(f"by induction: first {_text_of(self.first)}; next {_text_of(self.next)}"),
            *(Words(f"a step makes of {s}: ", e) for s, e in zip(self.held, self.step, strict=True)),
        )

    def needs(self) -> Iterator[Need]:
        """Require that a hypothesis of a positive symbol is positive, at the first index and at any other."""
        for value in (self.at(self.first), self.value):
            for s, v in zip(self.held, value, strict=True):
                if s.is_positive:
                    yield Need(v, "> 0", f"what {s} stands for in a step")

    def keeps(self, assumed: Expr) -> Iterator[Need]:
        """Require that what is assumed of an index holds at the first one, and again at the next."""
        if _mentions(assumed, set(self.first)):
            yield Need(assumed.subs(dict(self.first), simultaneous=True), "> 0", "assumed of every index, at the first")
            yield Need(assumed.subs(dict(self.next), simultaneous=True), "> 0", "assumed of every index, at the next")

    def faults(self) -> Iterator[str]:
        """Yield all faults but those that depend on the answer, for which see `judge.kinds`."""
        index = set(self.first)
        if not index or index != set(self.next):
            yield f"expected a first and a next index in the same symbols, got {self.first}, {self.next}"
            return
        if not all(isinstance(v, Symbol) and (plainly_real(v) or v == Symbol(v.name, positive=True)) for v in index):
            yield f"expected an index by symbols that are real or positive and no more, got {_text_of(self.first)}"
        if any(_mentions(e, index) for e in self.first.values()):
            yield f"expected a first index free of index symbols, got {self.first}"
        if not any(_mentions(e, index) for e in self.next.values()) or all(v == e for v, e in self.next.items()):
            yield f"expected a next index that depends on the one before and differs from it, got {self.next}"
        if not any(_mentions(v, index) for v in self.value):
            yield f"expected a value that depends on the index {_text_of(self.first)}, got {self.value}"
        unused = [str(s) for s in self.held if not any(_mentions(e, {s}) for e in self.step)]
        if unused or not all(_mentions(e, set(self.held)) for e in self.step):
            yield f"expected a step that uses the induction hypothesis {', '.join(unused)}, got {self.step}"
        if len(set(self.held)) < len(self.held) or not all(plainly_real(s) or s.is_positive for s in self.held):
            yield f"expected a symbol of its own, real or positive, for each number of the hypothesis, got {self.held}"
        written = (*self.base, *self.at(self.first), *self.first.values(), *self.next.values())
        if any(sympify(e).has(oo, -oo, zoo, nan) for e in written):
            yield f"expected a first index with a base case, got {_text_of(self.first)} with the process {self.base}"
        elsewhere = (*self.value, *self.base, *self.first.values(), *self.next.values())
        if any(_mentions(e, set(self.held)) for e in elsewhere):
            yield f"expected the induction hypothesis {', '.join(map(str, self.held))} in the step alone"


def induction(*, value: Expr, held: Symbol, base: Expr, step: Expr, **index: Any) -> Induction:
    """Return the induction of one number, along the index from `first` to `next`."""
    return Induction(value=(value,), held=(held,), base=(base,), step=(step,), **index)


def _mentions(e: Expr, names: set[Symbol]) -> bool:
    return bool(getattr(e, "free_symbols", set()) & names)


def _text_of(index: Point) -> str:
    return ", ".join(f"{v} = {e}" for v, e in index.items())
