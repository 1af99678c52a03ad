"""The identity of the data, schedule and weight of a run, which its settings do not determine.

A checkpoint holds it as numbers and digests. A run goes on, and a model is read back, only with objects that give the
same ones.
"""

import hashlib
import math
from pathlib import Path
from typing import Any

import torch

from udm.data import Data
from udm.schedule import Learned, Schedule
from udm.train.contents import Reading, contents
from udm.train.objective import Loss
from udm.train.path import on_table

TIMES = (0.125, 0.25, 0.5, 0.75, 0.875)
LOG_SNRS = (-6.0, -1.0, 0.0, 2.0, 8.0)


def of_data(data: Data, kept: Path | None = None, reading: Reading = lambda done, count: None) -> dict[str, Any]:
    """Return name, shape, levels, classes, number of events, and a digest of all of them.

    What earlier versions kept, a digest of the first and the last event, is there too.

    Raises:
        ValueError: if an event cannot be read, does not fit the others, or has a level out of range.
    """
    index, classes = data.read([0, len(data) - 1])
    ends = index.to(torch.int64).numpy().tobytes() + classes.to(torch.int64).numpy().tobytes()
    same = {"shape": list(data.shape), "K": data.K, "labels": data.labels, "count": len(data)}
    digests = {"digest": hashlib.sha256(ends).hexdigest()[:16], "sha256": contents(data, kept, reading)}
    return {"name": data.name, **same, **digests}


@torch.no_grad()
def of_schedule(schedule: Schedule) -> dict[str, Any]:
    """Return the class, and gamma at five times unless it is learned."""
    name = type(schedule).__name__
    if isinstance(schedule, Learned):
        return {"class": name}
    t = on_table(schedule, torch.tensor(TIMES, dtype=torch.float64, device=schedule.device))
    return {"class": name, "gamma": schedule.gamma(t).tolist()}


@torch.no_grad()
def of_weight(loss: Loss) -> list[float] | None:
    """Return w at five values of log SNR if the weight is a function."""
    return loss(torch.tensor(LOG_SNRS, dtype=torch.float64)).tolist() if callable(loss) else None


def different(mine: Any, stored: Any) -> bool:
    """Return whether two identities differ; names do not count, nor 1e-9 in numbers, as machines round differently."""
    if stored is None:  # an earlier version kept none
        return False
    if isinstance(mine, dict) and isinstance(stored, dict):
        return any(different(mine[k], stored[k]) for k in mine.keys() & stored.keys() - {"name"})
    if isinstance(mine, list) and isinstance(stored, list):
        return len(mine) != len(stored) or any(map(different, mine, stored))
    if isinstance(mine, float) and isinstance(stored, float):
        return not math.isclose(mine, stored, rel_tol=1e-9, abs_tol=1e-9)
    return mine != stored
