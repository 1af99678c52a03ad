"""What the search for the need of an assumption looks at: statements that mean what they say where it fails.

A failure there makes the theorem false only if all that the statement speaks of exists: its objects have real values,
its densities and weights are not negative, and nothing was opened by a sign that is gone.
"""

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Integral, Symbol

from derivations.arithmetic.ball import ball
from derivations.form.claim import Claim
from derivations.form.statement import AtMost, Below, Equal, Statement, sides
from derivations.judge.necessity.happening import Outcome
from derivations.judge.necessity.reopened import opened, reopened
from derivations.judge.necessity.valued import unreal
from derivations.points.domain import Draw
from derivations.probability.density import Density


class Looked:
    """The statements of a claim where one assumption is dropped; `free` is the symbol whose sign is dropped."""

    def __init__(self, claim: Claim, dropped: Below, free: Symbol | None) -> None:
        self.free, self.dropped = free, dropped
        anew = reopened(claim, free) if free is not None else None
        self.sure = free is None or anew is not None
        each, self.names = anew or (opened(claim), dict[Symbol, Symbol]())
        self.statements = [one.says for one in each]
        self.needs = {id(one.says): one.needs for one in each}

    def point(self, at: Mapping[Symbol, Any]) -> dict[Symbol, Any]:
        """Return the point in the symbols of the statements as well."""
        loose = {Symbol(v.name, real=True): q for v, q in at.items()}  # of a function that need not be positive
        return {**loose, **at, **{w: at[v] for v, w in self.names.items() if v in at}}

    def symbols(self, statement: Statement) -> set[Any]:
        """Return the symbols of a statement, by the names that the claim has for them."""
        case = statement.equal_at.values() if isinstance(statement, AtMost) else ()
        found = {v for e in (*sides(statement), *case) if isinstance(e, Expr) for v in e.free_symbols}
        return found | {v for v, w in self.names.items() if w in found or Symbol(v.name, real=True) in found}

    def tame(self, statement: Statement) -> bool:
        """Return whether both sides are rational in the assumption's symbols, and so agree where they have values."""
        names = self.dropped.lesser.free_symbols | self.dropped.greater.free_symbols
        names = names | {w for v, w in self.names.items() if v in names}
        return isinstance(statement, Equal) and all(_rational(e, names) for e in statement)

    def instead(self, statement: Statement, at: Draw) -> Outcome | None:
        """Return what a failure at the point is, if it does not make the theorem false."""
        if why := unreal(self.needs[id(statement)], at) or self._no_density(statement, at):
            return Outcome("undefined", why)
        negative = self.free is not None and at[self.free] < 0
        return Outcome("unknown") if (negative and not self.sure) or _turned(statement, at) else None

    def _no_density(self, statement: Statement, at: Draw) -> str:
        """Return which density is negative somewhere, by the sign of its odds; '' if none is."""
        if self.free is None or at[self.free] >= 0:
            return ""
        densities = (e for side in sides(statement) for e in side.atoms(Density) if self.free in e.free_symbols)
        return next((f"{e} is no density" for e in sorted(densities, key=str)), "")


def _turned(statement: Statement, at: Draw) -> bool:
    """Return whether an integral over a positive variable has an end below 0, or one that can't be told."""
    limits = [limit.args for side in sides(statement) for e in side.atoms(Integral) for limit in e.args[1:]]
    ends = [end for var, *ends in limits if var.is_positive for end in ends]  # type: ignore[attr-defined]
    return not all(_shown(end, at) for end in ends)  # type: ignore[arg-type]


def _shown(end: Expr, at: Draw) -> bool:
    try:
        return bool(end.is_nonnegative or ball(end, at) >= 0)
    except ArithmeticError:
        return False


def _rational(e: Expr, names: set[Any]) -> bool:
    if not e.free_symbols & names or e.is_Symbol:
        return True
    if e.is_Pow:
        return bool(e.args[1].is_Integer) and _rational(e.args[0], names)  # type: ignore[arg-type]
    return (e.is_Add or e.is_Mul) and all(_rational(a, names) for a in e.args)  # type: ignore[arg-type]
