r"""The variational bound, in nats, per example, summed over the event:

.. math::
    -\mathrm{VLB}(x) = \underbrace{\mathrm{KL}(q(z_1|x) \Vert p(z_1))}_{\text{prior}}
        + \underbrace{\mathbb E[-\log p(x|z_0)]}_{\text{reconstruction}}
        + \underbrace{L_T(x)}_{\text{diffusion}}, \qquad
    L_\infty = \tfrac12\, \mathbb E\, \gamma'(t) \lVert \epsilon - \hat\epsilon \rVert^2.

Squares are formed in the dtype of the event (float32 for half types) and summed in float64. Squared differences are
first summed in runs of at most 128 in their own dtype; all terms are positive, so this costs at most 130 u. Weights are
float64.
"""

import math
from typing import NamedTuple

import torch
from torch.nn.functional import mse_loss

from udm.arguments import integers
from udm.denoiser import Parameterization, known
from udm.gaussian import total
from udm.process import Marginal, Step
from udm.shapes import Event, PerExample, PerExample64, events, per_example, records, working
from udm.stable import excess, to_float64

_RUN = 128


class Bound(NamedTuple):
    """The three terms of -VLB, summed over the event.

    Attributes:
        prior: KL(q(z_1 | x) || p(z_1)), nats per example, ``(batch,)``, floating.
        reconstruction: -log p(x | z_0), nats per example, ``(batch,)``, floating.
        diffusion: the loss between the two ends, nats per example, ``(batch,)``, floating.
    """

    prior: PerExample
    reconstruction: PerExample
    diffusion: PerExample

    @property
    def total(self) -> PerExample:
        """-VLB(x) in nats per example, ``(batch,)``, floating.

        Claim: vdm.vlb.decomposition
        """
        return self.prior + self.reconstruction + self.diffusion

    def bits_per_dim(self, dims: int) -> PerExample:
        """Return -VLB(x) in bits per dimension.

        Args:
            dims: how many dimensions an event has.

        Returns:
            The bound in bits per dimension, ``(batch,)``, in the floating dtype of the terms.

        Raises:
            ValueError: if dims < 1.
        """
        return self.total / _nats_per_bit("udm.Bound.bits_per_dim", dims)


def nats_per_bit(dims: int) -> float:
    """Return D log 2: as many nats per example make one bit per dimension.

    Args:
        dims: D, how many dimensions an event has.

    Returns:
        D log 2, a number.

    Raises:
        ValueError: if dims < 1.
    """
    return _nats_per_bit("udm.loss.nats_per_bit", dims)


def _nats_per_bit(where: str, dims: int) -> float:
    integers(where, dims=dims)
    if dims < 1:
        raise ValueError(f"{where}: expected dims >= 1, got {dims}")
    return dims * math.log(2)


def prior(x: Event, at_1: Marginal) -> PerExample:
    r"""Return KL(q(z_1 | x) || p(z_1)).

    On a variance-preserving path p(z_1) = N(0, I), and the divergence is

    .. math:: \tfrac12 \sum_i \bigl[\alpha_1^2 x_i^2 + (\sigma_1^2 - 1) - \log \sigma_1^2 \bigr].

    There sigma^2 - 1 = -alpha^2 = -a, which keeps its digits, and -a - log(1 - a) is a series of positive terms. (As
    printed, the form is 0 in float32 from gamma_1 = 8 on, and in float64 from 18.) On any other path
    p(z_1) = N(0, sigma_1^2 I), from which samples start, and the divergence is
    :math:`\tfrac12 \mathrm{SNR}(1) \lVert x \rVert^2`.

    Args:
        x: the data, ``(batch, *event)``, floating.
        at_1: the marginal at t = 1, each field ``(batch,)`` float64.

    Returns:
        The divergence in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if x is not floating or has no batch axis, or ``at_1`` is not a Marginal of its batch.

    Source: VDM, arXiv 2107.00630v6, section 3.3.

    Claim: vdm.vlb.prior, vdm.vlb.prior.scaled
    """
    events("udm.prior", x=x)
    records("udm.prior", len(x), Marginal, at_1=at_1)
    width = at_1.prior_std
    a, ratio = torch.square(at_1.alpha / width), torch.square(at_1.sigma / width)
    shape = excess(torch.where(at_1.preserving, -a, 0.0), ratio)
    squares = total(torch.square(x.to(working(x.dtype))))
    return (a.to(squares) * squares + x.shape[1:].numel() * shape.to(squares)) / 2


