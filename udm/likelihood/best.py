r"""The best variances of DDPM's reverse steps, estimated from data:

.. math::
    v_i = \tilde\beta_i + \Bigl(\frac{\alpha_s \sigma_{t|s}^2}{\sigma_t^2}\Bigr)^2
        \frac{\mathbb E \lVert x - \hat x(z_t) \rVert^2}{D}, \qquad t = i/T,\ s = (i-1)/T.

They depend on the denoiser alone through its mean squared error; for an estimate of a bound, take them from data that
the bound is not evaluated on.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from udm import decoder as softmax
from udm.arguments import seed as a_seed
from udm.bound import steps_of
from udm.ddpm import step_of
from udm.gaussian import total
from udm.likelihood.record import Tally, of_batches, of_levels
from udm.model import Model, check_model, evaluating
from udm.process import diffuse
from udm.shapes import PerExample64, events, per_example
from udm.stable import float64_device, to_float64
from udm.variance import best

_WHERE = "udm.likelihood.best_variance"


@torch.no_grad()
def best_variance(
    model: Model,
    batches: Iterable[Tensor | Sequence[Tensor]],
    levels: Tensor | None = None,
    *,
    T: int | None = None,
    seed: int = 0,
) -> PerExample64:
    """Estimate the variances v_1 .. v_T of reverse steps that make DDPM's bound least, for this denoiser.

    The denoiser is called T times for each batch. v_1 is the mean squared error of the first step, at which the density
    of a normal decoder is best; its cells are a little narrower.

    Args:
        model: the denoiser and the forward process.
        batches: each ``(batch, *event)``, integer levels if ``levels`` is given, and floating data if not; or a tuple
            that begins with it, as loaders give; iterated over once.
        levels: ``(K,)``, floating, the value of each level; None for other data.
        T: the number of steps; on a table of betas, all its steps if absent.
        seed: the seed of the noise.

    Returns:
        v_1 .. v_T, ``(T,)`` float64, on the CPU.

    Raises:
        ValueError: if there is no T, T does not divide the steps of a table, there are no batches, events differ in
            shape, or a level is out of range.

    Source: DDPM, arXiv 2006.11239v2, section 3.2; the case between its two: Bao et al., arXiv 2201.06503.

    Claim: ddpm.variance.optimal, ddpm.variance.loss
    """
    check_model(_WHERE, model)
    evaluating(_WHERE, model)
    of_batches(_WHERE, batches)
    steps, seed = steps_of(_WHERE, model.schedule, T), a_seed(_WHERE, "seed", seed)
    if steps is None:
        raise ValueError(f"{_WHERE}: expected T, the number of steps, got None")
    if levels is not None:
        per_example(_WHERE, levels=levels)
    tally, generator, squares = Tally(_WHERE, 1, "law", "nats"), None, torch.zeros(steps, dtype=torch.float64)
    numbers = 0
    for given in batches:
        batch = tally.shaped(given)
        generator = generator or torch.Generator(batch.device).manual_seed(seed)
        if levels is None:
            events(_WHERE, batch=batch)
        else:
            of_levels(_WHERE, batch, levels)
        x = batch if levels is None else softmax.level(levels.to(batch.device), batch)
        squares += torch.stack([_squares(model, x, i, steps, generator) for i in range(1, steps + 1)])
        numbers += x.numel()
    if numbers == 0:
        raise ValueError(f"{_WHERE}: expected at least one batch, got none")
    i = torch.arange(1, steps + 1, dtype=torch.float64, device=model.schedule.device)
    return best(step_of(model.schedule, i, steps)[1], (squares / numbers).to(i.device)).cpu()


def _squares(model: Model, x: Tensor, i: int, T: int, generator: torch.Generator) -> Tensor:
    """Return the sum of squares of x - x-hat at the time i/T, ()."""
    t = torch.full((len(x),), i / T, dtype=torch.float64, device=float64_device(x.device))
    at = model.schedule.at(t)
    eps = torch.randn(x.shape, dtype=x.dtype, device=x.device, generator=generator)
    x_hat = model.predict(diffuse(x, eps, at), at, "x")
    return total(torch.square(to_float64(x) - to_float64(x_hat))).sum().cpu()
