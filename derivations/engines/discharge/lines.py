"""A sign by a line of the proof: what is equal to a line has the line's sign, as sigma_t^2 - sigma_s^2 has a product's.

The equality is shown anew, apart from the proof that the obligation belongs to: so nothing rests on it in a circle.
"""

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.engines.atoms import Irreducible
from derivations.engines.normal_form import vanishes
from derivations.form.claim import Claim
from derivations.obligations.ledger import Ledger
from derivations.obligations.obligation import EXCHANGE, Obligation, free_symbols
from derivations.obligations.owed import owed


def instead(o: Obligation, claim: Claim) -> Iterator[tuple[Obligation, ...]]:
    """Yield, for each line that the expression is equal to, all that shows the obligation: no part of it may be left.

    It is the sign of the line, what the line and the expression need in order to have values, and what their equality
    rests on.
    """
    if o.relation == EXCHANGE or o.ranges or o.near is not None or not free_symbols(o) <= claim.example.keys():
        return
    for line in _close(o.expr, claim):
        ledger = Ledger()
        try:
            equal = vanishes(o.expr - line, claim.example, ledger)
        except (Irreducible, Undefined, Imprecise, ArithmeticError):
            continue
        if equal:
            yield (*owed(o.expr), *owed(line), *ledger.entries, replace(o, expr=line))


def _close(e: Expr, claim: Claim) -> list[Expr]:
    """The lines that have the value of the expression at the stored point, short ones first."""
    lines = dict.fromkeys(line.expr for chain in claim.proof for line in chain if line.expr != e)
    return sorted((line for line in lines if _meet(line, e, claim)), key=lambda line: line.count_ops())


def _meet(a: Expr, b: Expr, claim: Claim) -> bool:
    try:
        with precision(128):
            return bool((ball(a, claim.example) - ball(b, claim.example)).contains(0))
    except (Undefined, Imprecise, Unfinished, KeyError):
        return False
