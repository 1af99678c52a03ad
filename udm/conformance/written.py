"""Numbers in a file beside the exact values of a formula: which are wrong, and how many of their digits are right.

The file is read, never evaluated: a number a line, or the last column of comma-separated lines, a heading apart.
"""

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter
from udm.conformance.classify import judged
from udm.conformance.distance import relative
from udm.conformance.exact import Levels
from udm.conformance.formulas import FORMULAS, Formula
from udm.conformance.measure import Case, Trial, tried
from udm.conformance.named import form_of
from udm.conformance.verdict import Report, Row

LONGEST = 1_000_000  # lines
BETAS = {"ddpm_linear": (1e-4, 0.02), "linear": (1e-4, 0.02)}
KEYS = ("schedule", "T", "beta_start", "beta_end")


def check(file: Path, name: str, settings: Mapping[str, Any]) -> Report:
    """Return the verdict on a file of numbers, with a row for it, and one for each number that is off.

    Raises:
        ValueError: there is no such file, formula or schedule, or the file has something else than numbers.
    """
    formula, found = named(name), read(file)
    levels = schedule(settings, len(found))
    adapter = Adapter(str(file), levels, {formula.name: torch.tensor(found, dtype=torch.float64)})
    trial = _as_written(tried(formula, adapter, torch.float64), _digits(file))
    blank = Row(formula.name, "undefined", formula.claim, reference.tag(formula.claim), reference.source(formula.claim))
    off = replace(trial, cases=[case for case in trial.cases if case.ulps(trial.dtype) > case.bound])
    if trial.cases and not off.cases:
        told = f"each of {len(trial.cases)} numbers is right in the digits that are written"
        return Report(
            str(file), "", dict(settings), (replace(judged(trial, None, blank), verdict="exact", explanation=told),)
        )
    row = _named(judged(off, None, blank), formula, adapter, off)
    return Report(str(file), "", dict(settings), (row, *_each(off, blank)))


def named(name: str) -> Formula:
    """Return the table that a name means: a formula's, or a claim's, or a claim's with the field of its answer.

    Raises:
        ValueError: there is none.
    """
    tables = [f for f in FORMULAS if f.kind == "table"]
    other = {"ddpm.posterior.variance": "posterior_variance", "ddpm.marginal.variance": "sigma"}
    by_tag = {reference.tag(f.claim): f for f in reversed(tables)}
    by_claim = {f.claim: f for f in reversed(tables)}
    for found in ({f.name: f for f in tables}, by_claim, by_tag):
        if (formula := found.get(other.get(name, name))) is not None:
            return formula
    raise ValueError(f"expected --as one of {', '.join(f.name for f in tables)}, or a claim of these, got {name!r}")


def read(file: Path) -> list[float]:
    """Return the numbers of a file, in their order.

    Raises:
        ValueError: it is none, or has something else.
    """
    return [float(text) for text in _texts(file)]


def _texts(file: Path) -> list[str]:
    if not file.is_file():
        raise ValueError(f"expected a file of numbers, got {str(file)!r}, which is none")
    rows = [row for row in csv.reader(file.read_text().splitlines()[:LONGEST]) if row and not row[0].startswith("#")]
    cells = [row[-1].strip() for row in rows]
    if cells and not _number(cells[0]):
        cells = cells[1:]  # a heading
    for line, cell in enumerate(cells, 1):
        if not _number(cell):
            raise ValueError(f"{file}, number {line}: expected a number, got {cell!r}")
    if not cells:
        raise ValueError(f"{file}: expected numbers, got none")
    return cells


def _number(text: str) -> bool:
    try:
        return bool(float(text)) or True
    except ValueError:
        return False


def _digits(file: Path) -> list[int]:
    """Return how many significant digits each number is written with."""
    return [len(re.sub(r"[^0-9]", "", re.split("[eE]", text)[0]).lstrip("0")) or 1 for text in _texts(file)]


def _as_written(trial: Trial, digits: Sequence[int]) -> Trial:
    """Return the trial with the bounds of decimal numbers: a unit of the last digit, in float64's units."""
    cases = [case._replace(bound=max(case.bound, 2.0**53 * 10.0 ** (1 - digits[case.place.t]))) for case in trial.cases]
    return Trial(trial.dtype, cases, trial.fault, trial.absent)


def schedule(settings: Mapping[str, Any], count: int) -> Levels:
    """Return the exact levels of a schedule of a name.

    Raises:
        ValueError: it is unknown, or T is not the number of numbers.
    """
    unknown = [key for key in settings if key not in KEYS]
    name, T = settings.get("schedule", "ddpm_linear"), settings.get("T", count)
    if unknown or name not in BETAS:
        raise ValueError(f"expected {', '.join(KEYS)}, with schedule one of {', '.join(BETAS)}, got {dict(settings)}")
    if not isinstance(T, int) or T < 2 or count != T:
        raise ValueError(f"expected T, the number of the file's numbers, which is {count}, got {T}")
    start, end = (float(settings.get(f"beta_{k}", b)) for k, b in zip(("start", "end"), BETAS[name], strict=True))
    return Levels(betas=[start + (end - start) * i / (T - 1) for i in range(T)])


def _named(row: Row, formula: Formula, adapter: Adapter, trial: Trial) -> Row:
    if row.verdict != "wrong":
        return row
    name = form_of(formula, adapter, trial, adapter, trial)
    return replace(row, explanation="; ".join([f"it is {name}"] * bool(name) + [row.explanation]))


def _each(trial: Trial, blank: Row) -> list[Row]:
    """Return a row for each number that is off, with how many of its digits are right."""
    return [replace(judged(Trial(trial.dtype, [case]), None, blank), explanation=_right(case)) for case in trial.cases]


def _right(case: Case) -> str:
    if not math.isfinite(case.got):
        return "no number"
    off = relative(case.got, case.exact, case.scale)
    right = max(0, math.floor(-math.log10(off))) if 0 < off < 1 else 0
    return f"{right} digits are right" if right else "no digit is right"


__all__ = ["check", "named", "read", "schedule"]
