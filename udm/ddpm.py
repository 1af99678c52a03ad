r"""DDPM's own bound on paths with sigma_0 = 0: the first step is decoded by cells, each other gives its divergence.

.. math::
    -\log p(x \mid z_{1/T}) \text{ under the cells of } \mathcal N(\hat x, v_1); \qquad
    \mathrm{KL}(q(z_s | z_t, x) \Vert \mathcal N(\mu, v_i)), \quad t = i/T,\ s = (i-1)/T,\ i = 2 .. T.
"""

import torch
from torch import Tensor

from udm.cells import on_rows
from udm.denoiser import convert, target
from udm.density import decoding, valued
from udm.loss import diffusion, discrete_weight
from udm.model import Model
from udm.process import Marginal, Step, diffuse
from udm.schedule.base import Schedule
from udm.shapes import Event, PerExample, PerExample64
from udm.shapes import cast as rounded
from udm.stable import float64_device
from udm.time import step_number
from udm.variance import Name, cost, of_first


def step_at(schedule: Schedule, t: PerExample64, T: int) -> tuple[Marginal, Step]:
    """Return the marginal at the end i/T of the step that each time t in (0, 1] falls in, and that step."""
    return step_of(schedule, step_number(t, T), T)


def step_of(schedule: Schedule, i: PerExample64, T: int) -> tuple[Marginal, Step]:
    """Return the marginal at i/T, i = 1 .. T, and the step that ends there."""
    return schedule.ending((i - 1) / T, i / T)


def first_step(
    model: Model, data: Tensor, levels: Tensor | None, T: int, eps: Event, variance: Name | Tensor = "beta-tilde"
) -> PerExample:
    """Return -log p(x | z_{1/T}) under DDPM's decoder of variance v_1, nats: (batch,).

    The data are levels, or values whose density it is if there are no levels.

    Source: DDPM, arXiv 2006.11239v2, eq. (13).

    Claim: ddpm.decoder
    """
    x = valued(data, levels)
    ones = torch.ones(len(x), dtype=torch.float64, device=float64_device(x.device))
    at = model.schedule.at(ones / T)
    z = diffuse(x, eps, at)
    v = rounded(z, of_first(variance, model.schedule, T).to(ones.device).expand(len(x)))
    return decoding(levels)(data, model.predict(z, at, "x"), v)


def later_step(
    model: Model, x: Event, i: PerExample64, T: int, eps: Event, variance: Name | Tensor = "beta-tilde"
) -> PerExample:
    """Return the divergence of the steps i = 2 .. T, nats: (batch,).

    Source: DDPM, arXiv 2006.11239v2, eq. (5), (8).

    Claim: vdm.vlb.decomposition, ddpm.loss.mu
    """
    at, step = step_of(model.schedule, i, T)
    prediction = model.prediction(diffuse(x, eps, at), at)
    return divergence(model, x, eps, at, step, i, prediction, variance)


def divergence(
    model: Model,
    x: Event,
    eps: Event,
    at: Marginal,
    step: Step,
    i: PerExample64,
    prediction: Event,
    variance: Name | Tensor,
) -> PerExample:
    """Return KL(q(z_s | z_t, x) || p(z_s | z_t)) of steps with s > 0, nats: (batch,)."""
    kind, (ratio, excess) = model.parameterization, cost(variance, step, i)
    squares = diffusion(target(x, eps, at, kind), prediction, ratio * discrete_weight(step, kind))
    return squares + (x.shape[1:].numel() / 2 * excess).to(squares)


def ddpm_terms(
    model: Model,
    data: Tensor,
    levels: Tensor | None,
    T: int,
    t: PerExample64,
    eps: Event,
    variance: Name | Tensor = "beta-tilde",
) -> tuple[PerExample, PerExample]:
    r"""Return T times one step's reconstruction and diffusion of DDPM's bound, nats: each (batch,), float64.

    The step of each example is the one that t in (0, 1] falls in. The first step is decoded by cells, or by its density
    if there are no levels; any other gives its divergence.

    Raises:
        ValueError: if shapes or dtypes do not fit.

    Source: DDPM, arXiv 2006.11239v2, eq. (5), (13).

    Claim: vdm.vlb.decomposition, ddpm.decoder, ddpm.loss.mu
    """
    x, kind, i = valued(data, levels), model.parameterization, step_number(t, T)
    at, step = step_of(model.schedule, i, T)
    first = i == 1
    z = diffuse(x, eps, at)
    prediction = model.predict(z, at, kind)
    x_hat = convert(prediction, z, at, kind, "x")
    v = rounded(x_hat, of_first(variance, model.schedule, T).to(i.device).expand(len(x)))
    decoded = T * on_rows(first.to(x.device), decoding(levels), data, x_hat, v)
    inner = Step(*(torch.where(first, 0.5, a) for a in step))  # the divergence of the first step is infinite
    rest = divergence(model, x, eps, at, inner, i.clamp(min=min(2, T)), prediction, variance)
    return decoded, T * torch.where(first.to(rest.device), 0.0, rest)
