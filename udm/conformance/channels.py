"""Exact propagation of coefficients: x0, eps and each noise draw in a position of its own.

A step of a sampler is linear in these and acts on each position alike. So one run on unit vectors yields its whole
linear map: position j of what comes out is the coefficient of channel j. Draws of torch are replaced by further unit
vectors.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from udm.conformance.distance import FORMATS
from udm.conformance.guard import Theirs, theirs

SIZE = 0.5  # of a unit: a power of 2, so that nothing is rounded, and within the range to which samplers clip
DRAWS: tuple[Any, ...] = (torch.randn, torch.randn_like, torch.normal, Tensor.normal_)


def units(count: int, width: int, dtype: torch.dtype, batch: int = 1) -> list[Tensor]:
    """Return the first unit vectors, each `(batch, 1, 1, width)` as an image."""
    return [unit(k, width, dtype).expand(batch, 1, 1, width).clone() for k in range(count)]


def unit(k: int, width: int, dtype: torch.dtype) -> Tensor:
    """Return unit vector k, `(1, 1, 1, width)`."""
    found = torch.zeros(1, 1, 1, width, dtype=dtype)
    found[..., k] = SIZE
    return found


class TooMany(RuntimeError):
    """More noise was drawn than there are channels."""


class Draws(TorchFunctionMode):
    """Within it, each draw of normal noise is the next unit vector."""

    def __init__(self, first: int, width: int) -> None:
        super().__init__()
        self.next, self.width = first, width

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func not in DRAWS:
            return func(*args, **kwargs)
        made = func(*args, **kwargs)
        if made.ndim == 0 or made.shape[-1] != self.width:
            return made
        if self.next >= self.width:
            raise TooMany(f"expected at most {self.width - 2} draws of noise, got more")
        drawn = unit(self.next, self.width, made.dtype).expand(made.shape)
        self.next += 1
        return made.copy_(drawn)


def linear(function: Callable[..., Any], count: int, ts: Tensor, dtype: torch.dtype) -> Iterator[Sequence[float]]:
    """Yield, for each t of a batch, the coefficients of a function of `count` tensors and t."""
    made = theirs(function)(*units(count, count, dtype, len(ts)), ts)
    if not isinstance(made, Tensor) or made.shape != (len(ts), 1, 1, count):
        got = tuple(made.shape) if isinstance(made, Tensor) else type(made).__name__
        raise Theirs(ValueError(f"expected a tensor of the shape {(len(ts), 1, 1, count)}, got {got}"))
    if made.dtype not in FORMATS:
        raise Theirs(ValueError(f"expected floating numbers, got {made.dtype}"))
    yield from (made.detach().double().reshape(len(ts), count) / SIZE).tolist()
