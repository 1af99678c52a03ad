r"""Part of a variance-preserving schedule, between two values of gamma, stretched over [0, 1]:

.. math::
    \gamma(t) = \tilde\gamma(u), \quad u = u_0 + (u_1 - u_0) t, \qquad
    \tilde\gamma(u_0) = \gamma_{\min}, \quad \tilde\gamma(u_1) = \gamma_{\max}.

The continuous bound depends on a schedule only through these ends, so schedules cut to the same ends can be compared.
u is kept in two words, u = h + l. The contribution of l to gamma is computed to second order and the slope at u to
first order: with g = gamma',

.. math::
    \tilde\gamma(h + l) - \tilde\gamma(h) \approx l\, g(h + \tfrac l2), \qquad
    g(h + l) \approx g(h) + l\, g'(h), \qquad
    \mathrm{d} \log \alpha = -\tfrac12 \sigma^2 \mathrm{d}\gamma, \qquad
    \mathrm{d} \log \sigma = \tfrac12 \alpha^2 \mathrm{d}\gamma.

With m = min(h, 1 - h), the relative error of the slope, of alpha and of sigma is
:math:`(l/m)^2 \le (2^{-54}/m)^2`. A gap over a step of :math:`D = (u_1 - u_0)(t - s) < 2^{-27} m` is D times the mean
of the slopes at its ends, to 2^-56; its first derivatives are as accurate, and its second ones to D/m < 2^-27.
"""

from fractions import Fraction
from typing import NamedTuple

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, inverse, number, probe_times
from udm.schedule.edges import INSIDE
from udm.schedule.logistic import halves
from udm.shapes import instance
from udm.stable import two_sum

_SHORT = 2.0**-27


class _Place(NamedTuple):
    """Where a time is on the inner schedule, in two words, the slope of gamma at the first, and that slope's own.

    The last has no derivative: that of a second-order term would be one of third order.
    """

    u: Tensor
    rest: Tensor
    slope: Tensor
    bend: Tensor

    def climb(self) -> Tensor:
        """Return what the second word adds to gamma."""
        return self.rest * (self.slope + self.rest / 2 * self.bend)


