"""The noise of an ancestral step: of the variance that was chosen, and none in the step to the data."""

import pytest
import torch

from udm.laws import Gaussian
from udm.model import Model
from udm.sample import DDIM, Ancestral, reverse, sample, trailing
from udm.sample.step import ancestral_coefficients
from udm.schedule import Betas, LinearGamma

TABLE = Betas.linear(20, 0.01, 0.4)
GRID = trailing(20, 20)
ZERO = Model(lambda z, gamma: torch.zeros_like(z), TABLE, "x")


def noise_of(sampler: Ancestral, start: int) -> float:
    """Return the variance of the noise of the step that begins at start/20: what a unit of it adds to 0, squared."""
    one = torch.ones(1, 1, dtype=torch.float64)
    return float(reverse(ZERO, 0 * one, GRID[20 - start : 22 - start], sampler, lambda: one)) ** 2


def test_the_noise_has_the_chosen_variance() -> None:
    abar, beta = TABLE.alphas_cumprod, TABLE.betas
    tilde = beta[9] * (1 - abar[8]) / (1 - abar[9])
    assert noise_of(Ancestral(), 10) == pytest.approx(float(tilde), rel=1e-14)
    assert noise_of(Ancestral("beta"), 10) == pytest.approx(float(beta[9]), rel=1e-14)
    assert noise_of(Ancestral([0.7]), 10) == pytest.approx(0.7, rel=1e-14)
    assert abs(float(beta[9] / tilde) - 1) > 0.1  # so that one does not pass for the other
    for sampler in (Ancestral(), Ancestral("beta"), Ancestral([0.7])):
        assert noise_of(sampler, 1) == 0


@pytest.mark.claim("ancestral.step")
def test_beta_is_the_variance_of_the_forward_step() -> None:
    s, t = torch.tensor([0.25], dtype=torch.float64), torch.tensor([0.5], dtype=torch.float64)
    step = LinearGamma().between(s, t)
    assert ancestral_coefficients(step, "beta").noise.equal(step.sigma_t * torch.sqrt(step.c))
    torch.testing.assert_close(ancestral_coefficients(step, "beta").noise ** 2, step.var_ts, rtol=1e-15, atol=0)
    assert ancestral_coefficients(step, step.posterior_var).noise.equal(torch.sqrt(step.posterior_var))
    assert DDIM(1.0).eta == 1 and ancestral_coefficients(step).noise.equal(step.sigma_s * torch.sqrt(step.c))


@pytest.mark.claim("ddpm.variance.optimal")
def test_the_variance_that_is_best_for_the_law_keeps_it() -> None:
    """Data of N(0, 1) keep their variance by beta, data at a point by beta-tilde, exactly; not the other way round."""
    for std, best, other in ((1.0, "beta", "beta-tilde"), (1e-9, "beta-tilde", "beta")):
        law = Gaussian(torch.zeros(1, dtype=torch.float64), torch.full((1,), std, dtype=torch.float64))
        model = law.model(TABLE)
        first, last = (float(at.alpha**2 * std**2 + at.sigma**2) for at in (TABLE.at(1.0), TABLE.at(0.05)))
        got = {v: variance_of(model, first, Ancestral(v)) for v in (best, other)}  # type: ignore[arg-type]
        assert got[best] == pytest.approx(last, rel=1e-12)
        assert abs(got[other] / last - 1) > 0.05


def variance_of(model: Model, first: float, sampler: Ancestral) -> float:
    """Return the variance of the latent at 1/20, from ``first`` at 1: each step's noise has a coordinate of its own."""
    count = iter(range(21))

    def draw() -> torch.Tensor:
        return torch.eye(21, dtype=torch.float64)[:, [next(count)]]

    z = draw() * first**0.5
    return float(torch.square(reverse(model, z, GRID[:-1], sampler, draw)).sum())


def test_plans_and_moves_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    variances = torch.linspace(0.1, 0.3, 19)
    samplers = (Ancestral("beta"), Ancestral(variances))

    def drawn(sampler: Ancestral) -> torch.Tensor:
        return sample(ZERO, (3, 2), sampler=sampler, grid=GRID[:-1], dtype=torch.float64, finish="latent")

    planned = [drawn(sampler) for sampler in samplers]
    monkeypatch.setattr(Ancestral, "plan", lambda self, table: None)
    for sampler, want in zip(samplers, planned, strict=True):
        torch.testing.assert_close(drawn(sampler), want)
    assert not planned[0].allclose(planned[1])
    assert Ancestral(variances.double()) == Ancestral(variances.double().tolist()) != Ancestral("beta")


def test_variances_that_do_not_fit_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"udm\.sample\.Ancestral: expected a variance for each of 20 steps of the grid, got 2"
    ):
        sample(ZERO, (3, 2), sampler=Ancestral([0.1, 0.2]), grid=GRID)
    for wrong, message in (
        ("small", 'one of "beta-tilde"'),
        ([], "a name, or numbers"),
        ([0.1, -1.0], "got -1.0 of step 2"),
    ):
        with pytest.raises(ValueError, match=rf"^udm\.sample\.Ancestral: expected .*{message}"):
            Ancestral(wrong)  # type: ignore[arg-type]
