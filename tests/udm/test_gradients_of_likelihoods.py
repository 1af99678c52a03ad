"""Likelihoods with gradients, in the data and in parameters: against closed forms and differences."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from udm.bound import bound_of, variational_bound
from udm.data import values
from udm.laws import Gaussian
from udm.likelihood import flow
from udm.likelihood.flow import log_prob, signs, transport
from udm.model import Model
from udm.process import Marginal
from udm.schedule import Betas, LinearGamma

PATH = LinearGamma(-6.0, 6.0)
MEAN, STD = torch.tensor([0.5, -1.0], dtype=torch.float64), torch.tensor([0.3, 1.2], dtype=torch.float64)
Z = torch.tensor([[0.2, 0.4], [-1.0, 2.0]], dtype=torch.float64)


class Sine(nn.Module):
    """v = k sin z, with k to be learned."""

    def __init__(self) -> None:
        super().__init__()
        self.k = nn.Parameter(torch.tensor(0.3, dtype=torch.float64))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.k * torch.sin(z)


def of_sine(z: Tensor, k: Tensor) -> Tensor:
    """Return the log density of the flow of `Sine` in closed form, of |z| < pi.

    With the angle a = int alpha sigma/2 dgamma the flow is dz = k sin(z) da, so that tan(z/2) grows by exp(k a), and
    z_1 by sin(z_1)/sin(z_0). From gamma = -6 to 6 the angle is Gudermann's of 3.
    """
    z_1 = 2 * torch.atan(torch.tan(z / 2) * torch.exp(k * 2 * math.atan(math.tanh(1.5))))
    return (torch.log(torch.sin(z_1) / torch.sin(z)) - (z_1**2 + math.log(2 * math.pi)) / 2).sum(1)


def of_gaussian(z: Tensor, k: Tensor) -> Tensor:
    """Return the log density of the flow of N(m, s^2): z - alpha m grows as the deviation sqrt(alpha^2 s^2 + sigma^2).

    It ends at the prior N(0, 1), from which the law itself is a little off.
    """
    (a_0, s_0), (a_1, s_1) = (PATH.at(torch.full((1,), t, dtype=torch.float64))[:2] for t in (0.0, 1.0))
    grow = torch.sqrt((a_1**2 * STD**2 + s_1**2) / (a_0**2 * STD**2 + s_0**2))
    z_1 = a_1 * MEAN + grow * (z - a_0 * MEAN)
    return (torch.log(grow) - (z_1**2 + math.log(2 * math.pi)) / 2).sum(1) + 0 * k


FLOWS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"Sine": of_sine, "Gaussian": of_gaussian}
COARSE, FINE = 1e-5, 1e-8


def slopes(log_density: Callable[[Tensor, Tensor], Tensor], k: Tensor) -> tuple[Tensor, ...]:
    """Return the gradients of the sum of log densities, in the data and in k."""
    z = Z.clone().requires_grad_()
    return torch.autograd.grad(log_density(z, k).sum(), (z, k))


def errors(name: str, exact: bool, tolerance: float) -> list[float]:
    """Return by how much the gradients are off at this tolerance, in the data and in k."""
    net, probe = Sine(), None if exact else signs(Z, torch.Generator().manual_seed(0))
    model = Model(net, PATH, "v") if name == "Sine" else Gaussian(MEAN, STD).model(PATH)

    def found(z: Tensor, k: Tensor) -> Tensor:
        log_density = log_prob(model, z, probe=probe, rtol=tolerance, atol=tolerance / 100, gradient=True)
        return log_density + 0 * k

    pairs = zip(slopes(found, net.k), slopes(FLOWS[name], net.k), strict=True)
    return [float((a - b).abs().max()) for a, b in pairs]


def falls(coarse: list[float], fine: list[float]) -> bool:
    """Whether errors fall as the tolerance does.

    A step of size h is let pass by an estimate of order h^5, so that h is as the tolerance to the power 1/5. What
    is kept has an error of h^5 over all steps, and not less than h^4 where the estimate's own order is kept, 4/5.
    """
    return all(b <= a * (FINE / COARSE) ** 0.8 for a, b in zip(coarse, fine, strict=True))


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("name", FLOWS)
def test_gradients_are_those_of_closed_forms_to_the_solvers_order(name: str, exact: bool) -> None:
    """In the data, and in a parameter. With signs too: Jacobians of these flows are diagonal."""
    assert falls(errors(name, exact, COARSE), errors(name, exact, FINE))


def test_gradients_through_the_size_of_a_step_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times have no gradient where the field is computed: a first step that has one leaves an error of its own size."""
    monkeypatch.setattr(flow, "_size", flow._size.__wrapped__)  # type: ignore[attr-defined]
    assert not falls(errors("Sine", True, COARSE), errors("Sine", True, FINE))


def test_gradients_without_those_of_the_divergence_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    held = flow.divergence
    monkeypatch.setattr(flow, "divergence", lambda v, z, probe, gradient: held(v, z, probe, gradient=gradient).detach())
    assert not falls(errors("Sine", True, COARSE), errors("Sine", True, FINE))


def test_without_the_word_there_are_none_and_the_numbers_are_the_same() -> None:
    model, z = Model(Sine(), PATH, "v"), Z.clone().requires_grad_()
    plain, with_gradient = log_prob(model, z), log_prob(model, z, gradient=True)
    assert not plain.requires_grad and with_gradient.requires_grad
    assert torch.equal(plain, with_gradient.detach())
    assert not transport(model, z).z_1.requires_grad and transport(model, z, gradient=True).z_1.requires_grad
    constant = Model(lambda z, _: torch.ones_like(z), PATH, "v")  # its divergence is 0, whatever z
    (slope,) = torch.autograd.grad(log_prob(constant, z, gradient=True).sum(), z)
    assert bool(slope.isfinite().all()) and bool((slope != 0).all())


def test_the_bound_has_gradients_in_the_data_and_in_parameters() -> None:
    """With the same noise and times the gradient is that of differences over h of the bound itself.

    Its rounding, some 100 u of itself over h = 1e-6, is the larger part: 2^-53 100/1e-6 = 1e-8 of the bound, which is
    at most 100 times the slope.
    """
    net, t = Sine(), torch.tensor([0.3, 0.8], dtype=torch.float64)

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
        log_prob(Model(Sine(), Betas.linear(10), "v"), Z, gradient=True)
