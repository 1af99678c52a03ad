r"""Progressive coding: what has been sent of x when z_t is known, and what is then missing of it.

The rate is what the bound costs from the noise to t, and the distortion is the error of the prediction there,

.. math::
    R(t) = \mathrm{KL}(q(z_1|x) \Vert p(z_1)) + \sum_{i/T > t} L_i, \qquad
    D(t) = \sqrt{\mathbb E \lVert x - \hat x(z_t) \rVert^2 / D},

with an integral from t to 1 for the sum in continuous time. Times are cut into stretches. Each gives the mean of its
steps' costs at one of them, drawn anew for each example, so that R has no bias. D is the root of a mean without bias,
and has the relative error of half its square's.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import torch
from torch import Tensor

from udm.arguments import integers
from udm.arguments import seed as a_seed
from udm.bound import diffusion_at, estimate, steps_of
from udm.decoder import window
from udm.density import valued
from udm.likelihood.classes import given_classes
from udm.likelihood.record import Error, Evaluation, Scale, Tally, Term, Unit, of_batches, of_levels
from udm.loss import diffusion, prior
from udm.model import Model, check_model, evaluating
from udm.process import diffuse
from udm.ranks import generator, in_turn
from udm.schedule.base import Schedule
from udm.shapes import Event, PerExample, PerExample64, events, per_example
from udm.stable import float64_device
from udm.time import systematic_times
from udm.variance import Variance, checked

_WHERE = "udm.likelihood.progressive"
RANGE, STRETCHES = 255.0, 16  # of the levels, in units of the distortion; if no number is asked for


class Place(NamedTuple):
    """What is known at a time.

    Attributes:
        t: the time, 1 for noise.
        rate: what was sent up to z_t, with its standard error.
        distortion: the root mean squared error of x-hat(z_t), with its standard error.
    """

    t: float
    rate: Term
    distortion: Term


@dataclass(frozen=True)
class Coding(Evaluation):
    """The places of a progressive code, from noise to data, and its whole length as the term "total".

    Attributes:
        terms: the rate and the distortion of each place by name, and "total", each with its standard error.
        meaning: the meaning of the numbers in words.
        examples: how many examples were evaluated.
        repeats: how often.
        places: from t = 1 to the last latent.
    """

    places: tuple[Place, ...] = ()

    def record(self) -> dict[str, object]:
        """Return numbers and words for JSON.

        Returns:
            The places as "curve", each with t and both terms, the total, and also meaning, examples and repeats.
        """
        curve = [{"t": at.t, "rate": at.rate._asdict(), "distortion": at.distortion._asdict()} for at in self.places]
        words = {"meaning": self.meaning, "examples": self.examples, "repeats": self.repeats}
        return {"curve": curve, "total": self.total._asdict(), **words}


@torch.no_grad()
def progressive(
    model: Model,
    batches: Iterable[Tensor | Sequence[Tensor]],
    levels: Tensor | None = None,
    *,
    T: int | None = None,
    variance: Variance | None = None,
    stretches: int = STRETCHES,
    repeats: int = 4,
    seed: int = 0,
    error: Error = "data",
    unit: Unit = "bits/dim",
    divided: bool = False,
    conditional: bool = False,
) -> Coding:
    r"""Estimate the rate and the distortion of the progressive code of data, at times from noise to data.

    The rate at t is what a coder that wastes nothing sends until the receiver knows z_t, and the distortion is how far
    the receiver's x-hat(z_t) is from x then. The total is the whole code, for levels with the decoder's part, after
    which nothing is missing; it is the bound of :func:`udm.likelihood.evaluate`. Predictions are cut to the range of
    the levels before their error is taken, as in DDPM's code, which only lowers it.

    Args:
        model: the denoiser and the forward process.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; or a tuple
            that begins with it, as loaders give; iterated over once.
        levels: ``(K,)``, floating, increasing, the value of each level; None for other data.
        T: the number of steps, as in :func:`udm.likelihood.evaluate`.
        variance: that of the reverse steps, a name or v_1 .. v_T, ``(T,)``, floating, as there.
        stretches: into how many parts, equal in t, the times are cut; at most T, each of which has a place at its end.
        repeats: how often each batch is evaluated.
        seed: the seed of all randomness; the same seed gives the same numbers on one device.
        error: what the standard errors cover: the noise and times alone, over these "data" (needs 2 repeats), or also
            the draw of the data from their "law" (needs 2 batches).
        unit: of rates, "bits/dim" or "nats" per example.
        divided: whether the ranks of torch.distributed divide the batches, as in :func:`udm.likelihood.evaluate`.
        conditional: whether each batch is (events, classes), and the denoiser gets the classes, as there.

    Returns:
        The places from t = 1 on, and the total. Distortions of levels are on the scale on which the first level is 0
        and the last 255, and those of other data in their own units.

    Raises:
        ValueError: if sigma_0 = 0 in continuous time, where the rate is infinite; there are too few repeats or batches
            for a standard error; events differ in shape; a level is out of range or levels do not increase; or an
            argument has another shape, dtype or range than these.

    Source: DDPM, arXiv 2006.11239v2, section 4.3.

    Claim: coding.gaussian, vdm.vlb.decomposition, vdm.loss.discrete.unbiased
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    of_batches(_WHERE, batches)
    steps, seed = steps_of(_WHERE, model.schedule, T), a_seed(_WHERE, "seed", seed)
    chosen = _variance(variance, steps)
    edges = _edges(model.schedule, steps, stretches)
    if levels is not None:
        _increasing(levels)
    sent, whole, missing = (Tally(_WHERE, repeats, error, of) for of in (unit, unit, "nats"))

    def terms(k: int, given: Tensor | Sequence[Tensor]) -> tuple[torch.Size, list[Tensor]]:
        batch = whole.shaped(given)
        if levels is not None:
            of_levels(_WHERE, batch, levels)
        else:
            events(_WHERE, batch=batch)
        random = generator(batch.device, seed, k)
        of = given_classes(_WHERE, model, given) if conditional else model
        runs = [_draw(of, batch, levels, steps, chosen, edges, random) for _ in range(repeats)]
        return batch.shape, [torch.stack(column) for column in zip(*runs, strict=True)]

    for shape, (rates, squares, last) in in_turn(batches, terms, divided=divided):
        sent.add(shape, **{str(k): rates[:, k] for k in range(rates.shape[1])})
        missing.add(shape, **{str(k): squares[:, k] for k in range(squares.shape[1])})
        whole.add(shape, total=rates[:, -1] + last)
    rate, mse, total = sent.terms(), missing.terms(), whole.terms()["total"]
    scale, named = _scale(levels)
    places = tuple(
        Place(t, rate[str(k)], _root(mse[str(k)], scale, named)) for k, (t, _) in enumerate(_times(edges, steps))
    )
    named_terms = {f"{of} at t = {at.t:g}": getattr(at, of) for at in places for of in ("rate", "distortion")}
    meaning = whole.meaning(_words(levels, steps, chosen))
    return Coding(named_terms | {"total": total}, meaning, sum(whole.sizes), repeats, places)


