"""Plain statements: an equality, a strict inequality, an inequality with its equality case, a limit.

Sides are kept as a plain pair or triple. (SymPy's Eq may decide, and then forget, its sides.)
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sympy import Expr, Symbol

from derivations.notation.printing import text

Point = Mapping[Any, Any]  # symbols (or densities) to numbers, or to what fills them in an equality case


class Equal(NamedTuple):
    """The equality lhs = rhs at every point of the domain."""

    lhs: Expr
    rhs: Expr


class AtMost(NamedTuple):
    """The inequality lesser <= greater on the domain, an equality at `equal_at` and, with `only`, nowhere else."""

    lesser: Expr
    greater: Expr
    equal_at: Point
    only: bool = False


class Below(NamedTuple):
    """The strict inequality lesser < greater on the domain, as a statement or as an assumption."""

    lesser: Expr
    greater: Expr

    @property
    def text(self) -> str:
        return f"{text(self.lesser)} < {text(self.greater)}"


class Tends(NamedTuple):
    """The limit expr -> value as the variable var -> 0. (For T -> infinity, var is 1/T.)"""

    expr: Expr
    var: Symbol
    value: Expr


Statement = Equal | AtMost | Below | Tends


def sides(statement: Statement) -> tuple[Expr, Expr]:
    """Return the two expressions that a proof must join."""
    if isinstance(statement, Tends):
        return statement.expr, statement.value
    return statement[0], statement[1]
