"""One number per example, laid over the axes of an event.

A batch is z : ``(batch, *event)``; a time, a gamma or a coefficient is a : (batch,), and

    (a z)[b, ...] = a[b] z[b, ...].

Broadcasting would also accept (), (1,) and (4, 1, 1, 1), or lay a (4,) along the last axis of a (4, 4); all of these
are refused. The checks look at types, shapes, dtypes and devices, never at values, so that nothing waits for a device.
Each check takes the public name of the function that the caller wrote, and its message begins with that name.
"""

from typing import TypeAlias

import numpy as np
import torch
from jaxtyping import Float, Float64, Integer
from torch import Tensor

Event: TypeAlias = Float[Tensor, "batch *event"]
Indices: TypeAlias = Integer[Tensor, "batch *event"]
PerExample: TypeAlias = Float[Tensor, "batch"]
PerExample64: TypeAlias = Float64[Tensor, "batch"]
Times: TypeAlias = PerExample | Float[np.ndarray, "batch"] | float


def per_example(where: str, batch: int | None = None, /, **scalars: Tensor) -> None:
    """Require each scalar to be floating and of shape exactly (batch,); if ``batch`` is absent, the first one sets it.

    Raises:
        ValueError: if one is anything else; the message gives ``where``, its name, what was expected and what it is.
    """
    for name, a in scalars.items():
        if not isinstance(a, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"{where}: expected {name} to be a tensor, got {type(a).__name__}")
        batch = a.shape[0] if batch is None and a.ndim == 1 else batch
        size = "batch" if batch is None else batch
        if a.ndim != 1 or a.shape[0] != batch:
            raise ValueError(f"{where}: expected {name} of shape ({size},), one per example, got {tuple(a.shape)}")
        if not a.is_floating_point():
            raise ValueError(f"{where}: expected {name} of a floating dtype, got {a.dtype}")


def events(where: str, **tensors: Tensor) -> None:
    """Require floating tensors with a batch axis that all agree with the first in shape, dtype and device.

    Raises:
        ValueError: if one does not; the message gives ``where``, its name, what was expected and what it is.
    """
    like: Tensor | None = None
    for z in tensors.values():
        if like is None:
            like, fine = z, isinstance(z, Tensor) and z.is_floating_point() and z.ndim > 0  # pyright: ignore[reportUnnecessaryIsInstance]
        else:
            fine = isinstance(z, Tensor) and z.shape == like.shape and z.dtype == like.dtype and z.device == like.device  # pyright: ignore[reportUnnecessaryIsInstance]
        if not fine:
            _refuse(where, tensors)


def _refuse(where: str, tensors: dict[str, Tensor]) -> None:
    (first, like), *_ = tensors.items()
    for name, z in tensors.items():
        if not isinstance(z, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"{where}: expected {name} to be a tensor, got {type(z).__name__}")
        if not z.is_floating_point():
            raise ValueError(f"{where}: expected {name} of a floating dtype, got {z.dtype}")
        if z.ndim == 0:
            raise ValueError(f"{where}: expected {name} of shape (batch, *event), got ()")
        for what, expected, got in (
            ("of shape", tuple(like.shape), tuple(z.shape)),
            ("of dtype", like.dtype, z.dtype),
            ("on device", like.device, z.device),
        ):
            if got != expected:
                raise ValueError(f"{where}: expected {name} {what} {expected}, as {first}, got {got}")


def records(where: str, batch: int | None, kind: type, **given: tuple[Tensor, ...]) -> None:
    """Require each record to be a ``kind`` (a Marginal or a Step) whose fields are floating and of shape (batch,).

    If ``batch`` is None, the first field sets it.

    Raises:
        ValueError: if one is anything else; the message gives ``where``, its name, what was expected and what it is.
    """
    instance(where, kind, **given)
    for name, record in given.items():
        for a in record:
            fine = isinstance(a, Tensor) and a.ndim == 1 and a.is_floating_point()  # pyright: ignore[reportUnnecessaryIsInstance]
            if not fine or a.shape[0] != (batch := a.shape[0] if batch is None else batch):
                _refuse_record(where, batch, name, record)


def _refuse_record(where: str, batch: int | None, name: str, record: tuple[Tensor, ...]) -> None:
    fields: tuple[str, ...] = getattr(record, "_fields", ())
    per_example(where, batch, **{f"{name}.{field}": a for field, a in zip(fields, record, strict=True)})


def indices(where: str, shape: torch.Size | None = None, /, **given: Tensor) -> None:
    """Require integer tensors with a batch axis, of exactly ``shape`` if it is given.

    Raises:
        ValueError: if one is anything else; the message gives ``where``, its name, what was expected and what it is.
    """
    expected = "(batch, *event)" if shape is None else tuple(shape)
    for name, i in given.items():
        if not isinstance(i, Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"{where}: expected {name} to be a tensor, got {type(i).__name__}")
        integer = not (i.is_floating_point() or i.is_complex() or i.dtype == torch.bool)
        if not integer or (i.ndim == 0 if shape is None else i.shape != shape):
            raise ValueError(f"{where}: expected {name} of shape {expected}, integer, got {tuple(i.shape)}, {i.dtype}")


def instance(where: str, kind: type, **given: object) -> None:
    """Require each argument to be an instance of ``kind``.

    Raises:
        ValueError: if one is not; the message gives ``where``, its name, what was expected and what it is.
    """
    for name, value in given.items():
        if not isinstance(value, kind):
            raise ValueError(f"{where}: expected {name} to be a {kind.__name__}, got {type(value).__name__}")


def over(event: Tensor, *scalars: PerExample) -> tuple[Tensor, ...]:
    """Spread each scalar, (batch,), over the event axes: (batch, 1, ..., 1), dtype and device unchanged.

    Raises:
        ValueError: if the event is not floating or has no batch axis, or a scalar is not floating of shape (batch,).
    """
    events("udm.shapes.over", event=event)
    return tuple(_laid(event, a) for a in scalars)


def working(dtype: torch.dtype) -> torch.dtype:
    """Return the dtype in which events are combined: float32 for the half types, which are rounded once, at the end."""
    return dtype if dtype.itemsize >= 4 else torch.float32


def combine(*terms: tuple[PerExample, Event]) -> Event:
    r"""Return :math:`\sum_k a_k z_k` in the dtype of the events.

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
    """Return a coefficient (batch,) as (batch, 1, ..., 1), rounded once to the dtype of the event."""
    events("udm.shapes.cast", event=event)
    return _factor(scalar, event, event.dtype)


def _factor(a: PerExample, event: Tensor, dtype: torch.dtype) -> Tensor:
    """Round where the number is, then move it (a device may have no float64), then spread it."""
    a = a.to(dtype)
    return _laid(event, a if a.is_cpu and event.is_cpu else a.to(event.device))


def _laid(event: Tensor, a: PerExample) -> Tensor:
    if a.shape != event.shape[:1] or not a.is_floating_point():
        per_example("udm.shapes.over", event.shape[0], a=a)  # raises, with the reason
    return a.reshape((-1,) + (1,) * (event.ndim - 1))


def listed(a: PerExample) -> list[float]:
    """Return the numbers as Python floats, exactly; this waits for the device once."""
    return [float(x) for x in a.detach().cpu().numpy()]
