r"""DDPM's table of betas, variance preserving, at the times i/T, i = 0 .. T.

.. math:: \log\bar\alpha_i = \sum_{j \le i} \log(1 - \beta_j), \qquad \bar\alpha_0 = 1.

The logarithms are summed once, in 50 decimal digits, and kept in two words, so that alpha, sigma and the gap between
any two indices hold to full relative accuracy. At index 0 sigma = 0 and gamma = -inf: the posterior is the point x.
"""

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


class Betas(Schedule):
    """The schedule of beta_1 .. beta_T, each taken exactly as the float64 it is.

    A time counts as i/T when it is within 2 eps of it (0 and 1 from both sides), eps that of its dtype; any other time
    is NaN.

    Raises:
        ValueError: no betas, not a sequence of numbers or a (T,) float64 tensor, or one outside (0, 1); at each call, a
            dtype of times too coarse to tell i/T from (i + 1)/T.

    Source: Ho et al., arXiv 2006.11239v2, eq. (4).

    Claim: schedule.ddpm
    """

    b_hi: Tensor
    b_lo: Tensor
    edges: Tensor  # (2T + 2,): i/T - 2 eps and i/T + 2 eps of float64, the edges of what counts as i/T
    edges_32: Tensor  # and of float32
    marginals: (
        Tensor  # (3, 2T + 3): alpha, sigma, gamma at i/T in the odd places 2i + 1; the even are off the grid, NaN
    )
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

    @classmethod
    def linear(cls, T: int = 1000, beta_1: float = 1e-4, beta_T: float = 0.02) -> "Betas":
        """beta_i the float64 value of beta_1 + (beta_T - beta_1) * (i - 1) / (T - 1), evaluated in that order.

        Raises:
            ValueError: T < 2, or a beta outside (0, 1).

        Source: Ho et al., arXiv 2006.11239v2, section 4.

        Claim: ddpm.schedule.linear
        """
        _steps("Betas.linear", T)
        return cls([beta_1 + (beta_T - beta_1) * i / (T - 1) for i in range(T)])

    @classmethod
    def cosine(cls, T: int = 1000, offset: float = 0.008, clip: float = 0.999) -> "Betas":
        r"""beta_i the float64 nearest to 1 - f(i/T)/f((i-1)/T), at most clip, with f(t) = cos^2(pi/2 (t+o)/(1+o)).

        Raises:
            ValueError: T < 2, offset outside (0, 1), clip outside (0, 1).

        Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (17).

        Claim: iddpm.cosine.beta
        """
        _steps("Betas.cosine", T)
        number("Betas.cosine", "offset", offset, 0.0, 1.0)
        number("Betas.cosine", "clip", clip, 0.0, 1.0)
        with localcontext(prec=50):
            o = Decimal(offset)
            pi = Decimal(PI.numerator) / PI.denominator
            f = [_cos(pi / 2 * (Decimal(i) / T + o) / (1 + o)) ** 2 for i in range(T + 1)]
            return cls([min(float(1 - b / a), clip) for a, b in pairwise(f)])

    @property
    def T(self) -> int:
        """The number of steps."""
        return self.b_hi.shape[0] - 1

    def _time(self, where: str, t: Tensor) -> Tensor:
        """The place of t: 2i + 1 near i/T, an even one off the grid or where t is NaN."""
        if t.ndim != 1 or not t.is_floating_point():
            per_example(f"Betas.{where}", t=t)  # says what is wrong
        if t.dtype == torch.float64:
            return torch.bucketize(t, self._table("edges"))
        return torch.bucketize(to_float64(t), self._edges(where, t.dtype))

    def _edges(self, where: str, dtype: torch.dtype) -> Tensor:
        if 2 * torch.finfo(dtype).eps * self.T >= 0.25:
            raise ValueError(f"Betas.{where}: expected t of a dtype that resolves 1/{self.T}, got {dtype}")
        return self.edges_32 if dtype == torch.float32 else self._around(dtype)

    def _around(self, dtype: torch.dtype) -> Tensor:
        i, slack = torch.arange(self.T + 1, device=self.b_hi.device).double(), 2 * torch.finfo(dtype).eps
        return torch.stack([i / self.T - slack, i / self.T + slack], dim=1).flatten()

    def _table(self, name: str) -> Tensor:
        """A buffer, in a third of the time that nn.Module takes to find it as an attribute."""
        table = self._buffers[name]
        assert table is not None
        return table

    def _tables(self) -> dict[str, Tensor]:
        marginals, words = preserving(self.b_hi, self.b_lo), (self.b_hi, self.b_lo)
        return {"marginals": _spaced(torch.stack(marginals)), "words": _spaced(torch.stack(words))}

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        super()._load_from_state_dict(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType]
        self.b_hi, self.b_lo = self.b_hi.double(), self.b_lo.double()  # with assign=True, of the dtype that came
        self.marginals, self.words = self._tables().values()

    def _marginal(self, t: Tensor) -> Marginal:
        return Marginal(*self._table("marginals").index_select(1, t).unbind())

    def _dgamma(self, t: Tensor) -> Tensor:
        raise NotImplementedError(
            f"Betas.dgamma: expected a schedule in continuous time, got a table of {self.T} betas, which has no"
            " derivative; use the gap, or BetaLinear or CosineOffset"
        )

    def _gap(self, s: Tensor, t: Tensor) -> Tensor:
        (s_hi, s_lo), (t_hi, t_lo) = (self.words.index_select(1, k).unbind() for k in (s, t))
        rise = (t_hi - s_hi) + (t_lo - s_lo)
        return rise + log_ratio(s_hi, rise)


def _spaced(table: Tensor) -> Tensor:
    """Column i of the table as column 2i + 1, NaN between, before and after."""
    spaced = table.new_full((len(table), 2 * table.shape[1] + 1), torch.nan)
    spaced[:, 1::2] = table
    return spaced


def _steps(where: str, T: int) -> None:
    if T < 2:
        raise ValueError(f"{where}: expected T >= 2, got {T}")


def _floats(betas: Sequence[float] | Tensor) -> list[float]:
    if isinstance(betas, Tensor):
        if betas.ndim != 1 or betas.dtype != torch.float64:
            raise ValueError(f"Betas: expected betas of shape (T,), float64, got {tuple(betas.shape)}, {betas.dtype}")
        betas = cast(list[float], betas.tolist())  # pyright: ignore[reportUnknownMemberType]
    if len(betas) == 0:
        raise ValueError("Betas: expected at least one beta, got none")
    return [number("Betas", f"betas[{i}]", beta, 0.0, 1.0) for i, beta in enumerate(betas)]


def _two_words(betas: list[float]) -> list[tuple[float, float]]:
    """-log alpha-bar_i for i = 0 .. T, as hi + lo to 2^-106."""
    with localcontext(prec=50):
        b, words = Decimal(0), [(0.0, 0.0)]
        for beta in betas:
            b -= (1 - Decimal(beta)).ln()
            words.append((float(b), float(b - Decimal(float(b)))))
        return words


def _cos(x: Decimal) -> Decimal:
    """The Taylor series, for 0 <= x <= 2, in the current precision."""
    term = total = Decimal(1)
    for k in range(1, 60):
        term *= -x * x / ((2 * k - 1) * (2 * k))
        total += term
    return total
