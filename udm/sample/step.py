r"""Reverse steps t to s < t as formulas of the belief :math:`\hat x` about the data; every difference in closed form.

.. math::
    k = e^{-(\gamma_t - \gamma_s)/2} = \frac{\sigma_s \alpha_t}{\alpha_s \sigma_t}, \qquad
    c = 1 - k^2, \qquad
    z_s = a z_t + b\, \hat x + n\, \epsilon.

With y = z/alpha and rho = sigma/alpha the probability flow is :math:`dy/d\rho = (y - \hat x)/\rho`, and
:math:`\rho_t - \rho_s = \rho_t (1 - k)`; with lambda = -gamma/2 (half the log SNR) a step is :math:`h = (\gamma_t -
\gamma_s)/2`. Coefficients are float64, (batch,), rounded once. At sigma_s = 0 the gap is infinite, k = 0, and every
first-order step ends at alpha_s x_hat; at alpha_t = 0 too, where z_t says nothing of x.
"""

from typing import NamedTuple

import torch

from udm.process import Step
from udm.shapes import Event, PerExample, PerExample64, combine, events, per_example, working
from udm.stable import expm1, to_float64


class Coefficients(NamedTuple):
    """z_s = z z_t + x x_hat + noise eps, each (batch,) float64."""

    z: PerExample64
    x: PerExample64
    noise: PerExample64


def ancestral_coefficients(step: Step) -> Coefficients:
    r"""A draw of the posterior: :math:`a = \alpha_{t|s} \sigma_s^2/\sigma_t^2,\ b = \alpha_s c,\ n = \sigma_s \sqrt c`.

    Source: VDM, arXiv 2107.00630v6, appendix A.4; DDPM, arXiv 2006.11239v2, algorithm 2 with variance beta-tilde.

    Claim: vdm.posterior, vdm.posterior.mean, vdm.posterior.variance, ddpm.posterior
    """
    return Coefficients(step.weight_z, step.weight_x, step.sigma_s * torch.sqrt(step.c))


def ddim_coefficients(step: Step, eta: float = 0.0) -> Coefficients:
    r"""DDIM's step between any two times, with noise :math:`n = \eta\, \sigma_s \sqrt c`.

    .. math::
        a = \frac{\sigma_s}{\sigma_t} q, \qquad
        b = \alpha_s - a \alpha_t = \alpha_s \frac{c\,(1 + \eta^2 k^2)}{1 + k q}, \qquad
        q = \sqrt{1 - \eta^2 c} = \sqrt{(1 - \eta)(1 + \eta) + \eta^2 k^2}.

    eta = 0 is the Euler step of the probability flow in rho, eta = 1 the ancestral step. DDIM's printed alpha_t is
    DDPM's alpha-bar_t, our alpha_t^2.

    Raises:
        ValueError: eta outside [0, 1] (the direction's coefficient would not be real).

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).

    Claim: ddim.marginal, ddim.eta, ddim.eta.collected, ddim.forms, ddim.exact
    """
    if not 0 <= eta <= 1:
        raise ValueError(f"ddim_coefficients: expected eta in [0, 1], got {eta}")
    k, c = _k(step), step.c
    shared = eta**2 * torch.square(k)
    q = torch.sqrt((1 - eta) * (1 + eta) + shared)
    b = step.alpha_s * (c * (1 + shared) / (1 + k * q))
    return Coefficients(step.sigma_s / step.sigma_t * q, b, eta * step.sigma_s * torch.sqrt(c))


def ancestral(z_t: Event, x_hat: Event, step: Step, noise: Event) -> Event:
    r"""A draw of :math:`q(z_s \mid z_t, x = \hat x)`, in the dtype of z_t.

    A guided x-hat moves its mean by :math:`w\, \sigma_{t|s}^2/\alpha_{t|s} \nabla`; algorithm 1 of arXiv 2105.05233
    moves it by w times the step's variance, and is another sampler.

    Raises:
        ValueError: events of different shape or dtype, or not floating; a step of another batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.4.

    Claim: vdm.posterior, ddpm.posterior, guidance.ancestral
    """
    return _noisy("ancestral", ancestral_coefficients(step), z_t, x_hat, noise)


def ddim(z_t: Event, x_hat: Event, step: Step, eta: float = 0.0, noise: Event | None = None) -> Event:
    r"""DDIM's step :math:`z_s = \alpha_s \hat x + \sqrt{\sigma_s^2 - n^2}\, \hat\epsilon + n \epsilon`.

    Raises:
        ValueError: as `ancestral`; eta outside [0, 1], or eta > 0 without noise.

    Source: Song et al., arXiv 2010.02502v4, eq. (12).

    Claim: ddim.marginal, ddim.eta, ddim.forms
    """
    coefficients = ddim_coefficients(step, eta)
    if eta == 0:
        events("ddim", z_t=z_t, x_hat=x_hat)
        return combine((coefficients.z, z_t), (coefficients.x, x_hat))
    if noise is None:
        raise ValueError(f"ddim: expected noise for eta = {eta}, got None")
    return _noisy("ddim", coefficients, z_t, x_hat, noise)


