"""Mixes of two latents: their length, their ends, what has no arc, and data that are mixed through their latents."""

import math

import pytest
import torch
from torch import Tensor

import udm.sample.mix as mix
from udm.model import Model
from udm.sample import DDIM, encode, interpolate, reverse, slerp, uniform
from udm.schedule import Cosine, LinearGamma

U = 2.0**-53
A, B = torch.randn(2, 5, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
B = B * (A.flatten(1).norm(dim=1) / B.flatten(1).norm(dim=1)).reshape(-1, 1, 1)  # each pair has one length


def shares(b: float, n: int = 5) -> Tensor:
    return torch.full((n,), b, dtype=torch.float64)


def lengths(z: Tensor) -> Tensor:
    return z.flatten(1).norm(dim=1)


def kept(z: Tensor) -> bool:
    """Whether the lengths are those of the ends, to the rounding of weights, products and sums: 40 u."""
    return bool((lengths(z) / lengths(A) - 1).abs().max() < 40 * U)


@pytest.mark.claim("ddim.slerp")
@pytest.mark.parametrize("b", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_mix_on_the_arc_has_the_length_of_its_ends(b: float, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(slerp(A, B, shares(b)))
    if 0 < b < 1:
        monkeypatch.setattr(mix, "slerp_weights", lambda psi, share: (1 - share, share))
        assert not kept(slerp(A, B, shares(b)))  # the straight line


@pytest.mark.claim("ddim.slerp")
def test_the_straight_line_loses_what_the_claim_says() -> None:
    cosine = (A * B).flatten(1).sum(1) / lengths(A) ** 2
    middle = lengths((A + B) / 2) ** 2 / lengths(A) ** 2
    assert torch.allclose(middle, 1 - (1 - cosine) / 2, rtol=1e-12)


def test_the_ends_are_the_latents_and_equal_latents_stay() -> None:
    assert torch.equal(slerp(A, B, shares(0.0)), A) and torch.equal(slerp(A, B, shares(1.0)), B)
    assert torch.allclose(slerp(A, A, shares(0.3)), A, rtol=4 * U, atol=0)
    near = A + 1e-9 * B
    line = 0.7 * A + 0.3 * near
    assert torch.allclose(slerp(A, near, shares(0.3)), line, rtol=0, atol=1e-15)  # by arccos this would be lost


def test_what_has_no_arc_is_no_number() -> None:
    assert bool(torch.isnan(slerp(A, -A, shares(0.5))).all())
    assert bool(torch.isnan(slerp(A, 0 * A, shares(0.5))).all())


def test_each_example_has_its_own_angle_and_share() -> None:
    b = torch.linspace(0, 1, 5, dtype=torch.float64)
    whole = slerp(A, B, b)
    alone = torch.cat([slerp(A[i : i + 1], B[i : i + 1], b[i : i + 1]) for i in range(5)])
    assert torch.allclose(whole, alone, rtol=0, atol=20 * U)
    assert slerp(A.float(), B.float(), b.float()).dtype == torch.float32


@pytest.mark.claim("ddim.slerp", "ddim.inverse")
def test_data_are_mixed_through_their_latents_and_the_ends_come_back() -> None:
    """For a constant eps-hat encoding and DDIM are exact inverses."""
    model = Model(lambda z, gamma: torch.full_like(z, 0.25), LinearGamma(-4.0, 2.0), "eps")
    got = interpolate(model, A, B, [0.0, 0.5, 1.0], grid=6)
    assert got.shape == (15, 3, 4)
    assert torch.allclose(got[:5], A, rtol=0, atol=1e-13) and torch.allclose(got[10:], B, rtol=0, atol=1e-13)
    z = slerp(encode(model, A, grid=6), encode(model, B, grid=6), shares(0.5))
    end = reverse(model, z, uniform(6), DDIM(), lambda: z)
    alpha = float(model.schedule.at(torch.zeros(1, dtype=torch.float64)).alpha)
    assert torch.allclose(got[5:10], end / alpha, rtol=1e-12)
    assert not torch.allclose(got[5:10], (A + B) / 2, rtol=1e-2)


def test_a_tensor_of_shares_is_a_sequence_and_none_make_nothing() -> None:
    model = Model(lambda z, gamma: 0 * z, LinearGamma(-4.0, 2.0), "eps")
    assert torch.equal(interpolate(model, A, B, torch.tensor([0.5]), grid=3), interpolate(model, A, B, [0.5], grid=3))
    assert interpolate(model, A, B, [], grid=3).shape == (0, 3, 4)
    with pytest.raises(ValueError, match=r"udm\.sample\.interpolate: expected finite shares"):
        interpolate(model, A, B, [math.inf])
    with pytest.raises(ValueError, match=r"udm\.sample\.interpolate: expected finite second"):
        interpolate(model, A, B / 0, [0.5])


def test_a_path_to_sigma_zero_is_taken_back_too() -> None:
    model = Model(lambda z, gamma: torch.full_like(z, 0.25), Cosine(), "eps")
    grid = torch.tensor([0.0, 0.3, 0.9], dtype=torch.float64)
    got = interpolate(model, A, B, [0.0], grid=grid)
    assert torch.allclose(got, A, rtol=0, atol=1e-12)
