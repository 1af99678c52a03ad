r"""Schedules in the coordinate B, the integral of beta, for beta linear in t.

.. math::
    B(t) = \beta_{\min} t + (\beta_{\max} - \beta_{\min}) t^2 / 2, \qquad
    \log\frac{1 - e^{-B_t}}{1 - e^{-B_s}} = \log\Bigl(1 + \frac{e^{-B_s} (1 - e^{-(B_t - B_s)})}{1 - e^{-B_s}}\Bigr),

in which every term is positive, so that nothing cancels and nothing overflows. B is kept in two words, because its
rounding alone would cost alpha = exp(-B/2) about B/2 units.
"""

from fractions import Fraction

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import Edges
from udm.stable import dot, expm1, one_minus_exp_neg, plain_one_minus_exp_neg, split


def log_ratio(b_s: Tensor, rise: Tensor) -> Tensor:
    """Return log((1 - exp(-B_t)) / (1 - exp(-B_s))) >= 0 for B_t = B_s + rise; inf at B_s = 0."""
    # beyond 700 it is 0 beside the rise; one batch, because each call of the series would be a graph to compile
    fall, growth = expm1(torch.cat([-rise, b_s.clamp(max=700)])).chunk(2)
    return torch.log1p((0.0 - fall) / growth)


def exp_neg(hi: Tensor, lo: Tensor) -> Tensor:
    """Return exp(-(hi + lo)), for |lo| <= u hi."""
    e = torch.exp(-hi)
    return e - e * lo


def preserving(hi: Tensor, lo: Tensor) -> Marginal:
    """Return the variance-preserving marginal at B = hi + lo: gamma = B + log(1 - exp(-B))."""
    sigma = torch.sqrt(one_minus_exp_neg(hi) + exp_neg(hi, lo) * lo)
    return Marginal(exp_neg(hi / 2, lo / 2), sigma, hi + 2 * torch.log(sigma))


_MOST = 2800.0  # beta_min + beta_max, so that exp(-B/2) > 1e-304


class _Integral(Schedule):
    """B(t), its derivative and its differences."""

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0) -> None:
        super().__init__()
        self.beta_min = number(self._public, "beta_min", beta_min, 0.0)
        self.beta_max = number(self._public, "beta_max", beta_max, self.beta_min)
        if self.beta_min + self.beta_max >= _MOST:
            got = f"{self.beta_min:g} and {self.beta_max:g}"
            raise ValueError(
                f"{self._public}: expected beta_min + beta_max < {_MOST:g}, so that alpha_1 is no subnormal number,"
                f" got {got}"
            )
        self._low, self._half_slope = Fraction(beta_min), (Fraction(beta_max) - Fraction(beta_min)) / 2

    def _words(self, t: Tensor) -> tuple[Tensor, Tensor]:
        hi, lo = split(t)
        squares = [(self._half_slope, hi * hi), (self._half_slope, lo * (t + hi))]  # t^2, hi * hi exact
        return dot((self._low, t), *squares)

    def _plain_share(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return B and 1 - exp(-B), for derivatives."""
        b = t * (self.beta_min + float(self._half_slope) * t)
        return b, plain_one_minus_exp_neg(b)

    def _rise(self, s: Tensor, t: Tensor) -> Tensor:
        mean, rest = dot((self._half_slope, s), (self._half_slope, t), constant=self._low)
        return (t - s) * mean + (t - s) * rest

    def _beta(self, t: Tensor) -> Tensor:
        return self.beta_min + float(2 * self._half_slope) * t


class BetaLinear(_Integral):
    r"""The variance-preserving SDE: alpha = exp(-B/2), sigma^2 = 1 - exp(-B), gamma = B + log(1 - exp(-B)).

    Args:
        beta_min: beta at t = 0.
        beta_max: beta at t = 1.

    Raises:
        ValueError: unless 0 < beta_min < beta_max and beta_min + beta_max < 2800.

    Source: Song et al., arXiv 2011.13456v2, eq. (32)-(33).

    Claim: schedule.beta_linear
    """

    preserving = True

    def __init__(self, beta_min: float = 0.1, beta_max: float = 20.0) -> None:
        super().__init__(beta_min, beta_max)
        self._ends = Edges(sigma=self.beta_min, alpha=None)

    def _marginal(self, t: Tensor) -> Marginal:
        return preserving(*self._words(t))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        b, share = self._plain_share(t)
        return Marginal(torch.exp(-b / 2), torch.sqrt(share), b + torch.log(share))

    def _dgamma(self, t: Tensor) -> Tensor:
        return self._beta(t) / one_minus_exp_neg(self._words(t)[0])

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        rise = self._rise(s, t)
        return rise + log_ratio(self._words(s)[0], rise)


class SubVP(_Integral):
    r"""The sub-VP SDE: alpha = exp(-B/2), sigma = 1 - exp(-B), gamma = B + 2 log(1 - exp(-B)).

    Args:
        beta_min: beta at t = 0.
        beta_max: beta at t = 1.

    Raises:
        ValueError: unless 0 < beta_min < beta_max and beta_min + beta_max < 2800.

    Source: Song et al., arXiv 2011.13456v2, eq. (29).

    Claim: path.subvp
    """

    preserving = False
    _ends = Edges(sigma=0.0, alpha=None)

    def _marginal(self, t: Tensor) -> Marginal:
        hi, lo = self._words(t)
        sigma = one_minus_exp_neg(hi) + exp_neg(hi, lo) * lo
        return Marginal(exp_neg(hi / 2, lo / 2), sigma, hi + 2 * torch.log(sigma))

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        b, share = self._plain_share(t)
        return Marginal(torch.exp(-b / 2), share, b + 2 * torch.log(share))

    def _dgamma(self, t: Tensor) -> Tensor:
        b = self._words(t)[0]
        return self._beta(t) * (1 + torch.exp(-b)) / one_minus_exp_neg(b)

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        rise = self._rise(s, t)
        return rise + 2 * log_ratio(self._words(s)[0], rise)
