"""The obligations that a proof meets, collected while it is followed."""

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sympy import Expr, Symbol

from derivations.obligations.obligation import Obligation, Range, between, free_symbols
from derivations.obligations.owed import owed


class Ledger:
    """The obligations that a proof meets, each once, with the ranges and the limit under which it meets them."""

    def __init__(self) -> None:
        self.entries: dict[Obligation, None] = {}
        self.near: Symbol | None = None
        self.range: Range | None = None

    def add(self, o: Obligation, but: Container[Expr] = ()) -> None:
        """Add the obligation and those of its own expression, except for the expressions in `but`."""
        for part in (p for p in (*owed(o.expr), o) if p.expr not in but):
            for inside in between((part,), *self.range) if self.range else (part,):
                near = self.near if self.near in free_symbols(inside) else None
                self.entries[replace(inside, near=near)] = None

    @contextmanager
    def over(self, var: Symbol, low: Expr, high: Expr) -> Iterator[None]:
        """Require what is added meanwhile for every value of the variable from low to high."""
        before, self.range = self.range, (var, low, high)
        try:
            yield
        finally:
            self.range = before
