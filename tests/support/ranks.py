"""The program of each rank: the cases of `tests/udm/train/test_ranks.py`, then wrong versions."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import udm.train.step
from tests.support.tiny import DIGITS, config
from udm.schedule import Learned
from udm.train import fit
from udm.train.journal import losses
from udm.train.randomness import StepNoise, draw
from udm.train.run import Run

CASES: dict[str, dict[str, Any]] = {
    "whole": {"learn_ends": True},
    "parts": {"accumulate": 2, "conditional": True},
    "discrete": {"T": 10, "schedule": "linear"},
    "given schedule": {},
}
COMMON: dict[str, Any] = {"dropout": 0.0, "lr": 1e-3, "save_every": 6}  # each rank draws its own dropout


# A loss is a mean of 2048 squares in float32, whose kernels see half the batch: some 2^-24 relative. Adam makes whole
# steps of lr out of gradients that are rounding alone (biases before a normalisation): in 6 steps such a parameter goes
# 6e-3 astray, and the loss, whose gradient there is nothing but rounding, by that times 2^-24 or so.
ROUNDING = 1e-6


def by_losses(a: Path, b: Path, steps: int = config().steps) -> float:
    """Return the largest relative difference of two losses."""
    pairs = list(zip(losses(a), losses(b), strict=True))
    assert len(pairs) == steps
    return max(abs(x - y) / abs(y) for x, y in pairs)


def own_times(patch: pytest.MonkeyPatch) -> None:
    """Draw u_0 on each rank by itself, which is wrong."""

    def drawn(seed: int, *rest: Any) -> StepNoise:
        return draw(seed + int(os.environ["RANK"]), *rest)

    patch.setattr(udm.train.step, "draw", drawn)


def own_schedule(patch: pytest.MonkeyPatch) -> None:
    """Take the schedule's gradient from each rank's own examples, which is wrong."""
    right = Run.averaged
    patch.setattr(Run, "averaged", lambda self, a: a if isinstance(self.schedule, Learned) else right(self, a))


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {"own times": own_times, "own schedule": own_schedule}


def own_weights() -> Learned:
    """Initialise the schedule on each rank by itself, which is wrong."""
    torch.manual_seed(int(os.environ.get("RANK", "0")))
    return Learned(-9.0, 6.0, 8)


def right(out: Path) -> None:
    for name, settings in CASES.items():
        given = own_weights() if name == "given schedule" else None
        fit(config(**COMMON, **settings), out / name, data=DIGITS(), schedule=given)


def wrong(out: Path) -> None:
    for name, fault in FAULTS.items():
        with pytest.MonkeyPatch.context() as patch:
            fault(patch)
            fit(config(**COMMON, **CASES["whole"]), out / name, data=DIGITS())


def right_and_wrong(out: Path) -> None:
    right(out)
    wrong(out)
