"""`udm find`: claims by tag or name, by paper and equation, by words, by symbol."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from derivations.papers.citation import Citation, Unclear, cited, known, number_alone
from derivations.papers.find import (
    Hit,
    by_equation,
    by_name,
    by_paper_and_words,
    by_symbol,
    by_words,
    fewer,
    open_by_words,
    symbols_near,
    with_most_words,
)
from derivations.papers.ledger import coverage
from derivations.papers.paper import Paper
from derivations.papers.plain import plain
from derivations.papers.references import spans
from derivations.papers.resolve import Unknown, everywhere, exactly, reason, tags_near, uncovered
from derivations.papers.spelling import is_symbol
from udm.cli.broken import broken
from udm.cli.console import hung, note, print_json, print_lines, reading, usage, width

FORMULA = 6  # columns before an equation
NAMES = 34  # columns of a claim's name
_FORMULA = re.compile(r"[=^]|\\frac|\w/\w")
MOST = 12  # claims that have most of the words, not all
FEW = 5  # equations that no claim carries, of a search by words
Hits = Iterator[Hit]
Uncarried = list[tuple[str, str]]


def run(words: list[str], symbol: str | None, *, as_json: bool) -> int:
    query = " ".join(words).strip()
    if not query and not (symbol or "").strip():
        usage("find: expected words, a paper and a number, a tag or a name, or --symbol NAME, got nothing")
    try:
        citations, hits = _found(query, symbol)
        reasons = _uncarried(query, symbol, citations)
    except (Unknown, Unclear) as fault:
        usage(f"find: {fault}")
    if as_json:
        found = list(hits)
        print_json(
            _document(query, symbol, citations, found)
            | {"uncovered": [one for one, _ in reasons]}
            | _nearest(query, symbol, found)
        )
    else:
        found = _print(citations, hits, reasons)
    if not found and not citations and not reasons:
        _nothing(query, symbol)
        if not as_json and not symbol:
            _print_nearest(query)
    return 0 if found else 1


def _found(query: str, symbol: str | None) -> tuple[list[Citation], Hits]:
    """The equations that are cited, and the claims, of which each is given as it is found."""
    citations, hits = _asked(query) if query else ([], iter(()))
    if symbol is None:
        return citations, hits
    having = by_symbol(symbol.strip(), reading)
    names = {hit.entry.name for hit in having}
    return citations, iter(having) if not query else (hit for hit in hits if hit.entry.name in names)


def _asked(query: str) -> tuple[list[Citation], Hits]:
    if hits := by_name(query, reading):
        return [], iter(hits)
    citations = everywhere(query) if number_alone(query) else [c] if (c := cited(query)) else []
    if not citations:
        return [], iter(_in_words(query))
    carried = chain.from_iterable(map(by_equation, citations))
    if not citations[0].whole:
        return citations, carried
    return citations, _each_once(carried, query)  # a paper's name may also be that of claims: ddim, rectified flow


def _in_words(query: str) -> list[Hit]:
    """By words, of which the first may name a paper; by a symbol as a paper prints it, or one that is no word."""
    if is_symbol(query):
        return by_symbol(query, reading)
    if " " not in query:
        return by_words(query, reading) or by_symbol(query, reading)
    return by_words(query, reading) or by_paper_and_words(query, reading)


def _uncarried(query: str, symbol: str | None, citations: list[Citation]) -> Uncarried:
    """Why no claim carries equations that are cited, or that have the words; and each as its paper prints it."""
    if citations:
        found = [(c.paper, e) for c in citations if not c.whole for e in uncovered(c)]
    else:
        found = [] if symbol or not query or exactly(query) else open_by_words(query)
    return [(reason(p, e), plain(e.latex) if e.latex else "") for p, e in found]


def _each_once(carried: Hits, query: str) -> Hits:
    known = set[str]()
    for hit in carried:
        known.add(hit.entry.name)
        yield hit
    yield from (hit for hit in by_words(query, reading) if hit.entry.name not in known)


def _print(citations: list[Citation], hits: Hits, reasons: Uncarried) -> list[Hit]:
    """Print the paper that is named, each claim as it is found, and what no claim carries."""
    for c in citations:
        print_lines(_paper(c.paper) if c.whole else ())
    found = []
    for hit in hits:
        found.append(hit)
        print_lines(_line(hit, width()))
    for one, formula in reasons if citations else reasons[:FEW]:
        print_lines(hung(f"no claim carries {one}", width(), 0))
        print_lines(broken(formula, width(), FORMULA) if formula and citations else ())
    if not citations and len(reasons) > FEW:
        print_lines([f"and {len(reasons) - FEW} more equations that no claim carries"])
    return found


def _print_nearest(query: str) -> None:
    """The claims that have most of the words, where none has all."""
    hits = with_most_words(query)
    for hit in hits[:MOST]:
        print_lines(_line(hit, width()))
    if len(hits) > MOST:
        print_lines([f"and {len(hits) - MOST} more claims that have as many of the words"])


def _line(hit: Hit, columns: int) -> Iterator[str]:
    """One line a claim; two where there is no room for it."""
    name = f"{hit.entry.tag}  {hit.entry.name}"
    if len(name) > NAMES + 6 or columns < 80:
        yield name
        yield from hung(hit.why, columns, 6, 0)
    else:
        first, *rest = hung(hit.why, columns, NAMES + 7, 0)
        yield f"{name:<{NAMES + 7}}{first.strip()}"
        yield from rest
    for formula in hit.printed:
        yield from broken(formula, columns, FORMULA)


def _paper(p: Paper) -> Iterator[str | tuple[str, str]]:
    """Its title, its coverage, and where its equations stand in their order."""
    authors = ", ".join(p.bibliography["authors"])
    yield from ((line, "bold") for line in hung(p.bibliography["title"], width(), 0))
    yield from hung(f"{p.name}, {authors}, {p.bibliography['year']}: {coverage(p)}", width(), 0, 0)
    yield from hung(f"All its equations in order: udm ledger {p.key}", width(), 0, 0)
    yield ""


def _document(query: str, symbol: str | None, citations: list[Citation], hits: list[Hit]) -> dict[str, Any]:
    return {
        "query": query,
        "symbol": symbol,
        "papers": [
            {"work": c.paper.key, "version": c.paper.version, "equations": spans(c.equations)} for c in citations
        ],
        "found": [
            {"tag": h.entry.tag, "name": h.entry.name, "why": h.why, "carries": h.carries, "printed": h.printed}
            for h in hits
        ],
    }


def _nearest(query: str, symbol: str | None, found: list[Hit]) -> dict[str, Any]:
    """The claims that have most of the words, where none has all."""
    near = [] if found or symbol else with_most_words(query)
    return {"with_most_words": [{"tag": h.entry.tag, "name": h.entry.name, "why": h.why} for h in near]}


def _nothing(query: str, symbol: str | None) -> None:
    """Say what was looked for, and what may be tried instead."""
    named = (symbol or "").strip() if not query else query if is_symbol(query) else ""
    if named:
        near = symbols_near(named)
        note(f"no statement has a symbol '{named}'" + (f"; there are {', '.join(near)}" if near else ""))
    elif near := tags_near(query):
        note(f"no claim has the tag {query!r}; did you mean {' or '.join(near)}?")
    else:
        also = f" and a symbol {symbol!r}" if symbol else ""
        note(f"no claim has {'all of ' if ' ' in query else ''}the words '{query}'{also}{_instead(query)}")


def _instead(query: str) -> str:
    """What else may be searched: a formula, the parts that find something, or a paper."""
    if _FORMULA.search(query):
        return f"; udm ask '{query}' compares a formula with the claims"
    some = sorted(fewer(query).items(), key=lambda part: part[1])[:FEW]
    if some:
        return "".join(f"; {n} claim{' has' if n == 1 else 's have'} {part!r}" for part, n in some)
    return f": try other words, or the beginnings of words; a paper and a number, as 'luo 84'; {known()}"
