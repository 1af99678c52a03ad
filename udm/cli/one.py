"""Claims as a user names them, and the rows of their evidence, each as soon as it is there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from derivations.catalogue import Entry
from derivations.judge import store
from derivations.judge.report import today
from derivations.judge.rows import ClaimRow, JudgedRow
from derivations.judge.verify import made
from derivations.own.file import Unreadable
from derivations.own.loaded import unbuilt
from derivations.papers.resolve import Unclear, Unknown, all_meant
from derivations.papers.sources import sourced
from udm.cli.console import note, usage

Judged = tuple[Entry, JudgedRow]
Ready = tuple[Entry, ClaimRow]


def some(patterns: Sequence[str], *, built: bool = True) -> list[Entry]:
    """The claims that are meant: "999C", "kl", "ddim.*", "Luo (84)", "my_claims.py"; none are a usage error.

    So is one that can't be built, unless it is only to be judged.
    """
    try:
        found = all_meant(patterns)
    except (Unknown, Unclear, Unreadable) as fault:
        usage(str(fault))
    if built and (faults := [why for entry in found if (why := unbuilt(entry.name))]):
        usage("\n".join(faults))
    return found


def one(patterns: Sequence[str]) -> Entry:
    """Exactly one claim; several are a usage error."""
    found = some(patterns)
    if len(found) > 1:
        names = ", ".join(c.name for c in found[:6]) + (", ..." if len(found) > 6 else "")
        usage(f"expected one claim, got {len(found)} for {' '.join(patterns)!r}: {names}")
    return found[0]


def row_of(entry: Entry) -> ClaimRow:
    ((_, row),) = sourced_as_ready([entry])
    return row


def sourced_as_ready(entries: Sequence[Entry]) -> Iterator[Ready]:
    """The same, each with its sources, and with what it refers to by name instead of by key."""
    return ((entry, sourced(row)) for entry, row in rows_as_ready(entries))


def rows_as_ready(entries: Sequence[Entry]) -> Iterator[Judged]:
    """Each claim with its row, in their order, as soon as it and those before it are known.

    What has no evidence yet is checked first, which takes seconds a claim, and is said.
    """
    known = {name: record["row"] for name, record in store.kept(e.name for e in entries).items()}
    coming = _checked([e.name for e in entries if e.name not in known])
    for entry in entries:
        while entry.name not in known:
            name, row = next(coming)
            known[name] = row
        if not (row := known[entry.name])["digest"]:  # it can't be shown
            usage("\n".join(row["complaints"]))
        yield entry, today(row)


def _checked(missing: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if missing:
        one = len(missing) == 1
        claims = "one claim" if one else f"{len(missing)} claims"
        takes = "from seconds to a minute" + ("" if one else " each")
        note(f"checking {claims} of which no evidence is kept, which takes {takes}; `udm verify` checks all")
    for record in made(missing):
        yield record["name"], record["row"]


def status(rows: Iterable[JudgedRow]) -> int:
    """0 if all are green; all are gone through."""
    return max((0 if r["green"] else 1 for r in rows), default=0)
