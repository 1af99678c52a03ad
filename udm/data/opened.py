"""Opening an image file as it is meant to be seen, or refusing what Pillow would change without a word."""

from collections.abc import Iterator
from typing import Any

from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from PIL.Image import DecompressionBombError, DecompressionBombWarning

DEEP = ("RGB;16", "RGBX;16", "RGBA;16", "RGBa;16", "L;16", "LA;16", "I;16", "CMYK;16")  # what a decoder starts from
EIGHT = {"PNG", "JPEG", "MPO", "BMP", "DIB", "GIF", "PPM", "TIFF", "WEBP", None}  # whose depth can be told
BROKEN = (OSError, SyntaxError, ValueError, DecompressionBombError, DecompressionBombWarning)


def opened(source: Any, name: str) -> Image.Image:
    """Return the image of a file or stream, one still picture of 8 bits a channel, turned as its EXIF data say.

    Raises:
        ValueError: if it is no image, is not whole, has more than 8 bits a channel or more than one frame; the message
            begins with ``name``.
    """
    try:
        image = Image.open(source)
    except (UnidentifiedImageError, *BROKEN) as fault:
        raise ValueError(f"{name}: expected an image: {_first(fault)}") from None
    try:
        if (why := _refused(image)) is None:
            return _upright(image)
    except BROKEN as torn:
        why = f"expected a whole image: {_first(torn)}"
    image.close()
    raise ValueError(f"{name}: {why}")


def _refused(image: Image.Image) -> str | None:
    if image.format not in EIGHT or deep(image):
        got = f"{image.format} of 16 bits" if deep(image) else f"{image.format}, whose depth cannot be told"
        return f"expected 8 bits a channel, got {got}: convert it"
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)  # a photo with its preview is no film
    return None if frames == 1 else f"expected one still picture, got {frames} frames ({image.format})"


def _upright(image: Image.Image) -> Image.Image:
    if image.getexif().get(ExifTags.Base.Orientation, 1) == 1:
        return image
    with image:
        return ImageOps.exif_transpose(image)


def deep(image: Image.Image) -> bool:
    """Return whether an opened image, not yet decoded, has channels of more than 8 bits, of which Pillow keeps 8."""
    return not image.mode.startswith(("I", "F")) and any(_deep(args) for args in _arguments(image))


def _deep(args: Any) -> bool:
    mode, *rest = args if isinstance(args, tuple) else (args,)
    maxval = next((n for n in rest if type(n) is int), 0)
    return isinstance(mode, str) and (mode.startswith(DEEP) or (mode in ("RGB", "L") and maxval > 255))


def _arguments(image: Image.Image) -> Iterator[Any]:
    for codec, _, _, args in getattr(image, "tile", []):
        if codec in ("raw", "zip", "ppm", "ppm_plain") or codec.startswith(("tiff", "libtiff")):
            yield args if codec.startswith("ppm") or isinstance(args, str) else args[:1]


def _first(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
