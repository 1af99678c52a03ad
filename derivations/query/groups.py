"""The readings of a formula that mean the same, together: what is computed of them before they are judged."""

from collections.abc import Sequence
from typing import NamedTuple

from derivations.query.asked import Asked
from derivations.query.conventions import conventions
from derivations.query.match import read_as
from derivations.query.named import Left, named
from derivations.query.reading import Reading
from derivations.query.search import Index
from derivations.query.views import EXPLODING, special_papers


class Group(NamedTuple):
    """Conventions that mean the same by a side, the number of the first reading of them, and what it means."""

    key: tuple[str, ...]
    conventions: tuple[str, ...]
    first: int
    read_as: str
    left: Left


def grouped(read: Sequence[Reading], index: Index) -> list[Group]:
    """Group the readings of a side that mean the same, by convention: they differ in which symbols stand for others."""
    groups: dict[tuple[object, ...], dict[str, int]] = {}
    keys = [Asked(r.expr).key for r in read]
    for n, r in enumerate(read):
        for name in r.convention.split(", "):
            groups.setdefault((r.side, keys[n], _special(name)), {}).setdefault(name, n)
    return [_group(keys, by, read, index) for by in groups.values()]


def _group(keys: Sequence[tuple[str, ...]], by: dict[str, int], read: Sequence[Reading], index: Index) -> Group:
    first = next(iter(by.values()))
    return Group(keys[first], tuple(by), first, read_as(read[first].expr), named(read[first].left, by, index))


def _special(convention: str) -> str:
    """The convention, if it allows views that others do not."""
    papers = {paper for c in conventions() if c.name == convention for paper in c.papers[:1]}
    return convention if convention in EXPLODING or papers & set(special_papers()) else ""
