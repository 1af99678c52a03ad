r"""EDM's noise levels, variance exploding (alpha = 1):

.. math::
    \sigma_t = r_t^\rho, \qquad
    r_t = \sigma_{\min}^{1/\rho} + t\,(\sigma_{\max}^{1/\rho} - \sigma_{\min}^{1/\rho}), \qquad
    \gamma = 2 \rho \log r_t.
"""

from decimal import Decimal, localcontext
from fractions import Fraction

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import INSIDE
from udm.stable import dot

_FAR = 1e-150, 1e150  # roots, whose squares are numbers


class EDM(Schedule):
    """sigma rises from sigma_min at t = 0 (data) to sigma_max at t = 1; EDM's own step index runs the other way.

    r is kept in two words, because the power rho multiplies its relative rounding error by rho.

    Args:
        sigma_min: sigma at t = 0.
        sigma_max: sigma at t = 1.
        rho: the power; the larger it is, the more steps have little noise.

    Raises:
        ValueError: unless 0 < sigma_min < sigma_max < inf, 0 < rho < 100, and the roots of both are
            in (1e-150, 1e150).

    Source: Karras et al., arXiv 2206.00364v2, eq. (5).

    Claim: schedule.edm
    """

    preserving = False
    _ends = INSIDE

    def __init__(self, sigma_min: float = 0.002, sigma_max: float = 80.0, rho: float = 7.0) -> None:
        super().__init__()
        self.sigma_min = number(self._public, "sigma_min", sigma_min, 0.0)
        self.sigma_max = number(self._public, "sigma_max", sigma_max, self.sigma_min)
        self.rho = number(self._public, "rho", rho, 0.0, 100.0)
        low, high = (_root(sigma, self.rho) for sigma in (self.sigma_min, self.sigma_max))
        if not (_FAR[0] < low and high < _FAR[1] and float(high) > float(low)):
            got = f"{self.sigma_min:g}, {self.sigma_max:g} and {self.rho:g}"
            raise ValueError(
                f"{self._public}: expected sigma_min^(1/rho) and sigma_max^(1/rho) apart and in ({_FAR[0]:g},"
                f" {_FAR[1]:g}), got sigma_min, sigma_max, rho = {got}"
            )
        self._low, self._width = low, high - low

    def _words(self, t: Tensor) -> tuple[Tensor, Tensor]:
        return dot((self._width, t), constant=self._low)

    def _marginal(self, t: Tensor) -> Marginal:
        hi, lo = self._words(t)
        sigma = hi**self.rho
        sigma = sigma + sigma * (self.rho * lo / hi)
        return Marginal(torch.where(torch.isnan(t), t, 1.0), sigma, 2 * self.rho * (torch.log(hi) + lo / hi))

    def _dgamma(self, t: Tensor) -> Tensor:
        return 2 * self.rho * float(self._width) / self._words(t)[0]

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return 2 * self.rho * torch.log1p(float(self._width) * (t - s) / self._words(s)[0])


def _root(sigma: float, rho: float) -> Fraction:
    with localcontext(prec=50):
        return Fraction(Decimal(sigma) ** (1 / Decimal(rho)))