def heun(z_t: Event, x_t: Event, x_s: Event, step: Step) -> Event:
    r"""Heun's step of the flow in rho: from the Euler step z' and the belief x_s there,

    .. math::
        y_s = y_t + (\rho_s - \rho_t) \frac{d_t + d_s}{2}, \quad d = \frac{y - \hat x}{\rho}
        \quad\Longleftrightarrow\quad
        z_s = z' + \frac{\alpha_s}{2} (e^{h} - 1)\, (\hat x_s - \hat x_t), \quad h = \frac{\gamma_t - \gamma_s}{2}.

    At sigma_s = 0 or alpha_t = 0 it does not exist (h is infinite): take the Euler step.

    Raises:
        ValueError: events of different shape or dtype, or not floating; a step of another batch.

    Source: Karras et al., arXiv 2206.00364v2, algorithm 1.

    Claim: edm.heun, edm.heun.forms
    """
    events("heun", z_t=z_t, x_t=x_t, x_s=x_s)
    a, b, _ = ddim_coefficients(step)
    w = heun_weight(step)
    return combine((a, z_t), (b - w, x_t), (w, x_s))


def heun_weight(step: Step) -> PerExample64:
    r""":math:`\alpha_s (e^{h} - 1)/2`, (batch,) float64: what Heun's correction multiplies.

    Claim: edm.heun.forms
    """
    return step.alpha_s * expm1(torch.where(step.gap > 0, step.gap, torch.nan) / 2) / 2


def dpmpp_2m(z_t: Event, x_t: Event, x_before: Event, step: Step, gap_before: PerExample) -> Event:
    r"""DPM-Solver++(2M): the first-order step at the belief extrapolated in lambda to the middle of the step,

    .. math::
        z_s = \frac{\sigma_s}{\sigma_t} z_t - \alpha_s (e^{-h} - 1) D, \quad
        D = \Bigl(1 + \frac{1}{2r}\Bigr) \hat x_t - \frac{1}{2r} \hat x_{before}, \quad
        r = \frac{h_{before}}{h}, \quad h = \frac{\gamma_t - \gamma_s}{2}.

    Raises:
        ValueError: events of different shape or dtype, or not floating; a step or a gap of another batch.

    Source: Lu et al., arXiv 2211.01095v2, algorithm 2.

    Claim: dpmpp.2m, dpm.phi, dpm.exact
    """
    events("dpmpp_2m", z_t=z_t, x_t=x_t, x_before=x_before)
    a, b, _ = ddim_coefficients(step)
    k = extrapolation(step, gap_before)
    return combine((a, z_t), (b * (1 + k), x_t), (-b * k, x_before))


def extrapolation(step: Step, gap_before: PerExample) -> PerExample64:
    r""":math:`1/(2r) = h / (2 h_{before})`, (batch,) float64.

    Raises:
        ValueError: a gap not floating of shape (batch,).

    Claim: dpmpp.2m
    """
    per_example("extrapolation", step.gap.shape[0], gap_before=gap_before)
    return step.gap / (2 * to_float64(gap_before))


def langevin(z: Event, score: Event, size: PerExample, noise: Event) -> Event:
    r"""One unadjusted Langevin step :math:`z + \epsilon\, s(z) + \sqrt{2 \epsilon}\, n`, with a step size per example.

    For the score of N(0, v) its stationary variance is :math:`v / (1 - \epsilon/(2v))`, not v.

    Raises:
        ValueError: events of different shape or dtype, or not floating; a size not floating of shape (batch,).

    Source: Song et al., arXiv 2011.13456v2, eq. (2).

    Claim: langevin.gaussian, langevin.stationary
    """
    events("langevin", z=z, score=score, noise=noise)
    per_example("langevin", z.shape[0], size=size)
    size = to_float64(size)
    return combine((torch.ones_like(size), z), (size, score), (torch.sqrt(2 * size), noise))


def langevin_size(score: Event, noise: Event, r: float, alpha_squared: PerExample | None = None) -> PerExample64:
    r""":math:`\epsilon = 2\, \alpha^2_{t|s} (r \lVert n \rVert / \lVert s \rVert)^2`, (batch,) float64.

    The norms are each example's own (the authors' code takes their mean over the batch, so that a sample depends on
    its neighbours). ``alpha_squared`` is 1 - beta_i where the path preserves variance, None (1) where it explodes.

    Raises:
        ValueError: events of different shape or dtype, or not floating; r not positive.

    Source: Song et al., arXiv 2011.13456v2, algorithms 4 and 5.

    Claim: langevin.step_size
    """
    events("langevin_size", score=score, noise=noise)
    if not r > 0:
        raise ValueError(f"langevin_size: expected r > 0, got {r}")
    size = 2 * r**2 * (_squares(noise) / _squares(score))
    return size if alpha_squared is None else size * to_float64(alpha_squared)


def _squares(z: Event) -> PerExample64:
    """||z||^2, each example by itself: how a batched sum is split may depend on the batch."""
    wide = to_float64(z.to(working(z.dtype))).reshape(z.shape[0], -1)
    return torch.stack([torch.square(row).sum() for row in wide])


def _noisy(where: str, coefficients: Coefficients, z_t: Event, x_hat: Event, noise: Event) -> Event:
    events(where, z_t=z_t, x_hat=x_hat, noise=noise)
    a, b, n = coefficients
    return combine((a, z_t), (b, x_hat), (n, noise))


def _k(step: Step) -> PerExample64:
    return torch.exp(-torch.where(step.gap > 0, step.gap, torch.nan) / 2)
