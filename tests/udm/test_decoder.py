"""Decoders at small sizes: samples, nearest levels, edges, selected rows, refused arguments and gradients."""

import math

import pytest
import torch

from udm import Gaussian, Marginal, kl, reconstruction, variational_bound
from udm.cells import cell_reconstruction, ddpm_term, neg_log_cell, neg_log_tail, on_rows
from udm.decoder import draw, mode, nearest, window
from udm.model import Model
from udm.schedule import Betas, Cosine, LinearGamma


def f64(*values: float) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_the_probabilities_of_all_cells_sum_to_one() -> None:
    levels, mean = torch.linspace(-1, 1, 9), torch.full((9, 1), 0.3, dtype=torch.float64)
    for sigma in (0.01, 0.1, 1.0, 10.0):
        p = Gaussian(mean, torch.full((9, 1), sigma**2, dtype=torch.float64))
        loss = cell_reconstruction(torch.arange(9)[:, None], p, levels)
        assert torch.exp(-loss).sum().item() == pytest.approx(1, abs=1e-14)


def test_gradients_are_right_in_every_branch() -> None:
    m = f64(0.0, 0.3, 2.0, 5.0, 30.0, 1.0).requires_grad_()
    h = f64(0.1, 3.0, 0.4, 1.0, 0.2, 1.0000001).requires_grad_()
    assert torch.autograd.gradcheck(neg_log_cell, (m, h))
    assert torch.autograd.gradcheck(neg_log_tail, (f64(-5.0, -1.0, 1e-3, 3.0, 40.0).requires_grad_(),))


def test_levels_that_do_not_increase_give_nan() -> None:
    p = Gaussian(torch.zeros(1, 1), torch.ones(1, 1))
    assert cell_reconstruction(torch.tensor([[1]]), p, f64(1.0, 0.0, -1.0)).isnan()


def test_a_sample_follows_the_softmax() -> None:
    """The distribution function is inverted: u is just below and just above each of its steps."""
    levels, at, K = torch.linspace(-1, 1, 5).double(), Marginal.from_gamma(f64(-1.0)), 5
    z = torch.full((1, 1), 0.2, dtype=torch.float64)
    p = torch.exp(torch.cat([-reconstruction(torch.tensor([[k]]), z, at, levels) for k in range(K)]))
    for k, end in enumerate(torch.cumsum(p, 0)[:-1].tolist()):
        assert draw(z, at, levels, torch.full_like(z, end - 1e-12)).item() == k
        assert draw(z, at, levels, torch.full_like(z, end + 1e-12)).item() == k + 1
    assert draw(z, at, levels, torch.zeros_like(z)).item() == 0
    assert draw(z, at, levels, torch.full_like(z, 1 - 2.0**-53)).item() == K - 1
    assert mode(z, at, levels).item() == p.argmax()


def test_the_mode_is_the_nearest_level() -> None:
    levels = f64(-1.0, 0.0, 3.0)
    assert nearest(f64(-9.0, -0.51, -0.5, 1.4, 1.6, 9.0)[:, None], levels).flatten().tolist() == [0, 0, 1, 1, 2, 2]


def test_the_decoder_counts_only_at_the_first_step() -> None:
    torch.manual_seed(0)
    levels, index = torch.linspace(-1, 1, 9), torch.randint(0, 9, (6, 4))
    q = Gaussian(torch.randn(6, 4), torch.rand(6, 1))
    p = Gaussian(torch.randn(6, 4).requires_grad_(), torch.rand(6, 1))
    first = torch.tensor([False, True, False, False, True, False])
    q.var[first] = 0  # as at the first step: the divergence is infinite, and its gradient NaN
    got = ddpm_term(index, q, p, first, levels)
    want = torch.where(first, cell_reconstruction(index, p, levels), kl(q, p))
    assert torch.equal(got, want)
    got.sum().backward()
    assert p.mean.grad is not None and p.mean.grad.isfinite().all()
    for rows in (first & ~first, first | ~first):
        assert ddpm_term(index, Gaussian(q.mean, q.var + 1), p, rows, levels).isfinite().all()


