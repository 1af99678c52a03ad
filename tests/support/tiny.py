"""The smallest run that has every part, and a comparison of two runs, bit for bit."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from udm.data import Data, load
from udm.train import Config, checkpoint

TINY: dict[str, Any] = {
    "channels": 8, "blocks": 1, "hidden": 8, "batch": 32, "steps": 6, "warmup": 2, "save_every": 1, "keep": 9,
    "gamma_min": -9.0, "dense": 8,
}  # fmt: skip


def config(**changes: Any) -> Config:
    settings = {**TINY, **changes}
    if settings.get("schedule", "learned") != "learned" and "hidden" not in changes:
        del settings["hidden"]
    if settings.get("network", "level") != "level" and "dense" not in changes:
        del settings["dense"]
    return Config(**settings)


@lru_cache
def DIGITS() -> Data:
    return load("digits")


def newest(out: Path) -> checkpoint.Checkpoint:
    return checkpoint.load(checkpoint.checkpoints(out / "checkpoints")[-1])


def different(one: Path, other: Path) -> list[str]:
    """Return what differs between two runs: lines of losses, tensors and settings of the newest checkpoint."""
    bad = [] if (one / "losses.jsonl").read_bytes() == (other / "losses.jsonl").read_bytes() else ["losses"]
    a, b = newest(one), newest(other)
    if a.tensors.keys() != b.tensors.keys() or a.state != b.state:
        bad.append("state")
    for file in a.tensors.keys() & b.tensors.keys():
        mine, theirs = a.tensors[file], b.tensors[file]
        names = sorted(mine.keys() | theirs.keys())
        bad += [f"{file}.{n}" for n in names if n not in mine or n not in theirs or not torch.equal(mine[n], theirs[n])]
    return bad
