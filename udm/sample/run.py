r"""From noise to data along a grid, in batches, each sample from its own seed.

.. math::
    z_1 \sim p(z_1), \qquad z_{t_{i+1}} = \mathrm{step}(z_{t_i}), \qquad
    x = \hat x(z_0) \ \text{or}\ z_0/\alpha_0 .
"""

import math
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.model import Model
from udm.process import Marginal, Step
from udm.sample.grid import check, uniform
from udm.sample.noise import Noise, Seeds, seed_list, seeds_from
from udm.sample.sampler import DPMpp2M, Draw, Move, Sampler
from udm.shapes import Event, combine, events
from udm.stable import float64_device

Finish: TypeAlias = Literal["denoise", "rescale", "latent"]
Progress: TypeAlias = Callable[[int, int], None]


@torch.no_grad()
def sample(
    model: Model,
    shape: Sequence[int],
    *,
    sampler: Sampler | None = None,
    grid: int | Tensor = 50,
    seeds: Seeds | None = None,
    seed: int = 0,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
    batch: int | None = None,
    finish: Finish = "denoise",
    progress: Progress | None = None,
) -> Event:
    r"""Samples (count, *event), each a function of its own seed: the same bits however they are put into batches.

    (As far as the denoiser's own bits do not depend on the batch.) Noise at the first time has the standard deviation
    1 on a variance-preserving path, sigma_t otherwise.

    Args:
        model: denoiser, path and what the denoiser predicts.
        shape: (count, *event).
        sampler: how to step; DPM-Solver++(2M) by default.
        grid: times from noise to data, (steps + 1,) float64, or a number of steps uniform in t.
        seeds: one 64-bit integer per sample; by default from ``seed`` and the sample's index.
        seed: the base of the default seeds.
        dtype: of the samples and of what the denoiser is given.
        device: where the denoiser is asked, and the samples lie.
        batch: how many samples at once; all by default.
        finish: how the latent at the end becomes data: the denoiser's belief there (one more evaluation), z_0/alpha_0,
            or not at all. Where sigma_0 = 0 the first two are z_0/alpha_0.
        progress: called with (steps done, steps in all), over all batches.

    Raises:
        ValueError: a grid that does not fall in [0, 1] or leaves a table's times; seeds not one 64-bit integer per
            sample; a batch < 1; an unknown finish; a denoiser that predicts eps or the score where alpha = 0.
        FloatingPointError: a sample that is not finite, as what the denoiser or its guidance predicts is not.

    Source: VDM, arXiv 2107.00630v6, section 3.2.
    """
    count, *event = shape
    grid = uniform(grid) if isinstance(grid, int) else grid
    chosen = seeds_from(seed, count) if seeds is None else seed_list("sample", seeds)
    size = count if batch is None else batch
    if len(chosen) != count or (size < 1 and count > 0):
        raise ValueError(f"sample: expected {count} seeds and batch >= 1, got {len(chosen)} and {size}")
    sampler = DPMpp2M() if sampler is None else sampler
    path = _Path(model, grid, torch.device(device))
    steps = grid.shape[0] - 1
    total, done = steps * -(-count // max(size, 1)), 0
    parts: list[Tensor] = []
    for first in range(0, count, max(size, 1)):
        noise = Noise(chosen[first : first + size], event, dtype=dtype, device=device)
        z = combine((path.start(len(noise.seeds)), noise()))
        z = _follow(model, z, path, sampler, noise, None if progress is None else _shift(progress, done, total))
        parts.append(_finite(to_data(model, z, path.end(z.shape[0]), finish), first))
        done += steps
    return torch.cat(parts) if parts else torch.empty(0, *event, dtype=dtype, device=device)


@torch.no_grad()
def reverse(model: Model, z: Event, grid: Tensor, sampler: Sampler, draw: Draw) -> Event:
    r"""The latent at the end of the grid, from the latent z at its start; ``draw`` gives noise like z.

    Raises:
        ValueError: z not floating; a grid that does not fall in [0, 1] or leaves a table's times; a denoiser that
            predicts eps or the score where alpha = 0.

    Source: VDM, arXiv 2107.00630v6, section 3.2.
    """
    events("reverse", z=z)
    return _follow(model, z, _Path(model, grid, z.device), sampler, draw, None)


def to_data(model: Model, z_0: Event, at_0: Marginal, finish: Finish = "denoise") -> Event:
    r"""Data from the last latent: :math:`\hat x(z_0)`, :math:`z_0/\alpha_0`, or z_0 as it is.

    Raises:
        ValueError: an unknown finish; z_0 not floating; a marginal of another batch.
    """
    if finish not in get_args(Finish):
        raise ValueError(f'to_data: expected one of "denoise", "rescale", "latent", got {finish!r}')
    events("to_data", z_0=z_0)
    if finish == "latent":
        return z_0
    if finish == "rescale" or bool((at_0.sigma == 0).all()):
        return combine((1 / at_0.alpha, z_0))
    return model.predict(z_0, at_0, "x")


class _Path:
    """A grid's marginals and steps, made once, and spread over a batch on demand."""

    def __init__(self, model: Model, grid: Tensor, device: torch.device) -> None:
        check(grid)
        tensors = [*model.schedule.parameters(), *model.schedule.buffers()]
        grid = grid.to(tensors[0].device if tensors else "cpu")  # where the schedule is, then where the data are
        at, steps, there = model.schedule.at(grid), model.schedule.between(grid[1:], grid[:-1]), float64_device(device)
        self.at = Marginal(*(a.to(there) for a in at))
        self.steps = Step(*(a.to(there) for a in steps))
        gaps: list[float] = [float(gap) for gap in self.steps.gap.cpu()]
        if any(map(math.isnan, gaps)):
            raise ValueError(
                f"grid: expected times that the schedule answers for, got a gap of NaN in step {_nan(gaps)}"
            )
        if bool((self.at.alpha[:1] == 0).any()) and model.parameterization in ("eps", "score"):
            raise ValueError(
                "grid: expected a denoiser of x or v where alpha = 0 (nothing of x is in z there), got one of"
                f" {model.parameterization}"
            )
        self.count = len(gaps)
        self.infinite = [gap == math.inf for gap in gaps]

    def start(self, batch: int) -> Tensor:
        """The standard deviation of the first latent, (batch,)."""
        return Marginal(*(a[:1] for a in self.at)).prior_std.expand(batch)

    def end(self, batch: int) -> Marginal:
        return self._marginal(self.count, batch)

    def move(self, i: int, batch: int) -> Move:
        step = Step(*(a[i].expand(batch) for a in self.steps))
        ends = self._marginal(i, batch), self._marginal(i + 1, batch)
        return Move(*ends, step, i == 0, i == self.count - 1, self.infinite[i])

    def _marginal(self, i: int, batch: int) -> Marginal:
        return Marginal(*(a[i].expand(batch) for a in self.at))


def _follow(
    model: Model, z: Event, path: _Path, sampler: Sampler, draw: Draw, progress: Callable[[int], None] | None
) -> Event:
    memory = None
    for i in range(path.count):
        z, memory = sampler.move(model, z, path.move(i, z.shape[0]), draw, memory)
        if progress is not None:
            progress(i + 1)
    return z


def _finite(x: Event, first: int) -> Event:
    bad = [int(i) for i in (~torch.isfinite(x)).flatten(1).any(dim=1).nonzero()[:, 0]]
    if bad:
        raise FloatingPointError(
            f"sample: expected finite samples, got {len(bad)} others, the first of them sample {first + bad[0]}: a"
            " prediction was not finite, or too large (a classifier's guidance of x or v is NaN where alpha = 0: let"
            " the grid start below)"
        )
    return x


def _shift(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    return lambda done: progress(before + done, total)


def _nan(gaps: list[float]) -> int:
    return next(i for i, gap in enumerate(gaps) if math.isnan(gap))
