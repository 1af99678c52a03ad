"""The check that the printed statement of a refuted claim fails at its stored counterexample, by two engines.

It fails where both sides have real values and it does not hold. Where a side has none, it states nothing that could be
false: a root of a negative number refutes no identity of roots, and SymPy's complex numbers are not meant.
"""

from typing import Any

from derivations.engines.agree import Fails, check, failing
from derivations.engines.exactly import exactly_false
from derivations.form.base import whole
from derivations.form.claim import Claim
from derivations.form.statement import Point, Statement
from derivations.judge.necessity.valued import needs, real, unreal


def printed(claim: Claim) -> dict[str, Any]:
    """Return how the printed statement fails at the stored counterexample, and which engines see it fail."""
    if claim.printed is None:
        return {}
    at = dict(claim.printed_at)
    (statement,) = whole(claim.printed)  # its means and divergences opened
    valued = real(statement, at) and not unreal(needs(claim.shown["printed"]), at)
    off = _off(statement, at) if valued else ""
    seen = {"enclose": bool(off), "prove": valued and exactly_false(statement, at)}
    return {
        "witness": {str(v): str(q) for v, q in at.items()},
        "off": off or ("" if valued else "a side has no real value"),
        "refuted_by": [name for name, fails in seen.items() if fails],
    }


def _off(statement: Statement, at: Point) -> str:
    """Return by how much the statement is off at the point, or '' where it holds, has no value or is undecided."""
    try:
        check(statement, at)
    except Fails as wrong:
        return failing(wrong).replace("off by -", "off by ")
    except (ArithmeticError, ValueError):
        return ""
    return ""
