"""Witnesses: what is printed and what is right, at the point of an erratum, where the source is certainly wrong."""

from fractions import Fraction
from typing import NamedTuple

from derivations.errata.evaluated import Number, Undefined, above, apart, distance, evaluated, letters, shown
from derivations.errata.record import Erratum

NONE = "no real value"


class Witness(NamedTuple):
    """The values at the point: of the printed form, of the right one, and by how much they differ."""

    at: dict[str, str]
    wrong: str
    right: str
    off: str


def witness(e: Erratum) -> Witness:
    """Return the witness, evaluated now.

    Raises:
        ValueError: what is printed is true there, as far as is certain, or the point is not that of the two forms.
    """
    if missing := (letters(e.wrong) | letters(e.right)) ^ set(e.at):
        raise ValueError(f"{e.name}: expected a point of the letters of both forms, got {', '.join(sorted(missing))}")
    at = {letter: str(value) for letter, value in e.at.items()}
    right = evaluated(e.right, e.at)
    try:
        wrong = evaluated(e.wrong, e.at)
    except Undefined:
        return Witness(at, NONE, shown(right), NONE)
    if not _fails(e.relation, wrong, right):
        raise ValueError(f"{e.name}: expected a point at which {e.wrong} {e.relation} {e.right} fails, got {at}")
    return Witness(at, shown(wrong), shown(right), shown(distance(wrong, right)))


def _fails(relation: str, left: Number, right: Number) -> bool:
    """Whether the relation is certainly false."""
    same = isinstance(gap := distance(left, right), Fraction) and gap == 0
    return {
        "=": apart(left, right),
        "<": same or above(left, right),
        "<=": above(left, right),
        ">": same or above(right, left),
    }[relation]
