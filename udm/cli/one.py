"""One claim by its tag or name, and the row of its evidence: for the commands that take a single claim."""

from typing import Any

from derivations.catalogue import Entry, Unknown, find
from derivations.judge.report import today
from derivations.judge.verify import evidence
from udm.cli.console import usage


def one(tag: str) -> Entry:
    """Exactly one claim; a glob that finds several is a usage error."""
    try:
        found = find(tag)
    except Unknown as unknown:
        usage(str(unknown))
    if len(found) > 1:
        names = ", ".join(c.name for c in found[:6])
        usage(f"expected one claim, got {len(found)} for {tag!r}: {names}")
    return found[0]


def row_of(entry: Entry) -> dict[str, Any]:
    return today(evidence([entry.name])[entry.name]["row"])
