"""Images that Pillow would change without a word are refused or mended: depth, frames, orientation, hidden ones."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasets import Dataset, Features
from datasets import Image as Column
from PIL import Image

from udm.data import load
from udm.data.folder import Folder
from udm.data.hub import Hub
from udm.data.opened import opened

PIXELS = np.random.default_rng(0).integers(0, 256, (4, 5, 3)).astype(np.uint8)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(depth: int) -> bytes:
    """A PNG in colour, whose channels have 8 or 16 bits; Pillow writes the former only."""
    rows = (PIXELS.astype(">u2") * 257).astype(">u2") if depth == 16 else PIXELS
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 5, 4, depth, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def ppm(maxval: int) -> bytes:
    return f"P6 5 4 {maxval}\n".encode() + PIXELS.astype("u1" if maxval < 256 else ">u2").tobytes()


def written(kind: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, kind, **options)
    return stream.getvalue()


def film(kind: str) -> bytes:
    other = Image.fromarray(255 - PIXELS)
    return written(kind, save_all=True, append_images=[other])


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "PNG of 16 bits": (lambda: png(16), "expected 8 bits a channel, got PNG of 16 bits"),
    "PPM of 16 bits": (lambda: ppm(65535), "expected 8 bits a channel, got PPM of 16 bits"),
    "PPM of 10 bits": (lambda: ppm(1000), "expected 8 bits a channel, got PPM of 16 bits"),
    "APNG": (lambda: film("PNG"), "expected one still picture, got 2 frames .PNG."),
    "animated WebP": (lambda: film("WEBP"), "expected one still picture, got 2 frames .WEBP."),
    "animated GIF": (lambda: film("GIF"), "expected one still picture, got 2 frames .GIF."),
    "pages": (lambda: film("TIFF"), "expected one still picture, got 2 frames .TIFF."),
    "JPEG 2000": (lambda: written("JPEG2000"), "expected 8 bits a channel, got JPEG2000, whose depth cannot be told"),
}
READ: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: png(8),
    "PPM": lambda: ppm(255),
    "WebP": lambda: written("WEBP", lossless=True),
    "BMP": lambda: written("BMP"),
    "TIFF": lambda: written("TIFF", compression="tiff_lzw"),
    "MPO": lambda: film("MPO"),
    "GIF": lambda: written("GIF"),
    "JPEG": lambda: written("JPEG"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_levels_or_frames_is_refused_from_a_folder_and_from_the_hub(name: str, tmp_path: Path) -> None:
    make, message = REFUSED[name]
    (tmp_path / "a.png").write_bytes(png(8))
    (tmp_path / "b.png").write_bytes(make())
    with pytest.raises(ValueError, match=rf"b\.png: {message}"):
        Folder(tmp_path).read([0, 1])
    rows = [{"bytes": content, "path": None} for content in (png(8), make())]
    data = Hub("mine", Dataset.from_dict({"image": rows}, features=Features({"image": Column()})))
    with pytest.raises(ValueError, match=rf"row 1 of mine: {message}"):
        data.read([0, 1])


@pytest.mark.parametrize("name", READ)
def test_still_pictures_of_8_bits_are_read(name: str) -> None:
    with opened(io.BytesIO(READ[name]()), "a") as image:
        pixels = np.asarray(image.convert("RGB"))
    if name in ("JPEG", "MPO", "GIF"):  # which lose colours before they are files
        assert pixels.shape == PIXELS.shape
    else:
        assert np.array_equal(pixels, PIXELS)


def test_a_photo_is_turned_as_its_camera_was(tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[0x0112] = 6  # a quarter turn
    (tmp_path / "a.png").write_bytes(written("PNG", exif=turned))
    Image.fromarray(np.rot90(PIXELS, -1)).save(tmp_path / "b.png")
    index, _ = Folder(tmp_path).read([0, 1])
    assert index[0].equal(index[1]) and index.shape == (2, 3, 5, 4)
    rows = [{"bytes": (tmp_path / "a.png").read_bytes(), "path": None}]
    data = Hub("mine", Dataset.from_dict({"image": rows}, features=Features({"image": Column()})))
    assert data.read([0])[0][0].equal(index[0])


def test_hidden_files_are_skipped_and_linked_folders_followed(tmp_path: Path) -> None:
    places = ("cat/a", "cat/.ipynb_checkpoints/a", ".hidden/b", "cat/._a")
    for place in (tmp_path / "photos" / f"{place}.png" for place in places):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(png(8))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/c.png").write_bytes(png(8))
    (tmp_path / "photos/dog").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "photos/cat/round").symlink_to(tmp_path / "photos")  # must not be followed for ever
    data = Folder(tmp_path / "photos")
    assert [f.relative_to(tmp_path / "photos").as_posix() for f in data.files] == ["cat/a.png", "dog/c.png"]
    assert data.labels == 2 and data.read([0, 1])[1].tolist() == [0, 1]


def test_images_in_a_format_that_is_not_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(8))
    (tmp_path / "README.txt").write_text("no image")
    assert len(Folder(tmp_path)) == 1
    (tmp_path / "b.gif").write_bytes(written("GIF"))
    (tmp_path / "c.TIF").write_bytes(written("TIFF"))
    assert len(Folder(tmp_path)) == 3
    (tmp_path / "d.heic").write_bytes(b"")
    with pytest.raises(ValueError, match=r"d\.heic: expected images of a known format .* got \.heic"):
        load(str(tmp_path))


def test_a_picture_beyond_pillows_limit_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(png(8))
    assert len(Folder(tmp_path)) == 1
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    with pytest.raises(ValueError, match=r"a\.png: expected an image: Image size .*exceeds limit") as refused:
        Folder(tmp_path)
    assert "\n" not in str(refused.value)


def test_a_stamp_changes_with_a_file_and_with_a_class(tmp_path: Path) -> None:
    for place in ("cat/a", "cat/b", "dog/c"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / f"{place}.png").write_bytes(png(8))
    first = Folder(tmp_path).stamp()
    assert Folder(tmp_path).stamp() == first
    assert load(str(tmp_path)).stamp() == load(str(tmp_path)).stamp() != load(str(tmp_path), "test").stamp()
    kept = (tmp_path / "cat/b.png").stat()
    (tmp_path / "cat/b.png").write_bytes(png(8)[:-1] + b"\0")
    os.utime(tmp_path / "cat/b.png", ns=(kept.st_atime_ns, kept.st_mtime_ns))  # as a careless copy does
    assert Folder(tmp_path).stamp() != first
    (tmp_path / "cat/b.png").rename(tmp_path / "dog/b.png")
    assert Folder(tmp_path).stamp() != first
