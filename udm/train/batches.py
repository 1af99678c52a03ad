"""The rows of data of each step, rank and accumulated part, as a function of the step number alone."""

from collections.abc import Iterator
from copy import copy
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from udm.data import Data
from udm.data.continuous import check_events
from udm.train.config import WHERE, Config
from udm.train.randomness import order


class Batch(NamedTuple):
    """One part of a step: rows of the global batch, positions in the data, events, classes (batch,).

    Events are levels, or values if the data are continuous, (batch, *event).
    """

    rows: range
    positions: list[int]
    index: Tensor
    classes: Tensor


class Batches(Dataset[Batch]):
    """All parts of steps ``first`` .. ``config.steps`` - 1 for one rank, in order.

    Raises:
        ValueError: if the batch cannot be divided evenly among ranks and parts.
    """

    def __init__(self, data: Data, config: Config, first: int, rank: int = 0, ranks: int = 1) -> None:
        parts = ranks * config.accumulate
        if config.batch % parts:
            raise ValueError(f"{WHERE}: expected batch a multiple of {parts} = ranks x accumulate, got {config.batch}")
        self.data, self.config, self.first, self.rank = data, config, first, rank
        self.size = config.batch // parts

    def from_step(self, first: int) -> "Batches":
        """Return the same batches, from another step on."""
        later = copy(self)
        later.first = first
        return later

    def __len__(self) -> int:
        return max(0, self.config.steps - self.first) * self.config.accumulate

    def __getitem__(self, k: int) -> Batch:
        step, part = divmod(k, self.config.accumulate)
        start = (self.rank * self.config.accumulate + part) * self.size
        place = (self.first + step) * self.config.batch + start
        positions = order(self.config.seed, len(self.data), place, self.size)
        index, classes = self.data.read(positions)
        check_events(self.data, index)
        return Batch(range(start, start + self.size), positions, index, classes)


class _ErrorsAsValues(Dataset[Batch | ValueError]):
    """Return data errors instead of raising them, because a DataLoader would wrap them in a traceback."""

    def __init__(self, batches: Batches) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, k: int) -> Batch | ValueError:
        try:
            return self.batches[k]
        except ValueError as fault:
            return fault


def stream(batches: Batches) -> Iterator[Batch]:
    """Yield the parts in order, read ahead by ``workers`` processes if there are any."""
    workers = batches.config.workers
    if not workers:
        yield from (batches[k] for k in range(len(batches)))
        return
    generator = torch.Generator()  # the loader's own seeds must not touch the global state
    parts = _ErrorsAsValues(batches)
    for part in DataLoader(parts, batch_size=None, num_workers=workers, generator=generator, collate_fn=_as_it_is):
        if isinstance(part, ValueError):
            raise part
        yield part


def _as_it_is(batch: Any) -> Any:
    return batch  # torch's own collation would make a list of the range
