"""The law of what a sampler returns for Gaussian data with their exact denoiser, beside the exact law of its kind.

On one data point the network's x_0 is constant. Here it depends on the state, so that each step feeds the next: with
data N(0, c) each step is linear, and the variance after it is known from DDIM's step, or the posterior's.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

import torch
from flint import arb
from torch import Tensor

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter, Sampler
from udm.conformance.channels import SIZE, Draws, unit
from udm.conformance.guard import Theirs
from udm.conformance.measure import OPERATIONS, TABLED, Case, Trial
from udm.conformance.walk import DRAWN, PER_STEP, kept

LAW = "law.gaussian"
VARIANCE = 0.25  # of the data, exact in binary
STEPS = (2, 10)


def trial(adapter: Adapter, dtype: torch.dtype) -> Trial:
    """Return the deviation after each step of a target's sampler, beside that of the exact law."""
    assert adapter.sampler is not None
    cases: list[Case] = []
    settable: list[int] = []
    for steps in (n for n in STEPS if n <= adapter.T):
        with suppress(Theirs):  # that so many steps cannot be set, the checks of the sampler report
            adapter.sampler(steps)
            settable.append(steps)
    for steps in settable:
        try:
            sampler = adapter.sampler(steps)
            if sampler.noise is None:
                return Trial(dtype, absent="the law of its kind of sampler is not known")
            if law := _known(sampler):
                cases += _cases(adapter, sampler, steps, law, dtype)
        except Theirs as fault:
            return Trial(dtype, cases, absent=fault.lacks, fault="" if fault.lacks else f"{steps} steps: {fault}")
    return Trial(dtype, cases, absent="" if cases else "there is no exact law at its levels")


def _known(sampler: Sampler) -> list[arb]:
    """Return the exact law, or nothing where it does not exist."""
    with suppress(*reference.NOWHERE):
        return _law(sampler)
    return []


def _cases(adapter: Adapter, sampler: Sampler, steps: int, law: list[arb], dtype: torch.dtype) -> Iterator[Case]:
    for i, (got, known) in enumerate(zip(_taken(sampler, law[0], dtype), law[1:], strict=True)):
        table = TABLED * adapter.T if sampler.by_table else 0
        bound = OPERATIONS + table + PER_STEP * (i + 1)
        label = f"{steps} steps, data N(0, {VARIANCE}), step {i + 1} ({sampler.names[i]}): the deviation"
        with precision(reference.BITS):
            size = max(known, _scale(sampler, i), key=float)
        yield Case(label, got, known, bound, (steps, i), size)


def _scale(sampler: Sampler, i: int) -> arb:
    """Return the size of the state before a step, in its own scale: 1 over alpha where it is divided by it."""
    return arb(1) if sampler.space == "vp" else 1 / sampler.levels[i].sqrt()


def _law(sampler: Sampler) -> list[arb]:
    """Return the exact deviation before the first step and after each."""
    with precision(reference.BITS):
        bars = list(sampler.levels)
        variance = bars[0] * VARIANCE + 1 - bars[0]
        found = [variance.sqrt()]
        for i, (bar, bar_s) in enumerate(pairwise(bars)):
            fresh, stays = kept(sampler, i)
            slope = bar.sqrt() * VARIANCE / (bar * VARIANCE + 1 - bar)  # E[x | z] is it times z
            variance = (stays + (bar_s.sqrt() - stays * bar.sqrt()) * slope) ** 2 * variance + fresh**2
            found.append(variance.sqrt())
        scales = [bar.sqrt() if sampler.space == "ve" else arb(1) for bar in bars]
        return [one / scale for one, scale in zip(found, scales, strict=True)]


def _taken(sampler: Sampler, first: arb, dtype: torch.dtype) -> Iterator[float]:
    width = 2 + DRAWN * len(sampler.names)
    z = (float(first) * unit(0, width, torch.float64)).to(dtype)
    with Draws(2, width):
        for i, level in enumerate(sampler.levels[:-1]):
            z, _ = sampler.step(exact_prediction(sampler.predicts, sampler.see(z, i), level), i, z)
            yield float(z.double().norm()) / SIZE


def exact_prediction(kind: str, shown: Tensor, level: arb) -> Tensor:
    """Return what the exact network predicts from a state of scale alpha and sigma."""
    with precision(reference.BITS):
        alpha, sigma, total = level.sqrt(), (1 - level).sqrt(), level * VARIANCE + 1 - level
        x0, eps = alpha * VARIANCE / total, sigma / total
        factor = {"x0": x0, "eps": eps, "v": alpha * eps - sigma * x0}[kind]
    return (float(factor) * shown.double()).to(shown.dtype)
