"""The numbers of a paper's equations, and the sections, theorems and tables of what is not numbered."""

import re
from typing import NamedTuple

from derivations.papers.numbers import Key, bracketed, ends, key
from derivations.papers.paper import Equation, Paper
from derivations.papers.references import spans

KINDS = {
    "section": "section|sections|sect|sec",
    "App.": "appendix|app",
    "Table": "table|tab",
    "Algorithm": "algorithm|algo|alg",
    "Theorem": "theorem|thm",
    "Lemma": "lemma",
    "Proposition": "proposition|prop",
}
_ANY = "|".join(KINDS.values())
PLACE = rf"(?:(?:{_ANY})\b\.?\s*\(?(?:[A-Z]|\d+)(?:\.\d+)*\)?(?:\s*\([ivx]+\))?|code)"
_LABEL = re.compile(rf"({_ANY})\b\.?\s*\(?([A-Z]|[A-Z]?\d*(?:\.\d+)*)\)?(?:\s*\(([ivx]+)\))?", re.I)


class Place(NamedTuple):
    """Where to look in a paper: numbers from `low` to `high`; or a section or the like, and a part of it."""

    low: str = ""
    high: str = ""
    kind: str = ""
    part: str = ""
    or_section: bool = False  # a bare "3.2" may be either
    label: str = ""  # of a place of another kind, as the paper's file has it

    @classmethod
    def of_number(cls, text: str, only: bool) -> "Place":
        low, _, high = text.partition("-")
        return cls(low, high or low, or_section=not only and not high and "." in low)

    @classmethod
    def of_label(cls, text: str) -> "Place":
        if (m := _LABEL.fullmatch(text.strip())) is None:
            return cls(kind=text.strip().lower())
        kind = next(k for k, names in KINDS.items() if m[1].lower() in names.split("|"))
        return cls(m[2].upper(), m[2].upper(), kind, (m[3] or "").lower())

    def __str__(self) -> str:
        """Of a section or the like."""
        return " ".join(filter(None, (self.kind, self.low, self.part and f"({self.part})")))


def matching(p: Paper, place: Place) -> list[Equation]:
    """What the paper prints there; nothing if an end of a range is not there."""
    if place.label:
        return [e for e in p.equations if e.cited.casefold() == place.label.casefold()]
    if place.kind:
        return [e for e in p.equations if _within(Place.of_label(e.number), place)]
    low, high = key(place.low), key(place.high)
    numbered = [(e, between) for e in p.equations if (between := _ends(e))]
    ends_there = all(any(a <= end <= b for _, (a, b) in numbered) for end in (low, high))
    found = [e for e, (a, b) in numbered if a <= high and low <= b] if ends_there else []
    return found + (_sections(p, place.low) if place.or_section else [])


def _sections(p: Paper, number: str) -> list[Equation]:
    kind = "section" if number[0].isdigit() else "App."
    return matching(p, Place(number.upper(), number.upper(), kind))


def _within(label: Place, place: Place) -> bool:
    """Section 3.2 (i) is in section 3.2, and in section 3."""
    inside = label.low == place.low or label.low.startswith(f"{place.low}.")
    return label.kind == place.kind and inside and place.part in ("", label.part)


def _ends(e: Equation) -> tuple[Key, Key] | None:
    """The first and the last number of what is printed under one number, or under several."""
    return ends(e.number) if e.numbered else None


def may_be_unrecorded(p: Paper, place: Place) -> bool:
    """Whether it is among the numbers of the paper that are not written down; where no number is, it may be any."""
    if place.kind or p.last == 0:
        return False
    if not numbered(p):
        return True
    left = [between for one in p.unrecorded if (between := ends(one))]
    return any(a <= key(end) <= b for end in (place.low, place.high) for a, b in left)


def none_there(p: Paper, place: Place) -> str:
    """That the paper does not have it, and what it has."""
    if place.kind:
        same = [e for e in p.equations if Place.of_label(e.number).kind == place.kind]
        return f"the ledger of {p.name} lists no {place}; it lists {spans(same or list(p.equations))}"
    if key(place.high) < key(place.low):
        return f"expected a range that rises, got ({place.low})-({place.high})"
    if may_be_unrecorded(p, place) and p.unrecorded:
        left = ", ".join(map(bracketed, p.unrecorded))
        return (
            f"{p.name} ({place.low}) is not recorded here, nor are the others of {left}; what there is of their "
            f"sections stands by section: `udm ledger {p.key}`"
        )
    end = place.low if not matching(p, Place(place.low, place.low)) else place.high
    if p.last == 0:
        return f"{p.name} numbers no equation; its ledger lists {spans(list(p.equations))}"
    if p.last:
        return f"{p.name} has no equation ({end}); it has {spans(numbered(p))}"
    return f"the ledger of {p.name} lists no equation ({end}); it lists {spans(numbered(p) or list(p.equations))}"


def numbered(p: Paper) -> list[Equation]:
    """Its numbered equations."""
    return [e for e in p.equations if _ends(e)]
