"""Time grids agree with the published lists and invert their schedules."""

from fractions import Fraction

import pytest
import torch
from mpmath import mp, mpf

from udm.sample import karras, leading, time_of_gamma, trailing, uniform, uniform_gamma
from udm.sample.grid import check
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Schedule,
    Sigmoid,
    SubVP,
)

CONTINUOUS = (
    LinearGamma(),
    Cosine(),
    CosineOffset(),
    BetaLinear(),
    SubVP(),
    Sigmoid(),
    EDM(),
    RectifiedFlow(),
    Learned(hidden=4).requires_grad_(False),
)


@pytest.mark.parametrize(("T", "n"), [(1000, 50), (1000, 7), (1000, 3), (10, 10), (9, 2), (1, 1)])
def test_trailing_and_leading_grids_are_those_of_diffusers(T: int, n: int) -> None:
    """diffusers counts round(arange(T, 0, -T/n)) - 1 and arange(n) * (T // n) from 0; here they are i/T, then 0."""
    back = [(Fraction(T) - i * Fraction(T, n) + Fraction(1, 2)).__floor__() for i in range(n)]
    assert trailing(T, n).tolist() == [i / T for i in [*back, 0]]
    front = sorted((j * (T // n) + 1 for j in range(n)), reverse=True)
    assert leading(T, n).tolist() == [i / T for i in [*front, 0]]
    for grid in (trailing(T, n), leading(T, n)):
        check(grid)
        assert bool(Betas([0.1] * T).at(grid).gamma.isnan().logical_not().all())


def test_leading_does_not_start_at_pure_noise() -> None:
    """In the example of Lin et al., 25 of 1000 steps start at t = 961 instead of 1000, where signal is left."""
    schedule = Betas.linear(1000)
    first, right = leading(1000, 25)[:1], trailing(1000, 25)[:1]
    assert (first.item(), right.item()) == (0.961, 1.0)
    assert float(schedule.alpha(first)) > 1.3 * float(schedule.alpha(right))


@pytest.mark.parametrize("schedule", CONTINUOUS, ids=lambda s: type(s).__name__)
def test_the_inverse_of_a_schedule_meets_gamma(schedule: Schedule) -> None:
    """gamma(t) is met to an ulp of t, or to an ulp of gamma where gamma is flat."""
    t = torch.tensor([1e-4, 0.01, 0.3, 0.5, 0.9, 0.999], dtype=torch.float64)
    gamma = schedule.gamma(t)
    found = time_of_gamma(schedule, gamma)
    slack = 2.0**-52 * (t + 4 * (gamma.abs() + 1) / schedule.dgamma(t))
    assert bool(((found - t).abs() <= slack).all()), (found - t) / slack
    assert not bool(((time_of_gamma(schedule, gamma + 1e-9) - t).abs() <= slack).any())


def test_a_grid_uniform_in_gamma_has_equal_gaps() -> None:
    schedule = BetaLinear()
    grid = uniform_gamma(schedule, 8, end=1e-3)
    check(grid)
    assert (grid[0].item(), grid[-1].item()) == (1.0, 1e-3)
    gaps = schedule.gap(grid[1:], grid[:-1])
    torch.testing.assert_close(gaps, gaps.mean().expand(8), rtol=1e-12, atol=0)
    torch.testing.assert_close(uniform_gamma(LinearGamma(), 8), uniform(8), rtol=0, atol=2.0**-50)
    with pytest.raises(ValueError, match=r"uniform_gamma: expected a finite gamma at t = 0.0, got -inf"):
        uniform_gamma(schedule, 8)


def test_the_karras_grid_is_edms() -> None:
    """EDM (5) is equal times on EDM's own schedule.

    On another schedule sigma/alpha is the same; sigma = 0 is last if reached.
    """
    torch.testing.assert_close(karras(EDM(), 18), uniform(18), rtol=0, atol=2.0**-48)
    for ends in ((0.002, 80.0), (0.01, 10.0), (0.03, 7.1)):  # the given ends are met exactly
        own = karras(EDM(*ends), 18, sigma_min=ends[0], sigma_max=ends[1])
        assert (own[0], own[-1]) == (1, 0)
    grid = karras(Cosine(), 18, sigma_min=0.002, sigma_max=80.0)
    check(grid)
    mp.dps = 30
    low, high = mpf(0.002) ** (1 / mpf(7)), mpf(80) ** (1 / mpf(7))
    at = Cosine().at(grid)
    for i in range(18):
        exact = (high + mpf(i) / 17 * (low - high)) ** 7
        assert abs(float(at.sigma[i] / at.alpha[i]) / exact - 1) < 1e-12
    assert grid[-1] == 0
    with pytest.raises(ValueError, match=r"karras: expected 0.0 <= sigma_min < sigma_max <= .*, finite, got 0.0"):
        karras(Cosine(), 18, sigma_max=80.0)
    with pytest.raises(ValueError, match=r"karras: expected a schedule in continuous time, got Betas with 10 steps"):
        karras(Betas.linear(10), 5, sigma_min=0.1)


def test_grids_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match=r"uniform: expected steps >= 1, an integer, got 0"):
        uniform(0)
    with pytest.raises(ValueError, match=r"trailing: expected 1 <= steps <= T = 10, got 11"):
        trailing(10, 11)
    with pytest.raises(ValueError, match=r"check: expected grid falling from at most 1 to at least 0, got 0.5 at 1"):
        check(torch.tensor([0.5, 0.5], dtype=torch.float64))
    with pytest.raises(ValueError, match=r"check: expected grid falling from at most 1 to at least 0, got 1.5 at 0"):
        check(torch.tensor([1.5, 0.5], dtype=torch.float64))
    with pytest.raises(ValueError, match=r"check: expected grid of shape \(steps \+ 1,\), float64"):
        check(torch.tensor([0.5]))
