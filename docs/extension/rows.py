"""Rows that only the pages need: what claims take on trust, and what is left over of them."""

from typing import NamedTuple

from derivations.catalogue import claims
from derivations.form.known import left, listed


class Believed(NamedTuple):
    """A fact of analysis that no engine checks, and the claims that rest on it directly."""

    text: str
    claims: tuple[str, ...]


class LeftOver(NamedTuple):
    """A claim that is consistent and not proved, the reason, and how many expectations it may take apart."""

    name: str
    reason: str
    expectations: int


def believed() -> list[Believed]:
    """Return all that claims take on trust, what most of them share first."""
    users: dict[str, list[str]] = {}
    for name, claim in claims().items():
        for text in claim.trust:
            users.setdefault(text, []).append(name)
    rows = [Believed(text, tuple(names)) for text, names in users.items()]
    return sorted(rows, key=lambda row: (-len(row.claims), row.text))


def left_over() -> list[LeftOver]:
    """Return the claims of `derivations/left` in its order."""
    return [LeftOver(name, reason, len(listed(name))) for name, reason in left().items()]
