"""The settings of `udm train`: what is typed, and of a run that goes on what it began with."""

import json
from pathlib import Path
from typing import Any

from udm.train import Config
from udm.train.checkpoint import checkpoints

NAMES = {"ema_decay": "average"}  # of options that are called otherwise than their settings


def of_run(folder: Path, settings: dict[str, Any], typed: set[str]) -> dict[str, Any]:
    """Return the settings of the run that has begun in the folder, but for those that are typed; else the given ones.

    So a run goes on by the command that began it, also where defaults have changed since. What is no run's settings is
    left to the training, which refuses the folder.

    Args:
        folder: of the run.
        settings: by name, typed or by default.
        typed: the names of the options that are typed.

    Returns:
        The settings by name.
    """
    if not checkpoints(folder / "checkpoints"):
        return settings
    try:
        begun = Config.from_json(json.loads((folder / "config.json").read_bytes())).to_json()
    except (OSError, ValueError):
        return settings
    return begun | {name: settings[name] for option in typed if (name := NAMES.get(option, option)) in settings}
