"""An obligation: the sign that an expression must have all over a domain, for all values of its bound variables."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from sympy import (
    Dummy,
    Expr,
    Symbol,
)

EXCHANGE = "may be split into parts and its integrals exchanged"  # finite parts and Fubini; no engine shows it
Relation = Literal["> 0", ">= 0", "!= 0", "may be split into parts and its integrals exchanged"]
Range = tuple[Symbol, Expr, Expr]  # a variable of integration, between its two ends, both included


@dataclass(frozen=True)
class Obligation:
    """The requirement that `expr` has this sign all over the domain, for every value of the bound variables."""

    expr: Expr
    relation: Relation
    why: str
    ranges: tuple[Range, ...] = ()
    near: Symbol | None = None  # a limit's variable: the sign is needed only for small values of it

    @property
    def text(self) -> str:
        plain = {v: Symbol(v.name, real=True) for v, *_ in self.ranges}  # t[0, 1], without a dummy's underscore
        text = f"{self.expr.xreplace(plain)} {self.relation}"
        return text + (f" for small {self.near}" if self.near is not None else "")


def between(obligations: Iterable[Obligation], var: Symbol, low: Expr, high: Expr) -> Iterator[Obligation]:
    """Yield the obligations for all values of `var` from low to high, by a new symbol that may be 0 at an end."""
    inside = bound(var, low, high)
    for o in obligations:
        yield _within(o, var, inside, (inside, low, high)) if var in free_symbols(o) else o


def _within(o: Obligation, var: Symbol, inside: Symbol, outer: Range) -> Obligation:
    """Bind the obligation by one more range; a range whose ends this changes gets a new symbol."""
    expr, ranges, moved = o.expr.subs(var, inside), [outer], {var: inside}
    for v, low, high in o.ranges:
        ends = low.subs(moved), high.subs(moved)
        new = v if ends == (low, high) else bound(v, *ends)
        moved[v], expr = new, expr.subs(v, new)
        ranges.append((new, *ends))
    return replace(o, expr=expr, ranges=tuple(ranges))


@lru_cache(maxsize=4096)
def bound(var: Symbol, low: Expr, high: Expr) -> Symbol:
    """Return the symbol that stands for all values of `var` from low to high, and for nothing else."""
    sign = {"real": True}
    if low.is_nonnegative and high.is_nonnegative:
        sign = {"positive": True} if low.is_positive and high.is_positive else {"nonnegative": True}
    return Dummy(f"{var.name.partition('[')[0]}[{low}, {high}]", **sign)


def free_symbols(o: Obligation) -> set[Symbol]:
    """Return the symbols of the obligation that no range binds."""
    ends = (e.free_symbols for _, low, high in o.ranges for e in (low, high))
    return o.expr.free_symbols.union(*ends) - {v for v, *_ in o.ranges}  # type: ignore[return-value]


def changed(o: Obligation, change: Callable[[Expr], Expr]) -> Iterator[Obligation]:
    """Yield the obligation with its expressions changed, including the ends of its ranges."""
    ranges, inner = [], {}
    for v, *ends in o.ranges:
        low, high = map(change, ends)
        inner[v] = bound(v, low, high)
        ranges.append((inner[v], low, high))
    yield replace(o, expr=change(o.expr.xreplace(inner)), ranges=tuple(ranges))
