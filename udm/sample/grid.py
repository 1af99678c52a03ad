r"""Grids of times, from noise (1) down to data (0): (steps + 1,) float64, strictly falling.

.. math::
    t_i = 1 - i/n; \qquad
    \gamma(t_i) = \gamma_1 + \tfrac in (\gamma_0 - \gamma_1); \qquad
    \frac{\sigma}{\alpha}(t_i) = \Bigl(\sigma_{\max}^{1/\rho}
        + \tfrac{i}{n-1} (\sigma_{\min}^{1/\rho} - \sigma_{\max}^{1/\rho})\Bigr)^\rho.

A step always goes to the *next entry*: t - 1/n computed apart from the list is how DDIM lost its way on uneven grids.
"""

import math

import torch
from torch import Tensor

from udm.schedule.base import Schedule
from udm.shapes import PerExample64

_HALVINGS = 1100  # from 1 to the least float64


def uniform(steps: int) -> PerExample64:
    """t_i = 1 - i/n, each rounded once.

    Raises:
        ValueError: steps < 1.
    """
    _steps("uniform", steps)
    return torch.arange(steps, -1, -1, dtype=torch.float64) / steps


def trailing(T: int, steps: int) -> PerExample64:
    r"""DDIM's sub-sequence of 1 .. T counted from the end: :math:`t_i = \mathrm{round}(T - i T/n)/T`, then 0.

    It starts at t = 1, where the noise is what the network was trained to expect. Halves round up.

    Raises:
        ValueError: not 1 <= steps <= T.

    Source: Lin et al., arXiv 2305.08891v4, section 3.3.

    Claim: grid.trailing
    """
    _sub("trailing", T, steps)
    return torch.tensor(
        [(2 * T * (steps - i) + steps) // (2 * steps) / T for i in range(steps + 1)], dtype=torch.float64
    )


def leading(T: int, steps: int) -> PerExample64:
    r"""DDIM's published sub-sequence, counted from the start: :math:`t = (1 + j \lfloor T/n \rfloor)/T`, then 0.

    Kept for comparison: it never visits t = 1, so that sampling starts from pure noise at a time when the network
    expects some signal left. Trailing is right.

    Raises:
        ValueError: not 1 <= steps <= T.

    Source: Lin et al., arXiv 2305.08891v4, section 3.3.

    Claim: grid.trailing
    """
    _sub("leading", T, steps)
    falling = [(1 + j * (T // steps)) / T for j in reversed(range(steps))]
    return torch.tensor([*falling, 0.0], dtype=torch.float64)


def uniform_gamma(schedule: Schedule, steps: int, *, start: float = 1.0, end: float = 0.0) -> PerExample64:
    """Equal steps of gamma = -log SNR between two times; the ends exactly as given.

    Raises:
        ValueError: steps < 1; not 0 <= end < start <= 1; a gamma not finite at an end; a table of betas.
    """
    _steps("uniform_gamma", steps)
    low, high = (_finite("uniform_gamma", schedule, t) for t in (end, start))
    levels = torch.linspace(high, low, steps + 1, dtype=torch.float64, device=schedule.device)
    return _between(time_of_gamma(schedule, levels), start, end)


def karras(
    schedule: Schedule, steps: int, *, rho: float = 7.0, sigma_min: float | None = None, sigma_max: float | None = None
) -> PerExample64:
    """EDM's noise levels in sigma/alpha, on any path; to sigma = 0 in one last step where the schedule ends there.

    Ends default to those of the schedule, which then are met exactly. Where sigma_0 > 0 all n steps are between
    levels, to the level of t = 0; on EDM's own schedule this is ``uniform``.

    Raises:
        ValueError: steps < 2; rho not positive; a level that the schedule has not; no sigma_min where it reaches 0.

    Source: Karras et al., arXiv 2206.00364v2, eq. (5).

    Claim: schedule.edm
    """
    if steps < 2 or not rho > 0:
        raise ValueError(f"karras: expected steps >= 2 and rho > 0, got {steps} and {rho}")
    at = schedule.at(torch.tensor([0.0, 1.0], dtype=torch.float64, device=schedule.device))
    least, most = (float(a) for a in at.sigma / at.alpha)  # not by gamma, whose rounding moves them
    to_data = least == 0
    low, high = least if sigma_min is None else sigma_min, most if sigma_max is None else sigma_max
    if not (least <= low < high <= most and low > 0 and high < math.inf):
        raise ValueError(f"karras: expected {least} <= sigma_min < sigma_max <= {most}, finite, got {low} and {high}")
    roots = torch.linspace(
        high ** (1 / rho), low ** (1 / rho), steps + (not to_data), dtype=torch.float64, device=schedule.device
    )
    times = time_of_gamma(schedule, 2 * rho * torch.log(roots))
    if high == most:
        times[0] = 1.0
    if to_data:
        return torch.cat([times, torch.zeros(1, dtype=torch.float64, device=times.device)])
    if low == least:
        times[-1] = 0.0
    return times


def time_of_gamma(schedule: Schedule, gamma: PerExample64) -> PerExample64:
    """The time at which the schedule reaches gamma, by bisection, to an ulp or where gamma's own rounding puts it.

    Raises:
        ValueError: a schedule in discrete time (gamma is NaN off its table).
    """
    low, high = torch.zeros_like(gamma), torch.ones_like(gamma)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if bool(((middle == low) | (middle == high)).all()):
            break
        found = schedule.gamma(middle)
        if bool(torch.isnan(found).any()):
            name = type(schedule).__name__
            raise ValueError(f"time_of_gamma: expected a schedule in continuous time, got {name}; use trailing")
        below = found < gamma
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return high


def check(grid: Tensor) -> None:
    """Refuse a grid that is not (n + 1,), n >= 1, float64, strictly falling, in [0, 1].

    Raises:
        ValueError: names the first entry at fault.
    """
    if grid.ndim != 1 or grid.dtype != torch.float64 or grid.shape[0] < 2:
        raise ValueError(
            f"grid: expected times of shape (steps + 1,), float64, steps >= 1, got {tuple(grid.shape)}, {grid.dtype}"
        )
    times: list[float] = [float(t) for t in grid.cpu()]
    for i, t in enumerate(times):
        if not 0 <= t <= 1 or (i and not t < times[i - 1]):
            raise ValueError(f"grid: expected times falling from at most 1 to at least 0, got {t} at {i}")


def _between(times: Tensor, start: float, end: float) -> Tensor:
    times[0], times[-1] = start, end
    return times


def _finite(where: str, schedule: Schedule, t: float) -> float:
    gamma = float(schedule.gamma(torch.tensor([t], dtype=torch.float64, device=schedule.device)))
    if not math.isfinite(gamma):
        raise ValueError(f"{where}: expected a finite gamma at t = {t}, got {gamma}")
    return gamma


def _steps(where: str, steps: int) -> None:
    if steps < 1:
        raise ValueError(f"{where}: expected steps >= 1, got {steps}")


def _sub(where: str, T: int, steps: int) -> None:
    if not 1 <= steps <= T:
        raise ValueError(f"{where}: expected 1 <= steps <= T = {T}, got {steps}")
