r"""Steps drawn in proportion to the root of the mean square of their losses, so that an estimate of the bound varies
least:

.. math::
    p_i \propto \sqrt{\mathbb E[L_i^2]}, \qquad
    \frac1T \sum_i L_i = \mathbb E_{i \sim p} \Bigl[ \frac{L_i}{T p_i} \Bigr].

Mean squares come from the last losses of each step; until every step has enough of them, steps are drawn uniformly.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float64, Integer
from torch import Tensor

from udm.arguments import generators, integers
from udm.shapes import PerExample, PerExample64, listed, per_example
from udm.stable import to_float64
from udm.time import systematic_times


class Drawn(NamedTuple):
    """Steps and what their losses are multiplied by.

    Attributes:
        step: i = 1 .. T, ``(batch,)`` int64.
        weight: 1/(T p_i), ``(batch,)`` float64.
    """

    step: Integer[Tensor, "batch"]
    weight: PerExample64


def chances(mean_squares: PerExample) -> PerExample64:
    r"""Return :math:`p_i = \sqrt{m_i} / \sum_j \sqrt{m_j}`.

    Args:
        mean_squares: m, the mean square of the loss of each of the steps 1 .. T, ``(T,)``, floating, at least 0.

    Returns:
        The chances, ``(T,)`` float64; NaN if all mean squares are 0.

    Raises:
        ValueError: if mean_squares is not floating of shape (T,).

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, section 3.3.

    Claim: time.importance
    """
    per_example("udm.importance.chances", mean_squares=mean_squares)
    roots = torch.sqrt(to_float64(mean_squares))
    return roots / roots.sum()


def draw(p: PerExample, batch: int, *, generator: torch.Generator | None = None) -> Drawn:
    """Draw steps with their chances, by one systematic draw that spreads them, and say their weights.

    Each step is drawn with its chance, so a weighted mean over the batch has no bias.

    Args:
        p: the chances of the steps 1 .. T, ``(T,)``, floating; what they sum to does not matter.
        batch: how many to draw.
        generator: the source of randomness, on the CPU.

    Returns:
        The steps and their weights, on the device of p.

    Raises:
        ValueError: if p is not floating of shape (T,), or batch < 1.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, section 3.3.

    Claim: time.importance, vdm.time.lowdisc
    """
    where = "udm.importance.draw"
    per_example(where, p=p)
    integers(where, batch=batch)
    generators(where, generator=generator)
    if batch < 1:
        raise ValueError(f"{where}: expected batch >= 1, got {batch}")
    whole = to_float64(p)
    whole = whole / whole.sum()
    heights = torch.cumsum(whole, dim=0)
    u = systematic_times(batch, generator=generator).to(whole.device)
    k = torch.searchsorted(heights, u * heights[-1]).clamp(max=len(whole) - 1)
    return Drawn(k + 1, 1 / (len(whole) * whole[k]))


class History:
    """The last losses of each of T steps.

    Args:
        T: the number of steps.
        kept: how many losses of each are kept, and needed before chances differ.

    Raises:
        ValueError: if T or kept is no positive integer.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, section 3.3, which keeps ten.

    Claim: time.importance
    """

    def __init__(self, T: int, kept: int = 10) -> None:
        where = "udm.importance.History"
        integers(where, T=T, kept=kept)
        if T < 1 or kept < 1:
            raise ValueError(f"{where}: expected T >= 1 and kept >= 1, got {T} and {kept}")
        self._squares: Float64[Tensor, "T kept"] = torch.zeros(T, kept, dtype=torch.float64)
        self._seen = torch.zeros(T, dtype=torch.int64)

    @property
    def full(self) -> bool:
        """Whether every step has as many losses as are kept."""
        return int(self._seen.min()) >= self._squares.shape[1]

    def add(self, step: Integer[Tensor, "batch"], loss: PerExample) -> None:
        """Keep losses, the oldest of a step making room; this looks at the values.

        Args:
            step: i = 1 .. T, ``(batch,)``, integer.
            loss: of these steps, without a weight, ``(batch,)``, floating.

        Raises:
            ValueError: if step is not integer of the shape of the loss, is outside 1 .. T, or a loss is not finite.
        """
        where, T = "udm.importance.History.add", len(self._seen)
        per_example(where, loss=loss)
        fine = isinstance(step, Tensor) and step.shape == loss.shape and not step.is_floating_point()  # pyright: ignore[reportUnnecessaryIsInstance]
        steps = [int(i) for i in step] if fine else []
        if not fine or not all(1 <= i <= T for i in steps):
            raise ValueError(f"{where}: expected step of {len(loss)} integers from 1 to {T}, got {step}")
        if not bool(torch.isfinite(loss).all()):
            raise ValueError(f"{where}: expected finite losses, got others")
        for i, square in zip(steps, listed(torch.square(to_float64(loss.detach()))), strict=True):
            self._squares[i - 1, int(self._seen[i - 1]) % self._squares.shape[1]] = square
            self._seen[i - 1] += 1

    def chances(self) -> PerExample64:
        """Return the chances of the steps, all alike until every step has enough losses or if all losses are 0.

        Returns:
            The chances, ``(T,)`` float64.
        """
        found = chances(self._squares.mean(dim=1))
        known = self.full and not bool(torch.isnan(found).any())
        return found if known else torch.full_like(found, 1 / len(found))
