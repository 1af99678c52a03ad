"""How a schedule is differentiated in time: its slopes at the ends of time, and what computes its values and slopes."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from torch import Tensor

from udm.process import Marginal


class Edges(NamedTuple):
    """The slopes of sigma^2 and alpha^2 at the ends of time where they are 0.

    Attributes:
        sigma: d sigma^2/dt at t = 0; None if sigma_0 > 0.
        alpha: -d alpha^2/dt at t = 1; None if alpha_1 > 0.
    """

    sigma: float | None
    alpha: float | None


INSIDE = Edges(None, None)  # gamma is finite at both ends: no edge


Plain: TypeAlias = Callable[[Tensor, Tensor], Marginal]


class Path(NamedTuple):
    """What a schedule computes, and how it is differentiated in time.

    Attributes:
        marginal: the marginal at times.
        gap: the gap between two times, NaN where it is not positive.
        pair: the marginal at both of two times, one after the other, and the gap, with what they share computed once.
        edges: the slopes at the ends; None if nobody says.
        plain: the marginal at t, given t and 1 - t, by formulas of few operations: its derivatives are used, and its
            values are not. None if the derivatives are those of the operations that compute the values.
    """

    marginal: Callable[[Tensor], Marginal]
    gap: Callable[[Tensor, Tensor], Tensor]
    pair: Callable[[Tensor, Tensor], tuple[Marginal, Tensor]]
    edges: Edges | None
    plain: Plain | None

    @property
    def direct(self) -> bool:
        """Whether autograd of the values is right, and there are no formulas of fewer operations."""
        return self.edges == INSIDE and self.plain is None
