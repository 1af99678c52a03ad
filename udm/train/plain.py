"""The network as plain weights: without the wrapper of torch.compile, and compared with weights that do not fit it."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from udm.train.config import WHERE

MOST = 4  # names in a message


def plain(network: nn.Module) -> nn.Module:
    """Return the module that torch.compile wrapped, or the network itself: names of weights do not change with it."""
    inside = getattr(network, "_orig_mod", None)
    return inside if isinstance(inside, nn.Module) else network


def storable(network: nn.Module) -> nn.Module:
    """Return the network, if its state can be kept without pickle.

    Raises:
        ValueError: if a part of its state is no tensor, or has no shape yet.
    """
    state: dict[str, Any] = network.state_dict()
    for name, value in state.items():
        if not isinstance(value, Tensor):
            got = f"{name}, {type(value).__name__}"
            raise ValueError(f"{WHERE}: expected a network whose state is tensors, got {got} (of get_extra_state)")
        if is_lazy(value):
            raise ValueError(f"{WHERE}: expected a network whose weights have shapes, got {name}: call it once before")
    return network


def misfit(network: nn.Module, stored: Mapping[str, Tensor]) -> str:
    """Return in words how stored weights differ from those of a network in names and shapes; "" if they do not."""
    mine: dict[str, Tensor] = plain(network).state_dict()
    shapes = [
        f"{k} of shape {tuple(stored[k].shape)} for {tuple(mine[k].shape)}"
        for k in mine.keys() & stored.keys()
        if stored[k].shape != mine[k].shape
    ]
    parts = (
        ("no", sorted(mine.keys() - stored.keys())),
        ("besides", sorted(stored.keys() - mine.keys())),
        ("", sorted(shapes)),
    )
    words = "; ".join(f"{lead} {_few(names)}".strip() for lead, names in parts if names)
    return words + _prefixed(mine.keys(), stored.keys())


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more


def _prefixed(mine: Any, stored: Any) -> str:
    """Say which wrapper made the names longer on one side, as DataParallel does."""
    for longer, shorter in ((mine, stored), (stored, mine)):
        prefix = next(iter(longer), "").split(".", 1)[0] + "."
        if shorter and {prefix + k for k in shorter} == set(longer):
            side = "network" if longer is mine else "stored weights"
            return f" (names in the {side} begin with {prefix}, of a wrapper such as DataParallel: give what is in it)"
    return ""
