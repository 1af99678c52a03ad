"""The list of errata as data, each with its witness evaluated anew, and what is recorded beside them."""

from collections.abc import Iterator
from typing import Any

from derivations.catalogue import tags
from derivations.errata.record import Errata, Erratum, Uncounted, recorded
from derivations.errata.witness import witness
from derivations.papers.further import Work
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import named, resolve

Row = dict[str, Any]


def listing(work: Paper | Work | None = None, errata: Errata | None = None) -> Row:
    """Return all errata, or those of a work: `errata`, which count, and `recorded`, which do not."""
    errata = errata or recorded()
    rows = [row(e) for e in errata.errata if work is None or work in _works(e)]
    beside = map(_beside, errata.uncounted if work is None else ())
    return {"errata": rows, "recorded": [*beside, *_slips(errata, work)]}


def row(e: Erratum) -> Row:
    """Return an erratum as it is listed."""
    found = witness(e)
    return {
        "claim": e.claim,
        "tag": tags()[e.claim],
        "form": e.form or None,
        "also": [f"{claim}: {form or 'its false sentence'}" for claim, form in e.also],
        "seen_in": [named(p.at) for p in e.printed],
        "printed": [{"at": named(p.at), "text": p.text} for p in e.printed],
        "of": e.of or None,
        "wrong": e.wrong if e.relation == "=" else f"{e.wrong} {e.relation} {e.right}",
        "right": e.right if e.relation == "=" else e.instead,
        "witness": found._asdict(),
        "words": e.words or None,
        "severity": e.severity,
        "mechanical": mechanical(e),
    }


def mechanical(e: Erratum) -> bool:
    """Whether a machine reads the printed formula, and finds it to be the wrong form."""
    return bool(e.formula) or any(c.latex for q in _equations(e) for c in q.charged if _answers(e, c.claim, c.forms))


def _answers(e: Erratum, claim: str, forms: tuple[str, ...]) -> bool:
    return any((claim, form) in e.forms for form in forms)


def _equations(e: Erratum) -> Iterator[Equation]:
    for printed in e.printed:
        yield from (q for one in resolve(printed.at) for q in one.places if isinstance(q, Equation))


def _works(e: Erratum) -> list[Paper | Work]:
    return [one.work for printed in e.printed for one in resolve(printed.at)]


def _beside(u: Uncounted) -> Row:
    return {"form": u.form or None, "at": named(u.at) if u.at else None, "text": u.text or None, "why": u.why}


def _slips(errata: Errata, work: Paper | Work | None) -> Iterator[Row]:
    """What papers misprint at places that no erratum names."""
    counted = {id(q) for e in errata.errata for q in _equations(e)}
    for paper in papers().values() if work is None else [work]:
        for q in paper.equations if isinstance(paper, Paper) else ():
            if q.misprint and id(q) not in counted:
                yield {"form": None, "at": f"{paper.name} {q.cited}", "text": q.latex or None, "why": q.misprint}
