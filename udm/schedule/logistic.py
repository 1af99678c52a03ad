r"""The rise of a sum of logistic steps, in two words, to 2^-60 of the sum of its weights:

.. math::
    w_1 t + \sum_k w_{3,k} \bigl[S(w_{2,k} t + b_k) - S(b_k)\bigr], \qquad
    S(c + r) - S(c) = \frac{S(c) S(-c)\, m}{1 + S(c)\, m}, \quad m = e^r - 1,

where S is the logistic sigmoid, c a point of a table (64 points to the unit, in two words) and |r| <= 1/128, so that
everything computed in one word is smaller than 1/512. torch's own sigmoid has an error of a unit, which |gamma| would
multiply in sigma.
"""

from decimal import Decimal, localcontext
from functools import cache
from typing import TypeAlias

import torch
from torch import Tensor

from udm.stable import sloped, split, two_sum

Words: TypeAlias = tuple[Tensor, Tensor]
_DENSITY = 64  # points of the table per unit
_REACH = 44  # exp(-44) < 2^-63
_TERMS = 7  # (1/128)^7 / 8! < 2^-64


@cache
def table() -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return S(k/64) for k from -44 * 64 to 44 * 64, in two words."""
    with localcontext(prec=50):
        step, e, below = (-1 / Decimal(_DENSITY)).exp(), Decimal(1), [Decimal("0.5")]
        for _ in range(_REACH * _DENSITY):
            e *= step
            below.append(e / (1 + e))
        values = [*reversed(below), *(1 - s for s in below[1:])]
        heads = tuple(float(s) for s in values)
        return heads, tuple(float(s - Decimal(h)) for s, h in zip(values, heads, strict=True))


def halves(w: Tensor) -> Words:
    """Return hi + lo = w exactly, where hi has 26 bits, by Veltkamp's split; its power of two makes fusing harmless."""
    shifted = w * 2.0**27
    hi = (w + shifted) - shifted
    return hi, w - hi


def product(a: Tensor, b: Tensor) -> Words:
    """Return hi + lo = a b exactly (Dekker 1971)."""
    (a_hi, a_lo), (b_hi, b_lo) = halves(a), halves(b)
    hi = a * b
    return hi, ((a_hi * b_hi - hi) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo


def argument(t: Tensor, w: Tensor, b: Tensor) -> Words:
    """Return w t + b in two words, for 0 <= t <= 1; its rounding would cost S as many units as it is large.

    The derivative is that of the first word alone.
    """
    plain, t, w, b = w * t + b, t.detach(), w.detach(), b.detach()
    (t_hi, t_lo), (w_hi, w_lo) = split(t), halves(w)
    hi, lo = two_sum(w_hi * t_hi, b)
    hi, lo = two_sum(hi, lo + (w_hi * t_lo + w_lo * t))
    return sloped(hi, plain), lo


def logistic(hi: Tensor, lo: Tensor, points: Tensor) -> Words:
    """Return S(hi + lo) to 2^-62, its first word an entry of the table ``points``, (2, n)."""
    near = hi.clamp(-_REACH, _REACH)
    k = torch.round(near * _DENSITY)
    head, tail = points[:, torch.where(torch.isnan(k), 0.0, k + _REACH * _DENSITY).long()]
    r = (near - k / _DENSITY) + lo
    m = torch.ones_like(r)
    for n in range(_TERMS, 1, -1):
        m = 1 + r / n * m
    m = r * m
    return head, tail + head * (1 - head) * m / (1 + head * m)


def rise(t: Tensor, w_1: Tensor, w_2: Tensor, b: Tensor, w_3: Tensor, points: Tensor) -> Words:
    """Return the rise from 0 to t in two words, for t (batch,), w_1 () and the other weights (hidden,)."""
    from_0 = torch.cat([torch.zeros_like(t[:1]), t])  # at 0 the argument is b exactly
    head, tail = logistic(*argument(from_0[:, None], w_2, b), points)
    step, rest = two_sum(head[1:], -head[:1])
    (s_hi, s_lo), (w_hi, w_lo) = split(step), halves(w_3)
    exact, small = w_hi * s_hi, w_hi * s_lo + w_lo * step + w_3 * (rest + (tail[1:] - tail[:1]))
    grid = 3 * (w_1 + w_3.sum())  # multiples of its last place are summed exactly
    coarse = (exact + grid) - grid
    straight, error = product(w_1, t)
    hi, lo = two_sum(coarse.sum(dim=1), straight)
    return two_sum(hi, lo + (error + ((exact - coarse) + small).sum(dim=1)))


def quotient(a: Words, b: Words) -> Words:
    """Return a / b in two words, to about 2^-100."""
    q = a[0] / b[0]
    p, e = product(q, b[0])
    return q, (((a[0] - p) - e) + (a[1] - q * b[1])) / b[0]
