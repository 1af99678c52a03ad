"""A step that is differentiated in its times, whose coefficients keep their slopes at the edges of time."""

import torch
from torch import Tensor

from udm.process import Marginal, Squares, Step
from udm.schedule.edged import Inside, edged, edges_of_step, ends, gap_at_edges, insides_of, squares, stills, with_gap
from udm.schedule.edges import INSIDE, Edges, Path


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
    of: list[Inside]
    edges: Edges
    at_edge: tuple[Tensor, Tensor]
    preserves: bool

    @property
    def once(self) -> Step:
        """The same step, with the derivative 0 in both times if both are at an edge: there 0 times a root is 0."""
        still = self.at_edge[0] & self.at_edge[1]
        return _step([edged(of, self.edges, still) for of in self.of], self.inside.gap)

    @property
    def square_s(self) -> Tensor:
        """sigma_s^2, ``(batch,)`` float64."""
        return squares(self.of[0], self.edges).of_sigma

    @property
    def square_t(self) -> Tensor:
        """alpha_t^2, ``(batch,)`` float64."""
        return squares(self.of[1], self.edges).of_alpha

    @property
    def drop(self) -> Tensor:
        """SNR(s) - SNR(t) at an edge, ``(batch,)`` float64."""
        return squares(self.of[0], self.edges).snr - squares(self.of[1], self.edges).snr

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
    """Return the marginal at t, its squares, and the step, which keeps what the slopes of its coefficients need."""
    if path.edges == INSIDE:
        (both,), gap = with_gap(path, s, t, (None,), torch.zeros_like(s, dtype=torch.bool))
        at = [Marginal(*of) for of in zip(*(a.chunk(2) for a in both), strict=True)]
        return at[1], None, _step(at, gap)
    masks, at_edge = ends(path, torch.cat([s, t])), edges_of_step(path, s, t)
    three, inside = with_gap(path, s, t, stills(path, *masks), at_edge[0] | at_edge[1])
    of = insides_of((s, t), masks, three)
    at = [edged(each, path.edges) for each in of]
    step = _step(at, gap_at_edges(inside, s, t, *at_edge))
    if path.edges is None:
        return at[1], None, step
    made = EdgedStep(*step)
    made.inside, made.of, made.edges = _step([each.both for each in of], inside), of, path.edges
    made.at_edge, made.preserves = at_edge, preserves
    return at[1], squares(of[1], path.edges), made


def _step(at: list[Marginal], gap: Tensor) -> Step:
    """Return the step between two marginals."""
    return Step(at[0].alpha, at[0].sigma, at[1].alpha, at[1].sigma, gap)
