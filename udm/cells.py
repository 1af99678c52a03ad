r"""DDPM's decoder: the probability that a normal variable falls in the cell of a level. Cells end half way between
neighbouring levels, and the first and the last cell are open:

.. math::
    p(x_j) = \Phi\Bigl(\frac{b_j - \mu}{\sigma}\Bigr) - \Phi\Bigl(\frac{b_{j-1} - \mu}{\sigma}\Bigr), \qquad
    b_j = \frac{x_j + x_{j+1}}{2}, \quad b_{-1} = -\infty, \quad b_{K-1} = \infty.

The difference cancels in a tail and in a narrow cell, and its logarithm where it is near 1. By symmetry let the cell be
[a, b] = [m - h, m + h] with m >= 0, and let Q = 1 - Phi and e(a) = 2 Q(a) exp(a^2/2) (erfcx). Then

.. math::
    -\log p &= \tfrac{m^2}{2} + \log \sqrt{2\pi} - \log \int_{-h}^h e^{-u^2/2} \cosh(m u)\, du
        && h \le \tfrac12,\ m h \le 1, \\
    &= -\log(1 - Q(-a) - Q(b)) && a < 0, \\
    &= \tfrac{a^2}{2} - \log \tfrac{e(a)}{2} - \log\bigl(1 - e^{-2 m h} e(b) / e(a)\bigr) && \text{else},

each a sum of positive numbers, which is accurate relative to itself from p = 1 - 1e-300 down to p = 1e-300 and far
below. The integral is computed by Gauss's rule of 10 points, whose relative error is below 1e-17 there.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from udm.gaussian import Gaussian, check_gaussian, kl, total
from udm.schedule.logistic import product
from udm.shapes import Indices, PerExample, indices, per_example
from udm.stable import float64_device, to_float64, to_widest, two_sum, widest

_HALF_LOG_2PI = math.log(2 * math.pi) / 2
_ROOT, _ROOT_REST = 0.7071067811865476, -4.833646656726457e-17  # sqrt(1/2) in two words
_NONE = 39.0  # from here on Q is less than the least positive float64
_GAUSS = (  # the positive nodes on [-1, 1], and their weights, which sum to 1
    (0.14887433898163121089, 0.2955242247147528701740),
    (0.43339539412924719080, 0.2692667193099963550912),
    (0.67940956829902440623, 0.2190863625159820439955),
    (0.86506336668898451073, 0.1494513491505805931458),
    (0.97390652851717172008, 0.0666713443086881375936),
)


def cell_reconstruction(index: Indices, p: Gaussian, levels: Tensor) -> PerExample:
    r"""Return -log p(x_0 | x_1) under DDPM's decoder, summed over the event.

    Args:
        index: j, the true level of each coordinate, ``(batch, *event)``, integer in [0, K); any other gives NaN.
        p: the law :math:`p(x_0 \mid x_1)`, var > 0, with mean ``(batch, *event)``, floating.
        levels: ``(K,)``, floating, K >= 2; levels that do not increase give NaN or infinity.

    Returns:
        The loss in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if index is not integer of the shape of p.mean, p.mean is not floating, or levels is not floating
            of shape (K,) with K >= 2.

    Source: DDPM, arXiv 2006.11239v2, eq. (13).

    Claim: ddpm.decoder
    """
    where = "udm.cells.cell_reconstruction"
    check_gaussian(where, "p", p)
    per_example(where, levels=levels)
    indices(where, p.mean.shape, index=index)
    if len(levels) < 2:
        raise ValueError(f"{where}: expected at least 2 levels, got {len(levels)}")
    there = float64_device(p.mean.device)
    return to_widest(total(_cells(index.long().to(there), p, to_float64(levels).to(there))), p.mean.device)


def _cells(j: Tensor, p: Gaussian, x: Tensor) -> Tensor:
    mean, sigma = to_float64(p.mean), torch.sqrt(to_float64(p.var))
    b = (x[1:] + x[:-1]) / 2
    below, above = (b[k.clamp(0, len(b) - 1)] for k in (j - 1, j))
    first, last, known = j == 0, j == len(b), (j >= 0) & (j <= len(b))
    open_ = neg_log_tail(torch.where(first, mean - above, below - mean) / sigma)
    inner = ~(first | last)
    half = torch.where(inner, (above - below) / 2, sigma)
    found = torch.where(inner, neg_log_cell(((above + below) / 2 - mean) / sigma, half / sigma), open_)
    return torch.where(known, found, torch.nan)


def neg_log_tail(t: Tensor) -> Tensor:
    r"""Return :math:`-\log Q(t) = -\log P(N > t)`, float64, to full relative accuracy down to t = -37.5 (subnormal)."""
    upper = t >= 0
    a, c = torch.where(upper, t, 0.0), torch.where(upper, -1.0, t)
    far = a * a / 2 - torch.log(_erfcx(a) / 2)
    return torch.where(upper, far, -torch.log1p(-_q(-c, torch.zeros_like(c))))


def neg_log_cell(m: Tensor, h: Tensor) -> Tensor:
    r"""Return :math:`-\log P(|N - m| < h)`, float64, for h > 0; NaN for h < 0.

    It has full relative accuracy until it is subnormal. Its derivative in m is a difference of the densities at the two
    ends over the probability, which cancels near its zero at m = 0: it is accurate to (16 + a^2) u of their
    sum, where a = h - m has its square rounded in an exponent, and not of itself.

    Claim: ddpm.decoder.cell
    """
    m = m.abs()
    narrow = (h <= 0.5) & (m * h <= 1)
    around = ~narrow & (m < h)
    beside = ~(narrow | around)
    # a branch that is not taken gets numbers for which its gradient is finite
    near = _narrow(torch.where(narrow, m, 1.0), torch.where(narrow, h, 0.5))
    middle = _around(torch.where(around, m, 0.0), torch.where(around, h, 1.0))
    far = _beside(torch.where(beside, m, 2.0), torch.where(beside, h, 1.0))
    return torch.where(narrow, near, torch.where(around, middle, far))


def _narrow(m: Tensor, h: Tensor) -> Tensor:
    mean = sum(
        (w * torch.exp(-torch.square(v * h) / 2) * torch.cosh(m * h * v) for v, w in _GAUSS), torch.zeros_like(m)
    )
    return m * m / 2 + _HALF_LOG_2PI - torch.log(2 * h * mean)


def _around(m: Tensor, h: Tensor) -> Tensor:
    return -torch.log1p(-_q(*two_sum(h, -m)) - _q(*two_sum(h, m)))


def _beside(m: Tensor, h: Tensor) -> Tensor:
    a, b = m - h, m + h
    e = _erfcx(a)
    return a * a / 2 - torch.log(e / 2) - torch.log1p(-torch.exp(-2 * m * h) * _erfcx(b) / e)


def _q(a: Tensor, rest: Tensor) -> Tensor:
    """Return Q(a + rest) for a >= 0, the rest to first order: a relative error of a is one a^2 times as large in Q."""
    near = a < _NONE
    a, rest = torch.clamp(a, max=_NONE), torch.where(near, rest, 0.0)  # infinity has no second word
    x, error = product(a, torch.full_like(a, _ROOT))
    d = error + (_ROOT_REST * a + _ROOT * rest)
    return torch.erfc(x) / 2 - torch.exp(-x * x) * d / math.sqrt(math.pi)


def _erfcx(a: Tensor) -> Tensor:
    return torch.special.erfcx(a * _ROOT)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def on_rows(rows: Tensor, term: Callable[..., PerExample], *tensors: Tensor) -> PerExample:
    """Return ``term`` of the rows of the tensors where ``rows`` is true, and 0 elsewhere: (batch,), float64.

    Only those rows are computed. To know which they are, the host waits for the device once, and a compiled graph
    breaks there.

    Raises:
        ValueError: if ``rows`` is not boolean of shape (batch,), or a tensor has another batch size.
    """
    where = "udm.cells.on_rows"
    if rows.dtype != torch.bool or rows.ndim != 1:
        raise ValueError(f"{where}: expected rows of shape (batch,), bool, got {tuple(rows.shape)}, {rows.dtype}")
    for k, a in enumerate(tensors):
        if a.shape[:1] != rows.shape:
            raise ValueError(f"{where}: expected tensors[{k}] of batch {rows.shape[0]}, got {tuple(a.shape)}")
    at = rows.nonzero()[:, 0]
    out = torch.zeros(rows.shape, dtype=widest(rows.device), device=rows.device)
    if len(at) == 0:
        return out
    return out.index_put((at,), term(*(a[at] for a in tensors)).to(out))


def ddpm_term(index: Indices, q: Gaussian, p: Gaussian, first: Tensor, levels: Tensor) -> PerExample:
    r"""Return one term of DDPM's bound per example, summed over the event.

    .. math::
        L_0 = -\log p(x_0 \mid x_1) \text{ at the first step}, \qquad
        L_{t-1} = \mathrm{KL}\bigl(q(x_{t-1} \mid x_t, x_0) \Vert p(x_{t-1} \mid x_t)\bigr) \text{ at the others.}

    T times this, at one uniform step, plus the prior, estimates -VLB without bias. Each row is computed in one of the
    two ways only.

    Args:
        index: the true level of each coordinate, ``(batch, *event)``, integer.
        q: the posterior, with mean ``(batch, *event)``, floating; its rows where ``first`` is true are not used.
        p: the model's reverse step, with mean ``(batch, *event)``, of the dtype and device of q.
        first: whether the step of the example is the first (t = 1), ``(batch,)`` bool.
        levels: ``(K,)``, floating, increasing.

    Returns:
        The term in nats per example, ``(batch,)`` float64 (float32 on a device without float64).

    Raises:
        ValueError: if ``first`` is not boolean of shape (batch,), or the others do not fit each other as
            :func:`cell_reconstruction` and :func:`udm.gaussian.kl` need.

    Source: DDPM, arXiv 2006.11239v2, eq. (5), (13).
    """

    def decode(index: Tensor, mean: Tensor, var: Tensor) -> PerExample:
        return cell_reconstruction(index, Gaussian(mean, var), levels)

    def compare(q_mean: Tensor, q_var: Tensor, p_mean: Tensor, p_var: Tensor) -> PerExample:
        return kl(Gaussian(q_mean, q_var), Gaussian(p_mean, p_var))

    return on_rows(first, decode, index, *p) + on_rows(~first, compare, *q, *p)
