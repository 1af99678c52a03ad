"""Loading data with discrete levels by name: ``digits``, a file, a folder, or a dataset of the Hugging Face hub."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch

from udm.arguments import integers, numbers, paths
from udm.data.arrays import arrays
from udm.data.levels import Array, Data, split

WHERE = "udm.data.load"


def load(
    source: str | Path,
    part: str = "train",
    *,
    levels: int | None = None,
    held_out: float = 0.2,
    continuous: bool = False,
) -> Data:
    """Load the part "train" or "test", or "all", of the data that ``source`` names.

    Args:
        source: "digits" (8x8, 17 levels, embedded in scikit-learn); a ``.npy`` or ``.npz`` file; a folder of images, or
            one written by ``datasets.save_to_disk``; anything else is a dataset of the Hugging Face hub. The array of a
            ``.npz`` is called x, images, latents, data or arr_0, with labels, y, label or arr_1, or one of a pair; see
            below.
        part: "train", "test" or "all". A folder with the folders train and test, a ``.npz`` with x_train and x_test
            (and y_train, y_test), X_train, train_images (train_labels) or train_x (train_y) alike, or a dataset of the
            hub with such splits, is divided as it is (validation, valid or val serve as test if there is no test, and
            folders may be named in capitals); other data have a fixed random part held out. x_train without x_test is
            divided so, too.
        levels: K of an array; 256 if absent and the array is 8-bit.
        held_out: the share of the events in "test", if the source has no split of its own.
        continuous: whether the array is of real numbers without levels, as latents are. Then it may have any number of
            channels, ``(N, C, H, W)`` or any other shape ``(N, ...)``.

    Returns:
        The data, whose events are integer levels, or floating if they are continuous.

    Raises:
        ValueError: if there is no such part, file or dataset, a file does not hold levels, or a library is missing. A
            message about a file begins with its name.
    """
    paths(WHERE, source=source)
    source = str(source)
    numbers(WHERE, held_out=held_out)
    if levels is not None:
        integers(WHERE, levels=levels)
    if part not in ("train", "test", "all"):
        raise ValueError(f'{WHERE}: expected part "train", "test" or "all", got {part!r}')
    path = Path(source)
    if path.suffix in (".npy", ".npz"):
        data, own = arrays(path, levels, part, continuous=continuous)
        return data if own else _part(data, part, held_out)
    if continuous:
        raise ValueError(f"{WHERE}: expected a .npy or .npz file for continuous data, got {source}, which has levels")
    if levels not in (None, known := 17 if source == "digits" else 256):
        raise ValueError(f"{WHERE}: expected no number of levels for {source}, which has {known}, got {levels}")
    if source == "digits":
        return _part(_digits(), part, held_out)
    if path.is_dir() and not _saved(path):
        from udm.data.folder import Folder, parts

        own = part in parts(path)
        return Folder(path, part) if own else _part(Folder(path), part, held_out)
    if path.exists() and not path.is_dir():
        raise ValueError(f"{WHERE}: expected source a .npy or .npz file or a folder, got the file {source}")
    if (source.startswith((".", "/", "~")) or "\\" in source) and not path.exists():
        raise ValueError(f"{WHERE}: expected source a file or folder, got {source}, which does not exist")
    from udm.data.hub import hub

    data, own = hub(source, part)
    return data if own else _part(data, part, held_out)


def _part(data: Data, part: str, held_out: float) -> Data:
    if part == "all":
        return data
    return split(data, held_out)[part == "test"]


def _saved(path: Path) -> bool:
    return (path / "dataset_info.json").exists() or (path / "dataset_dict.json").exists()


def _digits() -> Data:
    import numpy as np

    load_digits: Callable[..., tuple[Any, Any]] = import_module("sklearn.datasets").load_digits
    pixels, classes = load_digits(return_X_y=True)
    index = torch.from_numpy(pixels.astype(np.uint8)).reshape(-1, 1, 8, 8)
    return Array("digits", index, 17, torch.from_numpy(classes.astype(np.int64)))
