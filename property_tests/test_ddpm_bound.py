"""DDPM's own bound on paths with sigma_0 = 0, compared with quadrature over z_t for a uniform law on five levels.

The exact terms come from the primitive chain: alpha-bar as a product of betas, E[x | z] by Bayes' rule, the cells of
N(E[x | z_1], v_1) by differences of distribution functions, divergences of normals of two variances as DDPM (8) has
them. Nothing here is udm's but what is judged.
"""

import math
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
from udm.likelihood import best_variance, evaluate
from udm.likelihood.record import Evaluation, Term
from udm.schedule import Betas, Cosine, LinearGamma, Schedule

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


def variances(schedule: Schedule, choice: str) -> np.ndarray:
    """Return v_1 .. v_T: beta, beta-tilde with that of the second step for the first, or some others."""
    abar = alpha_bar(schedule)
    beta = 1 - abar[1:] / np.maximum(abar[:-1], 1e-300)
    tilde = beta * (1 - abar[:-1]) / (1 - abar[1:])
    if choice == "beta":
        return beta
    return np.concatenate([tilde[1:2], tilde[1:]]) if choice == "beta-tilde" else 1.3 * beta


@cache
def exact(name: str, choice: str = "beta-tilde", width: float = 1.0) -> dict[str, float]:
    abar = alpha_bar(SCHEDULES[name])
    v = width * variances(SCHEDULES[name], choice)
    beta = 1 - abar[1:] / abar[:-1]
    tilde = (beta * (1 - abar[:-1]) / (1 - abar[1:]))[1:]
    mmse = np.array([over_z(lambda z, k, a=a: (X[k] - x_hat(z, a)) ** 2, a) for a in abar[2:]])
    first = abar[1]

    def decode(z: np.ndarray, k: int) -> np.ndarray:
        away = (EDGES - x_hat(z, first)[:, None]) / np.sqrt(v[0])
        return -np.log(np.maximum(stats.norm.cdf(away[:, k + 1]) - stats.norm.cdf(away[:, k]), 1e-300))

    last, power = abar[-1], float(np.mean(X**2))
    shift = (np.sqrt(abar[1:-1]) * beta[1:] / (1 - abar[2:])) ** 2 * mmse  # E of the squared distance of the means
    return {
        "prior": (last * power - last - np.log1p(-last)) / 2,
        "reconstruction": over_z(decode, first),
        "diffusion": float(((tilde + shift) / v[1:] - 1 - np.log(tilde / v[1:])).sum() / 2),
    }


def evaluated(
    name: str, kind: Parameterization = "x", shrink: float = 1.0, choice: str | None = None, steps: int | None = T
) -> Evaluation:
    law = Grid(torch.from_numpy(X))
    index = law.draw_index(BATCHES * SIZE, torch.Generator().manual_seed(5)).split(SIZE)
    model = law.model(SCHEDULES[name], kind, shrink=shrink)
    variance = variances(SCHEDULES[name], "given").tolist() if choice == "given" else choice
    told = {"repeats": 1, "seed": 1, "error": "law", "unit": "nats"}
    return evaluate(model, index, law.levels, T=steps, variance=variance, **told)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("choice", ["beta", "given"])
@pytest.mark.parametrize("name", ["betas", "cosine"])
@pytest.mark.claim("ddpm.decoder", "ddpm.loss.mu", "ddpm.variance.loss")
def test_the_bound_of_any_variance_is_exact(name: str, choice: str) -> None:
    found, others = evaluated(name, choice=choice), exact(name, choice, 1.4)
    for term, value in exact(name, choice).items():
        assert abs(found.terms[term].value - value) <= limit(found.terms[term]), term
    wrong = abs(found.total.value - sum(others.values()))
    assert found.meaning.startswith("unbiased") and f"20 steps of variance {choice}" in found.meaning
    assert wrong > limit(found.total), "two fifths more variance would pass"


def test_the_bound_of_a_table_has_its_own_steps() -> None:
    law = Grid(torch.from_numpy(X))
    model, index = law.model(SCHEDULES["betas"]), [law.draw_index(50)]
    own = evaluate(model, index, law.levels)
    assert own.record() == evaluate(model, index, law.levels, T=T, variance="beta-tilde").record()
    assert "20 steps of variance beta-tilde" in own.meaning


