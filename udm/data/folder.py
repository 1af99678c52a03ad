"""A folder of images of one size, with 256 levels, decoded as they are read; its subfolders are parts or classes."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from udm.data.frame import Frame
from udm.data.levels import Data
from udm.data.opened import opened

SPARE = ("validation", "valid", "val")  # held out too, and the test part if there is no other
SUFFIXES = {
    ".bmp", ".dib", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff",
    ".webp",
}  # fmt: skip
OTHER = {  # images too, whose depth could not be told, or which Pillow does not read
    ".apng", ".avif", ".dng", ".exr", ".hdr", ".heic", ".heif", ".j2k", ".jp2", ".jpx", ".jxl", ".psd", ".raw", ".svg",
    ".tga",
}  # fmt: skip


class Folder(Data):
    """Every image under a folder, or under a part of it, in the order of their names, as (C, H, W) levels 0 .. 255.

    The first image sets the size, and whether there is colour (C = 3) or not (C = 1). Images with more than 8 bits per
    channel, or that are not opaque, are refused, because their pixels have no exact place among these levels; so are
    animations, and images in formats that are not read. Linked folders are followed, hidden files and folders are not
    read, and a photo is turned as its EXIF data say.

    Args:
        path: the folder.
        part: "train" or "test", for a folder that has ``parts``; all images if absent.

    Raises:
        ValueError: if there is no image, or one beside the parts; and in ``read``, if a file is not an image or has
            another size. The message begins with the file's name.
    """

    def __init__(self, path: Path, part: str | None = None) -> None:
        files, own = sorted(_images(path)), parts(path)
        roots = [path / name for name in _named(path).values()] if own else [path]
        self.name, self.K = str(path) if part is None else f"{path}:{part}", 256
        parents = [_below(f, roots) for f in files]
        names = sorted(set(parents))  # of all parts, so that a class has the same number in each
        self.labels = len(names) if len(names) > 1 else 0
        kept = [i for i, f in enumerate(files) if part is None or f.is_relative_to(path / own[part])]
        if not kept:
            kinds = ", ".join(sorted(SUFFIXES))
            where = path if part is None else path / own[part]
            raise ValueError(f"{where}: expected a folder with images ({kinds}), got none")
        self._path, self.files = path, [files[i] for i in kept]
        self._classes = [names.index(parents[i]) if self.labels else 0 for i in kept]
        first = files[0]
        with opened(first, str(first)) as image:
            self._frame = Frame.of(image, str(first))
        self.shape = self._frame.shape

    def __len__(self) -> int:
        return len(self.files)

    def read(self, rows: Sequence[int]) -> tuple[Tensor, Tensor]:
        images = torch.stack([self._image(self.files[i]) for i in rows])
        return images, torch.tensor([self._classes[i] for i in rows], dtype=torch.int64)

    def stamp(self) -> str:
        """Return a digest of the names, classes, sizes and times of change of all files."""
        seen = hashlib.sha256(f"{self._frame.mode} {self.shape}".encode())
        for file, label in zip(self.files, self._classes, strict=True):
            of = file.stat()
            told = (file.relative_to(self._path).as_posix(), label, of.st_size, of.st_mtime_ns, of.st_ctime_ns)
            seen.update(repr(told).encode())
        return seen.hexdigest()

    def _image(self, file: Path) -> Tensor:
        with opened(file, str(file)) as image:
            return self._frame.read(image, str(file))


def _images(path: Path) -> Iterator[Path]:
    """Yield all image files below a folder, through links too, but not through a link to a folder above itself.

    Raises:
        ValueError: if a file is an image of a format that is not read.
    """
    for folder, inside, names in os.walk(path, followlinks=True):
        here = Path(folder)
        above = {here.resolve(), *here.resolve().parents}
        inside[:] = sorted(n for n in inside if not n.startswith(".") and (here / n).resolve() not in above)
        for file in (here / name for name in names if not name.startswith(".")):
            if (suffix := file.suffix.lower()) in OTHER:
                kinds = ", ".join(sorted(SUFFIXES))
                raise ValueError(f"{file}: expected images of a known format ({kinds}), got {suffix}: convert it")
            if suffix in SUFFIXES and file.exists() and not file.is_file():
                raise ValueError(f"{file}: expected an image, got a pipe or a device")  # which may wait for ever
            if suffix in SUFFIXES:
                yield file


def parts(path: Path) -> dict[str, str]:
    """Map "train" and "test" to the subfolders that hold them; the result is empty if the data have no such split."""
    named = _named(path)
    test = next((named[name] for name in ("test", *SPARE) if name in named), None)
    return {"train": named["train"], "test": test} if test and "train" in named else {}


def _named(path: Path) -> dict[str, str]:
    """Map the names of parts to the subfolders that have them, in letters of either case."""
    inside = sorted(entry.name for entry in path.iterdir() if entry.is_dir())  # small letters last, which win
    return {name.lower(): name for name in inside if name.lower() in ("train", "test", *SPARE)}


def _below(file: Path, roots: list[Path]) -> str:
    """Return the class of a file, which is the path of folders between its root and the file."""
    root = next((r for r in roots if file.is_relative_to(r)), None)
    if root is None:
        there = " and ".join(sorted({r.name for r in roots if r.is_dir()}))
        raise ValueError(f"{file}: expected images only under the parts {there}, got one beside them: move it")
    return file.parent.relative_to(root).as_posix()
