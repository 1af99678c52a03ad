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
    like: Tensor | None = None
    for z in tensors.values():
        if like is None:
            like, fine = z, z.is_floating_point() and z.ndim > 0
        else:
            fine = z.shape == like.shape and z.dtype == like.dtype
        if not fine:
            _refuse(where, tensors)


def _refuse(where: str, tensors: dict[str, Tensor]) -> None:
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
    return tuple(_laid(event, a) for a in scalars)


def working(dtype: torch.dtype) -> torch.dtype:
    """The dtype in which an event is combined: its own, but float32 for the half types, which round once, last."""
    return dtype if dtype.itemsize >= 4 else torch.float32


def combine(*terms: tuple[PerExample, Event]) -> Event:
    r"""The sum :math:`\sum_k a_k z_k`, in the dtype of the events.

    Each a_k : (batch,) is rounded once, to the working dtype; for float16 and bfloat16 so is the sum. A product is
    added in one pass, and in one rounding where the processor has multiply-add.
    """
    (a_1, event), *rest = terms
    dtype = working(event.dtype)
    result = _factor(a_1, event, dtype) * event
    for a, z in rest:
        try:
            result.addcmul_(_factor(a, event, dtype), z)  # in place: a third event would not fit the cache
        except RuntimeError:  # torch.vmap over z alone, which has no place for a batch in one sum
            result = torch.addcmul(result, _factor(a, event, dtype), z)
    return result if dtype == event.dtype else result.to(event.dtype)


def cast(event: Tensor, scalar: PerExample) -> Tensor:
    """A coefficient (batch,) as (batch, 1, ..., 1), rounded once to the dtype of the event."""
    events("cast", event=event)
    return _factor(scalar, event, event.dtype)


def _factor(a: PerExample, event: Tensor, dtype: torch.dtype) -> Tensor:
    """Rounded where it is, then moved (a device may have no float64), then spread."""
    a = a.to(dtype)
    return _laid(event, a if a.is_cpu and event.is_cpu else a.to(event.device))


def _laid(event: Tensor, a: PerExample) -> Tensor:
    if a.shape != event.shape[:1] or not a.is_floating_point():
        per_example("over", event.shape[0], a=a)  # says what is wrong
    return a.reshape((-1,) + (1,) * (event.ndim - 1))
