"""Searching claims: by tag or name, by paper and equation, by words, by symbol.

Nothing is evaluated: equations are read from the papers, titles and symbols from the index.
"""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from derivations.catalogue import Entry
from derivations.papers.called import called
from derivations.papers.citation import Citation
from derivations.papers.defined import acronym, place
from derivations.papers.index import Watch, descriptions
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.plain import plain
from derivations.papers.references import cite, named, spans, unsure
from derivations.papers.resolve import Carried, carried, entry, exactly, prefixed
from derivations.papers.spelling import NO_SYMBOLS, Symbol, asked, symbol, words
from derivations.papers.tokens import TOKEN

if TYPE_CHECKING:
    from derivations.papers.described import Description

_LOSS = re.compile(r"L_\{?\\?(?:mathrm|text|textrm|rm)?\s*\{?([A-Za-z]{2,})")
_ACCENT = re.compile(r"\\(?:bar|tilde|hat|dot)$")
BEGINNING = 3  # letters of a word that stand for it
LONGEST = 8  # words of a query whose parts are tried
LAST = 4  # the tier of a symbol that merely appears
MANY = 3  # equations, beyond which only their numbers are given


class Hit(NamedTuple):
    """A claim that was found, and why; it may be about an equation that it does not carry."""

    entry: Entry
    why: str
    carries: bool = True
    printed: tuple[str, ...] = ()  # the equations that it carries, as the paper prints them


def by_equation(citation: Citation) -> list[Hit]:
    """The claims that carry the equations, then those that are about them."""
    found = carried(citation)
    return [Hit(c.entry, _why(citation, c), c.carries, () if citation.whole else _printed_as(c)) for c in found]


def _printed_as(c: Carried) -> tuple[str, ...]:
    """The equations that a claim carries, as formulas, unless they are many."""
    return tuple(plain(e.latex) for e in c.equations if e.latex) if c.carries and len(c.equations) <= MANY else ()


def _why(citation: Citation, c: Carried) -> str:
    mark = f" [{why}]" if (why := unsure(c.equations)) else ""
    where = cite(citation.paper, c.equations) + mark
    if not c.carries:
        return f"about {where}"
    if len(c.equations) == 1 and (line := c.equations[0].line):
        where += f", line {line} of its proof"
    if wrong := [e for e in c.equations if e.is_wrong]:
        where += ", printed wrong" if len(c.equations) == 1 else f", of which {spans(wrong)} printed wrong"
    return where if len(c.equations) > MANY else f"{where}: {'; '.join(e.says for e in c.equations)}"


def by_name(query: str, watch: Watch = iter) -> list[Hit]:
    """The claims of a tag, a name or a glob."""
    return _headed(exactly(query), watch)


def _headed(entries: list[Entry], watch: Watch) -> list[Hit]:
    known = descriptions(watch) if entries else {}
    return [Hit(e, known[e.name]["heading"]) for e in entries]


def by_words(query: str, watch: Watch = iter) -> list[Hit]:
    """The claims whose names begin so; then those with these words in name, title, equation or wrong form."""
    wanted = asked(query)
    if not wanted:
        return []
    known, first = descriptions(watch), prefixed(query)
    scored = {entry(name): _first(wanted, d) or _score(wanted, name, d) for name, d in known.items()}
    ranked = sorted((rank, n, e) for n, (e, rank) in enumerate(scored.items()) if rank is not None)
    found = dict.fromkeys([*first, *(e for _, _, e in ranked)])
    return [Hit(e, known[e.name]["heading"]) for e in found]


def by_paper_and_words(query: str, watch: Watch = iter) -> list[Hit]:
    """The claims about a paper with words that follow its name: "karras heun"."""
    pieces = query.split()
    for end in range(len(pieces) - 1, 0, -1):
        if of := {n for p in called(" ".join(pieces[:end])) for e in p.equations for n in e.claims}:
            return [hit for hit in by_words(" ".join(pieces[end:]), watch) if hit.entry.name in of]
    return []


def open_by_words(query: str) -> list[tuple[Paper, Equation]]:
    """The equations that no claim carries and that have these words, or such beginnings."""
    wanted = asked(query)
    rows = [(p, e) for p in papers().values() for e in p.equations if e.uncovered]
    return [(p, e) for p, e in rows if wanted and _match(wanted, words(_says(e))) is not None]


def _first(wanted: list[str], d: "Description") -> tuple[int, int] | None:
    """Before all others, the claims that say what an abbreviation is: ELBO."""
    return (-1, 0) if all(acronym(word, d["equated"]) for word in wanted) else None


