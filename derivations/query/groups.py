"""The readings of a formula that mean the same, together: what is computed of them before they are judged."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sympy import Expr

from derivations.query.candidates.asked import Asked
from derivations.query.candidates.search import Index
from derivations.query.index.matrices import TOLD
from derivations.query.index.views import EXPLODING, special_papers
from derivations.query.left.named import named
from derivations.query.left.side import Left
from derivations.query.match import read_as
from derivations.query.reading import Reading
from derivations.query.writing.conventions import OURS, conventions

By = Mapping[str, Sequence[Expr]]  # by convention


class Group(NamedTuple):
    """Conventions that mean the same by a side, the number of the first reading of them, and what it means."""

    key: tuple[str, ...]
    conventions: tuple[str, ...]
    first: int
    read_as: str
    left: Left


def grouped(read: Sequence[Reading], index: Index, lefts: By) -> list[Group]:
    """Group the readings of a side that mean the same, by convention: they differ in which symbols stand for others.

    So does the left side, which the conventions of a group read as the same `lefts`.
    """
    groups: dict[tuple[int, tuple[str, ...], str, tuple[Expr, ...]], dict[str, int]] = {}
    keys = [(*Asked(r.expr).key, f"{r.is_matrix}, {r.law_of}") for r in read]
    for n, r in enumerate(read):
        for name in r.convention.split(", "):
            left = tuple(lefts.get(name, ()))
            groups.setdefault((r.side, keys[n], _special(name), left), {}).setdefault(name, n)
    is_known = any(lefts.get(name) for *_, by in groups.items() for name in by if name != OURS)
    meant = {(side, key): left for side, key, _, left in groups if left}
    found = []
    for (side, key, _, own), by in groups.items():
        first, left = read[next(iter(by.values()))], own or meant.get((side, key), ())
        names = named(first.left, by, index, left, tex="\\" in first.written, right=first.names)
        if is_known:  # what one convention knows is no name of the user's, nor of those who mean another thing after it
            names = names._replace(letter="", is_foreign=not left)
        found.append(Group(key, tuple(by), next(iter(by.values())), told(first), names))
    return found


def told(r: Reading) -> str:
    """A side as it was read, in our symbols."""
    if r.law_of is not None:
        return f"a law, of which {read_as(r.expr)} is a draw, where n_1 is standard normal"
    return f"{read_as(r.expr)} times {TOLD}" if r.is_matrix else read_as(r.expr)


def _special(convention: str) -> str:
    """The convention, if it allows views that others do not."""
    papers = {paper for c in conventions() if c.name == convention for paper in c.papers[:1]}
    return convention if convention in EXPLODING or papers & set(special_papers()) else ""
