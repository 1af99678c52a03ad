"""What the search of claims knows beside its table: all names of a paper, its equations by number, and symbols."""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from derivations.catalogue import claims, tags
from derivations.papers.called import names
from derivations.papers.glossary import glossary
from derivations.papers.paper import papers
from derivations.papers.sources import sources


def data() -> str:
    """Return it as HTML that is not shown: papers by their place in the list, then what is known of each claim."""
    found = [*_papers(), *(line for name in claims() for line in _of(name)), *_symbols()]
    return f'<div id="udm-letters" hidden>{"".join(found)}</div>'


def _papers() -> Iterator[str]:
    for n, p in enumerate(papers().values()):
        yield _line(str(n), "paper", " ".join(dict.fromkeys([p.name, *names(p)])))


def _of(name: str) -> Iterator[str]:
    """The equations that state a claim, or a step of its proof, and those that it is about."""
    place = {key: n for n, key in enumerate(papers())}
    for s in sources(name):
        for kind, those in groupby(sorted(s.all, key=lambda e: e.claim != name), key=lambda e: e.claim == name):
            numbers = "|".join(re.sub("[()]", "", e.cited) for e in those)
            yield _line(tags()[name].lower(), "states" if kind else "about", numbers, place[s.paper.key])


def _symbols() -> Iterator[str]:
    for terms in glossary().values():
        for term in terms:
            for name in term.claims:
                yield _line(tags()[name].lower(), "symbols", " ".join((*term.names, *term.latex)))


def _line(of: str, kind: str, words: str, paper: int | None = None) -> str:
    where = "" if paper is None else f' data-of="{paper}"'
    return f'<data value="{of}" class="{kind}"{where}>{escape(words)}</data>'
