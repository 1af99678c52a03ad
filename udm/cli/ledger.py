"""`udm ledger`: the equations of a paper in order, each with claim, line and verdict; or all papers, counted."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from derivations.errata.places import slip_or_error
from derivations.judge.rows import JudgedRow
from derivations.papers.citation import Unclear, cited, known
from derivations.papers.ledger import CONFIRMED, Row, counted, in_order, ledger, needed, row
from derivations.papers.numbers import bracketed
from derivations.papers.paper import Equation, Paper, papers
from derivations.papers.references import NOT_CONFIRMED
from derivations.papers.resolve import entry
from udm.cli.console import explain, hung, out, print_json, print_lines, print_table, usage, width
from udm.cli.one import rows_as_ready

ROOMY = 99  # columns for a table
LABEL = 9  # columns for a number; a longer name has a line of its own


def run(work: str | None, *, as_json: bool) -> int:
    chosen = list(papers().values()) if work is None else [_chosen(work)]
    if as_json:
        rows = {e.name: r for e, r in rows_as_ready(_entries(chosen))}
        found = [ledger(p, rows) for p in chosen]
        print_json(found if work is None else found[0])
    elif work is None:
        found = [_overview(chosen)]
    else:
        found = [_page(chosen[0])]
    return 0 if all(r["green"] is not False for f in found for r in f["rows"]) else 1


def _chosen(work: str) -> Paper:
    """The paper that is meant."""
    try:
        citation = cited(work)
    except Unclear as fault:
        usage(f"ledger: {fault}")
    if citation is None:
        usage(f"ledger: expected a paper, got {work!r}; {known()}")
    if not citation.whole:
        usage(f"ledger: expected a paper alone, got {work!r}; `udm find` and `udm show` take an equation")
    return citation.paper


def _entries(chosen: Iterable[Paper]) -> list[Any]:
    """The claims whose evidence the papers' ledgers show, in that order."""
    return [entry(name) for name in dict.fromkeys(n for p in chosen for e in p.equations for n in needed(e))]


def _page(p: Paper) -> Row:
    """Every equation in the paper's order, each printed when its claim is known."""
    print_lines((line, "bold") for line in hung(f"{p.bibliography['title']}, {p.name}", width(), 0))
    out.print()
    ready, rows = rows_as_ready(_entries([p])), dict[str, JudgedRow]()
    margin = min(max(len(e.cited) for e in p.equations), LABEL) + 2
    for e in in_order(p):
        if isinstance(e, str):
            print_lines([(f"{bracketed(e)}: not recorded here", "dim")])
            continue
        while not rows.keys() >= set(needed(e)):
            one, r = next(ready)
            rows[one.name] = r
        print_lines(_lines(e, row(p, e, rows), margin))
    found = ledger(p, rows)
    out.print()
    print_lines(hung(counted(found["totals"]), width(), 0, 0))
    print_lines(["", *hung(f"{CONFIRMED}. How this was confirmed: {p.checked or UNTOLD}", width(), 0, 0)])
    explain(r["verdict"] for r in found["rows"])
    return found


def _lines(e: Equation, r: Row, margin: int) -> Iterator[str | tuple[str, str]]:
    """What it says beside its number; below, the claim and its verdict, or why there is none; and misprints."""
    if len(e.cited) + 2 > margin:
        yield e.cited
        yield from hung(r["says"], width(), margin, 0)
    else:
        first, *rest = hung(r["says"], width(), margin, 0)
        yield f"{e.cited:<{margin}}{first.strip()}"
        yield from rest
    style = "red" if r.get("green") is False else "" if "claim" in r else "dim"
    mark = "" if r["confirmed"] else f" [{NOT_CONFIRMED}]"
    yield from ((line, style) for line in hung(_carrier(r) + mark, width(), margin, 2))
    if r["misprint"]:
        refuted = f" (refuted: {'; '.join(r['refuted_by'])})" if r["refuted_by"] else ""
        yield from hung(f"{slip_or_error(e)}: {r['misprint']}{refuted}", width(), margin, 2)
    for c in (c for c in r["charges"] if c["words"]):
        charge = f"{c['claim']}, {' and '.join(c['forms'])}: charged in words, which nothing checks: {c['words']}"
        yield from hung(charge, width(), margin, 2)


def _carrier(r: Row) -> str:
    if "place" in r:
        return f"about it: {', '.join(r['claims'])}"
    if "why" in r:
        return f"no claim ({OPEN[r['because']]}): {r['why']}" if r["because"] in OPEN else f"no claim: {r['why']}"
    verdict = r["verdict"] if r["green"] else f"NOT GREEN ({r['verdict']})"
    line = f", line {r['line']}" if r["line"] and not r["refutes"] else derivations(r["derivations"])
    if r["refutes"]:
        part = f"line {r['line']} of a claim that" if r["line"] else "what is true instead in a claim that"
        verdict += f" ({part} refutes {r['refutes']})"
    twice = {"twice": ", transcribed twice", "in part": ", in part transcribed twice"}.get(r["transcribed"], "")
    return f"{r['tag']}  {r['claim']}{line}: {verdict}{twice}"


def derivations(chains: str | None) -> str:
    """Which of a claim's statements carry an equation, by the numbers of their derivations."""
    return f", derivation{'s' if ',' in chains else ''} {chains}" if chains else ""


def _overview(chosen: list[Paper]) -> Row:
    """One line a paper, without verdicts: nothing is checked for it, and what is kept of earlier runs is not read."""
    found = [ledger(p, {}) for p in chosen]
    if width() < ROOMY:
        for p, f in zip(chosen, found, strict=True):
            print_lines(hung(f"{p.key}, {p.name}: {counted(f['totals'])}", width(), 0, 2))
        print_lines(["", *hung(f"{CONFIRMED}. {VERDICTS}", width(), 0, 0)])
    else:
        print_table(_table(chosen, found))
        print_lines(["", *hung(f"{LEGEND}. {CONFIRMED}. {VERDICTS}", width(), 0, 0)])
    return {"rows": [r for f in found for r in f["rows"]]}


OPEN = {"open": "a machine could check it", "step": "a step, which a machine could check"}
UNTOLD = "the paper's file does not say"
LEGEND = (
    "rows: equations; carried: by a claim; open: a machine could check it, and no claim does; twice: transcribed "
    "twice, by different hands, and compared; partly: so is a part of it; unconfirmed: equations and remarks "
    f"{NOT_CONFIRMED}; absent: numbers of the paper whose equations are not written down here"
)
VERDICTS = (
    "Nothing was checked for this table: `udm ledger PAPER` lists a paper's equations with their verdicts, and "
    "`udm ledger --json` those of all papers, for which claims without evidence are checked first"
)


def _table(chosen: list[Paper], found: list[Row]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("paper", "cited as"):
        table.add_column(column, no_wrap=True)
    for column in ("rows", "carried", "open", "twice", "partly", "unconfirmed", "absent"):
        table.add_column(column, justify="right", no_wrap=True)
    for p, t in ((p, f["totals"]) for p, f in zip(chosen, found, strict=True)):
        counts = (
            t["equations"],
            t["covered"],
            t["open"],
            t["twice"],
            t["in_part"],
            t["not_confirmed"],
            t["unrecorded"],
        )
        table.add_row(p.key, p.name, *map(str, counts))
    return table
