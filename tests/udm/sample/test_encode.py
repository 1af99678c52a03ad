"""DDIM inversion: an exact inverse where eps-hat is held, a miss that shrinks as 1/n, and one that rounds take away."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from udm.laws import Gaussian
from udm.model import Model
from udm.process import Marginal, Step
from udm.sample import DDIM, ddim, ddim_inverse, encode, reverse, trailing, uniform
from udm.schedule import EDM, Betas, Cosine, LinearGamma, RectifiedFlow, Schedule

PATH = LinearGamma(-6.0, 6.0)
X = torch.randn(64, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def no_noise() -> Tensor:
    raise AssertionError("DDIM at eta = 0 takes no noise")


def back(model: Model, z: Tensor, grid: Tensor) -> Tensor:
    """Return the data that DDIM's steps lead to from the end of a rising grid, rescaled."""
    end = model.schedule.at(grid[:1])
    return reverse(model, z, grid.flip(0), DDIM(), no_noise) / float(end.alpha[0])


def miss(model: Model, grid: Tensor, rounds: int = 0) -> float:
    return float((back(model, encode(model, X, grid=grid, rounds=rounds), grid) - X).abs().max())


@pytest.mark.parametrize("schedule", [PATH, EDM(), RectifiedFlow()], ids=["vp", "ve", "straight"])
@pytest.mark.claim("ddim.inverse")
def test_with_the_same_eps_hat_the_step_up_undoes_the_step_down(schedule: Schedule) -> None:
    """To 8 roundings of the largest term: each step is two products and a sum, and alpha_t/alpha_s may enlarge."""
    s, t = torch.full((64,), 0.3, dtype=torch.float64), torch.full((64,), 0.7, dtype=torch.float64)
    at, step = schedule.at(t), schedule.between(s, t)
    z_t, eps = torch.randn(2, 64, 3, dtype=torch.float64)
    x_hat = (z_t - at.sigma[:, None] * eps) / at.alpha[:, None]
    down = ddim(z_t, x_hat, step)
    scale = float((z_t.abs().max() + eps.abs().max()) * (1 + at.sigma[0]) / at.alpha[0])
    assert float((ddim_inverse(down, eps, step) - z_t).abs().max()) < 8 * 2.0**-53 * scale
    changed = ddim_inverse(down, eps + 1, step) - z_t  # the claim's miss, for a prediction that is 1 larger
    rise = at.sigma - schedule.at(s).sigma * at.alpha / schedule.at(s).alpha
    assert torch.allclose(changed, rise[:, None].expand_as(changed), rtol=0, atol=16 * 2.0**-53 * scale)


@pytest.mark.parametrize("kind", ["x", "eps", "v", "score"])
def test_there_and_back_misses_less_with_more_steps(kind: str) -> None:
    """Of first order: half the miss with twice the steps, to a tenth in log2 from 200 steps on."""
    model = Gaussian(torch.tensor([0.5, -1.0, 0.0]), torch.tensor([0.3, 1.0, 2.0])).model(PATH, kind)  # type: ignore[arg-type]
    misses = [miss(model, uniform(n).flip(0)) for n in (200, 400, 800)]
    slopes = [math.log2(a / b) for a, b in pairwise(misses)]
    assert all(abs(slope - 1) < 0.1 for slope in slopes), misses


def test_rounds_make_the_inverse_exact() -> None:
    """Each round shrinks the miss; where nothing moves any more the way back is the same steps, to rounding."""
    model = Gaussian(torch.tensor([0.5, -1.0, 0.0]), torch.tensor([0.3, 1.0, 2.0])).model(PATH, "eps")
    grid = uniform(50).flip(0)
    misses = [miss(model, grid, rounds) for rounds in (0, 1, 3, 40)]
    assert misses == sorted(misses, reverse=True) and misses[-1] < 1e-9 < 1e-3 < misses[0]


@pytest.mark.parametrize("table", [Betas.linear(1000), Betas.linear(1000).rescaled()], ids=["linear", "zero"])
def test_a_table_is_encoded_from_its_noiseless_data(table: Betas) -> None:
    """The first step from sigma = 0 asks at the first time of the grid: all latents are finite and the miss shrinks."""
    model = Model(lambda z, gamma: 0.2 * torch.tanh(z), table, "v")
    misses = [miss(model, trailing(1000, n).flip(0)) for n in (50, 200, 1000)]
    assert misses == sorted(misses, reverse=True) and misses[-1] < misses[0] / 5


