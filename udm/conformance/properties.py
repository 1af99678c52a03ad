"""Checks that need no reference: timesteps in range and falling, levels that agree, finite tables, no side effect."""

import math
from collections.abc import Callable, Iterator

import torch

from derivations.arithmetic.ball import precision
from udm.conformance.adapter import Adapter, Grid
from udm.conformance.exact import BITS, of_sigma
from udm.conformance.guard import Theirs, theirs
from udm.conformance.verdict import Row

PROPERTIES = ("grid.range", "grid.falling", "grid.sigma", "tables.finite", "tables.kept")
HALF = 0.5 + 2.0**-8  # of an entry: a timestep is rounded to the nearest, in float32
Found = Iterator[tuple[str, str, str, str]]  # the case, what was got, what was expected, why


def checked(name: str, adapter: Adapter) -> Row:
    """Return the row of a property: exact where no case breaks it, or else its first."""
    if name in ("grid.range", "grid.falling", "grid.sigma"):
        return _of_grids(name, adapter)
    if adapter.public is None:
        return Row(name, "not offered", explanation="no public tables")
    return _row(
        name,
        (_finite if name == "tables.finite" else _kept)(adapter),
        "undefined" if name == "tables.finite" else "wrong",
    )


def _row(name: str, found: Found, bad: str, ran: str = "no case breaks it") -> Row:
    first = next(found, None)
    if first is None:
        return Row(name, "exact", explanation=ran)
    case, got, known, why = first
    return Row(name, bad, case=case, got=got, exact=known, explanation=why)  # type: ignore[arg-type]


def _of_grids(name: str, adapter: Adapter) -> Row:
    if adapter.grid is None:
        return Row(name, "not offered", explanation=adapter.excused.get("sampler", "no timesteps"))
    grids: list[tuple[int, Grid]] = []
    fault = ""
    for steps in adapter.steps:
        try:
            grids.append((steps, adapter.grid(steps)))
        except Theirs as raised:
            fault = fault or f"{steps} steps: {raised}"
    if name == "grid.sigma" and all(grid.sigmas is None or not _whole(grid) for _, grid in grids):
        return Row(name, "not offered", explanation="no sigmas beside its timesteps, or these lie between entries")
    tell = {"grid.range": _range, "grid.falling": _falling, "grid.sigma": _sigma}[name]
    row = _row(name, (case for steps, grid in grids for case in tell(adapter, steps, grid)), "wrong")
    return Row(name, "undefined", explanation=fault) if row.verdict == "exact" and fault else row


def _range(adapter: Adapter, steps: int, grid: Grid) -> Found:
    for t in grid.timesteps:
        if not 0 <= t <= adapter.T - 1:
            yield f"{steps} steps", f"t = {t:g}", f"0 <= t <= {adapter.T - 1}", "the network was never trained there"


def _falling(adapter: Adapter, steps: int, grid: Grid) -> Found:
    """Each timestep is below the one before, unless a step has several stages there, of one noise level."""
    for i, (t, after) in enumerate(zip(grid.timesteps, grid.timesteps[1:], strict=False)):
        staged = grid.repeats or (grid.sigmas is not None and grid.sigmas[i] == grid.sigmas[i + 1])
        if after > t or (after == t and not staged) or math.isnan(after - t):
            why = "two steps ask the network at one time" if after == t else "a step goes back to more noise"
            yield f"{steps} steps, steps {i + 1} and {i + 2}", f"t = {t:g}, then {after:g}", "falling timesteps", why
    if grid.sigmas is None or grid.repeats:
        return
    for i, (t, after) in enumerate(zip(grid.timesteps, grid.timesteps[1:], strict=False)):
        if after != t and not grid.sigmas[i + 1] < grid.sigmas[i]:
            got = f"sigma = {grid.sigmas[i]:g}, then {grid.sigmas[i + 1]:g}"
            yield (
                f"{steps} steps, steps {i + 1} and {i + 2}",
                got,
                "falling noise levels",
                "a step of length 0, or back",
            )


def _whole(grid: Grid) -> bool:
    return all(t == int(t) for t in grid.timesteps if math.isfinite(t))


def _sigma(adapter: Adapter, steps: int, grid: Grid) -> Found:
    """Where timesteps are entries, the noise level of each is that of the nearest entry."""
    if grid.sigmas is None or adapter.levels is None or not _whole(grid):
        return
    for t, sigma in zip(grid.timesteps, grid.sigmas, strict=False):
        if 0 <= t <= adapter.T - 1 and sigma > 0 and abs((near := nearest(adapter, sigma)) - t) > HALF:
            got = f"sigma = {sigma:g}, which is that of t = {near:.4g}"
            yield (
                f"{steps} steps, t = {t:g}",
                got,
                f"sigma({t:g})",
                "the network is told another time than the state has",
            )


def nearest(adapter: Adapter, sigma: float) -> float:
    """Return the place among the entries, linear in log SNR, of a noise level sigma/alpha."""
    known = log_sigmas(adapter)
    with precision(BITS):
        bar = of_sigma(sigma)
        at = float(((1 - bar) / bar).log()) / 2
    low = sum(one < at for one in known) - 1
    if low < 0:
        low = 0
    if low >= len(known) - 1:
        return float(len(known) - 1)
    return low + (at - known[low]) / (known[low + 1] - known[low])


def log_sigmas(adapter: Adapter) -> list[float]:
    """Return the logarithms of the exact noise levels of all entries, infinite where nothing of the data is left."""
    assert adapter.levels is not None
    with precision(BITS):
        return [
            math.inf if bar.contains(0) else float(((1 - bar) / bar).log()) / 2 for bar in adapter.levels.alpha_bars
        ]


def _finite(adapter: Adapter) -> Found:
    assert adapter.public is not None
    for name, table in adapter.public().items():
        bad = (~torch.isfinite(table.double())).nonzero()
        if len(bad):
            at = ", ".join(str(int(i)) for i in bad[0])
            yield (
                f"{name}[{at}]",
                repr(float(table[tuple(bad[0])])),
                "a finite number",
                f"{len(bad)} of {table.numel()}",
            )


def _kept(adapter: Adapter) -> Found:
    """Its tables are the same after data in fewer digits were given to it."""
    assert adapter.public is not None
    add: Callable[..., object] | None = adapter.functions.get("add_noise")
    before = {name: table.clone() for name, table in adapter.public().items()}
    one = torch.ones(1, 1, 1, 1)
    if add is not None:
        for dtype in (torch.float16, torch.bfloat16):
            try:
                theirs(add)(one.to(dtype), one.to(dtype), torch.tensor([0]))
            except Theirs:  # which the check of add_noise reports
                continue
    for name, table in adapter.public().items():
        same = table.dtype == before[name].dtype and torch.equal(table.nan_to_num(), before[name].nan_to_num())
        if not same:
            yield (
                name,
                f"another {str(table.dtype).removeprefix('torch.')} table",
                "the same table",
                "a call changed it",
            )
