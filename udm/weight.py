r"""Weights of a squared error, by name. Whatever the network predicts, the loss is w ||target - prediction||^2, and

.. math::
    \lVert\epsilon - \hat\epsilon\rVert^2 = \mathrm{SNR}\, \lVert x - \hat x\rVert^2, \qquad
    \lVert x - \hat x\rVert^2 = \frac{\sigma^2}{d^2} \lVert v - \hat v\rVert^2
        = \frac{\sigma^4}{\alpha^2} \lVert s - \hat s\rVert^2, \qquad d = \alpha^2 + \sigma^2,

so one loss has one weight in each parameterization. The variational bound's own are
:func:`udm.loss.continuous_weight` and :func:`udm.loss.discrete_weight`; those here are not bounds.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.denoiser import Parameterization
from udm.loss import continuous_weight
from udm.process import Marginal
from udm.shapes import PerExample, PerExample64
from udm.stable import norm_squared


def simple(at: Marginal, kind: Parameterization) -> PerExample64:
    r"""The weight of :math:`\lVert\epsilon - \hat\epsilon\rVert^2`, DDPM's L_simple, (batch,) float64.

    Raises:
        ValueError: an unknown name.

    Source: DDPM, arXiv 2006.11239v2, eq. (14).

    Claim: vdm.loss.weighted.simple, vdm.loss.v
    """
    one = torch.ones_like(at.alpha)
    return one if kind == "eps" else continuous_weight(2 * one, at, kind)


def weighted(
    w: Callable[[PerExample64], PerExample64], dgamma: PerExample, at: Marginal, kind: Parameterization
) -> PerExample64:
    r"""The weight of :math:`\tfrac12 w(\lambda) \gamma' \lVert\epsilon - \hat\epsilon\rVert^2`, lambda = log SNR.

    With w = 1 it is the bound's. Where w does not fall in t (nor rise in log SNR) it mixes bounds of data with
    noise added up to t, of weights dw/dt, and w at t = 0; any other w has negative ones, and is no bound.

    Args:
        w: log SNR (batch,) -> weight (batch,).
        dgamma: d gamma / dt.
        at: the marginal at t.
        kind: what the network predicts.

    Raises:
        ValueError: an unknown name; dgamma or w(lambda) not floating of shape (batch,).

    Source: Kingma and Gao, arXiv 2303.00848.

    Claim: vdm.loss.weighted, vdm.loss.weighted.elbo
    """
    return w(-at.gamma) * continuous_weight(dgamma, at, kind)


def sigmoid(bias: float) -> Callable[[PerExample64], PerExample64]:
    r""":math:`w(\lambda) = S(b - \lambda)`, which fades out the details above log SNR = b, and rises in t.

    Source: Kingma and Gao, arXiv 2303.00848.

    Claim: vdm.loss.weighted.elbo
    """
    return lambda log_snr: torch.sigmoid(bias - log_snr)


def min_snr(at: Marginal, kind: Parameterization, cap: float = 5.0) -> PerExample64:
    r"""The weight of :math:`\min(\mathrm{SNR}, \gamma) \lVert x - \hat x\rVert^2`, gamma = cap, (batch,) float64.

    .. math::
        w_x = \min(\mathrm{SNR}, \gamma), \quad
        w_\epsilon = \min(1, \gamma / \mathrm{SNR}), \quad
        w_v = \frac{\min(\mathrm{SNR}, \gamma)}{\mathrm{SNR} + 1} \text{ (if } d = 1\text{)}, \quad
        w_s = \sigma^2 w_\epsilon.

    At SNR = 0 these are 0, 1, 0 and sigma^2.

    Raises:
        ValueError: an unknown name; cap <= 0.

    Source: Hang et al., arXiv 2303.09556.

    Claim: minsnr.equiv
    """
    if not cap > 0:
        raise ValueError(f"min_snr: expected cap > 0, got {cap}")
    if kind == "x":
        return torch.clamp(at.snr, max=cap)
    kept = torch.clamp(cap / at.snr, max=1.0)
    if kind == "v":
        return _by_v(kept, at)
    return kept * simple(at, kind)


def _by_v(kept: Tensor, at: Marginal) -> Tensor:
    """kept alpha^2 / d^2: of the v-error, what kept is of the eps-error."""
    return kept * torch.square(at.alpha / norm_squared(at.alpha, at.sigma))
