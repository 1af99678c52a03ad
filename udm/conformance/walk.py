"""A sampler's whole trajectory on one data point with its exact network, as its linear map, beside the marginals.

The network knows x_0, so what it predicts from z_t is exact. Then every step of every sampler that keeps the marginals
q(z_s | x_0), of whatever order, has to land on alpha_s x_0 and on noise of size sigma_s: no step of it is approximate.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import torch
from flint import arb
from torch import Tensor

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter, Sampler
from udm.conformance.channels import SIZE, Draws, units
from udm.conformance.guard import Theirs
from udm.conformance.measure import OPERATIONS, TABLED, Case, Trial

DRAWN = 2  # draws of noise that a step may make
PER_STEP = 24  # roundings in a step: the prediction of the network, its conversion, the step's own


class Made(NamedTuple):
    """A state as a linear map: the factors of x_0 and of eps, and the size of all noise in it."""

    x0: float
    eps: float
    spread: float

    @property
    def finite(self) -> bool:
        """Whether it has a value."""
        return all(map(math.isfinite, self))


class Seen(NamedTuple):
    """What a step did: the state before and after it, its fresh noise, and its prediction of x_0 where it is told."""

    i: int
    before: Made
    after: Made
    fresh: float
    x0: Made | None


@dataclass(frozen=True)
class Walk:
    """A trajectory: its sampler, its steps, and the fault that ended it early."""

    steps: int
    sampler: Sampler | None
    seen: tuple[Seen, ...] = ()
    fault: str = ""
    absent: str = ""


def walked(adapter: Adapter, steps: int, dtype: torch.dtype) -> Walk:
    """Run a target's sampler for a number of steps."""
    assert adapter.sampler is not None
    try:
        sampler = adapter.sampler(steps)
        if not sampler.names:
            return Walk(steps, sampler, fault="no timesteps")
    except Theirs as fault:
        return Walk(steps, None, absent=fault.lacks, fault="" if fault.lacks else str(fault))
    seen: list[Seen] = []
    try:
        for one in taken(sampler, dtype):
            seen.append(one)
            if not one.after.finite:
                break
    except Theirs as fault:
        where = sampler.names[min(len(seen), len(sampler.names) - 1)]
        told = f"{fault.kind} at {where}: {fault.fault}"
        return Walk(steps, sampler, tuple(seen), absent=fault.lacks, fault="" if fault.lacks else told)
    return Walk(steps, sampler, tuple(seen))


def taken(sampler: Sampler, dtype: torch.dtype) -> Iterator[Seen]:
    """Yield what each step of a sampler does."""
    width = 2 + DRAWN * len(sampler.names)
    x0, eps = units(2, width, dtype)
    z = _start(sampler, x0, eps)
    before = _made(z)
    draws = Draws(2, width)
    for i, level in enumerate(sampler.levels[:-1]):
        drawn = draws.next
        prediction = _predicted(sampler.predicts, sampler.see(z, i), x0, level)
        with draws:
            z, told = sampler.step(prediction, i, z)
        after = _made(z)
        fresh = float(z.double().reshape(-1)[drawn : draws.next].norm()) / SIZE
        yield Seen(i, before, after, fresh, None if told is None else _made(told))
        before = after


def _made(z: Tensor) -> Made:
    row = z.double().reshape(-1) / SIZE
    return Made(float(row[0]), float(row[1]), float(row[1:].norm()))


def _start(sampler: Sampler, x0: Tensor, eps: Tensor) -> Tensor:
    alpha, sigma = scales(sampler, 0)
    return (float(alpha) * x0.double() + float(sigma) * eps.double()).to(x0.dtype)


def _predicted(kind: str, shown: Tensor, x0: Tensor, level: arb) -> Tensor:
    """Return what a network that knows x_0 predicts from a state of scale alpha and sigma."""
    if kind == "x0":
        return x0.clone()
    with precision(reference.BITS):
        alpha, sigma = float(level.sqrt()), float((1 - level).sqrt())
    eps = (shown.double() - alpha * x0.double()) / sigma
    return (eps if kind == "eps" else alpha * eps - sigma * x0.double()).to(shown.dtype)


def scales(sampler: Sampler, i: int) -> tuple[arb, arb]:
    """Return the exact alpha and sigma of the state before step i."""
    with precision(reference.BITS):
        level = sampler.levels[i]
        alpha, sigma = level.sqrt(), (1 - level).sqrt()
        return (alpha, sigma) if sampler.space == "vp" else (arb(1), sigma / alpha)


def _size(sampler: Sampler, i: int) -> arb:
    """Return the size of the largest state that a step's rounding comes from."""
    with precision(reference.BITS):
        alpha, sigma = scales(sampler, i)
        return (alpha**2 + sigma**2).sqrt()


