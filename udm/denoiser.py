r"""What a network may predict, and how each prediction follows from any other.

.. math::
    z = \alpha x + \sigma \epsilon, \qquad
    v = \alpha \epsilon - \sigma x, \qquad
    s = -\epsilon / \sigma = \nabla_z \log q(z \mid x), \qquad
    d = \alpha^2 + \sigma^2 \ (= 1 \text{ if variance preserving}).

Each of the twelve conversions is linear, a z + b (prediction), and on any path both coefficients are products of alpha,
sigma and d. At an end point where the target is not determined (x from eps at alpha = 0) a coefficient is infinite.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.gaussian import Gaussian
from udm.process import Marginal, Step
from udm.shapes import Event, PerExample64, cast, combine, events, records

Parameterization: TypeAlias = Literal["x", "eps", "v", "score"]
_NAMES = get_args(Parameterization)
_Line: TypeAlias = Callable[[Tensor, Tensor, Tensor], tuple[Tensor | None, Tensor]]

_LINES: dict[tuple[str, str], _Line] = {  # (source, target): (alpha, sigma, d) -> (a, b); a is None where z is absent
    ("eps", "x"): lambda a, s, _: (1 / a, -s / a),
    ("v", "x"): lambda a, s, d: (a / d, -s / d),
    ("score", "x"): lambda a, s, _: (1 / a, s * (s / a)),
    ("x", "eps"): lambda a, s, _: (1 / s, -a / s),
    ("v", "eps"): lambda a, s, d: (s / d, a / d),
    ("score", "eps"): lambda _, s, __: (None, -s),
    ("x", "v"): lambda a, s, d: (a / s, -d / s),
    ("eps", "v"): lambda a, s, d: (-s / a, d / a),
    ("score", "v"): lambda a, s, d: (-s / a, -d * (s / a)),
    ("x", "score"): lambda a, s, _: (-1 / s / s, a / s / s),
    ("eps", "score"): lambda _, s, __: (None, -1 / s),
    ("v", "score"): lambda a, s, d: (-1 / d, -(a / s) / d),
}


def coefficients(at: Marginal, source: Parameterization, target: Parameterization) -> tuple[PerExample64, PerExample64]:
    r"""Return a and b with target = a z + b source; a = 0 where z does not enter.

    Args:
        at: the marginal at t, each field ``(batch,)`` float64.
        source: what is predicted, "x", "eps", "v" or "score".
        target: what it is converted to, one of the same four.

    Returns:
        a and b, each ``(batch,)`` float64.

    Raises:
        ValueError: if ``source`` or ``target`` is not "x", "eps", "v" or "score", or ``at`` is not a Marginal.

    Claim: vdm.param.eps, vdm.param.score, vdm.param.v
    """
    known("udm.denoiser.coefficients", source=source, target=target)
    records("udm.denoiser.coefficients", None, Marginal, at=at)
    a, b = _line(at, source, target)
    return torch.zeros_like(b) if a is None else a, b


def convert(prediction: Event, z: Event, at: Marginal, source: Parameterization, target: Parameterization) -> Event:
    r"""Return the prediction of ``target`` that a prediction of ``source`` amounts to, in the dtype of z.

    .. math::
        \hat x = \frac{z - \sigma \hat\epsilon}{\alpha} = \frac{\alpha z - \sigma \hat v}{d}
               = \frac{z + \sigma^2 \hat s}{\alpha}, \qquad
        \hat\epsilon = \frac{z - \alpha \hat x}{\sigma} = \frac{\sigma z + \alpha \hat v}{d} = -\sigma \hat s.

    Args:
        prediction: of ``source`` at z, ``(batch, *event)``, of the dtype and device of z.
        z: the latent, ``(batch, *event)``, floating.
        at: the marginal at t, each field ``(batch,)`` float64.
        source: what ``prediction`` predicts, "x", "eps", "v" or "score".
        target: what the result predicts, one of the same four.

    Returns:
        The prediction of ``target``, ``(batch, *event)``, in the dtype of z.

    Raises:
        ValueError: if prediction and z differ in shape, dtype or device or are not floating, ``source`` or ``target``
            is not "x", "eps", "v" or "score", or ``at`` is not a Marginal of their batch.

    Source: VDM, arXiv 2107.00630v6, appendix A; Salimans and Ho, arXiv 2202.00512v2, appendix D.

    Claim: vdm.param.eps, vdm.param.score, vdm.param.v
    """
    events("udm.convert", z=z, prediction=prediction)
    known("udm.convert", source=source, target=target)
    records("udm.convert", len(z), Marginal, at=at)
    a, b = _line(at, source, target)
    return combine((b, prediction)) if a is None else combine((a, z), (b, prediction))


def target(x: Event, eps: Event, at: Marginal, kind: Parameterization) -> Event:
    r"""Return what a network that predicts ``kind`` should predict for :math:`z = \alpha x + \sigma \epsilon`.

    Args:
        x: the data, ``(batch, *event)``, floating.
        eps: the noise of the latent, ``(batch, *event)``, of the dtype and device of x.
        at: the marginal at t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        The target, ``(batch, *event)``, in the dtype of x.

    Raises:
        ValueError: if x and eps differ in shape, dtype or device or are not floating, ``kind`` is not "x", "eps", "v"
            or "score", or ``at`` is not a Marginal of their batch.

    Source: Salimans and Ho, arXiv 2202.00512v2, section 4.

    Claim: vdm.param.v, vdm.param.score
    """
    events("udm.target", x=x, eps=eps)
    known("udm.target", kind=kind)
    records("udm.target", len(x), Marginal, at=at)
    if kind == "x":
        return x
    if kind == "eps":
        return eps
    return combine((at.alpha, eps), (-at.sigma, x)) if kind == "v" else combine((-1 / at.sigma, eps))


def posterior_from(prediction: Event, z_t: Event, step: Step, source: Parameterization) -> Gaussian:
    r"""Return the reverse step :math:`p(z_s \mid z_t) = q(z_s \mid z_t, x = \hat x)` that a prediction gives.

    .. math::
        \mu = \frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} z_t + \alpha_s c\, \hat x
            = \frac{z_t}{\alpha_{t|s}} - \frac{\sigma_t c}{\alpha_{t|s}} \hat\epsilon
            = \frac{z_t + \sigma_{t|s}^2 \hat s}{\alpha_{t|s}}
            = \Bigl(\frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} + \frac{\alpha_s \alpha_t c}{d_t}\Bigr) z_t
              - \frac{\alpha_s \sigma_t c}{d_t} \hat v.

    Args:
        prediction: of ``source`` at z_t, ``(batch, *event)``, of the dtype and device of z_t.
        z_t: the latent at t, ``(batch, *event)``, floating.
        step: the step from s to t, each field ``(batch,)`` float64.
        source: what ``prediction`` predicts, "x", "eps", "v" or "score".

    Returns:
        The law of z_s, its mean ``(batch, *event)`` and its variance ``(batch, 1, ..., 1)``, both in the dtype of z_t.

    Raises:
        ValueError: if prediction and z_t differ in shape, dtype or device or are not floating, ``source`` is not "x",
            "eps", "v" or "score", or ``step`` is not a Step of their batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.4; DDPM, arXiv 2006.11239v2, eq. (11).

    Claim: vdm.posterior.mean.eps, vdm.posterior.mean.v, vdm.posterior.mean.score
    Claim: vdm.posterior.snr, ddpm.mu.eps
    """
    events("udm.posterior_from", z_t=z_t, prediction=prediction)
    known("udm.posterior_from", source=source)
    records("udm.posterior_from", len(z_t), Step, step=step)
    a, b = posterior_coefficients(step, source)
    return Gaussian(combine((a, z_t), (b, prediction)), cast(z_t, step.posterior_var))


def posterior_coefficients(step: Step, source: Parameterization) -> tuple[PerExample64, PerExample64]:
    r"""Return a and b with the posterior mean a z_t + b (prediction).

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.
        source: what is predicted, "x", "eps", "v" or "score".

    Returns:
        a and b, each ``(batch,)`` float64.

    Raises:
        ValueError: if ``source`` is not "x", "eps", "v" or "score", or ``step`` is not a Step.

    Claim: vdm.posterior.mean, vdm.posterior.mean.eps, vdm.posterior.mean.v, vdm.posterior.mean.score
    """
    known("udm.denoiser.posterior_coefficients", source=source)
    records("udm.denoiser.posterior_coefficients", None, Step, step=step)
    if source == "x":
        return step.weight_z, step.weight_x
    if source == "eps":
        return 1 / step.alpha_ts, -step.sigma_t * step.c / step.alpha_ts
    if source == "score":
        return 1 / step.alpha_ts, step.var_ts / step.alpha_ts
    w = step.weight_x / step.norm_t
    return step.weight_z + w * step.alpha_t, -w * step.sigma_t


def _line(at: Marginal, source: Parameterization, target: Parameterization) -> tuple[Tensor | None, Tensor]:
    if source == target:
        return None, torch.ones_like(at.alpha)
    return _LINES[source, target](at.alpha, at.sigma, at.norm)


def known(where: str, **given: str) -> None:
    """Require each argument to name a parameterization.

    Raises:
        ValueError: if one does not; the message gives ``where`` and the argument.
    """
    for argument, name in given.items():
        if name not in _NAMES:
            raise ValueError(f'{where}: expected {argument} one of "x", "eps", "v", "score", got {name!r}')
