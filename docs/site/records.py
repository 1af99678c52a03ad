"""All that the pages say of a claim, from its certificate and its objects: the documents that the commands print."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from derivations.catalogue import Entry, claims, tags
from derivations.form.claim import Claim
from derivations.judge.rows import ClaimRow, JudgedRow
from derivations.judge.store import kept
from derivations.papers.sources import sourced
from udm.cli.cite import bibtex, facts_of
from udm.cli.facts import Written
from udm.cli.formulas import formulas
from udm.cli.one import rows_as_ready
from udm.cli.show import written


class Record(NamedTuple):
    """A claim with its row, the document of `udm show --json`, and what its citations say."""

    tag: str
    claim: Claim
    row: ClaimRow
    document: dict[str, Any]
    cited: Written

    @property
    def name(self) -> str:
        return self.claim.name


@cache
def judged(name: str) -> JudgedRow:
    """Return the row of one claim as it is kept, judged first where none is; with keys for what it refers to."""
    ((_, found),) = rows_as_ready([Entry(tags()[name], name)])
    return found


@cache
def row(name: str) -> ClaimRow:
    """Return the row of one claim, with its sources and references by name."""
    return sourced(judged(name))


@cache
def rows() -> dict[str, ClaimRow]:
    """Return the rows of all claims."""
    return {name: row(name) for name in claims()}


@cache
def record(name: str) -> Record:
    """Return all that is known of a claim."""
    claim, found = claims()[name], row(name)
    cited: Written = {**facts_of(found), "formulas": formulas(claim)}
    return Record(found["tag"], claim, found, {**found, **written(claim, found["tag"])}, cited)


def below(name: str) -> list[str]:
    """Return the claims that a claim rests on, those that they rest on included, nearest first."""
    found, ahead = dict[str, None](), list(claims()[name].needs)
    while ahead:
        one = ahead.pop(0)
        if one not in found:
            found[one] = None
            ahead += claims()[one].needs
    return list(found)


@cache
def _users() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    known = kept(claims())  # a kept row says what a claim needs, and reading the claim takes long
    for name in claims():
        for need in known[name]["row"]["needs"] if name in known else claims()[name].needs:
            found.setdefault(need, []).append(name)
    return found


def users(name: str) -> list[str]:
    """Return the claims that rest on a claim directly."""
    return _users().get(name, [])


def files(name: str) -> Iterator[tuple[str, str]]:
    """Yield what stands beside a page: the document, as `udm show --json` prints it, and the BibTeX."""
    found = record(name)
    yield "json", json.dumps(found.document, indent=1, ensure_ascii=False) + "\n"
    yield "bib", bibtex(found.cited) + "\n"
