"""What a written symbol was read as, in words: our symbol, and what the papers of the convention say that it is."""

from collections.abc import Mapping
from functools import cache

from sympy import Expr

from derivations.notation.printing import text
from derivations.papers.paper import papers
from derivations.query.writing.conventions import Convention, listed, words
from derivations.syntax.unread import Unread


def said(key: str, meaning: Expr, convention: Convention) -> str:
    """Return "abar, the share of the data's variance left at step t"."""
    if own := convention.said.get((key, meaning)):
        return f"{text(meaning)}, {own}"
    of_papers = (said for paper in convention.papers if (said := _symbols(paper).get(key)))
    found = next(of_papers, words().get(key, ""))
    return f"{text(meaning)}, {found}" if found else text(meaning)


@cache
def _symbols(paper: str) -> Mapping[str, str]:
    """Return what a paper says of its symbols, by key."""
    found = {}
    for written, what in papers()[paper].symbols.items():
        try:
            found[listed(written)] = what
        except Unread:  # it can't stand in a formula: no one asks for it
            continue
    return found
