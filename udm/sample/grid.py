r"""Grids of times from noise (t = 1) down to data (t = 0): (steps + 1,), float64, strictly falling, such as

.. math::
    t_i = 1 - i/n.

A step always goes to the *next entry* of the grid; a time t - 1/n computed apart from it is wrong on an uneven grid.
"""

import torch
from torch import Tensor

from udm.arguments import integers
from udm.shapes import PerExample64, listed


def uniform(steps: int) -> PerExample64:
    """Return t_i = 1 - i/n for n = ``steps``, each rounded once.

    Args:
        steps: how many steps.

    Returns:
        Times from 1 to 0, ``(steps + 1,)`` float64; the batch is the grid.

    Raises:
        ValueError: if steps < 1.
    """
    check_steps("udm.sample.uniform", steps)
    return torch.arange(steps, -1, -1, dtype=torch.float64) / steps


def trailing(T: int, steps: int) -> PerExample64:
    r"""Return DDIM's sub-sequence of 1 .. T counted from the end, :math:`t_i = \mathrm{round}(T - i T/n)/T`, then 0.

    It starts at t = 1, where the noise is what the network was trained to expect. Halves are rounded up.

    Args:
        T: the steps of the process.
        steps: how many of them to take.

    Returns:
        Times from 1 to 0, ``(steps + 1,)`` float64.

    Raises:
        ValueError: unless 1 <= steps <= T.

    Source: Lin et al., arXiv 2305.08891v4, section 3.3.

    Claim: grid.trailing
    """
    _sub("udm.sample.trailing", T, steps)
    return torch.tensor(
        [(2 * T * (steps - i) + steps) // (2 * steps) / T for i in range(steps + 1)], dtype=torch.float64
    )


def leading(T: int, steps: int) -> PerExample64:
    r"""Return DDIM's published sub-sequence, counted from the start, :math:`t = (1 + j \lfloor T/n \rfloor)/T`, then 0.

    It is kept for comparison; use :func:`trailing`. If steps < T it never visits t = 1, so sampling starts from pure
    noise at a time when the network expects some signal to be left.

    Args:
        T: the steps of the process.
        steps: how many of them to take.

    Returns:
        Times down to 0, ``(steps + 1,)`` float64.

    Raises:
        ValueError: unless 1 <= steps <= T.

    Source: Lin et al., arXiv 2305.08891v4, section 3.3.

    Claim: grid.trailing
    """
    _sub("udm.sample.leading", T, steps)
    falling = [(1 + j * (T // steps)) / T for j in reversed(range(steps))]
    return torch.tensor([*falling, 0.0], dtype=torch.float64)


def check(grid: Tensor) -> None:
    """Require a grid to be (n + 1,), n >= 1, float64, strictly falling, in [0, 1].

    Raises:
        ValueError: if it is not; the message gives the first wrong entry.
    """
    check_grid("udm.sample.grid.check", grid)


def check_grid(where: str, grid: Tensor) -> None:
    """Require the argument ``grid`` of the public function ``where`` to be one, as :func:`check` does."""
    if not isinstance(grid, Tensor) or grid.ndim != 1 or grid.dtype != torch.float64 or grid.shape[0] < 2:  # pyright: ignore[reportUnnecessaryIsInstance]
        got = f"{tuple(grid.shape)}, {grid.dtype}" if isinstance(grid, Tensor) else type(grid).__name__  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected grid of shape (steps + 1,), float64, steps >= 1, got {got}")
    times = listed(grid)
    for i, t in enumerate(times):
        if not 0 <= t <= 1 or (i and not t < times[i - 1]):
            raise ValueError(f"{where}: expected grid falling from at most 1 to at least 0, got {t} at {i}")


def check_rising(where: str, grid: Tensor) -> None:
    """Require the argument ``grid`` to be (n + 1,), n >= 1, float64, strictly rising, in [0, 1].

    Raises:
        ValueError: if it is not; the message says so of a falling one, too.
    """
    if isinstance(grid, Tensor) and grid.ndim == 1 and len(grid) > 1 and bool((grid.diff() < 0).all()):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected grid rising from data to noise, got a falling one: give grid.flip(0)")
    check_grid(where, grid.flip(0) if isinstance(grid, Tensor) and grid.ndim == 1 else grid)  # pyright: ignore[reportUnnecessaryIsInstance]


def check_steps(where: str, steps: int) -> None:
    """Require at least one step of the public function ``where``."""
    integers(where, steps=steps)
    if steps < 1:
        raise ValueError(f"{where}: expected steps >= 1, an integer, got {steps!r}")


def _sub(where: str, T: int, steps: int) -> None:
    integers(where, T=T, steps=steps)
    if not 1 <= steps <= T:
        raise ValueError(f"{where}: expected 1 <= steps <= T = {T}, got {steps}")
