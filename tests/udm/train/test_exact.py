"""On devices other than the CPU a run uses deterministic kernels, and leaves torch's settings as it found them."""

import os

import pytest
import torch
from torch.utils import deterministic

from udm.train.exact import exact


def state() -> tuple[bool, bool, bool, bool]:
    return (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        deterministic.fill_uninitialized_memory,
        torch.backends.cudnn.benchmark,
    )


@pytest.mark.parametrize("benchmark", [False, True])
def test_kernels_are_deterministic_during_a_run(monkeypatch: pytest.MonkeyPatch, benchmark: bool) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    monkeypatch.setattr(torch.backends.cudnn, "benchmark", benchmark)
    before = state()
    with pytest.raises(KeyboardInterrupt), exact(torch.device("cuda")):
        assert state() == (True, True, False, False)
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
        raise KeyboardInterrupt
    assert state() == before


def test_a_user_may_ask_for_errors_instead() -> None:
    torch.use_deterministic_algorithms(True)
    try:
        with exact(torch.device("cuda")):
            assert state()[:2] == (True, False)
        assert state()[:2] == (True, False)
    finally:
        torch.use_deterministic_algorithms(False)


def test_a_cpu_needs_no_setting() -> None:
    before = state()
    with exact(torch.device("cpu")):
        assert state() == before
