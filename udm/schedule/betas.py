r"""DDPM's table of betas, variance preserving, at the times i/T, i = 0 .. T.

.. math:: \log\bar\alpha_i = \sum_{j \le i} \log(1 - \beta_j), \qquad \bar\alpha_0 = 1.

The logarithms are summed once, in 50 decimal digits, and kept in two words, so that alpha, sigma and the gap between
any two indices have full relative accuracy. At index 0, sigma = 0 and gamma = -inf: the posterior is the point x.
"""

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.beta import log_ratio, preserving
from udm.shapes import per_example
from udm.stable import PI, to_float64

_LEAST = 1e-30  # a beta: 1 - beta keeps 20 of its digits among 50
_SHARE = Decimal(2) ** -52  # of the sum, whose two words have 106 bits


class Betas(Schedule):
    """The schedule of beta_1 .. beta_T, each used exactly as the number that it is.

    A table in float32 or less is taken at its word: the float32 nearest to 1e-4 is not the float64 nearest to it, and
    SNR differs from that of :meth:`linear` by some 1e-7. Make it in float64 for the digits of a formula.

    A time counts as i/T if it is within 2 eps of it, where eps is that of its dtype (0 and 1 count from both sides).
    Any other time gives NaN.

    Args:
        betas: beta_1 .. beta_T, a sequence of numbers or ``(T,)``, floating.

    Raises:
        ValueError: if ``betas`` is empty, is neither a sequence of numbers nor a (T,) floating tensor, or has a beta
            outside (0, 1), or too small to count in the sum of their logarithms; and at each call, if the dtype of the
            times is too coarse to separate i/T from (i + 1)/T.

    Source: Ho et al., arXiv 2006.11239v2, eq. (4).

    Claim: schedule.ddpm
    """

    b_hi: Tensor
    b_lo: Tensor
    edges: Tensor  # (2T + 2,): i/T - 2 eps and i/T + 2 eps of float64, the edges of what counts as i/T
    edges_32: Tensor  # the same of float32
    marginals: Tensor  # (3, 2T + 3): alpha, sigma, gamma of i/T in the odd places 2i + 1, NaN in the even ones
    words: Tensor  # (2, 2T + 3): b_hi, b_lo in the same places

    def __init__(self, betas: Sequence[float] | Tensor) -> None:
        super().__init__()
        words = _two_words(_floats(betas))
        self.register_buffer("b_hi", torch.tensor([hi for hi, _ in words], dtype=torch.float64))
        self.register_buffer("b_lo", torch.tensor([lo for _, lo in words], dtype=torch.float64))
        self.register_buffer("edges", self._around(torch.float64), persistent=False)
        self.register_buffer("edges_32", self._around(torch.float32), persistent=False)
        for name, table in self._tables().items():
            self.register_buffer(name, table, persistent=False)
        self.steps = self.T

    @classmethod
    def linear(cls, T: int = 1000, beta_1: float = 1e-4, beta_T: float = 0.02) -> "Betas":
        """Make the table in which beta_i is beta_1 + (beta_T - beta_1) * (i - 1) / (T - 1), in float64, in that order.

        Args:
            T: the number of steps.
            beta_1: the first beta.
            beta_T: the last beta.

        Returns:
            The schedule of this table.

        Raises:
            ValueError: if T < 2, or a beta is outside (0, 1).

        Source: Ho et al., arXiv 2006.11239v2, section 4.

        Claim: ddpm.schedule.linear
        """
        _at_least_two("linear", T)
        number("udm.schedule.Betas.linear", "beta_1", beta_1)
        number("udm.schedule.Betas.linear", "beta_T", beta_T)
        return cls([beta_1 + (beta_T - beta_1) * i / (T - 1) for i in range(T)])

    @classmethod
    def cosine(cls, T: int = 1000, offset: float = 0.008, clip: float = 0.999) -> "Betas":
        r"""Make the table in which beta_i is the float64 nearest to 1 - f(i/T)/f((i-1)/T), but at most ``clip``.

        Here f(t) = cos^2(pi/2 (t+o)/(1+o)), with o the offset.

        Args:
            T: the number of steps.
            offset: o.
            clip: the largest beta.

        Returns:
            The schedule of this table.

        Raises:
            ValueError: if T < 2, or offset or clip is outside (0, 1).

        Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (17).

        Claim: iddpm.cosine.beta
        """
        _at_least_two("cosine", T)
        number("udm.schedule.Betas.cosine", "offset", offset, 0.0, 1.0)
        number("udm.schedule.Betas.cosine", "clip", clip, 0.0, 1.0)
        with localcontext(prec=50):
            o = Decimal(offset)
            pi = Decimal(PI.numerator) / PI.denominator
            f = [_cos(pi / 2 * (Decimal(i) / T + o) / (1 + o)) ** 2 for i in range(T + 1)]
            return cls([min(float(1 - b / a), clip) for a, b in pairwise(f)])

    @property
    def T(self) -> int:
        """The number of steps."""
        return self.b_hi.shape[0] - 1

    def _shown(self) -> str:
        first, last = (-math.expm1(-(float(self.b_hi[i]) - float(self.b_hi[i - 1]))) for i in (1, self.T))
        return f"T={self.T}, beta_1={first:.6g}, beta_T={last:.6g}"

    def _time(self, where: str, t: Tensor) -> Tensor:
        """Return the place of t in the tables: 2i + 1 near i/T, an even number off the grid or where t is NaN."""
        if not isinstance(t, Tensor) or t.ndim != 1 or not t.is_floating_point():  # pyright: ignore[reportUnnecessaryIsInstance]
            per_example(f"{self._public}.{where}", t=t)  # raises, with the reason
        if t.requires_grad and torch.is_grad_enabled():  # else a derivative would be 0 without a word
            self._dgamma(t)
        if t.dtype == torch.float64:
            return torch.bucketize(t, self._table("edges"))
        return torch.bucketize(to_float64(t), self._edges(where, t.dtype))

    def _edges(self, where: str, dtype: torch.dtype) -> Tensor:
        if 2 * torch.finfo(dtype).eps * self.T >= 0.25:
            raise ValueError(f"{self._public}.{where}: expected t of a dtype that resolves 1/{self.T}, got {dtype}")
        return self.edges_32 if dtype == torch.float32 else self._around(dtype)

    def _around(self, dtype: torch.dtype) -> Tensor:
        i, slack = torch.arange(self.T + 1, device=self.b_hi.device).double(), 2 * torch.finfo(dtype).eps
        return torch.stack([i / self.T - slack, i / self.T + slack], dim=1).flatten()

    def _table(self, name: str) -> Tensor:
        """Return a buffer, in a third of the time that nn.Module takes to look up an attribute."""
        table = self._buffers[name]
        assert table is not None
        return table

    def _tables(self) -> dict[str, Tensor]:
        marginals, words = preserving(self.b_hi, self.b_lo), (self.b_hi, self.b_lo)
        return {"marginals": _spaced(torch.stack(marginals)), "words": _spaced(torch.stack(words))}

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        super()._load_from_state_dict(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType]
        self.b_hi, self.b_lo = self.b_hi.double(), self.b_lo.double()  # assign=True keeps the dtype that was stored
        self.marginals, self.words = self._tables().values()

    def _marginal(self, t: Tensor) -> Marginal:
        return Marginal(*self._table("marginals").index_select(1, t).unbind())

    def _dgamma(self, t: Tensor) -> Tensor:
        raise NotImplementedError(
            f"{self._public}.dgamma: expected a schedule in continuous time, got a table of {self.T} betas, which has"
            " no derivative; use the gap, or BetaLinear or CosineOffset"
        )

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        (s_hi, s_lo), (t_hi, t_lo) = (self.words.index_select(1, k).unbind() for k in (s, t))
        rise = (t_hi - s_hi) + (t_lo - s_lo)
        return rise + log_ratio(s_hi, rise)


