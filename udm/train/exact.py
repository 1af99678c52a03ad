"""Deterministic kernels, on which exact resumption depends where a device also has others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch.utils import deterministic

_FILL = "fill_uninitialized_memory"  # missing in torch's types


@contextmanager
def exact(device: torch.device) -> Iterator[None]:
    """Make torch use deterministic kernels, and warn of an operation that has none; a CPU needs nothing."""
    if device.type == "cpu":
        yield
        return
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when cuBLAS starts
    on, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    fill, benchmark = getattr(deterministic, _FILL), torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=warns or not on)  # an error if the user asked for one
    setattr(deterministic, _FILL, False)  # a debugging aid that costs a pass over each new tensor
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(on, warn_only=warns)
        setattr(deterministic, _FILL, fill)
        torch.backends.cudnn.benchmark = benchmark
