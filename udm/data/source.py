"""Loading data with discrete levels by name: ``digits``, a file, a folder, or a dataset of the Hugging Face hub."""

import zlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import torch

from udm.arguments import integers, numbers, paths
from udm.data.levels import Array, Data, split

WHERE = "udm.data.load"


def load(source: str | Path, part: str = "train", *, levels: int | None = None, held_out: float = 0.2) -> Data:
    """Load the part "train" or "test", or "all", of the data that ``source`` names.

    Args:
        source: "digits" (8x8, 17 levels, embedded in scikit-learn); a ``.npy`` or ``.npz`` file; a folder of images, or
            one written by ``datasets.save_to_disk``; anything else is a dataset of the Hugging Face hub.
        part: "train", "test" or "all". A folder with the folders train and test, or a dataset of the hub with such
            splits, is divided as it is (validation or val serve as test if there is no test); other data have a fixed
            random part held out.
        levels: K of an array; 256 if absent and the array is 8-bit.
        held_out: the share of the events in "test", if the source has no split of its own.

    Returns:
        The data, whose events are integer levels.

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
        return _part(_array(path, levels), part, held_out)
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
    if source.startswith((".", "/", "~")) and not path.exists():
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


def _array(path: Path, levels: int | None) -> Data:
    import numpy as np

    where = str(path)
    if not path.is_file():
        raise ValueError(f"{WHERE}: expected source an array file, got {where}, which does not exist")
    named = _read(path)
    x = _named(named, where, "x", "images", "data", "arr_0")
    labels = next((named[k] for k in ("labels", "y", "label") if k in named), None)
    if not np.issubdtype(x.dtype, np.integer):
        raise ValueError(
            f"{where}: expected integer levels, got {x.dtype}: pixels are to be scaled and rounded to 0 .. K-1 first;"
            " latents and other continuous data have no levels, and cannot be trained on here"
        )
    if levels is None and x.dtype != np.uint8:
        raise ValueError(f"{where}: expected the number of levels for {x.dtype}: give --levels K")
    if labels is not None and not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"{where}: expected integer labels, got {labels.dtype}")
    classes = None if labels is None else torch.from_numpy(labels.astype(np.int64))
    return Array(where, channels_first(where, _tensor(x)), 256 if levels is None else levels, classes)


def _read(path: Path) -> dict[str, Any]:
    import numpy as np

    try:
        with path.open("rb") as stream:
            stored = np.load(stream, allow_pickle=False)  # a pickle may run code
            return dict(stored) if isinstance(stored, np.lib.npyio.NpzFile) else {"x": stored}
    except (ValueError, OSError, EOFError, BadZipFile, zlib.error) as fault:
        raise ValueError(f"{path}: expected arrays of integers, whole and without pickled objects: {fault}") from None


def _tensor(x: Any) -> torch.Tensor:
    """Convert to the machine's byte order, and to int64 beyond 8 bits, where torch cannot compute with unsigned."""
    import numpy as np

    return torch.from_numpy(np.ascontiguousarray(x if x.dtype == np.uint8 else x.astype(np.int64)))


def _named(arrays: dict[str, Any], where: str, *names: str) -> Any:
    for name in names:
        if name in arrays:
            return arrays[name]
    raise ValueError(f"{where}: expected an array named one of {', '.join(names)}, got {', '.join(arrays) or 'none'}")


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
