"""`udm ledger`: the equations of a paper in order, each with claim, line and verdict."""

from collections.abc import Iterable
from typing import Any

from rich.table import Table
from rich.text import Text

from derivations.judge.report import today
from derivations.judge.verify import evidence
from derivations.papers.ledger import ledger
from derivations.papers.paper import Equation, Paper, paper, papers
from udm.cli.console import out, print_json, usage


def run(work: str | None, *, as_json: bool) -> int:
    try:
        chosen = [paper(work)] if work else list(papers().values())
    except ValueError as fault:
        usage(f"ledger: {fault}")
    names = sorted({name for p in chosen for e in p.equations for name in _needed(e)})
    rows = {name: today(record["row"]) for name, record in evidence(names).items()}
    found = [ledger(p, rows) for p in chosen]
    if as_json:
        print_json(found[0] if work else found)
    elif work:
        _page(chosen[0], found[0])
    else:
        _overview(chosen, found)
    return 0 if all(r["green"] for f in found for r in f["rows"]) else 1


def _needed(e: Equation) -> Iterable[str]:
    """The claims whose evidence the row of an equation shows."""
    return e.claims if e.misprint else filter(None, [e.claim])


def _page(p: Paper, found: dict[str, Any]) -> None:
    """Every equation in the paper's order."""
    out.print(f"[bold]{p.bibliography['title']}[/bold], {p.name}", highlight=False)
    table = Table(box=None, pad_edge=False)
    for column in ("eq.", "tag", "claim", "line", "verdict", "", "what it says"):
        table.add_column(column, no_wrap=column in ("eq.", "tag"))
    rows = {r.get("equation", r.get("place")): r for part in ("rows", "uncovered", "remarks") for r in found[part]}
    for e in p.equations:
        table.add_row(e.number, *_cells(rows[e.number]))
    out.print(table)
    out.print(_counts(found["totals"]))


def _cells(r: dict[str, Any]) -> tuple[str, str, str, str, str, Text]:
    """Tag, claim, line, verdict, whether it is transcribed twice, and what it says, with what is printed wrong."""
    says = f"{r['says']}: {r['why']}" if "why" in r else r["says"]
    if r["misprint"]:
        refuted = f" (refuted: {'; '.join(r['refuted_by'])})" if r["refuted_by"] else ""
        says += f". Misprint: {r['misprint']}{refuted}"
    if "claim" not in r:
        return "", ", ".join(r.get("claims", ())), "", "", "", Text(says, style="dim")
    twice = "twice" if r["transcribed"] == "twice" else ""
    return r["tag"], r["claim"], r["line"] or "", r["verdict"], twice, Text(says)


def _overview(chosen: list[Paper], found: list[dict[str, Any]]) -> None:
    """One line a paper."""
    for p, f in zip(chosen, found, strict=True):
        out.print(Text(f"{p.key:<12} {p.name:<14} {_counts(f['totals'])}"), soft_wrap=True)


def _counts(t: dict[str, int]) -> str:
    return (
        f"{t['covered']} of {t['equations']} equations carried by claims, {t['twice']} transcribed twice and compared; "
        f"{t['equations'] - t['confirmed']} not confirmed against the paper; {t['misprints']} misprints"
    )
