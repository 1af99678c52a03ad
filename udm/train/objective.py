r"""The loss of each example, and the gradients of a learned schedule.

.. math::
    \ell_i = w(t_i)\, \lVert \mathrm{target}_i - \mathrm{prediction}_i \rVert^2,

in bits per dimension for the bound, and per dimension otherwise. The schedule enters through the four numbers
:math:`(\alpha, \sigma, \gamma, \gamma')` of each example, whose cotangents :math:`c_i` one backward pass gives. The end
points follow the gradient of the bound, :math:`\sum_i c_i`. The interior does not change the bound; it follows the
gradient of its variance, :math:`\sum_i 2 \ell_i c_i`, which is the gradient of :math:`\ell_i^2`.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from udm.bound import ddpm_terms, step_at
from udm.decoder import reconstruction
from udm.denoiser import target
from udm.density import gaussian, valued
from udm.loss import continuous_weight, diffusion, discrete_weight, nats_per_bit, prior
from udm.model import Model
from udm.process import Marginal, diffuse
from udm.schedule import Learned, Schedule
from udm.shapes import Event, PerExample, PerExample64
from udm.train.path import on_table
from udm.weight import min_snr, simple, weighted

Loss: TypeAlias = str | Callable[[PerExample64], PerExample64]


class Cut(NamedTuple):
    """alpha, sigma, gamma and gamma' at the times of a batch: as the schedule gives them, and cut from its graph."""

    whole: tuple[Tensor, ...]
    leaves: tuple[Tensor, ...]
    kind: type[Marginal]

    @property
    def at(self) -> Marginal:
        """The marginal, cut from the schedule's graph."""
        return self.kind(*self.leaves[:3])

    @property
    def dgamma(self) -> PerExample64:
        """The slope of gamma, cut from the schedule's graph."""
        return self.leaves[3]


def cut(schedule: Schedule, t: Tensor) -> Cut:
    """Evaluate the schedule at t, (batch,); the leaves gather its cotangents."""
    at = schedule.at(t)
    whole = (*at, schedule.dgamma(t))
    return Cut(whole, tuple(a.detach().requires_grad_(a.requires_grad) for a in whole), type(at))


def bound_loss(model: Model, x: Event, part: Cut, eps: Event) -> PerExample:
    """Return the integrand of the continuous bound, bits per dimension: (batch,)."""
    weight = continuous_weight(part.dgamma, part.at, model.parameterization)
    return _loss(model, x, part.at, weight, eps) / _bit(x)


def discrete_loss(model: Model, x: Event, t: PerExample64, T: int, eps: Event) -> PerExample:
    """Return T times one term of L_T, that of the step in which t falls, bits per dimension: (batch,)."""
    at, step = step_at(model.schedule, t, T)
    return _loss(model, x, at, T * discrete_weight(step, model.parameterization), eps) / _bit(x)


def ddpm_loss(model: Model, data: Tensor, levels: Tensor | None, t: PerExample64, T: int, eps: Event) -> PerExample:
    """Return the same for sigma_0 = 0, where the first step is decoded, bits per dimension: (batch,).

    The data are levels, decoded by cells, or values without levels, decoded by their density.
    """
    decoded, rest = ddpm_terms(model, data, levels, T, t, eps)
    return (decoded + rest) / _bit(eps)


def weighted_loss(model: Model, x: Event, t: PerExample64, eps: Event, loss: Loss) -> PerExample:
    r"""Return a weighted square that is no bound, per dimension: (batch,).

    ``loss`` is "mse" (without a weight), "simple", "min-snr", or w(log SNR), the weight of the bound's integrand.
    """
    schedule, kind = model.schedule, model.parameterization
    at = schedule.at(on_table(schedule, t))
    if loss == "mse":
        weight = None
    elif loss == "simple":
        weight = None if kind == "eps" else simple(at, kind)
    elif loss == "min-snr":
        weight = min_snr(at, kind)
    else:
        assert callable(loss)
        weight = weighted(loss, schedule.dgamma(t), at, kind)
    return _loss(model, x, at, weight, eps) / x.shape[1:].numel()


def end_terms(schedule: Schedule, data: Tensor, levels: Tensor | None, eps_0: Event) -> PerExample:
    """Return prior and reconstruction, bits per dimension: (batch,); they move the end points only."""
    x = valued(data, levels)
    ones = torch.ones(len(x), dtype=torch.float64, device=x.device)
    both = schedule.at(torch.cat([0 * ones, ones]))  # of one call, which is compiled once; no index, which torch bounds
    at_0, at_1 = both.each(lambda a: a[: len(x)]), both.each(lambda a: a[len(x) :])
    z_0 = diffuse(x, eps_0, at_0)
    decoded = gaussian(x, z_0, at_0) if levels is None else reconstruction(data, z_0, at_0, levels)
    return (prior(x, at_1) + decoded) / _bit(x)


def schedule_gradients(schedule: Learned, part: Cut, losses: PerExample) -> None:
    """Add the gradients of the end points (of the bound) and of the interior (of its variance) to ``.grad``.

    ``part.leaves`` must hold the cotangents of the mean loss.

    Claim: vdm.gamma.grad, vdm.gamma.chain
    """
    kept = [(whole, leaf.grad) for whole, leaf in zip(part.whole, part.leaves, strict=True) if leaf.grad is not None]
    outputs, cotangents = [w for w, _ in kept], [c for _, c in kept]
    if schedule.ends.requires_grad:
        torch.autograd.backward(outputs, cotangents, retain_graph=True, inputs=[schedule.ends])
    interior = [p for p in schedule.parameters() if p is not schedule.ends]
    twice = 2 * losses.detach().to(torch.float64)
    torch.autograd.backward(outputs, [twice * c for c in cotangents], inputs=interior)


def _loss(model: Model, x: Event, at: Marginal, weight: Tensor | None, eps: Event) -> PerExample:
    prediction = model.prediction(diffuse(x, eps, at), at)
    return diffusion(target(x, eps, at, model.parameterization), prediction, weight)


def _bit(x: Event) -> float:
    """Return the nats per event that make one bit per dimension."""
    return nats_per_bit(x.shape[1:].numel())