@pytest.mark.claim("ddpm.variance.optimal", "ddpm.variance.loss")
def test_the_best_variance_is_best() -> None:
    """It is beta-tilde plus the squared weight of x times the mean squared error, and no multiple of it does better."""
    law, abar = Grid(torch.from_numpy(X)), alpha_bar(SCHEDULES["betas"])
    data = law.draw_index(BATCHES * SIZE, torch.Generator().manual_seed(6)).split(SIZE)
    v = best_variance(law.model(SCHEDULES["betas"]), data, law.levels)
    errors = np.array([over_z(lambda z, k, a=a: (X[k] - x_hat(z, a)) ** 2, a) for a in abar[1:]])
    want = variances(SCHEDULES["betas"], "beta-tilde") + (np.sqrt(abar[:-1]) * BETAS / (1 - abar[1:])) ** 2 * errors
    want[0] = errors[0]  # beta-tilde_1 = 0, and the weight is 1
    # squared errors are at most 4: Hoeffding at 1e-9 for 20 steps
    slack = 4 * np.sqrt(np.log(2 * T / 1e-9) / (2 * BATCHES * SIZE))
    assert (abs(v.numpy() - want) <= (np.sqrt(abar[:-1]) * BETAS / (1 - abar[1:])) ** 2 * slack + 1e-12).all()
    own = evaluate(law.model(SCHEDULES["betas"]), data, law.levels, variance=v, repeats=1, error="law", unit="nats")
    at = {scale: cost(v.numpy() * scale, errors, abar) for scale in (0.8, 1.0, 1.25)}
    assert at[1.0] < min(at[0.8], at[1.25]) and abs(own["diffusion"].value - at[1.0]) <= limit(own["diffusion"])


def cost(v: np.ndarray, errors: np.ndarray, abar: np.ndarray) -> float:
    """Return the divergence of the steps after the first, of the variances v_1 .. v_T."""
    tilde = (BETAS * (1 - abar[:-1]) / (1 - abar[1:]))[1:]
    shift = ((np.sqrt(abar[:-1]) * BETAS / (1 - abar[1:])) ** 2 * errors)[1:]
    return float(((tilde + shift) / v[1:] - 1 - np.log(tilde / v[1:])).sum() / 2)


@pytest.mark.claim("ddpm.decoder")
@pytest.mark.parametrize(("width", "right"), [(1.0, True), (0.99, False)])
def test_the_first_step_is_decoded_by_the_cells_of_its_variance(width: float, right: bool) -> None:
    """With the same noise, each example's term is -log of a difference of distribution functions.

    The differences are at least 1e-2, each computed to a rounding of 1: a relative error of some 1e-13 at worst;
    the tolerance is five times that.
    """
    law = Grid(torch.from_numpy(X))
    index = law.draw_index(50, torch.Generator().manual_seed(2))
    generator = torch.Generator().manual_seed(3)
    t = torch.full((50,), 0.5, dtype=torch.float64)
    model = law.model(SCHEDULES["betas"])
    got = variational_bound(model, index, law.levels, T=T, t=t, generator=generator, variance="beta")
    eps = torch.randn(index.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(3)).numpy()[:, 0]
    k, abar = index.numpy()[:, 0], 1 - BETAS[0]
    mean = x_hat(np.sqrt(abar) * X[k] + np.sqrt(1 - abar) * eps, abar)
    away = (EDGES - mean[:, None]) / (width * np.sqrt(BETAS[0]))
    p = np.take_along_axis(stats.norm.cdf(away), k[:, None] + [[0, 1]], axis=1)
    assert np.diff(p)[:, 0].min() > 1e-2
    close = np.allclose(got.reconstruction.numpy(), -np.log(np.diff(p)[:, 0]), rtol=0, atol=1e-12)
    assert close == right


@pytest.mark.claim("ddpm.loss.mu", "ddpm.variance.loss")
@pytest.mark.parametrize("choice", ["beta", "given"])
def test_a_discrete_bound_with_a_decoder_has_the_choice_too(choice: str) -> None:
    """On a path with sigma_0 > 0, each step of one batch is DDPM (8) at the two normals of the step."""
    law, schedule = Grid(torch.from_numpy(X), (3,)), LinearGamma(-3.0, 4.0)
    t = (torch.arange(T, dtype=torch.float64) + 0.5) / T
    index, i = law.draw_index(T), torch.arange(T, dtype=torch.float64)
    s, step = schedule.at(i / T), schedule.between(i / T, (i + 1) / T)
    forward = (step.sigma_t**2 - (step.alpha_t / step.alpha_s) ** 2 * step.sigma_s**2).numpy()
    tilde = forward * (s.sigma**2 / step.sigma_t**2).numpy()
    v = forward if choice == "beta" else 1.3 * forward
    given = choice if choice == "beta" else torch.from_numpy(v)

    def drawn(variance: object) -> np.ndarray:
        generator = torch.Generator().manual_seed(1)
        model = law.model(schedule, "eps", shrink=0.9)
        told = {"T": T, "t": t, "generator": generator, "variance": variance}
        return variational_bound(model, index, law.levels, **told).diffusion.numpy() / T  # type: ignore[arg-type]

    r = tilde / v
    assert np.allclose(drawn(given), r * drawn(None) + 3 / 2 * (r - 1 - np.log(r)), rtol=1e-9, atol=0)
    assert not np.allclose(drawn(given), drawn(None) + 3 / 2 * (r - 1 - np.log(r)), rtol=1e-3, atol=0)
    assert np.array_equal(drawn("beta-tilde"), drawn(None))


