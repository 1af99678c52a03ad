r"""The variational bound of data under a model, estimated without bias:

.. math::
    -\log p(x) \le -\mathrm{VLB}(x) = \text{prior} + \text{reconstruction} + \text{diffusion}.
"""

import warnings
from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from udm import decoder as softmax
from udm.arguments import functions
from udm.arguments import seed as a_seed
from udm.bound import Decoder, estimate, estimate_of, steps_of
from udm.density import gaussian, none
from udm.likelihood.classes import given_classes
from udm.likelihood.record import Error, Evaluation, Tally, Unit, of_batches, of_levels
from udm.loss import Bound
from udm.model import Model, check_model, evaluating
from udm.ranks import generator, in_turn
from udm.shapes import per_example
from udm.variance import Learned, Name, Variance, checked

_WHERE = "udm.evaluate"


@torch.no_grad()
def evaluate(
    model: Model,
    batches: Iterable[Tensor | Sequence[Tensor]],
    levels: Tensor | None = None,
    *,
    decoder: Decoder | None = None,
    T: int | None = None,
    variance: Variance | None = None,
    repeats: int = 4,
    seed: int = 0,
    error: Error = "data",
    unit: Unit = "bits/dim",
    divided: bool = False,
    conditional: bool = False,
) -> Evaluation:
    """Estimate the bound's prior, reconstruction, diffusion and total, each with its standard error.

    For discrete data the total is an upper bound on -log P(x). For continuous data, with a decoder that is a density,
    it is an upper bound on the differential -log p(x). The numbers are unbiased estimates of the bound's terms. Each
    batch and each repeat has its own noise and its own systematic times, which depend on the seed and the batch's place
    alone.

    Args:
        model: the denoiser and the forward process.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; or a tuple
            that begins with it, as loaders give; iterated over once.
        levels: ``(K,)``, floating, the value of each level; its dtype is that of all latents, and must resolve sigma_0.
            None for other data.
        decoder: (x, z_0, at_0) to -log p(x | z_0), ``(batch,)``, floating, nats; VDM's softmax over the levels if
            absent. :func:`udm.density.gaussian` is one for continuous data. With :func:`udm.density.none` the total is
            an upper bound on KL(q(z_0 | x) || p(z_0)), and on nothing of x itself.
        T: the number of steps of the discrete bound, or None for the continuous one, and on a table of betas for all
            its steps. If sigma_0 = 0 (as in a table) a number gives DDPM's bound, whose reconstruction term is that of
            the first step.
        variance: that of the reverse steps of a discrete bound: "beta-tilde" (the default), "beta", "learned" by a
            network of twice the channels (:class:`udm.calling.Ranged`), or v_1 .. v_T, ``(T,)``, floating, or a
            sequence of numbers, as :func:`udm.likelihood.best_variance` gives them. None in continuous time.
        repeats: how often each batch is evaluated.
        seed: the seed of all randomness; the same seed gives the same numbers on one device.
        error: what the standard errors cover: the noise and times alone, over these "data" (needs 2 repeats), or also
            the draw of the data from their "law" (needs 2 batches).
        unit: "bits/dim" or "nats" per example.
        divided: whether the ranks of torch.distributed divide the batches. Each has to call this with all of them
            (those of a sequence are read by one rank alone), and gets the result of one process, up to rounding.
        conditional: whether each batch is (events, classes), and the denoiser gets the classes, ``(batch,)``, as a
            third argument: the bound is then one on -log p(x | class).

    Returns:
        The terms "prior", "reconstruction", "diffusion" and "total", each a mean over the data with its standard error.

    Raises:
        ValueError: if both levels and decoder are absent; ``error`` or ``unit`` is unknown; there are too few repeats
            or batches for a standard error; events differ in shape; a level is out of range; there is a variance in
            continuous time; or an argument has another shape, dtype or range than these.

    Source: VDM, arXiv 2107.00630v6, eq. (11)-(17); DDPM, arXiv 2006.11239v2, section 3.2.

    Claim: vdm.vlb.bound, vdm.vlb.decomposition, vdm.loss.continuous.eps, ddpm.loss.mu
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    if levels is None and decoder is None:
        raise ValueError(f"{_WHERE}: expected levels, for discrete data, or a decoder, got neither")
    of_batches(_WHERE, batches)
    steps = steps_of(_WHERE, model.schedule, T)
    if variance is not None:
        variance = _chosen(variance, steps)
    seed = a_seed(_WHERE, "seed", seed)
    if decoder is not None:
        functions(_WHERE, decoder=decoder)
    tally = Tally(_WHERE, repeats, error, unit)
    if levels is not None:
        per_example(_WHERE, levels=levels)
        _resolved(model, levels.dtype, "levels")
    width = None if levels is None or decoder is not None else _window(model, levels)

    def terms(k: int, given: Tensor | Sequence[Tensor]) -> tuple[torch.Size, list[Tensor]]:
        batch = tally.shaped(given)
        if levels is not None:
            of_levels(_WHERE, batch, levels)
        elif decoder is gaussian:
            _resolved(model, batch.dtype, "batches")
        random = generator(batch.device, seed, k)
        of = given_classes(_WHERE, model, given) if conditional else model
        runs = [_draw(of, batch, levels, decoder, steps, width, random, variance) for _ in range(repeats)]
        return batch.shape, [torch.stack(column).cpu() for column in zip(*runs, strict=True)]

    for shape, columns in in_turn(batches, terms, divided=divided):
        tally.add(shape, **dict(zip(Bound._fields, columns, strict=True)))
    _finite(model, steps)
    on = _bounded(" | class" if conditional else "", levels, decoder)
    return tally.evaluation(f"unbiased estimate of an upper bound on {on}; {_steps(model, steps, variance)}")


def _bounded(given: str, levels: Tensor | None, decoder: Decoder | None) -> str:
    """Say what the bound is on."""
    if decoder is none:
        return f"KL(q(z_0 | x) || p(z_0{given})), without a decoder: it says nothing of x itself"
    if levels is not None:
        return f"-log P(x{given}), probability of levels"
    return f"-log p(x{given}), density{', by a normal decoder' if decoder is gaussian else ''}"


def _draw(
    model: Model,
    batch: Tensor,
    levels: Tensor | None,
    decoder: Decoder | None,
    T: int | None,
    window: int | None,
    generator: torch.Generator,
    variance: Variance | None,
) -> Bound:
    if decoder is None:
        assert levels is not None
        return estimate(
            _WHERE, model, batch, levels, T=T, window=window, t=None, generator=generator, variance=variance
        )
    x = batch if levels is None else softmax.level(levels.to(batch.device), batch)
    return estimate_of(_WHERE, model, x, decoder, T=T, t=None, generator=generator, variance=variance)


def _finite(model: Model, T: int | None) -> None:
    """Warn of a bound that no denoiser but a perfect one makes finite, for which a number is printed all the same."""
    if T is None and model.schedule.sigma_0() == 0:
        message = (
            f"{_WHERE}: expected sigma_0 > 0 in continuous time, got {type(model.schedule).__name__} with sigma_0 = 0,"
            " where the bound is infinite unless the denoiser's error vanishes with t: no number of draws shows it;"
            " cut the schedule with udm.schedule.Truncated"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=3)


def _chosen(variance: Variance, T: int | None) -> Name | Learned | Tensor:
    if T is None:
        raise ValueError(f"{_WHERE}: expected no variance in continuous time, got {variance!r}")
    return checked(_WHERE, variance, T)


def _steps(model: Model, T: int | None, variance: Variance | None) -> str:
    """Say what the bound is of."""
    if T is None:
        return _continuous(model)
    given = "given" if isinstance(variance, Tensor) else variance or "beta-tilde"
    return f"{T} steps of variance {given}"


def _continuous(model: Model) -> str:
    if model.schedule.sigma_0() > 0:
        return "continuous time"
    return "continuous time to sigma = 0: infinite, whatever the number, unless the denoiser's error vanishes there"


def _resolved(model: Model, dtype: torch.dtype, name: str) -> None:
    """Require a dtype that rounds latents near 1 by less than their noise; else z_0 would not follow q(z_0 | x)."""
    sigma_0 = model.schedule.sigma_0()
    if dtype.is_floating_point and 0 < sigma_0 < torch.finfo(dtype).eps:
        raise ValueError(f"{_WHERE}: expected {name} of a dtype that resolves sigma_0 = {sigma_0:.2g}, got {dtype}")


def _window(model: Model, levels: Tensor) -> int:
    return softmax.window(levels, model.schedule.span()[0])
