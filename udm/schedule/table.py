"""A table of betas as exact numbers: its logarithms in two words, and the cosine that one table is made of."""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import cast

from torch import Tensor

from udm.schedule.base import number
from udm.shapes import listed
from udm.stable import PI

_LEAST = 1e-30  # a beta: 1 - beta keeps 20 of its digits among 50
_SHARE = Decimal(2) ** -52  # of the sum, whose two words have 106 bits


def floats(betas: Sequence[float] | Tensor) -> list[float]:
    """Return the betas as numbers, each in (0, 1), the last in (0, 1]."""
    if isinstance(betas, Tensor):
        if betas.ndim != 1 or not betas.is_floating_point():
            got = f"{tuple(betas.shape)}, {betas.dtype}"
            raise ValueError(f"udm.schedule.Betas: expected betas of shape (T,), floating, got {got}")
        betas = cast(list[float], betas.tolist())  # pyright: ignore[reportUnknownMemberType]
    if not hasattr(betas, "__len__"):
        got = type(betas).__name__
        raise ValueError(f"udm.schedule.Betas: expected betas to be a sequence of numbers or a tensor, got {got}")
    if len(betas) == 0:
        raise ValueError("udm.schedule.Betas: expected at least one beta, got none")
    *most, last = betas
    if last == 1:  # zero terminal SNR: only the last step may keep nothing
        return [*_checked(most), 1.0]
    return _checked(betas)


def _checked(betas: Sequence[float]) -> list[float]:
    return [number("udm.schedule.Betas", f"betas[{i}]", beta, 0.0, 1.0) for i, beta in enumerate(betas)]


def two_words(betas: list[float]) -> list[tuple[float, float]]:
    """Return -log alpha-bar_i for i = 0 .. T, as hi + lo to 2^-106."""
    with localcontext(prec=50):
        b, words = Decimal(0), [(0.0, 0.0)]
        for beta in betas:
            if beta == 1:
                return [*words, (math.inf, 0.0)]
            rise = -(1 - Decimal(beta)).ln()
            b += rise
            words.append((float(b), float(b - Decimal(float(b)))))
            if beta < _LEAST or rise < _SHARE * b:
                i, expected = len(words) - 2, f"at least {_LEAST:g} and 2^-52 of the sum before it"
                raise ValueError(f"udm.schedule.Betas: expected betas[{i}] {expected}, {float(b):.3g}, got {beta}")
        return words


def betas_of(hi: Tensor, lo: Tensor) -> list[float]:
    """Return the betas whose two words these are: their digits reach beyond those of any beta that is taken."""
    with localcontext(prec=50):
        b = [Decimal(h) + Decimal(rest) for h, rest in zip(listed(hi), listed(lo), strict=True)]
        return [float(1 - (before - after).exp()) for before, after in pairwise(b)]  # exp(-inf) is 0


def rescaled_betas(hi: Tensor, lo: Tensor) -> list[float]:
    r"""Return the betas after :math:`\sqrt{\bar\alpha}` was put on the line that keeps the first and ends at 0.

    With :math:`y_i = (\sqrt{\bar\alpha_i} - \sqrt{\bar\alpha_T})/(\sqrt{\bar\alpha_1} - \sqrt{\bar\alpha_T})`
    they are beta_1, and then :math:`1 - (y_i/y_{i-1})^2`.
    """
    with localcontext(prec=50):
        b = [Decimal(h) + Decimal(rest) for h, rest in zip(listed(hi), listed(lo), strict=True)]
        roots = [(-one / 2).exp() for one in b[1:]]  # exp(-inf) is 0
        above = [root - roots[-1] for root in roots]
        return [float(1 - (-b[1]).exp()), *(float((a - c) * (a + c) / a**2) for a, c in pairwise(above))]


def cosine_betas(T: int, offset: float, clip: float) -> list[float]:
    """Return min(1 - f(i/T)/f((i-1)/T), clip) for f(t) = cos^2(pi/2 (t+o)/(1+o)), each the nearest float64."""
    with localcontext(prec=50):
        o = Decimal(offset)
        pi = Decimal(PI.numerator) / PI.denominator
        f = [_cos(pi / 2 * (Decimal(i) / T + o) / (1 + o)) ** 2 for i in range(T + 1)]
        return [min(float(1 - b / a), clip) for a, b in pairwise(f)]


def _cos(x: Decimal) -> Decimal:
    """Return cos x by its Taylor series, for 0 <= x <= 2, in the current precision."""
    term = total = Decimal(1)
    for k in range(1, 60):
        term *= -x * x / ((2 * k - 1) * (2 * k))
        total += term
    return total
