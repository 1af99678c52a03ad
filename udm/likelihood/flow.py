r"""The likelihood of the probability-flow ODE, by an adaptive solver of torchdiffeq in float64.

In the coordinate :math:`w = z / \sqrt d`, :math:`d = \alpha^2 + \sigma^2`, every path preserves variance, and with the
prediction :math:`\hat v` of :math:`v = \alpha\epsilon - \sigma x`

.. math::
    \frac{dw}{dt} = \tfrac12 \gamma'(t) \frac{\alpha\sigma}{d^{3/2}}\, \hat v(\sqrt d\, w, t), \qquad
    \log p(z_0) = \log p(z_1) + \tfrac D2 \log \frac{d_1}{d_0}
        + \int_0^1 \tfrac12 \gamma'(t) \frac{\alpha\sigma}{d}\, \nabla_z \cdot \hat v\, dt,

for D dimensions. The divergence is exact (D backward passes), or Hutchinson's
:math:`e^\top (\partial \hat v / \partial z)\, e`, unbiased over random signs e that stay the same along a trajectory.
The flow is a model of its own: its density equals the diffusion model's only if the denoiser is the best one. p(z_1) is
the law that samples start from.
"""

import math
from typing import Any, NamedTuple, SupportsFloat, cast

import torch
from torch import Tensor

from udm.arguments import numbers
from udm.extra import install
from udm.gaussian import total
from udm.model import Model, check_model
from udm.process import Marginal
from udm.schedule.base import Schedule
from udm.shapes import Event, PerExample64, combine, events, records
from udm.stable import float64_device, to_float64, widest

_LOG_2PI = math.log(2 * math.pi)


class Transport(NamedTuple):
    """The end of a trajectory. Both fields are on the CPU if the device of z_0 has no float64.

    Attributes:
        z_1: the latent there, ``(batch, *event)`` float64.
        log_det: log of the absolute determinant of dz_1 / dz_0, nats, ``(batch,)`` float64.
    """

    z_1: Event
    log_det: PerExample64


def signs(z: Event, generator: torch.Generator | None = None) -> Event:
    """Return independent random signs, -1 or 1.

    Args:
        z: ``(batch, *event)``, floating.
        generator: the source of randomness, on the device of z.

    Returns:
        The signs, ``(batch, *event)``, of the dtype and device of z.
    """
    return torch.randint(0, 2, z.shape, generator=generator, device=z.device).to(z.dtype) * 2 - 1


def divergence(v: Event, z: Event, probe: Event | None, *, gradient: bool = False) -> PerExample64:
    r"""Return :math:`\nabla_z \cdot v` (probe None) or :math:`e^\top (\partial v / \partial z)\, e`.

    v must be computed from z, and v of one example must not depend on z of another.

    Args:
        v: the field, ``(batch, *event)``, floating.
        z: the points, ``(batch, *event)``, floating, which require gradients unless v does not depend on them.
        probe: e, ``(batch, *event)``, of the dtype of v, or None for the exact divergence.
        gradient: whether the divergence has gradients itself.

    Returns:
        The divergence, ``(batch,)`` float64.

    Claim: sde.hutchinson
    """

    def against(e: Tensor, last: bool) -> Tensor:
        keeps = gradient or not last
        (slope,) = torch.autograd.grad(v, z, e, retain_graph=keeps, create_graph=gradient, materialize_grads=True)
        return total(slope * e)

    exact = torch.zeros(len(v), dtype=widest(v.device), device=v.device)
    if not v.requires_grad:  # v does not depend on z
        return exact
    if probe is not None:
        return against(probe, True)
    size = v.shape[1:].numel()
    for i in range(size):
        e = v.new_zeros(len(v), size)
        e[:, i] = 1
        exact = exact + against(e.reshape(v.shape), i == size - 1)
    return exact


