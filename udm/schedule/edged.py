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

from typing import NamedTuple

import torch
from torch import Tensor

from udm.process import Marginal, Squares
from udm.schedule.edges import INSIDE, Edges, Path, Plain
from udm.stable import sloped


class Inside(NamedTuple):
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


def insides(
    path: Path, found: Marginal | None, times: tuple[Tensor, ...], masks: tuple[Tensor, Tensor]
) -> list[Inside]:
    """Return the path at each of some times, evaluated at once, and once for each field with its own derivative."""
    t = torch.cat(times)
    return insides_of(times, masks, without(path, found, t, *stills(path, *masks)))


def insides_of(times: tuple[Tensor, ...], masks: tuple[Tensor, Tensor], at: list[Marginal]) -> list[Inside]:
    """Return the path at each of some times, given it three times at all of them, as :func:`stills` asks."""

    def rows(a: Tensor) -> tuple[Tensor, ...]:
        return a.reshape(len(times), -1).unbind()

    marginals = [Marginal(*of) for of in zip(*map(rows, at[2]), strict=True)]
    cut = zip(*map(rows, (*masks, at[0].alpha, at[1].sigma)), marginals, strict=True)
    return [Inside(t, *of) for t, of in zip(times, cut, strict=True)]


def stills(path: Path, low: Tensor, high: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor]:
    """Return where the derivative of alpha is to be 0, that of sigma, and those of the marginal of both."""
    roots = path.edges or INSIDE  # where alpha and sigma are linear, their own slope is right
    return high if roots.alpha else None, low if roots.sigma else None, low | high


def without(path: Path, found: Marginal | None, t: Tensor, *still: Tensor | None) -> list[Marginal]:
    """Return the marginal for each mask, with the derivative 0 there: a factor 0 would not take away an infinite one.

    Its values are those ``found``, if the path has plain formulas.
    """
    if path.plain is None or found is None:
        return [path.marginal(t if where is None else torch.where(where, t.detach(), t)) for where in still]
    return [Marginal(*map(sloped, found, *_plainly(path.plain, t, where))) for where in still]


def _plainly(plain: Plain, t: Tensor, *still: Tensor | None) -> list[Marginal]:
    """Return the plain marginal for each mask, all from one batch, since each call would be a graph to compile.

    Whatever is not masked needs finite slopes of all its fields: that of one is multiplied by 0 for another.
    """
    u = torch.cat([t if where is None else torch.where(where, 0.5, t) for where in still])
    fields = (a.chunk(len(still)) for a in plain(u, 1 - u))
    return [Marginal(*of) for of in zip(*fields, strict=True)]


def ends(path: Path, t: Tensor) -> tuple[Tensor, Tensor]:
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
        return without(path, found, t, None)[0], None
    (of,) = insides(path, found, (t,), ends(path, t))
    return edged(of, path.edges), None if path.edges is None else squares(of, path.edges)


def edged(of: Inside, edges: Edges | None, still: Tensor | None = None) -> Marginal:
    """Return the marginal with the slopes of its edges, and the derivative 0 where it has to be ``still``."""
    t = of.t if still is None else torch.where(still, of.t.detach(), of.t)
    rise = torch.where(of.low, t - of.t.detach(), 1.0)  # 0, with the slope 1, where sigma = 0
    fall = torch.where(of.high, of.t.detach() - t, 1.0)
    alpha, sigma = (a if still is None else torch.where(still, a.detach(), a) for a in (of.alpha, of.sigma))
    alpha = torch.where(of.high, torch.sqrt(fall), alpha) if edges is not None and edges.alpha else alpha
    sigma = torch.where(of.low, torch.sqrt(rise), sigma) if edges is not None and edges.sigma else sigma
    gamma = torch.where(of.low, torch.log(rise), torch.where(of.high, -torch.log(fall), of.both.gamma))
    return Marginal(alpha, sigma, gamma)


def squares(of: Inside, edges: Edges) -> Squares:
    """Return the squares of alpha and sigma, with their slopes at the edges."""
    rise, fall = of.t - of.t.detach(), of.t.detach() - of.t
    slopes, ratio = (edges.sigma or 0.0, edges.alpha or 0.0), (of.both.alpha, of.both.sigma)
    return Squares(of.low, of.high, rise, fall, slopes, of.alpha, of.sigma, ratio)


def edged_gap(path: Path, s: Tensor, t: Tensor) -> Tensor:
    """Return the gap, whose slope at an edge is infinite in the time that is there, and 0 in the other."""
    found = None if path.plain is None else path.gap(s.detach(), t.detach())
    if path.edges == INSIDE:
        return _gap_without(path, found, s, t, torch.zeros_like(s, dtype=torch.bool))
    low, high = edges_of_step(path, s, t)
    return gap_at_edges(_gap_without(path, found, s, t, low | high), s, t, low, high)


def edges_of_step(path: Path, s: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
    """Return the steps that begin where sigma = 0, and those that end where alpha = 0."""
    edges = path.edges
    if edges is None:
        with torch.no_grad():
            fixed = torch.isinf(path.gap(s, t))
        return fixed & (s == 0), fixed & (t == 1)
    never = torch.zeros_like(s, dtype=torch.bool)
    low, high = never if edges.sigma is None else s == 0, never if edges.alpha is None else t == 1
    return low & (s < t), high & (s < t)


def gap_at_edges(inside: Tensor, s: Tensor, t: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Return the gap, whose slope is that of its edge where a step is at one."""
    fall_s, fall_t = torch.where(low, s - s.detach(), 1.0), torch.where(high, t.detach() - t, 1.0)
    edge = torch.where(low, -torch.log(fall_s), -torch.log(fall_t))
    return torch.where(low | high, edge, inside)


def _gap_without(path: Path, found: Tensor | None, s: Tensor, t: Tensor, where: Tensor) -> Tensor:
    """Return the gap, with the derivative 0 in both times of some steps; its value is ``found``, as of marginals."""
    if path.plain is None or found is None:
        return path.gap(torch.where(where, s.detach(), s), torch.where(where, t.detach(), t))
    return _gap_by(found, *_plainly(path.plain, torch.cat([s, t]), _no_slope(found, where)))


def _no_slope(gap: Tensor, where: Tensor) -> Tensor:
    """Return where neither time has a slope of the gap: NaN has none."""
    where = where | ~(gap > 0)
    return torch.cat([where, where])


def _gap_by(found: Tensor, plain: Marginal) -> Tensor:
    gamma_s, gamma_t = plain.gamma.chunk(2)
    return sloped(found, gamma_t - gamma_s)


def with_gap(
    path: Path, s: Tensor, t: Tensor, still: tuple[Tensor | None, ...], where: Tensor
) -> tuple[list[Marginal], Tensor]:
    """Return :func:`without` at both times, one after the other, and the gap without derivatives in some steps.

    The slopes of the last of the marginals are finite.
    """
    both = torch.cat([s, t])
    if path.plain is None:
        return without(path, None, both, *still), _gap_without(path, None, s, t, where)
    found, gap = path.pair(s.detach(), t.detach())
    *apart, last = still
    at, of_gap = _plainly(path.plain, both, last, _no_slope(gap, where))
    return [*without(path, found, both, *apart), Marginal(*map(sloped, found, at))], _gap_by(gap, of_gap)
