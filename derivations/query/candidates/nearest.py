"""What comes nearest to a formula that nothing agrees with: in symbols, in operations and in value."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple

from flint import arb

from derivations.arithmetic.ball import precision
from derivations.query.candidates.asked import LEAST_OPERATIONS, Asked
from derivations.query.candidates.search import Candidate, Index, close, may_mean
from derivations.query.index.described import Described, Entry, reduced
from derivations.query.index.universe import BITS
from derivations.syntax.build import evaluated

# What is shown beside "unknown" has half of the symbols in common, and a likeness of 1.5: 1 for the same symbols, 1 for
# the same operations, 1 for a constant ratio and 1/2 for near values. No verdict hangs on them: what is a number of
# times an answer has its symbols, and so at least 2.
ALIKE, LEAST = 0.5, 1.5
CONSTANT = 1e-9  # how near each ratio of values is to the number that they all are


class Near(NamedTuple):
    """A candidate that differs, and how: the ratio where it is constant, and a point with both values."""

    candidate: Candidate
    gap: float
    ratio: Fraction | None
    point: int


class Line(NamedTuple):
    """An entry that something may come near, and what each search asks of it."""

    entry: Entry
    symbols: frozenset[str]  # by primitive ones
    floats: tuple[float | None, ...]


_LINES: dict[str, tuple[Described, list[Line]]] = {}  # by claim, of the last index: it is asked many times


def _lines(name: str, of: Described) -> list[Line]:
    """Return the right formulas of a claim that are no left side, no line of a proof, and not small."""
    known = _LINES.get(name)
    if known is None or known[0] is not of:
        known = _LINES[name] = of, [_line(e) for e in of["entries"] if _is_sought(e)]
    return known[1]


def _line(e: Entry) -> Line:
    return Line(e, frozenset(e["primitive"]), tuple(None if v is None else float(v) for v in e["values"]))


def _is_sought(e: Entry) -> bool:
    return not (e["wrong"] or e["where"].startswith(("left", "proof")) or e["size"] < LEAST_OPERATIONS)


def nearest(asked: Asked, index: Index, any_symbols: bool = False) -> list[Near]:
    """Return the right formulas that come nearest among those of the same symbols, or of nearly the same."""
    own, found = reduced(evaluated(asked.raw)), list[tuple[float, Near]]()
    symbols = frozenset(own["primitive"])
    for name, of in index.items():
        for line in _lines(name, of):
            e, both = line.entry, len(symbols & line.symbols)
            share = both / (len(symbols) + len(line.symbols) - both or 1)
            if not (share >= ALIKE or any_symbols) or not may_mean(asked, e):
                continue
            if (near := _compared(asked, Candidate(name, e), line.floats)) is not None:
                likeness = _likeness(share, _share(own["shape"], e["shape"]), near)
                if likeness >= LEAST or any_symbols:
                    found.append((likeness, near))
    return _one_a_claim(near for _, near in sorted(found, key=lambda pair: -pair[0]))


def _likeness(symbols: float, shape: float, near: Near) -> float:
    """How alike two formulas are: in symbols, in operations and in value, and whether a number lies between them."""
    view = 0.05 if near.candidate.entry["view"] else 0.0
    return symbols + shape + (1 - near.gap) / 2 + (near.ratio is not None) - view


def _one_a_claim(found: Iterable[Near]) -> list[Near]:
    first = dict[str, Near]()
    for near in found:
        first.setdefault(near.candidate.claim, near)
    return list(first.values())


def _share(a: Mapping[str, int], b: Mapping[str, int]) -> float:
    """The share of what either has that both have."""
    either = sum(max(a.get(k, 0), b.get(k, 0)) for k in {*a, *b})
    return sum(min(a[k], b[k]) for k in a if k in b) / either if either else 0.0


def compared(asked: Asked, candidate: Candidate) -> Near | None:
    """Return how a candidate differs from the formula; None where no point shows it."""
    return _compared(asked, candidate, _line(candidate.entry).floats)


def _compared(asked: Asked, candidate: Candidate, floats: tuple[float | None, ...]) -> Near | None:
    pairs = [
        (n, mine, known)
        for n, (mine, known) in enumerate(zip(asked.floats, floats, strict=True))
        if mine is not None and known is not None
    ]
    apart = [n for n, a, b in pairs if not close(a, b)]
    if not apart:
        return None
    gap = max(abs(a - b) / (abs(a) + abs(b)) for _, a, b in pairs if a or b)
    return Near(candidate, gap, ratio_of([(a, b) for _, a, b in pairs]), apart[0])


def ratio_of(pairs: list[tuple[float, float]]) -> Fraction | None:
    """The number that all values of one formula are of the other's, if it is a simple one."""
    ratios = [a / b for a, b in pairs if b]
    if len(ratios) < 2 or len(ratios) < len(pairs) or max(ratios) - min(ratios) > 2 * CONSTANT:
        return None  # no number is near to all, and to look for a simple one takes long
    simple = Fraction(ratios[0]).limit_denominator(16)
    return simple if all(abs(r - simple) < CONSTANT for r in ratios) and 0 < abs(simple) <= 64 else None


def difference(asked: Asked, near: Near) -> tuple[str, str, str]:
    """Return by how much the two differ at the point, and both values."""
    with precision(BITS):
        a, b = asked.values[near.point], arb(near.candidate.entry["values"][near.point])
        assert a is not None
        return tuple(x.str(8, radius=False) for x in (a - b, a, b))  # type: ignore[return-value]
