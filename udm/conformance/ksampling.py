"""A sampler in k-diffusion's style, a function of a denoiser, a state and falling noise levels, run on one data point.

The denoiser knows x_0. Wherever the function asks it, the state has to be x_0 and noise of the size that is named: this
holds for steps of any number of stages, for churn and for ancestral steps alike. A trajectory is run as a whole.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from flint import arb
from torch import Tensor

from udm.conformance.adapter import Adapter
from udm.conformance.channels import Draws, unit, units
from udm.conformance.exact import of_sigma
from udm.conformance.laws import VARIANCE

FIRST = ("model", "x", "sigmas")
SMALLEST, LARGEST = 0.03125, 16.0  # exact in binary
STEPS = (1, 2, 3, 10)


def is_sampler(thing: Any) -> bool:
    """Return whether a thing is such a function, by its first parameters."""
    if isinstance(thing, type) or not callable(thing):
        return False
    try:
        return tuple(inspect.signature(thing).parameters)[:3] == FIRST
    except (TypeError, ValueError):
        return False


def adapted(function: Callable[..., Any], options: dict[str, Any]) -> Adapter:
    """Return the adapter of such a function, with further arguments of its own."""
    made = Adapter(getattr(function, "__name__", "sampler"), None, {})
    made.steps = STEPS
    made.sampler = lambda steps: Whole(function, options, sigmas(steps))
    made.grid = None
    made.flow = lambda steps: flown(function, options, sigmas(steps)[:-1])
    return made


def sigmas(steps: int) -> list[float]:
    """Return falling noise levels, and 0 at last."""
    ratio = (LARGEST / SMALLEST) ** (1 / max(steps - 1, 1))
    return [*(float(torch.tensor(LARGEST / ratio**i)) for i in range(steps)), 0.0]


def flown(function: Callable[..., Any], options: dict[str, Any], grid: Sequence[float]) -> list[tuple[arb, Tensor]]:
    """Return the states in which a function asks the exact denoiser of Gaussian data, and what it returns."""
    asked: list[tuple[float, Tensor]] = []

    def denoised(x: Tensor, sigma: Tensor, **_: Any) -> Tensor:
        level = float(sigma.double().reshape(-1)[0])
        asked.append((level, x.clone()))
        return x * (VARIANCE / (VARIANCE + level**2))

    width = 2 + 4 * len(grid)
    with Draws(2, width):
        last = _called(function, options, denoised, unit(0, width, torch.float64), grid)
    return [(of_sigma(level), state) for level, state in [*asked, (grid[-1], last)]]


def _called(function: Any, options: dict[str, Any], denoised: Any, z: Tensor, grid: Sequence[float]) -> Any:
    """Return what such a function makes of a denoiser and a state, with the noise that torch draws."""
    known = inspect.signature(function).parameters
    own = {"disable": True, "noise_sampler": lambda *_: torch.randn_like(z)}
    fitting = {name: value for name, value in own.items() if name in known}
    return function(denoised, z, torch.tensor(grid, dtype=z.dtype), **fitting | options)


class Whole:
    """A trajectory, run when its first step is asked for; each step after that is one of the network's calls."""

    space, predicts, by_table, noise = "ve", "x0", False, None

    def __init__(self, function: Callable[..., Any], options: dict[str, Any], grid: Sequence[float]) -> None:
        self.function, self.options, self.grid = function, options, grid
        width = 2 + 4 * len(grid)
        x0, eps = units(2, width, torch.float64)
        asked, _ = self._run(x0 + grid[0] * eps, x0)  # where it asks its network, by a first run of its own
        levels = [grid[0], *(sigma for sigma, _ in asked), grid[-1]]
        self.names = ["the start", *(f"sigma = {sigma:g}" for sigma in levels[1:-1])]
        self.levels = [of_sigma(sigma) for sigma in levels]
        self.after: list[Tensor] = []

    def _run(self, z: Tensor, x0: Tensor) -> tuple[list[tuple[float, Tensor]], Tensor]:
        asked: list[tuple[float, Tensor]] = []

        def denoised(x: Tensor, sigma: Tensor, **_: Any) -> Tensor:
            asked.append((float(sigma.double().reshape(-1)[0]), x.clone()))
            return x0.clone()

        return asked, _called(self.function, self.options, denoised, z, self.grid)

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return the state in the scale of "vp"."""
        return z * math.sqrt(float(self.levels[i]))

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the state at the next call of the network, or at last what is returned."""
        if i == 0:
            asked, last = self._run(z, prediction)
            self.after = [*(state for _, state in asked), last]
        return self.after[i], None


__all__ = ["Whole", "adapted", "is_sampler", "sigmas"]
