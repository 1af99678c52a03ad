"""Annealed Langevin dynamics: the published recursion on normal data, its stationary variance, and what it calls."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from mpmath import mp, mpf, sqrt
from torch import Tensor

import udm.sample.annealed as annealed
from derivations.claims.sampling.langevin import A as LANGEVIN
from derivations.symbols import c, h
from tests.support.wrong_samplers import wrong_langevin
from udm.laws import Gaussian
from udm.model import Model
from udm.process import Marginal
from udm.sample import Annealed, Sampler, reverse, sample, uniform
from udm.schedule import EDM, Cosine, LinearGamma

mp.dps = 40
N, STEPS, TAU, S2 = 4, 2, 0.3, 0.49  # levels below the first, steps a level, and the variance of the data
LAW = Gaussian(torch.zeros(1, dtype=torch.float64), torch.full((1,), 0.7, dtype=torch.float64))
LEVELS = [(0.01 ** (1 / 7) + i / N * (10 ** (1 / 7) - 0.01 ** (1 / 7))) ** 7 for i in range(N, -1, -1)]
SIZE = STEPS * (N + 1) + 1  # coordinates: the first latent, and each noise


class Basis:
    """Noise as unit vectors: draw k is the vector e_k, k = 1 .. SIZE - 1."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self) -> Tensor:
        self.drawn += 1
        return torch.eye(SIZE, dtype=torch.float64)[self.drawn][None]


def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
    return LAW.denoiser("score", path=exploded)(z.reshape(-1, 1), gamma.expand(z.numel())).reshape(z.shape)


def exploded(gamma: Tensor) -> Marginal:
    return Marginal(torch.ones_like(gamma), torch.exp(gamma / 2), gamma)


def gains(sampler: Sampler) -> list[float]:
    z = torch.eye(SIZE, dtype=torch.float64)[:1]
    return reverse(Model(denoiser, EDM(0.01, 10.0), "score"), z, uniform(N), sampler, Basis())[0].tolist()


def published() -> list[Any]:
    """Song and Ermon, algorithm 1: x + a_i/2 s + sqrt(a_i) n, a_i = epsilon sigma_i^2/sigma_L^2."""
    last = mpf(LEVELS[-1])
    epsilon, made = 2 * mpf(TAU) * last**2, [mpf(1)] + [mpf(0)] * (SIZE - 1)
    drawn = 0
    for sigma in map(mpf, LEVELS):
        a = epsilon * sigma**2 / last**2
        for _ in range(STEPS):
            drawn += 1
            made = [x - a / 2 * x / (mpf(S2) + sigma**2) for x in made]
            made[drawn] += sqrt(a)
    return made


def off(got: list[float]) -> float:
    """The largest error of a gain: each step shrinks what came before, and is rounded some 20 times."""
    bound = 40 * STEPS * (N + 1) * 2.0**-53 * 10 * math.sqrt(2 * TAU)
    return max(float(abs(mpf(a) - b)) for a, b in zip(got, published(), strict=True)) / bound


@pytest.mark.claim("langevin.gaussian")
def test_gains_are_those_of_the_published_algorithm() -> None:
    assert off(gains(Annealed(STEPS, TAU))) <= 1


WRONG: dict[str, Callable[[pytest.MonkeyPatch], Sampler]] = {
    "a root of two": lambda patch: patch.setattr(annealed, "langevin", wrong_langevin) or Annealed(STEPS, TAU),  # type: ignore[func-returns-value]
    "the published size for its half": lambda _: Annealed(STEPS, 2 * TAU),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_step_is_detected(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert off(gains(WRONG[wrong](monkeypatch))) > 1e6


@pytest.mark.claim("langevin.gaussian", "langevin.stationary")
@pytest.mark.parametrize("tau", [0.1, 1.0])
def test_many_steps_lead_to_the_variance_of_the_claim_and_not_to_that_of_the_data(tau: float) -> None:
    """Gains from unit noise, 600 steps at each of two levels: of the start less than 1e-20 is left."""
    steps, path = 600, LinearGamma(-1.0, 1.0)
    size = 2 * steps + 1
    drawn = iter(range(1, size))

    def noise() -> Tensor:
        return torch.eye(size, dtype=torch.float64)[next(drawn)][None]

    best = LAW.denoiser("score")

    def each(z: Tensor, gamma: Tensor) -> Tensor:
        return best(z.reshape(-1, 1), gamma.expand(z.numel())).reshape(z.shape)

    z = torch.eye(size, dtype=torch.float64)[:1]
    got = reverse(Model(each, path, "score"), z, uniform(1), Annealed(steps, tau), noise)
    at = path.at(torch.zeros(1, dtype=torch.float64))
    target = float(torch.square(at.alpha)) * S2 + float(torch.square(at.sigma))
    exact = float(LANGEVIN.stays.subs({c: target, h: tau * float(torch.square(at.sigma))}))
    assert float(torch.square(got).sum()) == pytest.approx(exact, rel=1e-10)
    assert abs(exact / target - 1) > 0.02  # the bias, which no further steps remove


def test_from_noise_alone_nothing_is_asked_of_the_network_and_the_latent_stays() -> None:
    calls: list[float] = []

    def counted(z: Tensor, gamma: Tensor) -> Tensor:
        calls.append(float(gamma[0]))
        return 0 * z

    made = sample(Model(counted, Cosine(), "v"), (2, 3), sampler=Annealed(2), grid=4)
    assert len(calls) == Annealed(2).evaluations(4, 2) == 6 and math.inf not in calls and -math.inf not in calls
    assert bool(torch.isfinite(made).all())


@pytest.mark.parametrize(("steps", "tau"), [(0, 0.1), (1, 0.0), (1, 2.0), (1, math.nan)])
def test_settings_without_a_stable_step_are_refused(steps: int, tau: float) -> None:
    with pytest.raises(ValueError, match=r"udm\.sample\.Annealed: expected steps >= 1 and 0 < tau < 2"):
        Annealed(steps, tau)
