"""The numbers of one grid on one model's path: marginals and steps, computed once for all batches."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from udm.model import Model
from udm.process import Marginal, Step
from udm.sample.grid import check_grid
from udm.sample.plan import NoiseSource, Plan, Table
from udm.sample.sampler import Memory, Move, Sampler
from udm.schedule.base import Schedule
from udm.shapes import Event, listed, working
from udm.stable import float64_device


class Path:
    """The marginals and steps of a grid.

    Raises:
        ValueError: if the grid is none, or leaves the times of the schedule, or the model predicts eps or the score
            where alpha = 0.
    """

    def __init__(self, where: str, model: Model, grid: Tensor, device: torch.device) -> None:
        check_grid(where, grid)
        schedule, there = model.schedule, float64_device(device)
        grid = grid.to(schedule.device)  # first the schedule's device, then that of the data
        at = schedule.at(grid)
        s, t = at.each(lambda a: a[1:]), at.each(lambda a: a[:-1])
        step = Step(s.alpha, s.sigma, t.alpha, t.sigma, schedule.gap(grid[1:], grid[:-1]))
        self.at, self.steps = at.each(lambda a: a.to(there)), Step(*(a.to(there) for a in step))
        gaps = listed(step.gap)
        if any(map(math.isnan, gaps)):
            raise ValueError(
                _undefined(where, schedule, grid, next(i for i, gap in enumerate(gaps) if math.isnan(gap)))
            )
        if model.parameterization in ("eps", "score") and float(at.alpha[0]) == 0:
            raise ValueError(
                f"{where}: expected a model that predicts x or v where alpha = 0 (nothing of x is in z there), got one"
                f" that predicts {model.parameterization}"
            )
        self.count, self.device = len(gaps), device
        self.infinite = [gap == math.inf for gap in gaps]

    def start(self, batch: int) -> Tensor:
        """Return the standard deviation of the first latent, (batch,)."""
        return self.at.each(lambda a: a[:1]).prior_std.expand(batch)

    def end(self, batch: int) -> Marginal:
        """Return the marginal at the last time, each field (batch,)."""
        return self._marginal(self.count, batch)

    def plan(self, model: Model, sampler: Sampler, dtype: torch.dtype) -> "Plan | Moves":
        """Return the way along the grid: by numbers made now if the sampler has them, else move by move."""
        wide = working(dtype)
        steps = sampler.plan(Table(self.at, self.steps, self.infinite, model.parameterization, wide))
        if steps is None:
            return Moves(model, sampler, self)
        return Plan(model.denoiser, steps, self.at.gamma.to(wide).to(self.device))

    def move(self, i: int, batch: int) -> Move:
        """Return step i for a batch."""
        step = Step(*(a[i].expand(batch) for a in self.steps))
        ends = self._marginal(i, batch), self._marginal(i + 1, batch)
        return Move(*ends, step, i == 0, i == self.count - 1, self.infinite[i], self.count - i)

    def _marginal(self, i: int, batch: int) -> Marginal:
        return self.at.each(lambda a: a[i].expand(batch))


class Moves:
    """The way of a sampler that has no plan."""

    draws: int | None = None  # it may ask for any noise

    def __init__(self, model: Model, sampler: Sampler, path: Path) -> None:
        self.model, self.sampler, self.path = model, sampler, path

    def __call__(self, z: Event, draw: NoiseSource, progress: Callable[[int], None] | None = None) -> Event:
        memory: Memory | None = None
        for i in range(self.path.count):
            z, memory = self.sampler.move(self.model, z, self.path.move(i, z.shape[0]), draw, memory)
            if progress is not None:
                progress(i + 1)
        return z


def _undefined(where: str, schedule: Schedule, grid: Tensor, step: int) -> str:
    """Say which step of the grid leaves the times of the schedule, and which grids do not."""
    start, end = float(grid[step]), float(grid[step + 1])
    T = schedule.steps
    if T is None:
        return f"{where}: expected grid of times at which the schedule is defined, got {start} to {end} in step {step}"
    use = f"udm.sample.trailing({T}, {min(len(grid) - 1, T)})"
    return f"{where}: expected grid of multiples of 1/{T}, as {use}, got {start} to {end} in step {step}"
