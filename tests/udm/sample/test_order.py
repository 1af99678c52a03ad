"""Every sampler's declared order is measured: log2(e(h)/e(h/2)) and log2(e(h/2)/e(h/4)) are within 0.1 of it.

Trajectories of Gaussian data against z_t ~ sqrt(alpha^2 s^2 + sigma^2), and of two points +-1 against the quantile
that the flow keeps; where noise is added, mean and variance of Gaussian data, by gains (see test_sample_law).
"""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
import torch
from scipy.optimize import brentq
from torch import Tensor

import udm.sample.plan as plan
from tests.support.wrong_samplers import wrong_2m, wrong_ddim, wrong_heun
from udm.model import Model
from udm.process import Marginal
from udm.sample import (
    DDIM,
    Ancestral,
    Annealed,
    Corrected,
    DPMpp2M,
    Euler,
    Heun,
    Sampler,
    karras,
    reverse,
    uniform,
)
from udm.schedule import LinearGamma, Schedule, Sigmoid, Truncated

S2, M = 0.3, 0.7
PATH = LinearGamma(-3.0, 3.0)


def curved(steps: int) -> Tensor:
    """Return unequal steps, a smooth function of i/n."""
    u = uniform(steps)
    return u * (1 + u) / 2


GRIDS = {"equal": uniform, "curved": curved, "karras": lambda n: karras(PATH, n)}


def scalars(gamma: Tensor) -> tuple[Tensor, Tensor]:
    at = Marginal.from_gamma(gamma)
    return at.alpha[:, None], at.sigma[:, None]


def gaussian(z: Tensor, gamma: Tensor) -> Tensor:
    """Return E[x | z] of N(0, S2), or of N(M, S2) in the last coordinate."""
    a, s = scalars(gamma)
    m = torch.zeros_like(z)
    m[:, -1] = M
    return m + a * S2 / (a * a * S2 + s * s) * (z - a * m)


def two_points(z: Tensor, gamma: Tensor) -> Tensor:
    a, s = scalars(gamma)
    return torch.tanh(a * z / s**2)


def ends(schedule: Schedule) -> tuple[float, float, float, float]:
    """Return alpha and sigma at 0 and at 1."""
    at = schedule.at(torch.tensor([0.0, 1.0], dtype=torch.float64))
    return float(at.alpha[0]), float(at.sigma[0]), float(at.alpha[1]), float(at.sigma[1])


def gaussian_end(z_1: float, schedule: Schedule) -> float:
    a, s, a_1, s_1 = ends(schedule)
    return a * M + (z_1 - a_1 * M) * math.sqrt((a * a * S2 + s * s) / (a_1 * a_1 * S2 + s_1 * s_1))


def two_points_end(z_1: float, schedule: Schedule) -> float:
    """Return the z_0 that has as much mass below it as z_1 had."""
    a, s, a_1, s_1 = ends(schedule)

    def below(z: float, a: float, s: float) -> float:
        return sum(math.erfc(-(z - p * a) / s / math.sqrt(2)) for p in (-1, 1)) / 4

    return float(brentq(lambda z: below(z, a, s) - below(z_1, a_1, s_1), -9, 9, xtol=1e-15, rtol=1e-15))


FLOWS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[float, Schedule], float]]] = {
    "gaussian": (gaussian, gaussian_end),
    "two points": (two_points, two_points_end),
}


def flow_error(sampler: Sampler, flow: str, grid: Tensor, schedule: Schedule = PATH, z_1: float = 0.9) -> float:
    denoiser, end = FLOWS[flow]
    z = torch.full((1, 1), z_1, dtype=torch.float64)
    got = reverse(Model(denoiser, schedule, "x"), z, grid, sampler, lambda: torch.zeros_like(z)).item()
    return abs(got - end(z_1, schedule))


class Basis:
    """Noise as unit vectors, of which there are ``size`` - 2."""

    def __init__(self, size: int) -> None:
        self.size, self.drawn = size, 0

    def __call__(self) -> Tensor:
        self.drawn += 1
        e = torch.zeros(1, self.size, dtype=torch.float64)
        e[0, self.drawn] = 1
        return e


def law_errors(sampler: Sampler, grid: Tensor) -> tuple[float, float]:
    """Return the errors of mean and variance at the end, where both are exact at the start."""
    a, s, a_1, s_1 = ends(PATH)
    size = 4 * grid.shape[0]  # at most four draws a step
    model, z = Model(gaussian, PATH, "x"), torch.zeros(1, size, dtype=torch.float64)
    z[0, 0], z[0, -1] = math.sqrt(a_1**2 * S2 + s_1**2), a_1 * M
    got = reverse(model, z, grid, sampler, Basis(size))[0]
    mean, variance = float(got[-1]), float(torch.square(got[:-1]).sum())
    return abs(mean - a * M), abs(variance - (a * a * S2 + s * s))


def ratios(errors: list[float]) -> list[float]:
    return [math.log2(e / f) for e, f in pairwise(errors)]


