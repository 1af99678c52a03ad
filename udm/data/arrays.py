"""Events in a ``.npy`` or ``.npz`` file: which array has them, which has their classes, and how they are divided."""

import zlib
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

import torch

from udm.data import continuous as real
from udm.data.levels import Array, Data, Part

EVENTS = ("x", "images", "latents", "data", "arr_0")
CLASSES = ("labels", "y", "label", "arr_1")
SPLIT = ("x_{}", "X_{}", "{}_images", "{}_x")  # as x_train and train_images
SPLIT_CLASSES = ("y_{}", "Y_{}", "{}_labels", "{}_y")
PARTS = {"train": ("train",), "test": ("test", "validation", "valid", "val")}


class Named(NamedTuple):
    """The names of the arrays of a part."""

    x: str
    y: str | None


class Kind(NamedTuple):
    """How many levels were said, and whether the numbers are real, without levels."""

    levels: int | None
    continuous: bool


def arrays(path: Path, levels: int | None, part: str, *, continuous: bool = False) -> tuple[Data, bool]:
    """Return the data of a file, and whether they are the part asked for, by the names of its arrays.

    Raises:
        ValueError: if there is no such file, or it holds no such part, or no integer levels, or, if they are said to be
            continuous, no floating numbers; the message begins with its name.
    """
    kind = Kind(levels, continuous)
    where = str(path)
    if not path.is_file():
        raise ValueError(f"udm.data.load: expected source an array file, got {where}, which does not exist")
    named = _read(path)
    train, test = (_split(named, words) for words in PARTS.values())
    whole = _whole(named)
    if whole is None and train is not None and test is not None:
        return _divided(where, named, (train, test), kind, part), True
    one = whole or train or test
    if one is None:
        names = f"{', '.join(EVENTS)}, or x_train or train_images"
        raise ValueError(f"{where}: expected an array named one of {names}, got {', '.join(named) or 'none'}")
    return _data(where, *_events(where, named, one, kind)), False


def _data(where: str, x: torch.Tensor, K: int, classes: torch.Tensor | None) -> Data:
    return real.Continuous(where, x, classes) if x.is_floating_point() else Array(where, x, K, classes)


def _divided(where: str, named: dict[str, Any], parts: tuple[Named, Named], kind: Kind, part: str) -> Data:
    """Return a part of one array of all events, so that both parts have the same number of classes."""
    (x, K, y), (x_test, K_test, y_test) = (_events(where, named, of, kind) for of in parts)
    if x.shape[1:] != x_test.shape[1:] or K_test != K or (y is None) != (y_test is None):
        got = ", ".join(f"{of.x} {tuple(named[of.x].shape)} with {of.y or 'no classes'}" for of in parts)
        raise ValueError(f"{where}: expected two parts of one shape, both with classes or neither, got {got}")
    joined = None if y is None or y_test is None else torch.cat([y, y_test])
    both = _data(where, torch.cat([x, x_test]), K, joined)
    rows = {"train": range(len(x)), "test": range(len(x), len(both))}
    return both if part == "all" else Part(f"{where}:{part}", both, rows[part])


def _whole(named: dict[str, Any]) -> Named | None:
    x = next((name for name in EVENTS if name in named), None)
    if x is None:
        return None
    names = [name for name in CLASSES if name in named and (name != "arr_1" or _classes_of(named, x))]
    return Named(x, names[0] if names else None)


def _classes_of(named: dict[str, Any], x: str) -> bool:
    """Return whether arr_1, of np.savez(path, x, y), has an integer for each event of arr_0."""
    import numpy as np

    y = named["arr_1"]
    return x == "arr_0" and y.shape == named[x].shape[:1] and bool(np.issubdtype(y.dtype, np.integer))


def _split(named: dict[str, Any], words: tuple[str, ...]) -> Named | None:
    """Return the arrays of a part: the classes in the same style of names as the events."""
    for word in words:
        for x, y in zip(SPLIT, SPLIT_CLASSES, strict=True):
            if x.format(word) in named:
                others = (y, "y_{}") if x == "X_{}" else (y,)
                return Named(x.format(word), next((o.format(word) for o in others if o.format(word) in named), None))
    return None


