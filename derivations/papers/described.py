"""What a claim is searched by: its heading, its wrong forms, and the names that its statement prints."""

import re
from collections.abc import Iterator
from typing import TypedDict

from derivations.form.claim import Claim
from derivations.form.reading import needed, readings
from derivations.notation.printing import text

_ALONE = re.compile(r"([A-Za-z]\w*(?:_\{[^{}]*\})?'*)(?:\^2)?(?:\([^()]*\))?")


class Description(TypedDict):
    """As it is kept in the index."""

    heading: str
    refutes: str
    wrong: list[str]
    seen_in: list[str]  # by key: the papers' data are read anew
    names: list[str]
    equated: list[str]  # those that are a side of an equality by themselves, whatever their arguments


def described(claim: Claim) -> Description:
    """The description of one claim."""
    return Description(
        heading=claim.heading,
        refutes=claim.refutes,
        wrong=[f"{name} {wrong.breaks}" for name, wrong in claim.wrong.items()],
        seen_in=[place for wrong in claim.wrong.values() for place in wrong.seen_in],
        names=sorted(_printed(claim) | {str(v) for v in claim.symbols()}),
        equated=sorted(set(_equated(claim))),
    )


def _equated(claim: Claim) -> Iterator[str]:
    """The names that a statement says are equal to something: beta_tilde, ELBO(x), sigma_t^2."""
    for line in (line for said in claim.written() for line in readings(said) if line.relation == "="):
        for side in (line.left, line.right):
            if side is not None and (alone := _ALONE.fullmatch(text(side))):
                yield alone[1]


def _printed(claim: Claim) -> set[str]:
    """All names that its statement prints, those that it explains included."""
    lines = [line for said in claim.written() for line in readings(said)]
    shown = [e for line in lines for e in (line.left, line.right) if e is not None]
    shown += [left for left, _ in needed(*lines)]
    return {name for e in shown for name in re.findall(r"[A-Za-z]\w*", text(e))}
