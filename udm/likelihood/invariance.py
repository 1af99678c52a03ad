r"""The bound of one network under several schedules with the same end points. For one draw of the diffusion term,

.. math::
    \ell = \tfrac12 \gamma'(t) \lVert \epsilon - \hat\epsilon \rVert^2, \qquad t \sim U(0, 1],

the mean :math:`\mathbb E[\ell] = L_\infty` depends on :math:`\gamma(0)` and :math:`\gamma(1)` alone, so all schedules
must agree on it. The variance :math:`\mathrm{Var}[\ell]` depends on all of :math:`\gamma`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias, cast

import torch
from torch import Tensor

from udm.arguments import functions, integers
from udm.arguments import seed as a_seed
from udm.bound import Decoder, estimate, estimate_of
from udm.decoder import window
from udm.density import valued
from udm.likelihood.record import Term, of_levels
from udm.likelihood.tails import ENOUGH, Carried
from udm.loss import Bound, nats_per_bit
from udm.model import Model, check_model, evaluating
from udm.ranks import generator, in_turn
from udm.schedule import Schedule
from udm.shapes import instance, per_example
from udm.stable import to_float64, widest
from udm.time import systematic_times

ENDS = 1e-6  # how far apart the end points of two schedules may be
Bounds: TypeAlias = Callable[[Model, Tensor, Tensor, torch.Generator], Bound]  # of (model, batch, times, random)
_WHERE = "udm.likelihood.invariance.invariance"


class Row(NamedTuple):
    """The bound under a schedule, and how much one draw of it varies.

    Attributes:
        schedule: the name of the schedule.
        bound: in bits per dimension, with its standard error.
        variance: of one draw of the diffusion term, in squared bits per dimension, with its standard error.
        carried: how many draws carry the error of the bound; below 25 it is not to be trusted.
        carried_variance: how many carry that of the variance.
    """

    schedule: str
    bound: Term
    variance: Term
    carried: float = math.inf
    carried_variance: float = math.inf


@torch.no_grad()
def invariance(
    model: Model,
    schedules: Mapping[str, Schedule],
    batches: Sequence[Tensor],
    levels: Tensor | None = None,
    *,
    decoder: Decoder | None = None,
    repeats: int = 16,
    seed: int = 0,
    divided: bool = False,
) -> list[Row]:
    """Estimate the bound, and the variance of one draw of it, under each schedule with its own noise.

    Args:
        model: the network; the end points are those of its own schedule.
        schedules: the schedules by name, all with these end points.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; iterated
            over once per repeat.
        levels: ``(K,)``, floating, the value of each level; None for other data.
        decoder: (x, z_0, at_0) to -log p(x | z_0), as in :func:`udm.likelihood.evaluate`.
        repeats: how often all batches are evaluated; the standard errors come from the spread between repeats.
        seed: the seed of all randomness.
        divided: whether the ranks of torch.distributed divide the batches, as in :func:`udm.likelihood.evaluate`.

    Returns:
        A row for each schedule, in their order.

    Raises:
        ValueError: if both levels and decoder are absent, repeats < 2, there is no batch, a level is out of range,
            levels is not floating of shape (K,), or a schedule has other end points.
        NotImplementedError: if a schedule has no derivative (Betas).

    Source: VDM, arXiv 2107.00630v6, section 5.1 and figure 4.

    Claim: vdm.loss.invariance
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    integers(_WHERE, repeats=repeats)
    seed = a_seed(_WHERE, "seed", seed)
    instance(_WHERE, Mapping, schedules=schedules)
    instance(_WHERE, Sequence, batches=batches)
    if repeats < 2:
        raise ValueError(f"{_WHERE}: expected repeats >= 2, got {repeats}")
    if len(batches) == 0:
        raise ValueError(f"{_WHERE}: expected at least one batch, got none")
    if levels is None and decoder is None:
        raise ValueError(f"{_WHERE}: expected levels, for discrete data, or a decoder, got neither")
    if levels is not None:
        per_example(_WHERE, levels=levels)
    if decoder is not None:
        functions(_WHERE, decoder=decoder)
    ends = model.schedule.span()
    for name, schedule in schedules.items():
        instance(_WHERE, Schedule, **{f"schedules[{name!r}]": schedule})
        if max(abs(a - b) for a, b in zip(schedule.span(), ends, strict=True)) > ENDS:
            raise ValueError(f"{_WHERE}: expected end points {ends} of {name}, got {schedule.span()}")
    for batch in batches if levels is not None else ():
        of_levels(_WHERE, batch, cast(Tensor, levels))
    bounds = _bounds(levels, decoder, ends[0])
    return [
        _row(name, model._replace(schedule=schedule), batches, bounds, repeats, seed + i, divided)
        for i, (name, schedule) in enumerate(schedules.items())
    ]


