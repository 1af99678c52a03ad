"""An expression at an index: E[x_{t+1} | x_0], abar_1. What changes with it is shown with it.

The expression is the very one that engines open; a print of it writes some of its symbols another way.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sympy import Basic, Expr, Symbol, Tuple

from derivations.notation.names import renaming
from derivations.notation.wheres import Where

Renamed = Mapping[Symbol, Symbol]


class Indexed(Basic):
    """An expression with other names for some symbols; what these are made of is shown where `whole` says so."""

    def __new__(cls, of: Basic, names: Renamed | Tuple, whole: bool | Basic = True) -> "Indexed":
        pairs = names if isinstance(names, Tuple) else Tuple(*(Tuple(*pair) for pair in names.items()))
        return Basic.__new__(cls, of, pairs, Symbol("whole") if whole is True or whole == Symbol("whole") else Tuple())

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    @property
    def is_Add(self) -> bool:  # in brackets, where a sum is
        return bool(getattr(self.args[0], "is_Add", False))

    def where(self) -> Iterator[Where]:
        from derivations.notation.wheres import wheres

        names = dict(pair.args for pair in self.args[1].args)  # type: ignore[misc, attr-defined]
        for left, right in wheres(self.args[0]):
            sides = [e for e in (left, right) if e is not None]
            if not any(mentions(e, names) for e in sides):
                yield Where(left, right)
            elif self.args[2] == Symbol("whole"):
                yield Where(*(Indexed(e, self.args[1]) for e in sides))  # type: ignore[arg-type]

    def _written(self, write: Callable[[Basic], str]) -> str:
        with renaming(dict(pair.args for pair in self.args[1].args)):  # type: ignore[arg-type, attr-defined]
            return write(self.args[0])

    def _sympystr(self, printer: Any) -> str:
        return self._written(printer.doprint)

    def _latex(self, printer: Any) -> str:
        return self._written(printer.doprint)


def mentions(e: Basic, names: Renamed) -> bool:
    """Whether a print of the expression has one of the symbols."""
    return e in names or any(mentions(part, names) for part in getattr(e, "shown", e.args) if isinstance(part, Basic))


def at(v: Symbol, index: Symbol, place: Expr) -> Symbol:
    """The symbol at a place of the index: x_t and abar, at t + 1, are x_{t+1} and abar_{t+1}."""
    if v == index:
        return place  # type: ignore[return-value]
    written = str(place).replace(" ", "")
    name = v.name.removesuffix(f"_{index}") if v.name.endswith(f"_{index}") else v.name
    return Symbol(f"{name}_{written}" if len(written) == 1 else f"{name}_{{{written}}}")
