r"""One unbiased draw of the bound: noise for z_0 and z_t, and one systematic time per example,

.. math::
    -\mathrm{VLB}(x) = \mathrm{KL}(q(z_1|x) \Vert \mathcal N) + \mathbb E[-\log p(x|z_0)]
        + \mathbb E_{t, \epsilon}\bigl[w(t)\, \lVert \mathrm{target} - \mathrm{prediction} \rVert^2\bigr],

t uniform in (0, 1], for finite T rounded up to a multiple of 1/T.

**Where sigma_0 = 0** (a table of betas, cosine, ...) z_0 is x, and the first step's divergence infinite. For finite T
the bound is then DDPM's: its reconstruction is :math:`-\log p(x \mid z_{1/T})` under the cells of
:math:`\mathcal N(\hat x, \sigma^2_{1/T|0})`, computed where t falls in the first step only, and counted T times. In
continuous time the integral is infinite unless the denoiser's error vanishes as t does, and **no draw shows it**: cut
the schedule with :class:`udm.schedule.Truncated`, as samplers and training do.
"""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from udm.cells import cell_reconstruction, on_rows
from udm.decoder import level, reconstruction
from udm.denoiser import Parameterization, convert, target
from udm.gaussian import Gaussian
from udm.loss import Bound, continuous_weight, diffusion, discrete_weight, prior
from udm.model import Model
from udm.process import Marginal, diffuse
from udm.schedule.base import Schedule
from udm.schedule.betas import Betas
from udm.shapes import Event, Indices, PerExample, PerExample64, cast, events, per_example
from udm.stable import float64_device
from udm.time import systematic_times

_MOST = 2**53  # beyond it i/T is no float64
Decoder: TypeAlias = Callable[[Event, Marginal], PerExample]


def variational_bound(
    model: Model,
    index: Indices,
    levels: Tensor,
    *,
    T: int | None = None,
    window: int | None = None,
    t: PerExample64 | None = None,
    generator: torch.Generator | None = None,
) -> Bound:
    r"""An unbiased estimate of the terms of -VLB(x) for data :math:`x = levels[index]`, on the device of ``index``.

    Args:
        model: the denoiser and the forward process, whose end points give the prior and the decoder.
        index: the data, integer levels.
        levels: (K,), floating: the value of each level; its dtype is that of all latents.
        T: the number of steps of the discrete bound, or None for the continuous one. Where sigma_0 = 0 a number gives
            DDPM's bound, of levels that increase.
        window: how many neighbouring levels the decoder sums, from :func:`udm.decoder.window`; None sums over all.
        t: the times, (batch,), uniform in (0, 1] together or apart; systematic ones of this batch alone if absent.
        generator: the source of all other randomness, on the device of ``index``.

    Raises:
        ValueError: index not integer or without a batch; levels not floating of shape (K,); T not an integer >= 1, or
            one that does not divide a table; times not (batch,); a prediction of another shape or dtype than z.
        NotImplementedError: T is None on a schedule with no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.decomposition, vdm.loss.discrete.unbiased, ddpm.decoder
    """
    if index.ndim == 0 or index.is_floating_point():
        got = f"{tuple(index.shape)}, {index.dtype}"
        raise ValueError(f"variational_bound: expected index of shape (batch, *event), integer, got {got}")
    per_example("variational_bound", levels=levels)
    levels = levels.to(index.device)
    if T is not None and model.schedule.sigma_0() == 0:
        return _ddpm_bound(model, index, levels, T, t, generator)

    def decoder(z_0: Event, at_0: Marginal) -> PerExample:
        return reconstruction(index, z_0, at_0, levels, window=window)

    return bound_of(model, level(levels, index), decoder, T=T, t=t, generator=generator)


