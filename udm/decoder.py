r"""VDM's decoder, a softmax over the levels of the data. With y = z_0 / alpha_0 and x_k the levels,

.. math::
    p(x = x_k \mid z_0) = \mathrm{softmax}_k \bigl[-\tfrac12 \mathrm{SNR}_0 (y - x_k)^2\bigr].

**How many levels to sum.** Let the levels be equally spaced by :math:`\Delta`, each within an eighth of its place, and
let :math:`s = \mathrm{SNR}_0 \Delta^2`. Let c be the place nearest to y, at a distance of :math:`|\delta| \le \frac12`
spacings. (If y is outside the levels, c is the end, and what follows holds all the more.) The two largest terms are at
most :math:`1 - |\delta| + \frac18` spacings away, and a level m places from c at least :math:`m - |\delta| - \frac18`,
so its term is smaller than both by the factor

.. math::
    \exp -\tfrac s2 \bigl[(m - |\delta| - \tfrac18)^2 - (1 - |\delta| + \tfrac18)^2\bigr]
    = \exp -\tfrac s2 (m - \tfrac54)(m + 1 - 2|\delta|) \le \exp -\tfrac s2 m (m - \tfrac54).

The loss is log(1 + A) plus a non-negative number, where A is the sum of all terms but the largest, divided by the
largest. Omitting R of A changes log(1 + A) by less than the fraction R / A of it, so the levels up to W places from c
give the loss with a relative error of at most

.. math::
    \frac{R}{A} \le 2 \sum_{m > W} e^{-\frac s2 m (m - \frac54)}
        \le \frac{2 e^{-\frac s2 (W + 1)(W - \frac14)}}{1 - e^{-s (W + \frac78)}},

however small the loss is. At :math:`\gamma_0 = -13.3` and 256 levels on [-1, 1], s = 36.7, and W = 2 omits less than
1e-41.
"""

import math

import torch
from torch import Tensor

from udm.arguments import integers, numbers
from udm.gaussian import total
from udm.process import Marginal
from udm.shapes import Event, Indices, PerExample, PerExample64, events, indices, over, per_example, records
from udm.stable import to_float64, to_widest

_UNIT = 2.0**-53
_PROMISE = 1e-6  # a window whose relative error may exceed this gives NaN