def _draw(
    model: Model,
    batch: Tensor,
    levels: Tensor | None,
    T: int | None,
    variance: Variance | None,
    edges: Sequence[float],
    random: torch.Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the rates and the mean squared errors at the edges, each (edges, batch), and the cost of the rest."""
    levels = None if levels is None else levels.to(batch.device)
    x = valued(batch, levels)
    ones = torch.ones(len(x), dtype=torch.float64, device=float64_device(x.device))
    rate = prior(x, model.schedule.at(ones))
    rates, squares = [rate], [_square(model, x, levels, ones, random)]
    for (t, high), (s, low) in zip(_times(edges, T)[:-1], _times(edges, T)[1:], strict=True):
        at = _within(low, high, T, x, random)
        rate = rate + (t - s) * diffusion_at(_WHERE, model, x, at, T, variance, random)
        rates.append(rate)
        squares.append(_square(model, x, levels, s * ones, random))
    last = _decoded(model, batch, levels, T, variance, random)
    return torch.stack(rates).cpu(), torch.stack(squares).cpu(), last.cpu()


def _within(low: float, high: float, T: int | None, x: Event, random: torch.Generator) -> PerExample64:
    """Return times of a stretch, one for each example; in T steps the middles of steps, so that no rounding moves them.

    The ends are steps' numbers then, and times else.
    """
    u = systematic_times(len(x), device=x.device, generator=random)
    return low + (high - low) * u if T is None else (low + torch.ceil(u * (high - low)) - 0.5) / T


def _square(model: Model, x: Event, levels: Tensor | None, t: PerExample64, random: torch.Generator) -> PerExample:
    """Return ||x - x-hat(z_t)||^2/D, (batch,)."""
    at = model.schedule.at(t)
    eps = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=random)
    x_hat = model.predict(diffuse(x, eps, at), at, "x")
    if levels is not None:
        x_hat = x_hat.clamp(float(levels[0]), float(levels[-1]))
    return diffusion(x, x_hat) / x.shape[1:].numel()


def _decoded(
    model: Model,
    batch: Tensor,
    levels: Tensor | None,
    T: int | None,
    variance: Variance | None,
    random: torch.Generator,
) -> PerExample:
    """Return the decoder's part of the code, (batch,); there is none of data that are no levels."""
    if levels is None:
        return torch.zeros(len(batch), dtype=torch.float64)
    some = None if model.schedule.sigma_0() == 0 else window(levels, model.schedule.span()[0])
    made = estimate(_WHERE, model, batch, levels, T=T, window=some, t=None, generator=random, variance=variance)
    return made.reconstruction


def _edges(schedule: Schedule, T: int | None, stretches: int) -> list[float]:
    """Return the ends of the stretches from t = 1 on, as numbers of steps if there are steps, and as times else."""
    integers(_WHERE, stretches=stretches)
    if stretches < 1:
        raise ValueError(f"{_WHERE}: expected stretches >= 1, got {stretches}")
    whole = schedule.sigma_0() == 0
    if T is None:
        if whole:
            got = f"{type(schedule).__name__} with sigma_0 = 0"
            raise ValueError(
                f"{_WHERE}: expected sigma_0 > 0 in continuous time, got {got}, where the rate is infinite: give T, or"
                " cut the schedule with udm.schedule.Truncated"
            )
        return [1 - k / stretches for k in range(stretches)] + [0.0]
    last = int(whole)  # the first step of a path from sigma = 0 is the decoder's
    cut = max(1, min(stretches, T - last))
    return sorted({float(last + (T - last) * k // cut) for k in range(cut + 1)}, reverse=True)


def _times(edges: Sequence[float], T: int | None) -> list[tuple[float, float]]:
    """Return each end as a time, and as it is."""
    return [(edge if T is None else edge / T, edge) for edge in edges]


def _increasing(levels: Tensor) -> None:
    per_example(_WHERE, levels=levels)
    if len(levels) < 2 or not bool((torch.diff(levels) > 0).all()):
        raise ValueError(f"{_WHERE}: expected levels that increase, at least two")


def _variance(variance: Variance | None, T: int | None) -> Variance | None:
    if variance is None:
        return None
    if T is None:
        raise ValueError(f"{_WHERE}: expected no variance in continuous time, got {variance!r}")
    return cast(Variance, checked(_WHERE, variance, T))


def _scale(levels: Tensor | None) -> tuple[float, Scale]:
    if levels is None:
        return 1.0, "of the data"
    return RANGE / float(levels[-1] - levels[0]), "of 255"


def _root(square: Term, scale: float, unit: Scale) -> Term:
    """Return the root of a mean, with its error to first order."""
    root = math.sqrt(square.value)
    return Term(scale * root, scale * square.standard_error / (2 * root) if root > 0 else 0.0, unit)


def _words(levels: Tensor | None, T: int | None, variance: Variance | None) -> str:
    """Say what the numbers are of."""
    given = "given" if isinstance(variance, Tensor) else variance or "beta-tilde"
    of = "continuous time" if T is None else f"{T} steps of variance {given}"
    total = "the total includes the decoder" if levels is not None else "the total is what the last latent costs"
    return f"rate sent up to z_t, without bias, and root mean squared error of x-hat(z_t); {total}; {of}"