def test_the_wrong_step_is_told_apart() -> None:
    """The guard of the tests above: the step down taken for the step up misses by far."""
    s, t = torch.full((64,), 0.3, dtype=torch.float64), torch.full((64,), 0.7, dtype=torch.float64)
    z, eps, step = X, torch.ones_like(X), PATH.between(s, t)
    wrong = Step(step.alpha_t, step.sigma_t, step.alpha_s, step.sigma_s, step.gap)
    assert float((ddim_inverse(z, eps, step) - ddim_inverse(z, eps, wrong)).abs().max()) > 0.1
    assert bool(ddim_inverse(z, eps, step._replace(gap=-step.gap)).isnan().all())


def test_it_is_a_function_of_each_example_and_says_how_far_it_is() -> None:
    model, seen = Gaussian(torch.zeros(3), torch.ones(3)).model(PATH), list[tuple[int, int]]()
    whole = encode(model, X, grid=7, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(i, 7) for i in range(1, 8)]
    assert torch.allclose(whole[:5], encode(model, X[:5], grid=7), rtol=1e-13)
    assert encode(model, X.float(), grid=7).dtype == torch.float32


MODEL = Model(lambda z, _: 0 * z, PATH, "v")
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a sampler's grid": (lambda: encode(MODEL, X, grid=uniform(5)), r"grid rising .*falling one: give grid.flip\(0\)"),
    "neither": (lambda: encode(MODEL, X, grid=torch.tensor([0.0, 0.5, 0.4]).double()), "grid falling from at most 1"),
    "past the end": (lambda: encode(MODEL, X, grid=torch.tensor([0.0, 1.5]).double()), "got 1.5"),
    "no steps": (lambda: encode(MODEL, X, grid=0), "steps >= 1"),
    "rounds": (lambda: encode(MODEL, X, rounds=-1), "rounds >= 0, got -1"),
    "integers": (lambda: encode(MODEL, torch.ones(2, 3, dtype=torch.int64)), "x of a floating dtype|floating"),
    "no model": (lambda: encode(lambda z, g: z, X), "model"),  # type: ignore[arg-type]
    "eps without signal": (lambda: encode(Model(lambda z, _: z, Cosine(), "eps"), X), "predicts x or v where alpha"),
    "off the table": (lambda: encode(Model(lambda z, _: z, Betas.linear(10), "v"), X, grid=3), "multiples of 1/10"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_encoded_is_refused(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        call()


def test_a_latent_that_is_not_finite_is_an_error() -> None:
    with pytest.raises(FloatingPointError, match="expected finite latents"):
        encode(Model(lambda z, gamma: z / 0, PATH, "v"), X)
    with pytest.raises(ValueError, match="expected finite x"):
        encode(Model(lambda z, gamma: z, PATH, "v"), X / 0)


def test_the_code_is_where_the_flow_of_the_best_denoiser_ends() -> None:
    """The best denoiser's flow keeps the distance to the mean in standard deviations of z_t; its miss falls as 1/n."""
    law = Gaussian(torch.tensor([0.5]).double(), torch.tensor([0.3]).double())
    model = law.model(PATH, "eps")
    at_0, at_1 = (Marginal(*(a[:, None] for a in PATH.at(torch.tensor([t]).double()))) for t in (0.0, 1.0))
    x = torch.linspace(-2, 2, 9, dtype=torch.float64)[:, None]

    def spread(at: Marginal) -> Tensor:
        return torch.sqrt(at.alpha**2 * 0.3**2 + at.sigma**2)

    exact = at_1.alpha * 0.5 + (at_0.alpha * x - at_0.alpha * 0.5) * spread(at_1) / spread(at_0)
    errors = [float((encode(model, x, grid=n) - exact).abs().max()) for n in (100, 200, 400)]
    assert all(abs(math.log2(a / b) - 1) < 0.1 for a, b in pairwise(errors)), errors
