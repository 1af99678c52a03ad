"""One number per example, laid over the axes of an event.

A batch is z : (batch, *event); a time, a gamma or a coefficient is a : (batch,), and

    (a z)[b, ...] = a[b] z[b, ...].

Broadcasting would also accept (), (1,), (4, 1, 1, 1), or lay a (4,) along the last axis of a (4, 4): all refused.
Only metadata is looked at, at each call; values never are, so nothing waits for a device.
"""

from typing import TypeAlias

import torch
from jaxtyping import Float, Float64, Integer
from torch import Tensor

Event: TypeAlias = Float[Tensor, "batch *event"]
Indices: TypeAlias = Integer[Tensor, "batch *event"]
PerExample: TypeAlias = Float[Tensor, "batch"]
PerExample64: TypeAlias = Float64[Tensor, "batch"]


def per_example(where: str, batch: int | None = None, /, **scalars: Tensor) -> None:
    """Refuse any scalar that is not floating and of shape exactly (batch,); without ``batch`` the first one sets it.

    Raises:
        ValueError: names the scalar, the place, what was expected and what came.
    """
    for name, a in scalars.items():
        batch = a.shape[0] if batch is None and a.ndim == 1 else batch
        size = "batch" if batch is None else batch
        if a.ndim != 1 or a.shape[0] != batch:
            raise ValueError(f"{where}: expected {name} of shape ({size},), one per example, got {tuple(a.shape)}")
        if not a.is_floating_point():
            raise ValueError(f"{where}: expected {name} of a floating dtype, got {a.dtype}")


def events(where: str, **tensors: Tensor) -> None:
    """Refuse events that are not floating, have no batch axis, or differ in shape or dtype from the first.

    Raises:
        ValueError: names the tensor, the place, what was expected and what came.
    """
    (first, like), *_ = tensors.items()
    for name, z in tensors.items():
        if not z.is_floating_point():
            raise ValueError(f"{where}: expected {name} of a floating dtype, got {z.dtype}")
        if z.ndim == 0:
            raise ValueError(f"{where}: expected {name} of shape (batch, *event), got ()")
        if z.shape != like.shape:
            raise ValueError(f"{where}: expected {name} of shape {tuple(like.shape)}, as {first}, got {tuple(z.shape)}")
        if z.dtype != like.dtype:
            raise ValueError(f"{where}: expected {name} of dtype {like.dtype}, as {first}, got {z.dtype}")


def over(event: Tensor, *scalars: PerExample) -> tuple[Tensor, ...]:
    """Spread each scalar, (batch,), over the event axes: (batch, 1, ..., 1), dtype and device unchanged.

    Raises:
        ValueError: an event that is not floating or has no batch axis; a scalar that is not floating of shape (batch,).
    """
    events("over", event=event)
    per_example("over", event.shape[0], **{f"scalars[{k}]": a for k, a in enumerate(scalars)})
    return tuple(a.reshape(-1, *(1,) * (event.ndim - 1)) for a in scalars)


def working(dtype: torch.dtype) -> torch.dtype:
    """The dtype in which an event is combined: its own, but float32 for the half types, which round once, last."""
    return dtype if dtype.itemsize >= 4 else torch.float32


def combine(*terms: tuple[PerExample, Event]) -> Event:
    r"""The sum :math:`\sum_k a_k z_k`, in the dtype of the events.

    Each a_k : (batch,) is rounded once, to the working dtype; for float16 and bfloat16 so is the sum. A product is
    added in one pass, and in one rounding where the processor has multiply-add.
    """
    event = terms[0][1]
    dtype = working(event.dtype)
    spread = (a.to(dtype).to(event.device) for a in over(event, *(a for a, _ in terms)))
    (a_1, z_1), *rest = zip(spread, (z for _, z in terms), strict=True)
    result = a_1 * z_1
    for a, z in rest:
        result = torch.addcmul(result, a, z)
    return result.to(event.dtype)


def cast(event: Tensor, scalar: PerExample) -> Tensor:
    """A coefficient (batch,) as (batch, 1, ..., 1), rounded once to the dtype of the event."""
    return over(event, scalar)[0].to(event.dtype).to(event.device)
