"""The memory that a training needs at least, told before it is taken."""

import math
import os

import psutil
import torch

from udm.data import Data
from udm.network import build
from udm.train import Config

ARRAYS = 4  # of batch x coordinates x levels that a network of levels holds at once, at least: a prior, a likelihood,
# their sum and its softmax
COPIES = 5  # of a network's weights: themselves, gradients, their two moments, and the average


def enough(config: Config, data: Data, on: torch.device) -> None:
    """Require memory for a network of levels: its weights, and its logits, which grow with the number of levels.

    Raises:
        ValueError: if there is less; the message says how much is needed, and what needs less.
    """
    if config.network != "level":  # of others it is not known
        return
    part = max(1, config.batch // (config.accumulate * int(os.environ.get("WORLD_SIZE", "1"))))
    logits, weights, there = ARRAYS * 4 * part * math.prod(data.shape) * data.K, _weights(config, data), free(on)
    if logits + weights <= there:
        return
    fitting = max(1, math.floor(part * (there - weights) / logits / 2))
    parts = f"--network unet, or parts of at most {fitting} events (--batch, --accumulate)"
    heavy = weights >= there / 2
    classes = heavy and _weights(config, data, 0) < weights / 2  # most of it is a row for each class
    dense = heavy and config.options.get("dense") != 0
    lower = f"labels that count from 0, of fewer than {data.labels} classes"
    raise ValueError(
        f"train: expected {_giga(logits + weights)} of memory for the network level, {part} events {data.shape} of"
        f" {data.K} levels at once, got {_giga(there)} on {on}: give"
        f" {lower if classes else '--dense 0, or --network unet' if dense else parts}"
    )


def _weights(config: Config, data: Data, labels: int | None = None) -> int:
    """Return how many bytes all copies of the weights take, with as many classes as the data have unless given."""
    classes = data.labels if labels is None else labels
    with torch.device("meta"):
        network = build("level", data.shape, data.K, classes if config.conditional else 0, **config.options)
    return COPIES * 4 * sum(p.numel() for p in network.parameters())


def free(on: torch.device) -> int:
    """Return how many bytes are free on the device of the training."""
    return torch.cuda.mem_get_info(on)[0] if on.type == "cuda" else psutil.virtual_memory().available


def _giga(size: int) -> str:
    return f"{size / 1e9:.2g} GB"
