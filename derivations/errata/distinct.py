"""Distinctness: no two errata are one wrong answer with its letters renamed, and no printed sentence is counted twice.

Two errata are the same if some renaming of letters makes both forms of one agree with those of the other wherever they
are looked at. Where all letters are equal a renaming changes nothing, so most pairs differ there already.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations

from derivations.errata.evaluated import Number, Undefined, apart, evaluated, letters
from derivations.errata.record import Erratum, Printed

EQUAL = tuple(Fraction(n, 7) for n in (2, 5, 11))  # all letters at once
LOOKS = 3
Value = Number | None  # None: no real value
MOST = 6  # letters of which all orders are tried


def repeated(errata: Iterable[Erratum]) -> Iterator[str]:
    """Yield what is counted twice."""
    errata = tuple(errata)
    for a, b in combinations(errata, 2):
        if sentence := next((p for p in a.printed if _same_words(p, b.printed)), None):
            yield f"{b.name}: expected a sentence of its own, got that of {a.name} at {sentence.at}"
        elif same(a, b):
            yield f"{b.name}: expected another wrong answer than {a.name}, got the same but for the names of letters"


def _same_words(one: Printed, others: Sequence[Printed]) -> bool:
    return any(one.at == other.at and one.text.split() == other.text.split() for other in others)


def same(a: Erratum, b: Erratum) -> bool:
    """Whether a renaming of letters makes one of the other."""
    first, second = _letters(a), _letters(b)
    if a.relation != b.relation or len(first) != len(second) or not _agree(_where_equal(a), _where_equal(b)):
        return False
    orders = permutations(second) if len(second) <= MOST else [second]
    return any(all(_agree(_at(a, first, look), _at(b, order, look)) for look in range(LOOKS)) for order in orders)


def _letters(e: Erratum) -> tuple[str, ...]:
    return tuple(sorted(letters(e.wrong) | letters(e.right)))


def _where_equal(e: Erratum) -> tuple[Value, ...]:
    return tuple(v for q in EQUAL for v in _pair(e.wrong, e.right, tuple((name, q) for name in _letters(e))))


def _at(e: Erratum, names: Sequence[str], look: int) -> tuple[Value, ...]:
    """Return both forms with unequal values for the letters, in this order of letters."""
    return _pair(e.wrong, e.right, tuple((name, _number(n, look)) for n, name in enumerate(names)))


def _number(n: int, look: int) -> Fraction:
    """Return the n-th of the positive numbers of a look, which differ and are in no simple relation."""
    return Fraction((7 * n * n + 3 * n + 5 * look) % 41 + 1, 43 + 2 * n + look)


@cache
def _pair(wrong: str, right: str, at: tuple[tuple[str, Fraction], ...]) -> tuple[Value, Value]:
    return _value(wrong, dict(at)), _value(right, dict(at))


def _value(text: str, at: Mapping[str, Fraction]) -> Value:
    try:
        return evaluated(text, at)
    except Undefined:
        return None


def _agree(a: Sequence[Value], b: Sequence[Value]) -> bool:
    return all(_equal(x, y) for x, y in zip(a, b, strict=True))


def _equal(x: Value, y: Value) -> bool:
    return x is y if x is None or y is None else not apart(x, y)
