"""DDPM's own bound on paths with sigma_0 = 0, compared with quadrature over z_t for a uniform law on five levels.

The exact terms come from the primitive chain: alpha-bar as a product of betas, E[x | z] by Bayes' rule, the cells of
N(E[x | z_1], beta_1) by differences of distribution functions. Nothing here is udm's but what is judged.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.special import logsumexp

from udm import variational_bound
from udm.denoiser import Parameterization
from udm.laws import Grid
from udm.likelihood import evaluate
from udm.likelihood.record import Evaluation, Term
from udm.schedule import Betas, Cosine, Schedule

T = 20
X = np.linspace(-1, 1, 5)
EDGES = np.concatenate([[-np.inf], (X[1:] + X[:-1]) / 2, [np.inf]])
BETAS = np.linspace(0.02, 0.3, T)
BATCHES, SIZE = 30, 2000
SCHEDULES: dict[str, Schedule] = {"betas": Betas(BETAS.tolist()), "cosine": Cosine()}
N = np.linspace(-10, 10, 4001)
PDF = stats.norm.pdf(N)


def alpha_bar(schedule: Schedule) -> np.ndarray:
    """Return alpha-bar at t = 0 .. T."""
    if isinstance(schedule, Betas):
        return np.concatenate([[1.0], np.cumprod(1 - BETAS)])
    return np.cos(np.pi / 2 * np.arange(T + 1) / T) ** 2


def over_z(of: Callable[[np.ndarray, int], np.ndarray], abar: float) -> float:
    """Return E f(z, k) over the level k and z_t given k, by the trapezoidal rule, exact to rounding for analytic f."""
    root, std = np.sqrt(abar), np.sqrt(1 - abar)
    return float(np.mean([(PDF * of(root * X[k] + std * N, k)).sum() * (N[1] - N[0]) for k in range(len(X))]))


def x_hat(z: np.ndarray, abar: float) -> np.ndarray:
    logs = -((z[:, None] - np.sqrt(abar) * X) ** 2) / (2 * (1 - abar))
    return np.exp(logs - logsumexp(logs, axis=1, keepdims=True)) @ X


@cache
def exact(name: str) -> dict[str, float]:
    abar = alpha_bar(SCHEDULES[name])
    snr = abar[1:] / (1 - abar[1:])
    mmse = [over_z(lambda z, k, a=a: (X[k] - x_hat(z, a)) ** 2, a) for a in abar[2:]]
    first = abar[1]

    def decode(z: np.ndarray, k: int) -> np.ndarray:
        away = (EDGES - x_hat(z, first)[:, None]) / np.sqrt(1 - first)  # beta_1 = 1 - alpha-bar_1
        return -np.log(np.maximum(stats.norm.cdf(away[:, k + 1]) - stats.norm.cdf(away[:, k]), 1e-300))

    last, power = abar[-1], float(np.mean(X**2))
    return {
        "prior": (last * power - last - np.log1p(-last)) / 2,
        "reconstruction": over_z(decode, first),
        "diffusion": float(((snr[:-1] - snr[1:]) / 2) @ mmse),
    }


def evaluated(name: str, kind: Parameterization = "x", shrink: float = 1.0) -> Evaluation:
    law = Grid(torch.from_numpy(X))
    index = law.draw_index(BATCHES * SIZE, torch.Generator().manual_seed(5)).split(SIZE)
    model = law.model(SCHEDULES[name], kind, shrink=shrink)
    return evaluate(model, index, law.levels, T=T, repeats=1, seed=1, error="law", unit="nats")


def limit(term: Term) -> float:
    """Return the error of a term that chance exceeds with probability 1e-9.

    It follows Student's t; the prior varies by rounding alone.
    """
    return float(stats.t.ppf(1 - 0.5e-9, BATCHES - 1)) * term.standard_error + 1e-12


@pytest.mark.parametrize("kind", ["x", "v"])
@pytest.mark.parametrize("name", ["betas", "cosine"])
@pytest.mark.claim("ddpm.decoder", "vdm.vlb.decomposition")
def test_every_term_of_ddpms_bound_is_exact(name: str, kind: Parameterization) -> None:
    found = evaluated(name, kind)
    for term, value in exact(name).items():
        assert abs(found.terms[term].value - value) <= limit(found.terms[term]), term
    assert exact("betas")["reconstruction"] > 0.02


@pytest.mark.claim("ddpm.decoder")
@pytest.mark.parametrize(("width", "right"), [(1.0, True), (0.99, False)])
def test_the_first_step_is_decoded_by_the_cells_of_beta_1(width: float, right: bool) -> None:
    """With the same noise, each example's term is T times -log of a difference of distribution functions.

    The differences are at least 1e-2, each computed to a rounding of 1: a relative error of some 1e-13 at worst;
    the tolerance is five times that.
    """
    law = Grid(torch.from_numpy(X))
    index = law.draw_index(50, torch.Generator().manual_seed(2))
    t, generator = torch.full((50,), 1 / T, dtype=torch.float64), torch.Generator().manual_seed(3)
    got = variational_bound(law.model(SCHEDULES["betas"]), index, law.levels, T=T, t=t, generator=generator)
    eps = torch.randn(index.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3)).numpy()[:, 0]
    k, abar = index.numpy()[:, 0], 1 - BETAS[0]
    mean = x_hat(np.sqrt(abar) * X[k] + np.sqrt(1 - abar) * eps, abar)
    away = (EDGES - mean[:, None]) / (width * np.sqrt(BETAS[0]))
    p = np.take_along_axis(stats.norm.cdf(away), k[:, None] + [[0, 1]], axis=1)
    assert np.diff(p)[:, 0].min() > 1e-2
    close = np.allclose(got.reconstruction.numpy(), -T * np.log(np.diff(p)[:, 0]), rtol=0, atol=T * 1e-12)
    assert close == right and got.diffusion.eq(0).all()


def test_a_biased_denoiser_is_detected() -> None:
    found, want = evaluated("betas", shrink=0.8), exact("betas")
    for name in ("reconstruction", "diffusion"):
        assert found.terms[name].value - want[name] > limit(found.terms[name])


def test_a_density_without_noise_is_refused() -> None:
    law = Grid(torch.from_numpy(X))
    with pytest.raises(ValueError, match=r"expected sigma_0 > 0 for a decoder of z_0 and T = 20 steps, got Betas"):
        evaluate(law.model(SCHEDULES["betas"]), [law.draw(4)], decoder=law.decoder, T=T)
