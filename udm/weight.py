r"""Weights of a squared error. Whatever the network predicts, the loss is w ||target - prediction||^2, and

.. math::
    \lVert\epsilon - \hat\epsilon\rVert^2 = \mathrm{SNR}\, \lVert x - \hat x\rVert^2, \qquad
    \lVert x - \hat x\rVert^2 = \frac{\sigma^2}{d^2} \lVert v - \hat v\rVert^2
        = \frac{\sigma^4}{\alpha^2} \lVert s - \hat s\rVert^2, \qquad d = \alpha^2 + \sigma^2,

so one loss has one weight in each parameterization. The weights of the variational bound are
:func:`udm.loss.continuous_weight` and :func:`udm.loss.discrete_weight`; the losses weighted here are not that bound.
"""

import math
from collections.abc import Callable

import torch

from udm.arguments import functions, numbers
from udm.denoiser import Parameterization, known
from udm.loss import weight_of_slope
from udm.process import Marginal
from udm.shapes import PerExample, PerExample64, per_example, records
from udm.stable import to_float64


def simple(at: Marginal, kind: Parameterization) -> PerExample64:
    r"""Return the weight of :math:`\lVert\epsilon - \hat\epsilon\rVert^2`, DDPM's L_simple.

    Args:
        at: the marginal at t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        The weight, ``(batch,)`` float64.

    Raises:
        ValueError: if ``kind`` is not "x", "eps", "v" or "score", or ``at`` is not a Marginal.

    Source: DDPM, arXiv 2006.11239v2, eq. (14).

    Claim: vdm.loss.weighted.simple, vdm.loss.v
    """
    return _simple("udm.weight.simple", at, kind)


def _simple(where: str, at: Marginal, kind: Parameterization) -> PerExample64:
    known(where, kind=kind)
    records(where, None, Marginal, at=at)
    one = torch.ones_like(at.alpha)
    return one if kind == "eps" else weight_of_slope(where, 2 * one, at, kind)


def weighted(
    w: Callable[[PerExample64], PerExample64], dgamma: PerExample, at: Marginal, kind: Parameterization
) -> PerExample64:
    r"""Return the weight of :math:`\tfrac12 w(\lambda) \gamma' \lVert\epsilon - \hat\epsilon\rVert^2`.

    Here lambda = log SNR. With w = 1 the loss is the bound's. If w nowhere falls in t (nowhere rises in log SNR), the
    loss is a mixture of the bounds of data with noise added up to each t: these have the weights dw/dt, and the bound
    of clean data has w at t = 0. Any other w gives some a negative weight, and no bound.

    Args:
        w: a map of log SNR, ``(batch,)`` float64, to the weight, ``(batch,)``, floating.
        dgamma: d gamma / dt, ``(batch,)``, floating.
        at: the marginal at t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        The weight, ``(batch,)`` float64.

    Raises:
        ValueError: if ``kind`` is not "x", "eps", "v" or "score", ``at`` is not a Marginal, or dgamma or w(lambda) is
            not floating of the shape (batch,) of its fields.

    Source: Kingma and Gao, arXiv 2303.00848.

    Claim: vdm.loss.weighted, vdm.loss.weighted.elbo
    """
    functions("udm.weight.weighted", w=w)
    if kind == "x" and isinstance(w, _Sigmoid):
        weight_of_slope("udm.weight.weighted", dgamma, at, "eps")  # checks the arguments
        return to_float64(dgamma) / 2 * w.times_snr(-at.gamma)
    weight = weight_of_slope("udm.weight.weighted", dgamma, at, kind)
    of_snr = w(-at.gamma)
    per_example("udm.weight.weighted", len(weight), **{"w(log SNR)": of_snr})
    return of_snr * weight


def sigmoid(bias: float) -> Callable[[PerExample64], PerExample64]:
    r"""Return :math:`w(\lambda) = S(b - \lambda)` as a function of log SNR; it rises in t, and fades out above b.

    Args:
        bias: b, in units of log SNR.

    Returns:
        A map of log SNR, ``(batch,)`` float64, to the weight, ``(batch,)`` float64.

    Raises:
        ValueError: if bias is no number.

    Source: Kingma and Gao, arXiv 2303.00848.

    Claim: vdm.loss.weighted.elbo
    """
    numbers("udm.weight.sigmoid", bias=bias)
    return _Sigmoid(float(bias))


class _Sigmoid:
    """S(b - lambda), and its product with SNR, whose factors leave the range where the product does not."""

    def __init__(self, bias: float) -> None:
        self.bias = bias

    def __call__(self, log_snr: PerExample64) -> PerExample64:
        return torch.sigmoid(self.bias - log_snr)

    def times_snr(self, log_snr: PerExample64) -> PerExample64:
        r"""Return :math:`e^\lambda S(b - \lambda) = e^b S(\lambda - b)`."""
        return math.exp(self.bias) * torch.sigmoid(log_snr - self.bias)


def min_snr(at: Marginal, kind: Parameterization, cap: float = 5.0) -> PerExample64:
    r"""Return the weight of :math:`\min(\mathrm{SNR}, \gamma) \lVert x - \hat x\rVert^2`.

    Here gamma is ``cap``, and

    .. math::
        w_x = \min(\mathrm{SNR}, \gamma), \quad
        w_\epsilon = \min(1, \gamma / \mathrm{SNR}), \quad
        w_v = \frac{\min(\mathrm{SNR}, \gamma)}{\mathrm{SNR} + 1} \text{ (if } d = 1\text{)}, \quad
        w_s = \sigma^2 w_\epsilon.

    At SNR = 0 these are 0, 1, 0 and sigma^2.

    Args:
        at: the marginal at t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".
        cap: the SNR above which the weight of the error of x is constant.

    Returns:
        The weight, ``(batch,)`` float64.

    Raises:
        ValueError: if ``kind`` is not "x", "eps", "v" or "score", ``at`` is not a Marginal, or cap <= 0.

    Source: Hang et al., arXiv 2303.09556.

    Claim: minsnr.equiv
    """
    numbers("udm.weight.min_snr", cap=cap)
    if not cap > 0:
        raise ValueError(f"udm.weight.min_snr: expected cap > 0, got {cap}")
    known("udm.weight.min_snr", kind=kind)
    records("udm.weight.min_snr", None, Marginal, at=at)
    large = at.snr.detach() > cap  # a branch that is not taken may not bring its infinite slope
    if kind == "x":
        return torch.where(large, cap, at.alpha_squared / torch.where(large, 1.0, at.sigma_squared))
    kept = torch.where(large, cap * at.sigma_squared / torch.where(large, at.alpha_squared, 1.0), 1.0)
    if kind == "v":
        return kept * at.signal_share
    return kept * _simple("udm.weight.min_snr", at, kind)
