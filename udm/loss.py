r"""The variational bound, in nats, per example, summed over the event:

.. math::
    -\mathrm{VLB}(x) = \underbrace{\mathrm{KL}(q(z_1|x) \Vert p(z_1))}_{\text{prior}}
        + \underbrace{\mathbb E[-\log p(x|z_0)]}_{\text{reconstruction}}
        + \underbrace{L_T(x)}_{\text{diffusion}}, \qquad
    L_\infty = \tfrac12\, \mathbb E\, \gamma'(t) \lVert \epsilon - \hat\epsilon \rVert^2.

Squares are formed in the dtype of the event (float32 for half types) and summed in float64; those of a difference first
in runs of at most 128 in their own dtype, all terms positive, so to 130 u of it at the worst. Weights are float64.
"""

import math
from typing import NamedTuple

import torch
from torch.nn.functional import mse_loss

from udm.denoiser import Parameterization
from udm.gaussian import total
from udm.process import LONG, Marginal, Step
from udm.shapes import Event, PerExample, PerExample64, events, per_example, working
from udm.stable import excess, expm1, norm_squared, to_float64

_RUN = 128


class Bound(NamedTuple):
    """The three terms of -VLB, each (batch,), nats summed over the event."""

    prior: PerExample
    reconstruction: PerExample
    diffusion: PerExample

    @property
    def total(self) -> PerExample:
        """-VLB(x), nats per example.

        Claim: vdm.vlb.decomposition
        """
        return self.prior + self.reconstruction + self.diffusion

    def bits_per_dim(self, dims: int) -> PerExample:
        """-VLB(x) in bits per dimension, for events of ``dims`` dimensions.

        Raises:
            ValueError: dims < 1.
        """
        if dims < 1:
            raise ValueError(f"Bound.bits_per_dim: expected dims >= 1, got {dims}")
        return self.total / (dims * math.log(2))


def prior(x: Event, at_1: Marginal) -> PerExample:
    r"""KL(q(z_1 | x) || p(z_1)), nats per example: (batch,), float64; p(z_1) = N(0, 1) if variance preserving:

    .. math:: \tfrac12 \sum_i \bigl[\alpha_1^2 x_i^2 + (\sigma_1^2 - 1) - \log \sigma_1^2 \bigr].

    There sigma^2 - 1 = -alpha^2, which keeps its digits; then -a - log(1 - a) is a series of positive terms (the
    printed form is 0 in float32 from gamma_1 = 8 on, in float64 from 18). On any other path p(z_1) = N(0, sigma_1^2),
    what samples start from, and it is :math:`\tfrac12 \mathrm{SNR}(1) \lVert x \rVert^2`.

    Raises:
        ValueError: x not floating, or a marginal of another batch.

    Source: VDM, arXiv 2107.00630v6, section 3.3.

    Claim: vdm.vlb.prior, vdm.vlb.prior.scaled
    """
    events("prior", x=x)
    per_example("prior", x.shape[0], alpha=at_1.alpha)
    width = at_1.prior_std
    a, ratio = torch.square(at_1.alpha / width), torch.square(at_1.sigma / width)
    preserving = norm_squared(at_1.alpha, at_1.sigma) == 1
    shape = excess(torch.where(preserving, -a, 0.0), ratio)
    squares = total(torch.square(x.to(working(x.dtype))))
    return (a.to(squares) * squares + x[0].numel() * shape.to(squares)) / 2


