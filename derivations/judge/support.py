"""Which engines looked at which statement: each statement of a claim is looked at by two of different kind.

An engine that can't decide a statement says so of that one, and is in favour of the others. So no statement can keep
an engine from the rest, and none is taken along on what was found of another. An experiment looks at the answer, at
one point, and at no statement: it is in nobody's favour here. Where a statement is of general densities, `field` and
`enclose` look at it for chains of two states.
"""

from collections.abc import Iterator, Sequence

from derivations.form.claim import Claim
from derivations.form.verdict import SUPPORTS, Evidence

LEAST = 2  # engines for each statement, of which `prove` may be one


def in_favour(engines: Sequence[Evidence], number: int) -> list[str]:
    """The engines that looked at the statement of this number, and found that it holds."""
    return [e.engine for e in engines if e.verdict in SUPPORTS and number in e.detail.get("statements", ())]


def unsupported(claim: Claim, engines: Sequence[Evidence]) -> Iterator[str]:
    """Each statement that fewer than two engines look at, in a sentence."""
    for number in range(1, len(claim.statements()) + 1):
        if len(names := in_favour(engines, number)) < LEAST:
            why = "; ".join(f"{e.engine}: {e.verdict} {e.reason}" for e in engines)
            got = ", ".join(names) or "none"
            yield f"expected two engines of different kind in favour of statement {number}, got {got} ({why})"
