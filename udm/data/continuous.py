"""Data without levels, as latents of an autoencoder are: floating events, which keep the numbers that they have."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from udm.data.levels import Data, check_levels, classes_of
from udm.shapes import instance

COLOURS = (1, 3, 4)
MOST = 1000  # events that the scale is taken of


class Continuous(Data):
    """Events of real numbers held in memory, in float32; messages about them begin with ``name``. Their K is 0.

    A path that preserves variance ends in N(0, 1), so the data should have a standard deviation near 1.

    Args:
        name: of the data.
        x: the events, ``(N, *event)``, floating, finite.
        labels: the class of each event, ``(N,)``, integer; or None.

    Raises:
        ValueError: if x is not floating of shape ``(N, *event)``, is empty or not finite, or labels are not integers
            >= 0 of shape (N,).
    """

    def __init__(self, name: str, x: Tensor, labels: Tensor | None = None) -> None:
        where = "udm.data.Continuous"
        instance(where, str, name=name)
        instance(where, Tensor, x=x, **({} if labels is None else {"labels": labels}))
        if x.ndim < 2 or not x.is_floating_point() or x.numel() == 0:
            got = f"{tuple(x.shape)}, {x.dtype}"
            raise ValueError(f"{name}: expected floating events of shape (N, *event), no axis of length 0, got {got}")
        self.name, self.K, self.shape = name, 0, tuple(x.shape[1:])
        self.x = x.to(torch.float32)
        check_finite(name, self.x)
        self.classes, self.labels = classes_of(name, labels, len(x))

    def __len__(self) -> int:
        return len(self.x)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        rows_ = torch.as_tensor(rows, dtype=torch.int64)
        return self.x[rows_], self.classes[rows_]


def check_finite(where: str, x: Tensor, first: int = 0) -> None:
    """Require finite events, whose numbers begin with ``first``.

    Raises:
        ValueError: if one is not; the message gives the first.
    """
    bad = ~torch.isfinite(x).reshape(len(x), -1).all(dim=1)
    if bool(bad.any()):
        i = int(bad.to(torch.int8).argmax())
        raise ValueError(f"{where}: expected finite events, got NaN or infinity (in float32) in event {first + i}")


def check_events(data: Data, events: Tensor, first: int = 0) -> None:
    """Require events of the data, whose numbers begin with ``first``: levels in range, or finite values.

    Raises:
        ValueError: if one is not; the message gives the first.
    """
    if data.K:
        check_levels(data.name, events, data.K, first)
    elif not events.is_floating_point():
        raise ValueError(f"{data.name}: expected floating events of continuous data, K = 0, got {events.dtype}")
    else:
        check_finite(data.name, events, first)


def channels_first(where: str, x: Tensor) -> Tensor:
    """Return events with their channels first: (N, H, W) gets one, and of four axes the two alike are taken for sides.

    Where no two are alike, or all three, the channels are those that are 1, 3 or 4, and else the first.

    Raises:
        ValueError: if both readings are equally likely.
    """
    if x.ndim == 3:
        return x[:, None]
    if x.ndim != 4:
        return x
    _, a, b, c = x.shape
    first, last = b == c, a == b
    if first == last:
        first, last = a in COLOURS, c in COLOURS
    if first and last:
        raise ValueError(
            f"{where}: expected shape (N, C, H, W) or (N, H, W, C), got {tuple(x.shape)}, which can be read both ways:"
            " give udm.data.Continuous the events with their channels first"
        )
    return x.movedim(3, 1).contiguous() if last else x


def scale(data: Data) -> dict[str, Any]:
    """Return least and greatest value, mean and standard deviation of at most a thousand events, spread over all."""
    n = len(data)
    x = data.read([i * n // min(n, MOST) for i in range(min(n, MOST))])[0].double()
    return {"least": float(x.min()), "most": float(x.max()), "mean": float(x.mean()), "deviation": float(x.std())}


__all__ = ["Continuous", "channels_first", "scale"]