def _bound(adapter: Adapter, walk: Walk, i: int) -> float:
    """Return how many units of the state before all roundings so far are: of its table, and of its steps."""
    assert walk.sampler is not None
    table = TABLED * adapter.T if walk.sampler.by_table else 0
    return OPERATIONS + table + PER_STEP * (i + 1)


def marginal(adapter: Adapter, walk: Walk, dtype: torch.dtype) -> Iterator[Case]:
    """Yield, after each step, the factor of x_0 and the size of all noise, beside alpha_s and sigma_s."""
    for one in walk.seen:
        sampler = walk.sampler
        assert sampler is not None
        alpha, sigma = scales(sampler, one.i + 1)
        size, place = _size(sampler, one.i), where(walk, one.i)
        bound = _bound(adapter, walk, one.i)
        yield Case(f"{place}: the factor of x_0", one.after.x0, alpha, bound, (walk.steps, one.i, "x0"), size)
        last = (1 - sampler.levels[one.i + 1]).contains(0)
        if sampler.noise != "forward" or last:  # its variance is the step's, not the one that keeps the marginal
            yield Case(
                f"{place}: the size of the noise", one.after.spread, sigma, bound, (walk.steps, one.i, "noise"), size
            )


def predicted(adapter: Adapter, walk: Walk, dtype: torch.dtype) -> Iterator[Case]:
    """Yield the factor of x_0 in the target's own prediction of x_0, which is 1, and what else is in it, which is 0."""
    for one in walk.seen:
        if one.x0 is None:
            continue
        assert walk.sampler is not None
        with precision(reference.BITS):
            size = 1 / walk.sampler.levels[one.i].sqrt() if not walk.sampler.levels[one.i].contains(0) else arb(1)
        for label, got, known in (("x_0", one.x0.x0, arb(1)), ("noise", one.x0.spread, arb(0))):
            place = f"{where(walk, one.i)}: {label} in the predicted x_0"
            yield Case(place, got, known, _bound(adapter, walk, one.i), (walk.steps, one.i, label), size)


def noisy(adapter: Adapter, walk: Walk, dtype: torch.dtype) -> Iterator[Case]:
    """Yield what a step adds of fresh noise and keeps of the old, beside the claim's, where its kind is told."""
    sampler = walk.sampler
    assert sampler is not None
    for one in walk.seen:
        with suppress(*reference.NOWHERE):
            known = kept(sampler, one.i)
            size = _size(sampler, one.i)
            bound, place = _bound(adapter, walk, one.i), where(walk, one.i)
            yield Case(f"{place}: fresh noise", one.fresh, known[0], bound, (walk.steps, one.i, "fresh"), size)
            if abs(one.before.eps) > 2.0**-10:
                ratio = one.after.eps / one.before.eps
                size, label = max(arb(1), known[1], key=float), f"{place}: the part of the noise that stays"
                yield Case(label, ratio, known[1], 8 * bound, (walk.steps, one.i, "kept"), size)


def kept(sampler: Sampler, i: int) -> tuple[arb, arb]:
    """Return the exact deviation of the fresh noise, and the factor of the noise that stays, of a step."""
    at = reference.symbols(sampler.levels[i], sampler.levels[i + 1])
    if (1 - sampler.levels[i + 1]).contains(0):
        return arb(0), arb(0)  # the data, without noise
    with precision(reference.BITS):
        if isinstance(sampler.noise, float):
            answer = reference.answer("ddim.eta")
            at |= {"eta": arb(sampler.noise)}
            return reference.value(answer.std, at), reference.value(answer.eps, at) / at["sigma_t"]
        weight = reference.value(reference.answer("vdm.posterior.mean").z, at)
        spread = reference.value(reference.answer("vdm.posterior.variance"), at).sqrt()
        return at["sigma_ts"] if sampler.noise == "forward" else spread, weight


def where(walk: Walk, i: int) -> str:
    """Return the words for a step of a trajectory."""
    assert walk.sampler is not None
    return f"{walk.steps} step{'s' if walk.steps > 1 else ''}, step {i + 1} ({walk.sampler.names[i]})"


def trial(walks: Sequence[Walk], adapter: Adapter, dtype: torch.dtype, cases: object) -> Trial:
    """Return the trial of all trajectories, from the one of the fewest steps on."""
    found = [case for walk in walks if walk.sampler is not None for case in cases(adapter, walk, dtype)]  # type: ignore[operator]
    faults = [f"{walk.steps} steps: {walk.fault}" for walk in walks if walk.fault]
    if faults:
        return Trial(dtype, found, fault=faults[0])
    absent = [walk.absent for walk in walks if walk.absent]
    return Trial(dtype, found, absent="" if found else (absent or ["no trajectory tells it"])[0])
