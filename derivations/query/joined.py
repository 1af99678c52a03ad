"""The readings of a formula put together: those that mean the same are one, and none accuses what another one holds."""

from collections.abc import Sequence
from dataclasses import replace

from derivations.query.candidates.sides import Compared
from derivations.query.reading import Reading
from derivations.query.verdict import LEFT, Answer, Read, Verdict
from derivations.query.writing.conventions import family_of

OTHERWISE = "read so it is none that is known; by another meaning of a name in it, it is equal to one"


def joined(found: Sequence[tuple[tuple[str, ...], Read]]) -> list[Read]:
    """Join the readings that mean the same and have the same verdict, whatever views their conventions allow."""
    found_so: dict[tuple[object, ...], Read] = {}
    for meaning, read in found:
        key = (read.side, meaning, repr(read.verdict))
        known = found_so.get(key)
        found_so[key] = read if known is None else replace(known, conventions=(*known.conventions, *read.conventions))
    return list(found_so.values())


def apart(r: Read, sides: Compared) -> Read:
    """Say of a right side of which nothing else is known that it is not the left one, where that has a value."""
    at = next((sides.apart[c] for c in r.conventions if c in sides.apart), None)
    if at is None or r.side > 1 or r.verdict.kind != "unknown" or r.verdict.claim:
        return r
    if not sides.apart.keys() >= set(r.conventions):
        return r
    found = replace(r.verdict, kind="different", part=LEFT, off=at.off, at=at.at, near=(), reason="")
    return replace(r, verdict=found)


def certain(found: Sequence[Read]) -> list[Read]:
    """Accuse in no reading a formula that is equal in another one of the same convention, or of one that adds names.

    One text cannot be meant in both ways, and a name of two meanings does not say in which.
    """
    equal = {(r.side, family) for r in found if r.verdict.kind == "equal" for family in map(family_of, r.conventions)}
    return [
        replace(r, verdict=_withdrawn(r.verdict))
        if r.verdict.kind == "different" and all((r.side, family_of(c)) in equal for c in r.conventions)
        else r
        for r in found
    ]


def _withdrawn(v: Verdict) -> Verdict:
    """Say that a formula is not what is meant, if it is read so, and that nothing says that it is."""
    return Verdict("unknown", reason=OTHERWISE, near=v.near)


def is_compared(r: Read, sides: Compared) -> bool:
    """Whether the left side was compared with the right one, by value or by what it means."""
    return sides.left.issuperset(r.conventions) or (r.verdict.kind == "equal" and not r.verdict.claim)


def undecided(r: Reading, fault: Exception) -> Read:
    """A reading of which nothing could be computed in time."""
    verdict = Verdict("unknown", reason=f"{fault}: its values are too hard to compute")
    return Read(tuple(r.convention.split(", ")), r.written, r.left, r.side, "", dict(r.names), verdict)


def unread(formula: str, fault: str) -> Answer:
    """The answer on a formula that has no reading."""
    verdict = Verdict("unknown", reason=fault)
    return Answer(formula, (replace(_UNREAD, written=formula, verdict=verdict),))


_UNREAD = Read((), "", "", 0, "", {}, Verdict("unknown"))
