"""Likelihoods with gradients, in the data and in parameters: against closed forms and differences."""

import math

import pytest
import torch
from torch import Tensor, nn

from udm.bound import bound_of, variational_bound
from udm.data import values
from udm.laws import Gaussian
from udm.likelihood.flow import log_prob, signs, transport
from udm.model import Model
from udm.process import Marginal
from udm.schedule import Betas, LinearGamma

PATH = LinearGamma(-6.0, 6.0)
MEAN, STD = torch.tensor([0.5, -1.0], dtype=torch.float64), torch.tensor([0.3, 1.2], dtype=torch.float64)
Z = torch.tensor([[0.2, 0.4], [-1.0, 2.0]], dtype=torch.float64)


class Linear(nn.Module):
    """v = k z, with k to be learned."""

    def __init__(self) -> None:
        super().__init__()
        self.k = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.k * torch.sin(z)


def test_the_gradient_in_the_data_is_the_score_of_the_law() -> None:
    """With the best denoiser the flow's density at z_0 is N(alpha m, alpha^2 s^2 + sigma^2), to the solver's error.

    At gamma_1 = 20 the law's end differs from the prior by alpha_1 = 5e-5.
    """
    path = LinearGamma(-6.0, 20.0)
    at, model = path.at(torch.zeros(1, dtype=torch.float64)), Gaussian(MEAN, STD).model(path)
    z = Z.clone().requires_grad_()
    exact = (at.alpha * MEAN - z.detach()) / (at.alpha**2 * STD**2 + at.sigma**2)
    for probe in (None, signs(Z, torch.Generator().manual_seed(0))):
        (found,) = torch.autograd.grad(log_prob(model, z, probe=probe, rtol=1e-8, atol=1e-10, gradient=True).sum(), z)
        assert torch.allclose(found, exact, rtol=0, atol=1e-3)  # 3e-4 here, and half of it at a tolerance of 1e-10


@pytest.mark.parametrize("exact", [True, False])
def test_the_gradient_in_a_parameter_is_that_of_differences(exact: bool) -> None:
    net = Linear()
    probe = None if exact else signs(Z, torch.Generator().manual_seed(0))

    def at(k: float) -> Tensor:
        with torch.no_grad():
            net.k.fill_(k)
        return log_prob(Model(net, PATH, "v"), Z, probe=probe, rtol=1e-10, atol=1e-12).sum()

    slope = float(at(0.3 + 1e-5) - at(0.3 - 1e-5)) / 2e-5
    at(0.3)
    log_prob(Model(net, PATH, "v"), Z, probe=probe, rtol=1e-10, atol=1e-12, gradient=True).sum().backward()
    assert net.k.grad is not None and math.isclose(float(net.k.grad), slope, rel_tol=1e-4)  # the solver's error


def test_without_the_word_there_are_none_and_the_numbers_are_the_same() -> None:
    model, z = Model(Linear(), PATH, "v"), Z.clone().requires_grad_()
    plain, with_gradient = log_prob(model, z), log_prob(model, z, gradient=True)
    assert not plain.requires_grad and with_gradient.requires_grad
    assert torch.allclose(plain, with_gradient.detach(), rtol=1e-12)
    assert not transport(model, z).z_1.requires_grad and transport(model, z, gradient=True).z_1.requires_grad
    constant = Model(lambda z, _: torch.ones_like(z), PATH, "v")  # its divergence is 0, whatever z
    (slope,) = torch.autograd.grad(log_prob(constant, z, gradient=True).sum(), z)
    assert bool(slope.isfinite().all()) and bool((slope != 0).all())


def test_the_bound_has_gradients_in_the_data_and_in_parameters() -> None:
    """With the same noise and times the gradient is that of differences of the bound itself."""
    net, t = Linear(), torch.tensor([0.3, 0.8], dtype=torch.float64)

    def decoder(x: Tensor, z_0: Tensor, at_0: Marginal) -> Tensor:
        return (x - z_0 / at_0.alpha[:, None]).square().sum(1)

    def bound(x: Tensor) -> Tensor:
        return bound_of(Model(net, PATH, "v"), x, decoder, t=t, generator=torch.Generator().manual_seed(0)).total.sum()

    x = Z.clone().requires_grad_()
    in_x, in_k = torch.autograd.grad(bound(x), (x, net.k))
    step = torch.tensor([[1e-6, 0.0], [0.0, 0.0]], dtype=torch.float64)
    assert math.isclose(float(in_x[0, 0]), float((bound(Z + step) - bound(Z - step)).detach()) / 2e-6, rel_tol=1e-6)
    with torch.no_grad():
        net.k.add_(1e-6)
        up = float(bound(Z))
        net.k.sub_(2e-6)
        assert math.isclose(float(in_k), (up - float(bound(Z))) / 2e-6, rel_tol=1e-6)
    levels = values(17, torch.float64)
    of_levels = variational_bound(Model(net, PATH, "v"), torch.tensor([[3, 4], [5, 6]]), levels, t=t).total.sum()
    assert torch.autograd.grad(of_levels, net.k)[0] != 0


def test_a_table_has_no_flow_with_gradients_either() -> None:
    with pytest.raises(NotImplementedError, match="no derivative"):
        log_prob(Model(Linear(), Betas.linear(10), "v"), Z, gradient=True)
