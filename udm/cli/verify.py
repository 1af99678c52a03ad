"""`udm verify`: run, with progress when a person watches, and print the claims by family."""

import secrets
import signal
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from derivations.catalogue import claims, families
from derivations.judge.report import Row, report
from derivations.judge.verify import evidence
from derivations.papers.sources import sourced
from udm.cli.broken import broken
from udm.cli.console import (
    coloured,
    err,
    explain,
    fail,
    hung,
    out,
    print_json,
    print_lines,
    print_table,
    terminable,
    width,
)
from udm.cli.one import some
from udm.cli.shortened import legend, shortened
from udm.cli.witness import off

SHORT = {"prove": "P", "field": "F", "enclose": "E", "decide": "D", "simulate": "S", "implement": "I"}
LETTERS = f"{', '.join(f'{letter} {engine}' for engine, letter in SHORT.items())}; - does not reach the claim"
FEW = 5  # claims whose table needs no totals


def run(patterns: Sequence[str], *, as_json: bool, use_cache: bool, fresh: bool, workers: int | None) -> int:
    asked = [entry.name for entry in some(patterns, built=False)] if patterns else list(claims())
    chosen = [*(name for name in claims() if name in set(asked)), *(name for name in asked if name not in claims())]
    start = perf_counter()
    try:
        with terminable():
            rows = watched(chosen, use_cache, secrets.token_hex(8) if fresh else "", workers)
    except KeyboardInterrupt as stopped:
        ended, number = stopped.args or ("interrupted", signal.SIGINT)
        fail(f"{ended}; finished claims are kept, and `udm verify` goes on from there")
        return 128 + number
    document = report(rows)
    if as_json:
        print_json(document | {"claims": [sourced(row) for row in document["claims"]]})
    else:
        _tables(document["claims"])
        _wrongs(document["claims"], few=bool(patterns))
        _green(document["totals"], perf_counter() - start)
        (_legend if len(chosen) <= FEW else _totals)(document)
        explain(row["verdict"] for row in rows)
    return 0 if all(row["green"] for row in rows) else 1


def watched(chosen: Sequence[str], use_cache: bool, salt: str, workers: int | None) -> list[Row]:
    """The rows of the claims, behind a progress bar on a terminal and nothing when piped."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("claims", total=len(chosen))

        def done(name: str) -> None:
            progress.update(task, advance=1, description=name)

        return [record["row"] for record in evidence(chosen, use_cache, salt, workers, done).values()]


def _tables(rows: Sequence[dict[str, Any]]) -> None:
    for title, those in _grouped(rows).items():
        print_lines((part, "bold") for part in hung(title, width(), 0))
        table = Table(box=None, pad_edge=False)
        for column in ("tag", "name", "verdict", "engines", "wrong", "mutants"):
            table.add_column(column, no_wrap=column != "name")
        for r in those:
            table.add_row(r["tag"], r["name"], coloured(r["verdict"], r["green"]), *_counts(r))
        print_table(table)
        out.print()
    _complaints(rows)


def _complaints(rows: Sequence[dict[str, Any]]) -> None:
    """Why claims are not green, each complaint behind the name of its claim in red."""
    for r in rows:
        lead = f"{r['tag']} {r['name']}:"
        for complaint in r["complaints"]:
            first, *rest = hung(f"{lead} {shortened(complaint)}", width(), 0)
            out.print(Text.assemble((lead, "red"), first.removeprefix(lead)), soft_wrap=True)
            print_lines(rest)
    print_lines(part for one in legend(c for r in rows for c in r["complaints"]) for part in hung(one, width(), 0))


def _grouped(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Families of the catalogue in order, then files of one's own, by what stands above their tables."""
    catalogue = {family: [r for r in rows if r["family"] == family] for family in families()}
    own: dict[str, list[dict[str, Any]]] = {}
    for r in (r for r in rows if r["own"]):
        own.setdefault(f"{r['own']}: claims of your own, not of the catalogue", []).append(r)
    return {title: those for title, those in (catalogue | own).items() if those}


def _counts(r: dict[str, Any]) -> tuple[str, str, str]:
    """Engines in favour by letter, wrong answers and mutants rejected out of all."""
    if r["mutants"] is None:
        return "", "", ""
    engines = "".join(SHORT[e["engine"]] if e["verdict"] in ("proved", "consistent") else "-" for e in r["engines"])
    wrong = sum(bool(w["killed_by"]) for w in r["wrong"])
    m = r["mutants"]
    dead = f"{m['killed']}/{m['generated']}" + (f" (={m['equivalent']})" if m["equivalent"] else "")
    return engines, f"{wrong}/{len(r['wrong'])}", dead


def _wrongs(rows: Sequence[dict[str, Any]], few: bool) -> None:
    """The counterexample of each wrong answer: in full for chosen claims, else left to `udm show`."""
    for r in rows if few else ():
        for w in r["wrong"]:
            print_lines(broken(f"{r['tag']} wrong: {w['name']}: {off(w)}", width(), 0))


def _green(t: dict[str, Any], seconds: float) -> None:
    verdicts = ", ".join(f"{n} {v}" for v, n in t["verdicts"].items())
    colour = "green" if t["green"] == t["claims"] else "red"
    out.print(
        f"[bold {colour}]{t['green']} of {t['claims']} claims green[/bold {colour}] ({verdicts}) in {seconds:.1f} s"
    )


def _legend(document: dict[str, Any]) -> None:
    """What a table of few claims does not say by itself."""
    t = document["totals"]
    left = [f"left over: {', '.join(t['with_something_left'])}"] if t["with_something_left"] else []
    equal = ["(=n): so many mutants are proved to be the answer itself"] if t["mutants_equivalent"] else []
    shown = f"all that was checked of a claim: udm show {_which(document)}"
    print_lines(hung("; ".join([LETTERS, *equal, *left, shown]), width(), 0, 0))


def _which(document: dict[str, Any]) -> str:
    """How `udm show` takes these claims: by tag, or those of one's own by file and name."""
    files = [r["own"] for r in document.get("claims", ())]
    own = [file if files.count(file) == 1 else f"{file}::NAME" for file in dict.fromkeys(filter(None, files))]
    return " or ".join([*(["TAG"] if None in files or not own else []), *own])


def _totals(document: dict[str, Any]) -> None:
    """What was checked of many claims, in numbers."""
    t = document["totals"]
    by = ", ".join(f"{n} by {means}" for means, n in t["obligations_by"].items())
    rest = ", ".join(t["with_something_left"]) or "no claim"
    _print(
        f"{t['proved_with_nothing_left']} of {t['claims'] - t['definitions']} statements proved with nothing left over "
        f"(of a refuted claim, the repaired one); {t['obligations']} obligations: {by}, "
        f"{t['obligations_left']} left over in {rest}"
    )
    assumed = t["assumptions"]
    _print(
        f"{sum(assumed.values())} assumptions: {assumed['false']} false without it, "
        f"{assumed['undefined']} undefined without it, {assumed['convenience']} convenience"
    )
    _print(
        f"{t['wrong_answers_rejected']} of {t['wrong_answers']} wrong answers rejected; {t['mutants']} mutants: "
        f"{t['mutants_killed']} killed, {t['mutants_equivalent']} proved equivalent, {t['mutants_survived']} survived"
    )
    _print(
        f"false alarms of fresh Monte Carlo seeds: at most {document['false_alarm_rate']:.1e} a run; "
        f"in favour: {LETTERS}"
    )


def _print(sentence: str) -> None:
    print_lines(hung(sentence, width(), 0))
