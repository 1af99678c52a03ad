"""The numbers of equations: their order, what a range of them holds, and which numbers rows leave out."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

INTERVAL = re.compile(r"([A-Z]?\.?\d+(?:\.\d+)*[a-f]?'?)(?:-([A-Z]?\.?\d+(?:\.\d+)*[a-f]?'?))?", re.I)
_COUNTING = re.compile(r"((?:\d+\.)*)(\d+)")  # 12, or 2.7: what is counted, in the whole paper or in a section

Key = tuple[tuple[int, int | str], ...]


def key(number: str) -> Key:
    """Numbers in their order: 9 before 10, 84 before 84a, 2.7 before 3.1, those of an appendix last."""
    parts = re.findall(r"\d+|[a-z']+", number.lower())
    return tuple((0, int(one)) if one.isdigit() else (1, one) for one in parts)


def ends(number: str) -> tuple[Key, Key] | None:
    """The first and the last of "84", the same twice, or of "9-10"; None for what is no number."""
    m = INTERVAL.fullmatch(number)
    return None if m is None else (key(m[1]), key(m[2] or m[1]))


def each(number: str) -> list[tuple[str, int]]:
    """The numbers that "38-59" holds, each with the section that counts it ("2." in 2.7); none of what is no count."""
    low, _, high = number.partition("-")
    first, last = _COUNTING.fullmatch(low), _COUNTING.fullmatch(high or low)
    if first is None or last is None or first[1] != last[1]:
        return []
    return [(first[1], n) for n in range(int(first[2]), int(last[2]) + 1)]


def bracketed(number: str) -> str:
    """As it is cited: "(84)", "(38)-(59)"."""
    return "-".join(f"({one})" for one in number.split("-"))


def how_many(numbers: Iterable[str]) -> int:
    """How many numbers some ranges hold."""
    return sum(len(each(one)) for one in numbers)


def repeated(numbers: Iterable[str]) -> list[str]:
    """The numbers that stand in more than one row."""
    return [f"{section}{n}" for (section, n), times in Counter(_all(numbers)).items() if times > 1]


def absent(numbers: Sequence[str], last: int = 0) -> list[str]:
    """The numbers that no row holds, as ranges: up to the highest of each section, and up to `last`."""
    held = defaultdict[str, set[int]](set)
    for section, n in [*_all(numbers), *([("", last + 1)] if last else [])]:
        held[section].add(n)
    return [_span(section, *gap) for section, found in sorted(held.items()) for gap in _gaps(found)]


def _all(numbers: Iterable[str]) -> list[tuple[str, int]]:
    return [one for number in numbers for one in each(number)]


def _gaps(found: set[int]) -> list[tuple[int, int]]:
    """What lies between neighbours, from 1 up."""
    return [(a + 1, b - 1) for a, b in pairwise([0, *sorted(found)]) if b - a > 1]


def _span(section: str, low: int, high: int) -> str:
    return f"{section}{low}" if low == high else f"{section}{low}-{section}{high}"
