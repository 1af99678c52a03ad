"""A network of the user's own, named as module:Class on the command line."""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from torch import nn

from udm.calling import takes_step_numbers
from udm.train.trained import Maker

TAKES = ("shape", "K", "labels")  # by name, what tells a network its data


def is_own(name: str) -> bool:
    """Whether a network is named by its module."""
    return ":" in name


def own_network(name: str) -> Maker:
    """Return what makes the network that ``name`` says, module:Class, of the shape of an event, K and the labels.

    The module is looked for in the folder of the command first. The class, or a function, is called with those of
    shape, K and labels that it takes by name.

    Raises:
        ValueError: if there is no such module or class, or it makes no network.
    """
    module, _, called = name.partition(":")
    if not (module and called):
        raise ValueError(f"--network: expected module:Class, as nets:Small, got {name!r}")
    made: Any = _imported(name, module)
    for part in called.split("."):
        if not hasattr(made, part):
            raise ValueError(f"--network: expected {part} in the module {module}, got none")
        made = getattr(made, part)
    return lambda shape, K, labels: _made(name, made, {"shape": shape, "K": K, "labels": labels})


def _imported(name: str, module: str) -> Any:
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        if missing.name and (module == missing.name or module.startswith(f"{missing.name}.")):
            raise ValueError(f"--network: expected a module {module}, got none here for {name!r}") from None
        raise ValueError(f"--network: {module}: expected the module {missing.name}, got none") from None


def _made(name: str, maker: Callable[..., Any], known: dict[str, Any]) -> nn.Module:
    taken = inspect.signature(maker).parameters
    needed = [
        p
        for p in taken.values()
        if p.default is p.empty and p.kind is not p.VAR_KEYWORD and p.kind is not p.VAR_POSITIONAL
    ]
    if strange := [p.name for p in needed if p.name not in TAKES]:
        raise ValueError(
            f"--network: expected {name} to need at most {', '.join(TAKES)}, got also {', '.join(strange)}"
        )
    network = maker(**{k: known[k] for k in TAKES if k in taken})
    if not isinstance(network, nn.Module):
        raise ValueError(f"--network: expected {name} to make a torch.nn.Module, got {type(network).__name__}")
    if takes_step_numbers(network):
        raise ValueError(
            f"--network: expected {name} to take (z, gamma), got a network of timesteps: name a function that makes"
            " udm.calling.Timestepped(network, table, steps_from=0) of it, or call the argument gamma if it is that"
        )
    return network
