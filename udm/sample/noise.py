r"""Seeded noise: draw k of sample i depends on (seed_i, k) and the shape of the event alone.

.. math::
    m = \mathrm{SHAKE128}(\mathrm{seed} \Vert k), \quad
    u_j = (m_j + 1)\, 2^{-53}, \quad v_j = m'_j\, 2^{-53}, \quad
    n = \sqrt{-2 \log u}\, (\cos 2 \pi v,\ \sin 2 \pi v)

(Box and Muller), in float64, rounded once to the dtype of the samples. So a batch may be split, shuffled or resumed,
and half types get the same noise as float64, rounded. torch's generator for the CPU does not suffice, because it keeps
only 32 bits of its seed: among 1e5 samples, two would more likely than not be equal.
"""

import math
from collections.abc import Sequence
from hashlib import shake_128

import torch
from torch import Tensor

from udm.arguments import a_device, integers, several, sizes
from udm.arguments import seed as a_seed
from udm.sample.arguments import floating
from udm.shapes import Event

Seeds = Sequence[int] | Tensor
_BITS = 53
_ANY = 1 << 64


def seeds_from(base: int, count: int, first: int = 0) -> list[int]:
    """Return the seeds of samples first .. first + count - 1, each 64 bits of SHAKE128(base, index).

    Args:
        base: a 64-bit integer.
        count: how many seeds.
        first: the index of the first.

    Returns:
        The seeds, integers in [0, 2^64).

    Raises:
        ValueError: if base is not a 64-bit integer, or count or first is negative.
    """
    return derived_seeds("udm.sample.seeds_from", "base", base, count, first)


def derived_seeds(where: str, name: str, base: int, count: int, first: int = 0) -> list[int]:
    """Compute :func:`seeds_from` for the argument ``name`` of the public function ``where``, with its errors."""
    a_seed(where, name, base)
    integers(where, count=count, first=first)
    if count < 0 or first < 0:
        raise ValueError(f"{where}: expected count and first >= 0, got {count} and {first}")
    return [int.from_bytes(_stream(b"seed", base, i, 8), "little") for i in range(first, first + count)]


def seed_list(where: str, seeds: Seeds) -> list[int]:
    """Return the seeds as Python integers.

    Raises:
        ValueError: if they are not a sequence or a (batch,) tensor of integers in [-2^63, 2^64).
    """
    if isinstance(seeds, Tensor):
        if seeds.ndim != 1 or seeds.is_floating_point() or seeds.dtype == torch.bool:
            got = f"{tuple(seeds.shape)}, {seeds.dtype}"
            raise ValueError(f"{where}: expected seeds of shape (batch,), integer, got {got}")
        seeds = [int(seed) for seed in seeds.cpu()]
    several(where, seeds=seeds)
    return [a_seed(where, f"seeds[{i}]", seed) for i, seed in enumerate(seeds)]


def normal(
    seeds: Seeds,
    draw: int,
    event: Sequence[int],
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> Event:
    """Return draw number ``draw`` of each seed, standard normal, computed on the CPU in float64.

    Args:
        seeds: 64-bit integers, a sequence or ``(batch,)`` integer.
        draw: which draw of each seed.
        event: the shape of one sample.
        dtype: of the result, floating.
        device: of the result.

    Returns:
        The noise, ``(batch, *event)``, in ``dtype``, which is floating.

    Raises:
        ValueError: if a seed is not a 64-bit integer, draw is negative, the event is empty, or dtype is not floating.
    """
    return _draws("udm.sample.normal", seeds, draw, event, dtype, device)


def _draws(
    where: str, seeds: Seeds, draw: int, event: Sequence[int], dtype: torch.dtype, device: torch.device | str
) -> Event:
    _check(where, draw, event, dtype)
    device = a_device(where, device)
    rows = [_normal(seed, draw, event).to(dtype) for seed in seed_list(where, seeds)]
    return (torch.stack(rows) if rows else torch.empty(0, *event, dtype=dtype)).to(device)


class Noise:
    """The draws of one trajectory in order.

    Each call returns the next one, ``(batch, *event)``, as :func:`normal` does.

    Args:
        seeds: 64-bit integers, a sequence or ``(batch,)`` integer.
        event: the shape of one sample.
        dtype: of the noise, floating.
        device: of the noise.

    Raises:
        ValueError: if a seed is not a 64-bit integer, the event is empty, or dtype is not floating.
    """

    def __init__(
        self, seeds: Seeds, event: Sequence[int], *, dtype: torch.dtype, device: torch.device | str = "cpu"
    ) -> None:
        _check("udm.sample.Noise", 0, event, dtype)
        self.seeds, self.event = seed_list("udm.sample.Noise", seeds), tuple(event)
        self.dtype, self.device = dtype, a_device("udm.sample.Noise", device)
        self.draws = 0

    def __call__(self) -> Event:
        self.draws += 1
        return normal(self.seeds, self.draws - 1, self.event, dtype=self.dtype, device=self.device)


def _normal(seed: int, draw: int, event: Sequence[int]) -> Tensor:
    """Return one sample's event, computed by itself: the last bit of a vectorised log may depend on the batch."""
    count = math.prod(event)
    pairs = (count + 1) // 2
    words = torch.frombuffer(bytearray(_stream(b"draw", seed, draw, 16 * pairs)), dtype=torch.int64)
    m = ((words >> (64 - _BITS)) & ((1 << _BITS) - 1)).to(torch.float64)
    radius = torch.sqrt(-2 * torch.log((m[:pairs] + 1) * 2.0**-_BITS))
    angle = m[pairs:] * (2.0**-_BITS * 2 * math.pi)
    return torch.cat([radius * torch.cos(angle), radius * torch.sin(angle)])[:count].reshape(tuple(event))


def _check(where: str, draw: int, event: Sequence[int], dtype: torch.dtype) -> None:
    floating(where, dtype)
    integers(where, draw=draw)
    sizes(where, "event", event)
    if draw < 0 or math.prod(event) < 1:
        raise ValueError(
            f"{where}: expected draw >= 0 and an event of at least one number, got {draw} and {tuple(event)}"
        )


def _stream(purpose: bytes, key: int, counter: int, size: int) -> bytes:
    words = (key % _ANY).to_bytes(8, "little") + (counter % _ANY).to_bytes(8, "little")
    return shake_128(purpose + words).digest(size)