@pytest.mark.claim("ddpm.decoder")
@pytest.mark.parametrize(("choice", "bits"), [("beta", 2.38686), ("beta-tilde", 2.49944)])
def test_the_first_step_of_ddpms_own_table_is_exact(choice: str, bits: float) -> None:
    """On 256 levels and linear(1000), by the trapezoidal rule; drawn for every example, its error is a hundredth.

    Sixths of a width integrate a normal density to exp(-2 pi^2 6^2), and beyond 7 widths lies 3e-12 of it, times -log p
    of 700 at most: 2e-9. The rest is the rounding of the five digits.
    """
    x, (b_1, b_2) = np.linspace(-1, 1, 256), (1e-4, 1e-4 + (0.02 - 1e-4) / 999)
    v = b_1 if choice == "beta" else b_2 * b_1 / (b_1 + b_2 - b_1 * b_2)
    edges, width = np.concatenate([[-np.inf], (x[1:] + x[:-1]) / 2, [np.inf]]), np.sqrt(b_1 / (1 - b_1))
    y = np.arange(-1 - 7 * width, 1 + 7 * width, width / 6)
    joint = stats.norm.pdf(y[:, None], x, width) / 256
    mean = (joint / joint.sum(axis=1, keepdims=True)) @ x
    p = np.maximum(np.diff(stats.norm.cdf((edges - mean[:, None]) / np.sqrt(v)), axis=1), 1e-300)
    exact = float(-(joint * np.log(p)).sum() * width / 6 / np.log(2))
    assert exact == pytest.approx(bits, abs=5e-6 + 2e-9)
    law = Grid(torch.from_numpy(x))
    index = law.draw_index(6000, torch.Generator().manual_seed(7)).split(200)
    model = law.model(Betas.linear(1000))
    found = evaluate(model, index, law.levels, variance=choice, repeats=1, error="law")["reconstruction"]  # type: ignore[arg-type]
    assert abs(found.value - exact) <= limit(found) and found.standard_error < 0.03


REFUSED: dict[str, tuple[object, str]] = {
    "an unknown name": ("small", 'expected variance one of "beta-tilde", "beta", "learned", or a table'),
    "too few": ([0.1] * 19, r"expected variance of 20 steps, \(20,\), got \(19,\)"),
    "not positive": ([0.1] * 5 + [0.0] + [0.1] * 14, "positive and finite, got 0.0 of step 6"),
    "not a number": ([0.1] * 19 + [math.nan], "positive and finite, got nan of step 20"),
    "no numbers": (3.0, "expected variance a name, or numbers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_variance_is_refused(case: str) -> None:
    law, (variance, message) = Grid(torch.from_numpy(X)), REFUSED[case]
    with pytest.raises(ValueError, match=message):
        evaluate(law.model(SCHEDULES["betas"]), [law.draw_index(4)], law.levels, variance=variance)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="expected no variance in continuous time, got 'beta'"):
        evaluate(law.model(LinearGamma()), [law.draw_index(4)], law.levels, variance="beta")


def test_a_biased_denoiser_is_detected() -> None:
    found, want = evaluated("betas", shrink=0.8), exact("betas")
    for name in ("reconstruction", "diffusion"):
        assert found.terms[name].value - want[name] > limit(found.terms[name])


def test_a_density_without_noise_is_refused() -> None:
    law = Grid(torch.from_numpy(X))
    with pytest.raises(ValueError, match=r"expected sigma_0 > 0 for a decoder of z_0 and T = 20 steps, got Betas"):
        evaluate(law.model(SCHEDULES["betas"]), [law.draw(4)], decoder=law.decoder, T=T)