class Truncated(Schedule):
    """The part of ``inner`` between gamma_min and gamma_max.

    The ends are met up to the rounding of u: gamma(t) is within 2^-53 u gamma'(t) of gamma_min at t = 0, and within
    2^-52 gamma'(1) of gamma_max at t = 1, which for the cosine is 1e-9 at gamma_max = 30 and 1e-2 at 60. Results keep
    their digits while 1 - u > 2^-27, which for the cosine is up to gamma_max = 30. If ``inner`` is trained after it was
    cut, the ends move.

    Args:
        inner: a schedule that preserves variance and has a derivative.
        gamma_min: gamma(0), in the range of ``inner``.
        gamma_max: gamma(1), in the range of ``inner``.

    Raises:
        ValueError: unless gamma_min < gamma_max, both are within the range of ``inner``, and ``inner`` is a schedule
            that preserves variance.

    Source: VDM, arXiv 2107.00630v6, section 5.1.

    Claim: vdm.loss.invariance
    """

    preserving = True
    _ends = INSIDE

    def __init__(self, inner: Schedule, gamma_min: float, gamma_max: float) -> None:
        super().__init__()
        instance(self._public, Schedule, inner=inner)
        gamma_min = number(self._public, "gamma_min", gamma_min)
        gamma_max = number(self._public, "gamma_max", gamma_max, gamma_min)
        ends = [inverse(inner, gamma) for gamma in (gamma_min, gamma_max)]
        u_0, u_1 = (_within(inner, gamma, u) for gamma, u in zip((gamma_min, gamma_max), ends, strict=True))
        with torch.no_grad():
            at = inner.at(probe_times(inner, u_0, u_1))
        if not bool(at.preserving.all()):
            got = type(inner).__name__
            raise ValueError(f"{self._public}: expected inner to be a variance-preserving schedule, got {got}")
        self.inner = inner
        self.u_0, self.width = u_0, u_1 - u_0  # the schedule is defined by these two numbers
        self._above = float(1 - Fraction(self.u_0) - Fraction(self.width))

    def _marginal(self, t: Tensor) -> Marginal:
        place = self._place(t)
        return self._at(place, self.inner._marginal(place.u))  # u is inside (0, 1), where no edge needs care

    def _pair(self, s: Tensor, t: Tensor) -> tuple[Marginal, Tensor]:
        place = self._place(torch.cat([s, t]))
        short = self._short(s, t, place)
        if self._has_plain:  # nothing here is differentiated, and a branch that is not taken may be NaN
            at, whole = self.inner._pair(*place.u.chunk(2))
        else:
            at, whole = self.inner._with_gap(place.u, *self._long(place, short))
        gap = self._rise(s, t, place, short, whole)
        return self._at(place, at), torch.where(gap > 0, gap, torch.nan)

    def _at(self, place: "_Place", at: Marginal) -> Marginal:
        d = place.climb()
        alpha = at.alpha - at.alpha * (torch.square(at.sigma) * d / 2)
        return Marginal(alpha, at.sigma + at.sigma * (torch.square(at.alpha) * d / 2), at.gamma + d)

    @property
    def _has_plain(self) -> bool:
        return self.inner._has_plain

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        return self.inner._plain(self.u_0 + self.width * t, self._above + self.width * rest)

    def _dgamma(self, t: Tensor) -> Tensor:
        u, rest = self._inner_time(t)
        slope, bend = self._slopes(u, u + _aside(u.detach()))
        return self.width * (slope + rest * bend)

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        place = self._place(torch.cat([s, t]))
        short = self._short(s, t, place)
        return self._rise(s, t, place, short, self.inner._only_positive(*self._long(place, short)))

    def _rise(self, s: Tensor, t: Tensor, place: "_Place", short: Tensor, whole: Tensor) -> Tensor:
        """Return the gap, given the places of s and then of t, and the inner gap between their first words."""
        climb_s, climb_t = place.climb().chunk(2)
        slope_s, slope_t = (place.slope + place.rest * place.bend).chunk(2)
        step = self.width * (t - s)
        return torch.where(short, step * ((slope_s + slope_t) / 2), whole + (climb_t - climb_s))

    def _short(self, s: Tensor, t: Tensor, place: "_Place") -> Tensor:
        """Return where the rounding of u would count in the inner gap."""
        (u_s, u_t), step = place.u.detach().chunk(2), self.width * (t - s).detach()
        return (step <= _SHORT * torch.minimum(u_s, 1 - u_t)) | (u_s == u_t)

    def _long(self, place: "_Place", short: Tensor) -> tuple[Tensor, Tensor]:
        """Return the inner times; a step whose inner gap is not taken has the ends, where its gradient is finite."""
        u_s, u_t = place.u.chunk(2)
        return torch.where(short, self.u_0, u_s), torch.where(short, self.u_0 + self.width, u_t)

    def _place(self, t: Tensor) -> "_Place":
        u, rest = self._inner_time(t)
        slope, bend = self._slopes(u, u.detach() + _aside(u.detach()))
        return _Place(u, rest, slope, bend.detach())

    def _slopes(self, u: Tensor, beside: Tensor) -> tuple[Tensor, Tensor]:
        """Return gamma' of ``inner`` at u, and enough digits of its slope, by a difference."""
        slope, other = self.inner._dgamma(torch.cat([u, beside])).chunk(2)
        return slope, (other - slope) / (beside - u).detach()

    def _inner_time(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return u_0 + width t in two words."""
        plain = self.width * t  # has the derivative of u; of the words' sum it is the same, through many roundings
        hi, lo = _product(self.width, t.detach())
        u, rest = two_sum(torch.full_like(t, self.u_0), hi)
        return u + (plain - plain.detach()), rest + lo


def _aside(u: Tensor) -> Tensor:
    """Return how far from u towards the middle a slope is looked at again, for a difference."""
    aside = torch.clamp(_SHORT * torch.minimum(u, 1 - u) / 4, min=2.0**-50)
    return torch.where(u < 0.5, aside, -aside)


def _product(a: float, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return a t in two words, to a relative 2^-105, by four exact products that no fusing with sums can spoil."""
    big = a * 2.0**27
    a_hi = (a + big) - big
    (t_hi, t_lo), a_lo = halves(t), a - a_hi
    hi, first = two_sum(a_hi * t_hi, a_hi * t_lo)
    hi, second = two_sum(hi, a_lo * t_hi)
    return hi, first + (second + a_lo * t_lo)


def _within(inner: Schedule, gamma: float, u: float | None) -> float:
    if u is None:
        low, high = inner.span()
        got = f"{gamma}, outside [{low:.4g}, {high:.4g}]"
        name = type(inner).__name__
        raise ValueError(f"udm.schedule.Truncated: expected the ends within the range of {name}, got {got}")
    return u
