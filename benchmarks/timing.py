"""Ratios of running times, from runs that alternate, so that a busy machine slows all contenders alike.

On a CPU the clock is the CPU time of this process on one thread, which other people's work hardly moves; on a GPU it is
the wall time between two synchronisations. A ratio is the median over rounds of a contender's time over the base's *in
the same round*; its spread is an interval that holds the true median with probability 0.99 whatever the law of noise.
"""

import ctypes
import gc
import math
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import torch

Run: TypeAlias = Callable[[], object]
Times: TypeAlias = dict[str, list[float]]
_Z = 2.576  # of a normal, two-sided 0.99


class Ratio(NamedTuple):
    """A median, and the ends of its interval."""

    ratio: float
    low: float
    high: float


def quiet() -> None:
    """Use one thread, and keep memory between calls: page faults would hide the differences."""
    torch.set_num_threads(1)
    try:
        libc = ctypes.CDLL(None)
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD of glibc
            libc.mallopt(option, 1 << 30)
    except (AttributeError, OSError, TypeError):
        return  # another C library: noisier, not wrong


def clock(device: torch.device) -> float:
    """Return seconds of CPU time, or of wall time with the device's queue empty."""
    if device.type == "cpu":
        return time.process_time()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def interleaved(runs: dict[str, Run], device: torch.device, budget: float, most: int = 400) -> Times:
    """Time each contender once a round, in a random order, until the budget (wall seconds) is spent."""
    for _ in range(3):
        for run in runs.values():
            run()
    order, rng, times = list(runs), random.Random(0), {name: [] for name in runs}
    gc.collect()
    gc.disable()
    try:
        end = time.perf_counter() + budget
        while len(times[order[0]]) < 15 or (time.perf_counter() < end and len(times[order[0]]) < most):
            rng.shuffle(order)
            for name in order:
                start = clock(device)
                runs[name]()
                times[name].append(clock(device) - start)
    finally:
        gc.enable()
    return times


def paired(times: Sequence[float], base: Sequence[float]) -> Ratio:
    """Return the median of times[k] / base[k], and the order statistics that hold the true one with probability 0.99.

    Raises:
        ValueError: not as many of one as of the other, or fewer than 15 (too few to exclude anything).
    """
    if len(times) != len(base) or len(times) < 15:
        raise ValueError(f"paired: expected as many times as base times, 15 or more, got {len(times)} and {len(base)}")
    quotients = sorted(a / b for a, b in zip(times, base, strict=True))
    reach = math.ceil(_Z * math.sqrt(len(quotients)) / 2)
    middle = (len(quotients) - 1) / 2
    low, high = max(math.floor(middle - reach), 0), min(math.ceil(middle + reach), len(quotients) - 1)
    return Ratio(statistics.median(quotients), quotients[low], quotients[high])
