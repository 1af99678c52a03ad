"""`udm errata`: the mathematical errors that sources print, or one of them, each with its witness evaluated anew."""

from collections.abc import Iterator
from typing import Any

from derivations.errata.faults import faults
from derivations.errata.listing import listing
from derivations.errata.record import SEVERITIES, recorded
from derivations.judge import store
from derivations.judge.report import today
from derivations.papers.citation import Unclear, cited, known
from derivations.papers.further import Work, works
from derivations.papers.paper import Paper
from udm.cli.console import fail, hung, print_json, print_lines, usage, width

Row = dict[str, Any]


def run(work: str | None, *, as_json: bool) -> int:
    """Print the errata; the exit status is 1 where one of them is not what it says."""
    chosen = None if work is None else _chosen(work)
    if found := list(faults(recorded().errata)):
        fail("\n".join(found))
        return 1
    rows = _with_verdicts(listing(chosen))
    if as_json:
        print_json(rows)
    else:
        _page(rows)
    return 0


def _with_verdicts(rows: Row) -> Row:
    """Add what the kept evidence says of the claim that states what is right, which is nothing before `udm verify`."""
    kept = store.kept([row["claim"] for row in rows["errata"]])
    for row in rows["errata"]:
        row["verdict"] = today(kept[row["claim"]]["row"])["verdict"] if row["claim"] in kept else None
    return rows


def _chosen(work: str) -> Paper | Work:
    if other := works().get(work.lower()):
        return other
    try:
        citation = cited(work)
    except Unclear as fault:
        usage(f"errata: {fault}")
    if citation is None:
        usage(f"errata: expected a paper or {', '.join(works())}, got {work!r}; {known()}")
    if not citation.whole:
        usage(f"errata: expected a work alone, got {work!r}")
    return citation.paper


def _page(rows: Row) -> None:
    for row in rows["errata"]:
        print_lines([f"{row['tag']}  {row['claim']}: {row['form'] or 'its false sentence'}", *_lines(row), ""])
    print_lines(hung(_counted(rows), width(), 0, 0))
    if rows["errata"]:
        print_lines(hung(_legend(), width(), 0, 0))


def _lines(row: Row) -> Iterator[str]:
    for printed in row["printed"]:
        yield from hung(f"{printed['at']}: {printed['text']}", width(), 2, 2)
    if row["of"]:
        yield from hung(f"of {row['of']}", width(), 2, 2)
    yield from hung(f"wrong: {row['wrong']}", width(), 2, 2)
    yield from hung(f"right: {row['right']}", width(), 2, 2)
    if row["words"]:
        yield from hung(f"where {row['words']}", width(), 2, 2)
    yield from hung(_witness(row["witness"]), width(), 2, 2)
    read = "formula read by a machine" if row["mechanical"] else "read by hand"
    verdict = f"the claim is {row['verdict']}" if row["verdict"] else "no evidence of the claim is kept here"
    yield from hung(f"severity: {row['severity']}; {read}; {verdict}", width(), 2, 2)


def _witness(w: Row) -> str:
    at = ", ".join(f"{letter} = {value}" for letter, value in w["at"].items())
    return f"{f'at {at}' if at else 'with no letters'}: {w['wrong']} against {w['right']}, off by {w['off']}"


def _counted(rows: Row) -> str:
    read = sum(row["mechanical"] for row in rows["errata"])
    errata, slips = len(rows["errata"]), len(rows["recorded"])
    by_machine = f", {read} of them formulas read by a machine" if errata > 1 else ""
    passed = f"{slips} {'slip, which does' if slips == 1 else 'slips, which do'} not count"
    return f"{errata} {'erratum' if errata == 1 else 'errata'}{by_machine}; {passed}"


def _legend() -> str:
    return "; ".join(f"{name}: {says}" for name, says in SEVERITIES.items())
