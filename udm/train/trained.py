"""A trained model, read back from its run or from one checkpoint."""

from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import nn

from udm.model import Model
from udm.network.build import build
from udm.schedule import Schedule
from udm.train import checkpoint
from udm.train.checkpoint import CheckpointError
from udm.train.config import Config
from udm.train.identity import different, of_schedule
from udm.train.path import path


class Trained(NamedTuple):
    """What a checkpoint holds, ready to use: the averaged network, in evaluation mode."""

    model: Model
    network: nn.Module
    config: Config
    data: dict[str, Any]  # name, shape, K, labels
    step: int
    source: Path

    @property
    def device(self) -> torch.device:
        """Where the network is, and its data belong."""
        return next(self.network.parameters(), torch.empty(0)).device


def load(
    where: Path,
    *,
    network: nn.Module | None = None,
    schedule: Schedule | None = None,
    device: torch.device | str = "cpu",
) -> Trained:
    """From a run's folder (its newest checkpoint) or a checkpoint's own.

    Args:
        where: the folder.
        network: the module whose weights these are, where it was not made by name.
        schedule: the schedule likewise.
        device: where both are put.

    Raises:
        CheckpointError: no checkpoint there, one that is not whole, or one of another network or schedule.
    """
    folder = _newest(where)
    stored = checkpoint.load(folder)
    try:
        config, told = Config.from_json(stored.state["config"]), stored.state["data"]
    except ValueError as fault:
        raise CheckpointError(f"{folder}: {fault}") from None
    labels = told["labels"] if config.conditional else 0
    options = {"channels": config.channels, "blocks": config.blocks, "dropout": config.dropout}
    network = network or build(config.network, tuple(told["shape"]), told["K"], labels, **options)
    schedule = schedule or path(config)
    try:
        network.load_state_dict(stored.tensors["average"])
        schedule.load_state_dict(stored.tensors["schedule"])
    except RuntimeError as fault:
        why = str(fault).splitlines()[0]
        raise CheckpointError(f"{folder}: expected weights of {type(network).__name__}: {why}") from None
    if different(got := of_schedule(schedule), trained_with := stored.state.get("schedule")):
        raise CheckpointError(
            f"{folder}: expected the schedule of its training, {trained_with}, got {got}: give ``schedule``"
        )
    network.requires_grad_(False).eval().to(device)
    schedule.requires_grad_(False).to(device)
    model = Model(network, schedule, stored.state["kind"])
    return Trained(model, network, config, told, int(stored.state["step"]), folder)


def _newest(where: Path) -> Path:
    if (where / "state.json").exists():
        return where
    found = checkpoint.checkpoints(where / "checkpoints")
    if not found:
        raise CheckpointError(f"{where}: expected a run or a checkpoint, found no state.json and no checkpoints in it")
    return found[-1]


__all__ = ["Trained", "load"]
