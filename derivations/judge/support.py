"""The support of statements: two engines of different kind must look at each statement of a claim.

An engine that can't decide a statement reports that one, and may support the others. So no statement can keep an engine
from the rest, and none is supported by what holds for another. An experiment looks at the answer at one point, not at a
statement, so it supports none. `field` has no order, hence no branches: it does not count where a statement has a root,
a logarithm or a real power. If a statement is about general densities, `field` and `enclose` look at it for chains of
two states.
"""

from collections.abc import Iterator, Sequence

from sympy import Pow, S, log

from derivations.form.claim import Claim
from derivations.form.statement import Statement, sides
from derivations.form.verdict import SUPPORTS, Evidence

LEAST = 2  # engines for each statement, of which `prove` may be one


def in_favour(engines: Sequence[Evidence], number: int) -> list[str]:
    """Return the engines that looked at the statement of this number and support it."""
    return [e.engine for e in engines if e.verdict in SUPPORTS and number in e.detail.get("statements", ())]


def unsupported(claim: Claim, engines: Sequence[Evidence]) -> Iterator[str]:
    """Complain of each statement that fewer than two engines support."""
    for number, statement in enumerate(claim.statements(), start=1):
        names, branches = in_favour(engines, number), branching(statement)
        counted = [name for name in names if not (branches and name == "field")]
        if len(counted) < LEAST:
            why = "; ".join(f"{e.engine}: {e.verdict} {e.reason}" for e in engines)
            got = ", ".join(names) or "none"
            beside = ", not counting field, which sees no branch of a root or logarithm" if counted != names else ""
            yield f"expected two engines of different kind in favour of statement {number}{beside}, got {got} ({why})"


def branching(statement: Statement) -> bool:
    """Return whether the statement has a root, a logarithm or a real power, whose branches no field distinguishes."""
    return any(side.has(log) or any(map(_rooted, side.atoms(Pow))) for side in sides(statement))


def _rooted(power: Pow) -> bool:
    base, exponent = power.args
    return base is not S.Exp1 and not exponent.is_Integer and not base.is_Rational