def discrete_weight(step: Step, kind: Parameterization) -> PerExample64:
    r"""Return w with KL(q(z_s | z_t, x) || p(z_s | z_t)) = :math:`w \lVert target - prediction \rVert^2`.

    .. math::
        w_x = \tfrac12 (\mathrm{SNR}(s) - \mathrm{SNR}(t)), \quad
        w_\epsilon = \tfrac12 (e^{gap} - 1), \quad
        w_v = w_x \sigma_t^2 / (\alpha_t^2 + \sigma_t^2)^2, \quad
        w_s = \sigma_t^2 w_\epsilon.

    T times the weighted square, at one uniform t = i/T, estimates L_T without bias.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        w, ``(batch,)`` float64, which makes nats of a squared error.

    Raises:
        ValueError: if ``kind`` is not "x", "eps", "v" or "score", or ``step`` is not a Step.

    Source: VDM, arXiv 2107.00630v6, eq. (13)-(14), appendix E.

    Claim: vdm.kl.single, vdm.kl.expm1, vdm.loss.discrete.snr
    Claim: vdm.loss.v, ddpm.snr.weight, ddpm.loss.eps
    """
    known("udm.discrete_weight", kind=kind)
    records("udm.discrete_weight", None, Step, step=step)
    if kind == "x":
        return step.snr_drop / 2
    if kind == "v":
        return step.scaled_growth / torch.square(step.norm_t) / 2
    return step.snr_growth / 2 * _eps_squared(torch.square(step.sigma_t), kind)


def continuous_weight(dgamma: PerExample, at: Marginal, kind: Parameterization) -> PerExample64:
    r"""Return w in the integrand :math:`w \lVert target - prediction \rVert^2` of L_infinity.

    .. math::
        w_\epsilon = \tfrac12 \gamma', \quad
        w_x = \tfrac12 \gamma' \mathrm{SNR}, \quad
        w_v = \tfrac12 \gamma' \alpha^2 / (\alpha^2 + \sigma^2)^2, \quad
        w_s = \tfrac12 \gamma' \sigma^2 = \tfrac12 g^2.

    Args:
        dgamma: d gamma / dt, ``(batch,)``, floating.
        at: the marginal at t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        w, ``(batch,)`` float64, which makes nats of a squared error. At an end of time where
        gamma' is infinite, so is w; but NaN for x and v where alpha = 0 and for the score where sigma = 0, since
        the limit of infinity times 0 depends on the path, whose slopes these numbers do not have.

    Raises:
        ValueError: if ``kind`` is not "x", "eps", "v" or "score", ``at`` is not a Marginal, or dgamma is not floating
            of the shape (batch,) of its fields.

    Source: VDM, arXiv 2107.00630v6, eq. (16)-(17), appendix D.

    Claim: vdm.loss.continuous.eps, vdm.loss.score, vdm.loss.v, vdm.forward.sde
    """
    return weight_of_slope("udm.continuous_weight", dgamma, at, kind)


def weight_of_slope(where: str, dgamma: PerExample, at: Marginal, kind: Parameterization) -> PerExample64:
    """Return the weight of :func:`continuous_weight` for the public function ``where``, with its errors."""
    known(where, kind=kind)
    records(where, None, Marginal, at=at)
    per_example(where, len(at.alpha), dgamma=dgamma)
    half = to_float64(dgamma) / 2
    if kind == "eps":
        return half
    if kind == "x":
        return half * at.snr
    if kind == "v":
        return half * at.signal_share
    return half * _eps_squared(at.sigma_squared, kind)


def diffusion(target: Event, prediction: Event, weight: PerExample | None = None) -> PerExample:
    r"""Return :math:`w \sum_i (target_i - prediction_i)^2`.

    Without a weight w is 1, and for eps the result is DDPM's L_simple.

    Args:
        target: what the network should predict, ``(batch, *event)``, floating.
        prediction: what it predicts, ``(batch, *event)``, of the dtype and device of the target.
        weight: w, ``(batch,)``, floating, or None for 1.

    Returns:
        The weighted square, ``(batch,)`` float64 (float32 on a device without float64); nats per example for a bound's
        weight.

    Raises:
        ValueError: if target and prediction differ in shape, dtype or device or are not floating, or the weight is not
            floating of shape (batch,).

    Source: VDM, arXiv 2107.00630v6, eq. (13)-(17).

    Claim: vdm.loss.discrete.snr, vdm.loss.continuous.eps
    """
    events("udm.diffusion", target=target, prediction=prediction)
    squares = _squares(target, prediction)
    if weight is None:
        return squares
    per_example("udm.diffusion", len(target), weight=weight)
    return weight.to(squares) * squares


def _squares(target: Event, prediction: Event) -> PerExample:
    """Return ||target - prediction||^2 in one pass forward and one back, without a copy of the event in float64."""
    p, q = (prediction, target) if target.dtype.itemsize >= 4 else (prediction.float(), target.float())
    if torch.compiler.is_compiling():  # one pass whatever the shape, which may be symbolic
        return total(mse_loss(p, q, reduction="none"))
    dims = p.shape[1:].numel()
    run = math.gcd(dims, _RUN)
    shape = (p.shape[0], dims // run, run)
    return total(mse_loss(p.reshape(shape), q.reshape(shape), reduction="none").sum(dim=2))


def _eps_squared(sigma_squared: PerExample64, kind: Parameterization) -> PerExample64:
    """Return ||eps - eps_hat||^2 / ||target - prediction||^2 where the network predicts eps or the score."""
    return torch.ones_like(sigma_squared) if kind == "eps" else sigma_squared
