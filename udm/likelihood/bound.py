r"""The variational bound of data under a model, estimated without bias:

.. math::
    -\log p(x) \le -\mathrm{VLB}(x) = \text{prior} + \text{reconstruction} + \text{diffusion}.
"""

import warnings
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from udm import decoder as softmax
from udm.arguments import functions, several
from udm.arguments import seed as a_seed
from udm.bound import Decoder, estimate, estimate_of
from udm.likelihood.record import Error, Evaluation, Tally, Unit, of_levels
from udm.loss import Bound
from udm.model import Model, check_model, evaluating
from udm.shapes import per_example

_WHERE = "udm.evaluate"


@torch.no_grad()
def evaluate(
    model: Model,
    batches: Iterable[Tensor | Sequence[Tensor]],
    levels: Tensor | None = None,
    *,
    decoder: Decoder | None = None,
    T: int | None = None,
    repeats: int = 4,
    seed: int = 0,
    error: Error = "data",
    unit: Unit = "bits/dim",
) -> Evaluation:
    """Estimate the bound's prior, reconstruction, diffusion and total, each with its standard error.

    For discrete data the total is an upper bound on -log P(x). For continuous data, with a decoder that is a density,
    it is an upper bound on the differential -log p(x). The numbers are unbiased estimates of the bound's terms. Each
    batch and each repeat has its own noise and its own systematic times.

    Args:
        model: the denoiser and the forward process.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; or a tuple
            that begins with it, as loaders give; iterated over once.
        levels: ``(K,)``, floating, the value of each level; its dtype is that of all latents, and must resolve sigma_0.
            None for other data.
        decoder: (x, z_0, at_0) to -log p(x | z_0), ``(batch,)``, floating, nats; VDM's softmax over the levels if
            absent.
        T: the number of steps of the discrete bound, or None for the continuous one. If sigma_0 = 0 (as in a table of
            betas) a number gives DDPM's bound, whose reconstruction term is that of the first step.
        repeats: how often each batch is evaluated.
        seed: the seed of all randomness; the same seed gives the same numbers on one device.
        error: what the standard errors cover: the noise and times alone, over these "data" (needs 2 repeats), or also
            the draw of the data from their "law" (needs 2 batches).
        unit: "bits/dim" or "nats" per example.

    Returns:
        The terms "prior", "reconstruction", "diffusion" and "total", each a mean over the data with its standard error.

    Raises:
        ValueError: if both levels and decoder are absent; ``error`` or ``unit`` is unknown; there are too few repeats
            or batches for a standard error; events differ in shape; a level is out of range; or an argument has
            another shape, dtype or range than these.
        NotImplementedError: if T is None and the schedule has no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.bound, vdm.vlb.decomposition
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    if levels is None and decoder is None:
        raise ValueError(f"{_WHERE}: expected levels, for discrete data, or a decoder, got neither")
    several(_WHERE, batches=batches)
    seed = a_seed(_WHERE, "seed", seed)
    if decoder is not None:
        functions(_WHERE, decoder=decoder)
    tally, generator = Tally(_WHERE, repeats, error, unit), None
    if levels is not None:
        per_example(_WHERE, levels=levels)
        _resolved(model, levels)
    width = None if levels is None or decoder is not None else _window(model, levels)
    for given in batches:
        batch = tally.shaped(given)
        generator = generator or torch.Generator(batch.device).manual_seed(seed)
        if levels is not None:
            of_levels(_WHERE, batch, levels)
        runs = [_draw(model, batch, levels, decoder, T, width, generator) for _ in range(repeats)]
        columns = (torch.stack(column) for column in zip(*runs, strict=True))
        tally.add(len(batch), **dict(zip(Bound._fields, columns, strict=True)))
    _finite(model, T)
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
        return estimate(_WHERE, model, batch, levels, T=T, window=window, t=None, generator=generator)
    x = batch if levels is None else softmax.level(levels.to(batch.device), batch)
    return estimate_of(_WHERE, model, x, decoder, T=T, t=None, generator=generator)


def _finite(model: Model, T: int | None) -> None:
    """Warn of a bound that no denoiser but a perfect one makes finite, for which a number is printed all the same."""
    if T is None and model.schedule.sigma_0() == 0:
        message = (
            f"{_WHERE}: expected sigma_0 > 0 in continuous time, got {type(model.schedule).__name__} with sigma_0 = 0,"
            " where the bound is infinite unless the denoiser's error vanishes with t: no number of draws shows it;"
            " cut the schedule with udm.schedule.Truncated"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=3)


def _continuous(model: Model) -> str:
    if model.schedule.sigma_0() > 0:
        return "continuous time"
    return "continuous time to sigma = 0: infinite, whatever the number, unless the denoiser's error vanishes there"


def _resolved(model: Model, levels: Tensor) -> None:
    """Require a dtype that rounds latents near 1 by less than their noise; else z_0 would not follow q(z_0 | x)."""
    sigma_0 = model.schedule.sigma_0()
    if 0 < sigma_0 < torch.finfo(levels.dtype).eps:
        raise ValueError(
            f"{_WHERE}: expected levels of a dtype that resolves sigma_0 = {sigma_0:.2g}, got {levels.dtype}"
        )


def _window(model: Model, levels: Tensor) -> int:
    return softmax.window(levels, model.schedule.span()[0])
