"""The same numbers in every state: after `set_timesteps`, amid steps, set again, and for each example of a batch.

Each check compares a target with itself, so it needs no exact value: what it offers is compared with the exact values
in the state where it is new, or where its steps have been set.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor

from udm.conformance.adapter import Adapter, Sampler, numbers
from udm.conformance.channels import SIZE, Draws, linear, units
from udm.conformance.formulas import BY_NAME
from udm.conformance.guard import Theirs, theirs
from udm.conformance.measure import entries
from udm.conformance.verdict import Row
from udm.conformance.walk import DRAWN, PER_STEP, taken, walked

STEPS, OTHERS = 10, 4  # set, and set before
STATES = ("state.set", "state.loop", "state.twice", "batch.single", "batch.step")
UNIT = 2.0**-23  # of float32
ROUNDED = 4 * UNIT  # a product, a sum and a cast may be fused for a batch and not for one example
Numbers = Mapping[tuple[str, str], float]  # by formula and place
Found = Iterator[tuple[str, str, str, str]]  # the case, what was got, what was expected, why


class Unasked(Exception):
    """There are no numbers to compare with."""


def told(name: str, fresh: Callable[[], Adapter]) -> Row:
    """Return the row of a check: exact where no case breaks it, or else its first.

    Args:
        name: of the check.
        fresh: makes the adapter of the target, as it is when new.
    """
    adapter = fresh()
    live = (adapter.live or fresh)()
    why = _absent(name, fresh())
    if why:
        return Row(name, "not offered", explanation=why)
    tell = {"state.set": _set, "state.loop": _loop, "state.twice": _twice}
    tell |= {"batch.single": _single, "batch.step": _batched}
    try:
        first = next(tell[name](adapter, live), None)
    except Unasked as lack:
        return Row(name, "not offered", explanation=str(lack))
    if first is None:
        return Row(name, "exact", explanation="no case breaks it")
    case, got, known, because = first
    verdict = "undefined" if got.endswith("!") else "wrong"
    return Row(name, verdict, dtype="float32", case=case, got=got.rstrip("!"), exact=known, explanation=because)


def _absent(name: str, adapter: Adapter) -> str:
    if name == "batch.single":
        return "" if _functions(adapter) else "no function of t at entries"
    if name == "batch.step":
        return "" if adapter.batch_step is not None else "no step that takes a batch of t"
    if adapter.sampler is None:
        return adapter.excused.get("sampler", "no timesteps and step")
    fault = walked(adapter, _steps(adapter), torch.float32)
    return fault.fault or fault.absent  # which the checks of the sampler report


def _steps(adapter: Adapter) -> int:
    return min(STEPS, adapter.T or STEPS)


def _functions(adapter: Adapter) -> dict[str, list[int]]:
    """Return the functions of t that are compared, with their entries: of a scheduler, those of its timesteps."""
    names = [name for name in adapter.functions if name in BY_NAME and BY_NAME[name].kind == "function"]
    grid = adapter.entries.get("add_noise_on_grid")
    if adapter.config:  # a scheduler, which need not know another entry
        return {name: list(grid) for name in names if name != "add_noise_on_grid"} if grid else {}
    return {name: entries(adapter.T) for name in names}


def _numbers(adapter: Adapter, asked: Mapping[str, list[int]]) -> dict[tuple[str, str], float]:
    """Return what an object offers now: its functions in a batch, and its tables."""
    found: dict[tuple[str, str], float] = {}
    for name, ts in asked.items():
        rows = linear(adapter.functions[name], len(BY_NAME[name].inputs), torch.tensor(ts), torch.float32)
        for t, row in zip(ts, rows, strict=True):
            found |= {(name, f"t = {t}, the factor of {c}"): n for c, n in zip(BY_NAME[name].inputs, row, strict=True)}
    for name, table in adapter.functions.items():
        if name in BY_NAME and BY_NAME[name].kind == "table":
            shown = theirs(lambda table=table: numbers(table() if callable(table) else table))()
            found |= {(name, f"t = {t}"): n for t, n in enumerate(shown)}
    return found


def _first(adapter: Adapter, asked: Mapping[str, list[int]]) -> Numbers:
    try:
        found = _numbers(adapter, asked)
    except Theirs as fault:  # which the checks of its functions report
        raise Unasked(str(fault)) from None
    if not found:
        raise Unasked("no table, and no function at its timesteps")
    return found


def _other(when: str, before: Numbers, now: Numbers, allowed: float = ROUNDED) -> Found:
    """Yield where numbers are others than they were."""
    for (name, place), known in before.items():
        got = now.get((name, place))
        if got is None or not _same(got, known, allowed):
            yield f"{name}, {when}: {place}", repr(got), repr(known), "its state changes the numbers"


def _same(got: float, known: float, allowed: float) -> bool:
    return got == known or got != got != known != known or abs(got - known) <= allowed * max(1.0, abs(known))


def _raised(when: str, fault: Theirs) -> tuple[str, str, str, str]:
    return when, f"{fault.kind}!", "the same numbers", str(fault)


def _set(adapter: Adapter, live: Adapter) -> Found:
    """After its steps are set, it has the numbers of a new one; of a scheduler, whose functions may need them, tables.

    What a scheduler's functions are at its timesteps is compared with exact values by another check.
    """
    asked = {} if adapter.config else _functions(adapter)
    assert live.sampler is not None
    before = _first(adapter, asked)
    when = f"{_steps(adapter)} steps set"
    live.sampler(_steps(adapter))
    try:
        now = _numbers(live, asked)
    except Theirs as fault:
        yield _raised(when, fault)
        return
    yield from _other(when, before, now)


def _loop(adapter: Adapter, live: Adapter) -> Found:
    """Amid its steps and after the last it has the numbers that it had before the first."""
    assert live.sampler is not None
    asked = _functions(adapter)
    sampler = live.sampler(_steps(adapter))
    before = _first(live, asked)
    last = len(sampler.names) - 1
    for one in taken(sampler, torch.float32):
        if one.i not in (0, last // 2, last):
            continue
        when = f"after step {one.i + 1} of {_steps(adapter)}"
        try:
            now = _numbers(live, asked)
        except Theirs as fault:
            yield _raised(when, fault)
            return
        yield from _other(when, before, now)


def _twice(adapter: Adapter, live: Adapter) -> Found:
    """Set to other steps before, some or all of them taken, it goes the way of a new one."""
    assert live.sampler is not None and adapter.sampler is not None
    steps, others = _steps(adapter), min(OTHERS, adapter.T or OTHERS)
    fresh = walked(adapter, steps, torch.float32)
    for count in (0, others // 2, others):
        when = f"{steps} steps, set after {count} of {others} others"
        _disturbed(live.sampler(others), count, len(fresh.sampler.names) if fresh.sampler else 0)
        again = walked(live, steps, torch.float32)
        if again.fault:
            yield when, f"{again.fault.partition(':')[0]}!", "the same steps", again.fault
            return
        names = fresh.sampler and fresh.sampler.names, again.sampler and again.sampler.names
        if names[0] != names[1]:
            yield when, f"{names[1]}", f"{names[0]}", "its timesteps are others than those of a new one"
        for one, two in zip(fresh.seen, again.seen, strict=True):
            allowed = PER_STEP * (one.i + 1) * UNIT
            size = max(map(abs, one.before))
            for what, known, got in zip(("x_0", "eps", "all noise"), one.after, two.after, strict=True):
                if not _same(got, known, allowed * max(1.0, size)):
                    place = f"{when}: step {one.i + 1}, the factor of {what}"
                    yield place, repr(got), repr(known), "what it was set to before changes its steps"


def _disturbed(sampler: Sampler, count: int, steps: int) -> None:
    """Take some steps with predictions that none of the right ones is, so that what is left of them shows."""
    width = 2 + DRAWN * max(steps, len(sampler.names))
    z, guess = units(2, width, torch.float32)
    with Draws(2, width), suppress(Theirs):  # such as steps of which there are fewer
        for i in range(count):
            z, _ = sampler.step(guess * 3 * (i + 1), i, z)


def _single(adapter: Adapter, live: Adapter) -> Found:
    """Each example of a batch of unequal t has what it has alone, and in a batch of its own t, wherever it stands."""
    ran = 0
    for name, ts in _functions(adapter).items():
        function, count = adapter.functions[name], len(BY_NAME[name].inputs)
        some = ts[:: max(1, len(ts) // 8)]
        try:
            together = list(linear(function, count, torch.tensor(some), torch.float32))
        except Theirs:  # which the check of the function reports
            continue
        ran += 1
        for batch in ([t] for t in some), ([t, t] for t in some), [some[::-1]]:
            for asked in batch:
                yield from _alone(name, function, asked, dict(zip(some, together, strict=True)))
    if not ran:
        raise Unasked("no function takes a batch of unequal t")


def _alone(name: str, function: Any, asked: list[int], known: Mapping[int, Any]) -> Found:
    inputs = BY_NAME[name].inputs
    shown = f"t = {', '.join(map(str, asked))}"
    try:
        rows = list(linear(function, len(inputs), torch.tensor(asked), torch.float32))
    except Theirs as fault:
        yield _raised(f"{name}, a batch of {shown}", fault)
        return
    for t, row in zip(asked, rows, strict=True):
        for channel, got, right in zip(inputs, row, known[t], strict=True):
            if not _same(got, right, ROUNDED):
                place = f"{name}, a batch of {shown}: the factor of {channel} at t = {t}"
                yield place, repr(got), repr(right), "in a batch of other t it has another factor"


def _batched(adapter: Adapter, live: Adapter) -> Found:
    """A step of a batch of unequal t does to each example what it does to it alone."""
    assert adapter.batch_step is not None
    ts = entries(adapter.T)[:: max(1, len(entries(adapter.T)) // 8)]
    state = (torch.arange(4.0).reshape(1, 1, 1, 4) + 1).expand(len(ts), 1, 1, 4) * SIZE
    guess = state.flip(-1)
    try:
        together = adapter.batch_step(guess, torch.tensor(ts), state)
        alone = [adapter.batch_step(guess[:1], torch.tensor([t]), state[:1]) for t in ts]
    except Theirs as fault:
        yield _raised(f"a batch of t = {', '.join(map(str, ts))}", fault)
        return
    for t, one, row in zip(ts, alone, together, strict=True):
        yield from _rows(t, one.reshape(-1), row.reshape(-1))


def _rows(t: int, alone: Tensor, row: Tensor) -> Found:
    for got, known in zip(row.tolist(), alone.tolist(), strict=True):
        if not _same(got, known, PER_STEP * UNIT):
            yield f"t = {t} in a batch of other t", repr(got), repr(known), "the step of another t is taken"
