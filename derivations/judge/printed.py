"""The check that the printed statement of a refuted claim fails at its stored counterexample, by two engines.

It fails where both sides have real values and it does not hold. Where a side has none, it states nothing that could be
false: a root of a negative number refutes no identity of roots, and SymPy's complex numbers are not meant.
"""

from types import MappingProxyType
from typing import Any

from sympy import Expr, Symbol

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.engines.agree import Fails, check
from derivations.engines.prove import exactly_false
from derivations.form.base import whole
from derivations.form.claim import Claim
from derivations.form.statement import Point, Statement, Tends, sides
from derivations.obligations.obligation import EXCHANGE, Obligation, free_symbols, owed

HOLDS = MappingProxyType({"> 0": lambda v: v > 0, ">= 0": lambda v: v >= 0, "!= 0": lambda v: v != 0})
BITS = 512


def printed(claim: Claim) -> dict[str, Any]:
    """Return how the printed statement fails at the stored counterexample, and which engines see it fail."""
    if claim.printed is None:
        return {}
    at = dict(claim.printed_at)
    (statement,) = whole(claim.printed)  # its means and divergences opened
    off = _off(statement, at)
    seen = {"enclose": bool(off), "prove": real(statement, at) and exactly_false(statement, at)}
    return {
        "witness": {str(v): str(q) for v, q in at.items()},
        "off": off or ("" if real(statement, at) else "a side has no real value"),
        "refuted_by": [name for name, fails in seen.items() if fails],
    }


def _off(statement: Statement, at: Point) -> str:
    """Return by how much the statement is off at the point, or '' where it holds, has no value or is undecided."""
    try:
        check(statement, at)
    except Fails as wrong:
        return f"off by {wrong}"
    except (ArithmeticError, ValueError):
        return ""
    return ""


def real(statement: Statement, at: Point) -> bool:
    """Return whether both sides have real values, by all that they need; for a limit, by what does not move."""
    moving = {statement.var} if isinstance(statement, Tends) else set[Symbol]()
    needed = [o for side in sides(statement) for o in owed(side) if o.relation != EXCHANGE and not o.ranges]
    return all(_holds(o, at) for o in needed if not free_symbols(o) & moving)


def _holds(o: Obligation, at: Point) -> bool:
    known = _sign_of_number(o.expr.subs(dict(at)), o.relation)
    if known is not None:
        return known
    try:
        with precision(BITS):
            return bool(HOLDS[o.relation](ball(o.expr, at)))
    except (Undefined, Imprecise, Unfinished):
        return False


def _sign_of_number(e: Expr, relation: str) -> bool | None:
    """Return whether an exact number has the sign; None for any other expression."""
    if not e.is_Rational:
        return None
    return bool(HOLDS[relation](e))
