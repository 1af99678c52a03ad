r"""The variational bound of data under a model, estimated without bias:

.. math::
    -\log p(x) \le -\mathrm{VLB}(x) = \text{prior} + \text{reconstruction} + \text{diffusion}.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import torch
from torch import Tensor

from udm import decoder as softmax
from udm.bound import bound_of, variational_bound
from udm.likelihood.record import Error, Evaluation, Tally, Unit, of_levels
from udm.loss import Bound
from udm.model import Model
from udm.process import Marginal
from udm.shapes import Event, PerExample

Decoder: TypeAlias = Callable[[Event, Event, Marginal], PerExample]


@torch.no_grad()
def evaluate(
    model: Model,
    batches: Iterable[Tensor],
    levels: Tensor | None = None,
    *,
    decoder: Decoder | None = None,
    T: int | None = None,
    repeats: int = 4,
    seed: int = 0,
    error: Error = "data",
    unit: Unit = "bits/dim",
) -> Evaluation:
    """The bound's prior, reconstruction, diffusion and total, each with its standard error.

    Of discrete data it is an upper bound on -log P(x); of continuous data, with a decoder that is a density, on the
    differential -log p(x). The numbers are unbiased estimates of the bound's terms. Each batch and each repeat has
    noise and systematic times of its own. A schedule with learned ends is taken as it stands.

    Args:
        model: the denoiser and the forward process.
        batches: integer levels (batch, *event) where ``levels`` is given, else data (batch, *event); gone through once.
        levels: (K,), floating, the value of each level; its dtype is that of all latents, and must resolve sigma_0.
        decoder: (x, z_0, at_0) -> -log p(x | z_0), nats; VDM's softmax over the levels if absent.
        T: the steps of the discrete bound, or None for the continuous one. Where sigma_0 = 0 (a table of betas) it is
            DDPM's bound, whose reconstruction term is of the first step.
        repeats: how often each batch is evaluated.
        seed: of all randomness; the same seed gives the same numbers on one device.
        error: over these very "data" (2 repeats or more), or over the "law" they were drawn from (2 batches or more).
        unit: "bits/dim" or "nats" per example.

    Raises:
        ValueError: neither levels nor decoder; an unknown error or unit; too few repeats or batches to tell the error;
            batches of several shapes; levels out of range; shapes, dtypes or T other than these.
        NotImplementedError: T is None on a schedule with no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.bound, vdm.vlb.decomposition
    """
    if levels is None and decoder is None:
        raise ValueError("evaluate: expected levels, of discrete data, or a decoder, got neither")
    tally, generator = Tally("evaluate", repeats, error, unit), None
    if levels is not None:
        _resolved(model, levels)
    width = None if levels is None or decoder is not None else _window(model, levels)
    for batch in batches:
        generator = generator or torch.Generator(batch.device).manual_seed(seed)
        tally.shaped(batch)
        if levels is not None:
            of_levels("evaluate", batch, levels)
        runs = [_draw(model, batch, levels, decoder, T, width, generator) for _ in range(repeats)]
        columns = (torch.stack(column) for column in zip(*runs, strict=True))
        tally.add(len(batch), **dict(zip(Bound._fields, columns, strict=True)))
    kind = "log P(x), probability of levels" if levels is not None else "log p(x), density"
    steps = _continuous(model) if T is None else f"{T} steps"
    return tally.evaluation(f"unbiased estimate of an upper bound on -{kind}; {steps}")


def _draw(
    model: Model,
    batch: Tensor,
    levels: Tensor | None,
    decoder: Decoder | None,
    T: int | None,
    window: int | None,
    generator: torch.Generator,
) -> Bound:
    if decoder is None:
        assert levels is not None
        return variational_bound(model, batch, levels, T=T, window=window, generator=generator)
    x = batch if levels is None else softmax.level(levels.to(batch.device), batch)
    return bound_of(model, x, lambda z_0, at_0: decoder(x, z_0, at_0), T=T, generator=generator)


def _continuous(model: Model) -> str:
    if model.schedule.sigma_0() > 0:
        return "continuous time"
    return "continuous time to sigma = 0: infinite, whatever the number, unless the denoiser's error vanishes there"


def _resolved(model: Model, levels: Tensor) -> None:
    """Latents near 1 must not be rounded by as much as their noise: z_0 would be no draw of q(z_0 | x)."""
    sigma_0 = model.schedule.sigma_0()
    if 0 < sigma_0 < torch.finfo(levels.dtype).eps:
        raise ValueError(
            f"evaluate: expected levels of a dtype that resolves sigma_0 = {sigma_0:.2g}, got {levels.dtype}"
        )


def _window(model: Model, levels: Tensor) -> int:
    return softmax.window(levels, model.schedule.span()[0])
