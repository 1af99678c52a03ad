r"""The one distribution: a normal with independent coordinates, by its moments.

.. math::
    \mathrm{KL}(q \Vert p) = \frac12 \sum_i \Bigl[ v_i - \log(1 + v_i)
        + \frac{(\mu_{q,i} - \mu_{p,i})^2}{\sigma_{p,i}^2} \Bigr], \qquad
    v = \frac{\sigma_q^2 - \sigma_p^2}{\sigma_p^2}.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from udm.shapes import Event, PerExample, events, working
from udm.stable import excess, widest


class Gaussian(NamedTuple):
    """N(mean, var): mean (batch, *event), var broadcastable to it ((batch, 1, ..., 1) if isotropic), one dtype."""

    mean: Event
    var: Float[Tensor, "batch *#event"]


def total(z: Event) -> PerExample:
    """Sum over the event, (batch, *event) to (batch,), accumulated in float64 (float32 where the device has none)."""
    wide = torch.float64 if z.is_cpu else widest(z.device)
    rows = z if z.ndim == 2 else z.reshape(z.shape[0], -1)
    return rows.sum(dim=1, dtype=wide)


def kl(q: Gaussian, p: Gaussian) -> PerExample:
    r"""KL(q || p), nats per example, summed over the event: (batch,), float64.

    The log-ratio of variances enters as x - log(1 + x) with x their relative difference, which is exact when they are
    close (the usual -1 + d + exp(-d) is 0 or negative there). Half types are computed in float32.

    Raises:
        ValueError: means or variances that differ in dtype, means in shape, variances that do not fit their mean.

    Source: the Gaussian KL, e.g. Kingma and Welling, arXiv 1312.6114v11, appendix B.

    Claim: kl.gauss
    """
    events("kl", **{"q.mean": q.mean, "p.mean": p.mean})
    _variance("kl", "q", q)
    _variance("kl", "p", p)
    dtype = working(q.mean.dtype)
    var_q, var_p = q.var.to(dtype), p.var.to(dtype)
    shift = q.mean.to(dtype) - p.mean.to(dtype)
    shape = excess((var_q - var_p) / var_p, var_q / var_p)
    return total(shape + shift * shift / var_p) / 2


def sample(gaussian: Gaussian, noise: Event) -> Event:
    r"""A draw :math:`\mu + \sigma \epsilon` from standard normal noise of the shape and dtype of the mean.

    Raises:
        ValueError: noise or variance that does not fit the mean.
    """
    mean, var = gaussian
    events("sample", mean=mean, noise=noise)
    _variance("sample", "gaussian", gaussian)
    dtype = working(mean.dtype)
    return (mean.to(dtype) + torch.sqrt(var.to(dtype)) * noise.to(dtype)).to(mean.dtype)


def _variance(where: str, name: str, gaussian: Gaussian) -> None:
    mean, var = gaussian
    fits = var.ndim == mean.ndim and all(v in (1, m) for v, m in zip(var.shape[1:], mean.shape[1:], strict=True))
    if not fits or var.shape[:1] != mean.shape[:1] or var.dtype != mean.dtype:
        raise ValueError(
            f"{where}: expected {name}.var of dtype {mean.dtype} and shape {tuple(mean.shape)}, or with event axes of"
            f" size 1, got {var.dtype} and {tuple(var.shape)}"
        )
