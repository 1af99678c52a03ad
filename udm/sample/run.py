r"""Sampling from noise to data along a grid, in batches, each sample from its own seed:

.. math::
    z_1 \sim p(z_1), \qquad z_{t_{i+1}} = \mathrm{step}(z_{t_i}), \qquad
    x = \hat x(z_0) \ \text{or}\ z_0/\alpha_0 .
"""

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.arguments import a_device, functions, integers
from udm.model import Model, check_model, evaluating
from udm.process import Marginal
from udm.sample.arguments import chosen, floating, sizes
from udm.sample.grid import uniform
from udm.sample.noise import Noise, Seeds, derived_seeds, seed_list
from udm.sample.path import Path
from udm.sample.plan import NoiseSource
from udm.sample.sampler import Sampler
from udm.shapes import Event, combine, events, records

Finish: TypeAlias = Literal["denoise", "rescale", "latent"]
Progress: TypeAlias = Callable[[int, int], None]


@torch.no_grad()
def sample(
    model: Model,
    shape: Sequence[int],
    *,
    sampler: Sampler | str | None = None,
    grid: int | Tensor = 50,
    seeds: Seeds | None = None,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    batch: int | None = None,
    finish: Finish = "denoise",
    progress: Progress | None = None,
) -> Event:
    r"""Draw samples, each of which is a function of its own seed.

    The bits of a sample do not depend on how samples are put into batches, as far as the denoiser's own bits do not.
    Noise at the first time has the standard deviation 1 on a variance-preserving path, and sigma_t otherwise.

    Args:
        model: the denoiser, its path and what it predicts.
        shape: ``(count, *event)``.
        sampler: the way to step, or its name in SAMPLERS; DPM-Solver++(2M) by default.
        grid: times from noise to data, ``(steps + 1,)`` float64, or a number of steps uniform in t.
        seeds: one 64-bit integer per sample, a sequence or ``(count,)`` integer; by default from ``seed`` and the
            sample's index.
        seed: the base of the default seeds.
        dtype: of the samples, and of the latents that the denoiser gets.
        device: of the samples, and of the latents that the denoiser gets.
        batch: how many samples to draw at once; all by default.
        finish: how the latent at the end becomes data: "denoise" takes the denoiser's prediction of x there (one more
            evaluation), "rescale" z_0/alpha_0, and "latent" leaves it as it is. If sigma_0 = 0, the first two are both
            z_0/alpha_0.
        progress: called with (steps done, steps in all), over all batches.

    Returns:
        Samples, ``(count, *event)``, in ``dtype``.

    Raises:
        ValueError: if ``sampler`` is neither a Sampler nor the name of one, ``shape`` has no axis for the event, the
            grid does not fall within [0, 1] or leaves the times of a table, seeds are not one 64-bit integer per
            sample, batch < 1, ``dtype`` is not floating, ``finish`` is unknown, the denoiser predicts eps or the score
            where alpha = 0, or its prediction differs from z in shape, dtype or device.
        FloatingPointError: if a sample is not finite, because a prediction of the denoiser or its guidance is not.

    Source: VDM, arXiv 2107.00630v6, section 3.2.
    """
    where = "udm.sample.sample"
    check_model(where, model)
    evaluating(where, model)
    _check_finish(where, finish)
    floating(where, dtype)
    sampler = chosen(where, sampler)
    count, event = sizes(where, shape)
    all_seeds = derived_seeds(where, "seed", seed, count) if seeds is None else seed_list(where, seeds)
    device = a_device(where, device)
    if progress is not None:
        functions(where, progress=progress)
    size = count if batch is None else batch
    integers(where, batch=size)
    if len(all_seeds) != count or (size < 1 and count > 0):
        raise ValueError(f"{where}: expected {count} seeds and batch >= 1, got {len(all_seeds)} and {size}")
    if isinstance(grid, int) and grid < 1:
        raise ValueError(f"{where}: expected grid of at least 1 step, got {grid}")
    path = Path(where, model, uniform(grid) if isinstance(grid, int) else grid, device)
    steps, follow = path.count, path.plan(model, sampler, dtype)
    total, done = steps * -(-count // max(size, 1)), 0
    parts: list[Tensor] = []
    for first in range(0, count, max(size, 1)):
        noise = Noise(all_seeds[first : first + size], event, dtype=dtype, device=device)
        noise.expected = None if follow.draws is None else 1 + follow.draws
        z = combine((path.start(len(noise.seeds)), noise()))
        z = follow(z, noise, None if progress is None else _shift(progress, done, total))
        parts.append(_finite(to_data(model, z, path.end(z.shape[0]), finish), first))
        done += steps
    return torch.cat(parts) if parts else torch.empty(0, *event, dtype=dtype, device=device)


@torch.no_grad()
def reverse(model: Model, z: Event, grid: Tensor, sampler: Sampler | str, draw: NoiseSource) -> Event:
    r"""Return the latent at the end of the grid, from the latent z at its start.

    Args:
        model: the denoiser, its path and what it predicts.
        z: the latent at the first time, ``(batch, *event)``, floating.
        grid: times from noise to data, ``(steps + 1,)`` float64.
        sampler: the way to step, or its name in SAMPLERS.
        draw: returns fresh standard normal noise at each call, ``(batch, *event)``, of the dtype and device of z.

    Returns:
        The latent at the last time, ``(batch, *event)``, in the dtype of z.

    Raises:
        ValueError: if z is not floating or has no batch axis, the grid does not fall within [0, 1] or leaves the times
            of a table, the denoiser predicts eps or the score where alpha = 0, or its prediction or the noise differs
            from z in shape, dtype or device.

    Source: VDM, arXiv 2107.00630v6, section 3.2.
    """
    where = "udm.sample.reverse"
    check_model(where, model)
    events(where, z=z)
    functions(where, draw=draw)
    return Path(where, model, grid, z.device).plan(model, chosen(where, sampler), z.dtype)(z, draw)


def to_data(model: Model, z_0: Event, at_0: Marginal, finish: Finish = "denoise") -> Event:
    r"""Return data from the last latent: :math:`\hat x(z_0)`, :math:`z_0/\alpha_0`, or z_0 as it is.

    Args:
        model: the denoiser, its path and what it predicts.
        z_0: the last latent, ``(batch, *event)``, floating.
        at_0: the marginal there, each field ``(batch,)`` float64.
        finish: "denoise", "rescale" or "latent", as in :func:`sample`.

    Returns:
        The data, ``(batch, *event)``, in the dtype of z_0.

    Raises:
        ValueError: if ``finish`` is not "denoise", "rescale" or "latent", z_0 is not floating or has no batch axis, or
            ``at_0`` is not a Marginal of its batch.
    """
    where = "udm.sample.to_data"
    check_model(where, model)
    _check_finish(where, finish)
    events(where, z_0=z_0)
    records(where, len(z_0), Marginal, at_0=at_0)
    if finish == "latent":
        return z_0
    if finish == "rescale" or bool((at_0.sigma == 0).all()):
        return combine((1 / at_0.alpha, z_0))
    return model.predict(z_0, at_0, "x")


def _check_finish(where: str, finish: Finish) -> None:
    if finish not in get_args(Finish):
        raise ValueError(f'{where}: expected finish one of "denoise", "rescale", "latent", got {finish!r}')


def _finite(x: Event, first: int) -> Event:
    bad = [int(i) for i in (~torch.isfinite(x)).flatten(1).any(dim=1).nonzero()[:, 0]]
    if bad:
        raise FloatingPointError(
            f"udm.sample.sample: expected finite samples, got {len(bad)} others, the first of them sample"
            f" {first + bad[0]}: a prediction was not finite, or too large (a classifier's guidance of x or v is NaN"
            " where alpha = 0: start the grid below)"
        )
    return x


def _shift(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)
