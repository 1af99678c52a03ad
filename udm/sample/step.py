r"""Reverse steps from t to s < t, given a prediction :math:`\hat x` of the data, with every difference in closed form.

.. math::
    k = e^{-(\gamma_t - \gamma_s)/2} = \frac{\sigma_s \alpha_t}{\alpha_s \sigma_t}, \qquad
    c = 1 - k^2, \qquad
    z_s = a z_t + b\, \hat x + n\, \epsilon.

With y = z/alpha and rho = sigma/alpha the probability flow is :math:`dy/d\rho = (y - \hat x)/\rho`, and
:math:`\rho_t - \rho_s = \rho_t (1 - k)`; with lambda = -gamma/2 (half the log SNR) the length of a step is
:math:`h = (\gamma_t - \gamma_s)/2`. Coefficients are float64, (batch,), and rounded once. If sigma_s = 0 the gap is
infinite, k = 0, and every first-order step ends at alpha_s x_hat. The gap is infinite also if alpha_t = 0, where z_t
does not depend on x.
"""

from typing import NamedTuple

import torch

from udm.arguments import numbers
from udm.process import Step
from udm.shapes import Event, PerExample64, combine, events, records
from udm.variance import Name


class Coefficients(NamedTuple):
    """The coefficients of a step z_s = z z_t + x x_hat + noise eps.

    Attributes:
        z: ``(batch,)`` float64.
        x: ``(batch,)`` float64.
        noise: ``(batch,)`` float64.
    """

    z: PerExample64
    x: PerExample64
    noise: PerExample64


def ancestral_coefficients(step: Step, variance: Name | PerExample64 = "beta-tilde") -> Coefficients:
    r"""Return a, b and n of a draw around the posterior's mean:

    .. math::
        a = \alpha_{t|s} \sigma_s^2/\sigma_t^2, \quad b = \alpha_s c, \quad
        n = \sigma_s \sqrt c \text{ (beta-tilde)},\ \sigma_t \sqrt c \text{ (beta)},\ \sqrt v \text{ (given)},

    and n = 0 where sigma_s = 0: the last step of algorithm 2 adds no noise.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.
        variance: "beta-tilde" for a draw from the posterior, "beta", or v, ``(batch,)`` float64.

    Returns:
        The coefficients, each ``(batch,)`` float64.

    Source: VDM, arXiv 2107.00630v6, appendix A.4; DDPM, arXiv 2006.11239v2, algorithm 2 and section 3.2.

    Claim: vdm.posterior, vdm.posterior.mean, vdm.posterior.variance, ddpm.posterior, ancestral.step
    """
    return Coefficients(step.weight_z, step.weight_x, _noise(step, variance))


def _noise(step: Step, variance: Name | PerExample64) -> PerExample64:
    if not isinstance(variance, str):
        return torch.where(step.sigma_s > 0, torch.sqrt(variance), 0.0)
    if variance == "beta":
        return torch.where(step.sigma_s > 0, step.sigma_t * torch.sqrt(step.c), 0.0)
    return step.sigma_s * torch.sqrt(step.c)


def ddim_coefficients(step: Step, eta: float = 0.0) -> Coefficients:
    r"""Return a, b and n of DDIM's step between any two times.

    Its noise is :math:`n = \eta\, \sigma_s \sqrt c`, and

    .. math::
        a = \frac{\sigma_s}{\sigma_t} q, \qquad
        b = \alpha_s - a \alpha_t = \alpha_s \frac{c\,(1 + \eta^2 k^2)}{1 + k q}, \qquad
        q = \sqrt{1 - \eta^2 c} = \sqrt{(1 - \eta)(1 + \eta) + \eta^2 k^2}.

    eta = 0 gives the Euler step of the probability flow in rho, and eta = 1 the ancestral step. The alpha_t that the
    DDIM paper prints is DDPM's alpha-bar_t, our alpha_t^2.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.
        eta: the share of fresh noise, in [0, 1].

    Returns:
        The coefficients, each ``(batch,)`` float64.

    Raises:
        ValueError: if eta is outside [0, 1], where the coefficient of the direction might not be real.

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).

    Claim: ddim.step, ddim.marginal, ddim.eta, ddim.eta.collected, ddim.forms, ddim.exact
    """
    return _ddim("udm.sample.step.ddim_coefficients", step, eta)