def _spaced(table: Tensor) -> Tensor:
    """Put column i of the table in column 2i + 1, with NaN before, between and after."""
    spaced = table.new_full((len(table), 2 * table.shape[1] + 1), torch.nan)
    spaced[:, 1::2] = table
    return spaced


def _at_least_two(name: str, T: int) -> None:
    if type(T) is not int or T < 2:
        raise ValueError(f"udm.schedule.Betas.{name}: expected an integer T >= 2, got {T!r}")


def _floats(betas: Sequence[float] | Tensor) -> list[float]:
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
    return [number("udm.schedule.Betas", f"betas[{i}]", beta, 0.0, 1.0) for i, beta in enumerate(betas)]


def _two_words(betas: list[float]) -> list[tuple[float, float]]:
    """Return -log alpha-bar_i for i = 0 .. T, as hi + lo to 2^-106."""
    with localcontext(prec=50):
        b, words = Decimal(0), [(0.0, 0.0)]
        for beta in betas:
            rise = -(1 - Decimal(beta)).ln()
            b += rise
            words.append((float(b), float(b - Decimal(float(b)))))
            if beta < _LEAST or rise < _SHARE * b:
                i, expected = len(words) - 2, f"at least {_LEAST:g} and 2^-52 of the sum before it"
                raise ValueError(f"udm.schedule.Betas: expected betas[{i}] {expected}, {float(b):.3g}, got {beta}")
        return words


def _cos(x: Decimal) -> Decimal:
    """Return cos x by its Taylor series, for 0 <= x <= 2, in the current precision."""
    term = total = Decimal(1)
    for k in range(1, 60):
        term *= -x * x / ((2 * k - 1) * (2 * k))
        total += term
    return total
