r"""Seeded noise: number i of a seed is made of two words of that seed's Philox4x64-10 and of nothing else:

.. math::
    m_0, m_1, \dots = \lfloor \mathrm{Philox}(\mathrm{key} = \mathrm{seed}) / 2^{11} \rfloor, \quad
    u_j = (m_{2j} + 1)\, 2^{-53}, \quad w_j = m_{2j+1}\, 2^{-53} - \tfrac12, \quad \tau_j = \tan \pi w_j, \\
    (n_{2j}, n_{2j+1}) = \frac{\sqrt{-2 \log u_j}}{1 + \tau_j^2}\, (1 - \tau_j^2,\ 2 \tau_j)
        = \sqrt{-2 \log u_j}\, (\cos 2 \pi w_j,\ \sin 2 \pi w_j)

(Box and Muller), in float64, rounded once to the dtype of the samples. Draw k of an event of P pairs has the pairs
kP .. kP + P - 1. So a batch may be split, shuffled or resumed, and half types get the same noise as float64, rounded.
The words are those of ``numpy.random.Philox(key=seed).random_raw()``, a stream that numpy keeps, and Random123's
(Salmon et al. 2011). torch's generator for the CPU does not suffice, because it keeps only 32 bits of its seed: among
1e5 samples, two would more likely than not be equal.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from udm.arguments import a_device, integers, several, sizes
from udm.arguments import seed as a_seed
from udm.sample.arguments import floating
from udm.shapes import Event

Seeds = Sequence[int] | Tensor
GENERATOR = "Philox4x64-10, Box-Muller, 3"  # named beside samples: another number gives other samples of a seed
_BITS = 53
_AT_HAND = 128  # pairs of a seed made at once, at least: a call of its generator costs as much as 500 words
_AT_ONCE = 1 << 12  # pairs whose arrays fit the cache
_VECTOR = 64  # numbers are transformed in full vectors: the last bit of a remainder might differ
_DRAWS, _SEEDS = 0, 1  # the second words of keys, the first of which is a seed
_ANY = 1 << 64
Words = NDArray[np.uint64]


def seeds_from(base: int, count: int, first: int = 0) -> list[int]:
    """Return the seeds of samples first .. first + count - 1, words first .. of Philox4x64-10 with the key base + 2^64.

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
    return _words([base % _ANY], _SEEDS, first, count)[0].tolist() if count else []


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
        ValueError: if a seed is not a 64-bit integer, draw is not in [0, 2^64), the event is empty, or dtype is not
            floating.
    """
    return _draws("udm.sample.normal", seeds, draw, event, dtype, device)


def _draws(
    where: str, seeds: Seeds, draw: int, event: Sequence[int], dtype: torch.dtype, device: torch.device | str
) -> Event:
    _check(where, draw, event, dtype)
    device, keys = a_device(where, device), _keys(seed_list(where, seeds))
    return _held(keys, draw, 1, event, dtype).to(device)[0]


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
        """Return the next draws: those expected, or else more and more, as far as a seed's call is worth them."""
        wanted = 8 * self.draws if self.expected is None else self.expected - self.draws
        count = max(1, min(wanted, _AT_HAND // _pairs(self.event)))
        return _held(self._keys, self.draws, count, self.event, self.dtype).to(self.device)


def _pairs(event: Sequence[int]) -> int:
    return (math.prod(event) + 1) // 2


def _keys(seeds: list[int]) -> list[int]:
    return [seed % _ANY for seed in seeds]


def _held(keys: list[int], first: int, draws: int, event: Sequence[int], dtype: torch.dtype) -> Tensor:
    """Return the draws first .. first + draws - 1 of all keys: (draws, batch, *event)."""
    count, pairs = math.prod(event), _pairs(event)
    held = np.empty((draws, len(keys), count), np.float32 if dtype == torch.float32 else np.float64)
    rows = max(1, _AT_ONCE // (draws * pairs))
    for i in range(0, len(keys), rows):
        some = keys[i : i + rows]
        words = _words(some, _DRAWS, 2 * pairs * first, 2 * pairs * draws)
        cosines, sines = _normals(words.reshape(len(some), draws, pairs, 2))
        held[:, i : i + rows, ::2] = cosines
        held[:, i : i + rows, 1::2] = sines[..., : count // 2]
    return torch.as_tensor(held).to(dtype).reshape(draws, len(keys), *event)


def _words(keys: list[int], purpose: int, first: int, count: int) -> Words:
    """Return the words first .. first + count - 1 of each key, (keys, count)."""
    generator = np.random.Philox(0)
    state: Any = generator.state
    words, (block, skipped) = np.empty((len(keys), count), np.uint64), divmod(first, 4)
    state["state"]["counter"][:] = [block >> 64 * i & _ANY - 1 for i in range(4)]
    key = state["state"]["key"]
    key[1] = purpose
    for row, seed in zip(words, keys, strict=True):
        key[0] = seed
        generator.state = state
        row[:] = generator.random_raw(skipped + count)[skipped:]
    return words


def _normals(words: Words) -> NDArray[np.float64]:
    """Return the cosines and the sines, (2, draws, rows, pairs), of words (rows, draws, pairs, 2)."""
    rows, draws, pairs, _ = words.shape
    size = rows * draws * pairs
    m = np.zeros((2, -(-size // _VECTOR) * _VECTOR))
    ordered = m[:, :size].reshape(2, draws, rows, pairs)
    np.copyto(ordered, (words >> (64 - _BITS)).transpose(3, 1, 0, 2))  # the only copy out of order
    _turn(m)
    return ordered


def _check(where: str, draw: int, event: Sequence[int], dtype: torch.dtype) -> None:
    floating(where, dtype)
    integers(where, draw=draw)
    sizes(where, "event", event)
    if not 0 <= draw < _ANY or math.prod(event) < 1:
        expected = "draw in [0, 2^64) and an event of at least one number"
        raise ValueError(f"{where}: expected {expected}, got {draw} and {tuple(event)}")


def _turn(m: NDArray[np.float64]) -> None:
    """Put Box and Muller's pair in the place of two integers of 53 bits.

    By numpy, as torch divides among threads what takes microseconds; by the half angle, as numpy's tangent costs a
    fifth of its cosine. An error of t relative to it turns the angle by no more than itself: |d angle| <= |dt/t|.
    """
    radius = np.sqrt(-2 * np.log((m[0] + 1) * 2.0**-_BITS))
    t = np.tan((m[1] - 2.0 ** (_BITS - 1)) * (2.0**-_BITS * math.pi))
    square = t * t
    radius /= 1 + square
    np.multiply(radius, 1 - square, out=m[0])
    np.multiply(radius, t + t, out=m[1])