def disagreement(rows: Sequence[Row]) -> float:
    """Return the largest difference of two bounds in its standard errors, or inf if two differ without any error.

    Args:
        rows: of two schedules or more.

    Returns:
        A number of standard errors.

    Raises:
        ValueError: if there are fewer than two rows.
    """
    if len(rows) < 2:
        raise ValueError(f"udm.likelihood.invariance.disagreement: expected two schedules or more, got {len(rows)}")
    return max(_apart(a.bound, b.bound) for i, a in enumerate(rows) for b in rows[:i])


def comparable(rows: Sequence[Row]) -> list[Row]:
    """Return the rows whose bounds can be compared, because enough draws carry their errors.

    Args:
        rows: of any number of schedules.

    Returns:
        Those of at least ENOUGH draws.
    """
    return [row for row in rows if row.carried >= ENOUGH]


def limit(schedules: int, repeats: int, false_alarm: float = 1e-9) -> float:
    r"""Return the number that ``disagreement`` exceeds with probability <= ``false_alarm`` if all bounds are equal.

    The means of ``repeats`` evaluations are treated as normal, so that a difference over its estimated error follows
    Student's t with at least repeats - 1 degrees of freedom (Welch's, for two unequal variances, has more). The
    probability is divided evenly among the pairs.

    Args:
        schedules: how many are compared.
        repeats: how often each was evaluated.
        false_alarm: the probability to stay below.

    Returns:
        A number of standard errors.

    Raises:
        ValueError: if there are fewer than 2 schedules or repeats.
    """
    if schedules < 2 or repeats < 2:
        where = "udm.likelihood.invariance.limit"
        raise ValueError(f"{where}: expected schedules >= 2 and repeats >= 2, got {schedules} and {repeats}")
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    return -float(stdtrit(repeats - 1, false_alarm / math.comb(schedules, 2) / 2))  # pyright: ignore[reportUnknownArgumentType]


def _apart(a: Term, b: Term) -> float:
    difference, error = abs(a.value - b.value), math.hypot(a.standard_error, b.standard_error)
    return difference / error if error else math.inf * difference if difference else 0.0


def _bounds(levels: Tensor | None, decoder: Decoder | None, gamma_0: float) -> Bounds:
    """Return the estimate of the bound: of levels by their softmax, or of values by the decoder."""
    if decoder is None:
        x_k = cast(Tensor, levels)
        width = window(x_k, gamma_0)
        return lambda model, batch, t, random: estimate(
            _WHERE, model, batch, x_k, T=None, window=width, t=t, generator=random
        )
    return lambda model, batch, t, random: estimate_of(
        _WHERE, model, valued(batch, levels), decoder, T=None, t=t, generator=random
    )


def _row(
    name: str,
    model: Model,
    batches: Sequence[Tensor],
    bounds: Bounds,
    repeats: int,
    seed: int,
    divided: bool,
) -> Row:
    places = [0, *accumulate(len(batch) for batch in batches)]

    def draws(k: int, batch: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return the total and the diffusion term of each example in bits per dimension, for each repeat."""
        bits, at = nats_per_bit(batch.shape[1:].numel()), batch.device
        found: list[tuple[Tensor, Tensor]] = []
        for repeat in range(repeats):
            u_0 = torch.rand((), dtype=widest(at), generator=generator(at, seed, repeat), device=at)
            random = generator(at, seed, repeat, k)
            t = systematic_times(len(batch), u_0, offset=places[k], total=places[-1], device=at)
            # in a fixed order each example would always get the same range of times
            t = t[torch.randperm(len(batch), generator=random, device=at).to(t.device)]
            bound = bounds(model, batch, t, random)
            found.append((to_float64(bound.total).cpu() / bits, to_float64(bound.diffusion).cpu() / bits))
        return found

    of_batches = list(in_turn(batches, draws, divided=divided))
    of_repeats = [[torch.cat(terms) for terms in zip(*rows, strict=True)] for rows in zip(*of_batches, strict=True)]
    kept = [diffusion for _, diffusion in of_repeats]
    totals = [float(total.mean()) for total, _ in of_repeats]
    means, squares = ([float(a.mean()) for a in powers] for powers in (kept, map(torch.square, kept)))
    return Row(name, _term(totals), _variance(squares, means), *(_carried(each) for each in _around(kept)))


def _around(draws: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the deviations of all draws from their mean, and those of their squares."""
    each = torch.cat(list(draws))
    d = each - each.mean()
    return d, torch.square(d) - torch.square(d).mean()


def _carried(deviations: Tensor) -> float:
    carried = Carried()
    carried.add(deviations)
    return carried.by


def _variance(squares: Sequence[float], means: Sequence[float]) -> Term:
    """Estimate E l^2 - (E l)^2 of single draws without bias; its error is that of the first order in both means."""
    centre, error, _ = _term(means)
    value = sum(squares) / len(squares) - centre * centre + error * error  # E centre^2 = (E l)^2 + Var centre
    around = _term([s - 2 * centre * m for s, m in zip(squares, means, strict=True)])
    return Term(value, around.standard_error, "(bits/dim)^2")


def _term(values: Sequence[float]) -> Term:
    a = torch.tensor(values, dtype=torch.float64)
    return Term(float(a.mean()), float(a.std() / math.sqrt(len(a))), "bits/dim")
