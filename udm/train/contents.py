"""The digest of all events and classes of data, computed once where their files tell whether they have changed."""

import hashlib
import json
import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import torch

from udm.data import Data
from udm.data.continuous import check_events
from udm.data.disk import write_whole

Reading: TypeAlias = Callable[[int, int], None]  # of events read, and events in all
COORDINATES = 1 << 22  # read at once


def contents(data: Data, kept: Path | None = None, reading: Reading = lambda done, count: None) -> str:
    """Return a digest of every event and class, in their order.

    ``kept`` is a file of earlier digests by the data's stamp, which is written where it can be.

    Raises:
        ValueError: if an event cannot be read, does not fit the others, or has a level out of range or is not finite.
    """
    stamp = None if kept is None else data.stamp()
    known = {} if kept is None or stamp is None else _known(kept)
    if stamp is not None and stamp in known:
        return known[stamp]
    found = _read(data, reading)
    if kept is not None and stamp is not None:
        with suppress(OSError):  # a folder that cannot be written costs the time again, and nothing else
            write_whole(kept, json.dumps(known | {stamp: found}, indent=1) + "\n")
    return found


def _read(data: Data, reading: Reading) -> str:
    events, classes, count = hashlib.sha256(), hashlib.sha256(), len(data)
    size = max(1, COORDINATES // math.prod(data.shape))
    dtype = torch.float32 if data.K == 0 else torch.uint8 if data.K <= 256 else torch.int64
    for first in range(0, count, size):
        rows = range(first, min(first + size, count))
        index, of = data.read(rows)
        if tuple(index.shape) != (len(rows), *data.shape):
            got = f"{tuple(index.shape)} from {first} on"
            raise ValueError(f"{data.name}: expected events of shape ({len(rows)}, {data.shape}), got {got}")
        check_events(data, index, first)
        events.update(_bytes(index, dtype))
        classes.update(_bytes(of, torch.int64))
        reading(rows.stop, count)
    return hashlib.sha256(events.digest() + classes.digest()).hexdigest()[:32]


def _bytes(a: torch.Tensor, dtype: torch.dtype) -> bytes:
    return a.to("cpu", dtype).contiguous().numpy().tobytes()


def _known(kept: Path) -> dict[str, str]:
    try:
        found: Any = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
