r"""VDM's learned schedule, variance preserving: a monotone network, rescaled to its end points.

.. math::
    \tilde\gamma(t) = w_1 t + \sum_k w_{3,k}\, S(w_{2,k} t + b_k), \qquad w_1, w_2, w_3 > 0, \\
    D(s, t) = \tilde\gamma(t) - \tilde\gamma(s)
        = w_1 (t - s) + \sum_k w_{3,k}\, S(a_{t,k})\, S(-a_{s,k})\, (1 - e^{-w_{2,k} (t - s)}), \\
    \gamma(t) = \gamma_0 + (\gamma_1 - \gamma_0) \frac{D(0, t)}{D(0, 1)},

where S is the logistic sigmoid and a_t = w_2 t + b. Every difference is a sum of positive terms. Gamma itself is
computed in two words (``logistic.py``), because :math:`|\gamma|` multiplies a relative error of the network in sigma;
it meets both ends exactly.
"""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from udm.arguments import integers
from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.edges import INSIDE
from udm.schedule.logistic import argument, product, quotient, rise, table
from udm.stable import differentiated, expm1, plain_one_minus_exp_neg, sigmoid, sloped, sqrt_sigmoid, two_sum


class Learned(Schedule):
    """gamma(t) is a monotone network with gamma(0) = gamma_min and gamma(1) = gamma_max exactly.

    The parameters are float64 and stay float64; the weights are the softplus of parameters. The first layer of VDM's
    network is absorbed in w_1, w_2 and b. The accuracy of alpha, sigma and the gap is relative to the float64 weights
    that ``weights`` returns; it does not include the rounding of the softplus.

    Args:
        gamma_min: gamma(0).
        gamma_max: gamma(1).
        hidden: how many sigmoids the network has.
        learn_ends: whether the two end points are trained too (if they cross, the gap is NaN).

    Raises:
        ValueError: unless -1400 < gamma_min < gamma_max < 1400 and hidden >= 1.

    Source: VDM, arXiv 2107.00630v6, appendix H.

    Claim: schedule.learned, vdm.gamma.monotone, vdm.gamma.endpoints
    """

    preserving = True
    _ends = INSIDE
    points: Tensor

    def __init__(
        self, gamma_min: float = -13.3, gamma_max: float = 5.0, hidden: int = 1024, *, learn_ends: bool = False
    ) -> None:
        super().__init__()
        gamma_min = number(self._public, "gamma_min", gamma_min, -1400.0, 1400.0)
        gamma_max = number(self._public, "gamma_max", gamma_max, gamma_min, 1400.0)
        integers(self._public, hidden=hidden)
        if hidden < 1:
            raise ValueError(f"{self._public}: expected hidden >= 1, got {hidden}")
        ends = torch.tensor([gamma_min, gamma_max], dtype=torch.float64)
        self.ends = nn.Parameter(ends, requires_grad=learn_ends)
        slopes = 1 + 9 * torch.rand(hidden, dtype=torch.float64)
        self.raw_1 = nn.Parameter(torch.full((), _inverse_softplus(1.0), dtype=torch.float64))
        self.raw_2 = nn.Parameter(torch.log(expm1(slopes)))
        self.raw_3 = nn.Parameter(torch.full((hidden,), _inverse_softplus(1 / hidden), dtype=torch.float64))
        self.register_buffer("points", torch.tensor(table(), dtype=torch.float64), persistent=False)
        self.bias = nn.Parameter(-slopes * torch.rand(hidden, dtype=torch.float64))  # the steps lie in [0, 1]

    def weights(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the weights w_1, w_2, b and w_3.

        Returns:
            Four float64 tensors, of shapes ``()``, ``(hidden,)``, ``(hidden,)`` and ``(hidden,)``.
        """
        return softplus(self.raw_1), softplus(self.raw_2), self.bias, softplus(self.raw_3)

    def _difference(self, s: Tensor, t: Tensor) -> Tensor:
        """Return D(s, t), (batch,)."""
        w_1, w_2, b, w_3 = self.weights()
        (hi_t, hi_s), (lo_t, lo_s) = (a.chunk(2) for a in argument(torch.cat([t, s])[:, None], w_2, b))
        above, below = sigmoid(torch.cat([hi_t, -hi_s]), torch.cat([lo_t, -lo_s])).chunk(2)
        steps = (t - s)[:, None]
        rises = w_3 * (above * below * plain_one_minus_exp_neg(w_2 * steps))
        return w_1 * (t - s) + rises.sum(dim=1)

    def _share(self, s: Tensor, t: Tensor) -> Tensor:
        """Return D(s, t) / D(0, 1), both from one batch: two calls would double the graph to compile."""
        zero, one = torch.zeros_like(t[:1]), torch.ones_like(t[:1])
        climbs = self._difference(torch.cat([zero, s]), torch.cat([one, t]))
        return climbs[1:] / climbs[:1]

    def _sloping(self, t: Tensor) -> Tensor | None:
        """Return D(0, t) / D(0, 1) for its derivatives alone, in one word; None if none is wanted."""
        if not self._differentiated(t):
            return None
        w_1, w_2, b, w_3 = self.weights()
        times = torch.cat([torch.ones_like(t[:1]), t])
        far = w_2 * times[:, None]
        climbs = w_1 * times + (w_3 * torch.sigmoid(-b) * torch.sigmoid(far + b) * plain_one_minus_exp_neg(far)).sum(1)
        return climbs[1:] / climbs[:1]

    def _differentiated(self, *times: Tensor) -> bool:
        return any(map(differentiated, (*times, self.ends, self.raw_1, self.raw_2, self.raw_3, self.bias)))

    def _marginal(self, t: Tensor) -> Marginal:
        return self._at(t, self._sloping(t))

    def _with_gap(self, both: Tensor, s: Tensor, t: Tensor) -> tuple[Marginal, Tensor]:
        if not self._differentiated(both, s, t):
            return self._at(both, None), self._only_positive(s, t)
        share_s, share_t, between = self._share(torch.cat([torch.zeros_like(both), s]), torch.cat([both, t])).chunk(3)
        gap = self._width() * between
        return self._at(both, torch.cat([share_s, share_t])), torch.where(gap > 0, gap, torch.nan)

    def _at(self, t: Tensor, share: Tensor | None) -> Marginal:
        """Return the marginal, given D(0, t) / D(0, 1), whose derivative it has; None if none is wanted."""
        hi, lo = self._words(t.detach())
        if share is not None:
            hi = sloped(hi, self.ends[0] + self._width() * share)  # the value of two words, the derivative of one
        alpha, sigma = sqrt_sigmoid(torch.cat([-hi, hi]), torch.cat([-lo, lo])).chunk(2)
        return Marginal(alpha, sigma, hi)

    def _words(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """Return gamma(t) in two words, without derivatives, to 2^-60 (sum of w_3) / D(0, 1) of its range."""
        parts = [t, self.ends.detach(), *(w.detach() for w in self.weights()), self.points]
        hi, lo = (_opaque if torch.compiler.is_compiling() else _gamma)(*parts).unbind()
        return hi, lo

    def _dgamma(self, t: Tensor) -> Tensor:
        w_1, w_2, b, w_3 = self.weights()
        times = torch.cat([t, torch.zeros_like(t[:1]), torch.ones_like(t[:1])])
        hi, lo = argument(times[:, None], w_2, b)  # its rounding would cost as many units as it is large
        above, below = sigmoid(torch.cat([hi, -hi]), torch.cat([lo, -lo])).chunk(2)
        slope = w_1 + (w_3 * w_2 * above[:-2] * below[:-2]).sum(dim=1)
        whole = w_1 + (w_3 * (above[-1] * below[-2] * plain_one_minus_exp_neg(w_2))).sum()  # D(0, 1)
        return self._width() * slope / whole

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        return self._width() * self._share(s, t)

    def _width(self) -> Tensor:
        gamma_0, gamma_1 = self.ends
        return gamma_1 - gamma_0


def _gamma(t: Tensor, ends: Tensor, w_1: Tensor, w_2: Tensor, b: Tensor, w_3: Tensor, points: Tensor) -> Tensor:
    """Return the two words of gamma(t), (2, batch)."""
    hi, lo = rise(torch.cat([torch.ones_like(t[:1]), t]), w_1, w_2, b, w_3, points)
    (gamma_0, gamma_1), (share, rest) = ends, quotient((hi[1:], lo[1:]), (hi[:1], lo[:1]))
    width, low = two_sum(gamma_1, -gamma_0)
    climb, error = product(width, share)
    hi, lo = two_sum(gamma_0, climb)
    return torch.stack(two_sum(hi, lo + (error + (width * rest + low * share))))


# two hundred operations without a derivative are one to the compiler, which takes seconds for them
_opaque = torch.library.custom_op("udm::learned_gamma", _gamma, mutates_args=())


@_opaque.register_fake  # pyright: ignore[reportUnknownMemberType]
def _shaped(t: Tensor, *_: Tensor) -> Tensor:
    return t.new_empty((2, *t.shape))


@_opaque.register_vmap  # pyright: ignore[reportUnknownMemberType]
def _mapped(info: Any, in_dims: tuple[int | None, ...], *parts: Tensor) -> tuple[Tensor, int]:
    """Return gamma of mapped times as of one batch, and of mapped weights one by one."""
    if all(dim is None for dim in in_dims[1:]) and in_dims[0] is not None:
        t = parts[0].movedim(in_dims[0], 0)
        return _opaque(t.flatten(), *parts[1:]).unflatten(1, t.shape), 1

    def row(i: int) -> list[Tensor]:
        return [a if dim is None else a.select(dim, i) for a, dim in zip(parts, in_dims, strict=True)]

    return torch.stack([_opaque(*row(i)) for i in range(info.batch_size)]), 0


def _inverse_softplus(w: float) -> float:
    return math.log(math.expm1(w))
