"""Events with levels written as a grid of pictures, as single pictures, or as an array that ``--data`` takes again."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from udm.data.disk import write_whole
from udm.data.picture import drawable, write_png

WAYS = "a .png for a grid of pictures, a .npz for an array, or a folder for single pictures"


def check_place(where: str, path: Path, shape: tuple[int, ...]) -> None:
    """Require a place whose name says how events of this shape are to be written there.

    Raises:
        ValueError: if it says no such way, or asks for pictures of events that are none.
    """
    if path.suffix not in ("", ".png", ".npz") and not path.is_dir():
        raise ValueError(f"{where}: expected {WAYS}, got {path}")
    if path.suffix != ".npz" and not drawable(shape):
        raise ValueError(f"{where}: expected events (c, h, w), c = 1, 3 or 4, got {shape}: give --out a .npz")


def write(index: Tensor, K: int, path: Path, labels: Sequence[int] = ()) -> Path:
    """Write integer levels (n, *event) as the name of the place says; an array has their labels too, if there are any.

    Raises:
        ValueError: if pictures are asked for of events that are none.
    """
    if path.suffix == ".npz" and not path.is_dir():
        return _array(index, K, path, labels)
    if path.suffix == ".png" and not path.is_dir():
        return write_png(index, K, path)
    path.mkdir(parents=True, exist_ok=True)
    digits = len(str(max(len(index) - 1, 0)))
    for i, event in enumerate(index):
        write_png(event[None], K, path / f"{i:0{digits}}.png", alone=True)
    return path


def _array(index: Tensor, K: int, path: Path, labels: Sequence[int]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = index.to("cpu", torch.uint8 if K <= 256 else torch.int64).numpy()
    arrays: dict[str, Any] = {"x": levels, "K": np.asarray(K)}
    if len(labels):
        arrays["labels"] = np.asarray(labels, dtype=np.int64)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    write_whole(path, content.getvalue())
    return path
