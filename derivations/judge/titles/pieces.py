"""A formula of a sentence in pieces: its sides, the relations between them, and where it is one of a sum."""

import re
from typing import NamedTuple

from derivations.judge.titles.phrases import SUM
from derivations.judge.titles.prose import OBJECT, Formula
from derivations.judge.titles.sides import Read

RELATION = re.compile(r"<=|>=|!=|->|[=<>≤≥≠→∝≈∼~]")


class Piece(NamedTuple):
    """A formula as it is read: sides with the relations between them, or the mean and the variance of a law."""

    of: Formula
    text: str
    relations: tuple[str, ...]
    sides: tuple[Read, ...]
    is_law: bool = False


def summing(one: Piece, other: Piece) -> re.Match[str] | None:
    """What a sentence says two formulas sum to."""
    return SUM.match(other.of.after) if other.of.before.endswith(f"{one.text} and") else None


def is_object(text: str) -> bool:
    return re.fullmatch(rf"{OBJECT}\d+", text) is not None


def apart(text: str, stops: str) -> list[str]:
    """Split at stops outside of brackets."""
    found, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c in stops and depth == 0:
            found.append("")
        else:
            found[-1] += c
    return [part.strip() for part in found if part.strip()]


def split(text: str) -> tuple[list[str], list[str]]:
    """Split at relations outside of brackets."""
    relations, sides, depth, at = list[str](), [""], 0, 0
    while at < len(text):
        depth += (text[at] in "([{") - (text[at] in ")]}")
        found = RELATION.match(text, at) if depth == 0 else None
        sides[-1] += "" if found else text[at]
        at = found.end() if found else at + 1
        if found:
            relations.append({"≤": "<=", "≥": ">=", "→": "->", "≠": "!="}.get(found[0], found[0]))
            sides.append("")
    return relations, [side.strip() for side in sides]