def _score(wanted: list[str], name: str, d: "Description") -> tuple[int, int] | None:
    """In which text the words stand, and whether as they are, 0, or as beginnings, 1."""
    matches = ((n, _match(wanted, words(text))) for n, text in enumerate(_texts(name, d)))
    return next(((n, how) for n, how in matches if how is not None), None)


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
        found.setdefault(e.claim, []).append(_says(e))
    return found


def _says(e: Equation) -> str:
    """An equation in words, with the losses that it names: L_vlb."""
    return f"{e.says} {' '.join(f'L_{name}' for name in _LOSS.findall(e.latex))}"


def _match(wanted: list[str], there: list[str]) -> int | None:
    """0 if all words are there, 1 if words are that begin so; one or two letters begin too many."""
    if set(wanted) <= set(there):
        return 0
    return 1 if all(any(_is_or_begins(one, word) for word in there) for one in wanted) else None


def _is_or_begins(one: str, word: str) -> bool:
    return word.startswith(one) if len(one) >= BEGINNING else word == one


def fewer(query: str) -> dict[str, int]:
    """Parts of a query that find claims where all of it finds none, the longest, each with how many it finds."""
    telling = set(asked(query))
    pieces = [piece for piece in query.split() if not piece.isdigit() and telling & set(words(piece))][:LONGEST]
    having = {piece: _with_words(piece) for piece in pieces}
    for size in range(len(having) - 1, 0, -1):
        parts = {" ".join(c): set[str].intersection(*(having[one] for one in c)) for c in combinations(having, size)}
        if any(parts.values()):
            return {part: len(names) for part, names in parts.items() if names}
    return {}


def with_most_words(query: str) -> list[Hit]:
    """The claims that have most of the words of a query that finds none with all; those of rare words first."""
    parts = sorted(fewer(query).items(), key=lambda part: part[1])
    hits = (hit for part, _ in parts for hit in by_words(part))
    return list({hit.entry.name: hit for hit in hits}.values())


def _with_words(text: str) -> set[str]:
    return {name for name, d in descriptions().items() if _score(asked(text), name, d) is not None}


# -- symbols -----------------------------------------------------------------------------------


def symbols_near(name: str) -> list[str]:
    """Symbols of statements whose names are much like it."""
    names = {n for d in descriptions().values() for n in d["names"]} - NO_SYMBOLS
    return get_close_matches(name, sorted(names), n=4, cutoff=0.6)


def by_symbol(name: str, watch: Watch = iter) -> list[Hit]:
    """The claims with a symbol, in any of its spellings: first those that say what it is, see `defined`; then those
    with it in the statement, in an equation of a paper that the claim carries, in one that it is about.
    """
    wanted, known = symbol(name), descriptions(watch)
    ranked = sorted((rank, n, e) for n, e in enumerate(known) if (rank := _place(wanted, e, known[e])) is not None)
    return [Hit(entry(e), known[e]["heading"]) for _, _, e in ranked]


def _place(wanted: Symbol, claim: str, d: "Description") -> tuple[int, int] | None:
    carried, about = _papers_symbols().get(claim, (set(), set()))
    stated = {symbol(n) for n in d["names"] if n not in NO_SYMBOLS}
    where = next((n for n, at in enumerate((stated, carried, about)) if any(s.is_of(wanted) for s in at)), None)
    if where is None:
        return None
    return place(wanted, claim, d["equated"], stated=where == 0) or (LAST + where, 0)


@cache
def _papers_symbols() -> dict[str, tuple[set[Symbol], set[Symbol]]]:
    """By claim, the papers' symbols in the equations that it carries, and in those that it is about."""
    found: dict[str, tuple[set[Symbol], set[Symbol]]] = {}
    for p in papers().values():
        spelled = {_tokens(name): symbol(name) for name in p.symbols}
        for e in p.equations:
            there = {s for tokens, s in spelled.items() if _stands(tokens, _tokens(e.latex))}
            for name in e.claims:
                found.setdefault(name, (set(), set()))[name != e.claim].update(there)
    return found


def _tokens(latex: str) -> str:
    """LaTeX as tokens between spaces, without brackets around one of them."""
    return re.sub(r" \{ (\S+) \}(?= )", r" \1", f" {' '.join(TOKEN.findall(latex))} ")


def _stands(tokens: str, latex: str) -> bool:
    """Whether a symbol stands there without an accent over it."""
    return tokens in latex and any(not _ACCENT.search(before) for before in latex.split(tokens)[:-1])
