"""`udm ledger`: the equations of a paper in order, each with claim, line and verdict."""

from typing import Any

from rich.table import Table
from rich.text import Text

from derivations.judge.report import today
from derivations.judge.verify import evidence
from derivations.papers.ledger import ledger
from derivations.papers.paper import Paper, paper, papers
from udm.cli.console import out, print_json, usage


def run(work: str | None, *, as_json: bool) -> int:
    try:
        chosen = [paper(work)] if work else list(papers().values())
    except ValueError as fault:
        usage(f"ledger: {fault}")
    names = sorted({e.claim for p in chosen for e in p.equations if e.claim})
    rows = {name: today(record["row"]) for name, record in evidence(names).items()}
    found = [ledger(p, rows) for p in chosen]
    if as_json:
        print_json(found[0] if work else found)
    elif work:
        _page(chosen[0], found[0])
    else:
        _overview(chosen, found)
    return 0 if all(r["green"] for f in found for r in f["rows"]) else 1


def _page(p: Paper, found: dict[str, Any]) -> None:
    """Every equation in the paper's order."""
    out.print(f"[bold]{p.bibliography['title']}[/bold], {p.name}", highlight=False)
    table = Table(box=None, pad_edge=False)
    for column in ("eq.", "tag", "claim", "line", "verdict", "", "what it says"):
        table.add_column(column, no_wrap=column in ("eq.", "tag"))
    rows = {r["equation"]: r for r in found["rows"]}
    for e in p.equations:
        r = rows.get(e.number)
        if r is None:
            table.add_row(e.number, "", "", "", "", "", Text(f"{e.says}: {e.uncovered}", style="dim"))
        else:
            twice = "twice" if r["transcribed"] == "twice" else ""
            table.add_row(e.number, r["tag"], r["claim"], r["line"] or "", r["verdict"], twice, Text(e.says))
    out.print(table)
    out.print(_counts(found["totals"]))


def _overview(chosen: list[Paper], found: list[dict[str, Any]]) -> None:
    """One line a paper."""
    for p, f in zip(chosen, found, strict=True):
        out.print(Text(f"{p.key:<12} {p.name:<14} {_counts(f['totals'])}"), soft_wrap=True)


def _counts(t: dict[str, int]) -> str:
    return (
        f"{t['covered']} of {t['equations']} equations carried by claims, {t['twice']} transcribed twice and compared; "
        f"{t['equations'] - t['confirmed']} not confirmed against the paper"
    )
