"""Finding claims: by paper and equation, by words of names, titles and wrong forms, by symbol.

Nothing is evaluated: titles and symbols are read from the claims, equations from the papers.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from derivations.catalogue import Entry, claims, tags
from derivations.papers.paper import Equation, Paper, paper, papers

_EQUATION = re.compile(
    r"^(?P<work>.*?)[\s,]*(?:v\d+[\s,]*)?(?:eqs?\.?|equations?)?\s*\(?(?P<number>[A-Z]?\.?\d+[a-z]?)\)?$", re.I
)
_WORD = re.compile(r"[a-z0-9_]+")


class Hit(NamedTuple):
    """A claim that was found, and why."""

    entry: Entry
    why: str


def by_equation(query: str) -> list[Hit]:
    """The claims that carry an equation: "luo 84", "DDPM (7)", "VDM v6 eq. 25"; of every paper if none is named."""
    m = _EQUATION.match(query.strip())
    if m is None:
        return []
    try:
        works = [paper(m["work"])] if m["work"].strip() else list(papers().values())
    except ValueError:
        return []
    found = [(p, e) for p in works if (e := p.equation(m["number"])) is not None and e.claim]
    return [Hit(Entry(tags()[e.claim], e.claim), _carries(p, e)) for p, e in found]


def _carries(p: Paper, e: Equation) -> str:
    return f"{p.name} {e.cited}{f', line {e.line} of its proof' if e.line else ''}: {e.says}"


def uncovered(query: str) -> list[str]:
    """What papers print under that number and no claim carries, with the reason."""
    m = _EQUATION.match(query.strip())
    if m is None:
        return []
    try:
        works = [paper(m["work"])] if m["work"].strip() else []
    except ValueError:
        return []
    found = [(p, e) for p in works if (e := p.equation(m["number"])) is not None and e.uncovered]
    return [f"{p.name} {e.cited}, {e.says}: {e.uncovered}" for p, e in found]


def by_words(query: str) -> list[Hit]:
    """The claims in which every word begins a word of the name, title, a wrong form or an equation's description."""
    asked = _WORD.findall(query.lower())
    if not asked:
        return []
    hits = []
    for name, claim in claims().items():
        scored = [(n, where) for n, (where, text) in enumerate(_texts(name)) if _all_in(asked, text)]
        if scored:
            hits.append((scored[0], Hit(Entry(tags()[name], name), f"{claim.heading}")))
    return [hit for _, hit in sorted(hits, key=lambda pair: pair[0][0])]


def _texts(name: str) -> Iterator[tuple[str, str]]:
    """What a claim is searched in, the most telling first; the last is all of it."""
    claim = claims()[name]
    wrongs = " ".join(f"{wrong} {w.breaks}" for wrong, w in claim.wrong.items())
    printed = " ".join(e.says for p in papers().values() for e in p.equations if e.claim == name)
    yield "name", name.replace(".", " ")
    yield "title", f"{name.replace('.', ' ')} {claim.heading}"
    yield "paper", f"{name.replace('.', ' ')} {claim.heading} {printed}"
    yield "wrong", f"{name.replace('.', ' ')} {claim.heading} {printed} {wrongs}"


def _all_in(asked: list[str], text: str) -> bool:
    words = _WORD.findall(text.lower())
    return all(any(word.startswith(one) for word in words) for one in asked)


def by_symbol(symbol: str) -> list[Hit]:
    """The claims in whose statement a symbol or a quantity of that name stands, as "beta_tilde"."""
    return [Hit(Entry(tags()[name], name), claim.heading) for name, claim in claims().items() if symbol in _names(name)]


def _names(name: str) -> set[str]:
    """All names that a claim's statement prints."""
    from derivations.form.reading import needed, readings
    from derivations.notation.printing import text

    claim = claims()[name]
    lines = [line for said in claim.written() for line in readings(said)]
    shown = " ".join(text(e) for line in lines for e in (line.left, line.right) if e is not None)
    shown += " ".join(text(left) for left, _ in needed(*lines))
    return {str(v) for v in claim.symbols()} | set(re.findall(r"[A-Za-z]\w*", shown))
