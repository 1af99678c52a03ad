"""Complaints on a page: long formulas in them are shortened, where a document has all of them."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from udm.cli.witness import MORE

LONG = 240  # letters of a formula that is shown whole in a complaint
BEGINNING = 160  # letters of one that is longer
OPERATORS = frozenset("+-*/=<>")
SHORTENED = f"{MORE}: of a formula with more than {LONG} letters the rest is left out; --json has it whole"


def shortened(complaint: str) -> str:
    """Return a complaint in which each long formula is cut, and its words are not."""
    return " ".join(_cut(" ".join(words)) for words in _stretches(complaint))


def legend(complaints: Iterable[str]) -> list[str]:
    """Return what the mark of a shortened formula means, where one of these is shortened."""
    return [SHORTENED] if any(shortened(one) != one for one in complaints) else []


def _stretches(complaint: str) -> Iterator[list[str]]:
    """Yield the words of a complaint in stretches of formula and of prose; a name inside a sum is of the formula."""
    pieces = complaint.split(" ")
    beside = zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False)
    prose = [_is_word(piece) and not {before, after} & OPERATORS for before, piece, after in beside]
    for _, stretch in groupby(zip(prose, pieces, strict=True), key=lambda each: each[0]):
        yield [piece for _, piece in stretch]


def _is_word(piece: str) -> bool:
    """Whether it is of letters alone, but for what ends a part of a sentence; an operator has none."""
    return len(piece) > 1 and piece.rstrip(",;:.").isalpha()


def _cut(formula: str) -> str:
    return (
        formula if len(formula) <= LONG else f"{formula[:BEGINNING].rpartition(' ')[0] or formula[:BEGINNING]} {MORE}"
    )
