"""A wrong form of a claim as a page has it: its line in LaTeX, what it breaks, where it was seen, where it fails."""

from collections.abc import Iterator
from typing import NamedTuple

from derivations.form.claim import Claim
from derivations.judge.rows import WrongRow
from derivations.papers.further import Work
from derivations.papers.paper import Equation, Paper
from derivations.papers.references import named, resolve
from udm.cli.checked import changed
from udm.cli.show import displayed
from udm.cli.witness import off


class Seen(NamedTuple):
    """A place where a wrong form was seen, the page of it outside or the paper and equation on this site."""

    text: str
    url: str
    paper: str = ""
    number: str = ""


class WrongForm(NamedTuple):
    """A wrong form; `latex` is empty where it changes no line that is printed."""

    name: str
    latex: str
    where: str
    breaks: str
    seen: tuple[Seen, ...]
    off: str
    by: tuple[str, ...]


def wrongs(claim: Claim, rows: list[WrongRow]) -> list[WrongForm]:
    """Return the wrong forms of a claim in their order."""
    return [_form(claim, w) for w in rows]


def _form(claim: Claim, w: WrongRow) -> WrongForm:
    line = changed(claim, w["name"], w["statement"])
    latex, where = displayed([line]) if line is not None else ("", "")
    seen = tuple(s for key in claim.wrong[w["name"]].seen_in for s in places(key))
    return WrongForm(w["name"], latex, where, w["breaks"], seen, off(w), tuple(w["killed_by"]))


def places(key: str) -> Iterator[Seen]:
    """Yield the places that a key names, as a reader is told them; words that are no key as they stand."""
    try:
        found = resolve(key)
    except ValueError:
        yield Seen(key, "")
        return
    for one in found:
        if isinstance(one.work, Work):
            yield from (Seen(one.work.cite(str(place)), thread(one.work, str(place))) for place in one.places)
        else:
            yield from (_equation(one.work, e) for e in one.places if isinstance(e, Equation))


def _equation(paper: Paper, e: Equation) -> Seen:
    return Seen(named(f"{paper.key} {e.cited}"), paper.bibliography["url"], paper.key, e.number)


def thread(work: Work, place: str) -> str:
    """Return the address of a place in a work: of a thread its own, else the work's, empty where it has none."""
    return f"{work.url.rstrip('/')}/issues/{place[1:]}" if _numbered(work, place) else work.url


def _numbered(work: Work, place: str) -> bool:
    return work.kind == "threads" and "github.com" in work.url and place[:1] == "#" and place[1:].isdigit()
