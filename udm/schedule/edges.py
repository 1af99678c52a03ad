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

from udm.process import Marginal, Squares, Step

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


class _Inside(NamedTuple):
    """A path at some times, each field with the derivative 0 where its own may be infinite, and would meet a 0.

    Attributes:
        t: the times, ``(batch,)`` float64.
        low: where sigma = 0.
        high: where alpha = 0.
        alpha: with the derivative 0 where it is 0 and a root.
        sigma: with the derivative 0 where it is 0 and a root.
        both: the marginal with the derivative 0 at either edge.
    """

    t: Tensor
    low: Tensor
    high: Tensor
    alpha: Tensor
    sigma: Tensor
    both: Marginal


def _inside(path: Path, edges: Edges | None, *times: Tensor) -> list[_Inside]:
    """Evaluate the path for all times at once, and once for each field: another would bring its infinite slope.

    Each call is a graph to compile, of the one field that is taken of it.
    """
    t, (low, high) = torch.cat(times), _ends(path, torch.cat(times), edges)
    roots = edges or INSIDE  # where alpha and sigma are linear, their own slope is right
    alpha = (_without(path, t, high) if roots.alpha else path(t)).alpha
    sigma = (_without(path, t, low) if roots.sigma else path(t)).sigma
    both = _without(path, t, low | high)

    def rows(a: Tensor) -> tuple[Tensor, ...]:
        return a.reshape(len(times), -1).unbind()

    marginals = [Marginal(*of) for of in zip(*map(rows, both), strict=True)]
    cut = zip(rows(low), rows(high), rows(alpha), rows(sigma), marginals, strict=True)
    return [_Inside(t, *of) for t, of in zip(times, cut, strict=True)]


def _without(path: Path, t: Tensor, where: Tensor) -> Marginal:
    """Return the marginal, with the derivative 0 at some times: a factor 0 would not take away an infinite one."""
    return path(torch.where(where, t.detach(), t))


def _ends(path: Path, t: Tensor, edges: Edges | None) -> tuple[Tensor, Tensor]:
    """Return where sigma = 0 and where alpha = 0."""
    if edges is None:
        with torch.no_grad():
            at = path(t)
        return at.sigma == 0, at.alpha == 0
    never = torch.zeros_like(t, dtype=torch.bool)
    return never if edges.sigma is None else t == 0, never if edges.alpha is None else t == 1


def edged_marginal(path: Path, t: Tensor, edges: Edges | None) -> tuple[Marginal, Squares | None]:
    """Return the marginal at t, whose slopes at an edge are infinite where they are so, and its squares.

    If ``edges`` is None, nobody says whether alpha and sigma are roots there, and only the slope of gamma is mended.
    """
    (of,) = _inside(path, edges, t)
    return _edged(of, edges), None if edges is None else _squares(of, edges)


def _edged(of: _Inside, edges: Edges | None, still: Tensor | None = None) -> Marginal:
    """Return the marginal with the slopes of its edges, and the derivative 0 where it has to be ``still``."""
    t = of.t if still is None else torch.where(still, of.t.detach(), of.t)
    rise = torch.where(of.low, t - of.t.detach(), 1.0)  # 0, with the slope 1, where sigma = 0
    fall = torch.where(of.high, of.t.detach() - t, 1.0)
    alpha, sigma = (a if still is None else torch.where(still, a.detach(), a) for a in (of.alpha, of.sigma))
    alpha = torch.where(of.high, torch.sqrt(fall), alpha) if edges is not None and edges.alpha else alpha
    sigma = torch.where(of.low, torch.sqrt(rise), sigma) if edges is not None and edges.sigma else sigma
    gamma = torch.where(of.low, torch.log(rise), torch.where(of.high, -torch.log(fall), of.both.gamma))
    return Marginal(alpha, sigma, gamma)


def _squares(of: _Inside, edges: Edges) -> Squares:
    rise, fall = of.t - of.t.detach(), of.t.detach() - of.t
    slopes, ratio = (edges.sigma or 0.0, edges.alpha or 0.0), (of.both.alpha, of.both.sigma)
    return Squares(of.low, of.high, rise, fall, slopes, of.alpha, of.sigma, ratio)


