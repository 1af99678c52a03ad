r"""One unbiased draw of the bound, from noise for z_0 and z_t and one systematic time per example:

.. math::
    -\mathrm{VLB}(x) = \mathrm{KL}(q(z_1|x) \Vert \mathcal N) + \mathbb E[-\log p(x|z_0)]
        + \mathbb E_{t, \epsilon}\bigl[w(t)\, \lVert \mathrm{target} - \mathrm{prediction} \rVert^2\bigr],

where t is uniform in (0, 1], and for finite T rounded up to a multiple of 1/T.

**Schedules with sigma_0 = 0** (a table of betas, cosine, ...): there z_0 is x, and the divergence of the first step is
infinite. For finite T the bound is then DDPM's, of ``udm.ddpm``: its reconstruction is
:math:`-\log p(x \mid z_{1/T})` under the cells of :math:`\mathcal N(\hat x, v_1)`, computed apart for every example,
and t falls in one of the other steps. In continuous time the integral is infinite unless the denoiser's error vanishes
as t does, and **no draw shows it**: cut the schedule with :class:`udm.schedule.Truncated`, as samplers and training do.
"""

import inspect
import warnings
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import torch
from torch import Tensor

from udm.arguments import functions, generators
from udm.ddpm import ddpm_terms as ddpm_terms
from udm.ddpm import first_step, later_step, step_at
from udm.decoder import check_window, level, reconstruction
from udm.denoiser import Parameterization, target
from udm.density import gaussian, valued
from udm.hybrid import learned_terms
from udm.loss import Bound, continuous_weight, diffusion, discrete_weight, prior
from udm.model import Model, check_model
from udm.process import Marginal, diffuse
from udm.schedule.base import Schedule
from udm.shapes import Event, Indices, PerExample, PerExample64, events, indices, per_example
from udm.stable import float64_device
from udm.time import step_number, systematic_times
from udm.variance import Variance, checked, cost

_MOST = 2**53  # beyond it i/T is no float64
Decoder: TypeAlias = Callable[[Event, Event, Marginal], PerExample]  # (x, z_0, at_0) -> -log p(x | z_0)


def variational_bound(
    model: Model,
    index: Indices,
    levels: Tensor,
    *,
    T: int | None = None,
    window: int | None = None,
    t: PerExample64 | None = None,
    generator: torch.Generator | None = None,
    variance: Variance | None = None,
) -> Bound:
    r"""Estimate the terms of -VLB(x) without bias, for data :math:`x = levels[index]`.

    Args:
        model: the denoiser and the forward process, whose end points give the prior and the decoder.
        index: the data, ``(batch, *event)``, integer levels; all is computed on its device.
        levels: ``(K,)``, floating, the value of each level; its dtype is that of all latents.
        T: the number of steps of the discrete bound, or None for the continuous one, and on a table of betas for all
            its steps. If sigma_0 = 0, a number gives DDPM's bound, for which levels must increase.
        window: how many neighbouring levels the decoder sums, from :func:`udm.decoder.window`; None sums over all.
        t: the times, ``(batch,)`` float64, uniform in (0, 1], jointly or independently; if absent, systematic times of
            this batch.
        generator: the source of all other randomness, on the device of ``index``.
        variance: that of the reverse steps of a discrete bound: "beta-tilde" (the default; if sigma_0 = 0 the first
            step, whose beta-tilde is 0, has that of the second, as in DDPM's code), "beta", "learned" by a network of
            twice the channels (:class:`udm.calling.Ranged`), or v_1 .. v_T, ``(T,)``, floating, or a sequence of
            numbers. None in continuous time.

    Returns:
        The terms in nats per example, each ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if index is not integer or has no batch axis; levels is not floating of shape (K,); T is not an
            integer >= 1, or does not divide the steps of a table; window < 1; t is not floating of shape (batch,);
            ``variance`` is none of these, or given in continuous time; or the prediction differs from z in shape, dtype
            or device.

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17); DDPM, arXiv 2006.11239v2, eq. (5), (8), (13), section 3.2.

    Claim: vdm.vlb.decomposition, vdm.loss.discrete.unbiased, vdm.loss.continuous.eps, ddpm.decoder, ddpm.loss.mu,
        ddpm.variance.loss, iddpm.loss
    """
    return estimate(
        "udm.variational_bound",
        model,
        index,
        levels,
        T=T,
        window=window,
        t=t,
        generator=generator,
        variance=variance,
    )


