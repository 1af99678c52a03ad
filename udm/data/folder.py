"""A folder of images, decoded when they are read: 256 levels, one size; sub-folders are classes."""

from collections.abc import Sequence
from pathlib import Path

import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from udm.data.frame import Frame
from udm.data.levels import Data

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".ppm", ".pgm"}


class Folder(Data):
    """Every image under a folder, in the order of their names, as (C, H, W) levels 0 .. 255.

    The first image sets the size, and whether there is colour (C = 3) or not (C = 1). Pixels of more than 8 bits, or
    not opaque, have no exact place among these levels and are refused.

    Raises:
        ValueError: no image; later, in ``read``, a file that is no image or has another size, by its name.
    """

    def __init__(self, path: Path) -> None:
        self.files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        if not self.files:
            kinds = ", ".join(sorted(SUFFIXES))
            raise ValueError(f"{path}: expected a folder with images ({kinds}), found none")
        self.name, self.K = str(path), 256
        parents = [f.parent.relative_to(path).as_posix() for f in self.files]
        names = sorted(set(parents))
        self.labels = len(names) if len(names) > 1 else 0
        self._classes = [names.index(p) if self.labels else 0 for p in parents]
        with _opened(self.files[0]) as first:
            self._frame = Frame.of(first, str(self.files[0]))
        self.shape = self._frame.shape

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        images = torch.stack([self._image(self.files[i]) for i in rows])
        return images, torch.tensor([self._classes[i] for i in rows], dtype=torch.int64)

    def _image(self, file: Path) -> Tensor:
        with _opened(file) as image:
            return self._frame.levels(image, str(file))


def _opened(file: Path) -> Image.Image:
    try:
        return Image.open(file)
    except (UnidentifiedImageError, OSError) as fault:
        raise ValueError(f"{file}: expected an image: {fault}") from None
