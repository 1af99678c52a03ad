"""A network by its name, for data of a shape and number of levels."""

from typing import Any

from torch import nn

from udm.denoiser import Parameterization
from udm.network.level import LevelNet

KINDS: dict[str, Parameterization] = {"level": "x", "unet": "eps"}  # what each predicts


def build(name: str, shape: tuple[int, ...], K: int, labels: int = 0, **options: Any) -> nn.Module:
    """The network ``name``, "level" or "unet"; ``options`` are channels, blocks and dropout.

    Raises:
        ValueError: another name, options or shape.
    """
    if name == "level":
        return LevelNet(shape, K, labels=labels, **options)
    if name == "unet":
        from udm.network.unet import UNet

        return UNet(shape, K, labels=labels, **options)
    raise ValueError(f'network: expected "level" or "unet", got {name!r}')
