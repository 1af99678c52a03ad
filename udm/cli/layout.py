"""Lines of a page of at most 100 columns: headings, and lines that hang under their first."""

from collections.abc import Sequence

from derivations.form.reading import Reading, needed, phrase
from derivations.notation.printing import text
from udm.cli.console import hung

INDENT = 2


class Section:
    """A heading and its lines; a line of several parts hangs under its first."""

    def __init__(self, heading: str, lines: Sequence[str]) -> None:
        self.heading, self.lines = heading, lines


def beside(left: Sequence[str], right: str, width: int) -> list[str]:
    """Something at the right edge of the first line, if there is room; else below."""
    if not right:
        return list(left)
    first, *rest = left
    if len(first) + 2 + len(right) <= width:
        return [f"{first}{right:>{width - len(first)}}", *rest]
    return [*left, f"{right:>{width}}"] if len(right) <= width else [*left, *hung(right, width)]


def line(r: Reading) -> str:
    """A line of a statement."""
    sides = text(r.left) + (f" {r.relation} {text(r.right)}" if r.right is not None else "")
    note = phrase(r.note, text)
    return f"{sides}{', ' if note and r.note[0] != 'under' else ' ' if note else ''}{note}"


def wheres(lines: Sequence[Reading], known: Sequence[str] = ()) -> list[str]:
    """The definitions of the names in a statement but for those that are known; what is drawn at random stands last."""
    told = (text(left) + ("" if right is None else f" = {text(right)}") for left, right in needed(*lines))
    return [one for one in told if one not in known]
