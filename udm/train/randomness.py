r"""All randomness of a run as a function of (seed, step), so that the step number *is* the random state.

Each step has one global draw, of which every rank and accumulated part takes its rows. So the numbers are the same
however a batch is divided.
"""

import hashlib
import warnings
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from udm.shapes import Event, PerExample64
from udm.time import systematic_times


class StepNoise(NamedTuple):
    """The random numbers of one step, for some rows of the global batch: t (batch,), eps and eps_0 (batch, *event)."""

    t: PerExample64
    eps: Event
    eps_0: Event
    drop: Tensor  # (batch,) bool: the examples that get no class


def draw(seed: int, step: int, rows: range, total: int, shape: tuple[int, ...], device: torch.device) -> StepNoise:
    """Return some rows of the global draw of ``total`` examples, with noise in float32."""
    generator = torch.Generator(device).manual_seed(derived(seed, step, "draw"))
    u_0 = torch.rand((), dtype=torch.float32, device=device, generator=generator)
    t = systematic_times(len(rows), u_0, offset=rows.start, total=total, device=device)
    eps, eps_0 = (torch.randn((total, *shape), device=device, generator=generator) for _ in range(2))
    drop = torch.rand(total, device=device, generator=generator) < 0.1
    part = slice(rows.start, rows.stop)
    return StepNoise(t, eps[part], eps_0[part], drop[part])


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
    """Seed the global generators, which dropout uses, for one step of one rank."""
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
