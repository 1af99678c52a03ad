"""Conventions: a fixed list of maps. One that makes *every* formula that it touches exact is a convention."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch

from udm.conformance.adapter import Adapter
from udm.conformance.classify import judged
from udm.conformance.distance import NAMES
from udm.conformance.formulas import BY_NAME, Formula
from udm.conformance.measure import Trial
from udm.conformance.verdict import ALARMS, Row


class Map(NamedTuple):
    """A map between two ways of writing: by how many entries t is counted otherwise, or another part of the claim."""

    name: str
    says: str
    shift: int = 0
    forms: tuple[tuple[str, str], ...] = ()  # the formulas that it touches, with the field of the answer that each is


MAPS = (
    Map("index+1", "t counts the steps from 1, not the entries from 0", shift=1),
    Map("w=1+w", "the scale is 1 + w: 1 is none, not 0", forms=(("guide", "by_scale"),)),
)
DTYPES = {name: dtype for dtype, name in NAMES.items()}
Rows = list[tuple[Formula, Row]]
Again = Callable[[Formula, torch.dtype, int, bool], Trial | None]


def under_a_map(adapter: Adapter, rows: Rows, again: Again) -> list[Row]:
    """Return the rows, those that a convention makes exact with the verdict convention."""
    for one in MAPS:
        touched = [k for k, (f, row) in enumerate(rows) if _touches(one, f) and row.verdict != "not offered"]
        if not touched or not any(rows[k][1].verdict in ALARMS for k in touched):
            continue
        changed = {k: _mapped(one, adapter, *rows[k], again) for k in touched}
        if not any(row.verdict in ALARMS or row.verdict == "not offered" for row in changed.values()):
            rows = [(f, _convention(one, changed[k]) if k in changed else row) for k, (f, row) in enumerate(rows)]
    return [row for _, row in rows]


def _touches(one: Map, formula: Formula) -> bool:
    return formula.kind != "free" if one.shift else formula.name in dict(one.forms)


def _mapped(one: Map, adapter: Adapter, formula: Formula, row: Row, again: Again) -> Row:
    dtype = DTYPES.get(row.dtype, torch.float64)
    if one.shift:
        return judged(_here(formula, dtype, again, one.shift), again(formula, torch.float64, one.shift, True), row)
    field = dict(one.forms)[formula.name]
    other = BY_NAME[formula.name]._replace(part=lambda a: getattr(a, field))
    return judged(_here(other, dtype, again, 0), again(other, torch.float64, 0, True), row)


def _here(formula: Formula, dtype: torch.dtype, again: Again, shift: int) -> Trial:
    return again(formula, dtype, shift, False) or Trial(dtype, absent="nothing of this name")


def _convention(one: Map, row: Row) -> Row:
    return replace(row, verdict="convention", explanation=f"{one.name}: {one.says}")
