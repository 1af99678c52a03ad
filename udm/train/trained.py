"""Loading a trained model from its run or from one checkpoint."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

import torch
from torch import Tensor, nn

from udm.arguments import a_device, functions, paths
from udm.calling import Ranged
from udm.model import Denoiser, Model
from udm.network.build import build
from udm.schedule import Schedule
from udm.shapes import instance
from udm.train import checkpoint, exported
from udm.train.checkpoint import Checkpoint, Unfit
from udm.train.config import GIVEN, Config
from udm.train.identity import different, of_schedule
from udm.train.path import path
from udm.train.plain import misfit, plain

WHERE = "udm.train.load"
Weights: TypeAlias = Literal["averaged", "live"]
Maker: TypeAlias = Callable[[tuple[int, ...], int, int], nn.Module]
HINT = "; a network that was given must be given again: udm.train.load(out, network=...), or --network module:Class"


class Trained(NamedTuple):
    """The content of a checkpoint, ready to use.

    Attributes:
        model: the denoiser with its schedule and what it predicts.
        network: with the weights, in evaluation mode.
        config: the settings of the run.
        data: name, shape, K and labels of the data.
        step: how many steps it was trained.
        source: the folder of the checkpoint.
        held_out: the same of the data that were held out, None if the run was not given them.
        weights: which these are, "averaged" or "live".
    """

    model: Model
    network: nn.Module
    config: Config
    data: dict[str, Any]  # name, shape, K, labels
    step: int
    source: Path
    held_out: dict[str, Any] | None = None
    weights: Weights = "averaged"

    @property
    def device(self) -> torch.device:
        """The device of the network, on which its data belong."""
        return next(self.network.parameters(), torch.empty(0)).device


def load(
    where: Path | str,
    *,
    network: nn.Module | Maker | None = None,
    schedule: Schedule | None = None,
    device: torch.device | str = "cpu",
    weights: Weights = "averaged",
) -> Trained:
    """Load the newest checkpoint of a run, one checkpoint, or what :func:`udm.train.export` has written.

    A folder that holds checkpoints is a run, whatever else is in it.

    Args:
        where: the folder of the run, of the checkpoint or of the export.
        network: the module whose weights these are, if it was not built by name; or a function that makes it of the
            shape of an event, K and the number of labels.
        schedule: the schedule, if it was not built by name.
        device: the device that network and schedule are moved to.
        weights: "averaged" over the steps, or "live", those of the last step.

    Returns:
        The content of the checkpoint.

    Raises:
        Unfit: if there is no checkpoint, or it is of another network or schedule, or has no such weights.
        CheckpointError: if it is not whole.
    """
    paths(WHERE, where=where)
    device = a_device(WHERE, device)
    if weights not in get_args(Weights):
        raise ValueError(f'{WHERE}: expected weights "averaged" or "live", got {weights!r}')
    if network is not None and not isinstance(network, nn.Module):
        functions(WHERE, network=network)
    if schedule is not None:
        instance(WHERE, Schedule, schedule=schedule)
    folder = _newest(Path(where))
    of_export = exported.is_export(folder) and not (folder / "state.json").exists()
    stored = exported.read(folder) if of_export else checkpoint.load(folder)
    try:
        config, data = Config.from_json(stored.state["config"]), stored.state["data"]
    except ValueError as fault:
        raise Unfit(f"{folder}: {fault}") from None
    if (file := "model" if weights == "live" else "average") not in stored.tensors:
        raise Unfit(f"{folder}: expected {weights} weights, got an export of others")
    module = _with_weights(folder, network, config, data, stored.tensors[file])
    if schedule is None and config.schedule == GIVEN:
        raise Unfit(f"{folder}: expected the schedule of its training, which was given: from Python, give ``schedule``")
    schedule = _with_state(folder, path(config) if schedule is None else schedule, stored)
    module.requires_grad_(False).eval().to(device)
    schedule.requires_grad_(False).to(device)
    model = Model(denoiser(module, config), schedule, stored.state["kind"])
    step, held_out = int(stored.state["step"]), stored.state.get("held_out")
    return Trained(model, module, config, data, step, folder, held_out, weights)


def _with_weights(
    folder: Path, given: nn.Module | Maker | None, config: Config, data: dict[str, Any], weights: Mapping[str, Tensor]
) -> nn.Module:
    """Return the network with stored weights: the given one, or that of its name."""
    shape, K, labels = tuple(data["shape"]), data["K"], data["labels"] if config.conditional else 0
    if given is None and ":" in config.network:  # of a module of the user's
        raise Unfit(f"{folder}: expected the network {config.network}, got none{HINT}")
    network, why = given if isinstance(given, nn.Module) else None, ""
    try:
        if network is None:
            named = partial(build, config.network, **config.built)
            network = (named if given is None else given)(shape, K, labels)
        why = misfit(network, weights)
        plain(network).load_state_dict(weights)
    except (RuntimeError, ValueError) as fault:
        of = f"the network {config.network}" if given is None or network is None else type(plain(network)).__name__
        hint = "" if given is not None else HINT
        raise Unfit(f"{folder}: expected weights of {of}, got {why or _first(fault)}{hint}") from None
    return network


def _with_state(folder: Path, schedule: Schedule, stored: Checkpoint) -> Schedule:
    """Return the schedule with its stored state, if it is the one of the training."""
    try:
        schedule.load_state_dict(stored.tensors["schedule"])
    except RuntimeError as fault:
        why = f"expected the schedule of its training, got {type(schedule).__name__}: {_first(fault)}"
        raise Unfit(f"{folder}: {why}: give ``schedule``") from None
    if different(got := of_schedule(schedule), trained_with := stored.state.get("schedule")):
        raise Unfit(f"{folder}: expected the schedule of its training, {trained_with}, got {got}: give ``schedule``")
    return schedule


def denoiser(network: nn.Module, config: Config, label: int = -1) -> Denoiser:
    """Return the denoiser of a trained network, which says its variance too if it was taught to.

    A conditional one is that of a class, or of none (-1), which it saw in a tenth of the examples.
    """

    def labelled(z: Tensor, gamma: Tensor) -> Tensor:
        return network(z, gamma, torch.full((len(z),), label, device=z.device))

    of_class = labelled if config.conditional else network
    return Ranged(of_class) if config.loss == "hybrid" else of_class


def _first(fault: Exception) -> str:
    """Return the first line; torch goes on to list every weight."""
    return str(fault).splitlines()[0]


def _newest(where: Path) -> Path:
    if (where / "state.json").exists():
        return where
    inside = checkpoint.checkpoints(where / "checkpoints")  # before an export, which would be of an earlier step
    if not inside and exported.is_export(where):
        return where
    if not inside:
        raise Unfit(f"{where}: expected a run or a checkpoint, got no state.json and no checkpoints in it")
    return inside[-1]


__all__ = ["Trained", "load"]
