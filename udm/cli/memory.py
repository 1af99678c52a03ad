"""The memory that a training needs at least, told before it is taken."""

import math
import os

import psutil
import torch

from udm.data import Data
from udm.train import Config

ARRAYS = 4  # of batch x coordinates x levels that a network of levels holds at once, at least: a prior, a likelihood,
# their sum and its softmax


def enough(config: Config, data: Data, on: torch.device) -> None:
    """Require memory for the logits of a network of levels, which grow with the number of levels.

    Raises:
        ValueError: if there is less; the message says how much is needed, and what needs less.
    """
    ranks = int(os.environ.get("WORLD_SIZE", "1"))
    part = max(1, config.batch // (config.accumulate * ranks))
    needed, there = least(config, data, part), free(on)
    if needed <= there:
        return
    fitting = max(1, math.floor(part * there / needed / 2))
    raise ValueError(
        f"train: expected {_giga(needed)} of memory for the network level, {part} events {data.shape} of {data.K}"
        f" levels at once, got {_giga(there)} on {on}: give --network unet, or parts of at most {fitting} events"
        f" (--batch, --accumulate)"
    )


def least(config: Config, data: Data, part: int) -> int:
    """Return how many bytes a part of a batch takes at least, 0 if that is not known of the network."""
    return ARRAYS * 4 * part * math.prod(data.shape) * data.K if config.network == "level" else 0


def free(on: torch.device) -> int:
    """Return how many bytes are free on the device of the training."""
    return torch.cuda.mem_get_info(on)[0] if on.type == "cuda" else psutil.virtual_memory().available


def _giga(size: int) -> str:
    return f"{size / 1e9:.2g} GB"