def discrete_weight(step: Step, kind: Parameterization) -> PerExample64:
    r"""w in KL(q(z_s | z_t, x) || p(z_s | z_t)) = w ||target - prediction||^2, (batch,) float64.

    .. math::
        w_x = \tfrac12 (\mathrm{SNR}(s) - \mathrm{SNR}(t)), \quad
        w_\epsilon = \tfrac12 (e^{gap} - 1), \quad
        w_v = w_x \sigma_t^2 / (\alpha_t^2 + \sigma_t^2)^2, \quad
        w_s = \sigma_t^2 w_\epsilon.

    T times this, at one uniform t = i/T, estimates L_T without bias.

    Raises:
        ValueError: an unknown name.

    Source: VDM, arXiv 2107.00630v6, eq. (13)-(14), appendix E.

    Claim: vdm.kl.single, vdm.kl.expm1, vdm.loss.discrete.snr
    Claim: vdm.loss.v, ddpm.snr.weight, ddpm.loss.eps
    """
    if kind == "x":
        return step.snr_drop / 2
    if kind == "v":
        d, inner = norm_squared(step.alpha_t, step.sigma_t), step.gap < LONG
        by_eps = torch.square(step.alpha_t) * expm1(torch.where(inner, step.gap, 0.0))
        by_x = torch.square(step.sigma_t) * step.snr_drop  # exp(gap) may overflow, and alpha_t vanish
        return torch.where(inner, by_eps, by_x) / torch.square(d) / 2
    return step.snr_growth / 2 * _eps_squared(step.sigma_t, kind)


def continuous_weight(dgamma: PerExample, at: Marginal, kind: Parameterization) -> PerExample64:
    r"""w in the integrand w ||target - prediction||^2 of L_infinity, (batch,) float64.

    .. math::
        w_\epsilon = \tfrac12 \gamma', \quad
        w_x = \tfrac12 \gamma' \mathrm{SNR}, \quad
        w_v = \tfrac12 \gamma' \alpha^2 / (\alpha^2 + \sigma^2)^2, \quad
        w_s = \tfrac12 \gamma' \sigma^2 = \tfrac12 g^2.

    Raises:
        ValueError: an unknown name; dgamma not floating of shape (batch,).

    Source: VDM, arXiv 2107.00630v6, eq. (16)-(17), appendix D.

    Claim: vdm.loss.continuous.eps, vdm.loss.score, vdm.loss.v, vdm.forward.sde
    """
    per_example("continuous_weight", at.alpha.shape[0], dgamma=dgamma)
    half = to_float64(dgamma) / 2
    if kind == "eps":
        return half
    if kind == "x":
        return half * at.snr
    if kind == "v":
        return half * torch.square(at.alpha / norm_squared(at.alpha, at.sigma))
    return half * _eps_squared(at.sigma, kind)


def diffusion(target: Event, prediction: Event, weight: PerExample | None = None) -> PerExample:
    r""":math:`w \sum_i (target_i - prediction_i)^2`, nats per example: (batch,).

    Without a weight it is 1: of eps, DDPM's L_simple.

    Raises:
        ValueError: target and prediction of different shape or dtype, or not floating; a weight not (batch,).

    Source: VDM, arXiv 2107.00630v6, eq. (13)-(17).

    Claim: vdm.loss.discrete.snr, vdm.loss.continuous.eps
    """
    events("diffusion", target=target, prediction=prediction)
    squares = _squares(target, prediction)
    if weight is None:
        return squares
    per_example("diffusion", target.shape[0], weight=weight)
    return weight.to(squares) * squares


def _squares(target: Event, prediction: Event) -> PerExample:
    """||target - prediction||^2: one pass forward and one back, and no copy of the event in float64."""
    p, q = (prediction, target) if target.dtype.itemsize >= 4 else (prediction.float(), target.float())
    dims = p.shape[1:].numel()
    run = math.gcd(dims, _RUN)
    shape = (p.shape[0], dims // run, run)
    if torch.compiler.is_compiling():  # where a reshaped event is copied on the way back, in eager mode its squares
        return total(mse_loss(p, q, reduction="none").reshape(shape).sum(dim=2))
    return total(mse_loss(p.reshape(shape), q.reshape(shape), reduction="none").sum(dim=2))


def _eps_squared(sigma: PerExample64, kind: Parameterization) -> PerExample64:
    """||eps - eps_hat||^2 per ||target - prediction||^2, for eps and the score."""
    if kind == "eps":
        return torch.ones_like(sigma)
    if kind == "score":
        return torch.square(sigma)
    raise ValueError(f'weight: expected kind one of "x", "eps", "v", "score", got {kind!r}')