def transport(
    model: Model,
    z_0: Event,
    *,
    probe: Event | None = None,
    span: tuple[float, float] = (0.0, 1.0),
    rtol: float = 1e-6,
    atol: float = 1e-8,
    gradient: bool = False,
) -> Transport:
    """Follow the flow from t = 0 to t = 1, or between two other times.

    Args:
        model: the denoiser, which is called in the dtype of z_0 (the solver's state is float64), and its schedule.
        z_0: the latent at the first time, ``(batch, *event)``, floating.
        probe: random signs for Hutchinson's estimate of the divergence, ``(batch, *event)``, of the dtype and device of
            z_0; None for the exact divergence.
        span: the two times, at which gamma and its slope must be finite; z_0 and z_1 are the latents there.
        rtol: the relative tolerance of a step of dopri5, in the root mean square over the batch, of z and of log_det.
        atol: the absolute tolerance.
        gradient: whether the result has gradients in z_0 and in the parameters of the denoiser, through every step of
            the solver, all of which it keeps in memory. The schedule, and how long each step is, are held.

    Returns:
        z_1, ``(batch, *event)`` float64, and log_det, ``(batch,)`` float64, in nats.

    Raises:
        ValueError: if z_0 is not floating or has no batch axis, probe differs from it in shape, dtype or device, gamma
            or its slope is infinite at an end of span, or the prediction differs from z in shape, dtype or device.
        NotImplementedError: if the schedule has no derivative (Betas).
        FloatingPointError: if the solver gives up, because the denoiser is not finite, or not smooth at these
            tolerances.

    Source: Song et al., arXiv 2011.13456v2, eq. (39)-(40).

    Claim: sde.likelihood, sde.likelihood.rate, sde.pfode.v, sde.hutchinson
    """
    return _transport("udm.likelihood.flow.transport", model, z_0, probe, span, rtol, atol, gradient)