def flow_ratios(sampler: Sampler, flow: str, grid: str) -> list[float]:
    return ratios(
        [flow_error(sampler, flow, GRIDS[grid](n)) for n in ((128, 256, 512) if grid == "karras" else (64, 128, 256))]
    )


def law_ratios(sampler: Sampler) -> list[float]:
    return ratios([law_errors(sampler, uniform(n))[1] for n in (128, 256, 512)])


def within(found: list[float], order: int) -> bool:
    return all(abs(r - order) <= 0.1 for r in found)


WITHOUT_NOISE: list[Sampler] = [DDIM(), Euler(), Heun(), DPMpp2M(), DPMpp2M(lower_order_final=False)]
WITH_NOISE: list[Sampler] = [
    Ancestral(),
    DDIM(0.3),
    DDIM(1.0),
    Corrected(Euler(), 4, tau=0.5),
    Corrected(Heun(), 4, tau=0.5),
    Annealed(3, tau=1.0),  # whose bias stays however fine the grid: order 0
]


def test_all_samplers_are_measured() -> None:
    assert set(Sampler.__subclasses__()) == {type(s) for s in WITHOUT_NOISE + WITH_NOISE}


@pytest.mark.parametrize(("flow", "grid"), [("gaussian", "karras"), ("gaussian", "curved"), ("two points", "equal")])
@pytest.mark.parametrize("sampler", WITHOUT_NOISE, ids=repr)
def test_trajectories_converge_as_declared(sampler: Sampler, flow: str, grid: str) -> None:
    found = flow_ratios(sampler, flow, grid)
    assert within(found, sampler.order), found


@pytest.mark.parametrize("sampler", WITH_NOISE, ids=repr)
def test_laws_converge_as_declared(sampler: Sampler) -> None:
    found = law_ratios(sampler)
    assert within(found, sampler.order), found


@pytest.mark.parametrize("sampler", WITH_NOISE[:3], ids=repr)
def test_the_mean_is_exact(sampler: Sampler) -> None:
    """The denoiser is affine, so the mean is that of the data at every step size: 40 u a step, all terms positive."""
    assert law_errors(sampler, uniform(16))[0] <= 16 * 40 * 2.0**-53


WRONG = {
    "lambda twice too large": (DDIM(), "ddim_coefficients", wrong_ddim("lambda twice too large")),
    "s and t exchanged": (DDIM(), "ddim_coefficients", wrong_ddim("s and t exchanged")),
    "Heun, second slope only": (Heun(), "heun_weight", wrong_heun(2)),
    "Heun, half a correction": (Heun(), "heun_weight", wrong_heun(0.5)),
    "2M, no extrapolation": (DPMpp2M(), "extrapolation", wrong_2m("no extrapolation")),
    "2M, the half forgotten": (DPMpp2M(), "extrapolation", wrong_2m("the half forgotten")),
    "2M, backwards": (DPMpp2M(), "extrapolation", wrong_2m("extrapolated backwards")),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_step_loses_its_order(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sampler, where, step = WRONG[wrong]
    monkeypatch.setattr(plan, where, step)
    assert not within(flow_ratios(sampler, "two points", "equal"), sampler.order)


@pytest.mark.parametrize("change", ["eta missing", "eta for eta squared", "the direction of eta = 0"])
def test_wrong_noise_loses_the_law(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "ddim_coefficients", wrong_ddim(change))
    assert not within(law_ratios(DDIM(0.3)), 1)


@pytest.mark.parametrize("sampler", [Heun(), DPMpp2M()], ids=repr)
def test_the_last_step_to_no_noise_sets_the_order(sampler: Sampler) -> None:
    """Where sigma^2 ~ t, the prediction at the last positive time errs by sigma^2.

    With that step cut off, the order is 2.
    """
    whole = Sigmoid()
    low, high = (float(whole.gamma(torch.tensor([t], dtype=torch.float64))) for t in (0.02, 0.9))
    for path, sizes, order in ((whole, (256, 512, 1024), 1), (Truncated(whole, low, high), (64, 128, 256), 2)):
        end = 0.9 if path is whole else 1.0
        found: list[float] = []
        for n in sizes:
            grid = end * uniform(n)
            first, last = (path.at(t[None]) for t in (grid[0], grid[-1]))
            z = torch.tensor([[0.7]], dtype=torch.float64)
            grow = torch.sqrt((last.alpha**2 * S2 + last.sigma**2) / (first.alpha**2 * S2 + first.sigma**2))
            got = reverse(Model(centred, path, "x"), z, grid, sampler, lambda: torch.zeros(1, 1))
            found.append(abs(float(got - grow * z)))
        assert within(ratios(found), order) if path is whole else min(ratios(found)) > order - 0.1, ratios(found)


def centred(z: Tensor, gamma: Tensor) -> Tensor:
    """Return E[x | z] of N(0, S2)."""
    a, s = scalars(gamma)
    return a * S2 / (a * a * S2 + s * s) * z