def edged_gap(gap: Gap, s: Tensor, t: Tensor, edges: Edges | None) -> Tensor:
    """Return the gap, whose slope at an edge is infinite in the time that is there, and 0 in the other."""
    if edges == INSIDE:
        return gap(s, t)
    low, high = _edges_of_step(gap, s, t, edges)
    return _edged_gap(_gap_without(gap, s, t, low | high), s, t, low, high)


def _edges_of_step(gap: Gap, s: Tensor, t: Tensor, edges: Edges | None) -> tuple[Tensor, Tensor]:
    """Return the steps that begin where sigma = 0, and those that end where alpha = 0."""
    if edges is None:
        with torch.no_grad():
            fixed = torch.isinf(gap(s, t))
        return fixed & (s == 0), fixed & (t == 1)
    never = torch.zeros_like(s, dtype=torch.bool)
    low, high = never if edges.sigma is None else s == 0, never if edges.alpha is None else t == 1
    return low & (s < t), high & (s < t)


def _edged_gap(inside: Tensor, s: Tensor, t: Tensor, low: Tensor, high: Tensor) -> Tensor:
    fall_s, fall_t = torch.where(low, s - s.detach(), 1.0), torch.where(high, t.detach() - t, 1.0)
    edge = torch.where(low, -torch.log(fall_s), -torch.log(fall_t))
    return torch.where(low | high, edge, inside)


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
        snr_s: SNR(s), ``(batch,)`` float64.
        snr_t: SNR(t), ``(batch,)`` float64.
        growth: SNR(s)/SNR(t) at an edge, ``(batch,)`` float64: infinite, and so are its slopes.
        preserves: whether the path is known to preserve variance.
    """

    inside: Step
    once: Step
    square_s: Tensor
    square_t: Tensor
    snr_s: Tensor
    snr_t: Tensor
    growth: Tensor
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
    def snr_drop(self) -> Tensor:
        return torch.where(self._edge, self.snr_s - self.snr_t, self.inside.snr_drop)

    @property
    def snr_growth(self) -> Tensor:
        return torch.where(self._edge, self.growth, self.inside.snr_growth)

    @property
    def scaled_growth(self) -> Tensor:
        drop = torch.square(self.sigma_t) * (self.snr_s - self.snr_t)
        return torch.where(self._edge, drop, self.inside.scaled_growth)

    @property
    def norm_t(self) -> Tensor:
        return torch.ones_like(self.alpha_t) if self.preserves else super().norm_t


def edged_step(
    path: Path, gap: Gap, s: Tensor, t: Tensor, edges: Edges | None, preserves: bool
) -> tuple[Marginal, Squares | None, Step]:
    """Return :func:`edged_marginal` at t, and the step, with the slopes that its fields have not beside them."""
    of_s, of_t = _inside(path, edges, s, t)
    low, high = _edges_of_step(gap, s, t, edges)
    inside = _gap_without(gap, s, t, low | high)
    at_s, at_t = _edged(of_s, edges), _edged(of_t, edges)
    fields = at_s.alpha, at_s.sigma, at_t.alpha, at_t.sigma, _edged_gap(inside, s, t, low, high)
    if edges is None:
        return at_t, None, Step(*fields)
    found = EdgedStep(*fields)
    found.inside = Step(of_s.both.alpha, of_s.both.sigma, of_t.both.alpha, of_t.both.sigma, inside)
    still_s, still_t = (_edged(of, edges, low & high) for of in (of_s, of_t))
    found.once = Step(still_s.alpha, still_s.sigma, still_t.alpha, still_t.sigma, inside)
    of_s, of_t = _squares(of_s, edges), _squares(of_t, edges)
    found.square_s, found.snr_s, found.square_t, found.snr_t = of_s.of_sigma, of_s.snr, of_t.of_alpha, of_t.snr
    late, early = torch.where(low | high, s - s.detach(), 1.0), torch.where(low | high, t.detach() - t, 1.0)
    found.growth = 1 / late + 1 / early
    found.preserves = preserves
    return at_t, of_t, found
