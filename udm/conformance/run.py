"""All checks of a target, each by itself: one that raises, hangs or prints stops none of the others."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import torch

from udm.conformance import exact as reference
from udm.conformance import laws, order, walk
from udm.conformance.adapter import Adapter
from udm.conformance.again import command
from udm.conformance.classify import judged
from udm.conformance.conventions import under_a_map
from udm.conformance.distance import NAMES
from udm.conformance.formulas import FORMULAS, Formula
from udm.conformance.guard import FAULTS, Theirs, TooLong, heard, limit, raised, theirs
from udm.conformance.measure import Trial, tried
from udm.conformance.named import form_of, landing_of, noise_of
from udm.conformance.properties import PROPERTIES, checked
from udm.conformance.script import Making
from udm.conformance.states import STATES, told
from udm.conformance.target import Target, in_float64
from udm.conformance.verdict import Report, Row

SECONDS = 60.0
LATE = "it did not end within"
DTYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
SAMPLED = {
    "sampler.marginal": ("ddim.marginal", walk.marginal),
    "sampler.x0": ("vdm.param.eps", walk.predicted),
    "sampler.noise": ("ddim.eta", walk.noisy),
}
NAMED = (*(formula.name for formula in FORMULAS), *SAMPLED, *PROPERTIES, *STATES, laws.LAW, order.ORDER)
Walks = list[walk.Walk]


class Asked(NamedTuple):
    """What is checked: the target as it is, and in float64 if it can be made so; how long, and by which checks."""

    target: Target
    native: Adapter
    wide: Adapter | None
    seconds: float
    only: frozenset[str]


def check(target: Target, steps: Sequence[int] = (), seconds: float = SECONDS, only: Collection[str] = ()) -> Report:
    """Run every check on a target.

    Args:
        target: what is checked.
        steps: the numbers of steps for which its sampler is run; small ones, divisors and all entries if none.
        seconds: the time that each check may take.
        only: the names of the checks that are run; all if none.

    Returns:
        Its rows: every check that exists, run or not.
    """
    with heard() as said, torch.no_grad():
        native = _made(target)
        native.steps = tuple(steps) or native.steps
        wide = _wide(target, native)
        asked = Asked(target, native, wide, seconds, frozenset(only) or frozenset(NAMED))
        rows = [*_formulas(asked), *_sampler(asked), *_properties(asked), *_states(asked), _law(asked), _order(asked)]
    again = command(target.name, target.config, steps=steps)
    making = _making(target, native)
    return Report(target.name, target.version, dict(target.config), tuple(rows), said(), making, again)


def _making(target: Target, native: Adapter) -> Making | None:
    return target.making and replace(target.making, code=native.code)


def _made(target: Target) -> Adapter:
    try:
        return target.adapter()
    except FAULTS as fault:
        raise ValueError(f"{target.name}: expected to make it again, got {raised(fault)}") from None


def _wide(target: Target, native: Adapter) -> Adapter | None:
    """Return the target made again in float64, or None if it cannot be."""
    if not target.remade:
        return None
    with suppress(*FAULTS), in_float64(target):
        wide = target.adapter()
        wide.steps = native.steps
        return wide
    return None


def _properties(asked: Asked) -> Iterator[Row]:
    for name in PROPERTIES:
        row = Row(name, "undefined")
        yield (
            _limited(row, asked.seconds, lambda n=name: checked(n, asked.native))
            if name in asked.only
            else _unasked(row)
        )


def _states(asked: Asked) -> Iterator[Row]:
    for name in STATES:
        row = Row(name, "undefined")
        run = partial(told, name, theirs(asked.target.adapter))
        yield _limited(row, asked.seconds, run) if name in asked.only else _unasked(row)


def _law(asked: Asked) -> Row:
    row = replace(_blank(laws.LAW, "ddim.eta"), dtype="float32")
    if laws.LAW not in asked.only:
        return _unasked(row)
    if asked.native.sampler is None:
        return replace(row, verdict="not offered", explanation=asked.native.excused.get("sampler", "no sampler"))
    return _limited(row, asked.seconds, lambda: judged(laws.trial(asked.native, torch.float32), _law_again(asked), row))


def _order(asked: Asked) -> Row:
    row = replace(_blank(order.ORDER, order.FLOW), dtype="float32")
    if order.ORDER not in asked.only:
        return _unasked(row)
    reference.answer(order.DDIM)  # is built before the time of the check begins
    return _limited(row, asked.seconds, lambda: order.told(asked.native, row))


def _law_again(asked: Asked) -> Trial | None:
    if asked.wide is None or asked.wide.sampler is None:
        return None
    with in_float64(asked.target):
        return laws.trial(asked.wide, torch.float64)


def _formulas(asked: Asked) -> list[Row]:
    rows: list[tuple[Formula, Row]] = []
    for formula in FORMULAS:
        kinds = _kinds(formula)
        run = formula.name in asked.only
        if run:
            reference.answer(formula.claim)  # is built before the time of the check begins
        again = _again(asked, formula) if run and formula.name in asked.native.functions else None
        for dtype, row in zip(kinds, _rows_of(formula), strict=True):
            one = partial(_one, asked, formula, dtype, row, again)
            rows.append((formula, _limited(row, asked.seconds, one) if run else _unasked(row)))
    late = any(row.explanation.startswith(LATE) for _, row in rows)  # what hangs is not called again and again
    return [row for _, row in rows] if late else under_a_map(asked.native, rows, partial(_elsewhere, asked))


def _kinds(formula: Formula) -> Sequence[torch.dtype]:
    return DTYPES if formula.kind in ("function", "free") else DTYPES[:1]


def _rows_of(formula: Formula) -> Iterator[Row]:
    kinds = _kinds(formula)
    row = _blank(formula.name, formula.claim)
    for dtype in kinds:
        yield replace(row, dtype=NAMES[dtype], several=True) if len(kinds) > 1 else row


def _blank(name: str, claim: str) -> Row:
    return Row(name, "undefined", claim, reference.tag(claim), _source(claim))


def blank() -> Iterator[Row]:
    """Yield the row of every check that exists, as it is before the check has run."""
    for formula in FORMULAS:
        yield from _rows_of(formula)
    yield from (replace(_blank(name, claim), dtype="float32") for name, (claim, _) in SAMPLED.items())
    yield from (Row(name, "undefined") for name in (*PROPERTIES, *STATES))
    yield replace(_blank(laws.LAW, "ddim.eta"), dtype="float32")
    yield replace(_blank(order.ORDER, order.FLOW), dtype="float32")


def _elsewhere(asked: Asked, formula: Formula, dtype: torch.dtype, shift: int, wide: bool) -> Trial | None:
    """Return the trial with t counted otherwise; `wide` is the one in float64, if there is one."""
    try:
        return _again(asked, formula, shift) if wide else _timed(asked, formula, dtype, shift)
    except TooLong:
        return Trial(dtype, fault=LATE)


def _timed(asked: Asked, formula: Formula, dtype: torch.dtype, shift: int) -> Trial:
    with limit(asked.seconds):
        return tried(formula, asked.native, dtype, shift)


def _unasked(row: Row) -> Row:
    return replace(row, verdict="not offered", explanation="not asked for")


def _source(claim: str) -> str:
    return reference.source(claim)


def _again(asked: Asked, formula: Formula, shift: int = 0) -> Trial | None:
    """Return the trial in float64: of the target made in float64, or else of its own tables on float64 data."""
    try:
        with limit(asked.seconds):
            if asked.wide is None:
                functional = formula.kind in ("function", "free")
                found = tried(formula, asked.native, torch.float64, shift) if functional else None
                return replace(found, promoted=False) if found else None
            with in_float64(asked.target):
                return tried(formula, asked.wide, torch.float64, shift)
    except TooLong:
        return None


def _one(asked: Asked, formula: Formula, dtype: torch.dtype, row: Row, again: Trial | None) -> Row:
    trial = tried(formula, asked.native, dtype)
    found = judged(trial, again, row)
    if found.verdict != "wrong":
        return found
    name = form_of(formula, asked.wide or asked.native, again or trial, asked.native, trial)
    return _because(found, f"it is {name}" if name else "")


def _because(row: Row, why: str) -> Row:
    return replace(row, explanation=f"{why}; {row.explanation}") if why else row


def _sampler(asked: Asked) -> Iterator[Row]:
    rows = [replace(_blank(name, claim), dtype="float32") for name, (claim, _) in SAMPLED.items()]
    if not asked.only & SAMPLED.keys():
        yield from map(_unasked, rows)
        return
    if asked.native.sampler is None:
        why = asked.native.excused.get("sampler", "no timesteps and step")
        yield from (replace(row, verdict="not offered", explanation=why) for row in rows)
        return
    walks, again, late = _walks(asked)
    for row in rows:
        run = partial(_sampled, asked, row, walks, again)
        if row.check not in asked.only:
            yield _unasked(row)
            continue
        yield replace(row, explanation=late) if late else _limited(row, asked.seconds, run)


def _walks(asked: Asked) -> tuple[Walks, Walks | None, str]:
    native, wide = asked.native, asked.wide
    try:
        with limit(asked.seconds):
            walks = [walk.walked(native, steps, torch.float32) for steps in native.steps]
        if wide is None or wide.sampler is None:
            return walks, None, ""
        with limit(asked.seconds), in_float64(asked.target):
            return walks, [walk.walked(wide, steps, torch.float64) for steps in native.steps], ""
    except TooLong:
        return [], None, f"{LATE} {asked.seconds:g} seconds"


def _sampled(asked: Asked, row: Row, walks: Walks, again: Walks | None) -> Row:
    cases = SAMPLED[row.check][1]
    if row.check == "sampler.noise" and all(one.sampler is None or one.sampler.noise is None for one in walks):
        return replace(row, verdict="not offered", explanation="only the marginals of its noise are known")
    trial = walk.trial(walks, asked.native, torch.float32, cases)
    other = None if again is None or asked.wide is None else walk.trial(again, asked.wide, torch.float64, cases)
    found = replace(judged(trial, other, row), told_of=_told_of(walks))
    if found.verdict != "wrong":
        return found
    if row.check == "sampler.noise":
        return _because(found, noise_of(walks, found.case))
    return _because(found, landing_of(asked.native, walks, found.case))


def _told_of(walks: Walks) -> tuple[tuple[str, Any], ...]:
    sampler = next((one.sampler for one in walks if one.sampler is not None), None)
    return tuple((name, getattr(sampler, name)) for name in ("predicts", "by_table", "space")) if sampler else ()


def _limited(row: Row, seconds: float, run: Callable[[], Row]) -> Row:
    try:
        with limit(seconds):
            return run()
    except TooLong:
        return replace(row, verdict="undefined", explanation=f"{LATE} {seconds:g} seconds")
    except Theirs as fault:
        return replace(row, verdict="undefined", explanation=str(fault))
