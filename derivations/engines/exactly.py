"""What SymPy's exact arithmetic shows of a statement without a derivation: that it holds, or fails at a point."""

from derivations.arithmetic.ball import Imprecise, Undefined
from derivations.engines.atoms import Irreducible
from derivations.engines.discharge.settle import settle
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Answer, Claim
from derivations.form.statement import AtMost, Below, Equal, Point, Statement, Tends, sides
from derivations.obligations.ledger import Ledger
from derivations.obligations.owed import continuous, owed


def equal_by_proof(claim: Claim, answer: Answer) -> bool:
    """Return whether an altered answer is equivalent: every statement's sides still agree, exactly."""
    ledger = Ledger()
    try:
        agree = all(
            isinstance(statement, Equal) and vanishes(statement.lhs - statement.rhs, claim.example, ledger)
            for statement in claim.statements(answer)
        )
    except (Irreducible, Undefined, Imprecise, ArithmeticError):
        return False
    return agree and not settle(claim, ledger.entries).left


def _continuous_at(statement: Tends, at: Point) -> bool:
    """Return whether SymPy's exact arithmetic shows the expression continuous at 0, the other symbols at the point."""
    signs = ((o.relation, o.expr.subs(dict(at)).subs(statement.var, 0)) for o in owed(statement.expr))
    return continuous(statement.expr, statement.var) and all(
        e.is_nonzero if r == "!= 0" else e.is_positive for r, e in signs
    )


def exactly_false(statement: Statement, at: Point) -> bool:
    """Return whether SymPy's exact arithmetic, and its signs of closed numbers, show that the statement fails."""
    left, right = (e.subs(dict(at)) for e in sides(statement))
    if isinstance(statement, Tends):
        if not _continuous_at(statement, at):
            return False
        left = statement.expr.subs(statement.var, 0).subs(dict(at))
    excess = left - right
    if isinstance(statement, Below):
        return bool(excess.is_nonnegative)
    return bool(excess.is_positive) if isinstance(statement, AtMost) else bool(excess.is_nonzero)
