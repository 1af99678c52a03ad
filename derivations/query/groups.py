"""The readings of a formula that mean the same, together: what is computed of them before they are judged."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sympy import Expr

from derivations.query.asked import Asked
from derivations.query.conventions import OURS, conventions
from derivations.query.match import read_as
from derivations.query.named import Left, named
from derivations.query.reading import Reading
from derivations.query.search import Index
from derivations.query.views import EXPLODING, special_papers

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
    keys = [Asked(r.expr).key for r in read]
    for n, r in enumerate(read):
        for name in r.convention.split(", "):
            left = tuple(lefts.get(name, ()))
            groups.setdefault((r.side, keys[n], _special(name), left), {}).setdefault(name, n)
    is_known = any(lefts.get(name) for *_, by in groups.items() for name in by if name != OURS)
    found = []
    for (_, key, _, left), by in groups.items():
        first = read[next(iter(by.values()))]
        names = named(first.left, by, index, left, tex="\\" in first.written, right=first.names)
        names = names._replace(letter="") if is_known else names  # what one convention knows is no name of the user's
        found.append(Group(key, tuple(by), next(iter(by.values())), read_as(first.expr), names))
    return found


def _special(convention: str) -> str:
    """The convention, if it allows views that others do not."""
    papers = {paper for c in conventions() if c.name == convention for paper in c.papers[:1]}
    return convention if convention in EXPLODING or papers & set(special_papers()) else ""
