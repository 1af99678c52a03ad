"""Candidates for a formula, by value: what agrees with it at the points of the universe, or comes nearest.

Nothing is decided here. What agrees by value is put to the engines; two values that differ are enclosed by balls that
exclude each other, so what differs is no candidate.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cache, cached_property
from typing import NamedTuple

from flint import arb
from sympy import Expr

from derivations.arithmetic.ball import precision
from derivations.query.build import evaluated
from derivations.query.described import DIGITS, Described, Entry, reduced, size
from derivations.query.formulas import DERIVED
from derivations.query.universe import BITS, COUNT, universe, value
from derivations.query.views import admits

LEAST_OPERATIONS, LEAST_SYMBOLS = 2, 2  # a smaller formula matches nothing, or with one symbol fewer
FEWEST = 3  # operations of a formula of one symbol
ALIKE = 0.5  # the least share of symbols that a formula and its nearest have in common
LEAST = 1.5  # the least likeness of what is called near
CLOSE = arb(10) ** (8 - DIGITS)
WHERE = ("answer", "right", "left", "proof", *DERIVED)
SMALLEST = f"at least {LEAST_OPERATIONS} operations on {LEAST_SYMBOLS} symbols, or {FEWEST} operations"
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


class Near(NamedTuple):
    """A candidate that differs, and how: the ratio where it is constant, and a point with both values."""

    candidate: Candidate
    gap: float
    ratio: Fraction | None
    point: int


class Asked:
    """A formula that is asked about: as it is written, and by value."""

    def __init__(self, raw: Expr, convention: str = "ours", is_name: bool = False) -> None:
        self.raw, self.convention, self.is_name = raw, convention, is_name

    def may_mean(self, e: Entry) -> bool:
        """Whether the convention allows the view of an entry."""
        return _admits(self.convention, e["view"])

    @cached_property
    def values(self) -> list[arb | None]:
        return [value(self.raw, n) for n in range(COUNT)]

    @cached_property
    def floats(self) -> list[float | None]:
        return [None if v is None else float(v) for v in self.values]

    @cached_property
    def symbols(self) -> frozenset[str]:
        return frozenset(map(str, self.raw.free_symbols))

    @property
    def is_small(self) -> bool:
        """Whether it is too small a piece for a match to mean anything."""
        operations = size(self.raw)
        return self.is_name or (
            operations < FEWEST and (operations < LEAST_OPERATIONS or len(self.symbols) < LEAST_SYMBOLS)
        )

    @cached_property
    def is_number(self) -> bool:
        """Whether it has one value at all points: what is 0 or 1 is equal to many things, and says of none."""
        first, *others = self.values
        with precision(BITS):
            return first is not None and all(v is not None and not _differ(v, first) for v in others)

    def agrees(self, other: "Asked") -> bool:
        """Whether both have equal values at some point, and unequal ones at none."""
        with precision(BITS):
            pairs = [(a, b) for a, b in zip(self.values, other.values, strict=True) if a is not None and b is not None]
            return bool(pairs) and not any(_differ(a, b) for a, b in pairs)

    @property
    def key(self) -> tuple[str, ...]:
        """What is the same for two readings that mean the same: the values, or the formula where there are none."""
        with precision(BITS):
            known = tuple("" if v is None else v.str(DIGITS // 2, radius=False) for v in self.values)
        return known if any(known) else (str(self.raw),)

    def at(self, n: int) -> dict[str, str]:
        """The point of this number, for the symbols of the formula."""
        names = sorted(self.raw.free_symbols, key=str)
        return {str(v): str(universe()[n][v]) for v in names if v in universe()[n]}  # type: ignore[index]


def agreeing(asked: Asked, index: Index) -> list[Candidate]:
    """Return the candidates that agree by value wherever both have one, the most telling first."""
    every = ((name, e) for name, of in index.items() for e in of["entries"])
    found = [Candidate(name, e) for name, e in every if _agree(asked, e) and asked.may_mean(e)]
    return sorted(found, key=lambda c: _rank(c, index))  # else in catalogue order


def _rank(c: Candidate, index: Index) -> tuple[bool | int, ...]:
    """Right ones before wrong ones, then roots and squares, which a wrong form may have for the thing itself; the
    claim's own symbols before views, what papers print before what they do not."""
    e = c.entry
    where = WHERE.index(e["where"].partition(" ")[0].partition(".")[0])
    definition, part = index[c.claim]["kind"] == "definition", "." in e["where"]
    return c.is_derived, bool(e["wrong"]), bool(e["view"]), not e["cited"], where, part, definition, -len(e["cited"])


