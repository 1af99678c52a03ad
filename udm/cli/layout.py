"""Lines of a page of at most 100 columns: headings, and lines that hang under their first."""

from collections.abc import Sequence

from derivations.form.reading import Reading, phrase, printed
from derivations.notation.printing import text
from udm.cli.broken import broken
from udm.cli.console import hung
from udm.cli.witness import MORE

INDENT = 2
ROWS = 6  # lines of a list that is shown whole on a short page
LONG = 600  # letters of a formula that is shown whole there
SHORT = 200  # letters of one that is longer


class Section:
    """A heading and its lines; a line of several parts hangs under its first, and formulas break at operators."""

    def __init__(self, heading: str, lines: Sequence[str], *, prose: bool = False) -> None:
        self.heading, self.lines, self.prose = heading, lines, prose

    def parts(self, width: int) -> list[str]:
        """All lines, none wider than a page."""
        hang = hung if self.prose else broken
        return [p for x in self.lines for p in ([" " * INDENT + x] if len(x) + INDENT <= width else hang(x, width))]


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
    told = (text(left) + ("" if right is None else f" = {text(right)}") for left, right in printed(*lines))
    return [one for one in told if one not in known]


def packed(lead: str, parts: Sequence[str], width: int) -> list[str]:
    """Parts between commas behind a lead: short ones share a line, and what takes several has them for itself."""
    lines: list[str] = []
    open_line = False  # whether more fits on the last one
    for n, one in enumerate(parts):
        part = broken(one + ("," if n < len(parts) - 1 else ""), width, len(lead))
        if open_line and len(part) == 1 and len(lines[-1]) + 1 + len(part[0].strip()) <= width:
            lines[-1] += f" {part[0].strip()}"
        else:
            lines += part
        open_line = len(part) == 1
    return [f"{lead}{lines[0].strip()}", *lines[1:]]


def few(lines: Sequence[str], *, full: bool) -> list[str]:
    """A list, on a short page with how many are left out where it is long."""
    return list(lines) if full or len(lines) <= ROWS + 1 else [*lines[:ROWS], f"{MORE} and {len(lines) - ROWS} more"]


def clipped(formula: str, *, full: bool) -> str:
    """A formula, on a short page the beginning of one that is long."""
    return formula if full or len(formula) <= LONG else f"{formula[:SHORT].rpartition(' ')[0]} {MORE}"
