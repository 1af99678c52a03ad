r"""Cosine schedules, variance preserving, in the angle.

.. math::
    \alpha_t = \frac{\cos b_t}{\cos a}, \quad
    \sigma_t^2 = \frac{\sin(b_t - a) \sin(b_t + a)}{\cos^2 a}, \quad
    b_t = \frac{t + o}{1 + o} \frac{\pi}{2}, \quad a = b_0,

and :math:`\alpha_t = \cos b_t,\ \sigma_t = \sin b_t` for o = 0. The angle counts from the nearer end:
:math:`\cos b_t = \sin(\pi/2 - b_t)`, and :math:`\pi/2 - b_t` is a multiple of 1 - t.
"""

import math

import torch
from torch import Tensor

from udm.schedule.base import Schedule, number


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
            = \frac{\cos^2 b_s - \cos^2 b_t}{\cos^2 a\; \alpha_t^2 \sigma_s^2}
            = \frac{2 \sin\frac{b_t - b_s}{2} \sin\frac{b_t + b_s}{2}\, (\alpha_s + \alpha_t)}
                   {\cos a\; \alpha_t^2 \sigma_s^2}.

    Raises:
        ValueError: offset outside (0, 1).

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (17).

    Claim: iddpm.cosine
    """

    def __init__(self, offset: float = 0.008) -> None:
        super().__init__()
        self.offset = number("CosineOffset", "offset", offset, 0, 1)
        self._rate = math.pi / 2 / (1 + self.offset)  # db/dt
        self._cos = math.cos(self._rate * self.offset)

    def _gamma(self, t: Tensor) -> Tensor:
        return 2 * torch.log(self._sigma(t) / self._alpha(t))

    def _dgamma(self, t: Tensor) -> Tensor:
        sin2 = torch.sin(2 * self._rate * torch.where(t < 0.5, t + self.offset, 1 - t))  # sin(2b) = sin(pi - 2b)
        return self._rate * sin2 / torch.square(self._cos * self._alpha(t) * self._sigma(t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        alpha_t, middle = self._alpha(t), (s + t + 2 * self.offset) / 2
        sines = torch.sin(self._rate * (t - s) / 2) * torch.sin(self._rate * middle)
        rise = 2 * sines * (self._alpha(s) + alpha_t) / self._cos
        return torch.log1p(rise / torch.square(alpha_t * self._sigma(s)))

    def _alpha(self, t: Tensor) -> Tensor:
        return torch.sin(self._rate * (1 - t)) / self._cos

    def _sigma(self, t: Tensor) -> Tensor:
        sines = torch.sin(self._rate * t) * torch.sin(self._rate * (t + 2 * self.offset))
        return torch.sqrt(sines) / self._cos
