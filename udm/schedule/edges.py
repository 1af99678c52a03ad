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
from udm.stable import sloped


class Edges(NamedTuple):
    """The slopes of sigma^2 and alpha^2 at the ends of time where they are 0.

    Attributes:
        sigma: d sigma^2/dt at t = 0; None if sigma_0 > 0.
        alpha: -d alpha^2/dt at t = 1; None if alpha_1 > 0.
    """

    sigma: float | None
    alpha: float | None


INSIDE = Edges(None, None)  # gamma is finite at both ends: no edge


class Path(NamedTuple):
    """What a schedule computes, and how it is differentiated in time.

    Attributes:
        marginal: the marginal at times.
        gap: the gap between two times, NaN where it is not positive.
        pair: the marginal at both of two times, one after the other, and the gap, with what they share computed once.
        edges: the slopes at the ends; None if nobody says.
        plain: the marginal at t, given t and 1 - t, by formulas of few operations: its derivatives are used, and its
            values are not. None if the derivatives are those of the operations that compute the values.
    """

    marginal: Callable[[Tensor], Marginal]
    gap: Callable[[Tensor, Tensor], Tensor]
    pair: Callable[[Tensor, Tensor], tuple[Marginal, Tensor]]
    edges: Edges | None
    plain: Callable[[Tensor, Tensor], Marginal] | None

    @property
    def direct(self) -> bool:
        """Whether autograd of the values is right, and there are no formulas of fewer operations."""
        return self.edges == INSIDE and self.plain is None


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


def _inside(path: Path, found: Marginal | None, *times: Tensor) -> list[_Inside]:
    """Evaluate the path for all times at once, and once for each field: another would bring its infinite slope."""
    t, (low, high) = torch.cat(times), _ends(path, torch.cat(times))
    roots = path.edges or INSIDE  # where alpha and sigma are linear, their own slope is right
    alpha = _without(path, found, t, high if roots.alpha else None).alpha
    sigma = _without(path, found, t, low if roots.sigma else None).sigma
    both = _without(path, found, t, low | high)

    def rows(a: Tensor) -> tuple[Tensor, ...]:
        return a.reshape(len(times), -1).unbind()

    marginals = [Marginal(*of) for of in zip(*map(rows, both), strict=True)]
    cut = zip(rows(low), rows(high), rows(alpha), rows(sigma), marginals, strict=True)
    return [_Inside(t, *of) for t, of in zip(times, cut, strict=True)]


def _without(path: Path, found: Marginal | None, t: Tensor, where: Tensor | None) -> Marginal:
    """Return the marginal, with the derivative 0 at some times: a factor 0 would not take away an infinite one.

    Its values are those ``found``, if the path has plain formulas.
    """
    if path.plain is None or found is None:
        return path.marginal(t if where is None else torch.where(where, t.detach(), t))
    u = t if where is None else torch.where(where, 0.5, t)
    return Marginal(*map(sloped, found, path.plain(u, 1 - u)))


