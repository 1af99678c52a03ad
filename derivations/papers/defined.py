"""Where a symbol is defined: in papers, before an equals sign, and in statements, as a side by itself.

Of the claims with a symbol those come first that say what it is: by a definition in a paper (:=), then by a statement
that equates it with something.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from derivations.papers.paper import Equation, papers
from derivations.papers.spelling import NO_SYMBOLS, Symbol, symbol

LONGEST = 48  # letters of a left side that may be one symbol
_LINES = re.compile(r"\\\\|;|\\q?quad|\\text\{ and \}|,\s")
_DEFINES = re.compile(r":=|\\coloneqq|\\triangleq|\\equiv")
_EQUALS = re.compile(rf"{_DEFINES.pattern}|=")
_ALONE = re.compile(  # a symbol with its accent, indices and arguments
    r"\\?[A-Za-z]+(?:\s*\{?\s*\\?[A-Za-z]+\s*\}?)?(?:'|[_^]\s*(?:\{[^{}]*\}|\\?\w+))*(?:\([^()]*\))?"
)


class Defined(NamedTuple):
    """A symbol that an equation of a paper says something of, and the claim that comes first of those about it."""

    symbol: Symbol
    claim: str
    by_definition: bool  # := and not only =


@cache
def defined() -> tuple[Defined, ...]:
    """What papers define, in the order of their years: in equations that claims state, or that none carries."""
    every = ((e, e.claims[0]) for p in papers().values() for e in p.equations if e.claims and not e.line)
    return tuple(
        Defined(name, claim, sign) for e, claim in every for name, sign in _defined(e) if sign or claim == e.claim
    )


def _defined(e: Equation) -> Iterator[tuple[Symbol, bool]]:
    for line in _LINES.split(e.latex.replace("&", "")):
        if sign := _EQUALS.search(line):
            left = line[: sign.start()].strip(" {")
            if len(left) <= LONGEST and _ALONE.fullmatch(left):
                yield symbol(left), bool(_DEFINES.match(sign[0]))


def place(wanted: Symbol, claim: str, equated: list[str], stated: bool) -> tuple[int, int] | None:
    """Return how early a claim comes that says what the symbol is, by tier and by the order of papers; or None.

    The tiers: a paper's definition; a statement equates it, and the claim is called after it; a paper's equation of
    which it is the left side, if it stands in the statement, too; a statement equates it.
    """
    found = [(n, d) for n, d in enumerate(defined()) if d.claim == claim and d.symbol.is_of(wanted)]
    if by_definition := [n for n, d in found if d.by_definition]:
        return 0, by_definition[0]
    own = any(symbol(name).is_of(wanted) for name in equated if name not in NO_SYMBOLS)
    if own and wanted.letter.casefold() in claim.casefold().split("."):
        return 1, 0
    if found and stated:
        return 2, found[0][0]
    return (3, 0) if own else None


def acronym(word: str, equated: list[str]) -> bool:
    """Return whether a word is an abbreviation in capitals, as ELBO, that a statement equates with something."""
    return any(name.isupper() and len(name) > 2 and name.casefold() == word for name in equated)
