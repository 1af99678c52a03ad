r"""The sigmoid schedule, variance preserving. With S the logistic sigmoid and u = (start + t (end - start)) / tau,

.. math::
    \bar\alpha_t = \frac{S(u_1) - S(u_t)}{S(u_1) - S(u_0)}, \qquad
    S(b) - S(a) = S(b)\, S(-a)\, (1 - e^{-(b - a)}).

With w = u_1 - u_0 and E(x) = 1 - exp(-x), nothing cancels in the product form:

.. math::
    \alpha_t^2 = \frac{E(w(1-t))}{S(-u_0)\, E(w)\, (1 + e^{u_t})}, \qquad
    \sigma_t^2 = \frac{E(w t)}{S(u_1)\, E(w)\, (1 + e^{-u_t})}, \qquad
    \gamma' = \frac{w\, E(w)}{E(w t)\, E(w(1-t))}.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import Edges
from udm.stable import dot, one_minus_exp_neg, plain_one_minus_exp_neg

_LEAST = 1e-30  # the width of the arguments: its exponential keeps 20 of its digits among 50


class Sigmoid(Schedule):
    r"""alpha-bar is a rescaled sigmoid of time, exactly 1 at t = 0 and 0 at t = 1 (not clipped).

    Each term of the gap is positive:

    .. math::
        \gamma(t) - \gamma(s) = w (t - s) + \log\frac{E(wt)}{E(ws)} + \log\frac{E(w(1-s))}{E(w(1-t))}.

    Args:
        start: the sigmoid's argument at t = 0, times tau.
        end: the same at t = 1.
        tau: the temperature.

    Raises:
        ValueError: unless tau > 0, start < end, both are within 300 tau of 0 and at least 1e-30 tau apart.

    Source: Jabri et al., arXiv 2212.11972v2, section 4; Chen, arXiv 2301.10972v1, algorithm 1.

    Claim: schedule.sigmoid
    """

    preserving = True

    def __init__(self, start: float = -3.0, end: float = 3.0, tau: float = 1.0) -> None:
        super().__init__()
        self.tau = number(self._public, "tau", tau, 0.0)
        self.start = number(self._public, "start", start, -300 * tau, 300 * tau)
        self.end = number(self._public, "end", end, self.start, 300 * tau)
        self._low = Fraction(self.start) / Fraction(self.tau)
        self._width = Fraction(self.end) / Fraction(self.tau) - self._low
        self._w = float(self._width)
        self._slope = self._w * -math.expm1(-self._w)
        if self._w < _LEAST:
            got = f"{self.start:g}, {self.end:g} and {self.tau:g}"
            raise ValueError(f"{self._public}: expected (end - start) / tau >= {_LEAST:g}, got start, end, tau = {got}")
        high = self._low + self._width
        self._at_0, self._at_1 = _scale(-self._low, self._width), _scale(high, self._width)
        ends = (self._at_1[0], -self._low), (self._at_0[0], high)
        self._ends = Edges(*(self._w / (scale * (1 + math.exp(float(u)))) for scale, u in ends))

    def _marginal(self, t: Tensor) -> Marginal:
        hi, lo = dot((self._width, t), constant=self._low)
        early, late = self._es(t, 1 - t)
        alpha = torch.sqrt(late / _one_plus_exp(hi, lo, self._at_0))
        sigma = torch.sqrt(early / _one_plus_exp(-hi, -lo, self._at_1))
        return Marginal(alpha, sigma, 2 * torch.log(sigma / alpha))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        u = float(self._low) + self._w * t
        early, late = plain_one_minus_exp_neg(self._w * torch.cat([t, rest])).chunk(2)
        alpha = torch.sqrt(late / (1 + torch.exp(u)) / self._at_0[0])
        sigma = torch.sqrt(early / (1 + torch.exp(-u)) / self._at_1[0])
        return Marginal(alpha, sigma, u + torch.log(early / late))

    def _dgamma(self, t: Tensor) -> Tensor:
        early, late = self._es(t, 1 - t)
        return self._slope / (early * late)

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        rise, early, late = self._es(t - s, s, 1 - t)
        near_0 = torch.log1p(torch.exp(-self._w * s) * rise / early)
        near_1 = torch.log1p(torch.exp(-self._w * (1 - t)) * rise / late)
        return self._w * (t - s) + near_0 + near_1

    def _es(self, *times: Tensor) -> tuple[Tensor, ...]:
        """Return E(w t) of each, from one batch: each call of the series would be a graph to compile."""
        return one_minus_exp_neg(self._w * torch.cat(times)).chunk(len(times))


def _one_plus_exp(hi: Tensor, lo: Tensor, scale: tuple[float, float]) -> Tensor:
    """Return (c + d) (1 + exp(hi + lo)) for a scale c + d in two words, rounded once apart from its smaller terms."""
    c, d = scale
    e = c * torch.exp(hi)
    return c + (e + (d + (e * lo + d * torch.exp(hi))))


def _scale(u: Fraction, w: Fraction) -> tuple[float, float]:
    """Return S(u) E(w) in two words."""
    with localcontext(prec=50):
        scale = (1 - _exp(-w)) / (1 + _exp(-u))
        return float(scale), float(scale - Decimal(float(scale)))


def _exp(x: Fraction) -> Decimal:
    return (Decimal(x.numerator) / x.denominator).exp()
