"""Whether what is wrong at a place of a paper is an error of mathematics, which errata count, or a slip."""

from collections.abc import Iterator
from functools import cache

from derivations.errata.record import Erratum, recorded
from derivations.papers.paper import Equation
from derivations.papers.references import cite, resolve
from derivations.papers.sources import sources


@cache
def _places() -> dict[int, list[Erratum]]:
    """Return the errata of each equation, by its identity, which a paper keeps."""
    found = dict[int, list[Erratum]]()
    for erratum in recorded().errata:
        for printed in erratum.printed:
            for q in (q for one in resolve(printed.at) for q in one.places if isinstance(q, Equation)):
                found.setdefault(id(q), []).append(erratum)
    return found


def errata_at(e: Equation) -> list[Erratum]:
    """Return the errata that are printed at a place."""
    return _places().get(id(e), [])


def slip_or_error(e: Equation) -> str:
    """Return what a misprint is called: an error of mathematics is more than that."""
    return "printed wrong" if errata_at(e) else "misprint"


def printed_wrong(claim: str, *, whole: bool = True) -> Iterator[str]:
    """Yield what is wrong with equations that state a claim: "printed wrong in Luo v1 (168): ..."; first errors.

    Without `whole`, papers are left out of which no such equation is right.
    """
    for error in (True, False):
        for s in (s for s in sources(claim) if whole or not all(e.is_wrong for e in s.main)):
            alike = dict[str, list[Equation]]()
            for e in s.main if s.states else ():
                if e.misprint and bool(errata_at(e)) == error:
                    alike.setdefault(e.misprint, []).append(e)
            for why, each in alike.items():
                yield f"{slip_or_error(each[0])} in {cite(s.paper, each)}: {why}"
