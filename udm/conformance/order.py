"""Whether the corrections of a sampler of several steps or stages are right: its error beside that of DDIM's steps.

A network that knows x_0 makes all predictions alike, and every correction is then multiplied by 0. On data N(0, c) with
their exact denoiser the flow is known. DDIM's steps, without corrections, are of first order, and so is a sampler whose
corrections are wrong: its error stays the same part of DDIM's. Of a sampler of second order or above the part falls.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import torch
from flint import arb

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter, Sampler
from udm.conformance.channels import Draws, unit
from udm.conformance.guard import Theirs
from udm.conformance.laws import VARIANCE, exact_prediction
from udm.conformance.measure import OPERATIONS, TABLED
from udm.conformance.verdict import Row
from udm.conformance.walk import DRAWN, PER_STEP, marginal, walked

ORDER = "sampler.order"
FLOW, DDIM = "sde.pfode.gaussian", "ddim.gaussian"  # the claims of the exact factor and of that of DDIM's step
STEPS = (10, 20, 40)
FALLS = 0.5  # four times the steps: the part stays 1 in first order and is 1/4 in second; half way between, by factors
SEEN = (0.05, 0.95)  # alpha-bars between which errors are summed: beyond, the data or the noise hide them
UNIT = 2.0**-24  # of float32
DIGITS = 2.0**-12  # half of float32's: a state that is off by more is no matter of rounding
UNCHECKED = "the order of corrections is not checked"


class State(NamedTuple):
    """A state on the way: its level, and what it is of the first, in the scale alpha and sigma."""

    level: arb
    factor: float


class Path(NamedTuple):
    """A way from noise to data: its states, the largest noise in them, and its roundings in units."""

    states: Sequence[State]
    noise: float
    bound: float


class Errors(NamedTuple):
    """Relative errors, summed over the states that count: the sampler's, DDIM's, and where the two are apart."""

    own: float
    ddim: float
    apart: float

    @property
    def part(self) -> float:
        """The sampler's error as a part of DDIM's."""
        return self.own / self.ddim


class Unknown(Exception):
    """The order cannot be told, and why."""


def told(adapter: Adapter, row: Row) -> Row:
    """Return the row with its verdict on the order of a target's sampler."""
    try:
        paths = [_path(adapter, steps) for steps in _steps(adapter)]
        found = [_errors(path) for path in paths]
    except Unknown as why:
        return replace(row, verdict="not offered", explanation=f"{UNCHECKED}: {why}")
    except reference.NOWHERE:
        return replace(row, verdict="not offered", explanation=f"{UNCHECKED}: there is no exact flow at its levels")
    if not all(math.isfinite(one.own) for one in found):
        return replace(row, verdict="undefined", explanation="on Gaussian data its states are not finite")
    if all(one.apart <= path.bound for one, path in zip(found, paths, strict=True)):
        return _uncorrected(row, paths[-1])
    return _corrected(row, found, paths[-1].bound)


def _uncorrected(row: Row, path: Path) -> Row:
    """Return the row of a sampler whose steps are DDIM's: nothing to check, unless it asks the network in vain."""
    with precision(reference.BITS):
        staged = any((one.level - other.level).contains(0) for one, other in pairwise(path.states))
    if not staged:
        return replace(row, verdict="not offered", explanation="there are no corrections: each step is DDIM's")
    told = "its second stages change nothing: each step is DDIM's, of first order"
    return replace(row, verdict="wrong", case=f"{STEPS[-1]} steps, data N(0, {VARIANCE})", explanation=told)


def _corrected(row: Row, found: Sequence[Errors], bound: float) -> Row:
    shown = ", ".join(f"{one.part:.2g} in {steps}" for steps, one in zip(STEPS, found, strict=True))
    first, last = found[0], found[-1]
    told = f"its error is this part of that of DDIM's steps: {shown} steps"
    if last.own <= bound or last.part < FALLS * first.part:
        return replace(row, verdict="exact", explanation=f"it falls as that of second order or above; {told}")
    case = f"{STEPS[-1]} steps, data N(0, {VARIANCE}): its error as a part of that of DDIM's steps"
    known, got = f"below {FALLS * first.part:.3g}, half of that in {STEPS[0]} steps", f"{last.part:.3g}"
    why = f"its corrections leave it of first order, as if there were none; {told}"
    return replace(row, verdict="wrong", case=case, got=got, exact=known, explanation=why)


# -- the way that a sampler goes --------------------------------------------------------------------


