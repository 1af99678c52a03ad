"""From numbers beside exact ones to a verdict, the smallest case that shows it, and why.

A formula is *right* where its error, when all is run in float64, is nothing beside what it is in the target's own
numbers, or beside any wrong formula's. Right and within the bound is exact, right and beyond it is weak, all else is
wrong.
"""

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import torch
from flint import arb

from udm.conformance.distance import FORMATS, NAMES, digits
from udm.conformance.measure import Case, Trial
from udm.conformance.verdict import Row, Verdict

RIGHT = 2.0**-30  # of the exact value: no wrong formula is as near as that at every entry
SHRINKS = 2.0**-10  # of the error in the target's own numbers: what was kept in float32 all the same
ROUNDED = 4  # units of the target's own dtype: an input that was rounded once before it came into float64


def judged(native: Trial, wide: Trial | None, row: Row) -> Row:
    """Return the row with its verdict: `wide` is the same trial in float64, or None if it cannot be run so."""
    row = _with(row, dtype=NAMES.get(native.dtype, str(native.dtype)))
    if native.absent:
        return _with(row, verdict="not offered", explanation=native.absent)
    if native.fault:
        return _with(row, verdict="undefined", explanation=native.fault)
    errors = [case.ulps(native.dtype) for case in native.cases]
    verdict, case, why = _verdict(native, wide, errors)
    got, known = repr(case.got), digits(case.exact)
    return _with(
        row,
        verdict=verdict,
        max_ulp=max(errors),
        case=case.label,
        got=got,
        exact=known,
        explanation=why,
        place=case.place,
    )


def _with(row: Row, **changes: object) -> Row:
    from dataclasses import replace

    return replace(row, **changes)  # type: ignore[arg-type]


def _verdict(native: Trial, wide: Trial | None, errors: Sequence[float]) -> tuple[Verdict, Case, str]:
    broken = [case for case in native.cases if not math.isfinite(case.got)]
    if broken:
        return "undefined", broken[0], f"not finite at {len(broken)} of {len(native.cases)} cases"
    beyond = [(error, case) for error, case in zip(errors, native.cases, strict=True) if error > case.bound]
    off = off_in_float64(native, wide)
    if off:
        shown = next((case for case in native.cases if case.place in off), next(iter(off.values())))
        return "wrong", shown, f"off at {len(off)} of {_count(native, wide)} cases, in float64 as well"
    if beyond:
        case = max(beyond, key=itemgetter(0))[1]
        own = wide is None or not wide.promoted or native.dtype == torch.float64
        told = "the error is one of rounding alone" if own else "in float64 the error vanishes"
        return "weak", case, f"beyond {case.bound:.0f} ulps at {len(beyond)} of {len(native.cases)} cases; {told}"
    case = native.cases[errors.index(max(errors))]
    return "exact", case, f"within {case.bound:.0f} ulps"


def _count(native: Trial, wide: Trial | None) -> int:
    """Return at how many places a formula was judged, in its own numbers or in float64."""
    return len({case.place for one in (native, wide) if one is not None for case in one.cases})


def off_in_float64(native: Trial, wide: Trial | None) -> dict[Any, Case]:
    """Return the cases, by place, at which the formula itself is off."""
    bits = FORMATS[native.dtype][0]
    if wide is None:
        return {case.place: case for case in native.cases if not _by_rounding(case, native.dtype)}
    if wide.fault or wide.absent:  # it cannot be run so: what it does in its own numbers decides
        return off_in_float64(native, None)
    own = {case.place: _part(case) for case in native.cases}
    slack = ROUNDED * 2.0**-bits
    # no less than its own numbers allow, so that what is right in float64 alone is not right
    found = {case.place: case for case in native.cases if case.room and not _by_rounding(case, native.dtype)}
    for case in wide.cases:
        allowed = max(RIGHT, slack, SHRINKS * own.get(case.place, 0.0))
        if not _part(case) <= allowed and (wide.promoted or not _by_rounding(case, wide.dtype)):
            found[case.place] = case
    return found


def _by_rounding(case: Case, dtype: torch.dtype) -> bool:
    """Return whether rounding explains an error: by the formula at levels that are rounded, where that is known."""
    if case.ulps(dtype) <= case.bound:
        return True
    if case.room is not None:
        return _part(case) <= case.room(dtype)
    return _part(case) <= (RIGHT if dtype == torch.float64 else 2.0 ** (-FORMATS[dtype][0] // 2))


def _part(case: Case) -> float:
    """Return the error as a part of the exact number, or as it is where that is 0 and nothing else has its size."""
    found = case.relative
    return abs(case.got) if math.isinf(found) and case.exact.contains(0) else found


def agrees(cases: Sequence[Case], values: Sequence[object], tolerance: float) -> bool:
    """Return whether the target's numbers are these values instead of the exact ones, at each case that has one."""
    from udm.conformance.distance import relative

    pairs = [(c, v) for c, v in zip(cases, values, strict=True) if v is not None and math.isfinite(c.got)]
    return len(pairs) > len(cases) // 2 and all(relative(c.got, v, _scale(c)) <= tolerance for c, v in pairs)  # type: ignore[arg-type]


def _scale(case: Case) -> arb | None:
    """Return the size by which errors are measured, if it is one."""
    return None if case.scale is None or case.scale.contains(0) else case.scale