def test_only_rows_at_the_first_step_are_computed() -> None:
    seen = []

    def term(a: torch.Tensor) -> torch.Tensor:
        seen.append(len(a))
        return a.sum(dim=1)

    rows = torch.arange(100) == 7
    assert on_rows(rows, term, torch.ones(100, 3)).tolist() == [0.0] * 7 + [3.0] + [0.0] * 92
    on_rows(~rows & rows, term, torch.ones(100, 3))
    assert seen == [1]


def test_wrong_arguments_of_decoders_are_refused() -> None:
    p, index, levels = Gaussian(torch.zeros(2, 3), torch.ones(2, 1)), torch.zeros(2, 3, dtype=torch.int64), f64(0, 1)
    at = Marginal.from_gamma(f64(0.0, 0.0))
    for call, message in (
        (lambda: cell_reconstruction(index[:, 0], p, levels), r"expected index of shape \(2, 3\), integer"),
        (lambda: cell_reconstruction(index, p, levels[:1]), "expected at least 2 levels, got 1"),
        (lambda: reconstruction(index, p.mean, at, levels, window=0), "expected window >= 1 or None, got 0"),
        (lambda: on_rows(index[:, 0], torch.sum, p.mean), r"expected rows of shape \(batch,\), bool"),
        (lambda: on_rows(index[:, 0] == 0, torch.sum, p.mean[:1]), r"expected tensors\[0\] of batch 2, got \(1, 3\)"),
        (lambda: window(index, 0.0), r"window: expected levels of shape \(batch,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_a_nearly_certain_cell_keeps_its_digits() -> None:
    """For a cell 40 sigma wide around the mean, -log p = 2 Q(20), which is as small as 1e-88."""
    sigma, levels = 1 / 40, f64(-2.0, -1.0, 0.0, 1.0, 2.0)
    p = Gaussian(f64(0.0)[:, None], f64(sigma**2)[:, None])
    got = cell_reconstruction(torch.tensor([[2]]), p, levels).item()
    assert got == pytest.approx(math.erfc(20 / math.sqrt(2)), rel=1e-12)


def test_without_noise_the_latents_own_level_is_drawn() -> None:
    levels, at = torch.linspace(-1, 1, 5), Cosine().at(f64(0, 0, 0))
    index = torch.tensor([[4], [2], [1]])
    z = levels[index].double()
    for u in (0.0, 0.3, 1 - 2.0**-53):
        assert torch.equal(draw(z, at, levels, torch.full_like(z, u)), index)
    assert torch.equal(mode(z, at, levels), index)


def test_uniform_numbers_may_be_finer_than_the_latent() -> None:
    """Uniform numbers of a half type, 2^-8 apart, draw a level of probability 0.001 three times too often."""
    levels, at = f64(-1.0, 1.0), Marginal.from_gamma(torch.full((4000,), -1.0))
    z = torch.full((4000, 1), 1.22, dtype=torch.bfloat16)
    u = (torch.arange(4000, dtype=torch.float64)[:, None] + 0.5) / 4000
    y = z[0].double() / at.alpha[0]
    low = float(torch.sigmoid(-2 * at.snr[0] * y))  # of two levels
    assert draw(z, at, levels, u).eq(0).sum().item() == round(4000 * low)


def test_an_index_out_of_range_has_no_loss() -> None:
    levels, at = torch.linspace(-1, 1, 5), Marginal.from_gamma(f64(-3, -3, -3))
    index, z = torch.tensor([[-1], [4], [5]]), torch.zeros(3, 1)
    for loss in (
        reconstruction(index, z, at, levels),
        reconstruction(index, z, Marginal.from_gamma(f64(-9, -9, -9)), levels, window=1),
        cell_reconstruction(index, Gaussian(z, torch.ones(3, 1)), levels),
        variational_bound(Model(lambda z, _: z, LinearGamma(), "v"), index, levels).total,
        variational_bound(Model(lambda z, _: z, Betas.linear(10), "v"), index, levels, T=10).total,
    ):
        assert loss.isnan().tolist() == [True, False, True]
