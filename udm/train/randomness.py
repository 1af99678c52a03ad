r"""All randomness of a run as a function of (seed, step), so that the step number *is* the random state.

Each row of a step's global batch has its own numbers, and each rank and accumulated part draws those of its rows. So
they are the same however a batch is divided, and no rank draws for another. Dropout is not such a function: see
``reseed``.
"""

import hashlib
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from udm.shapes import Event, PerExample64
from udm.time import systematic_times

GENERATOR = "rows 1"  # named in checkpoints: another number gives other noise of a seed
_WORDS = 1 << 32


class StepNoise(NamedTuple):
    """The random numbers of one step, for some rows of the global batch: t (batch,), eps and eps_0 (batch, *event)."""

    t: PerExample64
    eps: Event
    eps_0: Event
    drop: Tensor  # (batch,) bool: the examples that get no class


def draw(seed: int, step: int, rows: range, total: int, shape: tuple[int, ...], device: torch.device) -> StepNoise:
    """Return the random numbers of some rows of the ``total`` examples of a step, with noise in float32.

    Each row has a generator of its own, and no other rows are drawn.
    """
    generator = torch.Generator(device).manual_seed(derived(seed, step, "draw"))
    u_0 = torch.rand((), dtype=torch.float32, device=device, generator=generator)
    t = systematic_times(len(rows), u_0, offset=rows.start, total=total, device=device)
    places = [step * total + row for row in rows]  # in the whole run
    noise = torch.empty((len(rows), 2, *shape), device=device)
    for row, number in zip(noise, scattered(seed, "noise", places), strict=True):
        torch.randn(row.shape, out=row, device=device, generator=generator.manual_seed(number))
    drop = [number < _WORDS // 10 for number in scattered(seed, "class", places)]
    eps, eps_0 = noise.unbind(1)
    return StepNoise(t, eps.contiguous(), eps_0.contiguous(), torch.tensor(drop, device=device))


def scattered(seed: int, purpose: str, places: Sequence[int]) -> list[int]:
    """Return a number of 32 bits for each place, another one for each of 2^32 places.

    More bits would be lost: torch's generator for the CPU keeps 32 of its seed. A hash of all would repeat itself.
    """
    first = derived(seed, 0, purpose)
    return [_mixed((first + place) % _WORDS) for place in places]


def _mixed(a: int) -> int:
    """Permute the numbers of 32 bits, so that neighbours have nothing in common (MurmurHash3's last step)."""
    a = (a ^ a >> 16) * 0x85EBCA6B % _WORDS
    a = (a ^ a >> 13) * 0xC2B2AE35 % _WORDS
    return a ^ a >> 16


def order(seed: int, n: int, first: int, count: int) -> list[int]:
    """Return ``count`` positions, from place ``first`` on, of an endless sequence of permutations of 0 .. n-1."""
    taken: list[int] = []
    while len(taken) < count:
        epoch, place = divmod(first + len(taken), n)
        taken += _permutation(seed, n, epoch)[place : place + count - len(taken)].tolist()
    return taken


@lru_cache(maxsize=2)  # a step may end one epoch and begin the next
def _permutation(seed: int, n: int, epoch: int) -> Tensor:
    return torch.randperm(n, generator=torch.Generator().manual_seed(derived(seed, epoch, "order")))


def reseed(seed: int, step: int, rank: int) -> None:
    """Seed the global generators, which dropout uses, for one step of one rank.

    A network draws for all rows that it gets at once, so its dropout depends on how a batch is divided among ranks and
    parts, as bits of matrix products do.
    """
    torch.manual_seed(derived(seed, step, f"rank {rank}"))


def derived(seed: int, step: int, purpose: str) -> int:
    """Return a seed of 63 bits by SHA-256, so that neighbouring steps have nothing in common."""
    digest = hashlib.sha256(f"{seed} {step} {purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def __getattr__(name: str) -> object:
    if name == "Draw":
        warnings.warn("udm.train.randomness.Draw is StepNoise now", DeprecationWarning, stacklevel=2)
        return StepNoise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
