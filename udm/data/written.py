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


def check_place(where: str, path: Path, shape: tuple[int, ...], K: int) -> None:
    """Require a place whose name says how events of this shape and K levels are to be written there.

    Raises:
        ValueError: if it says no such way, asks for pictures of events that are none, as those without levels, or for
            single pictures among other things, with which they would be read again.
    """
    if K == 0 and (path.suffix != ".npz" or path.is_dir()):
        raise ValueError(f"{where}: expected a .npz for events without levels, which are no pictures, got {path}")
    if path.suffix not in ("", ".png", ".npz") and not path.is_dir():
        raise ValueError(f"{where}: expected {WAYS}, got {path}")
    if path.suffix != ".npz" and not drawable(shape):
        raise ValueError(f"{where}: expected events (c, h, w), c = 1, 3 or 4, got {shape}: give --out a .npz")
    if path.is_dir() and (others := sorted(p.name for p in path.iterdir() if not p.name.startswith("."))):
        got = f"{path} with {others[0]} in it"
        raise ValueError(f"{where}: expected a new or empty folder for single pictures, got {got}")


def write(index: Tensor, K: int, path: Path, labels: Sequence[int] = ()) -> Path:
    """Write levels or, if K = 0, values, (n, *event), as the name of the place says; an array has their labels too.

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
    dtype = torch.float32 if K == 0 else torch.uint8 if K <= 256 else torch.int64
    arrays: dict[str, Any] = {"x": index.to("cpu", dtype).numpy()} | ({"K": np.asarray(K)} if K else {})
    if len(labels):
        arrays["labels"] = np.asarray(labels, dtype=np.int64)
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    write_whole(path, content.getvalue())
    return path
