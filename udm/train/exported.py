"""A trained model as two files that other programs read: weights as safetensors, and a card of what they are.

The header of the weights has the settings, the data's shape and the schedule, so that :func:`udm.train.load` reads the
folder as it reads a checkpoint.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from udm.arguments import paths
from udm.data.disk import write_whole
from udm.shapes import instance
from udm.train.card import card
from udm.train.checkpoint import Checkpoint, CheckpointError, apart
from udm.train.identity import of_schedule
from udm.train.plain import plain

if TYPE_CHECKING:
    from udm.train.trained import Trained

WHERE = "udm.train.export"
FORMAT = "udm model 1"
FILE, CARD, HEADER = "model.safetensors", "README.md", "udm"
PARTS = ("network", "schedule")
OF_A_RUN = ("checkpoints", "config.json", "state.json", ".lock")  # of a checkpoint too


def export(trained: "Trained", folder: Path | str, evaluation: Mapping[str, Any] | None = None) -> Path:
    """Write the weights of network and schedule, and a card that says schedule, parameterization and bound.

    Args:
        trained: the model.
        folder: where to write; it is made if it is missing, and an earlier export in it is replaced.
        evaluation: the record of an evaluation of these weights, for the card; None if there is none.

    Returns:
        The folder.

    Raises:
        ValueError: if ``trained`` is not what :func:`udm.train.load` returns, or the folder is no path, or holds a run,
            a checkpoint or other things.
        OSError: if the disk refuses.
    """
    from udm.train.trained import Trained  # which imports this module

    paths(WHERE, folder=folder)
    instance(WHERE, Trained, trained=trained)
    check_free(WHERE, Path(folder))
    place, modules = Path(folder), (plain(trained.network), trained.model.schedule)
    tensors = {
        f"{part}.{name}": apart(value)
        for part, module in zip(PARTS, modules, strict=True)
        for name, value in module.state_dict().items()
    }
    place.mkdir(parents=True, exist_ok=True)
    header = {HEADER: json.dumps(_state(trained)), "format": "pt"}
    write_whole(place / FILE, save(tensors, metadata=header))
    write_whole(place / CARD, card(trained, evaluation))
    return place


def check_free(where: str, folder: Path) -> None:
    """Require a folder that is missing or empty, but for hidden files, or holds an earlier export.

    Raises:
        ValueError: if it is no folder, or holds a run, a checkpoint or other things.
    """
    if not folder.exists():
        return
    expected = f"{where}: expected a new folder, or one of an earlier export, got"
    if not folder.is_dir():
        raise ValueError(f"{expected} the file {folder}")
    names = sorted(p.name for p in folder.iterdir())
    if any(name in OF_A_RUN for name in names):
        raise ValueError(f"{expected} {folder}, which holds a run or a checkpoint: choose another folder")
    others = [name for name in names if not name.startswith(".")]
    if others and not _exported(folder / FILE):
        raise ValueError(f"{expected} {folder}, which holds {others[0]}: choose another folder")


def _exported(file: Path) -> bool:
    """Return whether a file is one of weights that ``export`` has written."""
    try:
        with safe_open(file, framework="pt") as stored:
            state: Any = json.loads((stored.metadata() or {}).get(HEADER, "null"))
    except (SafetensorError, OSError, ValueError):
        return False
    return isinstance(state, dict) and cast(dict[str, Any], state).get("format") == FORMAT


def is_export(folder: Path) -> bool:
    """Return whether a folder is one that ``export`` has written."""
    return (folder / FILE).is_file() and (folder / CARD).is_file()  # a checkpoint has no card


def read(folder: Path) -> Checkpoint:
    """Read an export as a checkpoint, which has the one kind of weights that was exported.

    Raises:
        CheckpointError: if the file is torn, or not one of ours.
    """
    file = folder / FILE
    try:
        with safe_open(file, framework="pt") as stored:
            state: Any = json.loads((stored.metadata() or {}).get(HEADER, "null"))
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as fault:
        raise CheckpointError(f"{file}: expected safetensors: {fault}") from None
    got = state.get("format") if isinstance(state, dict) else type(state).__name__
    if got != FORMAT:
        raise CheckpointError(f'{file}: expected the format "{FORMAT}" in its header, got {got!r}')
    network, schedule = (
        {name.removeprefix(f"{part}."): a for name, a in tensors.items() if name.startswith(f"{part}.")}
        for part in PARTS
    )
    return Checkpoint({"model" if state["weights"] == "live" else "average": network, "schedule": schedule}, state)


def _state(trained: "Trained") -> dict[str, Any]:
    known = {"config": trained.config.to_json(), "data": trained.data, "kind": trained.model.parameterization}
    held_out = {} if trained.held_out is None else {"held_out": trained.held_out}
    schedule = {"schedule": of_schedule(trained.model.schedule)}
    return {"format": FORMAT, "step": trained.step, "weights": trained.weights, **known, **held_out, **schedule}
