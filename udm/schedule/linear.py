r"""VDM's linear schedule, variance preserving:

.. math:: \gamma(t) = \gamma_{\min} + (\gamma_{\max} - \gamma_{\min})\, t.
"""

from fractions import Fraction

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import INSIDE
from udm.stable import dot, sqrt_sigmoid


class LinearGamma(Schedule):
    r"""gamma is linear in t.

    Gamma is kept in two words, so that alpha and sigma do not lose :math:`|\gamma|/2` units to its rounding.

    Args:
        gamma_min: gamma(0).
        gamma_max: gamma(1).

    Raises:
        ValueError: unless -1400 < gamma_min < gamma_max < 1400, where exp(gamma/2) is a float64.

    Source: VDM, arXiv 2107.00630v6, appendix D.

    Claim: schedule.linear
    """

    preserving = True
    _ends = INSIDE

    def __init__(self, gamma_min: float = -13.3, gamma_max: float = 5.0) -> None:
        super().__init__()
        self.gamma_min = number(self._public, "gamma_min", gamma_min, -1400.0, 1400.0)
        self.gamma_max = number(self._public, "gamma_max", gamma_max, self.gamma_min, 1400.0)
        self._low = Fraction(self.gamma_min)
        self._width = Fraction(self.gamma_max) - self._low

    def _shown(self) -> str:
        return f"{self.gamma_min}, {self.gamma_max}"

    def _marginal(self, t: Tensor) -> Marginal:
        hi, lo = dot((self._width, t), constant=self._low)
        return Marginal(sqrt_sigmoid(-hi, -lo), sqrt_sigmoid(hi, lo), hi)

    def _dgamma(self, t: Tensor) -> Tensor:
        return torch.where(torch.isnan(t), t, float(self._width))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return float(self._width) * (t - s)