def window(levels: Tensor, gamma_0: float) -> int:
    """Return how many levels on each side of the nearest give the loss to 2^-53, or K if all K are needed.

    All levels are needed if they are not equally spaced. The function looks at values, so call it once rather than at
    each step.

    Args:
        levels: ``(K,)``, floating, the value of each level.
        gamma_0: gamma(0), or an upper bound of it.

    Returns:
        W, the number of places; or K.

    Raises:
        ValueError: if levels is not floating of shape (K,).

    Claim: vdm.decoder.window
    """
    numbers("udm.decoder.window", gamma_0=gamma_0)
    per_example("udm.decoder.window", levels=levels)
    x = [float(a) for a in to_float64(levels).cpu()]
    spacing = (x[-1] - x[0]) / max(len(x) - 1, 1)
    even = spacing > 0 and all(abs(a - x[0] - k * spacing) <= spacing / 8 for k, a in enumerate(x))
    s = math.exp(min(-gamma_0, 700.0)) * spacing**2
    wide = (w for w in range(1, (len(x) - 1) // 2) if even and _left_out(s, w) <= _UNIT)
    return next(wide, len(x))


def reconstruction(
    index: Indices, z_0: Event, at_0: Marginal, levels: Tensor, *, window: int | None = None
) -> PerExample:
    r"""Return -log p(x | z_0) under VDM's decoder, summed over the event.

    .. math::
        -\log \mathrm{softmax}_k \bigl[-\tfrac12 \mathrm{SNR}_0 (z_0/\alpha_0 - x_k)^2\bigr]_{k = j}
        = \log \sum_k e^{d_k}, \qquad
        d_k = \mathrm{SNR}_0 (x_k - x_j) \bigl(z_0/\alpha_0 - \tfrac{x_j + x_k}{2}\bigr).

    The largest term is taken out of the sum, so that a small loss keeps its digits. The computation is in float64, on
    batch * event * K numbers, or batch * event * (2 W + 1) with a window.

    Args:
        index: j, the true level of each coordinate, ``(batch, *event)``, integer in [0, K); any other gives NaN.
        z_0: the latent at time 0, ``(batch, *event)``, floating.
        at_0: the marginal at time 0, each field ``(batch,)`` float64.
        levels: ``(K,)``, floating, the value of each level x_k.
        window: W from :func:`window`, for equally spaced levels; None sums over all. The loss is NaN where the SNR at
            time 0 is so much lower than the one that W was computed for that its relative error might exceed 1e-6.

    Returns:
        The loss in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if index is not integer of the shape of z_0, z_0 is not floating, ``at_0`` is not a Marginal of its
            batch, levels is not floating of shape (K,), or window < 1.

    Source: VDM, arXiv 2107.00630v6, eq. (8).

    Claim: vdm.reverse.decoder, vdm.decoder.window
    """
    where = "udm.reconstruction"
    _check(where, z_0, at_0, levels)
    indices(where, z_0.shape, index=index)
    check_window(where, window)
    x, y, snr = _wide(z_0, at_0, levels)
    x_j = level(x, index.to(x.device))[..., None]
    if window is None or 2 * window + 1 >= len(x):
        return to_widest(_loss(x, x_j, y, snr), z_0.device)
    spacing = (x[-1] - x[0]) / (len(x) - 1)
    kept = _left_out_tensor(at_0.snr.to(x.device) * torch.square(spacing), window) <= _PROMISE
    loss = torch.where(kept, _loss(x[_places(y, x, spacing, window)], x_j, y, snr), torch.nan)
    return to_widest(loss, z_0.device)


def level(x: Tensor, index: Indices) -> Tensor:
    """Return x[index], and NaN where the index is not in [0, K), so that -1 is not the last level.

    Args:
        x: ``(K,)``, floating, the values of the levels.
        index: ``(batch, *event)``, integer.

    Returns:
        The values, ``(batch, *event)``, in the dtype of x.
    """
    index = index.long()  # in uint8, K = 256 would be 0
    known = (index >= 0) & (index < len(x))
    return torch.where(known, x[torch.where(known, index, 0)], torch.nan)


def nearest(y: Event, levels: Tensor) -> Indices:
    """Return the level nearest to y, the upper one at a tie; levels must increase.

    This is the mode of VDM's decoder (and of DDPM's, unless an open end cell is likelier than the cell around y).

    Args:
        y: ``(batch, *event)``, floating.
        levels: ``(K,)``, floating, the value of each level, increasing.

    Returns:
        The index of the level, ``(batch, *event)`` int64, and -1 where y is NaN.

    Raises:
        ValueError: if y is not floating or has no batch axis, or levels is not floating of shape (K,).
    """
    events("udm.decoder.nearest", y=y)
    per_example("udm.decoder.nearest", levels=levels)
    return _nearest(y, levels)


def _nearest(y: Event, levels: Tensor) -> Indices:
    wide = to_float64(y)
    x = to_float64(levels).to(wide.device)
    place = torch.bucketize(wide, (x[1:] + x[:-1]) / 2, right=True)
    return torch.where(wide.isnan(), -1, place).to(y.device)


def mode(z_0: Event, at_0: Marginal, levels: Tensor) -> Indices:
    """Return the likeliest levels given z_0 under VDM's decoder, those nearest to z_0 / alpha_0; levels must increase.

    Args:
        z_0: the latent at time 0, ``(batch, *event)``, floating.
        at_0: the marginal at time 0, each field ``(batch,)`` float64.
        levels: ``(K,)``, floating, the value of each level, increasing.

    Returns:
        The indices of the levels, ``(batch, *event)`` int64, and -1 where z_0 is NaN.

    Raises:
        ValueError: if z_0 is not floating or has no batch axis, ``at_0`` is not a Marginal of its batch, or levels is
            not floating of shape (K,).

    Claim: vdm.reverse.decoder
    """
    _check("udm.decoder.mode", z_0, at_0, levels)
    wide = to_float64(z_0)
    return _nearest(wide / over(z_0, at_0.alpha)[0].to(wide.device), levels).to(z_0.device)


def draw(z_0: Event, at_0: Marginal, levels: Tensor, uniform: Event) -> Indices:
    """Draw the levels given z_0 under VDM's decoder by the inverse of its distribution function.

    Args:
        z_0: the latent at time 0, ``(batch, *event)``, floating.
        at_0: the marginal at time 0, each field ``(batch,)`` float64.
        levels: ``(K,)``, floating, the value of each level.
        uniform: independent uniform numbers in [0, 1), ``(batch, *event)``, of any floating dtype (a half type has so
            few of them that unlikely levels would be drawn too often).

    Returns:
        The indices of the levels, ``(batch, *event)`` int64, and -1 where z_0 or the uniform number is NaN.

    Raises:
        ValueError: if z_0 or uniform is not floating, their shapes differ, ``at_0`` is not a Marginal of their batch,
            or levels is not floating of shape (K,).

    Claim: vdm.reverse.decoder
    """
    _check("udm.decoder.draw", z_0, at_0, levels)
    events("udm.decoder.draw", uniform=uniform)
    events("udm.decoder.draw", z_0=to_float64(z_0), uniform=to_float64(uniform))
    x, y, snr = _wide(z_0, at_0, levels)
    below = torch.cumsum(torch.softmax(_against(x, level(x, _nearest(y, x)), y, snr), dim=-1), dim=-1)
    u = to_float64(uniform)[..., None] * below[..., -1:]
    place = (below[..., :-1] <= u).sum(dim=-1)
    return torch.where(u[..., 0].isnan(), -1, place).to(z_0.device)


def _wide(z_0: Event, at_0: Marginal, levels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return the levels, y = z_0 / alpha_0 and the SNR, all in float64, the last two with an axis for k."""
    z = to_float64(z_0)
    alpha, snr = (a.to(z.device)[..., None] for a in over(z_0, at_0.alpha, at_0.snr))
    return to_float64(levels).to(z.device), z[..., None] / alpha, snr


def _loss(x_k: Tensor, x_j: Tensor, y: Tensor, snr: Tensor) -> PerExample64:
    """Return log sum_k exp d_k over the last axis, summed over the event."""
    d = _against(x_k, x_j, y, snr)
    top, k = d.max(dim=-1, keepdim=True)
    below = torch.where(torch.isinf(top), torch.where(d == top, 0.0, -torch.inf), d - top)
    rest = torch.exp(below).scatter(-1, k, 0.0).sum(dim=-1)
    return total(top[..., 0] + torch.log1p(rest))


def _against(x_k: Tensor, x_j: Tensor, y: Tensor, snr: Tensor) -> Tensor:
    """Return log p(x_k | z_0) - log p(x_j | z_0)."""
    lead = (x_k - x_j) * (y - (x_j + x_k) / 2)
    none = (x_k == x_j) | ((lead == 0) & torch.isinf(snr))  # inf * 0 at sigma_0 = 0; half way, 0 still has a slope
    return torch.where(none, 0.0, snr * torch.where(none, 1.0, lead))


def _places(y: Tensor, x: Tensor, spacing: Tensor, w: int) -> Tensor:
    """Return the 2 w + 1 neighbouring places around the one nearest to y, moved inwards at the ends."""
    place = torch.nan_to_num((y - x[0]) / spacing).round()
    first = torch.clamp(place - w, 0, len(x) - 2 * w - 1).long()
    return first + torch.arange(2 * w + 1, device=y.device)


def _left_out(s: float, w: int) -> float:
    lost = math.exp(-s / 2 * (w + 1) * (w - 0.25))
    return 2 * lost / -math.expm1(-s * (w + 0.875)) if s > 0 else math.inf


def _left_out_tensor(s: Tensor, w: int) -> Tensor:
    return 2 * torch.exp(-s / 2 * (w + 1) * (w - 0.25)) / (1 - torch.exp(-s * (w + 0.875)))


def _check(where: str, z_0: Tensor, at_0: Marginal, levels: Tensor) -> None:
    events(where, z_0=z_0)
    records(where, len(z_0), Marginal, at_0=at_0)
    per_example(where, levels=levels)


def check_window(where: str, window: int | None) -> None:
    """Require a number of places, or None for all levels.

    Raises:
        ValueError: if window < 1.
    """
    if window is None:
        return
    integers(where, window=window)
    if window < 1:
        raise ValueError(f"{where}: expected window >= 1 or None, got {window}")