def bound_of(
    model: Model,
    x: Event,
    decoder: Decoder,
    *,
    T: int | None = None,
    t: PerExample64 | None = None,
    generator: torch.Generator | None = None,
) -> Bound:
    r"""The same for any data x, discrete or continuous, and any decoder.

    Args:
        model: as in :func:`variational_bound`.
        x: the data.
        decoder: (z_0, at_0) -> -log p(x | z_0), (batch,), nats; of a density where x is continuous.
        T: as in :func:`variational_bound`, as are t and generator.
        t: the times.
        generator: the source of all other randomness.

    Raises:
        ValueError: x not floating or without a batch; T as in :func:`variational_bound`, or finite where sigma_0 = 0;
            times or what the decoder gives not (batch,); a prediction that does not fit.
        NotImplementedError: T is None on a schedule with no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.decomposition, vdm.loss.discrete.unbiased
    """
    events("bound_of", x=x)
    _steps("bound_of", model.schedule, T)
    schedule, kind = model.schedule, model.parameterization
    if T is not None and schedule.sigma_0() == 0:
        raise ValueError(
            f"bound_of: expected sigma_0 > 0 for a decoder of z_0 and T = {T} steps, got {type(schedule).__name__} with"
            " sigma_0 = 0: cut it with udm.schedule.Truncated, or give levels for DDPM's decoder"
        )
    ones = torch.ones(x.shape[0], dtype=torch.float64, device=float64_device(x.device))
    at_0, at_1 = schedule.at(0 * ones), schedule.at(ones)
    z_0 = diffuse(x, _normal(x, generator), at_0)
    t = systematic_times(x.shape[0], device=x.device, generator=generator) if t is None else t
    per_example("bound_of", x.shape[0], t=t)
    at, weight = _continuous(schedule, t, kind) if T is None else _discrete(schedule, t, T, kind)
    eps = _normal(x, generator)
    prediction = model.predict(diffuse(x, eps, at), at, kind)
    found = decoder(z_0, at_0)
    per_example("bound_of", x.shape[0], reconstruction=found)
    return Bound(
        prior=prior(x, at_1),
        reconstruction=found,
        diffusion=diffusion(target(x, eps, at, kind), prediction, weight),
    )


def _ddpm_bound(
    model: Model, index: Indices, levels: Tensor, T: int, t: PerExample64 | None, generator: torch.Generator | None
) -> Bound:
    """As :func:`variational_bound`: the KL of one step, or -log p(x | z_1/T) where it is the first, T times."""
    _steps("variational_bound", model.schedule, T)
    x, schedule = level(levels, index).to(levels.dtype), model.schedule
    ones = torch.ones(x.shape[0], dtype=torch.float64, device=float64_device(x.device))
    t = systematic_times(x.shape[0], device=x.device, generator=generator) if t is None else t
    per_example("variational_bound", x.shape[0], t=t)
    decoded, rest = ddpm_terms(model, index, levels, T, t, _normal(x, generator))
    return Bound(prior=prior(x, schedule.at(ones)), reconstruction=decoded, diffusion=rest)


def ddpm_terms(
    model: Model, index: Indices, levels: Tensor, T: int, t: PerExample64, eps: Event
) -> tuple[PerExample, PerExample]:
    r"""Reconstruction and diffusion of DDPM's bound at one step per example, T times, nats: each (batch,), float64.

    The step is the one that t in (0, 1] falls in: the first is decoded by cells, any other is its divergence.

    Raises:
        ValueError: shapes or dtypes that do not fit.

    Source: DDPM, arXiv 2006.11239v2, eq. (5), (13).

    Claim: ddpm.decoder
    """
    x, schedule, kind = level(levels, index).to(levels.dtype), model.schedule, model.parameterization
    i = torch.ceil(t * T)
    at, step, first = schedule.at(i / T), schedule.between((i - 1) / T, i / T), i == 1
    z = diffuse(x, eps, at)
    prediction = model.predict(z, at, kind)

    def decode(index: Tensor, mean: Tensor, var: Tensor) -> PerExample:
        return cell_reconstruction(index, Gaussian(mean, var), levels)

    x_hat = convert(prediction, z, at, kind, "x")
    decoded = T * on_rows(first.to(x.device), decode, index, x_hat, cast(x_hat, step.var_ts))
    weight = torch.where(first, 0.0, T * discrete_weight(step, kind))
    return decoded, diffusion(target(x, eps, at, kind), prediction, weight)


def _steps(where: str, schedule: Schedule, T: int | None) -> None:
    if T is None:
        return
    if type(T) is not int or not 1 <= T <= _MOST:
        raise ValueError(f"{where}: expected T an integer from 1 to 2^53, or None, got {T!r}")
    if isinstance(schedule, Betas) and schedule.T % T:
        raise ValueError(f"{where}: expected T that divides the {schedule.T} steps of the table, got {T}")


def _continuous(schedule: Schedule, t: Tensor, kind: Parameterization) -> tuple[Marginal, Tensor]:
    at = schedule.at(t)
    return at, continuous_weight(schedule.dgamma(t), at, kind)


def _discrete(schedule: Schedule, t: Tensor, T: int, kind: Parameterization) -> tuple[Marginal, Tensor]:
    i = torch.ceil(t * T)
    return schedule.at(i / T), T * discrete_weight(schedule.between((i - 1) / T, i / T), kind)


def _normal(x: Event, generator: torch.Generator | None) -> Event:
    return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
