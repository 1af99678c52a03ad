r"""What a network may predict, and the way between any two.

.. math::
    z = \alpha x + \sigma \epsilon, \qquad
    v = \alpha \epsilon - \sigma x, \qquad
    s = -\epsilon / \sigma = \nabla_z \log q(z \mid x), \qquad
    d = \alpha^2 + \sigma^2 \ (= 1 \text{ if variance preserving}).

Each of the twelve conversions is one line a z + b (prediction), its two coefficients products of alpha, sigma and d on
any path. At an end point a coefficient may be infinite, where the target is not determined (x from eps at alpha = 0).
"""

from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

import torch
from torch import Tensor

from udm.gaussian import Gaussian
from udm.process import Marginal, Step
from udm.shapes import Event, PerExample64, cast, combine, events
from udm.stable import norm_squared

Parameterization: TypeAlias = Literal["x", "eps", "v", "score"]
_NAMES = frozenset(get_args(Parameterization))
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
    r"""(a, b), each (batch,) float64, of target = a z + b source; a = 0 where z does not enter.

    Raises:
        ValueError: a name that is not "x", "eps", "v" or "score".

    Claim: vdm.param.eps, vdm.param.score, vdm.param.v
    """
    a, b = _line(at, source, target)
    return torch.zeros_like(b) if a is None else a, b


def convert(prediction: Event, z: Event, at: Marginal, source: Parameterization, target: Parameterization) -> Event:
    r"""The same belief about x, told as ``target`` instead of ``source``; in the dtype of z.

    .. math::
        \hat x = \frac{z - \sigma \hat\epsilon}{\alpha} = \frac{\alpha z - \sigma \hat v}{d}
               = \frac{z + \sigma^2 \hat s}{\alpha}, \qquad
        \hat\epsilon = \frac{z - \alpha \hat x}{\sigma} = \frac{\sigma z + \alpha \hat v}{d} = -\sigma \hat s.

    Raises:
        ValueError: prediction and z of different shape or dtype, or not floating; an unknown name; a marginal of
            another batch.

    Source: VDM, arXiv 2107.00630v6, appendix A; Salimans and Ho, arXiv 2202.00512v2, appendix D.

    Claim: vdm.param.eps, vdm.param.score, vdm.param.v
    """
    events("convert", z=z, prediction=prediction)
    a, b = _line(at, source, target)
    return combine((b, prediction)) if a is None else combine((a, z), (b, prediction))


def target(x: Event, eps: Event, at: Marginal, kind: Parameterization) -> Event:
    r"""What a network of this kind should predict for :math:`z = \alpha x + \sigma \epsilon`.

    Raises:
        ValueError: x and eps of different shape or dtype, or not floating; an unknown name; a marginal of another
            batch.

    Source: Salimans and Ho, arXiv 2202.00512v2, section 4.

    Claim: vdm.param.v, vdm.param.score
    """
    events("target", x=x, eps=eps)
    _known("target", kind)
    if kind == "x":
        return x
    if kind == "eps":
        return eps
    return combine((at.alpha, eps), (-at.sigma, x)) if kind == "v" else combine((-1 / at.sigma, eps))


def posterior_from(prediction: Event, z_t: Event, step: Step, source: Parameterization) -> Gaussian:
    r"""The reverse step :math:`p(z_s \mid z_t) = q(z_s \mid z_t, x = \hat x)`, straight from the prediction.

    .. math::
        \mu = \frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} z_t + \alpha_s c\, \hat x
            = \frac{z_t}{\alpha_{t|s}} - \frac{\sigma_t c}{\alpha_{t|s}} \hat\epsilon
            = \frac{z_t + \sigma_{t|s}^2 \hat s}{\alpha_{t|s}}
            = \Bigl(\frac{\alpha_{t|s} \sigma_s^2}{\sigma_t^2} + \frac{\alpha_s \alpha_t c}{d_t}\Bigr) z_t
              - \frac{\alpha_s \sigma_t c}{d_t} \hat v.

    Raises:
        ValueError: prediction and z_t of different shape or dtype, or not floating; an unknown name; a step of another
            batch.

    Source: VDM, arXiv 2107.00630v6, appendix A.4; DDPM, arXiv 2006.11239v2, eq. (11).

    Claim: vdm.posterior.mean.eps, vdm.posterior.mean.v, vdm.posterior.mean.score
    Claim: vdm.posterior.snr, ddpm.mu.eps
    """
    events("posterior_from", z_t=z_t, prediction=prediction)
    a, b = posterior_coefficients(step, source)
    return Gaussian(combine((a, z_t), (b, prediction)), cast(z_t, step.posterior_var))


def posterior_coefficients(step: Step, source: Parameterization) -> tuple[PerExample64, PerExample64]:
    r"""(a, b), each (batch,) float64, of the posterior mean a z_t + b (prediction).

    Raises:
        ValueError: a name that is not "x", "eps", "v" or "score".

    Claim: vdm.posterior.mean, vdm.posterior.mean.eps, vdm.posterior.mean.v, vdm.posterior.mean.score
    """
    _known("posterior_coefficients", source)
    if source == "x":
        return step.weight_z, step.weight_x
    if source == "eps":
        return 1 / step.alpha_ts, -step.sigma_t * step.c / step.alpha_ts
    if source == "score":
        return 1 / step.alpha_ts, step.var_ts / step.alpha_ts
    w = step.weight_x / norm_squared(step.alpha_t, step.sigma_t)
    return step.weight_z + w * step.alpha_t, -w * step.sigma_t


def _line(at: Marginal, source: Parameterization, target: Parameterization) -> tuple[Tensor | None, Tensor]:
    _known("convert", source)
    _known("convert", target)
    if source == target:
        return None, torch.ones_like(at.alpha)
    return _LINES[source, target](at.alpha, at.sigma, norm_squared(at.alpha, at.sigma))


def _known(where: str, name: str) -> None:
    if name not in _NAMES:
        raise ValueError(f'{where}: expected one of "x", "eps", "v", "score", got {name!r}')
