"""What is wrong with errata as they are written down: unknown places, witnesses that show nothing, doubles."""

from collections.abc import Iterable, Iterator

from derivations.catalogue import tags
from derivations.errata.distinct import repeated
from derivations.errata.record import RELATIONS, SEVERITIES, Erratum
from derivations.errata.witness import witness
from derivations.papers.references import resolve


def faults(errata: Iterable[Erratum]) -> Iterator[str]:
    """Yield what is wrong, without a look at the claims themselves: see `linked`."""
    found = [(e, [*_words(e), *_places(e), *_shown(e)]) for e in errata]
    yield from (fault for _, each in found for fault in each)
    yield from repeated(e for e, each in found if not each)


def _words(e: Erratum) -> Iterator[str]:
    if e.claim not in tags():
        yield f"{e.name}: expected a claim of the catalogue, got {e.claim!r}"
    if e.severity not in SEVERITIES:
        yield f"{e.name}: expected a severity of {', '.join(SEVERITIES)}, got {e.severity!r}"
    if e.relation not in RELATIONS or (e.relation != "=") != bool(e.instead):
        known = " ".join(RELATIONS)
        yield f"{e.name}: expected a relation of {known}, with `instead` where it is not =, got {e.relation!r}"
    if not (e.leaf or e.formula or e.words):
        yield f"{e.name}: expected a leaf, a formula or words that say what the numbers are, got none"
    if not (e.of or e.words):
        yield f"{e.name}: expected of which quantity both numbers are, in `of` or in words, got neither"
    if e.formula and not any(_plain(e.formula) in _plain(p.text) for p in e.printed):
        yield f"{e.name}: expected a formula that stands in what is printed, got {e.formula!r}"


def _plain(text: str) -> str:
    return "".join(text.split())


def _places(e: Erratum) -> Iterator[str]:
    if not e.printed:
        yield f"{e.name}: expected a place that prints it, got none"
    for one in e.printed:
        try:
            resolve(one.at)
        except ValueError as fault:
            yield f"{e.name}: {fault}"
        if not one.text.strip():
            yield f"{e.name}: expected what is printed at {one.at}, got nothing"


def _shown(e: Erratum) -> Iterator[str]:
    try:
        witness(e)
    except ValueError as fault:
        yield str(fault)
