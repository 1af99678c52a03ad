"""What is not read, in words: what stands there, why it has no reading, and what to write instead, with an example.

Kinds of notation are data, in `advice.toml`: they are found by the text over the place that was refused.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from derivations.query.writing.calls import MODULES
from derivations.syntax.limits import LENGTH
from derivations.syntax.unread import Unread

FILE = Path(__file__).with_name("advice.toml")
LONGEST = 40  # characters of what is shown
OWNED = rf"(?:(?:{'|'.join(sorted(MODULES))}|torch\.distributions|dist|D|tdist|stats|random|scipy\.stats)\.)*"
# What the grammar expects where it knows no more of what stands there; all else that it expects says what to write.
GENERAL = (
    "a number, a symbol, a function", "an operation", "an equality", "a symbol", "symbols of one", "a function of one",
    "+ - * /", "an expression in Python", "a name", "an exponent", "no derivative", "one equation", "the argument of",
    "brackets after", "a letter", "braces, a digit", "more", "a state, or", "an index in", "one = between", "a product",
    "symbols of ours",
)  # fmt: skip


class Kind(NamedTuple):
    """A notation that has no reading.

    It stands where the `pattern` is over the place that was refused, or where what was expected `begins` so. The
    `example` is read, with the names of `where`, and the formulas of `unread` are not, for this reason.
    """

    says: str
    instead: str
    example: str
    unread: tuple[str, ...]
    pattern: re.Pattern[str] | None = None
    begins: str = ""
    where: Mapping[str, str] = {}

    def over(self, fault: Unread) -> re.Match[str] | None:
        """Return what of this kind stands over the place that was refused."""
        found = self.pattern.finditer(fault.text) if self.pattern is not None else ()
        return next((m for m in found if m.start() <= fault.at < m.end()), None)


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all kinds, the more telling ones first."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["kind"]
    return tuple(Kind(**{**row, "unread": tuple(row["unread"]), "pattern": _pattern(row)}) for row in rows)


def _pattern(row: Mapping[str, str]) -> re.Pattern[str] | None:
    return re.compile(row["pattern"].replace("MODULE", OWNED)) if "pattern" in row else None


def advised(fault: Unread) -> Unread:
    """Return the refusal with words for what stands there, if that is a notation of a known kind."""
    if fault.hint or len(fault.text) > LENGTH:
        return fault
    if fault.expected.startswith(GENERAL):
        for kind in kinds():
            if (found := kind.over(fault)) is not None:
                return _with(fault, kind, found)
    own = next((k for k in kinds() if k.begins and fault.expected.startswith(k.begins)), None)
    return fault if own is None else _with(fault, own)


def _with(fault: Unread, kind: Kind, found: re.Match[str] | None = None) -> Unread:
    is_within = found is not None and found.start() < fault.at
    place = f"stands in '{_short(found[0])}', " if is_within and found is not None else "is "
    given = "".join(f" with --where '{name} = {of}'" for name, of in kind.where.items())
    hint = f"{place}{kind.says}: {kind.instead}, for example `{kind.example}`{given}"
    return Unread(fault.expected, fault.text, fault.at, fault.end, hint)


def _short(piece: str) -> str:
    plain = "".join(c for c in piece if c.isprintable())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}..."
