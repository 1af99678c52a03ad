r"""The bound with a learned variance, and the hybrid loss that teaches it. Coordinate by coordinate, with
:math:`L = \log(\beta/\tilde\beta)` and r = exp(-v L), a step s > 0 costs

.. math::
    \mathrm{KL}(q(z_s | z_t, x) \Vert \mathcal N(\mu, \Sigma)) = \tfrac12 (r - 1 + v L)
        + r\, w\, (\mathrm{target} - \mathrm{prediction})^2,

with the weight w that the error has at beta-tilde. The hybrid loss adds a little of it to the simple loss, and holds
the prediction fixed in it, so that it teaches v alone:

.. math:: L_{hybrid} = L_{simple} + \lambda L_{vlb}, \qquad \lambda = 0.001.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from udm.arguments import integers, numbers
from udm.cells import on_rows
from udm.ddpm import step_of
from udm.denoiser import Parameterization, convert, target
from udm.density import decoding, valued
from udm.gaussian import total
from udm.loss import diffusion, discrete_weight, nats_per_bit
from udm.model import Model, check_model, shared
from udm.process import Marginal, Step, diffuse
from udm.shapes import Event, Indices, PerExample, PerExample64, events, indices, over, per_example, records, working
from udm.stable import excess, expm1, to_float64, to_widest
from udm.time import step_number
from udm.variance import first_interpolated, log_range
from udm.weight import simple


def learned_divergence(goal: Event, prediction: Event, share: Event, step: Step, kind: Parameterization) -> PerExample:
    """Return KL(q(z_s | z_t, x) || p(z_s | z_t)) of a step with the learned variance, s > 0.

    Args:
        goal: what the network should predict, ``(batch, *event)``, floating.
        prediction: what it predicts, ``(batch, *event)``, of the dtype and device of the goal.
        share: v, ``(batch, *event)``, of the dtype and device of the goal.
        step: the step from s to t, each field ``(batch,)`` float64.
        kind: what the network predicts, "x", "eps", "v" or "score".

    Returns:
        The divergence in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if goal, prediction and share differ in shape, dtype or device or are not floating, ``kind`` is
            unknown, or ``step`` is not a Step of their batch.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (6), (15).

    Claim: iddpm.loss, iddpm.variance
    """
    where = "udm.hybrid.learned_divergence"
    events(where, goal=goal, prediction=prediction, share=share)
    records(where, len(goal), Step, step=step)
    weight, rise = over(share, discrete_weight(step, kind), log_range(step))
    fall = -to_float64(share) * rise  # log r
    r = torch.exp(fall)
    dtype = working(goal.dtype)
    squares = torch.square(to_float64(goal.to(dtype) - prediction.to(dtype)))
    return to_widest(total(excess(expm1(fall), r) / 2 + r * weight * squares), goal.device)


class Terms(NamedTuple):
    """What one step of each example gives.

    Attributes:
        decoded: T times -log p(x | z_{1/T}) where it is the first step, else 0, nats, ``(batch,)`` floating.
        diffusion: T times the divergence where it is another, else 0, nats, ``(batch,)`` floating.
        squares: the error of the prediction in eps, summed over the event, ``(batch,)`` floating.
    """

    decoded: PerExample
    diffusion: PerExample
    squares: PerExample


def learned_terms(
    where: str, model: Model, data: Tensor, levels: Tensor | None, T: int, t: PerExample64, eps: Event, *,
    decoded: bool = True, held: bool = False
) -> Terms:  # fmt: skip
    """Return the terms of the steps in which the times t fall, of one call of the network.

    If ``decoded``, the first step is, by cells, or by its density if the data are no levels; ``held`` stops the
    gradient of the prediction in the bound.
    """
    x = valued(data, levels)
    kind, i = model.parameterization, step_number(t, T)
    at, step = step_of(model.schedule, i, T)
    z = diffuse(x, eps, at)
    prediction, share = shared(where, model, z, at)
    goal = target(x, eps, at, kind)
    squares = diffusion(goal, prediction, None if kind == "eps" else simple(at, kind))
    fixed = prediction.detach() if held else prediction
    if not decoded:
        return Terms(torch.zeros_like(squares), T * learned_divergence(goal, fixed, share, step, kind), squares)
    at_first, first = _decoded(model, z, at, fixed, share, data, levels, i, T)
    inner = Step(*(torch.where(first, 0.5, a) for a in step))  # the divergence of the first step is infinite
    rest = learned_divergence(goal, fixed, share, inner, kind)
    return Terms(T * at_first, T * torch.where(first.to(rest.device), 0.0, rest), squares)


def _decoded(
    model: Model, z: Event, at: Marginal, prediction: Event, share: Event, data: Tensor, levels: Tensor | None,
    i: PerExample64, T: int
) -> tuple[PerExample, Tensor]:  # fmt: skip
    first = i == 1
    x_hat = convert(prediction, z, at, model.parameterization, "x")
    var = first_interpolated(share, model.schedule, T)
    return on_rows(first.to(z.device), decoding(levels), data, x_hat, var), first


def hybrid_loss(
    model: Model,
    index: Indices,
    levels: Tensor,
    t: PerExample64,
    T: int,
    eps: Event,
    share_of_bound: float = 0.001,
) -> PerExample:
    r"""Return :math:`L_{simple} + \lambda L_{vlb}`, in which no gradient goes through the prediction in L_vlb.

    L_simple is the squared error of eps per dimension, and L_vlb T times the term of the step in which t falls, in bits
    per dimension.

    Args:
        model: whose denoiser is a :class:`udm.calling.Ranged`, on a schedule with sigma_0 = 0, as a table of betas.
        index: the data, ``(batch, *event)``, integer levels.
        levels: ``(K,)``, floating, increasing, the value of each level.
        t: times, ``(batch,)`` float64, uniform in (0, 1].
        T: the number of steps.
        eps: the noise of the latent, ``(batch, *event)``, of the dtype and device of the levels.
        share_of_bound: lambda.

    Returns:
        The loss, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if the denoiser says no variance, sigma_0 > 0, lambda is negative, index is not integer, or shapes
            or dtypes do not fit.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (15)-(16) and section 3.1.

    Claim: iddpm.loss, iddpm.variance, ddpm.decoder
    """
    where = "udm.hybrid.hybrid_loss"
    check_model(where, model)
    indices(where, index=index)
    per_example(where, levels=levels)
    return hybrid(where, model, index, levels, t, T, eps, share_of_bound)


def hybrid(
    where: str, model: Model, data: Tensor, levels: Tensor | None, t: PerExample64, T: int, eps: Event,
    share_of_bound: float = 0.001
) -> PerExample:  # fmt: skip
    """Return the hybrid loss of levels, or of values if there are no levels, for the public function ``where``."""
    per_example(where, len(data), t=t)
    integers(where, T=T)
    numbers(where, share_of_bound=share_of_bound)
    if not share_of_bound >= 0:
        raise ValueError(f"{where}: expected share_of_bound >= 0, got {share_of_bound}")
    if model.schedule.sigma_0() > 0:
        got = f"{type(model.schedule).__name__} with sigma_0 = {model.schedule.sigma_0():.2g}"
        raise ValueError(f"{where}: expected a schedule with sigma_0 = 0, as a table of betas, got {got}")
    terms = learned_terms(where, model, data, levels, T, t, eps, held=True)
    dims = data.shape[1:].numel()
    return terms.squares / dims + share_of_bound * (terms.decoded + terms.diffusion) / nats_per_bit(dims)
