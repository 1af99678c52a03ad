"""References by key, as claims write them: "luo2022 (71)-(72), text after (85); ddpm2020 (7)".

Works are separated by semicolons, places in one work by commas. A place is a number in brackets, two numbers for all
equations from one to the other, or the name that the work's file has for it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from derivations.papers.further import Work, works
from derivations.papers.paper import Equation, Paper, papers

_RANGE = re.compile(r"\(([^()]+)\)-\(([^()]+)\)")
NOT_CONFIRMED = "not confirmed against the paper"
FEW = 2  # so many equations in a row are each named


class Reference(NamedTuple):
    """A work, and the places in it that are meant: equations of a paper, or the places of another work."""

    work: Paper | Work
    places: tuple[Equation, ...] | tuple[str, ...]


def resolve(text: str) -> list[Reference]:
    """What the keys refer to.

    Raises:
        ValueError: there is no such work, or no such place in it.
    """
    return [_resolved(*one.strip().partition(" ")[::2]) for one in text.split(";")]


def _resolved(key: str, places: str) -> Reference:
    named = places.split(", ")
    if work := works().get(key):
        for place in named:
            if place not in work.places:
                raise ValueError(f"expected a place of {key}, {', '.join(work.places)}, got {place!r}")
        return Reference(work, tuple(named))
    if key not in papers():
        raise ValueError(f"expected a key of a paper or of further.toml, got {key!r}")
    return Reference(papers()[key], tuple(e for place in named for e in _equations(papers()[key], place)))


def _equations(paper: Paper, place: str) -> Iterator[Equation]:
    if between := _RANGE.fullmatch(place):
        first, last = (_position(paper, f"({n})") for n in between.groups())
        yield from (e for e in paper.equations[first : last + 1] if e.numbered)
    else:
        yield paper.equations[_position(paper, place)]


def _position(paper: Paper, place: str) -> int:
    for n, e in enumerate(paper.equations):
        if e.cited == place:
            return n
    raise ValueError(f"expected an equation or a place of {paper.key}, got {place!r}")


def named(text: str) -> str:
    """The reference as a reader is told it: "Luo v1 (71), (72); DDPM v2 (7)"."""
    return "; ".join(_named(one) for one in resolve(text))


def as_cited(text: str) -> str:
    """The same; what is no key of ours, in a claim of one's own, as it stands."""
    try:
        return named(text)
    except ValueError:
        return text


def _named(reference: Reference) -> str:
    work, places = reference
    if isinstance(work, Work):
        return "; ".join(work.cite(str(place)) for place in places)
    return cite(work, [e for e in places if isinstance(e, Equation)])


def cite(paper: Paper, equations: Sequence[Equation]) -> str:
    """Equations of a paper in one line: "Luo v1 (84)", "DDIM v4, section 4.1"."""
    found = spans(equations)
    return f"{paper.name} {found}" if found[:1] == "(" else f"{paper.name}, {found}"


def unsure(equations: Sequence[Equation]) -> str:
    """Which of these equations are not confirmed, in words: "(31) not confirmed against the paper"; "" if all are."""
    found = [e for e in equations if not e.confirmed]
    which = "" if len(found) == len(equations) else f"{spans(found)} "
    return f"{which}{NOT_CONFIRMED}" if found else ""


def spans(equations: Sequence[Equation]) -> str:
    """Equations as they are cited, more than two in a row as "(71)-(85)"."""
    rows: list[list[Equation]] = []
    for e in equations:
        if rows and e.numbered and e.number == _next(rows[-1][-1].number):
            rows[-1].append(e)
        else:
            rows.append([e])
    return ", ".join(part for row in rows for part in _spanned(row))


def _next(number: str) -> str | None:
    """The number after 7, or after 2.7; none after a range or a place."""
    m = re.fullmatch(r"((?:\d+\.)?)(\d+)", number)
    return None if m is None else f"{m[1]}{int(m[2]) + 1}"


def _spanned(row: Sequence[Equation]) -> list[str]:
    return [e.cited for e in row] if len(row) <= FEW else [f"{row[0].cited}-{row[-1].cited}"]