def estimate(
    where: str,
    model: Model,
    index: Indices,
    levels: Tensor,
    *,
    T: int | None,
    window: int | None,
    t: PerExample64 | None,
    generator: torch.Generator | None,
    variance: Variance | None = None,
) -> Bound:
    """Compute :func:`variational_bound` for the public function ``where``, with its errors."""
    check_model(where, model)
    generators(where, generator=generator)
    indices(where, index=index)
    per_example(where, levels=levels)
    check_window(where, window)
    steps, levels = steps_of(where, model.schedule, T), levels.to(index.device)
    if steps is not None and model.schedule.sigma_0() == 0:  # z_0 is x
        chosen = "beta-tilde" if variance is None else variance
        return _ddpm_bound(where, model, index, levels, steps, t, generator, chosen)

    def decoder(x: Event, z_0: Event, at_0: Marginal) -> PerExample:
        return reconstruction(index, z_0, at_0, levels, window=window)

    x = level(levels, index)
    return estimate_of(where, model, x, decoder, T=T, t=t, generator=generator, variance=variance)


def bound_of(
    model: Model,
    x: Event,
    decoder: Decoder,
    *,
    T: int | None = None,
    t: PerExample64 | None = None,
    generator: torch.Generator | None = None,
    variance: Variance | None = None,
) -> Bound:
    r"""Estimate the terms of -VLB(x) as :func:`variational_bound` does, for any data x and any decoder.

    Args:
        model: the denoiser and the forward process.
        x: the data, ``(batch, *event)``, floating, discrete or continuous.
        decoder: (x, z_0, at_0) to -log p(x | z_0), ``(batch,)``, floating, nats; a density's if x is continuous, as
            :func:`udm.density.gaussian`, which on a path with sigma_0 = 0 stands for DDPM's first step. (A decoder of
            (z_0, at_0) is accepted in this version, with a DeprecationWarning.)
        T: the number of steps of the discrete bound, or None for the continuous one, and on a table of betas for all
            its steps.
        t: the times, ``(batch,)`` float64, as in :func:`variational_bound`.
        generator: the source of all other randomness, on the device of x.
        variance: that of the reverse steps of a discrete bound: a name, or v_1 .. v_T, ``(T,)``, floating, as in
            :func:`variational_bound`.

    Returns:
        The terms in nats per example, each ``(batch,)`` floating; the decoder's are as it gives them, the others
        float64.

    Raises:
        ValueError: if x is not floating or has no batch axis; T is not an integer >= 1, does not divide the steps of a
            table, or is finite where sigma_0 = 0 and the decoder another; t or the decoder's result is not floating of
            shape (batch,); or the prediction differs from z in shape, dtype or device.

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.decomposition, vdm.loss.discrete.unbiased, vdm.loss.continuous.eps
    """
    functions("udm.bound.bound_of", decoder=decoder)
    where = "udm.bound.bound_of"
    return estimate_of(where, model, x, _of_x(decoder), T=T, t=t, generator=generator, variance=variance)


def estimate_of(
    where: str,
    model: Model,
    x: Event,
    decoder: Decoder,
    *,
    T: int | None,
    t: PerExample64 | None,
    generator: torch.Generator | None,
    variance: Variance | None = None,
) -> Bound:
    """Compute :func:`bound_of` for the public function ``where``, with its errors."""
    check_model(where, model)
    generators(where, generator=generator)
    events(where, x=x)
    steps = steps_of(where, model.schedule, T)
    schedule = model.schedule
    if steps is not None and schedule.sigma_0() == 0:
        if decoder is gaussian:
            chosen = "beta-tilde" if variance is None else variance
            return _ddpm_bound(where, model, x, None, steps, t, generator, chosen)
        raise ValueError(
            f"{where}: expected sigma_0 > 0 for a decoder of z_0 and T = {steps} steps, got {type(schedule).__name__}"
            " with sigma_0 = 0: cut it with udm.schedule.Truncated, or give levels or udm.density.gaussian for DDPM's"
            " decoder"
        )
    ones = torch.ones(x.shape[0], dtype=torch.float64, device=float64_device(x.device))
    at_0, at_1 = schedule.at(0 * ones), schedule.at(ones)
    z_0 = diffuse(x, _normal(x, generator), at_0)
    t = _times(where, x, t, generator)
    squares = diffusion_at(where, model, x, t, steps, variance, generator)
    decoded = decoder(x, z_0, at_0)
    per_example(where, x.shape[0], **{"decoder(x, z_0, at_0)": decoded})
    return Bound(prior=prior(x, at_1), reconstruction=decoded, diffusion=squares)


