"""What an object owes that no longer shows the parts it was made of.

A claim is watched while it is written: a root that is squared away, or a logarithm that cancels, stays an obligation.
"""

from sympy import Expr

from derivations.notation.named import unnamed
from derivations.obligations.kept import losses, owing, plain
from derivations.obligations.lost import lost, obliged
from derivations.obligations.watch import here, watched


def carrying(new: Expr, *parts: Expr) -> Expr:
    """The new object; while operations are watched it owes what its parts owe, and what it no longer shows."""
    if not watched():
        return new
    needed = {unnamed(o) for e in parts for o in obliged(plain(e))}
    owed_before = {loss for e in parts for loss in losses(e)}
    return owing(new, lost(needed, new, here) | owed_before)
