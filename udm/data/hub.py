"""Datasets of the Hugging Face hub, by name or from a folder written by ``save_to_disk``."""

import hashlib
import logging
from collections.abc import Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from udm.data.frame import Frame
from udm.data.levels import Data
from udm.data.opened import opened
from udm.data.source import WHERE
from udm.extra import install

SHORT = {"cifar10": "uoft-cs/cifar10"}


def hub(source: str, part: str) -> tuple[Data, bool]:
    """Return the data, and whether they are the dataset's own split for ``part``.

    Raises:
        ValueError: if the library, the network, the dataset or a column of images is missing.
    """
    try:
        datasets: Any = import_module("datasets")
    except ModuleNotFoundError:
        raise ValueError(
            f'{WHERE}: expected source "digits", a .npy or .npz file or a folder, got {source!r}; for a dataset of the'
            f" hub: {install('data')}"
        ) from None
    for library in ("datasets", "huggingface_hub"):  # they log each retry; the last failure is raised below
        logging.getLogger(library).setLevel(logging.ERROR)
    try:
        name = SHORT.get(source, source)
        dataset = datasets.load_from_disk(source) if Path(source).is_dir() else datasets.load_dataset(name)
    except Exception as fault:
        here = "" if Path(source).exists() else ", and there is no file or folder of this name"
        raise ValueError(
            f"{WHERE}: expected a dataset of the hub named {source!r}, or a folder written by save_to_disk (where there"
            f" is no network){here}: {type(fault).__name__}: {str(fault).splitlines()[0] if str(fault) else ''}"
        ) from None
    if not isinstance(dataset, dict):
        return Hub(source, dataset), False
    test = next((name for name in ("test", "validation", "valid", "val") if name in dataset), None)
    if part != "all" and "train" in dataset and test:  # a single split must be divided by us
        name = "train" if part == "train" else test
        return Hub(f"{source}:{name}", dataset[name]), True
    rows = list(dataset.values())
    return Hub(source, rows[0] if len(rows) == 1 else datasets.concatenate_datasets(rows)), False


class Hub(Data):
    """The rows of a dataset with a column of images, with 256 levels, and perhaps a column of classes.

    Classes are the integers >= 0 of the column ``label``, or else of the only column of type ClassLabel. If a row has
    no class (-1 or null, as in unlabelled parts of the hub), there are none.

    Raises:
        ValueError: if there is no column of images, or there are several and none is named image or img; and in
            ``read``, if an image is incomplete or does not fit the first. The message names the row.
    """

    def __init__(self, name: str, rows: Any) -> None:
        self.name, self.K = name, 256
        features = rows.features
        self._image = _named(name, [c for c, f in features.items() if type(f).__name__ == "Image"], list(features))
        self._label, self.labels = _classes(rows, features)
        undecoded = type(features[self._image])(decode=False)  # to see the depth, and frames, that decoding loses
        self._rows = rows.cast_column(self._image, undecoded)
        if len(rows) == 0:
            raise ValueError(f"{name}: expected at least one row, got none")
        self._frame = Frame.of(self._decoded([0])[0], f"row 0 of {name}")
        self.shape = self._frame.shape

    def __len__(self) -> int:
        return len(self._rows)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        rows = list(rows)
        images = [
            self._frame.read(a, f"row {i} of {self.name}") for a, i in zip(self._decoded(rows), rows, strict=True)
        ]
        classes = self._rows.select_columns([self._label])[rows][self._label] if self._label else [0] * len(rows)
        return torch.stack(images), torch.tensor(classes, dtype=torch.int64)

    def stamp(self) -> str:
        """Return the fingerprint of the dataset, with the sizes and times of change of its files."""
        files = [Path(kept["filename"]) for kept in self._rows.cache_files]
        told = [(file.stat().st_size, file.stat().st_mtime_ns, file.stat().st_ctime_ns) for file in files]
        return hashlib.sha256(repr((self._rows._fingerprint, self._label, told)).encode()).hexdigest()

    def _decoded(self, rows: list[int]) -> list[Image.Image]:
        kept: list[dict[str, Any] | None] = self._rows.select_columns([self._image])[rows][self._image]
        return [_image(f"row {i} of {self.name}", one) for i, one in zip(rows, kept, strict=True)]


def _image(where: str, kept: dict[str, Any] | None) -> Image.Image:
    if kept is None:
        raise ValueError(f"{where}: expected an image, got none")
    return opened(BytesIO(kept["bytes"]) if kept.get("bytes") is not None else kept["path"], where)


def _named(name: str, images: list[str], columns: list[str]) -> str:
    known = [c for c in ("image", "img") if c in images] or images
    if len(known) != 1 and not {"image", "img"} & set(known):
        got = f"{', '.join(images) or 'none'} among the columns {', '.join(columns)}"
        raise ValueError(f"{name}: expected one column of images, or one of them named image or img, got {got}")
    return known[0]


def _classes(rows: Any, features: Any) -> tuple[str | None, int]:
    """Return the column of classes and their number, or None and 0 if there are none."""
    declared = [c for c, f in features.items() if type(f).__name__ == "ClassLabel"]
    label = "label" if "label" in features else declared[0] if len(declared) == 1 else None
    if label is None:
        return None, 0
    seen = set(rows.unique(label))
    if not all(isinstance(k, int) and k >= 0 for k in seen):
        return None, 0
    return label, max(getattr(features[label], "num_classes", None) or 0, *(k + 1 for k in seen))