def _transport(
    where: str,
    model: Model,
    z_0: Event,
    probe: Event | None,
    span: tuple[float, float],
    rtol: float,
    atol: float,
    gradient: bool = False,
) -> Transport:
    check_model(where, model)
    numbers(where, rtol=rtol, atol=atol)
    events(where, z_0=z_0, **({} if probe is None else {"probe": probe}))
    check_span(where, model.schedule, span)
    there = float64_device(z_0.device)
    ones = torch.ones(len(z_0), dtype=torch.float64, device=there)
    d_0, d_1 = (model.schedule.at(t * ones).norm for t in span)
    spread = (-1, *(1,) * (z_0.ndim - 1))

    def field(t: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            at, slope = model.schedule.at(t * ones), model.schedule.dgamma(t * ones)
            d = at.norm
            rate = slope / 2 * at.alpha * at.sigma / d
        with torch.enable_grad():
            z = (d.sqrt().reshape(spread) * state[0]).to(z_0.dtype).to(z_0.device)
            z = z if gradient and z.requires_grad else z.detach().requires_grad_()
            v = model.predict(z, at, "v")
            bend = divergence(v, z, probe, gradient=gradient)
        kept = v if gradient else v.detach()
        return (rate / d.sqrt()).reshape(spread) * to_float64(kept), rate * to_float64(bend)

    with torch.set_grad_enabled(gradient):
        start = (to_float64(z_0) / d_0.sqrt().reshape(spread), torch.zeros_like(ones))
        ends = torch.tensor(span, dtype=torch.float64, device=there)
        w, log_det = _solve(where, field, start, ends, rtol, atol)
        half = z_0.shape[1:].numel() / 2 * torch.log(d_1 / d_0)
        return Transport(w * d_1.sqrt().reshape(spread), log_det + half)


def log_prob(
    model: Model,
    z_0: Event,
    *,
    probe: Event | None = None,
    span: tuple[float, float] = (0.0, 1.0),
    rtol: float = 1e-6,
    atol: float = 1e-8,
    gradient: bool = False,
) -> PerExample64:
    r"""Return :math:`\log p(z_0)` under the flow from :math:`z_1 \sim p(z_1)`.

    p(z_1) is N(0, I) on a variance-preserving path and :math:`\mathcal N(0, \sigma_1^2 I)` on any other, where 1 is the
    end of ``span``.

    Args:
        model: the denoiser, which is called in the dtype of z_0 (the solver's state is float64), and its schedule.
        z_0: the latent at the first time, ``(batch, *event)``, floating.
        probe: random signs for Hutchinson's estimate of the divergence, ``(batch, *event)``, of the dtype and device of
            z_0; None for the exact divergence.
        span: the two times, at which gamma and its slope must be finite; z_0 and z_1 are the latents there.
        rtol: the relative tolerance of a step of dopri5, in the root mean square over the batch, of z and of log_det.
        atol: the absolute tolerance.
        gradient: whether the result has gradients in z_0 and in the parameters of the denoiser, as :func:`transport`.

    Returns:
        The log-density in nats, ``(batch,)`` float64.

    Raises:
        ValueError: if z_0 is not floating or has no batch axis, probe differs from it in shape, dtype or device, gamma
            or its slope is infinite at an end of span, or the prediction differs from z in shape, dtype or device.
        FloatingPointError: if the solver gives up.
        NotImplementedError: if the schedule has no derivative (Betas).

    Source: Song et al., arXiv 2011.13456v2, eq. (39)-(40).

    Claim: sde.likelihood, sde.hutchinson
    """
    z_1, log_det = _transport("udm.likelihood.flow.log_prob", model, z_0, probe, span, rtol, atol, gradient)
    return log_det + log_prior(z_1, model.schedule.at(torch.full_like(log_det, span[1])))


def log_prior(z_1: Event, at_1: Marginal) -> PerExample64:
    r"""Return :math:`\log p(z_1)`.

    Args:
        z_1: the latent at the end of the path, ``(batch, *event)``, floating.
        at_1: the marginal there, each field ``(batch,)`` float64.

    Returns:
        The log-density in nats, ``(batch,)`` float64.

    Raises:
        ValueError: if z_1 is not floating or has no batch axis, or ``at_1`` is not a Marginal of its batch.

    Claim: vdm.vlb.prior.scaled
    """
    events("udm.likelihood.flow.log_prior", z_1=z_1)
    records("udm.likelihood.flow.log_prior", len(z_1), Marginal, at_1=at_1)
    width = at_1.prior_std
    squares = total(torch.square(combine((1 / width, to_float64(z_1)))))
    return -(squares + z_1.shape[1:].numel() * (_LOG_2PI + 2 * torch.log(width))) / 2


def check_span(where: str, schedule: Schedule, span: tuple[float, float]) -> None:
    """Require gamma and its slope to be finite at both ends of ``span``.

    Raises:
        ValueError: if one is not; the message gives ``where`` and the time.
        NotImplementedError: if the schedule has no derivative (Betas).
    """
    if schedule.steps is not None:
        raise NotImplementedError(
            f"{where}: expected a schedule in continuous time, got a table of {schedule.steps} betas, which has no"
            " derivative"
        )
    _times(where, span)
    for t in span:
        at = torch.full((1,), t, dtype=torch.float64, device=float64_device(schedule.device))
        ends = schedule.gamma(at).detach(), schedule.dgamma(at).detach()
        if not all(bool(torch.isfinite(a).all()) for a in ends):
            got = f"{float(ends[0]):g} and {float(ends[1]):g} of {type(schedule).__name__} at t = {t:g}"
            raise ValueError(f"{where}: expected gamma and its slope finite at the ends of span, got {got}")


def _times(where: str, span: object) -> None:
    if not (isinstance(span, tuple | list) and len(span) == 2 and all(isinstance(t, SupportsFloat) for t in span)):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        raise ValueError(f"{where}: expected span of two times, got {span!r}")


def _solve(where: str, field: Any, start: Any, ends: Tensor, rtol: float, atol: float) -> tuple[Tensor, Tensor]:
    # Without step_t the last step would pass the end, and be interpolated.
    options = {"step_t": ends[-1:], "norm": _size}
    solve = _solver(where)
    try:
        w, log_det = solve(field, start, ends, rtol=rtol, atol=atol, method="dopri5", options=options)
    except AssertionError as error:  # torchdiffeq's sign that a step became 0
        raise FloatingPointError(f"{where}: expected a smooth and finite denoiser, the solver says {error}") from error
    return w[-1], log_det[-1]


@torch.no_grad()
def _size(parts: tuple[Tensor, ...]) -> Tensor:
    """Return the largest root mean square, by which the solver chooses its steps.

    It has no gradient: the first step would depend on z_0 by it, and times, which the field holds, would not, so that
    gradients of z_1 were off by as much as a step of the first order.
    """
    return torch.stack([part.square().mean().sqrt() for part in parts]).amax()


def _solver(where: str) -> Any:
    """Return torchdiffeq's solver, which is imported here so that the bound can be evaluated without it."""
    try:
        from torchdiffeq import odeint  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]
    except ModuleNotFoundError as missing:
        message = f"{where}: expected the module torchdiffeq, got none: {install('train')}"
        raise ModuleNotFoundError(message, name="torchdiffeq") from missing
    return cast(Any, odeint)
