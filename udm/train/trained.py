"""Loading a trained model from its run or from one checkpoint."""

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from udm.arguments import a_device, paths
from udm.model import Denoiser, Model
from udm.network.build import build
from udm.schedule import Schedule
from udm.shapes import instance
from udm.train import checkpoint
from udm.train.checkpoint import CheckpointError
from udm.train.config import Config
from udm.train.identity import different, of_schedule
from udm.train.path import path
from udm.train.plain import misfit, plain

WHERE = "udm.train.load"


class Trained(NamedTuple):
    """The content of a checkpoint, ready to use.

    Attributes:
        model: the denoiser with its schedule and what it predicts.
        network: with averaged weights, in evaluation mode.
        config: the settings of the run.
        data: name, shape, K and labels of the data.
        step: how many steps it was trained.
        source: the folder of the checkpoint.
        held_out: the same of the data that were held out, None if the run was not given them.
    """

    model: Model
    network: nn.Module
    config: Config
    data: dict[str, Any]  # name, shape, K, labels
    step: int
    source: Path
    held_out: dict[str, Any] | None = None

    @property
    def device(self) -> torch.device:
        """The device of the network, on which its data belong."""
        return next(self.network.parameters(), torch.empty(0)).device


def load(
    where: Path | str,
    *,
    network: nn.Module | None = None,
    schedule: Schedule | None = None,
    device: torch.device | str = "cpu",
) -> Trained:
    """Load the newest checkpoint of a run, or one checkpoint.

    Args:
        where: the folder of the run or of the checkpoint.
        network: the module whose weights these are, if it was not built by name.
        schedule: the schedule, if it was not built by name.
        device: the device that network and schedule are moved to.

    Returns:
        The content of the checkpoint.

    Raises:
        CheckpointError: if there is no checkpoint, it is not whole, or it is of another network or schedule.
    """
    paths(WHERE, where=where)
    device = a_device(WHERE, device)
    if network is not None:
        instance(WHERE, nn.Module, network=network)
    if schedule is not None:
        instance(WHERE, Schedule, schedule=schedule)
    folder = _newest(Path(where))
    stored = checkpoint.load(folder)
    try:
        config, data = Config.from_json(stored.state["config"]), stored.state["data"]
    except ValueError as fault:
        raise CheckpointError(f"{folder}: {fault}") from None
    labels = data["labels"] if config.conditional else 0
    options = {"channels": config.channels, "blocks": config.blocks, "dropout": config.dropout}
    given, why = network is not None, ""
    try:
        if network is None:
            network = build(config.network, tuple(data["shape"]), data["K"], labels, **options)
        why = misfit(network, stored.tensors["average"])
        plain(network).load_state_dict(stored.tensors["average"])
    except (RuntimeError, ValueError) as fault:
        named = type(plain(network)).__name__ if given and network is not None else f"the network {config.network}"
        hint = (
            ""
            if given
            else "; a network that was given from Python must be given again: udm.train.load(out, network=...)"
        )
        raise CheckpointError(f"{folder}: expected weights of {named}, got {why or _first(fault)}{hint}") from None
    schedule = path(config) if schedule is None else schedule
    try:
        schedule.load_state_dict(stored.tensors["schedule"])
    except RuntimeError as fault:
        why = f"expected the schedule of its training, got {type(schedule).__name__}: {_first(fault)}"
        raise CheckpointError(f"{folder}: {why}: give ``schedule``") from None
    if different(got := of_schedule(schedule), trained_with := stored.state.get("schedule")):
        raise CheckpointError(
            f"{folder}: expected the schedule of its training, {trained_with}, got {got}: give ``schedule``"
        )
    network.requires_grad_(False).eval().to(device)
    schedule.requires_grad_(False).to(device)
    model = Model(_unlabelled(network) if config.conditional else network, schedule, stored.state["kind"])
    return Trained(model, network, config, data, int(stored.state["step"]), folder, stored.state.get("held_out"))


def _unlabelled(network: nn.Module) -> Denoiser:
    """Return the denoiser of a conditional network without a class, which it saw in a tenth of the examples."""
    return lambda z, gamma: network(z, gamma, torch.full((len(z),), -1, device=z.device))


def _first(fault: Exception) -> str:
    """Return the first line; torch goes on to list every weight."""
    return str(fault).splitlines()[0]


def _newest(where: Path) -> Path:
    if (where / "state.json").exists():
        return where
    inside = checkpoint.checkpoints(where / "checkpoints")
    if not inside:
        raise CheckpointError(f"{where}: expected a run or a checkpoint, got no state.json and no checkpoints in it")
    return inside[-1]


__all__ = ["Trained", "load"]
