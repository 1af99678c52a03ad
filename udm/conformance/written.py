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
from udm.conformance.again import command
from udm.conformance.classify import judged
from udm.conformance.distance import exponent, relative
from udm.conformance.exact import Levels
from udm.conformance.formulas import FORMULAS, Formula
from udm.conformance.measure import OPERATIONS, Case, Trial, tried
from udm.conformance.named import form_of
from udm.conformance.verdict import Report, Row

LONGEST = 10_000  # lines: longer schedules are nobody's, and each number is compared with an exact one
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
    trial = _as_written(tried(formula, adapter, torch.float64), _units(file))
    blank = Row(formula.name, "undefined", formula.claim, reference.tag(formula.claim), reference.source(formula.claim))
    off = replace(trial, cases=[case for case in trial.cases if case.ulps(trial.dtype) > case.bound])
    if trial.cases and not off.cases:
        told = f"each of {len(trial.cases)} numbers is right in the digits that are written"
        rows: tuple[Row, ...] = (replace(judged(trial, None, blank), verdict="exact", explanation=told),)
    else:
        rows = (_named(judged(off, None, blank), formula, adapter, off), *_each(off, blank))
    again = command(str(file), settings, claim=name)
    return Report(str(file), "", dict(settings), rows, command=again)


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
    cells = [row[-1].strip() for row in _rows(file)]
    if cells and not _number(cells[0]):
        cells = cells[1:]  # a heading
    for line, cell in enumerate(cells, 1):
        if not _number(cell):
            raise ValueError(f"{file}, number {line}: expected a number, got {cell!r}")
    if not cells:
        raise ValueError(f"{file}: expected numbers, got none")
    return cells


def _rows(file: Path) -> list[list[str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")  # with or without the mark that spreadsheets put first
        lines = text.splitlines()
        if len(lines) > LONGEST:
            raise ValueError(f"expected at most {LONGEST} lines, got {len(lines)}")
        return [row for row in csv.reader(lines) if any(row) and not row[0].startswith("#")]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise ValueError(f"expected a file of numbers, got {str(file)!r}, which cannot be read: {fault}") from None
    except ValueError as fault:
        raise ValueError(f"{file}: {fault}") from None


def _number(text: str) -> bool:
    try:
        return bool(float(text)) or True
    except ValueError:
        return False


def _units(file: Path) -> list[float]:
    """Return the unit of the last digit with which each number is written, 0 if it has none but zeros."""
    return [_unit(text) for text in _texts(file)]


def _unit(text: str) -> float:
    digits, _, power = text.lower().partition("e")
    if not re.sub("[^1-9]", "", digits):
        return 0.0
    try:
        return 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    except OverflowError:
        return 0.0


def _as_written(trial: Trial, units: Sequence[float]) -> Trial:
    """Return the trial with the bounds of decimal numbers, a unit of the last digit that is rounded or cut off.

    Zeros have no digit that could be right, and a unit above half of the number is that of none.
    """
    cases = [case._replace(bound=max(case.bound, _written(case, units[case.place.t]))) for case in trial.cases]
    dtype = torch.float32 if trial.cases and all(_is_float32(case.got) for case in cases) else trial.dtype
    return Trial(dtype, [_in(case, dtype) for case in cases], trial.fault, trial.absent)


def _in(case: Case, dtype: torch.dtype) -> Case:
    """Return the case with its bound in units of a dtype, float32's where all numbers are float32's."""
    return (
        case._replace(room=None)
        if dtype == torch.float64
        else case._replace(bound=max(OPERATIONS, case.bound * 2.0**-29))
    )


def _is_float32(number: float) -> bool:
    return math.isfinite(number) and float(torch.tensor(number, dtype=torch.float32)) == number


def _written(case: Case, unit: float) -> float:
    """Return a unit of the last digit in float64's units at the exact number; only half of one away from zero."""
    exact = float(case.exact.mid())
    away = abs(case.got) > abs(exact)
    spacing = 2.0 ** (exponent(case.exact) - 52) if exact else math.inf
    return min(unit * (0.501 if away else 1.0), abs(exact) / 2) / spacing


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
    return f"{right} digit{'s are' if right > 1 else ' is'} right" if right else "no digit is right"


__all__ = ["check", "named", "read", "schedule"]
