"""What papers print wrong, as data: misprinted equations, and false sentences that a claim refutes."""

from typing import NamedTuple

from derivations.catalogue import claims, tags
from derivations.judge.printed import printed
from derivations.papers.paper import Paper, papers
from derivations.papers.references import named, resolve


class Misprint(NamedTuple):
    """A place of a paper that is printed wrong: what stands there, what is wrong with it, and the claims about it."""

    place: str  # "(84)", "section 4.1"
    says: str
    latex: str  # empty for a remark in the text
    wrong: str
    claims: tuple[str, ...]
    confirmed: bool  # number and form agree with a copy of the paper


class Refuted(NamedTuple):
    """A false sentence, who prints it, a point at which it fails, and what is true instead."""

    tag: str
    name: str
    sentence: str
    printed_in: tuple[str, ...]  # "Luo v1 (45)"; empty for a tempting reading, charged to nobody
    at: tuple[tuple[str, str], ...]  # symbols and their values
    off: str
    instead: str


def misprints(paper: Paper) -> list[Misprint]:
    """Return the misprints of a paper in its order."""
    return [
        Misprint(e.cited, e.says, e.latex, e.misprint, e.claims, e.confirmed) for e in paper.equations if e.misprint
    ]


def refuted() -> list[Refuted]:
    """Return all false sentences in the order of the catalogue, each evaluated at its stored counterexample."""
    return [_refuted(name) for name, claim in claims().items() if claim.kind == "refuted"]


def refuted_of(paper: Paper, rows: list[Refuted]) -> list[Refuted]:
    """Return those of the rows that the paper prints."""
    keys = {name: claims()[name].printed_in for name in (row.name for row in rows)}
    return [row for row in rows if any(r.work is paper for place in keys[row.name] for r in resolve(place))]


def _refuted(name: str) -> Refuted:
    claim = claims()[name]
    failure = printed(claim)
    at = tuple(failure["witness"].items())
    return Refuted(
        tags()[name], name, claim.refutes, tuple(map(named, claim.printed_in)), at, failure["off"], claim.title
    )


def works() -> list[Paper]:
    """Return the papers that print something wrong, in the order of their years."""
    found = {r.work for name in claims() for place in claims()[name].printed_in for r in resolve(place)}
    return [p for p in papers().values() if p in found or misprints(p)]
