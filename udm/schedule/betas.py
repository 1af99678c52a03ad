r"""DDPM's table of betas, variance preserving, at the times i/T, i = 0 .. T.

.. math:: \log\bar\alpha_i = \sum_{j \le i} \log(1 - \beta_j), \qquad \bar\alpha_0 = 1.

The logarithms are summed once, in 50 decimal digits, and kept in two words, so that alpha, sigma and the gap between
any two indices have full relative accuracy. At index 0, sigma = 0 and gamma = -inf: the posterior is the point x.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal, SupportsFloat, SupportsIndex, TypeAlias, cast

import numpy as np
import torch
from jaxtyping import Integer
from torch import Tensor

from udm.process import Marginal
from udm.schedule.base import Schedule, number
from udm.schedule.beta import exp_neg, log_ratio, preserving
from udm.schedule.edges import INSIDE
from udm.schedule.table import betas_of, cosine_betas, floats, rescaled_betas, two_words
from udm.shapes import PerExample, PerExample64, indices, per_example
from udm.stable import dual, float64_device, to_float64, unmapped

StepsFrom: TypeAlias = Literal[0, 1]
_EPS = torch.finfo(torch.float64).eps
_RECIPE = "for numbers of steps use times(index, steps_from=0), or 1 if the first step is 1"


class Betas(Schedule):
    """The schedule of beta_1 .. beta_T, each used exactly as the number that it is.

    A table in float32 or less is taken at its word: the float32 nearest to 1e-4 is not the float64 nearest to it, and
    SNR differs from that of :meth:`linear` by some 1e-7. Make it in float64 for the digits of a formula.

    A time counts as i/T if it is within 2 eps of it, where eps is that of its dtype (0 and 1 count from both sides).
    Any other time gives NaN, and a number that is none of them raises. :meth:`times` makes times of the integers that
    loops count with. ``len`` is T.

    Attributes:
        betas: beta_1 .. beta_T, ``(T,)`` float64, the numbers that were given.

    Args:
        betas: beta_1 .. beta_T, a sequence of numbers or ``(T,)``, floating. The last may be 1: then alpha_1 = 0, and
            the SNR at the end is zero.

    Raises:
        ValueError: if ``betas`` is empty, is neither a sequence of numbers nor a (T,) floating tensor, or has a beta
            outside (0, 1) that is no final 1, or too small to count in the sum of their logarithms; and at each call,
            if the dtype of the times is too coarse to separate i/T from (i + 1)/T.

    Source: Ho et al., arXiv 2006.11239v2, eq. (4).

    Claim: schedule.ddpm
    """

    preserving = True
    _ends = INSIDE  # its times have no derivatives
    betas: Tensor
    b_hi: Tensor
    b_lo: Tensor
    edges: Tensor  # (2T + 2,): i/T - 2 eps and i/T + 2 eps of float64, the edges of what counts as i/T
    edges_32: Tensor  # the same of float32
    marginals: Tensor  # (3, 2T + 3): alpha, sigma, gamma of i/T in the odd places 2i + 1, NaN in the even ones
    words: Tensor  # (2, 2T + 3): b_hi, b_lo in the same places

    def __init__(self, betas: Sequence[float] | Tensor) -> None:
        super().__init__()
        values = floats(betas)
        words = two_words(values)
        self.register_buffer("betas", torch.tensor(values, dtype=torch.float64), persistent=False)
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
            offset: the offset o.
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
        return cls(cosine_betas(T, offset, clip))

    def rescaled(self) -> "Betas":
        r"""Return the table of zero terminal SNR: roots of alpha-bar on the line that keeps the first and ends at 0.

        .. math::
            \sqrt{\bar\alpha_i} \to \sqrt{\bar\alpha_1}\,
                \frac{\sqrt{\bar\alpha_i} - \sqrt{\bar\alpha_T}}{\sqrt{\bar\alpha_1} - \sqrt{\bar\alpha_T}},
            \qquad \beta_T \to 1.

        It is trained on with a network that predicts x or v: where alpha = 0, eps is z itself.

        Returns:
            The table, whose last beta is 1; the same numbers if it was 1 before.

        Raises:
            ValueError: if there is one step only.

        Source: Lin et al., arXiv 2305.08891v4, algorithm 1.

        Claim: ddpm.schedule.rescaled
        """
        if self.T < 2:
            raise ValueError(f"{self._public}.rescaled: expected a table of at least 2 steps, got 1")
        return type(self)(rescaled_betas(self.b_hi, self.b_lo))

    @property
    def T(self) -> int:
        """The number of steps."""
        return self.b_hi.shape[0] - 1

    def __len__(self) -> int:
        return self.T

    @property
    def alphas_cumprod(self) -> Tensor:
        r"""alpha-bar_1 .. alpha-bar_T, ``(T,)`` float64, to 3 units of the last place.

        Claim: ddpm.marginal
        """
        return exp_neg(self.b_hi[1:], self.b_lo[1:])

    def times(
        self, index: Integer[Tensor, "batch"] | Integer[np.ndarray, "batch"] | int, *, steps_from: StepsFrom
    ) -> PerExample64:
        """Return the times i/T of steps that are numbered as loops number them.

        Args:
            index: the numbers of steps, ``(batch,)`` integer, or one integer. The number before the first is that of
                the data, t = 0.
            steps_from: the number of the first step: 1 in DDPM's paper, 0 in diffusers and most code.

        Returns:
            Times, ``(batch,)`` float64; NaN where the number of a tensor is not on the table.

        Raises:
            ValueError: if index is not integer of shape (batch,), ``steps_from`` is neither 0 nor 1, or index is one
                integer that is not on the table.

        Source: Ho et al., arXiv 2006.11239v2, algorithm 1.
        """
        where, low = f"{self._public}.times", counted_from(f"{self._public}.times", steps_from) - 1
        given = self._numbered(where, low, index)
        indices(where, index=given)
        if given.ndim != 1:
            raise ValueError(f"{where}: expected index of shape (batch,), got {tuple(given.shape)}")
        i = (given.to(float64_device(given.device)).long() - low).double()
        return torch.where((i >= 0) & (i <= self.T), i / self.T, torch.nan)

    def _numbered(self, where: str, low: int, index: object) -> Tensor:
        if isinstance(index, np.ndarray):
            return torch.tensor(index, device=self.device)
        if isinstance(index, Tensor | bool) or not isinstance(index, SupportsIndex):
            return cast(Tensor, index)  # what checks the tensor refuses it
        if not low <= index.__index__() <= low + self.T:
            got = f"{low} to {low + self.T}, {low} for the data"
            raise ValueError(f"{where}: expected index of a step, or the data, {got}, got {index}")
        return torch.tensor([index.__index__()], device=self.device)

    def step_of_gamma(self, gamma: PerExample) -> tuple[Tensor, Tensor]:
        """Return the number i = 1 .. T of the step whose gamma(i/T) is nearest, and whether it is that gamma.

        Args:
            gamma: -log SNR, ``(batch,)``, floating.

        Returns:
            i, ``(batch,)`` int64, and whether gamma is gamma(i/T) to 2 eps of its dtype, ``(batch,)`` bool.

        Raises:
            ValueError: if gamma is not floating of shape (batch,).
        """
        per_example(f"{self._public}.step_of_gamma", gamma=gamma)
        wide = to_float64(gamma)
        of_steps = self._table("marginals")[2, 3::2].to(wide.device)
        i = torch.bucketize(wide, (of_steps[1:] + of_steps[:-1]) / 2, right=True)
        nearest = of_steps[i]
        found = (wide - nearest).abs() <= 2 * torch.finfo(gamma.dtype).eps * nearest.abs()
        return i + 1, torch.where(nearest.isinf(), wide == nearest, found)

    def _shown(self) -> str:
        return f"T={self.T}, beta_1={float(self.betas[0]):.6g}, beta_T={float(self.betas[-1]):.6g}"

    def _number(self, where: str, name: str, t: SupportsFloat) -> None:
        i = round(float(t) * self.T) if math.isfinite(float(t)) else -1
        if isinstance(t, SupportsIndex) or not 0 <= i <= self.T or abs(float(t) - i / self.T) > 2 * _EPS:
            got = f"{t!r}: {_RECIPE}" if isinstance(t, SupportsIndex) else f"{t!r}"
            raise ValueError(f"{where}: expected {name} one of the times i/{self.T} of the table, got {got}")

    def _time(self, where: str, t: Tensor) -> Tensor:
        """Return the place of t in the tables: 2i + 1 near i/T, an even number off the grid or where t is NaN."""
        if isinstance(t, Tensor) and t.ndim == 1 and not t.is_floating_point():  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"{self._public}.{where}: expected t of a floating dtype, got {t.dtype}: {_RECIPE}")
        if not isinstance(t, Tensor) or t.ndim != 1 or not t.is_floating_point():  # pyright: ignore[reportUnnecessaryIsInstance]
            per_example(f"{self._public}.{where}", t=t)  # raises, with the reason
        inner = unmapped(t)
        if (inner.requires_grad and torch.is_grad_enabled()) or dual(inner):  # else its derivative would be 0
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
        if not self.b_hi.is_meta:
            self.betas = torch.tensor(betas_of(self.b_hi, self.b_lo), dtype=torch.float64, device=self.b_hi.device)

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


def counted_from(where: str, steps_from: int) -> int:
    """Return the number of the first step.

    Raises:
        ValueError: if it is neither 0 nor 1.
    """
    if type(steps_from) is not int or steps_from not in (0, 1):
        expected = "0 (as diffusers and most code count) or 1 (as DDPM's paper does)"
        raise ValueError(f"{where}: expected steps_from {expected}, got {steps_from!r}")
    return steps_from
