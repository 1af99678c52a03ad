"""Claims by tag, name, prefix, glob, or a paper's equation, and the rows of their evidence."""

from typing import Any

from derivations.catalogue import Entry, Unknown, find
from derivations.judge.report import today
from derivations.judge.verify import evidence
from derivations.papers.find import by_equation, uncovered
from derivations.papers.sources import sourced
from udm.cli.console import usage


def some(pattern: str) -> list[Entry]:
    """The claims that are meant: "999C", "vdm.posterior", "kl", "ddim.*", "Luo (84)"."""
    try:
        return find(pattern)
    except Unknown as unknown:
        if found := list(dict.fromkeys(hit.entry for hit in by_equation(pattern))):
            return found
        if reasons := uncovered(pattern):
            usage(f"no claim carries {'; '.join(reasons)}")
        usage(str(unknown))


def one(pattern: str) -> Entry:
    """Exactly one claim; several are a usage error."""
    found = some(pattern)
    if len(found) > 1:
        names = ", ".join(c.name for c in found[:6])
        usage(f"expected one claim, got {len(found)} for {pattern!r}: {names}")
    return found[0]


def row_of(entry: Entry) -> dict[str, Any]:
    return rows_of([entry])[0]


def rows_of(entries: list[Entry]) -> list[dict[str, Any]]:
    """The rows of several claims, in their order, each with its sources."""
    found = evidence([e.name for e in entries])
    return [sourced(today(found[e.name]["row"])) for e in entries]
