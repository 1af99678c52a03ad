"""Coefficients of samplers with one fault each, which the tests of laws and orders must detect."""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.process import Step
from udm.sample.second import heun_weight
from udm.sample.step import Coefficients, ddim_coefficients
from udm.shapes import combine


def wrong_ddim(change: str) -> Callable[..., Coefficients]:
    def made(step: Step, eta: float = 0.0) -> Coefficients:
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
        return Coefficients(a, b, n)

    return made


def wrong_heun(times: float) -> Callable[[Step], Tensor]:
    """Return Heun's weight that many times: 2 is the second slope alone, 1/2 is half the correction."""
    return lambda step: times * heun_weight(step)


def wrong_2m(change: str) -> Callable[[Step, Tensor], Tensor]:
    def weight(step: Step, gap_before: Tensor) -> Tensor:
        return {
            "r inverted": gap_before / (2 * step.gap),
            "the half forgotten": step.gap / gap_before,
            "no extrapolation": 0 * step.gap,
            "extrapolated backwards": -step.gap / (2 * gap_before),
        }[change]

    return weight


def wrong_langevin(z: Tensor, score: Tensor, size: Tensor, noise: Tensor) -> Tensor:
    """Return a Langevin step with sqrt(epsilon) instead of sqrt(2 epsilon)."""
    return combine((torch.ones_like(size), z), (size, score), (size.sqrt(), noise))
