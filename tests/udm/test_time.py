"""Systematic times: each is uniform, together they are evenly spread, and ranks hold parts of one draw."""

import math

import pytest
import torch

from udm.time import systematic_times


@pytest.mark.parametrize("k", [1, 8, 49, 103])
def test_each_cell_has_one_time(k: int) -> None:
    """numpy.arange(0, 1, 1 / k) has a time too many for k = 49 or 103, since 1 / k is rounded."""
    t = systematic_times(k, generator=torch.Generator().manual_seed(1))
    assert t.shape == (k,) and t.dtype == torch.float64
    assert ((t > 0) & (t <= 1)).all()
    gaps = t.sort().values.diff()
    torch.testing.assert_close(gaps, torch.full_like(gaps, 1 / k), rtol=0, atol=2.0**-52)


@pytest.mark.parametrize("u_0", [0.0, 0.3, 1 - 2.0**-53])
def test_time_1_may_occur_and_time_0_never_does(u_0: float) -> None:
    """This holds for every u_0."""
    t = systematic_times(7, u_0)
    assert ((t > 0) & (t <= 1)).all()
    assert (t[0] == 1) == (u_0 == 0)


def test_ranks_hold_slices_of_one_draw() -> None:
    whole = systematic_times(12, 0.37)
    for batch, offset in ((12, 0), (5, 0), (4, 5), (3, 9)):
        part = systematic_times(batch, torch.tensor(0.37, dtype=torch.float64), offset=offset, total=12)
        assert torch.equal(part, whole[offset : offset + batch])
    u_0 = torch.rand((), dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    drawn = systematic_times(4, offset=4, total=12, generator=torch.Generator().manual_seed(3))
    assert torch.equal(drawn, systematic_times(12, u_0)[4:8])


def test_the_mean_is_unbiased_and_exact_to_order_k() -> None:
    """Averaged over a grid of u_0, the mean of cos(2 pi m t) is 0 unless its frequency is that of the cells (m = k)."""
    k = 5
    for m in range(1, 12):
        means = torch.stack(
            [torch.cos(2 * math.pi * m * systematic_times(k, (j + 0.5) / 16)).mean() for j in range(16)]
        )
        assert abs(means.mean()) < 1e-13
        largest = means.abs().max()
        assert (largest > 0.9) if m % k == 0 else (largest < 1e-13)


def test_wrong_arguments_of_times_are_refused() -> None:
    for batch, offset, total in ((0, 0, None), (2, -1, 4), (3, 2, 4)):
        with pytest.raises(ValueError, match=r"expected batch >= 1, offset >= 0 and offset \+ batch <= total"):
            systematic_times(batch, offset=offset, total=total)
    with pytest.raises(ValueError, match=r"expected u_0 of shape \(\), got \(2,\)"):
        systematic_times(2, torch.zeros(2))
