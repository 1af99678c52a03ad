r"""Seeded noise: draw k of sample i depends on (seed_i, k) and the shape of the event alone.

One hash gives K draws of a sample, K = max(1, floor(128/P)) for an event of P pairs of numbers:

.. math::
    m = \mathrm{SHAKE128}(\mathrm{seed} \Vert \lfloor k/K \rfloor), \quad
    u_j = (m_j + 1)\, 2^{-53}, \quad v_j = m'_j\, 2^{-53}, \quad
    n = \sqrt{-2 \log u}\, (\cos 2 \pi v,\ \sin 2 \pi v)

(Box and Muller), in float64, rounded once to the dtype of the samples. So a batch may be split, shuffled or resumed,
and half types get the same noise as float64, rounded. torch's generator for the CPU does not suffice, because it keeps
only 32 bits of its seed: among 1e5 samples, two would more likely than not be equal.
"""

import math
from collections.abc import Sequence
from hashlib import shake_128

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from udm.arguments import a_device, integers, several, sizes
from udm.arguments import seed as a_seed
from udm.sample.arguments import floating
from udm.shapes import Event

Seeds = Sequence[int] | Tensor
GENERATOR = "shake128, Box-Muller, 2"  # named beside samples: another number gives other samples of a seed
_BITS = 53
_PAIRS = 128  # of one hash, at least: small events share it, for its first call costs as much as 300 bytes
_AT_ONCE = 1 << 12  # pairs whose arrays fit the cache
_VECTOR = 64  # numbers are transformed in full vectors: the last bit of a remainder might differ
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
    key = _key(b"seed", base)
    hashes = (shake_128(key + i.to_bytes(8, "little")).digest(8) for i in range(first, first + count))
    return [int.from_bytes(eight, "little") for eight in hashes]


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
    if all(type(seed) is int and -(_ANY >> 1) <= seed < _ANY for seed in seeds):
        return list(seeds)
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
    device, keys = a_device(where, device), _keys(seed_list(where, seeds))
    block, first = divmod(draw, _draws_a_hash(event))
    return _held(keys, block, (first, first + 1), event, dtype).to(device)[0]


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
        self.expected: int | None = None  # how many draws will be taken, where it is known: more may be
        self._keys, self._noise = _keys(self.seeds), torch.empty(0)
        self._first = 0  # the draw that the noise at hand begins with

    def __call__(self) -> Event:
        if not self._first <= self.draws < self._first + len(self._noise):
            self._first, self._noise = self.draws, self._next()
        self.draws += 1
        return self._noise[self.draws - 1 - self._first]

    def _next(self) -> Tensor:
        """Return the next draws of one hash: those expected, or else more and more."""
        count = _draws_a_hash(self.event)
        block, k = divmod(self.draws, count)
        wanted = 8 * k if self.expected is None else self.expected - block * count
        part = k, max(k + 1, min(wanted, count))
        return _held(self._keys, block, part, self.event, self.dtype).to(self.device)


def _draws_a_hash(event: Sequence[int]) -> int:
    return max(1, _PAIRS // _pairs(event))


def _pairs(event: Sequence[int]) -> int:
    return (math.prod(event) + 1) // 2


def _keys(seeds: list[int]) -> list[bytes]:
    return [_key(b"draw", seed) for seed in seeds]


def _held(keys: list[bytes], block: int, part: tuple[int, int], event: Sequence[int], dtype: torch.dtype) -> Tensor:
    """Return the draws ``part`` of a hash for all keys: (draws, batch, *event)."""
    count, pairs, draws = math.prod(event), _pairs(event), part[1] - part[0]
    held = np.empty((draws, len(keys), count), np.float32 if dtype == torch.float32 else np.float64)
    rows = max(1, _AT_ONCE // (draws * pairs))
    for i in range(0, len(keys), rows):
        some = keys[i : i + rows]
        words = _words(some, block, 16 * pairs * part[0], 16 * pairs * part[1])
        cosines, sines = _normals(words.reshape(len(some), draws, 2, pairs))
        held[:, i : i + rows, :pairs] = cosines
        held[:, i : i + rows, pairs:] = sines[..., : count - pairs]
    return torch.as_tensor(held).to(dtype).reshape(draws, len(keys), *event)


def _words(keys: list[bytes], block: int, first: int, last: int) -> NDArray[np.uint64]:
    """Return the bytes first .. last - 1 of each key's hash, as words one after the other."""
    counter = block.to_bytes(8, "little")
    return np.frombuffer(b"".join([shake_128(key + counter).digest(last)[first:] for key in keys]), dtype="<u8")


def _normals(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return the cosines and the sines, (2, draws, rows, pairs), of words (rows, draws, 2, pairs)."""
    rows, draws, _, pairs = words.shape
    size = rows * draws * pairs
    m = np.zeros((2, -(-size // _VECTOR) * _VECTOR))
    ordered = m[:, :size].reshape(2, draws, rows, pairs)
    np.copyto(ordered, (words >> (64 - _BITS)).transpose(2, 1, 0, 3))  # the only copy out of order
    _turn(m)
    return ordered


def _check(where: str, draw: int, event: Sequence[int], dtype: torch.dtype) -> None:
    floating(where, dtype)
    integers(where, draw=draw)
    sizes(where, "event", event)
    if draw < 0 or math.prod(event) < 1:
        raise ValueError(
            f"{where}: expected draw >= 0 and an event of at least one number, got {draw} and {tuple(event)}"
        )


def _turn(m: NDArray[np.float64]) -> None:
    """Put Box and Muller's pair in the place of two integers of 53 bits."""
    radius = np.sqrt(-2 * np.log((m[0] + 1) * 2.0**-_BITS))
    angle = m[1] * (2.0**-_BITS * 2 * math.pi)  # by numpy: torch divides among threads what takes microseconds
    np.multiply(radius, np.cos(angle), out=m[0])
    np.multiply(radius, np.sin(angle), out=m[1])


def _key(purpose: bytes, key: int) -> bytes:
    return purpose + (key % _ANY).to_bytes(8, "little")
