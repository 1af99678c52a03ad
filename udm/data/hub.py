"""Datasets of the Hugging Face hub by name, or from a folder written by ``save_to_disk``."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from udm.data.levels import Data

SHORT = {"cifar10": "uoft-cs/cifar10"}


def hub(source: str, part: str) -> tuple[Data, bool]:
    """The data, and whether ``part`` is a split of its own.

    Raises:
        ValueError: the library, the network, the name or the column of images is missing.
    """
    try:
        datasets: Any = import_module("datasets")
    except ModuleNotFoundError:
        raise ValueError(
            f'data: expected "digits", a .npy or .npz file or a folder, got {source!r}; for a dataset of the hub:'
            " pip install 'udm[data]'"
        ) from None
    try:
        name = SHORT.get(source, source)
        found = datasets.load_from_disk(source) if Path(source).is_dir() else datasets.load_dataset(name)
    except Exception as fault:
        raise ValueError(
            f"data: expected a dataset of the hub named {source!r}, or a folder written by save_to_disk (where there is"
            f" no network): {type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''}"
        ) from None
    if not isinstance(found, dict):
        return Hub(source, found), False
    if part in found and {"train", "test"} <= found.keys():  # one alone would be held out of itself
        return Hub(f"{source}:{part}", found[part]), True
    rows = list(found.values())
    return Hub(source, rows[0] if len(rows) == 1 else datasets.concatenate_datasets(rows)), False


class Hub(Data):
    """Rows of a dataset with an image column (``image`` or ``img``) and perhaps ``label``: 256 levels."""

    def __init__(self, name: str, rows: Any) -> None:
        self.name, self.K, self._rows = name, 256, rows
        columns = list(rows.column_names)
        self._image = next((c for c in ("image", "img") if c in columns), None)
        if self._image is None:
            raise ValueError(f"{name}: expected a column image or img, got {', '.join(columns)}")
        self._label = "label" if "label" in columns else None
        self.labels = (max(rows["label"]) + 1) if self._label else 0
        first = np.asarray(rows[0][self._image])
        self.shape = (1 if first.ndim == 2 else first.shape[2], *first.shape[:2])

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        taken = self._rows[list(rows)]
        images = [self._levels(np.array(a), i) for a, i in zip(taken[self._image], rows, strict=True)]
        classes = taken[self._label] if self._label else [0] * len(images)
        return torch.stack(images), torch.tensor(classes, dtype=torch.int64)

    def _levels(self, image: np.ndarray, row: int) -> Tensor:
        pixels = torch.from_numpy(image).reshape(*image.shape[:2], -1).movedim(2, 0)
        if tuple(pixels.shape) != self.shape or pixels.dtype != torch.uint8:
            got = f"{tuple(pixels.shape)}, {pixels.dtype}"
            raise ValueError(f"{self.name}: expected 8-bit images {self.shape} as the first, got {got} in row {row}")
        return pixels