def _events(where: str, named: dict[str, Any], of: Named, kind: Kind) -> tuple[torch.Tensor, int, torch.Tensor | None]:
    """Return the events with their channels first, K (0 if they are continuous) and the classes of one array.

    Raises:
        ValueError: if they are not of this kind.
    """
    x, at = named[of.x], where if of.x in EVENTS else f"{where}: {of.x}"
    classes = None if of.y is None else _classes(where, named[of.y])
    if kind.continuous:
        return _real(at, x), 0, classes
    K = _levels(at, x, kind.levels)
    return channels_first(at, _tensor(x)), K, classes


def _real(at: str, x: Any) -> torch.Tensor:
    import numpy as np

    if not np.issubdtype(x.dtype, np.floating):
        raise ValueError(f"{at}: expected floating numbers of continuous data, got {x.dtype}, which are levels")
    with np.errstate(over="ignore"):  # what float32 does not hold is refused as infinite
        return real.channels_first(at, torch.from_numpy(np.ascontiguousarray(x, dtype=np.float32)))


def _levels(at: str, x: Any, levels: int | None) -> int:
    """Return K.

    Raises:
        ValueError: if the numbers are no integers, or have more than 8 bits and no K is said.
    """
    import numpy as np

    if not np.issubdtype(x.dtype, np.integer):
        raise ValueError(
            f"{at}: expected integer levels, got {x.dtype}: pixels are to be scaled and rounded to 0 .. K-1 first;"
            " latents and other continuous data have no levels: train on them with --decoder gaussian, or none"
        )
    if levels is None and x.dtype != np.uint8:
        raise ValueError(f"{at}: expected the number of levels for {x.dtype}: give --levels K")
    return 256 if levels is None else levels


def _classes(where: str, labels: Any) -> torch.Tensor:
    import numpy as np

    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{where}: expected integer labels, got {labels.dtype}")
    if labels.shape[1:] == (1,):
        labels = labels[:, 0]  # (N, 1), as Keras keeps them
    return torch.from_numpy(labels.astype(np.int64))


def _read(path: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with path.open("rb") as stream:
            stored = np.load(stream, allow_pickle=False)  # a pickle may run code
            return dict(stored) if isinstance(stored, np.lib.npyio.NpzFile) else {"x": stored}
    except (ValueError, OSError, EOFError, BadZipFile, zlib.error) as fault:
        raise ValueError(f"{path}: expected arrays of numbers, whole and without pickled objects: {fault}") from None


def _tensor(x: Any) -> torch.Tensor:
    """Convert to the machine's byte order, and to int64 beyond 8 bits, where torch cannot compute with unsigned."""
    import numpy as np

    return torch.from_numpy(np.ascontiguousarray(x if x.dtype == np.uint8 else x.astype(np.int64)))


def channels_first(where: str, x: torch.Tensor) -> torch.Tensor:
    """Return (N, H, W), (N, C, H, W) or (N, H, W, C), with C = 1, 3 or 4, as (N, C, H, W), and (N, D) unchanged.

    Raises:
        ValueError: if the shape is any other, or could be read both ways.
    """
    colours = (1, 3, 4)
    if x.ndim == 2:
        return x
    if x.ndim == 3:
        return x[:, None]
    if x.ndim == 4 and (x.shape[1] in colours) != (x.shape[3] in colours):
        return x if x.shape[1] in colours else x.movedim(3, 1).contiguous()
    if x.ndim == 4 and x.shape[1] in colours:
        raise ValueError(
            f"{where}: expected shape (N, C, H, W) or (N, H, W, C) with one of the two C = 1, 3 or 4, got"
            f" {tuple(x.shape)}, which can be read both ways: give udm.data.Array the events with their channels first"
        )
    expected = "(N, D), (N, H, W), (N, C, H, W) or (N, H, W, C) with C = 1, 3 or 4"
    raise ValueError(f"{where}: expected shape {expected}, got {tuple(x.shape)}")
