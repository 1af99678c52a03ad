"""Rows of the data for each step, rank and accumulated part: a function of the step, so that position is a number."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from udm.data import Data
from udm.train.config import Config
from udm.train.randomness import order


class Batch(NamedTuple):
    """One part of a step: rows of the global batch, positions in the data, levels (batch, *event), classes (batch,)."""

    rows: range
    positions: list[int]
    index: Tensor
    classes: Tensor


class Batches(Dataset[Batch]):
    """All parts of steps ``first`` .. ``config.steps`` - 1 of one rank, in order.

    Raises:
        ValueError: a batch that does not divide among ranks and parts.
    """

    def __init__(self, data: Data, config: Config, first: int, rank: int = 0, ranks: int = 1) -> None:
        parts = ranks * config.accumulate
        if config.batch % parts:
            raise ValueError(f"train: expected batch a multiple of {parts} = ranks x accumulate, got {config.batch}")
        self.data, self.config, self.first, self.rank = data, config, first, rank
        self.size = config.batch // parts

    def __len__(self) -> int:
        return max(0, self.config.steps - self.first) * self.config.accumulate

    def __getitem__(self, k: int) -> Batch:
        step, part = divmod(k, self.config.accumulate)
        start = (self.rank * self.config.accumulate + part) * self.size
        place = (self.first + step) * self.config.batch + start
        positions = order(self.config.seed, len(self.data), place, self.size)
        return Batch(range(start, start + self.size), positions, *self.data.read(positions))


def stream(batches: Batches) -> Iterator[Batch]:
    """The parts in order, read ahead by ``workers`` processes if there are any."""
    workers = batches.config.workers
    if not workers:
        yield from (batches[k] for k in range(len(batches)))
        return
    generator = torch.Generator()  # the loader's own seeds must not touch the global state
    yield from DataLoader(batches, batch_size=None, num_workers=workers, generator=generator, collate_fn=_as_it_is)


def _as_it_is(batch: Any) -> Any:
    return batch  # torch's own would make a list of the range