def diffusion_at(
    where: str,
    model: Model,
    x: Event,
    t: PerExample64,
    T: int | None,
    variance: Variance | None,
    generator: torch.Generator | None,
) -> PerExample:
    """Return what the diffusion term is the mean of over t, with one draw of noise, for the public function ``where``.

    For finite T it is T times the divergence of the step in which t falls; where sigma_0 = 0 that is not the first.
    """
    if T is not None and isinstance(variance, str) and variance == "learned":
        return learned_terms(where, model, x, None, T, t, _normal(x, generator), decoded=False).diffusion
    kind = model.parameterization
    at, weight, constant = _integrand(where, model.schedule, t, T, kind, variance)
    eps = _normal(x, generator)
    prediction = model.predict(diffuse(x, eps, at), at, kind)
    squares = diffusion(target(x, eps, at, kind), prediction, weight)
    return squares if constant is None else squares + (x.shape[1:].numel() * constant).to(squares)


def _ddpm_bound(
    where: str,
    model: Model,
    data: Tensor,
    levels: Tensor | None,
    T: int,
    t: PerExample64 | None,
    generator: torch.Generator | None,
    variance: Variance,
) -> Bound:
    x, v = valued(data, levels), checked(where, variance, T)
    ones = torch.ones(x.shape[0], dtype=torch.float64, device=float64_device(x.device))
    t = _times(where, x, t, generator)
    first, at_1 = _normal(x, generator), prior(x, model.schedule.at(ones))
    i = 1 + step_number(t, T - 1)
    if isinstance(v, str) and v == "learned":
        decoded = learned_terms(where, model, data, levels, T, ones / T, first).decoded / T
    else:
        decoded = first_step(model, data, levels, T, first, v)
    if T == 1:
        return Bound(at_1, decoded, torch.zeros_like(decoded))
    eps = _normal(x, generator)
    if isinstance(v, str) and v == "learned":
        later = learned_terms(where, model, data, levels, T, i / T, eps).diffusion / T
    else:
        later = later_step(model, x, i, T, eps, v)
    return Bound(prior=at_1, reconstruction=decoded, diffusion=(T - 1) * later)


def _of_x(decoder: Decoder) -> Decoder:
    """Accept a decoder of (z_0, at_0), the signature of an earlier version."""
    try:
        inspect.signature(decoder).bind(None, None, None)
    except TypeError:
        given = cast(Callable[[Any, Any], PerExample], decoder)
        warnings.warn(
            "udm.bound.bound_of: a decoder of (z_0, at_0) is deprecated: give one of (x, z_0, at_0)",
            DeprecationWarning,
            stacklevel=3,
        )
        return lambda x, z_0, at_0: given(z_0, at_0)
    except ValueError:  # a builtin without a signature
        pass
    return decoder


def steps_of(where: str, schedule: Schedule, T: int | None) -> int | None:
    """Return the number of steps of the bound: that which is given, or that of a table; None for continuous time.

    Raises:
        ValueError: if T is not an integer from 1 to 2^53, or does not divide the steps of a table.
    """
    table = schedule.steps
    if T is None:
        return table
    if type(T) is not int or not 1 <= T <= _MOST:
        raise ValueError(f"{where}: expected T an integer from 1 to 2^53, or None, got {T!r}")
    if table is not None and table % T:
        raise ValueError(f"{where}: expected T that divides the {table} steps of the table, got {T}")
    return T


def _times(where: str, x: Event, t: PerExample64 | None, generator: torch.Generator | None) -> PerExample64:
    t = systematic_times(x.shape[0], device=x.device, generator=generator) if t is None else t
    per_example(where, x.shape[0], t=t)
    return t


def _integrand(
    where: str, schedule: Schedule, t: Tensor, T: int | None, kind: Parameterization, variance: Variance | None
) -> tuple[Marginal, Tensor, Tensor | None]:
    """Return the marginal at t, the weight of the squared error there, and what is added for each dimension."""
    if T is None:
        if variance is not None:
            raise ValueError(f"{where}: expected no variance in continuous time, got {variance!r}")
        at = schedule.at(t)
        return at, continuous_weight(schedule.dgamma(t), at, kind), None
    at, step = step_at(schedule, t, T)
    weight = T * discrete_weight(step, kind)
    if variance is None:
        return at, weight, None
    named = checked(where, variance, T)
    assert not isinstance(named, str) or named != "learned"
    ratio, excess = cost(named, step, step_number(t, T))
    return at, ratio * weight, T / 2 * excess


def _normal(x: Event, generator: torch.Generator | None) -> Event:
    return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
