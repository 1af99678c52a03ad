"""The numbers of a target beside the exact ones: each formula at its entries, in one batch of unequal t."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import torch
from flint import arb
from sympy import Rational

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter, dtype_of, numbers
from udm.conformance.channels import linear
from udm.conformance.distance import FORMATS, relative, ulps
from udm.conformance.formulas import CHANNELS, Formula
from udm.conformance.guard import Theirs, theirs
from udm.conformance.room import room

OPERATIONS = 8  # roundings of a formula itself, each at most one unit
TABLED = 2  # roundings of a factor of alpha-bar: 1 - beta, and the product
ENDS, BETWEEN = 24, 31  # entries of functions: those at both ends, and each so many between
MIRRORED = 10**9  # in place of a number of entries: counted from the other end
STRIDES = (1, 2, 3, 10, 111)


class Place(NamedTuple):
    """Where a formula is judged: entries, a setting, a channel."""

    t: int
    s: int
    setting: int = 0
    channel: str = ""


class Case(NamedTuple):
    """A number of the target and the exact one."""

    label: str
    got: float
    exact: arb
    bound: float
    place: Any = None
    scale: arb | None = None  # the size by which the error is measured, if it is not that of the exact number
    room: Callable[[torch.dtype], float] | None = None  # the largest relative error that rounding explains, if known

    def ulps(self, dtype: torch.dtype) -> float:
        """Return the error in units in the last place."""
        return ulps(self.got, self.exact, dtype, self.scale)

    @property
    def relative(self) -> float:
        """The error as a part of the exact number, or of the scale."""
        return relative(self.got, self.exact, self.scale)


@dataclass(frozen=True)
class Trial:
    """What a check found: cases, from the smallest on, or why there are none."""

    dtype: torch.dtype
    cases: Sequence[Case] = ()
    fault: str = ""
    absent: str = ""
    promoted: bool = True  # whether in float64 the target's own tables are float64 too


def entries(T: int) -> list[int]:
    """Return the entries at which functions are judged: both ends, and some between."""
    return [t for t in range(T) if t < ENDS or t >= T - ENDS or t % BETWEEN == 0]


def tried(formula: Formula, adapter: Adapter, dtype: torch.dtype, shift: int = 0) -> Trial:
    """Return what a target has for a formula, called with t + shift, beside the exact values."""
    offered = adapter.functions.get(formula.name)
    if offered is None:
        return Trial(dtype, absent="nothing of this name")
    try:
        found, kind = _called(formula, adapter, offered, dtype, shift)
    except Theirs as fault:
        return Trial(dtype, absent=fault.lacks, fault="" if fault.lacks else str(fault))
    cases = tuple(_cases(formula, adapter, found, kind))
    return Trial(kind, cases) if cases else Trial(kind, absent="there is no exact value at any entry")


Found = list[tuple[Place, float]]


def _called(
    formula: Formula, adapter: Adapter, offered: Any, dtype: torch.dtype, shift: int
) -> tuple[Found, torch.dtype]:
    if formula.kind == "table":
        return _table(formula, adapter, theirs(offered)() if callable(offered) else offered, shift)
    if formula.kind == "function":
        every = range(adapter.T) if dtype == torch.float64 else entries(adapter.T)  # in one dtype at all
        ts = list(adapter.entries.get(formula.name) or every)
        rows = linear(offered, len(formula.inputs), torch.tensor(ts) + shift, dtype)
        return [
            (Place(t, t - 1, 0, c), n) for t, row in zip(ts, rows, strict=True) for c, n in _by(formula, row)
        ], dtype
    if formula.kind == "free":
        return _free(formula, offered, dtype), dtype
    return _settings(formula, adapter, offered, shift)


def _by(formula: Formula, row: Sequence[float]) -> Iterable[tuple[str, float]]:
    return zip(formula.inputs, row, strict=True)


def _table(formula: Formula, adapter: Adapter, table: Any, shift: int) -> tuple[Found, torch.dtype]:
    found = theirs(numbers)(table)
    if len(found) != adapter.T + shift:
        raise Theirs(ValueError(f"expected a table of {adapter.T + shift} numbers, got {len(found)}"))
    made = [(Place(t, t - 1), found[t + shift]) for t in range(formula.first, adapter.T)]
    return made, dtype_of(table)


def _free(formula: Formula, offered: Any, dtype: torch.dtype) -> Found:
    found: Found = []
    for k, (setting, _) in enumerate(formula.settings):
        (row,) = linear(lambda a, b, _, w=setting: offered(a, b, w), len(formula.inputs), torch.tensor([0]), dtype)
        found += [(Place(0, -1, k, c), n) for c, n in _by(formula, row)]
    return found


def _settings(formula: Formula, adapter: Adapter, offered: Any, shift: int) -> tuple[Found, torch.dtype]:
    pairs = [(t, t - 1) for t in entries(adapter.T) if t >= formula.first]
    if formula.kind == "between":
        pairs = [(t, t - n) for n in STRIDES for t in range(n, adapter.T, max(n, BETWEEN))]
    ts, ss = (torch.tensor(one) + shift for one in zip(*pairs, strict=True))
    found, kind = Found(), torch.float64
    for k, (setting, _) in enumerate(formula.settings or ((math.nan, {}),)):
        told = [ts, ss] if formula.kind == "between" else [ts]
        told += [setting] if formula.settings else []
        made = theirs(lambda told=told: torch.as_tensor(offered(*told)))()
        if made.shape != ts.shape:
            raise Theirs(ValueError(f"expected a number for each t, {tuple(ts.shape)}, got {tuple(made.shape)}"))
        kind = dtype_of(made)
        found += [(Place(t, s, k), n) for (t, s), n in zip(pairs, theirs(numbers)(made), strict=True)]
    return found, kind


def _cases(formula: Formula, adapter: Adapter, found: Found, dtype: torch.dtype) -> Iterator[Case]:
    part = formula.part(reference.answer(formula.claim))
    sizes: dict[tuple[int, int, int], arb] = {}
    ratio = _ratio(adapter.table_dtype, dtype)
    for place, got in found:
        known = _value(formula, adapter, part, place)
        if known is None:
            continue
        key = place[:3]
        sizes[key] = max(sizes.get(key, abs(known)), abs(known), key=float)
        bound = OPERATIONS + TABLED * (place.t + 1) * ratio
        scale = None if not known.contains(0) else sizes[key]
        explained = partial(_room, formula, adapter, part, place, known, known if scale is None else scale)
        yield Case(_label(formula, place), got, known, bound, place, scale, explained)


def _room(
    formula: Formula, adapter: Adapter, part: Any, place: Place, known: arb, scale: arb, dtype: torch.dtype
) -> float:
    """Return the largest error at a place that rounding explains, as a part of the scale."""
    at = _symbols(formula, adapter, place, 0)

    def evaluate(values: reference.Values) -> arb | None:
        return _valued(formula, adapter, part, values)

    return room(at, place.t, place.s, known, scale, evaluate, adapter.table_dtype, dtype)


def _ratio(table: torch.dtype, dtype: torch.dtype) -> float:
    """Return how large a unit of the table is beside one of the dtype, at most 1: fewer digits excuse none."""
    return min(1.0, 2.0 ** (FORMATS[dtype][0] - FORMATS.get(table, (53, 0))[0]))


def _value(formula: Formula, adapter: Adapter, part: Any, place: Place, moved: int = 0) -> arb | None:
    """Return the exact value of an expression at a place, or None if there is none."""
    try:
        return _valued(formula, adapter, part, _symbols(formula, adapter, place, moved))
    except reference.NOWHERE:
        return None


def _valued(formula: Formula, adapter: Adapter, part: Any, at: reference.Values) -> arb | None:
    try:
        found = reference.value(part, at)
        if adapter.space == "ve" and formula.name.startswith("add_noise"):
            with precision(reference.BITS):
                found = found / at["alpha_t"]
        return found
    except (*reference.NOWHERE, KeyError):
        return None


def _symbols(formula: Formula, adapter: Adapter, place: Place, moved: int) -> dict[str, arb]:
    at: dict[str, arb] = {}
    if formula.kind != "free" and adapter.levels is not None:
        by = formula.shift + (moved if moved != MIRRORED else adapter.T - 1 - 2 * place.t)
        at |= adapter.levels.between(place.t + by, max(place.s + by, -1))
    for channel, spelled in CHANNELS.items():
        at |= dict.fromkeys(spelled, arb(1 if channel == place.channel else 0))
    if formula.settings:
        at |= {name: arb(number) for name, number in formula.settings[place.setting][1].items()}
    return at


def _label(formula: Formula, place: Place) -> str:
    parts = [] if formula.kind == "free" else [f"t = {place.t}"]
    parts += [f"s = {place.s}"] if formula.kind == "between" else []
    parts += [f"setting {formula.settings[place.setting][0]:g}"] if formula.settings else []
    parts += [f"the factor of {place.channel}"] if place.channel else []
    return ", ".join(parts)


def other_forms(formula: Formula) -> Iterator[tuple[str, Any, int]]:
    """Yield what is known to be mistaken for a formula: a name, the expression, by how many entries it is moved."""
    right = formula.part(reference.answer(formula.claim))
    for name, form, breaks in reference.wrong(formula.claim):
        if (part := formula.part(form)) != right:
            yield f"{name} ({breaks})" if breaks else name, part, 0
    for moved, words in ((1, "the value of entry t + 1"), (-1, "the value of entry t - 1")):
        yield words, right, moved
    yield "the value of entry T - 1 - t", right, MIRRORED
    yield "the sign is turned", -right, 0
    half = Rational(1, 2)
    for power, words in (
        (2, "the square of the right value"),
        (half, "the root of the right value"),
        (-1, "its inverse"),
    ):
        if formula.kind in ("table", "between", "setting"):
            yield words, right**power, 0
    for name, form, _ in reference.slips(formula.claim):
        if (part := formula.part(form)) != right:
            yield f"a slip: {name}", part, 0


def form_values(
    formula: Formula, adapter: Adapter, part: Any, moved: int, places: Iterable[Place]
) -> Iterator[arb | None]:
    """Yield the values of another form at places."""
    return (_value(formula, adapter, part, place, moved) for place in places)


__all__ = ["Case", "Place", "Trial", "entries", "form_values", "other_forms", "tried"]
