r"""Cosine schedules, variance preserving, in the angle.

.. math::
    \alpha_t = \frac{\cos b_t}{\cos a}, \quad
    \sigma_t^2 = \frac{\sin(b_t - a) \sin(b_t + a)}{\cos^2 a}, \quad
    b_t = \frac{t + o}{1 + o} \frac{\pi}{2}, \quad a = b_0,

and :math:`\alpha_t = \cos b_t,\ \sigma_t = \sin b_t` for o = 0. Every angle is a sine's, counted from its own zero
(:math:`\cos b_t = \sin(\pi/2 - b_t)`, and :math:`\pi/2 - b_t` is a multiple of 1 - t), and is carried in two words.
"""

import math
from fractions import Fraction

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.stable import PI, dot, fast_two_sum


def sine(rate: Fraction, a: Tensor, b: Tensor | None = None) -> Tensor:
    """sin(rate (a - b)) to 2 u, for 1 >= a >= b >= 0."""
    hi, lo = (a, torch.zeros_like(a)) if b is None else fast_two_sum(a, -b)
    angle, rest = dot((rate, hi))
    return torch.sin(angle) + (rest + float(rate) * lo) * torch.cos(angle)


class Cosine(Schedule):
    r"""alpha = cos(pi t / 2), sigma = sin(pi t / 2), so gamma = 2 log tan(pi t / 2), from -inf to inf.

    .. math:: \frac{\tan b}{\tan a} - 1 = \frac{\sin(b - a)}{\sin a \cos b}.

    Source: Salimans and Ho, arXiv 2202.00512v2, section 4; Kingma and Gao, arXiv 2303.00848v7, table 1.

    Claim: schedule.cosine
    """

    def _marginal(self, t: Tensor) -> Marginal:
        alpha, sigma = sine(PI / 2, torch.ones_like(t), t), sine(PI / 2, t)
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _dgamma(self, t: Tensor) -> Tensor:
        return math.pi / (sine(PI / 2, t) * sine(PI / 2, torch.ones_like(t), t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return 2 * torch.log1p(sine(PI / 2, t, s) / (sine(PI / 2, s) * sine(PI / 2, torch.ones_like(t), t)))


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
        self.offset = number("CosineOffset", "offset", offset, 0.0, 1.0)
        self._rate = PI / 2 / (1 + Fraction(self.offset))  # db/dt
        self._cos = math.cos(self._rate * Fraction(self.offset))

    def _marginal(self, t: Tensor) -> Marginal:
        alpha, sigma = self._alpha(t), torch.sqrt(self._sines(t)) / self._cos
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _dgamma(self, t: Tensor) -> Tensor:
        rise = 2 * float(self._rate) * torch.sin(float(self._rate) * (t + self.offset)) * self._cos
        return rise / (self._alpha(t) * self._sines(t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        fall = sine(self._rate, t, s) * self._sine_above(s, t)
        return torch.log1p(fall / (torch.square(self._alpha(t)) * self._sines(s)))

    def _alpha(self, t: Tensor) -> Tensor:
        return sine(self._rate, torch.ones_like(t), t) / self._cos

    def _sines(self, t: Tensor) -> Tensor:
        """sin(b - a) sin(b + a)."""
        return sine(self._rate, t) * self._sine_above(t)

    def _sine_above(self, *times: Tensor) -> Tensor:
        """The sine of 2a + the sum of rate times each time; accurate near pi too, for the angle has two words."""
        angle, rest = dot(*((self._rate, t) for t in times), constant=2 * self._rate * Fraction(self.offset))
        return torch.sin(angle) + rest * torch.cos(angle)
