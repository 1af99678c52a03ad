"""Kernels that give the same bits each time, on a device that also has others: exact resumption rests on them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.utils import deterministic

_FILL = "fill_uninitialized_memory"  # which torch's types do not know


@contextmanager
def exact(device: torch.device) -> Iterator[None]:
    """torch takes deterministic kernels, and warns of an operation that has none; a CPU's are."""
    if device.type == "cpu":
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts
    on, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    fill, benchmark = getattr(deterministic, _FILL), torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=warns or not on)  # an error where the user wants one
    setattr(deterministic, _FILL, False)  # a debugging aid that costs a pass over each new tensor
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(on, warn_only=warns)
        setattr(deterministic, _FILL, fill)
        torch.backends.cudnn.benchmark = benchmark
