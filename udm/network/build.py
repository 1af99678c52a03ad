"""Networks by name, for data of a given shape and number of levels."""

from typing import Any

from torch import nn

from udm.denoiser import Parameterization
from udm.network.level import LevelNet

KINDS: dict[str, Parameterization] = {"level": "x", "unet": "eps"}  # name: what it predicts


def build(name: str, shape: tuple[int, ...], K: int, labels: int = 0, **options: Any) -> nn.Module:
    """Build the network ``name``, "level" or "unet"; ``options`` are channels, blocks and dropout.

    Raises:
        ValueError: if the name is neither, or shape, K or an option does not suit the network.
    """
    if name == "level":
        return LevelNet(shape, K, labels=labels, **options)
    if name == "unet":
        from udm.network.unet import UNet

        return UNet(shape, K, labels=labels, **options)
    raise ValueError(f'udm.network.build: expected name "level" or "unet", got {name!r}')
