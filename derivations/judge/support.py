"""Which engines looked at which statement: each statement of a claim is looked at by two of different kind.

An engine that can't decide a statement says so of that one, and is in favour of the others. So no statement can keep
an engine from the rest, and none is taken along on what was found of another. An experiment looks at the answer, at
one point, and at no statement: it is in nobody's favour here. `field` has no order, and so no branch: where a root, a
logarithm or a real power stands, it does not count. Where a statement is of general densities, `field` and
`enclose` look at it for chains of two states.
"""

from collections.abc import Iterator, Sequence

from sympy import Pow, S, log

from derivations.form.claim import Claim
from derivations.form.statement import Statement, sides
from derivations.form.verdict import SUPPORTS, Evidence

LEAST = 2  # engines for each statement, of which `prove` may be one


def in_favour(engines: Sequence[Evidence], number: int) -> list[str]:
    """The engines that looked at the statement of this number, and found that it holds."""
    return [e.engine for e in engines if e.verdict in SUPPORTS and number in e.detail.get("statements", ())]


def unsupported(claim: Claim, engines: Sequence[Evidence]) -> Iterator[str]:
    """Each statement that fewer than two engines look at, in a sentence."""
    for number, said in enumerate(claim.statements(), start=1):
        names, branches = in_favour(engines, number), branching(said)
        counted = [name for name in names if not (branches and name == "field")]
        if len(counted) < LEAST:
            why = "; ".join(f"{e.engine}: {e.verdict} {e.reason}" for e in engines)
            got = ", ".join(names) or "none"
            beside = ", not counting field, which sees no branch of a root or logarithm" if counted != names else ""
            yield f"expected two engines of different kind in favour of statement {number}{beside}, got {got} ({why})"


def branching(said: Statement) -> bool:
    """Whether a root, a logarithm or a real power stands in it: a field tells no branch of these from another."""
    return any(side.has(log) or any(map(_rooted, side.atoms(Pow))) for side in sides(said))


def _rooted(power: Pow) -> bool:
    base, exponent = power.args
    return base is not S.Exp1 and not exponent.is_Integer and not base.is_Rational
