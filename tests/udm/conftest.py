"""Fixtures of the training tests: one thread, and a run that is trained once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.support.tiny import DIGITS, config
from udm.train import fit

collect_ignore = [] if torch.cuda.is_available() else ["test_gpu.py"]


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Use one thread: networks this small gain nothing from more, which only wait where cores are shared."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with classes and a learned schedule, which tests read and never write."""
    out = tmp_path_factory.mktemp("trained") / "run"
    fit(config(conditional=True), out, data=DIGITS())
    return out
