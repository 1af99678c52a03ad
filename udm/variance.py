r"""The variance v of a reverse step N(mu, v I), which DDPM chooses apart from the mean, and what the choice costs:

.. math::
    \mathrm{KL}(q(z_s | z_t, x) \Vert p(z_s | z_t)) = \frac D2 (r - 1 - \log r)
        + r\, \frac{\lVert \mu_Q - \mu \rVert^2}{2 \sigma_Q^2}, \qquad r = \frac{\sigma_Q^2}{v},

where :math:`\sigma_Q^2 = \tilde\beta_t` is the variance of the posterior. Two choices have names. beta-tilde is best
for data at one point, and beta, the variance :math:`\sigma_{t|s}^2` of the forward step, for data of N(0, I). In
between,

.. math:: v^* = \tilde\beta_t + \Bigl(\frac{\alpha_s \sigma_{t|s}^2}{\sigma_t^2}\Bigr)^2
    \frac{\mathbb E \lVert x - \hat x(z_t) \rVert^2}{D}

is best for any data and any denoiser. A network may learn it, coordinate by coordinate, as a share v of the way from
beta-tilde to beta on a log scale,

.. math:: \Sigma = e^{v \log\beta + (1 - v) \log\tilde\beta} = \tilde\beta\, (\sigma_t^2/\sigma_s^2)^v, \qquad
    r = (\sigma_s^2/\sigma_t^2)^v.

The first step, which ends at the data where sigma = 0, has beta-tilde = 0, and
its decoder needs a variance: with the name beta-tilde it is that of the second step, as in the authors' code.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

import torch
from torch import Tensor

from udm.process import Step
from udm.schedule.base import Schedule
from udm.shapes import Event, PerExample64, events, over, records
from udm.stable import excess, norm_squared, to_float64

Name: TypeAlias = Literal["beta-tilde", "beta"]
Learned: TypeAlias = Literal["learned"]  # by the network, which says a share v of it: udm.calling.Ranged
Variance: TypeAlias = Name | Learned | Sequence[float] | Tensor  # by name, or v_1 .. v_T
NAMES = get_args(Name)


class Cost(NamedTuple):
    """What a variance changes in the divergence of a step.

    Attributes:
        ratio: r, by which the squared error counts more, ``(batch,)`` float64.
        excess: r - 1 - log r, twice the cost of a dimension, ``(batch,)`` float64.
    """

    ratio: PerExample64
    excess: PerExample64


def checked(where: str, variance: Variance, T: int) -> Name | Learned | Tensor:
    """Return the name, or the table v_1 .. v_T as (T,) float64.

    Raises:
        ValueError: if it is another name, or no T numbers that are finite and at least 0, all but the first positive.
    """
    if isinstance(variance, str):
        if variance not in (*NAMES, "learned"):
            expected = 'one of "beta-tilde", "beta", "learned", or a table'
            raise ValueError(f"{where}: expected variance {expected}, got {variance!r}")
        return variance
    table = _numbers(where, variance)
    if table.shape != (T,):
        raise ValueError(f"{where}: expected variance of {T} steps, ({T},), got {tuple(table.shape)}")
    fine = torch.isfinite(table) & (table >= 0)
    if not bool(fine.all() and (table[1:] > 0).all()):
        i = int((~(fine & ((table > 0) | (torch.arange(T) == 0)))).int().argmax())
        raise ValueError(f"{where}: expected variance positive and finite, got {float(table[i])} of step {i + 1}")
    return table


def counted(where: str, variance: Sequence[float] | Tensor) -> int:
    """Return how many steps a table of variances has.

    Raises:
        ValueError: if it is none.
    """
    return _numbers(where, variance).shape[0]


def _numbers(where: str, variance: Sequence[float] | Tensor) -> Tensor:
    try:
        table = torch.as_tensor(variance, dtype=torch.float64).detach().cpu()
    except (TypeError, ValueError, RuntimeError):
        table = torch.zeros(())
    if table.ndim != 1 or not len(table):
        raise ValueError(f"{where}: expected variance a name, or numbers v_1 .. v_T, got {variance!r}")
    return table


def of_step(variance: Name | Tensor, step: Step, i: PerExample64) -> PerExample64:
    """Return v of steps that have the numbers i = 1 .. T, each (batch,) float64."""
    if isinstance(variance, Tensor):
        return variance.to(i.device)[i.long() - 1]
    return step.var_ts if variance == "beta" else step.posterior_var


def of_first(variance: Name | Tensor, schedule: Schedule, T: int) -> PerExample64:
    """Return v_1, the variance of the decoder, (1,) float64."""
    if isinstance(variance, Tensor):
        return variance[:1]
    one = torch.ones(1, dtype=torch.float64, device=schedule.device)
    if variance == "beta" or T == 1:
        return schedule.between(0 * one, one / T).var_ts
    return schedule.between(one / T, 2 * one / T).posterior_var


def cost(variance: Name | Tensor, step: Step, i: PerExample64) -> Cost:
    """Return what the variance of a step changes in its divergence.

    Claim: ddpm.loss.mu, kl.gauss
    """
    if isinstance(variance, str) and variance == "beta-tilde":
        return Cost(torch.ones_like(step.gap), torch.zeros_like(step.gap))
    if isinstance(variance, str):
        ratio = torch.square(step.sigma_s / step.sigma_t)
        return Cost(ratio, excess(_fall(step), ratio))
    v = of_step(variance, step, i)
    return Cost(step.posterior_var / v, excess((step.posterior_var - v) / v, step.posterior_var / v))


def _fall(step: Step) -> PerExample64:
    r"""Return :math:`\sigma_s^2/\sigma_t^2 - 1`, which is :math:`-\alpha_s^2 c` on a path that preserves variance."""
    preserving = (norm_squared(step.alpha_s, step.sigma_s) == 1) & (norm_squared(step.alpha_t, step.sigma_t) == 1)
    ends = (step.sigma_s - step.sigma_t) / step.sigma_t * ((step.sigma_s + step.sigma_t) / step.sigma_t)
    return torch.where(preserving, -torch.square(step.alpha_s) * step.c, ends)


def best(step: Step, mean_square: PerExample64) -> PerExample64:
    r"""Return :math:`v^*`, given :math:`\mathbb E \lVert x - \hat x \rVert^2/D` at t, each (batch,) float64.

    Claim: ddpm.variance.optimal, ddpm.variance.loss
    """
    return step.posterior_var + torch.square(step.weight_x) * mean_square


def log_range(step: Step) -> PerExample64:
    r"""Return :math:`\log(\beta/\tilde\beta) = \log(\sigma_t^2/\sigma_s^2)`, (batch,) float64; inf where sigma_s = 0.

    Where it is short it comes from sigma_s^2/sigma_t^2 - 1, and where it is long from the quotient.

    Claim: iddpm.loss
    """
    quotient, fall = step.sigma_s / step.sigma_t, _fall(step)
    short = fall > -0.5
    long = -2 * torch.log(torch.where(short, 1.0, quotient))
    return torch.where(short, -torch.log1p(torch.where(short, fall, 0.0)), long)


def interpolated(share: Event, step: Step) -> Event:
    r"""Return the learned variance :math:`\Sigma = \exp(v \log\beta + (1 - v) \log\tilde\beta)`.

    It is between beta-tilde and beta for v in [0, 1].

    Args:
        share: v, ``(batch, *event)``, floating.
        step: the step from s to t, each field ``(batch,)`` float64; sigma_s > 0.

    Returns:
        The variance, ``(batch, *event)``, in the dtype of the share; NaN where sigma_s = 0, as beta-tilde is 0 there.

    Raises:
        ValueError: if the share is not floating or has no batch axis, or ``step`` is not a Step of its batch.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (15).

    Claim: iddpm.variance, iddpm.variance.bounds
    """
    where = "udm.variance.interpolated"
    events(where, share=share)
    records(where, len(share), Step, step=step)
    tilde, rise = over(share, step.posterior_var, log_range(step))
    return (tilde * torch.exp(to_float64(share) * rise)).to(share.dtype).to(share.device)


def first_interpolated(share: Event, schedule: Schedule, T: int) -> Event:
    """Return the learned variance of the first step, whose beta-tilde is that of the second, (batch, *event)."""
    beta, tilde = (of_first(name, schedule, T).log().expand(len(share)) for name in ("beta", "beta-tilde"))
    high, low = over(share, beta, tilde)
    v = to_float64(share)
    return torch.exp(v * high + (1 - v) * low).to(share.dtype).to(share.device)