def _agree(asked: Asked, e: Entry) -> bool:
    pairs = [(n, known) for n, known in enumerate(e["values"]) if known is not None and asked.floats[n] is not None]
    return bool(pairs) and all(_close(asked.floats[n], float(k)) for n, k in pairs) and _exactly(asked, pairs)


def _close(a: float | None, b: float) -> bool:
    return a is not None and abs(a - b) <= 1e-9 * (abs(a) + abs(b))


def _exactly(asked: Asked, pairs: Iterable[tuple[int, str]]) -> bool:
    with precision(BITS):
        return all(not _differ(asked.values[n], arb(known)) for n, known in pairs)


def _differ(a: arb | None, b: arb) -> bool:
    return a is None or bool(abs(a - b) > CLOSE * (abs(a) + abs(b)))


# -- what comes nearest ------------------------------------------------------------------------------


def nearest(asked: Asked, index: Index, any_symbols: bool = False) -> list[Near]:
    """Return the right formulas that come nearest among those of the same symbols, or of nearly the same."""
    own, found = reduced(evaluated(asked.raw)), list[tuple[float, Near]]()
    for name, of in index.items():
        for e in of["entries"]:
            if e["wrong"] or e["where"].startswith(("left", "proof", *DERIVED)) or _small(e) or not asked.may_mean(e):
                continue
            share = _share(dict.fromkeys(own["primitive"], 1), dict.fromkeys(e["primitive"], 1))
            if (share >= ALIKE or any_symbols) and (near := _near(asked, Candidate(name, e))) is not None:
                likeness = _likeness(share, _share(own["shape"], e["shape"]), near)
                if likeness >= LEAST or any_symbols:
                    found.append((likeness, near))
    return _one_a_claim(near for _, near in sorted(found, key=lambda pair: -pair[0]))


def _likeness(symbols: float, shape: float, near: Near) -> float:
    """How alike two formulas are: in symbols, in operations and in value, and whether a number lies between them."""
    view = 0.05 if near.candidate.entry["view"] else 0.0
    return symbols + shape + (1 - near.gap) / 2 + (near.ratio is not None) - view


def _small(e: Entry) -> bool:
    return e["size"] < LEAST_OPERATIONS


def _one_a_claim(found: Iterable[Near]) -> list[Near]:
    first = dict[str, Near]()
    for near in found:
        first.setdefault(near.candidate.claim, near)
    return list(first.values())


def _share(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    """The share of what either has that both have."""
    either = sum(max(a.get(k, 0), b.get(k, 0)) for k in {*a, *b})
    return sum(min(a[k], b[k]) for k in a if k in b) / either if either else 0.0


def _near(asked: Asked, candidate: Candidate) -> Near | None:
    pairs = [
        (n, mine, float(known))
        for n, (mine, known) in enumerate(zip(asked.floats, candidate.entry["values"], strict=True))
        if mine is not None and known is not None
    ]
    apart = [n for n, a, b in pairs if not _close(a, b)]
    if not apart:
        return None
    gap = max(abs(a - b) / (abs(a) + abs(b)) for _, a, b in pairs if a or b)
    return Near(candidate, gap, _ratio([(a, b) for _, a, b in pairs]), apart[0])


def _ratio(pairs: list[tuple[float, float]]) -> Fraction | None:
    """The number that all values of one formula are of the other's, if it is a simple one."""
    ratios = [a / b for a, b in pairs if b]
    if len(ratios) < 2 or len(ratios) < len(pairs):
        return None
    simple = Fraction(ratios[0]).limit_denominator(16)
    return simple if all(abs(r - simple) < 1e-9 for r in ratios) and 0 < abs(simple) <= 64 else None


def difference(asked: Asked, near: Near) -> tuple[str, str, str]:
    """Return by how much the two differ at the point, and both values."""
    with precision(BITS):
        a, b = asked.values[near.point], arb(near.candidate.entry["values"][near.point])
        assert a is not None
        return tuple(x.str(8, radius=False) for x in (a - b, a, b))  # type: ignore[return-value]


def several(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the first candidate of each claim, a right one or a wrong one."""
    seen = set[tuple[str, bool]]()
    for c in found:
        if (key := (c.claim, bool(c.entry["wrong"]))) not in seen:
            seen.add(key)
            yield c
