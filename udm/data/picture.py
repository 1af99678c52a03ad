"""Events with levels drawn as a grid of pictures in one PNG."""

import io
import math
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from udm.data.disk import write_whole


def drawable(shape: tuple[int, ...]) -> bool:
    """Return whether events of this shape are pictures: (c, h, w), grey, in colour, or in colour with opacity."""
    return len(shape) == 3 and shape[0] in (1, 3, 4)


def write_png(index: Tensor, K: int, path: Path, columns: int | None = None, *, alone: bool = False) -> Path:
    """Draw integer levels (n, c, h, w), c = 1, 3 or 4, side by side with lines between; small ones are magnified.

    ``alone`` draws the pixels of one event, and nothing else.

    Raises:
        ValueError: if the levels have another shape.
    """
    if not drawable(tuple(index.shape[1:])) or len(index) == 0:
        raise ValueError(
            f"udm.data.picture.write_png: expected levels (n, c, h, w) with c = 1, 3 or 4, got {tuple(index.shape)}"
        )
    n, c, h, w = index.shape
    if alone:
        return _save((index[0].to(torch.float64) * (255 / (K - 1))).round().to(torch.uint8).cpu(), path)
    columns = columns or math.ceil(math.sqrt(n))
    rows = math.ceil(n / columns)
    zoom = max(1, 64 // max(h, w))
    tiles = (index.to(torch.float64) * (255 / (K - 1))).round().to(torch.uint8).cpu()
    tiles = tiles.repeat_interleave(zoom, dim=2).repeat_interleave(zoom, dim=3)
    sheet = torch.full((c, rows * (h * zoom + 2) + 2, columns * (w * zoom + 2) + 2), 128, dtype=torch.uint8)
    sheet[3:] = 255  # the lines are opaque
    for i, tile in enumerate(tiles):
        y, x = 2 + (i // columns) * (h * zoom + 2), 2 + (i % columns) * (w * zoom + 2)
        sheet[:, y : y + h * zoom, x : x + w * zoom] = tile
    return _save(sheet, path)


def _save(sheet: Tensor, path: Path) -> Path:
    pixels = sheet.movedim(0, 2).numpy() if len(sheet) > 1 else sheet[0].numpy()
    path.parent.mkdir(parents=True, exist_ok=True)
    png = io.BytesIO()
    Image.fromarray(pixels).save(png, format="PNG")
    write_whole(path, png.getvalue())
    return path
