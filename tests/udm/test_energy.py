"""The score of an energy: of normal laws and mixtures as their closed forms have it, free of the normaliser."""

import pytest
import torch
from torch import Tensor

from udm.energy import denoiser, score
from udm.laws import Mixture, preserving
from udm.model import Model
from udm.schedule import LinearGamma

Z = torch.linspace(-2, 2, 10, dtype=torch.float64).reshape(5, 2)
V = 0.7
LAW = Mixture(
    torch.tensor([0.25, 0.75], dtype=torch.float64),
    torch.tensor([[-1.0, 0.5], [0.5, 0.0]], dtype=torch.float64),
    torch.tensor([[0.25, 1.0], [0.5, 0.3]], dtype=torch.float64),
)


def normal(z: Tensor) -> Tensor:
    return torch.square(z).sum(1) / (2 * V)


@pytest.mark.claim("energy.score")
def test_the_score_of_a_normal_law_is_linear_and_free_of_the_normaliser() -> None:
    found = score(normal, Z)
    assert torch.allclose(found, -Z / V, rtol=1e-15)
    assert torch.equal(found, score(lambda z: normal(z) + 5.0, Z))
    assert not torch.allclose(found, Z / V)  # the other sign
    assert not torch.allclose(found, -Z / V * torch.exp(-normal(Z))[:, None])  # the slope of the density


@pytest.mark.claim("energy.score", "mixture.score")
def test_the_energy_of_a_mixtures_marginal_is_its_best_denoiser() -> None:
    path, gamma = LinearGamma(-3.0, 3.0), torch.linspace(-2, 2, 5, dtype=torch.float64)
    by_energy = denoiser(lambda z, g: -LAW.log_marginal(z, preserving(g)))
    best, at = LAW.model(path), preserving(gamma)
    got = Model(by_energy, path, "score").predict(Z, at, "x")
    assert torch.allclose(got, best.predict(Z, at, "x"), rtol=1e-10)
    assert not torch.allclose(Model(by_energy, path, "eps").predict(Z, at, "x"), best.predict(Z, at, "x"), rtol=0.1)


def test_gradients_reach_the_parameters_and_the_latent_only_if_they_are_asked_for() -> None:
    scale = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    plain = score(lambda z: scale * normal(z), Z)
    assert not plain.requires_grad
    asked = score(lambda z: scale * normal(z), Z, gradient=True)
    (slope,) = torch.autograd.grad(asked.sum(), scale)
    assert float(slope) == pytest.approx(float((-Z / V).sum()), rel=1e-12, abs=1e-12)
    at = Z.clone().requires_grad_()
    (bend,) = torch.autograd.grad(score(normal, at, gradient=True).sum(), at)
    assert torch.allclose(bend, torch.full_like(Z, -1 / V), rtol=1e-14)
    assert torch.equal(score(lambda z: torch.ones(5), Z), torch.zeros_like(Z))
    with torch.no_grad():
        assert torch.allclose(score(normal, Z), -Z / V, rtol=1e-15)


def test_an_energy_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"udm\.energy\.score: expected energy\(z\) of shape \(5,\)"):
        score(lambda z: z, Z)
    with pytest.raises(ValueError, match=r"udm\.energy\.denoiser: expected energy to be a function"):
        denoiser(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"udm\.energy\.denoiser: expected energy\(z\) of shape"):
        denoiser(lambda z, g: z)(Z, Z[:, 0])
    with pytest.raises(ValueError, match=r"udm\.energy\.score: expected z of a floating dtype"):
        score(normal, Z.long())
