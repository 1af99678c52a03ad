"""What all tests of this repository share: `udm.testing.plugin`, process settings, and a way to interrupt a run."""

import gc
import os
import signal
from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest

# A clone installed before the plugin had an entry point lacks it, and pytest refuses to load a plugin twice.
INSTALLED = any(point.name == "udm" for point in entry_points(group="pytest11"))
pytest_plugins = [] if INSTALLED else ["udm.testing.plugin"]

# Before torch. Workers share the cores, and threads that wait for one spin; the compiler of CPU code needs no processes
# of its own, each of which would import torch.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")

# Between two searches for reference cycles, each of which walks all claims and torch: few objects form cycles.
gc.set_threshold(50_000, 20, 100)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt this process and those started here, even if the starting shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
