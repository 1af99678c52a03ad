r"""Cosine schedules, variance preserving, in the angle.

.. math::
    \alpha_t = \frac{\cos b_t}{\cos a}, \quad
    \sigma_t^2 = \frac{\sin(b_t - a) \sin(b_t + a)}{\cos^2 a}, \quad
    b_t = \frac{t + o}{1 + o} \frac{\pi}{2}, \quad a = b_0,

and :math:`\alpha_t = \cos b_t,\ \sigma_t = \sin b_t` for o = 0. Each quantity is a sine whose angle is measured from
its own zero (:math:`\cos b_t = \sin(\pi/2 - b_t)`, and :math:`\pi/2 - b_t` is a multiple of 1 - t). Angles and products
of sines are kept in two words; a factor such as cos a = 1 + small enters by its small part, in the last sum.
"""

import math
from fractions import Fraction
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import Edges
from udm.stable import PI, dot, fast_two_sum

Words: TypeAlias = tuple[Tensor, Tensor]


def sine(rate: Fraction, a: Tensor, b: Tensor | None = None) -> Words:
    """Return sin(rate (a - b)) in two words, to 1.2 u, for 1 >= a >= b >= 0."""
    hi, lo = (a, torch.zeros_like(a)) if b is None else fast_two_sum(a, -b)
    angle, rest = dot((rate, hi))
    return torch.sin(angle), (rest + float(rate) * lo) * torch.cos(angle)


def times(a: Words, b: Words) -> Words:
    """Return the product of two numbers of two words; its first word is a rounded product."""
    return a[0] * b[0], a[0] * b[1] + a[1] * b[0]


def rounded(a: Words, more: float = 0.0) -> Tensor:
    """Return (1 + more) a, for |more| < 1, rounded once; the error of ``more`` counts only in proportion to it."""
    return a[0] + (a[1] + more * (a[0] + a[1]))  # near pi the words of a sine are of one size


class Cosine(Schedule):
    r"""alpha = cos(pi t / 2) and sigma = sin(pi t / 2), so that gamma = 2 log tan(pi t / 2) rises from -inf to inf.

    .. math:: \frac{\tan b}{\tan a} - 1 = \frac{\sin(b - a)}{\sin a \cos b}.

    Source: Salimans and Ho, arXiv 2202.00512v2, section 4; Kingma and Gao, arXiv 2303.00848v7, table 1.

    Claim: schedule.cosine
    """

    preserving = True
    _ends = Edges(sigma=0.0, alpha=0.0)

    def _marginal(self, t: Tensor) -> Marginal:
        alpha, sigma = rounded(sine(PI / 2, torch.ones_like(t), t)), rounded(sine(PI / 2, t))
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        alpha, sigma = torch.sin(math.pi / 2 * rest), torch.sin(math.pi / 2 * t)
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _dgamma(self, t: Tensor) -> Tensor:
        return math.pi / self._sines(t, t)

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return 2 * torch.log1p(rounded(sine(PI / 2, t, s)) / self._sines(s, t))

    def _sines(self, s: Tensor, t: Tensor) -> Tensor:
        """Return sin a cos b, where a and b are the angles of s and t."""
        return rounded(times(sine(PI / 2, s), sine(PI / 2, torch.ones_like(t), t)))


class _Terms(NamedTuple):
    """What the marginal and the gap of a cosine with an offset have in common.

    Attributes:
        near: where alpha^2 is near 1/2.
        h: alpha^2 - 1/2 there, else 0.
        cosine: cos a alpha, in two words.
        sines: cos^2 a sigma^2, in two words.
    """

    near: Tensor
    h: Tensor
    cosine: Words
    sines: Words

    def halves(self) -> tuple["_Terms", "_Terms"]:
        """Return what is of the first half of the times, and what is of the second."""
        (near_s, near_t), (h_s, h_t) = self.near.chunk(2), self.h.chunk(2)
        (cos_s, cos_t), (sines_s, sines_t) = (
            zip(*(a.chunk(2) for a in words), strict=True) for words in (self.cosine, self.sines)
        )
        return _Terms(near_s, h_s, cos_s, sines_s), _Terms(near_t, h_t, cos_t, sines_t)


