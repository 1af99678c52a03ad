"""Networks by name, for data of a given shape and number of levels."""

from typing import Any

from torch import nn

from udm.denoiser import Parameterization
from udm.network.level import LevelNet

KINDS: dict[str, Parameterization] = {"level": "x", "unet": "eps"}  # name: what it predicts


def build(name: str, shape: tuple[int, ...], K: int, labels: int = 0, **options: Any) -> nn.Module:
    """Build the network ``name``.

    Args:
        name: "level" or "unet".
        shape: of an event, (c, h, w).
        K: how many levels a coordinate has.
        labels: the number of classes, 0 for a network without condition.
        options: channels, blocks and dropout.

    Returns:
        A module from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape of z.

    Raises:
        ValueError: if the name is neither, or shape, K or an option does not suit the network.
    """
    if name == "level":
        return LevelNet(shape, K, labels=labels, **options)
    if name == "unet":
        from udm.network.unet import UNet

        return UNet(shape, K, labels=labels, **options)
    raise ValueError(f'udm.network.build: expected name "level" or "unet", got {name!r}')
