"""Candidates for a formula, by value: what agrees with it at the points of the universe.

Nothing is decided here. What agrees by value is put to the engines; two values that differ are enclosed by balls that
exclude each other, so what differs is no candidate.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from flint import arb

from derivations.arithmetic.ball import precision
from derivations.query.candidates.asked import Asked, differ
from derivations.query.index.described import Described, Entry
from derivations.query.index.formulas import DERIVED
from derivations.query.index.universe import BITS, COUNT
from derivations.query.index.views import admits

WHERE = ("answer", "right", "left", "proof", "whole", *DERIVED)
_admits = cache(admits)
Index = Mapping[str, Described]


class Candidate(NamedTuple):
    """A formula of a claim that may be the one asked about."""

    claim: str
    entry: Entry

    @property
    def is_derived(self) -> bool:
        """Whether it is a root or a square of what the claim states."""
        return self.entry["where"].startswith(DERIVED)


class Table:
    """The formulas of an index in the order of the catalogue, and their order by value at each point."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.rows = [Candidate(name, e) for name, of in index.items() for e in of["entries"]]
        self.values = [_sorted(self.rows, n) for n in range(COUNT)]

    def near(self, asked: Asked) -> list[Candidate]:
        """Return the formulas that have nearly the value of the one asked about at some point."""
        found = set[int]()
        for (values, rows), a in zip(self.values, asked.floats, strict=True):
            if a is not None:
                low, high = sorted((a * (1 - 1e-8), a * (1 + 1e-8)))
                found |= set(rows[bisect_left(values, low) : bisect_right(values, high)])
        return [self.rows[k] for k in sorted(found)]


def _sorted(rows: Iterable[Candidate], n: int) -> tuple[list[float], list[int]]:
    pairs = sorted((float(v), k) for k, c in enumerate(rows) if (v := c.entry["values"][n]) is not None)
    return [v for v, _ in pairs], [k for _, k in pairs]


_TABLES: list[Table] = []  # the last one: an index is asked many times


def table(index: Index) -> Table:
    """Return the table of an index."""
    if not (_TABLES and _TABLES[0].index is index):
        _TABLES[:] = [Table(index)]
    return _TABLES[0]


def may_mean(asked: Asked, e: Entry) -> bool:
    """Whether the convention of a formula allows the view of an entry."""
    return _admits(asked.convention, e["view"])


def agreeing(asked: Asked, index: Index, first: Collection[str] = ()) -> list[Candidate]:
    """Return the candidates that agree by value wherever both have one: those of the `first` claims, the best first."""
    found = [c for c in table(index).near(asked) if _agree(asked, c.entry) and may_mean(asked, c.entry)]
    return sorted(found, key=lambda c: _rank(c, asked, index, first))  # else in catalogue order


def _rank(c: Candidate, asked: Asked, index: Index, first: Collection[str]) -> tuple[bool | int, ...]:
    """Right ones before wrong ones, the claim's own symbols before views, what papers print before what they do not."""
    e = c.entry
    where = WHERE.index(e["where"].partition(" ")[0].partition(".")[0])
    definition, part, own = index[c.claim]["kind"] == "definition", "." in e["where"], c.claim in first
    other = asked.symbols != set(e["symbols"])
    least = c.is_derived, bool(e["wrong"]), not own, bool(e["view"]), not e["cited"]
    return *least, where, part, other, -len(e["cited"]), definition


def _agree(asked: Asked, e: Entry) -> bool:
    pairs = [(n, known) for n, known in enumerate(e["values"]) if known is not None and asked.floats[n] is not None]
    return bool(pairs) and all(close(asked.floats[n], float(k)) for n, k in pairs) and _exactly(asked, pairs)


def close(a: float | None, b: float) -> bool:
    """Whether two values are nearly equal, so that more digits are worth a look."""
    return a is not None and abs(a - b) <= 1e-9 * (abs(a) + abs(b))


def _exactly(asked: Asked, pairs: Iterable[tuple[int, str]]) -> bool:
    with precision(BITS):
        return all(not differ(asked.values[n], arb(known)) for n, known in pairs)


def same(one: Entry, other: Entry) -> bool:
    """Whether two formulas have equal values wherever both have one, and somewhere."""
    pairs = [(float(a), float(b)) for a, b in zip(one["values"], other["values"], strict=True) if a and b]
    return bool(pairs) and all(close(a, b) for a, b in pairs)


def several(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the first candidate of each claim, a right one or a wrong one."""
    seen = set[tuple[str, bool]]()
    for c in found:
        if (key := (c.claim, bool(c.entry["wrong"]))) not in seen:
            seen.add(key)
            yield c
