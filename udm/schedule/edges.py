r"""Derivatives in time where sigma = 0 or alpha = 0, at which the chain rule meets 0 times infinity.

There gamma is infinite, and so is its slope, while the ratio :math:`e = \mathrm{SNR}(t)/\mathrm{SNR}(s)` of a step is 0
and has a slope that is finite:

.. math::
    e = \frac{\sigma_s^2}{\alpha_s^2} \frac{\alpha_t^2}{\sigma_t^2}, \qquad
    \sigma_s^2 \approx k_\sigma s \ (s \to 0), \qquad \alpha_t^2 \approx k_\alpha (1 - t) \ (t \to 1).

k is 0 where sigma (or alpha) is linear in time, and positive where it is a root, whose own slope is infinite. A step to
or from an edge keeps e and sigma_s^2 beside its fields, because neither an infinite gap nor an infinite slope of sigma
can give their slopes back.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from udm.process import Marginal, Step

Path = Callable[[Tensor], Marginal]
Gap = Callable[[Tensor, Tensor], Tensor]


class Edges(NamedTuple):
    """The slopes of sigma^2 and alpha^2 at the ends of time where they are 0.

    Attributes:
        sigma: d sigma^2/dt at t = 0; None if sigma_0 > 0.
        alpha: -d alpha^2/dt at t = 1; None if alpha_1 > 0.
    """

    sigma: float | None
    alpha: float | None


INSIDE = Edges(None, None)  # gamma is finite at both ends: no edge


def edged_marginal(marginal: Path, t: Tensor, edges: Edges | None) -> Marginal:
    """Return the marginal at t, whose slopes at an edge are infinite where they are so, and not NaN.

    If ``edges`` is None, nobody says whether alpha and sigma are roots there, and only the slope of gamma is mended.
    """
    if edges == INSIDE:
        return marginal(t)
    at = marginal(t)
    low, high = at.sigma == 0, at.alpha == 0
    rise = torch.where(low, t - t.detach(), 1.0)  # 0, with the slope 1, where sigma = 0
    fall = torch.where(high, t.detach() - t, 1.0)
    alpha, sigma = at.alpha, at.sigma
    if edges is not None and edges.alpha:
        alpha = torch.where(high, torch.sqrt(fall), _without(marginal, t, high).alpha)
    if edges is not None and edges.sigma:
        sigma = torch.where(low, torch.sqrt(rise), _without(marginal, t, low).sigma)
    gamma = _without(marginal, t, low | high).gamma
    return Marginal(alpha, sigma, torch.where(low, torch.log(rise), torch.where(high, -torch.log(fall), gamma)))


def _without(marginal: Path, t: Tensor, where: Tensor) -> Marginal:
    """Return the marginal, with the derivative 0 at some times: a factor 0 would not take away an infinite one."""
    return marginal(torch.where(where, t.detach(), t))


def edged_gap(gap: Gap, s: Tensor, t: Tensor, edges: Edges | None) -> Tensor:
    """Return the gap, whose slope at an edge is infinite in the time that is there, and 0 in the other."""
    if edges == INSIDE:
        return gap(s, t)
    with torch.no_grad():
        fixed = torch.isinf(gap(s, t))
    low, high = fixed & (s == 0), fixed & (t == 1)
    fall_s, fall_t = torch.where(low, s - s.detach(), 1.0), torch.where(high, t.detach() - t, 1.0)
    edge = torch.where(low, -torch.log(fall_s), -torch.log(fall_t))
    return torch.where(low | high, edge, _gap_without(gap, s, t, fixed))


def _gap_without(gap: Gap, s: Tensor, t: Tensor, where: Tensor) -> Tensor:
    """Return the gap, with the derivative 0 in both times of some steps."""
    return gap(torch.where(where, s.detach(), s), torch.where(where, t.detach(), t))


class EdgedStep(Step):
    """A step that is differentiated in its times, and may begin or end at an edge.

    What is made of its five fields alone, as a new Step is, has no slope of c at the root's edge, but NaN.

    Attributes:
        inside: the same step, with the derivative 0 in a time that is at an edge.
        once: the same step, with the derivative 0 in both times if both are at an edge: there 0 times a root is 0.
        square_s: sigma_s^2, ``(batch,)`` float64.
        square_t: alpha_t^2, ``(batch,)`` float64.
        preserves: whether the path is known to preserve variance.
    """

    inside: Step
    once: Step
    square_s: Tensor
    square_t: Tensor
    preserves: bool

    @property
    def _edge(self) -> Tensor:
        return torch.isinf(self.inside.gap)

    @property
    def kept(self) -> Tensor:
        e = self.square_s / torch.square(self.alpha_s) * (self.square_t / torch.square(self.sigma_t))
        return torch.where(self._edge, e, self.inside.kept)

    @property
    def root_kept(self) -> Tensor:
        k = self.once.sigma_s / self.alpha_s * (self.once.alpha_t / self.sigma_t)
        return torch.where(self._edge, k, self.inside.root_kept)

    @property
    def c(self) -> Tensor:
        return torch.where(self._edge, 1 - self.kept, self.inside.c)

    @property
    def weight_z(self) -> Tensor:
        by_square = self.once.alpha_t / self.alpha_s * (self.square_s / torch.square(self.sigma_t))
        return torch.where(self._edge, by_square, self.inside.weight_z)

    @property
    def posterior_var(self) -> Tensor:
        return torch.where(self._edge, self.square_s * self.c, self.inside.posterior_var)

    @property
    def snr_growth(self) -> Tensor:
        ratio = self.alpha_s / self.sigma_s * (self.sigma_t / self.alpha_t)
        return torch.where(self._edge, torch.square(ratio) - 1, self.inside.snr_growth)

    @property
    def scaled_growth(self) -> Tensor:
        drop = self.alpha_s * (self.sigma_t / self.sigma_s)
        return torch.where(self._edge, drop * (drop * self.c), self.inside.scaled_growth)

    @property
    def norm_t(self) -> Tensor:
        return torch.ones_like(self.alpha_t) if self.preserves else super().norm_t


def edged_step(step: Step, path: Path, gap: Gap, s: Tensor, t: Tensor, edges: Edges, preserves: bool) -> Step:
    """Return the step between s and t, with the slopes of e, sigma_s^2 and alpha_t^2 beside its fields."""
    never = torch.zeros_like(s, dtype=torch.bool)
    low = never if edges.sigma is None else s == 0
    high = never if edges.alpha is None else t == 1
    at_s, at_t = _without(path, s, low), _without(path, t, high)
    found = EdgedStep(*step)
    found.inside = Step(at_s.alpha, at_s.sigma, at_t.alpha, at_t.sigma, _gap_without(gap, s, t, low | high))
    at_s, at_t = (edged_marginal(path, torch.where(low & high, u.detach(), u), edges) for u in (s, t))
    found.once = Step(at_s.alpha, at_s.sigma, at_t.alpha, at_t.sigma, found.inside.gap)
    found.square_s = torch.where(low, (edges.sigma or 0.0) * (s - s.detach()), torch.square(found.inside.sigma_s))
    found.square_t = torch.where(high, (edges.alpha or 0.0) * (t.detach() - t), torch.square(found.inside.alpha_t))
    found.preserves = preserves
    return found
