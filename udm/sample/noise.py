r"""Noise told by numbers: draw k of sample i depends on (seed_i, k) and the event's shape alone.

.. math::
    m = \mathrm{SHAKE128}(\mathrm{seed} \Vert k), \quad
    u_j = (m_j + 1)\, 2^{-53}, \quad v_j = m'_j\, 2^{-53}, \quad
    n = \sqrt{-2 \log u}\, (\cos 2 \pi v,\ \sin 2 \pi v)

(Box and Muller), in float64, rounded once to the dtype asked for. So a batch may be split, shuffled or resumed, and
half types see the noise that float64 saw. torch's generators would not do: the CPU's keeps 32 bits of its seed, so
that among 1e5 samples one pair would be equal, more likely than not.
"""

import math
from collections.abc import Sequence
from hashlib import shake_128

import torch
from torch import Tensor

from udm.shapes import Event

Seeds = Sequence[int] | Tensor
_BITS = 53
_ANY = 1 << 64


def seeds_from(base: int, count: int, first: int = 0) -> list[int]:
    """Seeds of samples first .. first + count - 1: 64 bits of SHAKE128(base, index), so that neighbours share nothing.

    Raises:
        ValueError: a base that is not a 64-bit integer, or a negative count or index.
    """
    _integer("seeds_from", "base", base)
    if count < 0 or first < 0:
        raise ValueError(f"seeds_from: expected count and first >= 0, got {count} and {first}")
    return [int.from_bytes(_stream(b"seed", base, i, 8), "little") for i in range(first, first + count)]


def seed_list(where: str, seeds: Seeds) -> list[int]:
    """The seeds as Python integers.

    Raises:
        ValueError: not a sequence or a (batch,) tensor of integers in [-2^63, 2^64).
    """
    if isinstance(seeds, Tensor):
        if seeds.ndim != 1 or seeds.is_floating_point() or seeds.dtype == torch.bool:
            got = f"{tuple(seeds.shape)}, {seeds.dtype}"
            raise ValueError(f"{where}: expected seeds of shape (batch,), integer, got {got}")
        seeds = [int(seed) for seed in seeds.cpu()]
    return [_integer(where, f"seeds[{i}]", seed) for i, seed in enumerate(seeds)]


def normal(
    seeds: Seeds,
    draw: int,
    event: Sequence[int],
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> Event:
    """Standard normal noise (batch, *event): draw number ``draw`` of each seed, made on the CPU in float64.

    Raises:
        ValueError: seeds not 64-bit integers, a negative draw, an event of no numbers, a dtype not floating.
    """
    if draw < 0 or math.prod(event) < 1 or not dtype.is_floating_point:
        raise ValueError(
            "normal: expected draw >= 0, an event of at least one number and a floating dtype, got"
            f" {draw}, {tuple(event)} and {dtype}"
        )
    rows = [_normal(seed, draw, event).to(dtype) for seed in seed_list("normal", seeds)]
    return (torch.stack(rows) if rows else torch.empty(0, *event, dtype=dtype)).to(device)


class Noise:
    """The draws of one trajectory, in order: each call gives the next, (batch, *event)."""

    def __init__(
        self, seeds: Seeds, event: Sequence[int], *, dtype: torch.dtype, device: torch.device | str = "cpu"
    ) -> None:
        self.seeds, self.event = seed_list("Noise", seeds), tuple(event)
        self.dtype, self.device = dtype, device
        self.draws = 0

    def __call__(self) -> Event:
        self.draws += 1
        return normal(self.seeds, self.draws - 1, self.event, dtype=self.dtype, device=self.device)


def _normal(seed: int, draw: int, event: Sequence[int]) -> Tensor:
    """One sample's event, by itself: a vectorised log has another last bit in the tail of a batch."""
    count = math.prod(event)
    pairs = (count + 1) // 2
    words = torch.frombuffer(bytearray(_stream(b"draw", seed, draw, 16 * pairs)), dtype=torch.int64)
    m = ((words >> (64 - _BITS)) & ((1 << _BITS) - 1)).to(torch.float64)
    radius = torch.sqrt(-2 * torch.log((m[:pairs] + 1) * 2.0**-_BITS))
    angle = m[pairs:] * (2.0**-_BITS * 2 * math.pi)
    return torch.cat([radius * torch.cos(angle), radius * torch.sin(angle)])[:count].reshape(tuple(event))


def _stream(purpose: bytes, key: int, counter: int, size: int) -> bytes:
    words = (key % _ANY).to_bytes(8, "little") + (counter % _ANY).to_bytes(8, "little")
    return shake_128(purpose + words).digest(size)


def _integer(where: str, name: str, seed: int) -> int:
    if isinstance(seed, bool) or not isinstance(seed, int) or not -(1 << 63) <= seed < _ANY:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected {name} an integer in [-2^63, 2^64), got {seed!r}")
    return seed