class CosineOffset(Schedule):
    r"""The cosine schedule of improved DDPM in continuous time, not clipped: alpha-bar = f(t)/f(0) with f = cos^2 b_t.

    .. math::
        \frac{\mathrm{SNR}(s)}{\mathrm{SNR}(t)} - 1
            = \frac{\sin(b_t - b_s) \sin(b_t + b_s)}{\cos^2 a\; \alpha_t^2 \sigma_s^2}, \qquad
        \alpha_t^2 - \tfrac12 = \tfrac12 - \sigma_t^2 = \frac{\cos 2 b_t + \sin^2 a}{2 \cos^2 a}, \qquad
        \gamma' = \frac{2 b' \cos^2 a\, \sin b_t}{\cos b_t\, \sin(b_t - a) \sin(b_t + a)}.

    Args:
        offset: o, in (0, 1).

    Raises:
        ValueError: if the offset is outside (0, 1).

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (17).

    Claim: iddpm.cosine
    """

    preserving = True

    def __init__(self, offset: float = 0.008) -> None:
        super().__init__()
        self.offset = number(self._public, "offset", offset, 0.0, 1.0)
        self._rate = PI / 2 / (1 + Fraction(self.offset))  # db/dt
        a = float(self._rate * Fraction(self.offset))
        self._cos2, self._sin2, self._tan2 = math.cos(a) ** 2, math.sin(a) ** 2, math.tan(a) ** 2
        self._tan4 = self._tan2 * (2 + self._tan2)  # (1 + tan^2 a)^2 - 1
        self._secant = math.tan(a) * math.tan(a / 2)  # sec a - 1
        self._ends = Edges(sigma=2 * float(self._rate) * math.tan(a), alpha=0.0)

    def _marginal(self, t: Tensor) -> Marginal:
        return self._of(self._terms(t))

    def _pair(self, s: Tensor, t: Tensor) -> tuple[Marginal, Tensor]:
        terms = self._terms(torch.cat([s, t]))
        gap = self._rise(s, t, terms)
        return self._of(terms), torch.where(gap > 0, gap, torch.nan)

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return self._rise(s, t, self._terms(torch.cat([s, t])))

    def _of(self, terms: "_Terms") -> Marginal:
        near, h = terms.near, terms.h
        alpha = torch.where(near, torch.sqrt(0.5 + h), rounded(terms.cosine, self._secant))
        sigma = torch.sqrt(torch.where(near, 0.5 - h, rounded(terms.sines, self._tan2)))
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        rate, cos_a = float(self._rate), math.sqrt(self._cos2)
        above = torch.sin(rate * (t + 2 * self.offset))
        alpha, sigma = torch.sin(rate * rest) / cos_a, torch.sqrt(torch.sin(rate * t) * above) / cos_a
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _dgamma(self, t: Tensor) -> Tensor:
        sin_b = torch.sin(float(self._rate) * (t + self.offset))
        return 2 * float(self._rate) * self._cos2 * sin_b / rounded(times(self._cosine(t), self._sines(t)))

    def _rise(self, s: Tensor, t: Tensor, terms: "_Terms") -> Tensor:
        """Return the gap, given the terms of s and then of t."""
        of_s, of_t = terms.halves()
        fall, cos_b = times(sine(self._rate, t, s), self._sine_between(s, t)), of_t.cosine
        by_half = 0.25 + ((of_t.h - of_s.h) / 2 - of_s.h * of_t.h)  # (1/2 + h_t) (1/2 - h_s), rounded once
        by_sines = rounded(times(times(cos_b, cos_b), of_s.sines), self._tan4)
        return torch.log1p(rounded(fall, self._tan2) / torch.where(of_s.near & of_t.near, by_half, by_sines))

    def _terms(self, t: Tensor) -> "_Terms":
        return _Terms(*self._from_half(t), self._cosine(t), self._sines(t))

    def _from_half(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return where |h| < 1/4, and h (else 0): alpha^2 = 1/2 + h and sigma^2 = 1/2 - h there, each rounded once."""
        angle, rest = dot((2 * self._rate, t), constant=2 * self._rate * Fraction(self.offset) - PI / 2)
        h = (self._sin2 - (torch.sin(angle) + rest * torch.cos(angle))) / (2 * self._cos2)
        near = h.abs() < 0.25
        return near, torch.where(near, h, 0.0)

    def _cosine(self, t: Tensor) -> Words:
        """Return cos b = cos a alpha."""
        return sine(self._rate, torch.ones_like(t), t)

    def _sines(self, t: Tensor) -> Words:
        """Return sin(b - a) sin(b + a) = cos^2 a sigma^2."""
        return times(sine(self._rate, t), self._sine_above(t))

    def _sine_above(self, t: Tensor) -> Words:
        """Return the sine of 2a plus the rate times t."""
        angle, rest = dot((self._rate, t), constant=2 * self._rate * Fraction(self.offset))
        return torch.sin(angle), rest * torch.cos(angle)

    def _sine_between(self, s: Tensor, t: Tensor) -> Words:
        """Return sin(b_t + b_s); in the upper half by the angle to pi, a multiple of (1 - s) + (1 - t)."""
        late = (s >= 0.5) & (t >= 0.5)
        terms = [(self._rate, torch.where(late, 1 - a, a)) for a in (s, t)]
        angle, rest = dot(*terms, constant=2 * self._rate * Fraction(self.offset), where=~late)
        return torch.sin(angle), rest * torch.cos(angle)
