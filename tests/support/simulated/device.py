"""The device ``sim``: its tensors are CPU tensors in a wrapper, so its numbers are the CPU's, bit for bit.

As on a GPU, an operation on tensors of two devices fails (scalars, copies and indices apart). Beyond a GPU's errors,
two rules can be switched on: ``quiet`` forbids whatever would wait for the device or copy to it, and ``no_float64``
forbids float64 on it, as mps does. Import it in a process of its own: a backend is registered once and for all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.utils import backend_registration
from torch.utils._pytree import tree_leaves, tree_map

import udm.stable

aten = torch.ops.aten
NAME = "sim"


class _Module(backend_registration._DummyBackendModule):
    """The functions that torch calls on a device's module."""

    def get_rng_state(self, device: object = None) -> Tensor:
        return torch.empty(0, dtype=torch.uint8)

    def set_rng_state(self, state: Tensor, device: object = None) -> None:
        pass


backend_registration._setup_privateuseone_for_python_backend(NAME, backend_module=_Module())
SIM = torch.device(NAME, 0)
_COPIES = {aten.copy_.default, aten._to_copy.default}
_INDICES = {
    aten.index.Tensor,
    aten.index_put.default,
    aten.index_put_.default,
    aten._index_put_impl_.default,
}
_LOOKS = {aten._local_scalar_dense.default, aten.nonzero.default, aten.is_nonzero.default, aten.equal.default}
_rules = {"quiet": False, "no float64": False}


class OnSim(Tensor):
    """A tensor on the device; ``raw`` holds its numbers."""

    raw: Tensor
    made: ClassVar[int] = 0  # how many were ever made
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, raw: Tensor) -> "OnSim":
        if _rules["no float64"] and raw.dtype == torch.float64:
            raise TypeError(f"{NAME} has no float64")
        found = Tensor._make_wrapper_subclass(
            cls, raw.shape, strides=raw.stride(), storage_offset=raw.storage_offset(), dtype=raw.dtype, device=SIM
        )
        found.raw = raw
        OnSim.made += 1
        return found

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return f"OnSim({self.raw})"

    def tolist(self) -> Any:
        """Copy to the CPU first, as a GPU does."""
        return self.cpu().tolist()

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class Generator(torch.Generator):
    """A generator of random numbers for this device, backed by the CPU's."""

    def __new__(cls, device: torch.device | str | None = None) -> "Generator":
        return super().__new__(cls, "cpu" if device is None or torch.device(device).type == NAME else device)


def _run(op: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    tensors = [a for a in tree_leaves((args, kwargs)) if isinstance(a, Tensor)]
    _same_device(op, args, tensors)
    home = _home(op, args, kwargs, tensors)
    _stays(op, tensors, home)
    known = {id(a.raw): a for a in tensors if isinstance(a, OnSim)}
    kwargs = {k: v for k, v in kwargs.items() if k != "pin_memory"}
    found = op(*tree_map(_lower, args), **tree_map(_lower, kwargs))

    def lift(a: Any) -> Any:
        if not isinstance(a, Tensor) or home != SIM:
            return a
        return known[id(a)] if id(a) in known else OnSim(a)

    return tree_map(lift, found)


def _lower(a: Any) -> Any:
    if isinstance(a, OnSim):
        return a.raw
    return torch.device("cpu") if isinstance(a, torch.device) and a.type == NAME else a


def _home(op: Any, args: Any, kwargs: dict[str, Any], tensors: list[Tensor]) -> torch.device:
    """Return the device of the result: the one that was asked for, or else that of the arguments."""
    asked = kwargs.get("device")
    if asked is not None:
        return SIM if torch.device(asked).type == NAME else torch.device("cpu")
    first = args[0] if op in _COPIES | _INDICES else next((a for a in tensors if isinstance(a, OnSim)), None)
    return first.device if isinstance(first, Tensor) else SIM


def _same_device(op: Any, args: Any, tensors: list[Tensor]) -> None:
    if op in _COPIES or not any(isinstance(a, OnSim) for a in tensors):
        return
    tensors = [args[0]] if op in _INDICES else tensors
    other = [a for a in tensors if not isinstance(a, OnSim) and a.ndim > 0]
    if other:
        raise RuntimeError(f"{op}: expected all tensors on one device, got {SIM} and {other[0].device}")


def _stays(op: Any, tensors: list[Tensor], home: torch.device) -> None:
    if not _rules["quiet"]:
        return
    masks = op in _INDICES and any(a.dtype == torch.bool for a in tensors[1:])  # the shape depends on values
    if op in _LOOKS or masks:
        raise RuntimeError(f"{op}: looks at a value, and would wait for the device")
    if op in _COPIES and any(a.device != home and a.ndim > 0 for a in tensors):
        raise RuntimeError(f"{op}: copies between devices, and would wait for one")


@contextmanager
def quiet() -> Iterator[None]:
    """Forbid reading a value from the device, and copying to it or from it."""
    yield from _ruled("quiet")


@contextmanager
def no_float64() -> Iterator[None]:
    """Forbid float64 on the device, as mps does, and let udm know."""
    udm.stable.NO_FLOAT64.add(NAME)
    try:
        yield from _ruled("no float64")
    finally:
        udm.stable.NO_FLOAT64.remove(NAME)


def _ruled(rule: str) -> Iterator[None]:
    _rules[rule] = True
    try:
        yield
    finally:
        _rules[rule] = False


def _then_moved(make: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Make a function that creates tensors from numbers create them on the CPU, and then move them."""

    def made(data: Any, *args: Any, device: Any = None, **kwargs: Any) -> Tensor:
        if device is None or torch.device(device).type != NAME:
            return make(data, *args, device=device, **kwargs)
        return make(data, *args, **kwargs).to(device)

    return made


def _fall_back(op: Any, *args: Any, **kwargs: Any) -> Any:
    return _run(op, args, kwargs)


_library = torch.library.Library("_", "IMPL")
_library.fallback(_fall_back, "PrivateUse1")
torch.tensor = _then_moved(torch.tensor)  # which bypasses the dispatch of tensors written in Python
torch.as_tensor = _then_moved(torch.as_tensor)
torch.Generator = Generator  # pyright: ignore[reportAttributeAccessIssue]
