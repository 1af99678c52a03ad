r"""DDIM inversion: from data to the noise that DDIM's steps take back to them, along a rising grid,

.. math::
    z_t = \frac{\alpha_t}{\alpha_s} z_s + \sigma_t (1 - k)\, \hat\epsilon, \qquad
    k = e^{-(\gamma_t - \gamma_s)/2} = \frac{\sigma_s \alpha_t}{\alpha_s \sigma_t}, \qquad s < t.

With the eps-hat that the step from t to s used, it is that step's inverse. A network at z_s and s says another, so the
way there and back misses by its change; the miss shrinks with the steps. Asked again at z_t and t, until nothing moves,
the network says the same on both ways, and the inverse is exact.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from udm.arguments import functions, integers
from udm.model import Model, check_model, evaluating
from udm.process import Marginal, Step
from udm.sample.grid import check_rising, uniform
from udm.sample.path import Path
from udm.shapes import Event, PerExample64, combine, events, records
from udm.stable import one_minus_exp_neg

_WHERE = "udm.sample.encode"


@torch.no_grad()
def encode(
    model: Model,
    x: Event,
    *,
    grid: int | Tensor = 50,
    rounds: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Event:
    r"""Return the latent at the end of a rising grid from which DDIM's steps lead back to the data.

    It begins at :math:`z = \alpha x`, which "rescale" of ``udm.sample.sample`` undoes. A step takes the prediction at
    its beginning, as Euler's method does. Where sigma_s = 0, as in a table of betas, no noise is in z_s, and it takes
    the prediction at its end, at :math:`\alpha_t x`.

    Args:
        model: the denoiser, its path and what it predicts.
        x: the data, ``(batch, *event)``, floating; the denoiser gets latents of this dtype.
        grid: times from data to noise, ``(steps + 1,)`` float64, rising, as ``trailing(1000, 50).flip(0)``; or a number
            of steps uniform in t.
        rounds: how often each step is mended by the prediction at its end. Each is one more evaluation, and comes
            closer to the exact inverse where steps are short enough that the prediction changes little in them.
        progress: called with (steps done, steps in all).

    Returns:
        The latent at the last time, ``(batch, *event)``, in the dtype of x.

    Raises:
        ValueError: if x is not floating or not finite or has no batch axis, the grid does not rise within [0, 1] or
            leaves the times of a table, rounds < 0, the denoiser predicts eps or the score where alpha = 0, or its
            prediction differs from z in shape, dtype or device.
        FloatingPointError: if a latent is not finite.

    Source: Song et al., arXiv 2010.02502v4, section 5.4.

    Claim: ddim.inverse, ddim.forms
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    events(_WHERE, x=x)
    integers(_WHERE, rounds=rounds)
    if rounds < 0:
        raise ValueError(f"{_WHERE}: expected rounds >= 0, got {rounds}")
    if progress is not None:
        functions(_WHERE, progress=progress)
    rising = uniform(grid).flip(0) if isinstance(grid, int) else grid
    check_rising(_WHERE, rising)
    path, z = Path(_WHERE, model, rising.flip(0), x.device), x
    for i in range(path.count):
        move = path.move(path.count - 1 - i, len(x))
        z = combine((move.at_s.alpha, x)) if i == 0 else z
        z = _step(model, z, move.at_s, move.at_t, move.step, rounds)
        if progress is not None:
            progress(i + 1, path.count)
    if not bool(torch.isfinite(z).all()):
        if not bool(torch.isfinite(x).all()):
            raise ValueError(f"{_WHERE}: expected finite x, got others")
        raise FloatingPointError(f"{_WHERE}: expected finite latents, got others: a prediction was not finite")
    return z


def ddim_inverse(z_s: Event, eps_hat: Event, step: Step) -> Event:
    r"""Return :math:`z_t = \alpha_t \hat x + \sigma_t \hat\epsilon` for the data that eps-hat implies in z_s.

    Args:
        z_s: the latent at s, ``(batch, *event)``, floating.
        eps_hat: the predicted noise, ``(batch, *event)``, of the dtype and device of z_s.
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        z_t, ``(batch, *event)``, in the dtype of z_s.

    Raises:
        ValueError: if z_s and eps_hat differ in shape, dtype or device or are not floating, or ``step`` is not a Step
            of their batch.

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and section 5.4.

    Claim: ddim.inverse
    """
    where = "udm.sample.ddim_inverse"
    events(where, z_s=z_s, eps_hat=eps_hat)
    records(where, len(z_s), Step, step=step)
    kept, rise = inverse_coefficients(step)
    return combine((kept, z_s), (rise, eps_hat))


def inverse_coefficients(step: Step) -> tuple[PerExample64, PerExample64]:
    r"""Return :math:`\alpha_t/\alpha_s` and :math:`\sigma_t (1 - k)`, what z_s and eps-hat are multiplied by.

    Args:
        step: the step from s to t, each field ``(batch,)`` float64.

    Returns:
        Both, each ``(batch,)`` float64; NaN where the gap is not positive.

    Claim: ddim.inverse
    """
    return step.alpha_ts, step.sigma_t * one_minus_exp_neg(torch.where(step.gap > 0, step.gap, torch.nan) / 2)


def _step(model: Model, z_s: Event, at_s: Marginal, at_t: Marginal, step: Step, rounds: int) -> Event:
    noiseless = bool((at_s.sigma == 0).all())  # all rows are at one time
    z_t = combine((step.alpha_ts, z_s)) if noiseless else ddim_inverse(z_s, model.predict(z_s, at_s, "eps"), step)
    for _ in range(rounds + noiseless):
        z_t = ddim_inverse(z_s, model.predict(z_t, at_t, "eps"), step)
    return z_t
