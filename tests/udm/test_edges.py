"""Derivatives in time where sigma = 0 or alpha = 0: right where they are finite or infinite, never a wrong number."""

import math

import pytest
import torch
from torch import Tensor

from udm.sample.step import ddim_coefficients
from udm.schedule import BetaLinear, Cosine, CosineOffset, RectifiedFlow, Schedule, Sigmoid, SubVP

SCHEDULES: dict[str, Schedule] = {
    type(s).__name__: s for s in (Cosine(), CosineOffset(), Sigmoid(), RectifiedFlow(), BetaLinear(), SubVP())
}


def f64(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slope(of: object, t: float) -> float:
    """Return the derivative at t, beside a time inside, to which an edge may not do anything."""
    at = f64(t, 0.5).requires_grad_()
    (found,) = torch.autograd.grad(of(at).sum(), at)  # type: ignore[operator]
    assert math.isfinite(float(found[1]))
    return float(found[0])


@pytest.mark.parametrize("name", SCHEDULES)
def test_slopes_at_the_data_are_those_near_it(name: str) -> None:
    """A finite slope is that of a secant to 1e-7; an infinite one is a secant that grows as the root of 1/t."""
    schedule = SCHEDULES[name]
    assert slope(schedule.gamma, 0.0) == math.inf
    near = [float(schedule.sigma(t)) / t for t in (1e-8, 1e-12)]
    got = slope(schedule.sigma, 0.0)
    if abs(near[1] / near[0] - 1) < 1e-3:
        assert got == pytest.approx(near[1], rel=1e-5)
    else:
        assert near[1] / near[0] == pytest.approx(100, rel=0.1) and got == math.inf
    assert math.isfinite(slope(schedule.alpha, 0.0))


@pytest.mark.parametrize("name", ["Cosine", "CosineOffset", "Sigmoid", "RectifiedFlow"])
def test_slopes_at_the_noise_are_those_near_it(name: str) -> None:
    schedule = SCHEDULES[name]
    assert slope(schedule.gamma, 1.0) == math.inf
    assert slope(schedule.alpha, 1.0) == (-math.inf if name == "Sigmoid" else pytest.approx(secant(schedule), rel=1e-5))


def secant(schedule: Schedule) -> float:
    return -float(schedule.alpha(1 - 2**-30)) * 2**30


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_last_step_to_the_data_has_gradients_in_its_beginning(name: str) -> None:
    """c and the share of x-hat do not change with t there: an optimiser of a grid may take its last step too."""
    schedule, s = SCHEDULES[name], f64(0.0, 0.25)

    def c(t: Tensor) -> Tensor:
        return schedule.between(s, t).c

    def x(t: Tensor) -> Tensor:
        return ddim_coefficients(schedule.between(s, t)).x

    t = f64(0.3, 0.6).requires_grad_()
    for of in (c, x):
        first, second = torch.autograd.grad(of(t).sum(), t)[0].tolist()
        assert first == 0 and second > 0
    grid = f64(0.9, 0.5, 0.2).requires_grad_()
    times = torch.cat([grid, f64(0.0)])
    (found,) = torch.autograd.grad(ddim_coefficients(schedule.between(times[1:], times[:-1])).x.sum(), grid)
    assert found.isfinite().all() and (found[1:] != 0).any()


def test_a_slope_of_c_at_the_data_is_right_or_not_a_number() -> None:
    """For sigma ~ t it is 0; for sigma ~ sqrt(t) it is some finite number that no rule of these knows."""
    t = f64(0.5)
    for name, schedule in SCHEDULES.items():
        found = slope(lambda s, on=schedule: on.between(s, t.expand(2) + f64(0, 0.1)).c, 0.0)
        near = (float(schedule.between(1e-9, 0.5).c) - 1) / 1e-9
        if name in ("Cosine", "RectifiedFlow", "SubVP"):
            assert found == 0 and abs(near) < 1e-6
        else:
            assert math.isnan(found) and near < -1e-3
