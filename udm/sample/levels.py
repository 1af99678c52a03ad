r"""Grids of times at given levels of noise on any path in continuous time, such as

.. math::
    \gamma(t_i) = \gamma_1 + \tfrac in (\gamma_0 - \gamma_1); \qquad
    \frac{\sigma}{\alpha}(t_i) = \Bigl(\sigma_{\max}^{1/\rho}
        + \tfrac{i}{n-1} (\sigma_{\min}^{1/\rho} - \sigma_{\max}^{1/\rho})\Bigr)^\rho.
"""

import math

import torch

from udm.arguments import integers, numbers
from udm.sample.grid import check_steps
from udm.schedule.base import Schedule
from udm.shapes import PerExample64, instance, per_example

_HALVINGS = 1100  # from 1 to the least float64


def uniform_gamma(schedule: Schedule, steps: int, *, start: float = 1.0, end: float = 0.0) -> PerExample64:
    """Return times at equal steps of gamma = -log SNR.

    Args:
        schedule: in continuous time.
        steps: how many steps.
        start: the first time.
        end: the last time.

    Returns:
        Times from exactly ``start`` to ``end``, ``(steps + 1,)`` float64.

    Raises:
        ValueError: if steps < 1, not 0 <= end < start <= 1, gamma is not finite at an end, or the schedule is a table
            of betas.
    """
    where = "udm.sample.uniform_gamma"
    check_steps(where, steps)
    _continuous(where, schedule)
    numbers(where, start=start, end=end)
    if not 0 <= end < start <= 1:
        raise ValueError(f"{where}: expected 0 <= end < start <= 1, got end = {end}, start = {start}")
    low, high = (_finite(where, schedule, t) for t in (end, start))
    gammas = torch.linspace(high, low, steps + 1, dtype=torch.float64, device=schedule.device)
    inner = _time_of_gamma(where, schedule, gammas[1:-1])  # the ends are known, and 0 takes a thousand halvings
    first, last = inner.new_tensor([start]), inner.new_tensor([end])
    return torch.cat([first, inner, last])


def karras(
    schedule: Schedule, steps: int, *, rho: float = 7.0, sigma_min: float | None = None, sigma_max: float | None = None
) -> PerExample64:
    """Return times at EDM's noise levels in sigma/alpha, on any path.

    The ends default to those of the schedule, which are then met exactly. If sigma_0 > 0, all n steps are between
    levels, down to that of t = 0; on EDM's own schedule this is :func:`udm.sample.uniform`. If sigma_0 = 0, the last
    step goes from sigma_min to sigma = 0.

    Args:
        schedule: in continuous time.
        steps: how many steps, at least 2.
        rho: the power; the larger it is, the more steps have little noise.
        sigma_min: the least positive level.
        sigma_max: the first level.

    Returns:
        Times from noise to data, ``(steps + 1,)`` float64.

    Raises:
        ValueError: if steps < 2, rho is not positive, sigma_min < sigma_max is not within the levels of the schedule,
            or sigma_min is absent although the schedule reaches 0; or the schedule is a table of betas.

    Source: Karras et al., arXiv 2206.00364v2, eq. (5).

    Claim: schedule.edm
    """
    where = "udm.sample.karras"
    _continuous(where, schedule)
    integers(where, steps=steps)
    numbers(where, rho=rho, **{k: v for k, v in (("sigma_min", sigma_min), ("sigma_max", sigma_max)) if v is not None})
    if steps < 2 or not rho > 0:
        raise ValueError(f"{where}: expected steps >= 2 and rho > 0, got {steps} and {rho}")
    at = schedule.at(torch.tensor([0.0, 1.0], dtype=torch.float64, device=schedule.device))
    least, most = (float(a) for a in at.sigma / at.alpha)  # the rounding of gamma would move them
    to_data = least == 0
    low, high = least if sigma_min is None else sigma_min, most if sigma_max is None else sigma_max
    if not (least <= low < high <= most and low > 0 and high < math.inf):
        raise ValueError(f"{where}: expected {least} <= sigma_min < sigma_max <= {most}, finite, got {low} and {high}")
    roots = torch.linspace(
        high ** (1 / rho), low ** (1 / rho), steps + (not to_data), dtype=torch.float64, device=schedule.device
    )
    times = _time_of_gamma(where, schedule, 2 * rho * torch.log(roots))
    if high == most:
        times[0] = 1.0
    if to_data:
        return torch.cat([times, torch.zeros(1, dtype=torch.float64, device=times.device)])
    if low == least:
        times[-1] = 0.0
    return times


def time_of_gamma(schedule: Schedule, gamma: PerExample64) -> PerExample64:
    """Return the time at which the schedule reaches each gamma, by bisection.

    It is accurate to an ulp, or as far as the rounding of gamma determines it.

    Args:
        schedule: in continuous time.
        gamma: ``(batch,)`` float64.

    Returns:
        Times, ``(batch,)`` float64.

    Raises:
        ValueError: if gamma is not float64 of shape (batch,), or the schedule is a table of betas.
    """
    where = "udm.sample.time_of_gamma"
    per_example(where, gamma=gamma)
    _continuous(where, schedule)
    return _time_of_gamma(where, schedule, gamma)


def _time_of_gamma(where: str, schedule: Schedule, gamma: PerExample64) -> PerExample64:
    low, high = torch.zeros_like(gamma), torch.ones_like(gamma)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if bool(((middle == low) | (middle == high)).all()):
            break
        at_middle = schedule.gamma(middle)
        if bool(torch.isnan(at_middle).any()):
            raise ValueError(f"{where}: expected gamma at all times, got NaN from {type(schedule).__name__}")
        below = at_middle < gamma
        low, high = torch.where(below, middle, low), torch.where(below, high, middle)
    return high


def _continuous(where: str, schedule: Schedule) -> None:
    instance(where, Schedule, schedule=schedule)
    if schedule.steps is not None:
        got = f"{type(schedule).__name__} with {schedule.steps} steps"
        raise ValueError(f"{where}: expected a schedule in continuous time, got {got}; use udm.sample.trailing")


def _finite(where: str, schedule: Schedule, t: float) -> float:
    gamma = float(schedule.gamma(torch.tensor([t], dtype=torch.float64, device=schedule.device)).detach())
    if not math.isfinite(gamma):
        raise ValueError(f"{where}: expected a finite gamma at t = {t}, got {gamma}")
    return gamma
