r"""From latents back to levels: VDM's softmax over levels. With y = z_0 / alpha_0 and x_k the levels,

.. math::
    p(x = x_k \mid z_0) = \mathrm{softmax}_k \bigl[-\tfrac12 \mathrm{SNR}_0 (y - x_k)^2\bigr].

**The levels that matter.** Let the levels be equally spaced by :math:`\Delta`, each within an eighth of its place, and
:math:`s = \mathrm{SNR}_0 \Delta^2`. Let c be the place nearest to y, at :math:`|\delta| \le \frac12` spacings (outside
the levels c is the end, and all below holds the more). The two largest terms are at most :math:`1 - |\delta| + \frac18`
spacings away, a level m places from c at least :math:`m - |\delta| - \frac18`, so it is smaller than both by

.. math::
    \exp -\tfrac s2 \bigl[(m - |\delta| - \tfrac18)^2 - (1 - |\delta| + \tfrac18)^2\bigr]
    = \exp -\tfrac s2 (m - \tfrac54)(m + 1 - 2|\delta|) \le \exp -\tfrac s2 m (m - \tfrac54).

The loss is log(1 + A) and a non-negative number, A the sum of all terms but the largest, over the largest. Leaving out
R of A changes log(1 + A) by less than the share R / A of it, so the levels up to W places from c give the loss to

.. math::
    \frac{R}{A} \le 2 \sum_{m > W} e^{-\frac s2 m (m - \frac54)}
        \le \frac{2 e^{-\frac s2 (W + 1)(W - \frac14)}}{1 - e^{-s (W + \frac78)}},

relative to itself however small it is. At :math:`\gamma_0 = -13.3` and 256 levels on [-1, 1], s = 36.7: W = 2 leaves
out less than 1e-41.
"""

import math

import torch
from torch import Tensor

from udm.gaussian import total
from udm.process import Marginal
from udm.shapes import Event, Indices, PerExample, PerExample64, events, over, per_example
from udm.stable import settled, to_float64

_UNIT = 2.0**-53
_PROMISE = 1e-6  # a window that may lose more than this gives NaN