def _steps(adapter: Adapter) -> tuple[int, ...]:
    if adapter.sampler is None:
        raise Unknown(adapter.excused.get("sampler", "it has no timesteps and step"))
    if adapter.flow is None and max(STEPS) > adapter.T:
        raise Unknown(f"it has fewer than {STEPS[-1]} entries")
    return STEPS


def _path(adapter: Adapter, steps: int) -> Path:
    assert adapter.sampler is not None
    try:
        if adapter.flow is not None:
            path = _flown(adapter.flow(steps))
        else:
            path = _taken(adapter, adapter.sampler(steps))
            _keeps(adapter, steps)
    except Theirs as fault:
        raise Unknown(f"{steps} steps: {fault}") from None
    if path.noise > DIGITS:
        raise Unknown("it adds noise")
    return path


def _keeps(adapter: Adapter, steps: int) -> None:
    """Refuse a sampler that misses the marginals even with a network that knows x_0, which another check reports."""
    walk = walked(adapter, steps, torch.float32)
    if walk.fault or walk.absent:
        raise Unknown(f"{steps} steps: {walk.fault or walk.absent}")
    if any(not case.relative <= DIGITS for case in marginal(adapter, walk, torch.float32)):
        raise Unknown("its steps miss the marginals, as sampler.marginal says")


def _taken(adapter: Adapter, sampler: Sampler) -> Path:
    """Return the way of a sampler from a state of one coordinate: what is in another is noise that it adds."""
    width = 2 + DRAWN * len(sampler.names)
    z = unit(0, width, torch.float32)
    rows = [z]
    with Draws(2, width):
        for i, level in enumerate(sampler.levels[:-1]):
            z, _ = sampler.step(exact_prediction(sampler.predicts, sampler.see(z, i), level), i, z)
            rows.append(z)
    table = TABLED * adapter.T if sampler.by_table else 0
    return _read(sampler.levels, rows, sampler.space, table)


def _flown(asked: Iterable[tuple[arb, torch.Tensor]]) -> Path:
    """Return the way of a function that goes all of it at once, from the states in which it asks its denoiser."""
    levels, rows = zip(*asked, strict=True)
    return _read(levels, rows, "ve", 0)


def _read(levels: Sequence[arb], rows: Sequence[torch.Tensor], space: str, table: int) -> Path:
    made = [row.double().reshape(-1) for row in rows]
    noise = max(float(row[1:].norm()) for row in made) / float(made[0][0])
    with precision(reference.BITS):
        scales = [float(level.sqrt() / levels[0].sqrt()) if space == "ve" else 1.0 for level in levels]
    factors = [float(row[0] / made[0][0]) * scale for row, scale in zip(made, scales, strict=True)]
    bound = (OPERATIONS + table + PER_STEP * len(levels)) * UNIT
    return Path([State(level, factor) for level, factor in zip(levels, factors, strict=True)], noise, bound)


# -- its errors ---------------------------------------------------------------------------------------


def _errors(path: Path) -> Errors:
    """Return the mean relative errors at the states that count, of the sampler and of DDIM's steps at its levels."""
    levels = [state.level for state in path.states]
    known = [_factor(FLOW, levels[0], level) for level in levels]
    ddim = list(_products(_factor(DDIM, *pair) for pair in pairwise(levels)))
    seen = [i for i, level in enumerate(levels) if SEEN[0] < float(level) < SEEN[1]]
    if not seen:
        raise Unknown("it has no level at which noise and data are both seen")
    own = [path.states[i].factor / known[i] - 1 for i in seen]
    first = [ddim[i] / known[i] - 1 for i in seen]
    apart = [abs(a - b) for a, b in zip(own, first, strict=True)]
    return Errors(*(sum(map(abs, each)) / len(seen) for each in (own, first, apart)))


def _products(factors: Iterable[float]) -> Iterator[float]:
    product = 1.0
    yield product
    for factor in factors:
        product *= factor
        yield product


def _factor(claim: str, level: arb, after: arb) -> float:
    """Return by what the flow, or DDIM's step, multiplies a state from one level to another, by the claim's answer."""
    at = {"c": arb(VARIANCE)}
    with precision(reference.BITS):
        for end, bar in (("t", level), ("s", after)):
            at |= {f"alpha_{end}": bar.sqrt(), f"sigma_{end}": (1 - bar).sqrt()}
    return float(reference.value(reference.answer(claim).factor, at))
