r"""One network under several schedules with the same end points: what must agree, and what need not.

.. math::
    \mathbb E[\ell] = L_\infty \text{ depends on } \gamma(0), \gamma(1) \text{ alone}, \qquad
    \mathrm{Var}[\ell],\quad \ell = \tfrac12 \gamma'(t) \lVert \epsilon - \hat\epsilon \rVert^2,\ t \sim U(0, 1],
    \text{ on all of } \gamma.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from udm.bound import variational_bound
from udm.decoder import window
from udm.likelihood.record import Term, of_levels
from udm.model import Model
from udm.schedule import Schedule
from udm.stable import to_float64, widest
from udm.time import systematic_times

ENDS = 1e-6  # how far apart the end points of two schedules may lie


class Row(NamedTuple):
    """A schedule's bound, and the variance of one draw of its diffusion term, bits per dimension and their square."""

    schedule: str
    bound: Term
    variance: Term


@torch.no_grad()
def invariance(
    model: Model,
    schedules: Mapping[str, Schedule],
    batches: Sequence[Tensor],
    levels: Tensor,
    *,
    repeats: int = 16,
    seed: int = 0,
) -> list[Row]:
    """The bound and the variance of its estimate under each schedule, each from noise of its own.

    Args:
        model: the network; its own schedule sets the end points.
        schedules: by name, all with these end points.
        batches: integer levels, (batch, *event), gone through once a repeat.
        levels: (K,), floating.
        repeats: how often; errors are from the spread between repeats.
        seed: of all randomness.

    Raises:
        ValueError: fewer than 2 repeats, or a schedule with other end points, by its name.
        NotImplementedError: a schedule with no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, section 5.1 and figure 4.

    Claim: vdm.loss.invariance
    """
    if repeats < 2:
        raise ValueError(f"invariance: expected repeats >= 2, got {repeats}")
    ends = model.schedule.span()
    for name, schedule in schedules.items():
        if max(abs(a - b) for a, b in zip(schedule.span(), ends, strict=True)) > ENDS:
            raise ValueError(f"invariance: expected end points {ends} of {name}, got {schedule.span()}")
    for batch in batches:
        of_levels("invariance", batch, levels)
    width = window(levels, ends[0])
    return [
        _row(name, model._replace(schedule=schedule), batches, levels, width, repeats, seed + i)
        for i, (name, schedule) in enumerate(schedules.items())
    ]


def disagreement(rows: Sequence[Row]) -> float:
    """The largest difference of two bounds, in its standard errors; inf where they differ and have none.

    Raises:
        ValueError: fewer than two rows.
    """
    if len(rows) < 2:
        raise ValueError(f"disagreement: expected two schedules or more, got {len(rows)}")
    return max(_apart(a.bound, b.bound) for i, a in enumerate(rows) for b in rows[:i])


def limit(schedules: int, repeats: int, false_alarm: float = 1e-9) -> float:
    r"""What ``disagreement`` exceeds with a chance of at most ``false_alarm`` where all bounds are equal.

    The means of ``repeats`` evaluations are taken as normal, so that a difference over its estimated error is Student's
    t of at least repeats - 1 degrees of freedom (Welch's, of two unequal variances: more); the pairs share the chance.

    Raises:
        ValueError: fewer than 2 schedules or repeats.
    """
    if schedules < 2 or repeats < 2:
        raise ValueError(f"limit: expected schedules >= 2 and repeats >= 2, got {schedules} and {repeats}")
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    return -float(stdtrit(repeats - 1, false_alarm / math.comb(schedules, 2) / 2))  # pyright: ignore[reportUnknownArgumentType]


def _apart(a: Term, b: Term) -> float:
    difference, error = abs(a.value - b.value), math.hypot(a.standard_error, b.standard_error)
    return difference / error if error else math.inf * difference if difference else 0.0


def _row(
    name: str, model: Model, batches: Sequence[Tensor], levels: Tensor, width: int, repeats: int, seed: int
) -> Row:
    generator = torch.Generator(batches[0].device).manual_seed(seed)
    count = sum(len(batch) for batch in batches)
    totals: list[float] = []
    squares: list[float] = []
    means: list[float] = []
    for _ in range(repeats):
        u_0 = torch.rand((), dtype=widest(batches[0].device), generator=generator, device=batches[0].device)
        place, total = 0, 0.0
        draws: list[Tensor] = []
        for batch in batches:
            t = systematic_times(len(batch), u_0, offset=place, total=count, device=batch.device)
            # a fixed order would give each example the same share of the times
            t = t[torch.randperm(len(batch), generator=generator, device=batch.device).to(t.device)]
            bits = batch[0].numel() * math.log(2)
            bound = variational_bound(model, batch, levels, window=width, t=t, generator=generator)
            total += float(to_float64(bound.total).sum()) / bits
            draws.append(to_float64(bound.diffusion) / bits)
            place += len(batch)
        each = torch.cat(draws)
        totals.append(total / count)
        means.append(float(each.mean()))
        squares.append(float(torch.square(each).mean()))
    return Row(name, _term(totals), _variance(squares, means))


def _variance(squares: Sequence[float], means: Sequence[float]) -> Term:
    """E l^2 - (E l)^2 of single draws, without bias; its error by the first order of both means."""
    centre, error, _ = _term(means)
    value = sum(squares) / len(squares) - centre * centre + error * error  # E centre^2 = (E l)^2 + Var centre
    around = _term([s - 2 * centre * m for s, m in zip(squares, means, strict=True)])
    return Term(value, around.standard_error, "(bits/dim)^2")


def _term(values: Sequence[float]) -> Term:
    a = torch.tensor(values, dtype=torch.float64)
    return Term(float(a.mean()), float(a.std() / math.sqrt(len(a))), "bits/dim")
