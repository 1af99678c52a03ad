"""Samplers with one fault each, which the tests of laws and orders must detect."""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.process import Step
from udm.sample.step import ddim_coefficients
from udm.shapes import combine


def wrong_ddim(change: str) -> Callable[..., Tensor]:
    def step_of(z: Tensor, x: Tensor, step: Step, eta: float = 0.0, noise: Tensor | None = None) -> Tensor:
        if change == "lambda twice too large":
            step = step._replace(gap=2 * step.gap)
        if change == "s and t exchanged":
            step = step._replace(alpha_s=step.alpha_t, sigma_s=step.sigma_t, alpha_t=step.alpha_s, sigma_t=step.sigma_s)
        a, b, n = ddim_coefficients(step, eta)
        if change == "eta missing":
            n = 0 * n
        if change == "eta for eta squared":
            n = n / eta**0.5 if eta else n
        if change == "the direction of eta = 0":
            a, b, _ = ddim_coefficients(step)
        return combine((a, z), (b, x)) if noise is None else combine((a, z), (b, x), (n, noise))

    return step_of


def wrong_heun(z: Tensor, x_t: Tensor, x_s: Tensor, step: Step) -> Tensor:
    """Return Heun's method with the second slope instead of the mean of both."""
    a, b, _ = ddim_coefficients(step)
    w = step.alpha_s * torch.expm1(step.gap / 2)
    return combine((a, z), (b - w, x_t), (w, x_s))


def wrong_2m(change: str) -> Callable[..., Tensor]:
    def step_of(z: Tensor, x_t: Tensor, x_before: Tensor, step: Step, gap_before: Tensor) -> Tensor:
        a, b, _ = ddim_coefficients(step)
        k = {
            "r inverted": gap_before / (2 * step.gap) * 1.0,
            "the half forgotten": step.gap / gap_before,
            "no extrapolation": 0 * step.gap,
            "extrapolated backwards": -step.gap / (2 * gap_before),
        }[change]
        return combine((a, z), (b * (1 + k), x_t), (-b * k, x_before))

    return step_of


def wrong_langevin(z: Tensor, score: Tensor, size: Tensor, noise: Tensor) -> Tensor:
    """Return a Langevin step with sqrt(epsilon) instead of sqrt(2 epsilon)."""
    return combine((torch.ones_like(size), z), (size, score), (size.sqrt(), noise))
