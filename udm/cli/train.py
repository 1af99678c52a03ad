"""`udm train`: the loop with a progress bar, then the held-out bound, baselines and samples of what was trained."""

import math
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import nn

from udm.cli.after import STEPS, After, finished, page, sampling, then
from udm.cli.console import note
from udm.cli.memory import enough
from udm.cli.networks import is_own, own_network
from udm.cli.outcome import Document, concluded
from udm.cli.progress import Watch, phase
from udm.cli.status import WELL
from udm.cli.terms import device
from udm.data import Data
from udm.data import load as load_data
from udm.data.continuous import scale
from udm.data.picture import drawable
from udm.network.build import build
from udm.sample.grid import check
from udm.sample.levels import uniform_gamma
from udm.train import Config, fit
from udm.train.checkpoint import checkpoints
from udm.train.loop import Seen
from udm.train.path import path


def run(
    settings: dict[str, Any], folder: Path, resume_from: Path | None, after: After, on: str | None, *, as_json: bool
) -> int:
    def work(document: Document) -> int:
        return _trained(settings, folder, resume_from, after, device(on), document)

    def kept() -> str:
        last = checkpoints(folder / "checkpoints")
        return f"last checkpoint {last[-1]}: run the same command again to go on" if last else "no checkpoint yet"

    return concluded(work, page, "training_seconds", as_json=as_json, kept=kept)


def _trained(
    settings: dict[str, Any], folder: Path, resume_from: Path | None, after: After, on: torch.device, document: Document
) -> int:
    """Train, and fill the document with what the run has to show, on the first rank."""
    start = perf_counter()
    if is_own(settings["network"]):
        own_network(settings["network"])  # that there is none comes before what it does not take
    config = Config(**settings)
    kind: dict[str, Any] = {"levels": config.levels, "continuous": config.decoder is not None}
    train = load_data(config.data, "train", **kind)
    if (after.samples or after.every) and train.K and not drawable(train.shape):
        got = f"{after.samples}, and one every {after.every} steps" if after.every else f"{after.samples}"
        raise ValueError(f"train: expected --samples 0 for events that are no pictures, {train.shape}, got {got}")
    test = load_data(config.data, "test", **kind)
    _can_be_shown(config.resolved(train.K), bool(after.samples or after.every))
    enough(config, train, on)
    network = _own(config, train)
    announce = cache(lambda: _announce(config, train, test, after, network, on))  # not before a command that is refused

    def reading(done: int, total: int) -> None:
        announce()
        bar(done, total, "reads its data")

    with phase("training", keep=True) as bar:
        shown, draws = _smoothed(config, bar), sampling(folder, after.every, train)

        def watch(seen: Seen) -> None:
            shown(seen)
            draws(seen)

        state = fit(
            config,
            folder,
            data=train,
            held_out=test,
            network=network,
            resume_from=resume_from,
            watch=watch,
            reading=reading,
            device=on if on.type == "cpu" else None if "LOCAL_RANK" in os.environ else on,
        )
    if state.accelerator.is_main_process:
        document |= {"run": str(folder), "steps": config.steps, "training_seconds": perf_counter() - start}
        finished(folder, train, test, after, document, network, on)
    return WELL


def _own(config: Config, data: Data) -> nn.Module | None:
    """The network of the user's module, if the settings name one; of the weights that the seed gives."""
    if not is_own(config.network):
        return None
    if config.parameterization is None:
        raise ValueError(f"train: expected --parameterization x, eps, v or score of {config.network}, got none")
    with torch.random.fork_rng([]):
        torch.manual_seed(config.seed)
        return own_network(config.network)(data.shape, data.K, data.labels if config.conditional else 0)


def _announce(
    config: Config, train: Data, test: Data, after: After, network: nn.Module | None, on: torch.device
) -> None:
    """Say on what, how long and with what the training is, and what follows it; one rank says it for all."""
    with torch.device("meta"):
        labels = train.labels if config.conditional else 0
        network = build(config.network, train.shape, train.K, labels, **config.built) if network is None else network
    weights, ranks = sum(p.numel() for p in network.parameters()), int(os.environ.get("WORLD_SIZE", "1"))
    divided = f" on {ranks} ranks" if ranks > 1 else ""
    of = f"of {train.K} levels" if train.K else "without levels"
    note(
        f"training on {on}{divided}: {train.name}, {len(train)} events {train.shape} {of}; network"
        f" {config.network} of {weights} weights; {config.steps} steps of {config.batch}{then(test, after, config)}"
    )
    if not train.K:
        _scaled(train)
    if (parts := ranks * config.accumulate) > 1 and any(isinstance(m, nn.Dropout) and m.p for m in network.modules()):
        note(f"dropout is drawn for each of {parts} parts of a batch: other parts, or --dropout 0, give other losses")


def _scaled(data: Data) -> None:
    """Say how large continuous data are, and that they should be scaled where noise of N(0, 1) does not suit them."""
    of = scale(data)
    note(
        f"values from {of['least']:.3g} to {of['most']:.3g}, mean {of['mean']:.3g}, standard deviation"
        f" {of['deviation']:.3g}"
    )
    if not 0.25 <= math.hypot(of["mean"], of["deviation"]) <= 4:
        note("expected a mean near 0 and a standard deviation near 1, as the noise has: scale the data, or other ends")


@torch.no_grad()
def _can_be_shown(config: Config, samples: bool) -> None:
    """What would fail at the end, of the bound or of the samples, fails before the training.

    Raises:
        ValueError: noise at t = 0 too small for float32, or a schedule too flat for a grid of samples.
    """
    schedule = path(config)
    if schedule.steps is not None:  # a table begins at the data, and has its own grid
        return
    if (sigma_0 := schedule.sigma_0()) < (eps := torch.finfo(torch.float32).eps):
        got = f"sigma_0 = {sigma_0:.2g} of --gamma-min {config.gamma_min}"
        raise ValueError(f"train: expected sigma_0 >= {eps:.2g}, which float32 resolves, got {got}")
    if samples and config.schedule != "learned":  # whose shape is still to come
        try:
            check(uniform_gamma(schedule, STEPS))
        except ValueError as fault:
            ends = f"{config.schedule} from {config.gamma_min} to {config.gamma_max}"
            raise ValueError(
                f"train: expected {STEPS} steps of samples equal in gamma, got {ends}: {fault}; give --samples 0, or"
                " other ends"
            ) from None


def _smoothed(config: Config, bar: Watch) -> Callable[[Seen], None]:
    """Tell the bar of each step, with the loss smoothed over 20 of them."""
    unit = "bits/dim" if config.loss == "vlb" else f"{config.loss} loss"
    smooth: list[float] = []

    def watch(seen: Seen) -> None:
        smooth.append(seen.loss)
        del smooth[:-20]
        bar(seen.step, seen.steps, f"{sum(smooth) / len(smooth):.3f} {unit}")

    return watch
