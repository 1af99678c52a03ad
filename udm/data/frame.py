"""Images as levels 0 .. 255, (C, H, W), all of the size and colour of the first, without any loss of levels."""

from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from udm.data.opened import BROKEN

GREY = {"1", "L"}
EXACT = GREY | {"P", "RGB"}  # the modes of Pillow that become 8-bit colours without loss


class Frame(NamedTuple):
    """What all images of a source have in common: Pillow's mode (L or RGB), the size, and the name of the first."""

    mode: str
    height: int
    width: int
    first: str

    @classmethod
    def of(cls, image: Image.Image, name: str) -> "Frame":
        """Return the frame that the first image sets."""
        return cls("L" if image.mode in GREY else "RGB", image.height, image.width, name)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(C, H, W), C = 1 or 3."""
        return (1 if self.mode == "L" else 3, self.height, self.width)

    def read(self, image: Image.Image, name: str) -> Tensor:
        """Return the levels of an image, (C, H, W), uint8.

        Raises:
            ValueError: if the image has another size, more than 8 bits per channel or transparent pixels, is in colour
                although the first is grey, or is incomplete.
        """
        size = (image.height, image.width)
        if size != self.shape[1:]:
            raise ValueError(f"{name}: expected {self.shape[1:]} pixels, as {self.first}, got {size}")
        mode = f"transparent {image.mode}" if "transparency" in image.info else image.mode
        if mode not in (GREY if self.mode == "L" else EXACT):  # a conversion would lose levels
            raise ValueError(f"{name}: expected 8 bits, opaque, {self.mode} as {self.first}, got {mode}")
        try:
            pixels = np.array(image.convert(self.mode))
        except BROKEN as torn:
            raise ValueError(f"{name}: expected a whole image: {torn}") from None
        return torch.from_numpy(pixels).reshape(*size, -1).movedim(2, 0)
