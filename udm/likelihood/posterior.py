r"""The class of an example by Bayes' rule, from the bounds of a conditional model:

.. math:: p(y \mid x) \approx \frac{p(y)\, e^{-L_y(x)}}{\sum_k p(k)\, e^{-L_k(x)}}, \qquad L_y(x) \ge -\log p(x \mid y).

It is the model's posterior where all bounds are equally tight, and else gives the odds of two classes the factor
exp(slack_b - slack_a). All classes share noise and times, so that what the draws of two bounds have in common cancels.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from udm.arguments import functions, integers
from udm.arguments import seed as a_seed
from udm.bound import Decoder, estimate, estimate_of
from udm.likelihood.classes import given_classes
from udm.model import Model, check_model, evaluating
from udm.ranks import generator
from udm.shapes import instance, per_example
from udm.variance import Variance

_WHERE = "udm.likelihood.class_posterior"


class ClassPosterior(NamedTuple):
    """The classes of a batch.

    Attributes:
        probability: p(y | x) by bounds, ``(batch, classes)`` float64, each row of the sum 1.
        bound: the estimates of the bounds on -log p(x | y), nats, ``(batch, classes)`` float64.
        standard_error: of each bound's distance to the least one of its row, nats, ``(batch, classes)`` float64; where
            it is not small beside that distance, the class is not settled.
    """

    probability: Float[Tensor, "batch classes"]
    bound: Float[Tensor, "batch classes"]
    standard_error: Float[Tensor, "batch classes"]


@torch.no_grad()
def class_posterior(
    model: Model,
    x: Tensor,
    classes: int,
    levels: Tensor | None = None,
    *,
    decoder: Decoder | None = None,
    prior: Sequence[float] | Tensor | None = None,
    T: int | None = None,
    variance: Variance | None = None,
    repeats: int = 16,
    seed: int = 0,
) -> ClassPosterior:
    """Estimate the probability of each class of each example.

    Args:
        model: whose denoiser takes classes, ``(batch,)`` int64, as a third argument.
        x: ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not.
        classes: how many there are; their numbers are 0 .. classes - 1.
        levels: ``(K,)``, floating, the value of each level; None for other data.
        decoder: (x, z_0, at_0) to -log p(x | z_0), ``(batch,)``, floating, nats, for data that are no levels.
        prior: p(y), a positive number for each of K classes, ``(K,)``, floating, or a sequence; uniform if absent.
            They are divided by their sum.
        T: the number of steps of the discrete bound, as in :func:`udm.likelihood.evaluate`.
        variance: that of its reverse steps, a name or v_1 .. v_T, ``(T,)``, floating, as there.
        repeats: how often each bound is drawn, at least 2; the noise is the same for all classes.
        seed: the seed of all randomness.

    Returns:
        The probabilities, the bounds that they come from, and the standard errors of their distances.

    Raises:
        ValueError: if there are fewer than 2 classes or repeats, not one positive number of ``prior`` for each class,
            neither or both of levels and decoder, or an argument has another shape, dtype or range than these.

    Source: Bayes' rule; Li et al., arXiv 2303.16203, with the noise shared by all classes.

    Claim: likelihood.classes
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    instance(_WHERE, Tensor, x=x)
    if x.ndim < 2:
        raise ValueError(f"{_WHERE}: expected x of shape (batch, *event), got {tuple(x.shape)}")
    integers(_WHERE, classes=classes, repeats=repeats)
    seed = a_seed(_WHERE, "seed", seed)
    if classes < 2 or repeats < 2:
        raise ValueError(f"{_WHERE}: expected classes >= 2 and repeats >= 2, got {classes} and {repeats}")
    if (levels is None) == (decoder is None):
        raise ValueError(f"{_WHERE}: expected levels or a decoder, got {'both' if levels is not None else 'neither'}")
    if levels is not None:
        per_example(_WHERE, levels=levels)
    if decoder is not None:
        functions(_WHERE, decoder=decoder)
    log_prior = _log_prior(prior, classes)

    def drawn(y: int, k: int) -> Tensor:
        of = given_classes(_WHERE, model, (x, torch.full((len(x),), y, device=x.device)))
        random = generator(x.device, seed, k)
        if levels is not None:
            found = estimate(_WHERE, of, x, levels, T=T, window=None, t=None, generator=random, variance=variance)
        else:
            assert decoder is not None
            found = estimate_of(_WHERE, of, x, decoder, T=T, t=None, generator=random, variance=variance)
        return found.total.double().cpu()

    draws = torch.stack([torch.stack([drawn(y, k) for y in range(classes)], dim=1) for k in range(repeats)])
    bound = draws.mean(dim=0)
    distance = draws - draws.gather(2, bound.argmin(dim=1)[None, :, None].expand(repeats, -1, 1))
    error = distance.std(dim=0) / repeats**0.5
    return ClassPosterior(torch.softmax(log_prior - bound, dim=1), bound, error)


def _log_prior(prior: Sequence[float] | Tensor | None, classes: int) -> Tensor:
    if prior is None:
        return torch.zeros(classes, dtype=torch.float64)
    try:
        found = torch.as_tensor(prior, dtype=torch.float64).cpu()
    except (TypeError, ValueError, RuntimeError):
        found = torch.zeros(())
    if found.shape != (classes,) or not bool(((found > 0) & torch.isfinite(found)).all()):
        raise ValueError(f"{_WHERE}: expected prior of {classes} positive numbers, got {prior!r}")
    return torch.log(found / found.sum())
