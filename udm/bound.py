r"""One unbiased draw of the bound: noise for z_0 and z_t, and one time per example.

.. math::
    t_i = (u_0 + i/k) \bmod 1, \quad u_0 \sim U(0, 1), \quad i = 0 .. k - 1,

each uniform, together spread evenly over the batch; for finite T rounded up to a multiple of 1/T.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.denoiser import Parameterization, target
from udm.loss import Bound, continuous_weight, diffusion, discrete_weight, prior, reconstruction
from udm.process import Marginal, diffuse
from udm.schedule.base import Schedule
from udm.shapes import Event, Indices, PerExample64, per_example, working
from udm.stable import float64_device


def uniform_times(
    batch: int, *, device: torch.device | None = None, generator: torch.Generator | None = None
) -> PerExample64:
    r"""Low-discrepancy times in (0, 1]: :math:`1 - (u_0 + i/k) \bmod 1`, (batch,) float64.

    Raises:
        ValueError: batch < 1.

    Source: VDM, arXiv 2107.00630v6, appendix I.1.
    """
    if batch < 1:
        raise ValueError(f"uniform_times: expected batch >= 1, got {batch}")
    device = float64_device(device or torch.device("cpu"))
    u = torch.rand((), dtype=torch.float64, device=device, generator=generator)
    i = torch.arange(batch, dtype=torch.float64, device=device)
    return 1 - torch.remainder(u + i / batch, 1)


def variational_bound(
    denoiser: Callable[[Tensor, Tensor], Tensor],
    index: Indices,
    schedule: Schedule,
    levels: Tensor,
    *,
    parameterization: Parameterization = "eps",
    T: int | None = None,
    generator: torch.Generator | None = None,
) -> Bound:
    r"""An unbiased estimate of the terms of -VLB(x) for data :math:`x = levels[index]`, on the device of ``index``.

    Args:
        denoiser: (z, gamma) -> prediction, z (batch, *event) in the dtype of levels, gamma (batch,) in the same dtype
            (float32 for half types).
        index: the data, integer levels.
        schedule: the forward process; its end points give the prior and the decoder.
        levels: (K,), floating: the value of each level.
        parameterization: what the denoiser predicts.
        T: the number of steps of the discrete bound, or None for the continuous one.
        generator: the source of all randomness, on the device of ``index``.

    Raises:
        ValueError: index not integer or without a batch; levels not floating of shape (K,); T < 1; a prediction of
            another shape or dtype than z.
        NotImplementedError: T is None on a schedule with no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17).

    Claim: vdm.vlb.decomposition, vdm.loss.discrete.unbiased
    """
    _check(index, levels, T)
    x = levels.to(index.device)[index.long()]
    ones = torch.ones(x.shape[0], dtype=torch.float64, device=x.device)
    at_0, at_1 = schedule.at(0 * ones), schedule.at(ones)
    z_0 = diffuse(x, _normal(x, generator), at_0)
    t = uniform_times(x.shape[0], device=x.device, generator=generator)
    at, weight = (
        _continuous(schedule, t, parameterization) if T is None else _discrete(schedule, t, T, parameterization)
    )
    eps = _normal(x, generator)
    z_t = diffuse(x, eps, at)
    prediction = denoiser(z_t, at.gamma.to(working(x.dtype)).to(x.device))
    return Bound(
        prior=prior(x, at_1),
        reconstruction=reconstruction(index, z_0, at_0, levels.to(index.device)),
        diffusion=diffusion(target(x, eps, at, parameterization), prediction, weight),
    )


def _continuous(schedule: Schedule, t: Tensor, kind: Parameterization) -> tuple[Marginal, Tensor]:
    at = schedule.at(t)
    return at, continuous_weight(schedule.dgamma(t), at, kind)


def _discrete(schedule: Schedule, t: Tensor, T: int, kind: Parameterization) -> tuple[Marginal, Tensor]:
    i = torch.ceil(t * T)
    return schedule.at(i / T), T * discrete_weight(schedule.between((i - 1) / T, i / T), kind)


def _normal(x: Event, generator: torch.Generator | None) -> Event:
    return torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)


def _check(index: Tensor, levels: Tensor, T: int | None) -> None:
    where = "variational_bound"
    if index.ndim == 0 or index.is_floating_point():
        raise ValueError(
            f"{where}: expected index of shape (batch, *event), integer, got {tuple(index.shape)}, {index.dtype}"
        )
    per_example(where, levels=levels)
    if T is not None and T < 1:
        raise ValueError(f"{where}: expected T >= 1 or None, got {T}")
