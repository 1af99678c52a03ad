"""The law of each sampler's output equals that of the published recursion, written in its paper's own notation.

For an affine denoiser z_0 is linear in z_1 and in each noise: z_0 = g_0 z_1 + sum_k g_k n_k + m_0. One run on the unit
vectors gives all the gains, and with them mean m_0 and variance g_0^2 var(z_1) + sum g_k^2, without Monte Carlo.

The bound: a move's coefficients are good to 8 ulps (16 u), with a product and two sums; x_hat comes from a gain good to
|gamma| + 10 u and, given as eps or v, through a conversion whose terms are at most 2/alpha as large: K = 40 (2/alpha) u
a step, of the sizes of all terms, which the reference adds up beside the values (`Sized`).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest
import torch
from mpmath import exp, log, mp, mpf, sqrt
from torch import Tensor

import udm.sample.corrector as corrector
import udm.sample.plan as plan
from tests.support.wrong_samplers import wrong_2m, wrong_ddim, wrong_heun, wrong_langevin
from udm.model import Model
from udm.process import Marginal
from udm.sample import DDIM, Ancestral, Corrected, DPMpp2M, Euler, Heun, Sampler, reverse, uniform
from udm.schedule import EDM, Betas, LinearGamma, Schedule

mp.dps = 50
N = 7
S2, M = 0.3, 0.7  # data N(0.7, 0.3)
BETAS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.35, 0.4]


class Sized(NamedTuple):
    """A number with the sizes of all terms that were summed to it."""

    value: mpf
    size: mpf

    def __add__(self, other: "Sized") -> "Sized":  # type: ignore[override]
        return Sized(self.value + other.value, self.size + other.size)

    def __sub__(self, other: "Sized") -> "Sized":
        return self + (-1) * other

    def __rmul__(self, c: mpf) -> "Sized":  # type: ignore[override]
        return Sized(c * self.value, abs(c) * self.size)


Vector = list[Sized]


class Levels(NamedTuple):
    """(alpha_i, sigma_i) for i = 0 (data) .. N, to 50 digits."""

    alpha: list[mpf]
    sigma: list[mpf]


Belief = Callable[[Sized, int, bool], Sized]  # x_hat of z at level i; whether this is the coordinate of the constants


def belief(levels: Levels) -> Belief:
    s2, m = mpf(S2), mpf(M)

    def x_hat(z: Sized, i: int, constant: bool) -> Sized:
        a, s = levels.alpha[i], levels.sigma[i]
        g = a * s2 / (a**2 * s2 + s**2)
        one = Sized(mpf(1), mpf(1))
        return g * z + (m - g * a * m) * one if constant else g * z

    return x_hat


# --- the published recursions, one coordinate at a time: z_N, then the noises in order ---


def ddim_12(levels: Levels, x0: Callable[[Sized, int], Sized], z: Sized, noise: Sequence[Sized], eta: mpf) -> Sized:
    """DDIM (12) and (16), whose alpha is alpha-bar."""
    for k, t in enumerate(range(N, 0, -1)):
        a, before = levels.alpha[t] ** 2, levels.alpha[t - 1] ** 2
        sigma = eta * sqrt((1 - before) / (1 - a)) * sqrt(1 - a / before)
        predicted = x0(z, t)
        eps = (1 / sqrt(1 - a)) * (z - sqrt(a) * predicted)
        z = sqrt(before) * predicted + sqrt(1 - before - sigma**2) * eps + sigma * noise[k]
    return z


def ddpm_2(levels: Levels, x0: Callable[[Sized, int], Sized], z: Sized, noise: Sequence[Sized]) -> Sized:
    """DDPM, algorithm 2, with variance beta-tilde."""
    for k, t in enumerate(range(N, 0, -1)):
        abar, before = levels.alpha[t] ** 2, levels.alpha[t - 1] ** 2
        alpha = abar / before
        beta, tilde = 1 - alpha, (1 - before) / (1 - abar) * (1 - alpha)
        eps = (1 / sqrt(1 - abar)) * (z - sqrt(abar) * x0(z, t))
        z = (1 / sqrt(alpha)) * (z - (beta / sqrt(1 - abar)) * eps) + sqrt(tilde) * noise[k]
    return z


def edm_1(levels: Levels, x0: Callable[[Sized, int], Sized], z: Sized, order: int) -> Sized:
    """EDM, algorithm 1, in x/s(t) and sigma(t)."""
    rho = [s / a for a, s in zip(*levels, strict=True)]
    y = (1 / levels.alpha[N]) * z
    for t in range(N, 0, -1):
        d = (1 / rho[t]) * (y - x0(levels.alpha[t] * y, t))
        euler = y + (rho[t - 1] - rho[t]) * d
        if order == 2 and rho[t - 1] != 0:
            d2 = (1 / rho[t - 1]) * (euler - x0(levels.alpha[t - 1] * euler, t - 1))
            euler = y + (rho[t - 1] - rho[t]) * (mpf("0.5") * d + mpf("0.5") * d2)
        y = euler
    return levels.alpha[0] * y


def dpmpp_alg2(levels: Levels, x0: Callable[[Sized, int], Sized], z: Sized, lower: bool) -> Sized:
    """DPM-Solver++, algorithm 2, in lambda = log(alpha/sigma), of first order at sigma = 0, and last if ``lower``."""
    beliefs: list[Sized] = []
    steps: list[mpf] = []
    for t in range(N, 0, -1):
        beliefs.append(x0(z, t))
        if levels.sigma[t - 1] == 0:
            return levels.alpha[t - 1] * beliefs[-1]
        h = log(levels.alpha[t - 1] / levels.sigma[t - 1]) - log(levels.alpha[t] / levels.sigma[t])
        steps.append(h)
        D = beliefs[-1]
        if len(steps) > 1 and not (lower and t == 1):
            r = steps[-2] / h
            D = (1 + 1 / (2 * r)) * beliefs[-1] - (1 / (2 * r)) * beliefs[-2]
        z = (levels.sigma[t - 1] / levels.sigma[t]) * z - (levels.alpha[t - 1] * (exp(-h) - 1)) * D
    return z


def langevin_2(levels: Levels, x0: Callable[[Sized, int], Sized], z: Sized, noise: Sequence[Sized], tau: mpf) -> Sized:
    """Score SDE (2) at each level, and then DDIM (13)."""
    for k, t in enumerate(range(N, 0, -1)):
        score = (1 / levels.sigma[t] ** 2) * (levels.alpha[t] * x0(z, t) - z)
        size = tau * levels.sigma[t] ** 2
        z = z + size * score + sqrt(2 * size) * noise[k]
        eps = (1 / levels.sigma[t]) * (z - levels.alpha[t] * x0(z, t))
        rise = levels.sigma[t - 1] / levels.alpha[t - 1] - levels.sigma[t] / levels.alpha[t]
        z = levels.alpha[t - 1] * ((1 / levels.alpha[t]) * z + rise * eps)
    return z


REFERENCE: dict[str, tuple[Sampler, Callable[..., Sized]]] = {
    "ancestral": (Ancestral(), lambda v, x, z, n: ddpm_2(v, x, z, n)),
    "DDIM 0": (DDIM(), lambda v, x, z, n: ddim_12(v, x, z, n, mpf(0))),
    "DDIM 0.3": (DDIM(0.3), lambda v, x, z, n: ddim_12(v, x, z, n, mpf(0.3))),
    "DDIM 1": (DDIM(1.0), lambda v, x, z, n: ddim_12(v, x, z, n, mpf(1))),
    "Euler": (Euler(), lambda v, x, z, n: edm_1(v, x, z, 1)),
    "Heun": (Heun(), lambda v, x, z, n: edm_1(v, x, z, 2)),
    "DPM-Solver++(2M)": (DPMpp2M(), lambda v, x, z, n: dpmpp_alg2(v, x, z, True)),
    "2M to the end": (DPMpp2M(lower_order_final=False), lambda v, x, z, n: dpmpp_alg2(v, x, z, False)),
    "Langevin": (Corrected(Euler(), tau=0.2), lambda v, x, z, n: langevin_2(v, x, z, n, mpf(0.2))),
}


def linear() -> tuple[Schedule, Levels]:
    gammas = [mpf(-5) + 8 * mpf(i) / N for i in range(N + 1)]
    return LinearGamma(-5, 3), Levels([1 / sqrt(1 + exp(g)) for g in gammas], [1 / sqrt(1 + exp(-g)) for g in gammas])


def table() -> tuple[Schedule, Levels]:
    abar = [Fraction(1)]
    for beta in BETAS:
        abar.append(abar[-1] * (1 - Fraction(beta)))
    exact = [mpf(a.numerator) / a.denominator for a in abar]
    return Betas(BETAS), Levels([sqrt(a) for a in exact], [sqrt(1 - a) for a in exact])


def exploding() -> tuple[Schedule, Levels]:
    ends = [mpf(s) ** (1 / mpf(7)) for s in (0.01, 10.0)]
    sigma = [(ends[0] + mpf(i) / N * (ends[1] - ends[0])) ** 7 for i in range(N + 1)]
    return EDM(0.01, 10.0), Levels([mpf(1)] * (N + 1), sigma)


PATHS = {"linear, x": (linear, "x"), "table, eps": (table, "eps"), "exploding, v": (exploding, "v")}


def affine(kind: str, exploding: bool) -> Callable[[Tensor, Tensor], Tensor]:
    """Return E[x | z] of Gaussian data in float64, with the mean in the last coordinate only, as x, eps or v."""

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        at = Marginal(torch.ones_like(gamma), torch.exp(gamma / 2), gamma) if exploding else Marginal.from_gamma(gamma)
        a, s = at.alpha[:, None], at.sigma[:, None]
        m = torch.zeros_like(z)
        m[:, -1] = M
        g = a * S2 / (a * a * S2 + s * s)
        x = m + g * (z - a * m)
        eps = (z - a * x) / s
        return {"x": x, "eps": eps, "v": a * eps - s * x}[kind]

    return denoiser


class Basis:
    """Noise as unit vectors: draw k is the vector e_(k+1)."""

    def __init__(self) -> None:
        self.drawn = 0

    def __call__(self) -> Tensor:
        self.drawn += 1
        return torch.eye(N + 2, dtype=torch.float64)[self.drawn][None]


def gains(path: str, sampler: Sampler) -> list[float]:
    make, kind = PATHS[path]
    model = Model(affine(kind, "exploding" in path), make()[0], kind)  # type: ignore[arg-type]
    z = torch.eye(N + 2, dtype=torch.float64)[:1]
    return [float(g) for g in reverse(model, z, uniform(N), sampler, Basis())[0]]


def off(path: str, name: str, got: list[float]) -> float:
    """Return the largest error of a gain, as a share of its bound."""
    levels = PATHS[path][0]()[1]
    x_hat, share = belief(levels), 0.0
    zero, one = Sized(mpf(0), mpf(0)), Sized(mpf(1), mpf(1))
    K = 80 / min(levels.alpha) if "x" not in path.split(", ")[1] else 40
    for c, number in enumerate(got):
        noise = [one if k + 1 == c else zero for k in range(N)]
        exact = REFERENCE[name][1](levels, lambda z, i, c=c: x_hat(z, i, c == N + 1), one if c == 0 else zero, noise)
        bound = N * K * mpf(2) ** -53 * exact.size
        share = max(share, float(abs(exact.value - mpf(number)) / bound) if bound else float(number != 0))
    return share


CASES = [
    (path, name)
    for path in PATHS
    for name in REFERENCE
    if not ("exploding" in path and (name.startswith("DDIM") or name == "ancestral"))  # given in alpha-bar
]


@pytest.mark.parametrize(("path", "name"), CASES)
def test_gains_are_those_of_the_published_recursion(path: str, name: str) -> None:
    got = gains(path, REFERENCE[name][0])
    assert off(path, name, got) <= 1
    assert max(map(abs, got)) > 0.1


def test_euler_is_ddim_without_noise() -> None:
    assert gains("linear, x", Euler()) == gains("linear, x", DDIM(0.0))


WRONG = {
    "DDIM, lambda twice too large": ("DDIM 0", "ddim_coefficients", wrong_ddim("lambda twice too large")),
    "DDIM, s and t exchanged": ("DDIM 0", "ddim_coefficients", wrong_ddim("s and t exchanged")),
    "DDIM, eta missing": ("DDIM 0.3", "ddim_coefficients", wrong_ddim("eta missing")),
    "DDIM, eta for eta squared": ("DDIM 0.3", "ddim_coefficients", wrong_ddim("eta for eta squared")),
    "DDIM, sigma_s whole": ("DDIM 0.3", "ddim_coefficients", wrong_ddim("the direction of eta = 0")),
    "Euler, lambda twice too large": ("Euler", "ddim_coefficients", wrong_ddim("lambda twice too large")),
    "Heun, second slope only": ("Heun", "heun_weight", wrong_heun(2)),
    "2M, the half forgotten": ("DPM-Solver++(2M)", "extrapolation", wrong_2m("the half forgotten")),
    "2M, no extrapolation": ("DPM-Solver++(2M)", "extrapolation", wrong_2m("no extrapolation")),
    "2M, backwards": ("DPM-Solver++(2M)", "extrapolation", wrong_2m("extrapolated backwards")),
    "Langevin, a root of two": ("Langevin", "langevin", wrong_langevin),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_step_is_detected(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, where, step = WRONG[wrong]
    monkeypatch.setattr(corrector if where == "langevin" else plan, where, step)
    assert off("linear, x", name, gains("linear, x", REFERENCE[name][0])) > 1e6


def test_2m_with_r_inverted_is_detected_on_unequal_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """On equal steps it passes, and it passes every measurement of order."""
    name = "DPM-Solver++(2M)"
    monkeypatch.setattr(plan, "extrapolation", wrong_2m("r inverted"))
    assert off("linear, x", name, gains("linear, x", DPMpp2M())) <= 1
    assert off("exploding, v", name, gains("exploding, v", DPMpp2M())) > 1e6


@pytest.mark.parametrize("steps", [1, 2, 5, 50])
@pytest.mark.parametrize("sampler", [DDIM(), Euler()])
def test_ddim_on_normal_data_in_equal_angles_has_its_closed_form(steps: int, sampler: Sampler) -> None:
    """For N(0, 1) from alpha = 0 to sigma = 0, v is 0 and each step a rotation: the gain is cos(pi/2N)^N.

    A step's coefficient is good to 8 ulps; the second product is with v = 0.
    """
    from udm.schedule import Cosine

    model = Model(lambda z, _: torch.zeros_like(z), Cosine(), "v")
    got = reverse(model, torch.ones(1, 1, dtype=torch.float64), uniform(steps), sampler, Basis()).item()
    exact = mp.cos(mp.pi / (2 * steps)) ** steps
    assert abs(mpf(got) - exact) <= steps * 40 * mpf(2) ** -53
