r"""VDM's learned schedule, variance preserving: a monotone network, rescaled to its end points.

.. math::
    \tilde\gamma(t) = w_1 t + \sum_k w_{3,k}\, S(w_{2,k} t + b_k), \qquad w_1, w_2, w_3 > 0, \\
    D(s, t) = \tilde\gamma(t) - \tilde\gamma(s)
        = w_1 (t - s) + \sum_k w_{3,k}\, S(a_{t,k})\, S(-a_{s,k})\, (1 - e^{-w_{2,k} (t - s)}), \\
    \gamma(t) = \gamma_0 + (\gamma_1 - \gamma_0) \frac{D(0, t)}{D(0, 1)}
              = \gamma_1 - (\gamma_1 - \gamma_0) \frac{D(t, 1)}{D(0, 1)},

S the logistic sigmoid and a_t = w_2 t + b: every difference is a sum of positive terms. Gamma counts
from the nearer end, in two words, and meets both ends exactly.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.stable import expm1, one_minus_exp_neg, sqrt_sigmoid, two_sum


class Learned(Schedule):
    """gamma(t) a monotone network with gamma(0) = gamma_min and gamma(1) = gamma_max exactly.

    Parameters are float64 and stay so; weights are softplus of what is trained. With ``learn_ends`` the two end points
    are trained too (if they cross, the gap is NaN). The first layer of VDM's network is absorbed in w_1, w_2 and b.

    Raises:
        ValueError: not -1400 < gamma_min < gamma_max < 1400, or hidden < 1.

    Source: VDM, arXiv 2107.00630v6, appendix H.

    Claim: schedule.learned, vdm.gamma.monotone
    """

    def __init__(
        self, gamma_min: float = -13.3, gamma_max: float = 5.0, hidden: int = 1024, *, learn_ends: bool = False
    ) -> None:
        super().__init__()
        gamma_min = number("Learned", "gamma_min", gamma_min, -1400.0, 1400.0)
        gamma_max = number("Learned", "gamma_max", gamma_max, gamma_min, 1400.0)
        if hidden < 1:
            raise ValueError(f"Learned: expected hidden >= 1, got {hidden}")
        ends = torch.tensor([gamma_min, gamma_max], dtype=torch.float64)
        self.ends = nn.Parameter(ends, requires_grad=learn_ends)
        slopes = 1 + 9 * torch.rand(hidden, dtype=torch.float64)
        self.raw_1 = nn.Parameter(torch.full((), _inverse_softplus(1.0), dtype=torch.float64))
        self.raw_2 = nn.Parameter(torch.log(expm1(slopes)))
        self.raw_3 = nn.Parameter(torch.full((hidden,), _inverse_softplus(1 / hidden), dtype=torch.float64))
        self.bias = nn.Parameter(-slopes * torch.rand(hidden, dtype=torch.float64))  # the steps lie in [0, 1]

    def weights(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """(w_1, w_2, b, w_3), of shapes (), (hidden,), (hidden,), (hidden,), float64."""
        return softplus(self.raw_1), softplus(self.raw_2), self.bias, softplus(self.raw_3)

    def _difference(self, s: Tensor, t: Tensor) -> Tensor:
        """D(s, t), (batch,)."""
        w_1, w_2, b, w_3 = self.weights()
        s, t = s[:, None], t[:, None]
        steps = torch.sigmoid(w_2 * t + b) * torch.sigmoid(-w_2 * s - b) * one_minus_exp_neg(w_2 * (t - s))
        return w_1 * (t - s)[:, 0] + (w_3 * steps).sum(dim=1)

    def _share(self, s: Tensor, t: Tensor) -> Tensor:
        return self._difference(s, t) / self._difference(torch.zeros_like(t), torch.ones_like(t))

    def _marginal(self, t: Tensor) -> Marginal:
        (gamma_0, gamma_1), width = self.ends, self._width()
        rise, fall = self._share(torch.zeros_like(t), t), self._share(t, torch.ones_like(t))
        low, high = two_sum(gamma_0, width * rise), two_sum(gamma_1, -width * fall)
        hi, lo = (torch.where(rise < fall, a, b) for a, b in zip(low, high, strict=True))
        return Marginal(sqrt_sigmoid(-hi, -lo), sqrt_sigmoid(hi, lo), hi)

    def _dgamma(self, t: Tensor) -> Tensor:
        w_1, w_2, b, w_3 = self.weights()
        a = w_2 * t[:, None] + b
        slope = w_1 + (w_3 * w_2 * torch.sigmoid(a) * torch.sigmoid(-a)).sum(dim=1)
        return self._width() * slope / self._difference(torch.zeros_like(t), torch.ones_like(t))

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return self._width() * self._share(s, t)

    def _width(self) -> Tensor:
        gamma_0, gamma_1 = self.ends
        return gamma_1 - gamma_0


def _inverse_softplus(w: float) -> float:
    return math.log(math.expm1(w))
