r"""The loss of each example, and the gradients of a learned schedule.

.. math::
    \ell_i = w(t_i)\, \lVert \mathrm{target}_i - \mathrm{prediction}_i \rVert^2,

in bits per dimension for the bound, else per dimension. The schedule enters through the four numbers
:math:`(\alpha, \sigma, \gamma, \gamma')` of each example, whose cotangents :math:`c_i` one backward pass gives. The end
points follow the bound, :math:`\sum_i c_i`; what lies between does not change it, and follows the gradient of its
variance, :math:`\sum_i 2 \ell_i c_i`, the gradient of :math:`\ell_i^2`.
"""

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from udm.bound import ddpm_terms
from udm.decoder import reconstruction
from udm.denoiser import Parameterization, target
from udm.loss import continuous_weight, diffusion, discrete_weight, prior
from udm.model import Model
from udm.process import Marginal, diffuse
from udm.schedule import Learned, Schedule
from udm.shapes import Event, PerExample, PerExample64
from udm.train.path import on_table
from udm.train.randomness import Draw
from udm.weight import min_snr, simple, weighted

Predict: TypeAlias = Callable[[Event, Tensor], Tensor]  # (z, gamma) -> prediction
Loss: TypeAlias = str | Callable[[PerExample64], PerExample64]


class Cut(NamedTuple):
    """alpha, sigma, gamma, gamma' at the times of a batch: as the schedule gives them, and cut from its graph."""

    whole: tuple[Tensor, ...]
    leaves: tuple[Tensor, ...]

    @property
    def at(self) -> Marginal:
        return Marginal(*self.leaves[:3])


def cut(schedule: Schedule, t: Tensor) -> Cut:
    """What the schedule says at t, (batch,); the leaves gather its cotangents."""
    whole = (*schedule.at(t), schedule.dgamma(t))
    return Cut(whole, tuple(a.detach().requires_grad_(a.requires_grad) for a in whole))


def bound_loss(
    predict: Predict, x: Event, at: Marginal, dgamma: Tensor, eps: Event, kind: Parameterization
) -> PerExample:
    """The integrand of the continuous bound, bits per dimension: (batch,)."""
    return _loss(predict, x, at, continuous_weight(dgamma, at, kind), eps, kind) / _bits(x)


def discrete_loss(
    predict: Predict, x: Event, schedule: Schedule, t: Tensor, T: int, eps: Event, kind: Parameterization
) -> PerExample:
    """One term of L_T, times T, at the step that t falls in, bits per dimension: (batch,)."""
    i = torch.ceil(t * T)
    weight = T * discrete_weight(schedule.between((i - 1) / T, i / T), kind)
    return _loss(predict, x, schedule.at(i / T), weight, eps, kind) / _bits(x)


def ddpm_loss(
    predict: Predict,
    index: Tensor,
    levels: Tensor,
    schedule: Schedule,
    t: Tensor,
    T: int,
    eps: Event,
    kind: Parameterization,
) -> PerExample:
    """The same where sigma_0 = 0, bits per dimension: (batch,); the first step is decoded by cells."""
    decoded, rest = ddpm_terms(Model(predict, schedule, kind), index, levels, T, t, eps)
    return (decoded + rest) / _bits(eps)


def weighted_loss(
    predict: Predict, x: Event, schedule: Schedule, t: Tensor, eps: Event, kind: Parameterization, loss: Loss
) -> PerExample:
    r"""A weighted square that is no bound, per dimension: (batch,).

    ``loss`` is "simple", "min-snr", or w(log SNR), the weight in front of the bound's integrand.
    """
    at = schedule.at(on_table(schedule, t))
    if loss == "simple":
        weight = None if kind == "eps" else simple(at, kind)
    elif loss == "min-snr":
        weight = min_snr(at, kind)
    else:
        assert callable(loss)
        weight = weighted(loss, schedule.dgamma(t), at, kind)
    return _loss(predict, x, at, weight, eps, kind) / x[0].numel()


def end_terms(schedule: Schedule, index: Tensor, levels: Tensor, eps_0: Event) -> PerExample:
    """Prior and reconstruction, bits per dimension: (batch,); they move the end points only."""
    x = levels[index.long()]
    ends = torch.arange(2, dtype=torch.float64, device=x.device)[:, None].expand(2, len(x))
    at_0, at_1 = schedule.at(ends[0]), schedule.at(ends[1])
    return (prior(x, at_1) + reconstruction(index, diffuse(x, eps_0, at_0), at_0, levels)) / _bits(x)


def schedule_gradients(schedule: Learned, part: Cut, losses: PerExample) -> None:
    """Add the gradients of the end points (of the bound) and of the interior (of its variance) to ``.grad``.

    ``part.leaves`` hold the cotangents of the mean loss.

    Claim: vdm.gamma.grad, vdm.gamma.chain
    """
    kept = [(whole, leaf.grad) for whole, leaf in zip(*part, strict=True) if leaf.grad is not None]
    outputs, cotangents = [w for w, _ in kept], [c for _, c in kept]
    if schedule.ends.requires_grad:
        torch.autograd.backward(outputs, cotangents, retain_graph=True, inputs=[schedule.ends])
    interior = [p for p in schedule.parameters() if p is not schedule.ends]
    twice = 2 * losses.detach().to(torch.float64)
    torch.autograd.backward(outputs, [twice * c for c in cotangents], inputs=interior)


def draw_noise(x: Event, draw: Draw) -> tuple[Event, Event]:
    """eps and eps_0 in the dtype of x."""
    return draw.eps.to(x.dtype), draw.eps_0.to(x.dtype)


def _loss(
    predict: Predict, x: Event, at: Marginal, weight: Tensor | None, eps: Event, kind: Parameterization
) -> PerExample:
    prediction = predict(diffuse(x, eps, at), at.gamma.to(x.dtype))
    return diffusion(target(x, eps, at, kind), prediction, weight)


def _bits(x: Event) -> float:
    """Nats per event in one bit per dimension."""
    return x[0].numel() * math.log(2)
