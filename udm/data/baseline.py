r"""The cost of data without a diffusion model, in bits per dimension of the held-out part:

* uniform: :math:`\log_2 K`;
* histogram: each coordinate by itself, :math:`p_i(k) = (n_{ik} + 1)/(N + K)` from the training part;
* normal, of continuous data: each coordinate by itself, with the mean and variance of the training part and one event
  of variance 1;
* compressor: the message from which one who has the training part can read the held-out part, by LZMA or bzip2.
"""

import bz2
import lzma
import math
from collections.abc import Callable

import torch
from torch import Tensor

from udm.data.levels import Data, some

LIMIT = 20_000  # the most events of a part that are used,
COORDINATES = 1 << 26  # the most coordinates in all, for memory,
COMPRESSED = 1 << 22  # and the most that the compressor gets, at about 10 s per million
SETTINGS = [(lp, pb) for lp in range(4) for pb in (0, 3)]  # of LZMA
WAYS = 1 + len(SETTINGS)
CHUNK = 1024  # events counted at once


def baselines(
    train: Data,
    test: Data,
    progress: Callable[[int, int], None] = lambda done, total: None,
    found: Callable[[str, float], None] = lambda name, cost: None,
) -> dict[str, float]:
    """Return the costs by name, in bits per dimension, of a random part of data that are too many.

    Continuous data have one, "normal", of their density.

    ``progress`` is called with how much of the work is done, and how much there is; ``found`` with each cost as soon as
    it is known, since the last one takes long.

    Raises:
        ValueError: if the parts differ in shape or number of levels.
    """
    if (train.shape, train.K) != (test.shape, test.K):
        got = f"{train.shape}, {train.K} and {test.shape}, {test.K}"
        raise ValueError(
            f"udm.data.baseline.baselines: expected two parts of one shape and number of levels, got {got}"
        )
    parts = (some(data, min(LIMIT, _events(COORDINATES, data))) for data in (train, test))
    a, b = (part.read(range(len(part)))[0].flatten(1) for part in parts)
    costs: dict[str, float] = {}

    def know(name: str, cost: float) -> None:
        costs[name] = cost
        found(name, cost)

    if train.K == 0:
        know("normal", normal(a.double(), b.double()))
        progress(1, 1)
        return costs
    few = _events(COMPRESSED, train)
    know("uniform", math.log2(train.K))
    know("histogram", histogram(a, b, train.K))
    progress(1, 1 + WAYS)
    packed = compressor(_spread(a, few), _spread(b, few), train.K, lambda done: progress(1 + done, 1 + WAYS))
    know("compressor", packed)
    return costs


def _spread(a: Tensor, count: int) -> Tensor:
    """Return ``count`` rows spread evenly over all, which may be sorted; all if there are no more."""
    return a if count >= len(a) else a[torch.arange(count) * len(a) // count]


def _events(coordinates: int, data: Data) -> int:
    return max(1, coordinates // math.prod(data.shape))


def histogram(train: Tensor, test: Tensor, K: int) -> float:
    """Return the cross entropy under each coordinate's smoothed counts, in bits per dimension, of (N, D) levels."""
    counts = torch.ones(train.shape[1], K, dtype=torch.float64)
    for rows in train.split(CHUNK):
        counts.scatter_add_(1, rows.T.long(), torch.ones(rows.T.shape, dtype=torch.float64))
    bits = -torch.log2(counts / counts.sum(dim=1, keepdim=True))
    return sum(float(bits.gather(1, rows.T.long()).sum()) for rows in test.split(CHUNK)) / test.numel()


def normal(train: Tensor, test: Tensor) -> float:
    """Return the cross entropy under a normal density of each coordinate, in bits per dimension, of (N, D) float64."""
    mean = train.mean(dim=0)
    var = (torch.square(train - mean).sum(dim=0) + 1) / (len(train) + 1)
    nats = (torch.square(test - mean) / var + torch.log(2 * math.pi * var)) / 2
    return float(nats.mean()) / math.log(2)


def compressor(train: Tensor, test: Tensor, K: int, progress: Callable[[int], None] = lambda done: None) -> float:
    """Return the cost in bits per dimension of (N, D) levels by the best of some codes, which the message names.

    Each is a code that a reader of the training part can decode, so that no data cost less than their entropy on
    average: bzip2 of the held-out part alone, and LZMA of both parts, of which what LZMA makes of the training part
    alone is not sent but how much of it to keep.
    """
    before, both = _bytes(train, K), _bytes(torch.cat([train, test]), K)
    bits = [8.0 * len(bz2.compress(both[len(before) :], 9))]
    for lp, pb in SETTINGS:
        progress(len(bits))
        known, whole = (packed(data, lp, pb, len(both)) for data in (before, both))
        bits.append(math.log2(len(known) + 1) + 8 * (len(whole) - shared(known, whole)))
    progress(len(bits))
    return (min(bits) + math.log2(WAYS)) / test.numel()


def shared(a: bytes, b: bytes) -> int:
    """Return how many bytes two strings begin with alike."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def packed(data: bytes, lp: int, pb: int, window: int) -> bytes:
    """Return what LZMA makes of data: one stream, without headers that tell how long it is."""
    return lzma.compress(data, lzma.FORMAT_RAW, filters=[filter_of(lp, pb, window)])


def filter_of(lp: int, pb: int, window: int) -> dict[str, int]:
    """Return a setting of LZMA, by how many low bits of a position the contexts of levels and of matches know.

    The window is how many bytes it looks back: 64 MiB otherwise, and ten times as much memory, however few there are.
    """
    size = min(max(window, 1 << 12), 1 << 26)
    level = 9 | lzma.PRESET_EXTREME
    return {"id": lzma.FILTER_LZMA1, "preset": level, "dict_size": size, "lc": 0, "lp": lp, "pb": pb}


def _bytes(index: Tensor, K: int) -> bytes:
    return index.to(torch.uint8 if K <= 256 else torch.int32).numpy().tobytes()
