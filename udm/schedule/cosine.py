r"""Cosine schedules, variance preserving, in the angle.

.. math::
    \alpha_t = \frac{\cos b_t}{\cos a}, \quad
    \sigma_t^2 = \frac{\sin(b_t - a) \sin(b_t + a)}{\cos^2 a}, \quad
    b_t = \frac{t + o}{1 + o} \frac{\pi}{2}, \quad a = b_0,

and :math:`\alpha_t = \cos b_t,\ \sigma_t = \sin b_t` for o = 0. The angle counts from the nearer end:
:math:`\cos b_t = \sin(\pi/2 - b_t)`, and :math:`\pi/2 - b_t` is a multiple of 1 - t.
"""

import math
from fractions import Fraction

import torch
from torch import Tensor

from udm.schedule.base import Schedule, number
from udm.stable import PI


class Cosine(Schedule):
    r"""alpha = cos(pi t / 2), sigma = sin(pi t / 2), so gamma = 2 log tan(pi t / 2), from -inf to inf.

    .. math:: \frac{\tan b}{\tan a} - 1 = \frac{\sin(b - a)}{\sin a \cos b}.

    Source: Salimans and Ho, arXiv 2202.00512v2, section 4; Kingma and Gao, arXiv 2303.00848v7, table 1.

    Claim: schedule.cosine
    """

    def _gamma(self, t: Tensor) -> Tensor:
        return 2 * torch.log(self._sigma(t) / self._alpha(t))

    def _dgamma(self, t: Tensor) -> Tensor:
        return math.pi / (self._sigma(t) * self._alpha(t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return 2 * torch.log1p(torch.sin(math.pi / 2 * (t - s)) / (self._sigma(s) * self._alpha(t)))

    def _alpha(self, t: Tensor) -> Tensor:
        return torch.sin(math.pi / 2 * (1 - t))

    def _sigma(self, t: Tensor) -> Tensor:
        return torch.sin(math.pi / 2 * t)


class CosineOffset(Schedule):
    r"""Improved DDPM's cosine in continuous time: alpha-bar = f(t)/f(0), f = cos^2 b_t, not clipped.

    .. math::
        \frac{\mathrm{SNR}(s)}{\mathrm{SNR}(t)} - 1
            = \frac{\cos^2 a\, \sin(b_t - b_s) \sin(b_t + b_s)}{\cos^2 b_t\, \sin(b_s - a) \sin(b_s + a)}, \qquad
        \gamma' = \frac{2 b' \sin b_t}{\cos a\; \alpha_t \sigma_t^2}.

    Raises:
        ValueError: offset outside (0, 1).

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (17).

    Claim: iddpm.cosine
    """

    def __init__(self, offset: float = 0.008) -> None:
        super().__init__()
        self.offset = number("CosineOffset", "offset", offset, 0, 1)
        self._rate = float(PI / 2 / (1 + Fraction(self.offset)))  # db/dt
        self._cos = math.cos(self._rate * self.offset)

    def _gamma(self, t: Tensor) -> Tensor:
        return 2 * torch.log(self._sigma(t) / self._alpha(t))

    def _dgamma(self, t: Tensor) -> Tensor:
        rise = 2 * self._rate * torch.sin(self._rate * (t + self.offset)) / self._cos
        return rise / (self._alpha(t) * torch.square(self._sigma(t)))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        middle = torch.where(s + t < 1, s + t + 2 * self.offset, (1 - s) + (1 - t))  # sin(b) = sin(pi - b)
        fall = torch.sin(self._rate * (t - s)) * torch.sin(self._rate * middle)
        return torch.log1p(fall / (torch.square(self._alpha(t)) * self._sines(s)))

    def _alpha(self, t: Tensor) -> Tensor:
        return torch.sin(self._rate * (1 - t)) / self._cos

    def _sigma(self, t: Tensor) -> Tensor:
        return torch.sqrt(self._sines(t)) / self._cos

    def _sines(self, t: Tensor) -> Tensor:
        """sin(b - a) sin(b + a)."""
        return torch.sin(self._rate * t) * torch.sin(self._rate * (t + 2 * self.offset))
