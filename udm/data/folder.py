"""A folder of images of one size, with 256 levels, decoded as they are read; its subfolders are parts or classes."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from udm.data.frame import Frame
from udm.data.levels import Data

SPARE = ("validation", "val")  # held out too, and the test part if there is no other
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".ppm", ".pgm"}


class Folder(Data):
    """Every image under a folder, or under a part of it, in the order of their names, as (C, H, W) levels 0 .. 255.

    The first image sets the size, and whether there is colour (C = 3) or not (C = 1). Images with more than 8 bits per
    channel, or that are not opaque, are refused, because their pixels have no exact place among these levels.

    Args:
        path: the folder.
        part: "train" or "test", for a folder that has ``parts``; all images if absent.

    Raises:
        ValueError: if there is no image, or one beside the parts; and in ``read``, if a file is not an image or has
            another size. The message begins with the file's name.
    """

    def __init__(self, path: Path, part: str | None = None) -> None:
        files, own = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES), parts(path)
        roots = [path / name for name in (*own.values(), *SPARE)] if own else [path]
        self.name, self.K = str(path) if part is None else f"{path}:{part}", 256
        parents = [_below(f, roots) for f in files]
        names = sorted(set(parents))  # of all parts, so that a class has the same number in each
        self.labels = len(names) if len(names) > 1 else 0
        kept = [i for i, f in enumerate(files) if part is None or f.is_relative_to(path / own[part])]
        if not kept:
            kinds = ", ".join(sorted(SUFFIXES))
            where = path if part is None else path / own[part]
            raise ValueError(f"{where}: expected a folder with images ({kinds}), got none")
        self.files = [files[i] for i in kept]
        self._classes = [names.index(parents[i]) if self.labels else 0 for i in kept]
        first = files[0]
        with _opened(first) as image:
            self._frame = Frame.of(image, str(first))
        self.shape = self._frame.shape

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        images = torch.stack([self._image(self.files[i]) for i in rows])
        return images, torch.tensor([self._classes[i] for i in rows], dtype=torch.int64)

    def _image(self, file: Path) -> Tensor:
        with _opened(file) as image:
            return self._frame.read(image, str(file))


def parts(path: Path) -> dict[str, str]:
    """Map "train" and "test" to the subfolders that hold them; the result is empty if the data have no such split."""
    test = next((name for name in ("test", *SPARE) if (path / name).is_dir()), None)
    return {"train": "train", "test": test} if test and (path / "train").is_dir() else {}


def _below(file: Path, roots: list[Path]) -> str:
    """Return the class of a file, which is the path of folders between its root and the file."""
    root = next((r for r in roots if file.is_relative_to(r)), None)
    if root is None:
        there = " and ".join(sorted({r.name for r in roots if r.is_dir()}))
        raise ValueError(f"{file}: expected images only under the parts {there}, got one beside them: move it")
    return file.parent.relative_to(root).as_posix()


def _opened(file: Path) -> Image.Image:
    try:
        return Image.open(file)
    except (UnidentifiedImageError, OSError) as fault:
        raise ValueError(f"{file}: expected an image: {fault}") from None
