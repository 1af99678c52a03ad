"""Letters of names, without accents, scripts and arguments: those of the field, and those that are the user's own."""

from collections.abc import Iterator
from functools import cache

from derivations.query.candidates.search import Index
from derivations.query.index.lefts import keys
from derivations.query.writing.conventions import conventions
from derivations.query.writing.marked import letter_in
from derivations.syntax.tree import Beside, Node

APPLIED = frozenset({"p", "q", "E", "V", "\\mathrm{Var}", "\\mathrm{Cov}", "\\mathrm{KL}"})  # to variables: no names
_KNOWN: list[tuple[Index, frozenset[str]]] = []  # of the last index: it is asked many times


def letter_of(node: Node) -> str:
    """Return the letter of a name without its marks; of a density or a mean, which is no name, none."""
    key = next(keys(node), "")
    letter = letter_in(key)
    return "" if letter in APPLIED and (isinstance(node, Beside) or "[" in key) else letter


def known(index: Index) -> frozenset[str]:
    """Return the letters that a convention has a meaning for, or that papers use on a left side."""
    if not (_KNOWN and _KNOWN[0][0] is index):
        _KNOWN[:] = [(index, frozenset(_of_papers(index)) | _of_conventions())]
    return _KNOWN[0][1]


def _of_papers(index: Index) -> Iterator[str]:
    places = (by for of in index.values() for by in (of["named"], of["lefts"]))
    yield from (letter_in(name.partition(": ")[2]) for by in places for name in by if ": " in name)


@cache
def _of_conventions() -> frozenset[str]:
    return frozenset(letter_in(key) for c in conventions() for key in (*c.meanings, *c.functions))
