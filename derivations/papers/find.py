"""Searching claims: by tag or name, by paper and equation, by words, by symbol.

Nothing is evaluated: equations are read from the papers, titles and symbols from the index.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from derivations.catalogue import Entry
from derivations.papers.citation import Citation
from derivations.papers.index import Watch, descriptions
from derivations.papers.paper import papers
from derivations.papers.references import cite, named, spans
from derivations.papers.resolve import Carried, carried, entry, exactly, prefixed

if TYPE_CHECKING:
    from derivations.papers.described import Description

_WORD = re.compile(r"[a-z0-9_]+")
MANY = 3  # equations, beyond which only their numbers are given


class Hit(NamedTuple):
    """A claim that was found, and why; it may be about an equation that it does not carry."""

    entry: Entry
    why: str
    carries: bool = True


def by_equation(citation: Citation) -> list[Hit]:
    """The claims that carry the equations, then those that are about them."""
    return [Hit(c.entry, _why(citation, c), c.carries) for c in carried(citation)]


def _why(citation: Citation, c: Carried) -> str:
    where = cite(citation.paper, c.equations)
    if not c.carries:
        return f"about {where}"
    if len(c.equations) == 1 and (line := c.equations[0].line):
        where += f", line {line} of its proof"
    if wrong := [e for e in c.equations if e.misprint]:
        where += ", printed wrong" if len(c.equations) == 1 else f", of which {spans(wrong)} printed wrong"
    return where if len(c.equations) > MANY else f"{where}: {'; '.join(e.says for e in c.equations)}"


def by_name(query: str, watch: Watch = iter) -> list[Hit]:
    """The claims of a tag, a name or a glob."""
    return _headed(exactly(query), watch)


def _headed(entries: list[Entry], watch: Watch) -> list[Hit]:
    known = descriptions(watch) if entries else {}
    return [Hit(e, known[e.name]["heading"]) for e in entries]


def by_words(query: str, watch: Watch = iter) -> list[Hit]:
    """The claims whose names begin so; then those with words that begin so, in name, title, equation or wrong form."""
    asked = _WORD.findall(query.lower())
    if not asked:
        return []
    known, first = descriptions(watch), prefixed(query)
    scored = {entry(name): _score(asked, name, d) for name, d in known.items()}
    ranked = sorted((rank, n, e) for n, (e, rank) in enumerate(scored.items()) if rank is not None)
    found = dict.fromkeys([*first, *(e for _, _, e in ranked)])
    return [Hit(e, known[e.name]["heading"]) for e in found]


def _score(asked: list[str], name: str, d: "Description") -> int | None:
    return next((n for n, text in enumerate(_texts(name, d)) if _all_in(asked, text)), None)


def _texts(name: str, d: "Description") -> Iterator[str]:
    """What a claim is searched in, the most telling first; the last is all of it."""
    parts = name.replace(".", " ")
    yield parts
    yield (parts := f"{parts} {d['heading']} {d['refutes']}")
    yield (parts := f"{parts} {' '.join(_printed().get(name, ()))}")
    yield f"{parts} {' '.join(d['wrong'])} {' '.join(map(named, d['seen_in']))}"


@cache
def _printed() -> dict[str, list[str]]:
    """What papers print of each claim, in words."""
    found: dict[str, list[str]] = {}
    for e in (e for p in papers().values() for e in p.equations if e.claim):
        found.setdefault(e.claim, []).append(e.says)
    return found


def _all_in(asked: list[str], text: str) -> bool:
    words = _WORD.findall(text.lower())
    return all(any(word.startswith(one) for word in words) for one in asked)


def symbols_near(symbol: str) -> list[str]:
    """Names in statements that are much like it."""
    names = {name for d in descriptions().values() for name in d["names"]}
    return get_close_matches(symbol, sorted(names), n=4, cutoff=0.6)


def by_symbol(symbol: str, watch: Watch = iter) -> list[Hit]:
    """The claims in whose statement a symbol or a quantity of that name stands, as "beta_tilde"."""
    return [Hit(entry(name), d["heading"]) for name, d in descriptions(watch).items() if symbol in d["names"]]
