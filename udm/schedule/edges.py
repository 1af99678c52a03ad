r"""Derivatives in time where sigma = 0 or alpha = 0, at which the chain rule meets 0 times infinity.

There gamma is infinite, and so is its slope; a gap from or to there is infinite whatever its other end, and
c = 1 - exp(-gap) is 1, with the derivative 0 in the other end. At the edge itself, c has the derivative 0 if sigma (or
alpha) has a finite slope. If that falls like a root, as sqrt(t), its slope is infinite, and that of c is not computed
here, and NaN.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from udm.process import Marginal


class Slopes(NamedTuple):
    """Which slopes are infinite.

    Attributes:
        sigma: that of sigma where sigma = 0.
        alpha: that of alpha where alpha = 0.
    """

    sigma: bool
    alpha: bool


def steep_marginal(marginal: Callable[[Tensor], Marginal], t: Tensor, steep: Slopes | None) -> Marginal:
    """Return the marginal at t, whose derivatives at an edge are infinite where the slopes are, and never NaN."""
    at = marginal(t)
    low, high = at.sigma == 0, at.alpha == 0
    rise = torch.where(low, t - t.detach(), 1.0)  # 0, with the slope 1, where sigma = 0
    fall = torch.where(high, t.detach() - t, 1.0)
    alpha, sigma = at.alpha, at.sigma
    if steep is not None and steep.alpha:
        alpha = torch.where(high, torch.sqrt(fall), _without(marginal, t, high).alpha)
    if steep is not None and steep.sigma:
        sigma = torch.where(low, torch.sqrt(rise), _without(marginal, t, low).sigma)
    gamma = _without(marginal, t, low | high).gamma
    return Marginal(alpha, sigma, torch.where(low, torch.log(rise), torch.where(high, -torch.log(fall), gamma)))


def _without(marginal: Callable[[Tensor], Marginal], t: Tensor, where: Tensor) -> Marginal:
    """Return the marginal, with the derivative 0 at some times: a factor 0 would not take away an infinite one."""
    return marginal(torch.where(where, t.detach(), t))


def steep_gap(
    gap: Callable[[Tensor, Tensor], Tensor],
    marginal: Callable[[Tensor], Marginal],
    s: Tensor,
    t: Tensor,
    steep: Slopes | None,
) -> Tensor:
    """Return the gap, with the derivative 0 where it is infinite, but for an edge that falls like a root."""
    with torch.no_grad():
        fixed = torch.isinf(gap(s, t))
        low, high = marginal(s).sigma == 0, marginal(t).alpha == 0
    unknown = Slopes(True, True) if steep is None else steep
    s_fixed, t_fixed = fixed & ~(low & unknown.sigma), fixed & ~(high & unknown.alpha)
    return gap(torch.where(s_fixed, s.detach(), s), torch.where(t_fixed, t.detach(), t))
