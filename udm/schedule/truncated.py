r"""Part of a variance-preserving schedule, between two values of gamma, told in all of [0, 1]:

.. math::
    \gamma(t) = \tilde\gamma(u), \quad u = u_0 + (u_1 - u_0) t, \qquad
    \tilde\gamma(u_0) = \gamma_{\min}, \quad \tilde\gamma(u_1) = \gamma_{\max}.

The continuous bound depends on a schedule only through these ends, so schedules cut to the same ends can be compared.
u is carried in two words, u = h + l. With m = min(h, 1 - h), what l adds is taken to second order, the slope there to
first: with g = gamma',

.. math::
    \tilde\gamma(h + l) - \tilde\gamma(h) \approx l\, g(h + \tfrac l2), \qquad
    g(h + l) \approx g(h) + l\, g'(h), \qquad
    \mathrm{d} \log \alpha = -\tfrac12 \sigma^2 \mathrm{d}\gamma, \qquad
    \mathrm{d} \log \sigma = \tfrac12 \alpha^2 \mathrm{d}\gamma.

What is left out is :math:`(l/m)^2 \le (2^{-54}/m)^2` of the slope and of alpha or sigma. A gap of
:math:`D = (u_1 - u_0)(t - s) < 2^{-27} m` is D times the mean of the slopes at its ends, to 2^-56.
"""

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, inverse, number, telling
from udm.schedule.logistic import halves
from udm.stable import norm_squared, two_sum

_SHORT = 2.0**-27


class Truncated(Schedule):
    """``inner`` between gamma_min and gamma_max; ``inner`` must be variance preserving and have a derivative.

    The ends are met to the rounding of u: |gamma(t) - gamma_t| <= 2^-53 u gamma'(t) at t = 0, and 2^-52 gamma'(1) at
    t = 1, which for the cosine is 1e-9 at gamma_max = 30 and 1e-2 at 60. Answers keep their digits while
    1 - u > 2^-27: to gamma_max = 30 for the cosine. What ``inner`` learns after the cut moves the ends.

    Raises:
        ValueError: not gamma_min < gamma_max, both within the range of ``inner``; inner not variance preserving.

    Source: VDM, arXiv 2107.00630v6, section 5.1.

    Claim: vdm.loss.invariance
    """

    def __init__(self, inner: Schedule, gamma_min: float, gamma_max: float) -> None:
        super().__init__()
        gamma_min = number("Truncated", "gamma_min", gamma_min)
        gamma_max = number("Truncated", "gamma_max", gamma_max, gamma_min)
        ends = [inverse(inner, gamma) for gamma in (gamma_min, gamma_max)]
        u_0, u_1 = (_within(inner, gamma, u) for gamma, u in zip((gamma_min, gamma_max), ends, strict=True))
        with torch.no_grad():
            at = inner.at(telling(inner, u_0, u_1))
        if not bool((norm_squared(at.alpha, at.sigma) == 1).all()):
            raise ValueError(f"Truncated: expected a variance-preserving schedule, got {type(inner).__name__}")
        self.inner = inner
        self.u_0, self.width = u_0, u_1 - u_0  # the schedule is defined by these two numbers

    def _marginal(self, t: Tensor) -> Marginal:
        u, rest = self._inner_time(t)
        at = self.inner.at(u)
        d = self._climb(u, rest)
        alpha = at.alpha - at.alpha * (torch.square(at.sigma) * d / 2)
        return Marginal(alpha, at.sigma + at.sigma * (torch.square(at.alpha) * d / 2), at.gamma + d)

    def _dgamma(self, t: Tensor) -> Tensor:
        return self.width * self._slope(*self._inner_time(t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        (u_s, rest_s), (u_t, rest_t) = self._inner_time(s), self._inner_time(t)
        step = self.width * (t - s)
        short = (step <= _SHORT * torch.minimum(u_s, 1 - u_t)) | (u_s == u_t)  # the words' own rounding would count
        mean = (self._slope(u_s, rest_s) + self._slope(u_t, rest_t)) / 2
        # where the branch is not taken it gets the ends, for which its gradient is finite
        whole = self.inner.gap(torch.where(short, self.u_0, u_s), torch.where(short, self.u_0 + self.width, u_t))
        return torch.where(short, step * mean, whole + (self._climb(u_t, rest_t) - self._climb(u_s, rest_s)))

    def _climb(self, u: Tensor, rest: Tensor) -> Tensor:
        """What the second word adds to gamma."""
        return rest * self._slope(u, rest / 2)

    def _slope(self, u: Tensor, rest: Tensor) -> Tensor:
        """gamma' of ``inner`` at u + rest, by a difference towards the middle: half of the digits are enough."""
        aside = torch.clamp(_SHORT * torch.minimum(u, 1 - u) / 4, min=2.0**-50)
        beside = torch.where(u < 0.5, u + aside, u - aside)
        slope, other = self.inner.dgamma(torch.cat([u, beside])).chunk(2)  # one evaluation: half the graph to compile
        return slope + rest * ((other - slope) / (beside - u))

    def _inner_time(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """u_0 + width t in two words."""
        hi, lo = _product(self.width, t)
        u, rest = two_sum(torch.full_like(t, self.u_0), hi)
        return u, rest + lo


def _product(a: float, t: Tensor) -> tuple[Tensor, Tensor]:
    """a t in two words, to 2^-105 of itself: four exact products, which no compiler spoils by fusing them with sums."""
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
        raise ValueError(f"Truncated: expected the ends within the range of {type(inner).__name__}, got {got}")
    return u
