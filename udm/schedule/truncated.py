r"""Part of a variance-preserving schedule, between two values of gamma, told in all of [0, 1]:

.. math::
    \gamma(t) = \tilde\gamma(u), \quad u = u_0 + (u_1 - u_0) t, \qquad
    \tilde\gamma(u_0) = \gamma_{\min}, \quad \tilde\gamma(u_1) = \gamma_{\max}.

The continuous bound depends on a schedule only through these ends, so schedules cut to the same ends can be compared.
u is carried in two words, u = h + l; what l adds is first order: l gamma'(h) to gamma and to the gap, and

.. math::
    \mathrm{d} \log \alpha = -\tfrac12 \sigma^2 \mathrm{d}\gamma, \qquad
    \mathrm{d} \log \sigma = \tfrac12 \alpha^2 \mathrm{d}\gamma.
"""

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.stable import norm_squared, two_sum


class Truncated(Schedule):
    """``inner`` between gamma_min and gamma_max; ``inner`` must be variance preserving and have a derivative.

    The ends are met to the rounding of u: |gamma(0) - gamma_min| <= u gamma'(0).

    Raises:
        ValueError: not gamma_min < gamma_max, both within the range of ``inner``; inner not variance preserving.

    Source: VDM, arXiv 2107.00630v6, section 5.1.

    Claim: vdm.loss.invariance
    """

    def __init__(self, inner: Schedule, gamma_min: float, gamma_max: float) -> None:
        super().__init__()
        gamma_min = number("Truncated", "gamma_min", gamma_min)
        gamma_max = number("Truncated", "gamma_max", gamma_max, gamma_min)
        at = inner.at(torch.linspace(0, 1, 5, dtype=torch.float64, device=inner.device))
        if not bool((norm_squared(at.alpha, at.sigma) == 1).all()):
            raise ValueError(f"Truncated: expected a variance-preserving schedule, got {type(inner).__name__}")
        self.inner = inner
        u_0, u_1 = (_inverse(inner, gamma) for gamma in (gamma_min, gamma_max))
        self.u_0, self.width = u_0, u_1 - u_0  # the schedule is defined by these two numbers

    def _marginal(self, t: Tensor) -> Marginal:
        u, rest = self._inner_time(t)
        at = self.inner.at(u)
        d = rest * self.inner.dgamma(u)
        alpha = at.alpha - at.alpha * (torch.square(at.sigma) * d / 2)
        return Marginal(alpha, at.sigma + at.sigma * (torch.square(at.alpha) * d / 2), at.gamma + d)

    def _dgamma(self, t: Tensor) -> Tensor:
        return self.width * self.inner.dgamma(self._inner_time(t)[0])

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        (u_s, rest_s), (u_t, rest_t) = self._inner_time(s), self._inner_time(t)
        gap = torch.where(u_s == u_t, 0.0, self.inner.gap(u_s, u_t))  # two times of one inner float
        return gap + (rest_t * self.inner.dgamma(u_t) - rest_s * self.inner.dgamma(u_s))

    def _inner_time(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """u_0 + width t in two words."""
        hi, lo = _product(self.width, t)
        u, rest = two_sum(torch.full_like(t, self.u_0), hi)
        return u, rest + lo


def _product(a: float, t: Tensor) -> tuple[Tensor, Tensor]:
    """a t in two words, for 0 <= a, t <= 1; the parts are cut by sums, which no compiler fuses."""
    cut = 1.5 * 2.0**26
    a_hi = (a + cut) - cut
    t_hi = (t + cut) - cut
    a_lo, t_lo = a - a_hi, t - t_hi
    return two_sum(a_hi * t_hi, a_hi * t_lo + a_lo * t_hi + a_lo * t_lo)


def _inverse(inner: Schedule, gamma: float) -> float:
    """The time at which ``inner`` reaches gamma, by bisection to the last bit."""

    def at(u: float) -> float:
        return float(inner.gamma(torch.tensor([u], dtype=torch.float64, device=inner.device)))

    low, high = 0.0, 1.0
    if not at(low) <= gamma <= at(high):
        got = f"{gamma}, outside [{at(low):.4g}, {at(high):.4g}]"
        raise ValueError(f"Truncated: expected the ends within the range of {type(inner).__name__}, got {got}")
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if at(middle) <= gamma else (low, middle)
    return low
