"""A target made and run again in float64: its float32 tables too, so that a right formula shows its right digits.

Within it float32 means float64: for torch's defaults and functions, and for the names `torch` and `np` of the modules
that define the target.
"""

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any

import numpy
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode


class Wide(ModuleType):
    """A module in which float32 is float64."""

    def __init__(self, module: ModuleType) -> None:
        super().__init__(module.__name__)
        self.__dict__["_module"] = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["_module"], "float64" if name == "float32" else name)


class _Doubled(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = {name: _wide(value) for name, value in (kwargs or {}).items()}
        if func is Tensor.float:
            return args[0].double()
        return func(*map(_wide, args), **kwargs)


def _wide(value: Any) -> Any:
    return torch.float64 if value is torch.float32 else value


@contextmanager
def promoted(modules: Iterable[str]) -> Iterator[None]:
    """Have float32 mean float64, in torch and in these modules."""
    before = torch.get_default_dtype()
    with ExitStack() as stack:
        for name in modules:
            stack.enter_context(_replaced(sys.modules.get(name)))
        torch.set_default_dtype(torch.float64)
        stack.callback(torch.set_default_dtype, before)
        stack.enter_context(_Doubled())
        yield


@contextmanager
def _replaced(module: ModuleType | None) -> Iterator[None]:
    """Replace torch and numpy among a module's names."""
    names = {} if module is None else {k: v for k, v in vars(module).items() if v is torch or v is numpy}
    try:
        for name, value in names.items():
            setattr(module, name, Wide(value))
        yield
    finally:
        for name, value in names.items():
            setattr(module, name, value)


def of_object(thing: Any) -> tuple[str, ...]:
    """Return the modules that define an object's class and its bases."""
    kind = thing if isinstance(thing, type) else type(thing)
    found = dict.fromkeys(base.__module__ for base in kind.__mro__)
    return tuple(name for name in found if name not in ("builtins", "typing", "abc"))
