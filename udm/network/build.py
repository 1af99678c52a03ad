"""Networks by name, for data of a given shape and number of levels."""

import inspect
from typing import Any

from torch import nn

from udm.denoiser import Parameterization
from udm.network.level import LevelNet

KINDS: dict[str, Parameterization] = {"level": "x", "unet": "eps"}  # name: what it predicts


def defaults(name: str) -> dict[str, Any]:
    """Return the options of the network ``name`` with the values that it takes for them if none are given.

    Args:
        name: "level" or "unet"; any other has none.

    Returns:
        channels, blocks and dropout, and dense of "level".
    """
    if name not in KINDS:
        return {}
    parameters = inspect.signature(_class(name)).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty and p.name not in ("labels", "ranged")}


def build(name: str, shape: tuple[int, ...], K: int, labels: int = 0, **options: Any) -> nn.Module:
    """Build the network ``name``.

    Args:
        name: "level" or "unet".
        shape: of an event, (c, h, w).
        K: how many levels a coordinate has; 0 for continuous data, which "level" cannot do.
        labels: the number of classes, 0 for a network without condition.
        options: channels, blocks and dropout, and dense of "level", see :class:`udm.network.LevelNet`; and ranged of
            "unet", for twice the channels, the second half of which says the variance (:class:`udm.calling.Ranged`).

    Returns:
        A module from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape of z.

    Raises:
        ValueError: if the name is neither, or shape, K or an option does not suit the network.
    """
    if name not in KINDS:
        raise ValueError(f'udm.network.build: expected name "level" or "unet", got {name!r}')
    if name == "level" and K == 0:
        expected = "the network unet, for events (c, h, w), or one of your own, for continuous data"
        raise ValueError(f"udm.network.build: expected {expected}, got level, which predicts levels")
    return _class(name)(shape, K, labels=labels, **options)


def _class(name: str) -> type[nn.Module]:
    if name == "level":
        return LevelNet
    from udm.network.unet import UNet

    return UNet
