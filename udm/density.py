r"""Decoders of data without levels, as latents of an autoencoder are. A normal law about :math:`z_0/\alpha_0` as wide
as the noise of z_0,

.. math::
    -\log p(x \mid z_0) = \frac D2 \log(2 \pi e^{\gamma_0})
        + \frac{\lVert \alpha_0 x - z_0 \rVert^2}{2 \sigma_0^2}, \qquad
    \mathbb E_{q(z_0|x)} = \frac D2 \log(2 \pi e\, e^{\gamma_0}),

makes the bound one on the density, -log p(x). Its mean is the same for all x, and no other variance has a lower one.

Without a decoder, prior and diffusion bound :math:`\mathrm{KL}(q(z_0 | x) \Vert p(z_0))`: the bound on -log p(z_0) of
each z_0, less the entropy of q(z_0 | x). This says how well the model knows noisy data, and nothing of x itself.

On a table of betas z_0 is x, and the decoder is the first step, :math:`\mathcal N(\hat x(z_{1/T}), v_1)`.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from udm.cells import cell_reconstruction
from udm.decoder import level
from udm.gaussian import Gaussian, check_gaussian, total
from udm.process import Marginal
from udm.shapes import Event, PerExample, events, over, records
from udm.stable import to_float64, to_widest, widest

Decode: TypeAlias = Callable[[Tensor, Tensor, Tensor], PerExample]  # (data, mean, var) -> nats
LOG_2PI = math.log(2 * math.pi)


def gaussian(x: Event, z_0: Event, at_0: Marginal) -> PerExample:
    r"""Return -log p(x | z_0) under :math:`\mathcal N(z_0/\alpha_0, \sigma_0^2/\alpha_0^2)`, summed over the event.

    Args:
        x: the data, ``(batch, *event)``, floating.
        z_0: the latent at time 0, ``(batch, *event)``, of the dtype and device of x.
        at_0: the marginal at time 0, each field ``(batch,)`` float64.

    Returns:
        The loss in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if x and z_0 differ in shape, dtype or device or are not floating, or ``at_0`` is not a Marginal of
            their batch.

    Claim: likelihood.continuous
    """
    where = "udm.density.gaussian"
    events(where, x=x, z_0=z_0)
    records(where, len(x), Marginal, at_0=at_0)
    alpha, sigma = (a.to(x.device) for a in over(x, at_0.alpha, at_0.sigma))
    square = torch.square((alpha * to_float64(x) - to_float64(z_0)) / sigma)
    dims = x.shape[1:].numel()
    return to_widest(total(square) / 2 + dims / 2 * (LOG_2PI + at_0.gamma.to(x.device)), x.device)


def none(x: Event, z_0: Event, at_0: Marginal) -> PerExample:
    """Return 0: nothing of x is decoded.

    Args:
        x: the data, ``(batch, *event)``, floating.
        z_0: the latent at time 0, ``(batch, *event)``, of the dtype and device of x.
        at_0: the marginal at time 0, each field ``(batch,)`` float64.

    Returns:
        Zeros, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if x and z_0 differ in shape, dtype or device or are not floating, or ``at_0`` is not a Marginal of
            their batch.
    """
    events("udm.density.none", x=x, z_0=z_0)
    records("udm.density.none", len(x), Marginal, at_0=at_0)
    return torch.zeros(len(x), dtype=widest(x.device), device=x.device)


def neg_log_density(x: Event, p: Gaussian) -> PerExample:
    """Return -log p(x) of a normal law, summed over the event.

    Args:
        x: ``(batch, *event)``, floating.
        p: the law, with mean ``(batch, *event)``, of the dtype and device of x.

    Returns:
        The loss in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if x and the mean differ in shape, dtype or device or are not floating, or the variance does not fit
            the mean.
    """
    check_gaussian("udm.density.neg_log_density", "p", p)
    events("udm.density.neg_log_density", **{"x": x, "p.mean": p.mean})
    var = to_float64(p.var)
    square = torch.square(to_float64(x) - to_float64(p.mean)) / var
    return to_widest(total(square + LOG_2PI + torch.log(var)) / 2, x.device)


def valued(data: Tensor, levels: Tensor | None) -> Event:
    """Return the values of data, which are levels, or values themselves if there are no levels."""
    return data if levels is None else level(levels, data).to(levels.dtype)


def decoding(levels: Tensor | None) -> Decode:
    """Return how a first step decodes data: by the cells of the levels, or by its density if there are none."""

    def by_cells(index: Tensor, mean: Tensor, var: Tensor) -> PerExample:
        assert levels is not None
        return cell_reconstruction(index, Gaussian(mean, var), levels)

    def by_density(x: Tensor, mean: Tensor, var: Tensor) -> PerExample:
        return neg_log_density(x, Gaussian(mean, var))

    return by_density if levels is None else by_cells