def window(levels: Tensor, gamma_0: float) -> int:
    """W, so that the levels up to W places from the nearest give the loss to 2^-53; K if all K are needed.

    Looks at values: call it once, not at each step. All levels are needed where they are not equally spaced.

    Args:
        levels: (K,), floating.
        gamma_0: gamma(0), or any number that it never exceeds.

    Raises:
        ValueError: levels not floating of shape (K,).

    Claim: vdm.decoder.window
    """
    per_example("window", levels=levels)
    x = [float(a) for a in to_float64(levels).cpu()]
    spacing = (x[-1] - x[0]) / max(len(x) - 1, 1)
    even = spacing > 0 and all(abs(a - x[0] - k * spacing) <= spacing / 8 for k, a in enumerate(x))
    s = math.exp(min(-gamma_0, 700.0)) * spacing**2
    wide = (w for w in range(1, (len(x) - 1) // 2) if even and _left_out(s, w) <= _UNIT)
    return next(wide, len(x))


def reconstruction(
    index: Indices, z_0: Event, at_0: Marginal, levels: Tensor, *, window: int | None = None
) -> PerExample:
    r"""-log p(x | z_0) under VDM's decoder, nats per example, summed over the event: (batch,).

    .. math::
        -\log \mathrm{softmax}_k \bigl[-\tfrac12 \mathrm{SNR}_0 (z_0/\alpha_0 - x_k)^2\bigr]_{k = j}
        = \log \sum_k e^{d_k}, \qquad
        d_k = \mathrm{SNR}_0 (x_k - x_j) \bigl(z_0/\alpha_0 - \tfrac{x_j + x_k}{2}\bigr).

    The largest term is taken out of the sum, so that a small loss keeps its digits. Float64 throughout, on
    batch * event * K numbers, or batch * event * (2 W + 1) with a window.

    Args:
        index: j, the true level of each coordinate, an integer in [0, K); NaN for any other.
        z_0: the latent at time 0.
        at_0: the marginal at time 0.
        levels: (K,), floating, the values x_k.
        window: W from :func:`window`, for equally spaced levels; None sums over all. NaN where the SNR at time 0 is so
            much lower than that for which W was made that the loss would be off by 1e-6 of itself.

    Raises:
        ValueError: shapes or dtypes other than these; window < 1.

    Source: VDM, arXiv 2107.00630v6, eq. (8).

    Claim: vdm.reverse.decoder, vdm.decoder.window
    """
    _check("reconstruction", index, z_0, levels, window)
    x, y, snr = _wide(z_0, at_0, levels)
    x_j = level(x, index.to(x.device))[..., None]
    if window is None or 2 * window + 1 >= len(x):
        return settled(_loss(x, x_j, y, snr), z_0.device)
    spacing = (x[-1] - x[0]) / (len(x) - 1)
    kept = _left_out_tensor(at_0.snr.to(x.device) * torch.square(spacing), window) <= _PROMISE
    loss = torch.where(kept, _loss(x[_places(y, x, spacing, window)], x_j, y, snr), torch.nan)
    return settled(loss, z_0.device)


def level(x: Tensor, index: Indices) -> Tensor:
    """x[index], and NaN where the index is not in [0, K): -1 is no level."""
    index = index.long()  # in uint8, 256 is 0
    known = (index >= 0) & (index < len(x))
    return torch.where(known, x[torch.where(known, index, 0)], torch.nan)


def nearest(y: Event, levels: Tensor) -> Indices:
    """The index of the level nearest to y, the upper at a tie; -1, no level, for NaN. Levels increase.

    It is the mode of VDM's decoder (and of DDPM's, unless an open end cell is likelier than the cell around y).

    Raises:
        ValueError: y not floating; levels not floating of shape (K,).
    """
    events("nearest", y=y)
    per_example("nearest", levels=levels)
    wide = to_float64(y)
    x = to_float64(levels).to(wide.device)
    place = torch.bucketize(wide, (x[1:] + x[:-1]) / 2, right=True)
    return torch.where(wide.isnan(), -1, place).to(y.device)


def mode(z_0: Event, at_0: Marginal, levels: Tensor) -> Indices:
    """The likeliest levels given z_0 under VDM's decoder, (batch, *event) integers: those nearest to z_0 / alpha_0.

    -1, no level, where z_0 is NaN.

    Raises:
        ValueError: z_0 not floating; a marginal of another batch; levels not floating of shape (K,).

    Claim: vdm.reverse.decoder
    """
    events("mode", z_0=z_0)
    wide = to_float64(z_0)
    return nearest(wide / over(z_0, at_0.alpha)[0].to(wide.device), levels).to(z_0.device)


def draw(z_0: Event, at_0: Marginal, levels: Tensor, uniform: Event) -> Indices:
    """A draw of the levels given z_0 under VDM's decoder, by the inverse of its distribution function.

    -1, no level, where z_0 or the uniform number is NaN.

    Args:
        z_0: the latent at time 0.
        at_0: the marginal at time 0.
        levels: (K,), floating.
        uniform: independent uniform numbers in [0, 1), of the shape of z_0 and any floating dtype (a half type has few
            of them, and would draw unlikely levels too often).

    Raises:
        ValueError: shapes or dtypes other than these.

    Claim: vdm.reverse.decoder
    """
    events("draw", z_0=to_float64(z_0), uniform=to_float64(uniform))
    per_example("draw", levels=levels)
    x, y, snr = _wide(z_0, at_0, levels)
    below = torch.cumsum(torch.softmax(_against(x, level(x, nearest(y, x)), y, snr), dim=-1), dim=-1)
    u = to_float64(uniform)[..., None] * below[..., -1:]
    place = (below[..., :-1] <= u).sum(dim=-1)
    return torch.where(u[..., 0].isnan(), -1, place).to(z_0.device)


def _wide(z_0: Event, at_0: Marginal, levels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The levels, y = z_0 / alpha_0 and the SNR, float64 where that is to be had, the last two with an axis for k."""
    z = to_float64(z_0)
    alpha, snr = (a.to(z.device)[..., None] for a in over(z_0, at_0.alpha, at_0.snr))
    return to_float64(levels).to(z.device), z[..., None] / alpha, snr


def _loss(x_k: Tensor, x_j: Tensor, y: Tensor, snr: Tensor) -> PerExample64:
    """log sum_k exp d_k over the last axis, summed over the event."""
    d = _against(x_k, x_j, y, snr)
    top, k = d.max(dim=-1, keepdim=True)
    below = torch.where(torch.isinf(top), torch.where(d == top, 0.0, -torch.inf), d - top)
    rest = torch.exp(below).scatter(-1, k, 0.0).sum(dim=-1)
    return total(top[..., 0] + torch.log1p(rest))


def _against(x_k: Tensor, x_j: Tensor, y: Tensor, snr: Tensor) -> Tensor:
    """The logarithm of p(x_k | z_0) / p(x_j | z_0)."""
    lead = (x_k - x_j) * (y - (x_j + x_k) / 2)
    return torch.where(lead == 0, 0.0, snr * lead)  # inf * 0 at sigma_0 = 0


def _places(y: Tensor, x: Tensor, spacing: Tensor, w: int) -> Tensor:
    """The 2 w + 1 neighbouring places around the one nearest to y, moved inwards at the ends."""
    place = torch.nan_to_num((y - x[0]) / spacing).round()
    first = torch.clamp(place - w, 0, len(x) - 2 * w - 1).long()
    return first + torch.arange(2 * w + 1, device=y.device)


def _left_out(s: float, w: int) -> float:
    lost = math.exp(-s / 2 * (w + 1) * (w - 0.25))
    return 2 * lost / -math.expm1(-s * (w + 0.875)) if s > 0 else math.inf


def _left_out_tensor(s: Tensor, w: int) -> Tensor:
    return 2 * torch.exp(-s / 2 * (w + 1) * (w - 0.25)) / (1 - torch.exp(-s * (w + 0.875)))


def _check(where: str, index: Tensor, z_0: Tensor, levels: Tensor, window: int | None) -> None:
    events(where, z_0=z_0)
    per_example(where, levels=levels)
    if index.shape != z_0.shape or index.is_floating_point():
        got = f"{tuple(index.shape)}, {index.dtype}"
        raise ValueError(f"{where}: expected index of shape {tuple(z_0.shape)}, integer, got {got}")
    if window is not None and window < 1:
        raise ValueError(f"{where}: expected window >= 1 or None, got {window}")
