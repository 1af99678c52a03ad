r"""Data whose coordinates are levels 0 .. K-1, and the value of each level:

.. math::
    x_k = \frac{2k + 1}{K} - 1, \qquad k = 0, \dots, K - 1,

the midpoints of K equal bins of [-1, 1]. Levels stay integers until the forward process needs values, so rounding never
changes a level.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor

from udm.arguments import integers, numbers, several
from udm.arguments import seed as a_seed
from udm.shapes import instance


class Data(ABC):
    """Events of one shape with K levels, read by position.

    Attributes:
        name: with which messages about the data begin.
        shape: of one event.
        K: how many levels a coordinate has; 0 for continuous data, which have none.
        labels: the number of classes, 0 without classes.
    """

    name: str
    shape: tuple[int, ...]
    K: int
    labels: int

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Return the events at these places, and their classes.

        Args:
            rows: n places in [0, len).

        Returns:
            The events, ``(n, *shape)``, integer levels, or float32 if the data are continuous; and their classes,
            ``(n,)`` int64, 0 if there are none.
        """

    def stamp(self) -> str | None:
        """Return a text that is another one whenever the data may be others, known without reading them.

        Returns:
            Such a text, as names, sizes and times of change of files are; None if only reading all data can tell.
        """
        return None


class Array(Data):
    """Events held in memory; messages about them begin with ``name``.

    Args:
        name: of the data.
        index: the events, ``(N, *event)``, integer levels in [0, K).
        K: how many levels a coordinate has.
        labels: the class of each event, ``(N,)``, integer; or None.

    Raises:
        ValueError: if index is not integer of shape ``(N, *event)`` or is empty, K < 2, a level is outside [0, K), or
            labels are not integers >= 0 of shape (N,).
    """

    def __init__(self, name: str, index: Tensor, K: int, labels: Tensor | None = None) -> None:
        where = "udm.data.Array"
        instance(where, str, name=name)
        instance(where, Tensor, index=index, **({} if labels is None else {"labels": labels}))
        integers(where, K=K)
        if index.ndim < 2 or not _integer(index) or index.numel() == 0:
            got = f"{tuple(index.shape)}, {index.dtype}"
            raise ValueError(f"{name}: expected integer levels of shape (N, *event), no axis of length 0, got {got}")
        check_levels(name, index, K)
        self.name, self.K, self.shape = name, K, tuple(index.shape[1:])
        self.index = index
        self.classes, self.labels = classes_of(name, labels, len(index))

    def __len__(self) -> int:
        return len(self.index)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        rows_ = torch.as_tensor(rows, dtype=torch.int64)
        return self.index[rows_], self.classes[rows_]


class Part(Data):
    """Some of the events of other data, in the order of ``rows``.

    Args:
        name: of the part.
        of: the data that it is a part of.
        rows: places in these data.

    Raises:
        ValueError: if ``name`` is no text, ``of`` is not Data, or ``rows`` are not a sequence of integers.
    """

    def __init__(self, name: str, of: Data, rows: Sequence[int]) -> None:
        instance("udm.data.Part", str, name=name)
        instance("udm.data.Part", Data, of=of)
        several("udm.data.Part", rows=rows)
        self.name, self.of, self.rows = name, of, list(rows)
        integers("udm.data.Part", **{f"rows[{i}]": row for i, row in enumerate(self.rows) if type(row) is not int})
        self.shape, self.K, self.labels = of.shape, of.K, of.labels

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        return self.of.read([self.rows[i] for i in rows])

    def stamp(self) -> str | None:
        of = self.of.stamp()
        return of and hashlib.sha256(f"{of} {self.rows}".encode()).hexdigest()


def some(data: Data, count: int | None, seed: int = 0) -> Data:
    """Return ``count`` of the events, a random part fixed by ``seed`` and in their own order; all if there are no more.

    A first part would not do: data are often sorted, by class for one.
    """
    if count is None or count >= len(data):
        return data
    chosen = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed))[:count]
    return Part(f"{data.name}, {count} of {len(data)} at random", data, sorted(chosen.tolist()))


