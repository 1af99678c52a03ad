r"""A normal distribution with independent coordinates, given by its mean and variance.

.. math::
    \mathrm{KL}(q \Vert p) = \frac12 \sum_i \Bigl[ v_i - \log(1 + v_i)
        + \frac{(\mu_{q,i} - \mu_{p,i})^2}{\sigma_{p,i}^2} \Bigr], \qquad
    v = \frac{\sigma_q^2 - \sigma_p^2}{\sigma_p^2}.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from udm.shapes import Event, PerExample, events, instance, working
from udm.stable import excess, to_float64, to_widest, widest


class Gaussian(NamedTuple):
    """N(mean, var) with independent coordinates.

    Attributes:
        mean: ``(batch, *event)``, floating.
        var: of the dtype of the mean and broadcastable to it along the event, ``(batch, *#event)``, as ``(batch, 1,
            ..., 1)`` is.
    """

    mean: Event
    var: Float[Tensor, "batch *#event"]


def total(z: Event) -> PerExample:
    """Return the sum over the event.

    Args:
        z: ``(batch, *event)``, floating.

    Returns:
        The sum, ``(batch,)`` float64 (float32 on a device without float64).
    """
    wide = torch.float64 if z.is_cpu else widest(z.device)
    rows = z if z.ndim == 2 else z.reshape(z.shape[0], -1)
    return rows.sum(dim=1, dtype=wide)


def kl(q: Gaussian, p: Gaussian) -> PerExample:
    r"""Return KL(q || p), summed over the event.

    The log-ratio of the variances enters as x - log(1 + x), where x is their relative difference: this keeps its digits
    when they are close, where the usual -1 + d + exp(-d) is 0 or negative. All is computed in float64, and the means'
    difference is divided by sigma_p before it is squared, which would leave the range.

    Args:
        q: a law with mean ``(batch, *event)``, floating.
        p: a law with mean ``(batch, *event)``, of the dtype and device of q.

    Returns:
        The divergence in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if the means differ in shape, dtype or device or are not floating, or a variance does not fit its
            mean.

    Source: the Gaussian KL, e.g. Kingma and Welling, arXiv 1312.6114v11, appendix B.

    Claim: kl.gauss
    """
    check_gaussian("udm.kl", "q", q)
    check_gaussian("udm.kl", "p", p)
    events("udm.kl", **{"q.mean": q.mean, "p.mean": p.mean})
    var_q, var_p = to_float64(q.var), to_float64(p.var)
    shift = (to_float64(q.mean) - to_float64(p.mean)) / torch.sqrt(var_p)
    shape = excess((var_q - var_p) / var_p, var_q / var_p)
    return to_widest(total(shape + shift * shift) / 2, q.mean.device)


def sample(gaussian: Gaussian, noise: Event) -> Event:
    r"""Return the draw :math:`\mu + \sigma \epsilon`.

    Args:
        gaussian: the law, with mean ``(batch, *event)``, floating.
        noise: the standard normal :math:`\epsilon`, ``(batch, *event)``, of the dtype and device of the mean.

    Returns:
        The draw, ``(batch, *event)``, in the dtype of the mean.

    Raises:
        ValueError: if the noise differs from the mean in shape, dtype or device, or the variance does not fit the mean.
    """
    check_gaussian("udm.gaussian.sample", "gaussian", gaussian)
    mean, var = gaussian
    events("udm.gaussian.sample", mean=mean, noise=noise)
    dtype = working(mean.dtype)
    return (mean.to(dtype) + torch.sqrt(var.to(dtype)) * noise.to(dtype)).to(mean.dtype)


def check_gaussian(where: str, name: str, gaussian: Gaussian) -> None:
    """Require the argument ``name`` to be a Gaussian whose variance fits its mean.

    Raises:
        ValueError: if it is not; the message gives ``where``, the argument, what was expected and what it is.
    """
    instance(where, Gaussian, **{name: gaussian})
    mean, var = gaussian
    for field, a in (("mean", mean), ("var", var)):
        events(where, **{f"{name}.{field}": a})
    fits = var.ndim == mean.ndim and all(v in (1, m) for v, m in zip(var.shape[1:], mean.shape[1:], strict=True))
    if not fits or var.shape[:1] != mean.shape[:1] or var.dtype != mean.dtype:
        raise ValueError(
            f"{where}: expected {name}.var of dtype {mean.dtype} and shape {tuple(mean.shape)}, or with event axes of"
            f" size 1, got {var.dtype} and {tuple(var.shape)}"
        )
