"""What a claim can say: an equality, a strict inequality, one with its equality case, a limit.

Sides are kept as a plain pair or triple. (SymPy's Eq may decide, and then forget, its sides.)
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sympy import Expr, Symbol

Point = Mapping[Any, Any]  # symbols (or densities) to numbers, or to what fills them in an equality case


class Equal(NamedTuple):
    """lhs = rhs at every point of the domain."""

    lhs: Expr
    rhs: Expr


class AtMost(NamedTuple):
    """lesser <= greater on the domain, with equality where `equal_at` is substituted, and with `only` nowhere else."""

    lesser: Expr
    greater: Expr
    equal_at: Point
    only: bool = False


class Below(NamedTuple):
    """lesser < greater on the domain: a statement, or an assumption, which is sampled from, dropped and tested."""

    lesser: Expr
    greater: Expr

    @property
    def text(self) -> str:
        return f"{self.lesser} < {self.greater}"


class Tends(NamedTuple):
    """expr -> value as the positive variable var -> 0. (For T -> infinity, var is 1/T.)"""

    expr: Expr
    var: Symbol
    value: Expr


Statement = Equal | AtMost | Below | Tends


def sides(statement: Statement) -> tuple[Expr, Expr]:
    """The two expressions that a proof must join."""
    if isinstance(statement, Tends):
        return statement.expr, statement.value
    return statement[0], statement[1]