def classes_of(name: str, labels: Tensor | None, n: int) -> tuple[Tensor, int]:
    """Return the classes of n events, (n,) int64, and how many classes there are.

    Raises:
        ValueError: if they are not integers >= 0 of shape (n,).
    """
    if labels is None:
        return torch.zeros(n, dtype=torch.int64), 0
    if labels.shape != (n,) or not _integer(labels):
        got = f"{tuple(labels.shape)}, {labels.dtype}"
        raise ValueError(f"{name}: expected integer labels >= 0 of shape ({n},), got {got}")
    classes = labels.to(torch.int64)
    if (least := int(classes.min())) < 0:
        raise ValueError(f"{name}: expected labels >= 0, got {least} at {int(classes.argmin())}")
    return classes, int(classes.max()) + 1


def _integer(a: Tensor) -> bool:
    return not (a.is_floating_point() or a.is_complex() or a.dtype == torch.bool)


def values(K: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return the values x_k = (2k + 1)/K - 1 of K levels, each rounded once: the midpoints of K bins of [-1, 1].

    They go from -1 + 1/K to 1 - 1/K. DDPM and diffusers place levels at 2k/(K - 1) - 1 instead, from -1 to 1, which is
    ``torch.linspace(-1, 1, K)``: a network that was trained on those is evaluated with those.

    Args:
        K: how many levels.
        dtype: of the values, floating.

    Returns:
        The values, ``(K,)``, in ``dtype``, which is floating.

    Raises:
        ValueError: if K < 2.

    Claim: ddpm.decoder
    """
    integers("udm.data.values", K=K)
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"udm.data.values: expected dtype to be a floating torch.dtype, got {dtype!r}")
    if K < 2:
        raise ValueError(f"udm.data.values: expected K >= 2 levels, got {K}")
    return ((2 * torch.arange(K, dtype=torch.float64) + 1 - K) / K).to(dtype)


def values_of(K: int) -> Tensor | None:
    """Return the values of K levels, or None if K = 0: continuous data have no levels."""
    return None if K == 0 else values(K)


def split(data: Data, held_out: float = 0.2, seed: int = 0) -> tuple[Data, Data]:
    """Return (training part, held-out part): the first events of a permutation fixed by ``seed`` are held out.

    Args:
        data: the data to divide.
        held_out: the share of the events that are held out.
        seed: the seed of the permutation.

    Returns:
        The training part and the held-out part.

    Raises:
        ValueError: if a part would be empty.
    """
    where = "udm.data.split"
    instance(where, Data, data=data)
    numbers(where, held_out=held_out)
    seed = a_seed(where, "seed", seed)
    n = len(data)
    k = round(held_out * n)
    if not 0 < k < n:
        raise ValueError(
            f"udm.data.split: expected both parts of {data.name} to hold an event, got {k} held out of {n}"
        )
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed)).tolist()
    return Part(f"{data.name}:train", data, order[k:]), Part(f"{data.name}:test", data, order[:k])


def check_levels(where: str, index: Tensor, K: int, first: int = 0) -> None:
    """Require all levels to be in [0, K), of events whose numbers begin with ``first``.

    Raises:
        ValueError: if K < 2 or a level is outside; the message gives the first such event and its levels.
    """
    if K < 2:
        raise ValueError(f"{where}: expected K >= 2 levels, got {K}")
    top = min(K - 1, torch.iinfo(index.dtype).max)  # a larger number would wrap around
    bad = ((index < 0) | (index > top)).reshape(len(index), -1).any(dim=1)
    if bool(bad.any()):
        i = int(bad.to(torch.int8).argmax())
        event = index[i]
        raise ValueError(
            f"{where}: expected levels in [0, {K}), got {int(event.min())} .. {int(event.max())} in event {first + i}"
            f" (is the number of levels right?)"
        )