def _ends(path: Path, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return where sigma = 0 and where alpha = 0."""
    edges = path.edges
    if edges is None:
        with torch.no_grad():
            at = path.marginal(t)
        return at.sigma == 0, at.alpha == 0
    never = torch.zeros_like(t, dtype=torch.bool)
    return never if edges.sigma is None else t == 0, never if edges.alpha is None else t == 1


def edged_marginal(path: Path, t: Tensor) -> tuple[Marginal, Squares | None]:
    """Return the marginal at t, whose slopes at an edge are infinite where they are so, and its squares.

    If nobody says whether alpha and sigma are roots there, only the slope of gamma is mended.
    """
    found = None if path.plain is None else path.marginal(t.detach())
    if path.edges == INSIDE:
        return _without(path, found, t, None), None
    (of,) = _inside(path, found, t)
    return _edged(of, path.edges), None if path.edges is None else _squares(of, path.edges)


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


def edged_gap(path: Path, s: Tensor, t: Tensor) -> Tensor:
    """Return the gap, whose slope at an edge is infinite in the time that is there, and 0 in the other."""
    found = None if path.plain is None else path.gap(s.detach(), t.detach())
    if path.edges == INSIDE:
        return _gap_without(path, found, s, t, torch.zeros_like(s, dtype=torch.bool))
    low, high = _edges_of_step(path, s, t)
    return _edged_gap(_gap_without(path, found, s, t, low | high), s, t, low, high)


def _edges_of_step(path: Path, s: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return the steps that begin where sigma = 0, and those that end where alpha = 0."""
    edges = path.edges
    if edges is None:
        with torch.no_grad():
            fixed = torch.isinf(path.gap(s, t))
        return fixed & (s == 0), fixed & (t == 1)
    never = torch.zeros_like(s, dtype=torch.bool)
    low, high = never if edges.sigma is None else s == 0, never if edges.alpha is None else t == 1
    return low & (s < t), high & (s < t)


def _edged_gap(inside: Tensor, s: Tensor, t: Tensor, low: Tensor, high: Tensor) -> Tensor:
    fall_s, fall_t = torch.where(low, s - s.detach(), 1.0), torch.where(high, t.detach() - t, 1.0)
    edge = torch.where(low, -torch.log(fall_s), -torch.log(fall_t))
    return torch.where(low | high, edge, inside)


def _gap_without(path: Path, found: Tensor | None, s: Tensor, t: Tensor, where: Tensor) -> Tensor:
    """Return the gap, with the derivative 0 in both times of some steps; its value is ``found``, as of marginals."""
    if path.plain is None or found is None:
        return path.gap(torch.where(where, s.detach(), s), torch.where(where, t.detach(), t))
    where = where | ~(found > 0)  # NaN has no slope
    u = torch.cat([torch.where(where, 0.5, s), torch.where(where, 0.5, t)])
    gamma_s, gamma_t = path.plain(u, 1 - u).gamma.chunk(2)
    return sloped(found, gamma_t - gamma_s)


class EdgedStep(Step):
    """A step that is differentiated in its times, and may begin or end at an edge.

    What is made of its five fields alone, as a new Step is, has no slope of c at the root's edge, but NaN.

    Attributes:
        inside: the same step, with the derivative 0 in a time that is at an edge.
        of: the path at s and at t, apart: 0 times an infinite slope of the one would be in a slope of the other.
        edges: its slopes at the ends of time.
        at_edge: whether the step begins where sigma = 0, or ends where alpha = 0, each ``(batch,)`` bool.
        preserves: whether the path is known to preserve variance.
    """

    inside: Step
    of: list[_Inside]
    edges: Edges
    at_edge: tuple[Tensor, Tensor]
    preserves: bool

    @property
    def once(self) -> Step:
        """The same step, with the derivative 0 in both times if both are at an edge: there 0 times a root is 0."""
        still = self.at_edge[0] & self.at_edge[1]
        return _step([_edged(of, self.edges, still) for of in self.of], self.inside.gap)

    @property
    def square_s(self) -> Tensor:
        """sigma_s^2, ``(batch,)`` float64."""
        return _squares(self.of[0], self.edges).of_sigma

    @property
    def square_t(self) -> Tensor:
        """alpha_t^2, ``(batch,)`` float64."""
        return _squares(self.of[1], self.edges).of_alpha

    @property
    def drop(self) -> Tensor:
        """SNR(s) - SNR(t) at an edge, ``(batch,)`` float64."""
        return _squares(self.of[0], self.edges).snr - _squares(self.of[1], self.edges).snr

    @property
    def growth(self) -> Tensor:
        """SNR(s)/SNR(t) at an edge, ``(batch,)`` float64: infinite, and so are its slopes."""
        s, t, at_edge = self.of[0].t, self.of[1].t, self.at_edge[0] | self.at_edge[1]
        late, early = torch.where(at_edge, s - s.detach(), 1.0), torch.where(at_edge, t.detach() - t, 1.0)
        return 1 / late + 1 / early

    @property
    def _edge(self) -> Tensor:
        return torch.isinf(self.inside.gap)

    @property
    def kept(self) -> Tensor:
        e = self.square_s / torch.square(self.alpha_s) * (self.square_t / torch.square(self.sigma_t))
        return torch.where(self._edge, e, self.inside.kept)

    @property
    def root_kept(self) -> Tensor:
        once = self.once
        k = once.sigma_s / self.alpha_s * (once.alpha_t / self.sigma_t)
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
        return torch.where(self._edge, self.drop, self.inside.snr_drop)

    @property
    def snr_growth(self) -> Tensor:
        return torch.where(self._edge, self.growth, self.inside.snr_growth)

    @property
    def scaled_growth(self) -> Tensor:
        drop = torch.square(self.sigma_t) * self.drop
        return torch.where(self._edge, drop, self.inside.scaled_growth)

    @property
    def norm_t(self) -> Tensor:
        return torch.ones_like(self.alpha_t) if self.preserves else super().norm_t


def edged_step(path: Path, s: Tensor, t: Tensor, preserves: bool) -> tuple[Marginal, Squares | None, Step]:
    """Return :func:`edged_marginal` at t, and the step, which keeps what the slopes of its coefficients need."""
    found, gap = (None, None) if path.plain is None else path.pair(s.detach(), t.detach())
    if path.edges == INSIDE:
        gap = _gap_without(path, gap, s, t, torch.zeros_like(s, dtype=torch.bool))
        fields = (a.chunk(2) for a in _without(path, found, torch.cat([s, t]), None))
        at = [Marginal(*of) for of in zip(*fields, strict=True)]
        return at[1], None, _step(at, gap)
    of, at_edge = _inside(path, found, s, t), _edges_of_step(path, s, t)
    inside = _gap_without(path, gap, s, t, at_edge[0] | at_edge[1])
    at = [_edged(each, path.edges) for each in of]
    step = _step(at, _edged_gap(inside, s, t, *at_edge))
    if path.edges is None:
        return at[1], None, step
    made = EdgedStep(*step)
    made.inside, made.of, made.edges = _step([each.both for each in of], inside), of, path.edges
    made.at_edge, made.preserves = at_edge, preserves
    return at[1], _squares(of[1], path.edges), made


def _step(at: list[Marginal], gap: Tensor) -> Step:
    """Return the step between two marginals."""
    return Step(at[0].alpha, at[0].sigma, at[1].alpha, at[1].sigma, gap)