def _ddim(where: str, step: Step, eta: float = 0.0) -> Coefficients:
    numbers(where, eta=eta)
    if not 0 <= eta <= 1:
        raise ValueError(f"{where}: expected eta in [0, 1], got {eta}")
    k, c = step.root_kept, step.c
    if eta == 1:  # q = k: the ancestral step, whose a is sigma_s/sigma_t k
        return Coefficients(step.weight_z, step.weight_x, step.sigma_s * torch.sqrt(c))
    shared = eta**2 * step.kept
    q = torch.sqrt((1 - eta) * (1 + eta) + shared)
    b = step.alpha_s * (c * (1 + shared) / (1 + k * q))
    noise = eta * step.sigma_s * torch.sqrt(c) if eta else torch.zeros_like(c)  # 0 has no slope, sigma_s an infinite
    return Coefficients(step.sigma_s / step.sigma_t * q, b, noise)


def ancestral(z_t: Event, x_hat: Event, step: Step, noise: Event) -> Event:
    r"""Return a draw of :math:`q(z_s \mid z_t, x = \hat x)`.

    Guidance of x-hat by a classifier moves the mean by :math:`w\, \sigma_{t|s}^2/\alpha_{t|s} \nabla`; algorithm 1 of
    arXiv 2105.05233 moves it by w times the step's variance, and is another sampler.

    Args:
        z_t: the latent at t, ``(batch, *event)``, floating.
        x_hat: the prediction of x at t, ``(batch, *event)``, of the dtype and device of z_t.
        step: the step from s to t, each field ``(batch,)`` float64.
        noise: fresh standard normal noise, ``(batch, *event)``, of the dtype and device of z_t.

    Returns:
        z_s, ``(batch, *event)``, in the dtype of z_t.

    Raises:
        ValueError: if z_t, x_hat and noise differ in shape, dtype or device or are not floating, or ``step`` is not a
            Step of their batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.4.

    Claim: vdm.posterior, ddpm.posterior, guidance.ancestral
    """
    where = "udm.sample.ancestral"
    events(where, z_t=z_t, x_hat=x_hat, noise=noise)
    records(where, len(z_t), Step, step=step)
    a, b, n = ancestral_coefficients(step)
    return combine((a, z_t), (b, x_hat), (n, noise))


def ddim(z_t: Event, x_hat: Event, step: Step, eta: float = 0.0, noise: Event | None = None) -> Event:
    r"""Return DDIM's step :math:`z_s = \alpha_s \hat x + \sqrt{\sigma_s^2 - n^2}\, \hat\epsilon + n \epsilon`.

    Args:
        z_t: the latent at t, ``(batch, *event)``, floating.
        x_hat: the prediction of x at t, ``(batch, *event)``, of the dtype and device of z_t.
        step: the step from s to t, each field ``(batch,)`` float64.
        eta: the share of fresh noise, in [0, 1].
        noise: fresh standard normal noise, ``(batch, *event)``, of the dtype and device of z_t; needed if eta > 0.

    Returns:
        z_s, ``(batch, *event)``, in the dtype of z_t.

    Raises:
        ValueError: if z_t, x_hat and noise differ in shape, dtype or device or are not floating, ``step`` is not a
            Step of their batch, eta is outside [0, 1], or eta > 0 without noise.

    Source: Song et al., arXiv 2010.02502v4, eq. (12).

    Claim: ddim.step, ddim.marginal, ddim.eta, ddim.forms
    """
    where = "udm.sample.ddim"
    events(where, z_t=z_t, x_hat=x_hat)
    records(where, len(z_t), Step, step=step)
    a, b, n = _ddim(where, step, eta)
    if eta == 0:
        return combine((a, z_t), (b, x_hat))
    if noise is None:
        raise ValueError(f"{where}: expected noise for eta = {eta}, got None")
    events(where, z_t=z_t, noise=noise)
    return combine((a, z_t), (b, x_hat), (n, noise))
