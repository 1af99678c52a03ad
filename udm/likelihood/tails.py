r"""How many draws carry a standard error, which is worth little where few do. For N deviations d_i from a mean,

.. math::
    n = \frac{(\sum_i d_i^2)^2}{\sum_i d_i^4} = \frac{N}{\text{kurtosis}}, \qquad
    \frac{\text{error of } \hat\sigma}{\sigma} \approx \frac{1}{2 \sqrt n},

by the variance of a mean of squares, to first order. With n below 25 a standard error is not known to a tenth; with
tails so heavy that the draws have not yet shown them, n is too large, and nothing in the numbers can tell.
"""

import math

import torch
from torch import Tensor

from udm.stable import to_float64

ENOUGH = 25.0  # 1 / (2 sqrt(n)) is a tenth there


class Carried:
    """The sums of squares and fourth powers of deviations, added batch by batch."""

    def __init__(self) -> None:
        self.draws, self.squares, self.fourths = 0, 0.0, 0.0

    def add(self, deviations: Tensor) -> None:
        """Add deviations of any shape."""
        squares = torch.square(to_float64(deviations))
        self.draws += squares.numel()
        self.squares += float(squares.sum())
        self.fourths += float(torch.square(squares).sum())

    @property
    def by(self) -> float:
        """n, the number of draws that carry the error; infinite if all deviations are 0."""
        if self.squares == 0:
            return math.inf
        return self.squares / self.fourths * self.squares

    def __str__(self) -> str:
        return f"about {self.by:.2g} of {self.draws} draws"
