"""`udm check`: a target's formulas beside the exact values, as a table or as data."""

import json
import math
from pathlib import Path
from typing import Any

from rich.table import Table

from udm.cli.console import print_json, print_lines, print_table, usage
from udm.cli.status import NO, WELL
from udm.conformance import Report
from udm.conformance.folded import folded, legend, offered
from udm.conformance.issue import badge as shield
from udm.conformance.issue import markdown

COLOURS = {"exact": "green", "weak": "yellow", "convention": "cyan", "wrong": "red", "undefined": "red"}


def run(
    target: str, words: list[str], claim: str | None, steps: str | None, out: Path | None, badge: Path | None, *,
    as_json: bool, everything: bool
) -> int:  # fmt: skip
    try:
        for file in filter(None, (out, badge)):
            if not file.resolve().parent.is_dir():
                raise ValueError(f"expected a file in a folder that exists, got {str(file)!r}")
        report = _of_file(target, words, claim) if claim else _of_code(target, words, steps)
    except ValueError as fault:
        usage(f"check: {fault}")
    if out is not None:
        out.write_text(markdown(report), encoding="utf-8")
    if badge is not None:
        badge.write_text(json.dumps(shield(report)) + "\n", encoding="utf-8")
    if as_json:
        print_json(report.document())
    else:
        _print(report, everything)
    return WELL if report.well else NO


def _of_code(target: str, words: list[str], steps: str | None) -> Report:
    from udm.conformance.run import check
    from udm.conformance.target import keys, named

    return check(named(target, keys(words)), _steps(steps))


def _of_file(target: str, words: list[str], claim: str | None) -> Report:
    from udm.conformance.target import keys
    from udm.conformance.written import check

    return check(Path(target), claim or "", keys(words))


def _steps(text: str | None) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in (text or "").split(",") if part)
    except ValueError:
        found = (0,)
    if any(n < 1 for n in found):
        raise ValueError(f"expected --steps as numbers above 0, separated by commas, got {text}")
    return found


def _print(report: Report, everything: bool) -> None:
    version = f" {report.version}" if report.version else ""
    print_lines([(f"{report.target}{version}", "bold")])
    print_table(_table(row for row in folded(report.rows) if row.verdict != "not offered" or everything))
    for row in folded(report.alarms):
        print_lines(["", *row.told()])
    told = ", ".join(f"{number} {verdict}" for verdict, number in report.totals.items() if number)
    print_lines(["", f"{report.ran} of {len(report.each)} checks ran: {told}"])
    print_lines([f"  {offered(report)}"] if len(report.each) > 1 else [])
    print_lines([f"  {report.unordered}"] if report.unordered else [])
    print_lines(f"  {line}" for line in legend(report))


def _table(rows: Any) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("verdict", "check", "dtype", "max ulp", "claim", "source"):
        table.add_column(name, justify="right" if name == "max ulp" else "left", no_wrap=name != "source")
    for row in rows:
        colour = COLOURS.get(row.verdict, "dim")
        named = f"{row.tag} {row.claim}".strip()
        table.add_row(
            f"[{colour}]{row.verdict}[/{colour}]", row.check, row.dtype, _size(row.max_ulp), named, row.source
        )
    return table


def _size(error: float | None) -> str:
    if error is None:
        return ""
    return f"{error:.3g}" if math.isfinite(error) else "-"
