"""Work divided over the ranks of torch.distributed, with the result of one process.

Each item has its own random numbers. Ranks take items in turn, and each gets what all of them made, in the order of the
items. A fault of one is raised on all, because the others would wait for it.
"""

import hashlib
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import torch
import torch.distributed

Item = TypeVar("Item")
Made = TypeVar("Made")


def place() -> tuple[int, int]:
    """Return the number of this rank, and how many there are: (0, 1) without a group."""
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return 0, 1


@contextmanager
def joined() -> Generator[None]:
    """Join the group of processes that torchrun has started, if it has, and leave it at the end.

    What is exchanged are a few numbers in memory of the host, so that the group needs no graphics card.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2 or "RANK" not in os.environ or place()[1] > 1:
        yield
        return
    torch.distributed.init_process_group("gloo")
    try:
        yield
    finally:
        torch.distributed.destroy_process_group()


def own(items: Iterable[Item]) -> Iterator[tuple[int, Item]]:
    """Yield the items of this rank with their numbers; of a sequence, which may end early, no others are looked at."""
    rank, ranks = place()
    if not isinstance(items, Sequence):
        yield from islice(enumerate(items), rank, None, ranks)
        return
    for k in range(rank, len(items), ranks):
        try:
            item = items[k]
        except IndexError:
            return
        yield k, item


def in_turn(items: Iterable[Item], work: Callable[[int, Item], Made], *, divided: bool) -> Iterator[Made]:
    """Yield ``work(k, item)`` for all items in order; if ``divided``, each is done by one rank, and all get it.

    Raises:
        Exception: whatever ``work`` raises, on any rank.
    """
    if not divided:
        yield from (work(k, item) for k, item in enumerate(items))
        return
    made = gathered(lambda: [(k, work(k, item)) for k, item in own(items)])
    yield from (each for _, each in sorted((pair for part in made for pair in part), key=lambda pair: pair[0]))


def gathered(of_rank: Callable[[], Made]) -> list[Made]:
    """Return what all ranks make, in their order.

    Raises:
        Exception: the first fault of a rank.
    """
    if place()[1] == 1:
        return [of_rank()]
    mine: tuple[Exception | None, Any]
    try:
        mine = None, of_rank()
    except Exception as fault:
        mine = fault, None
    every: list[Any] = [None] * place()[1]
    torch.distributed.all_gather_object(every, mine)  # pyright: ignore[reportUnknownMemberType]
    for fault, _ in every:
        if fault is not None:
            raise fault
    return [made for _, made in every]


def generator(device: torch.device, seed: int, *item: int) -> torch.Generator:
    """Return a generator of one item's random numbers, seeded by 63 bits of SHA-256."""
    digest = hashlib.sha256(f"{seed} {item}".encode()).digest()
    return torch.Generator(device).manual_seed(int.from_bytes(digest[:8], "big") >> 1)
