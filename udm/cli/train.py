"""`udm train`: the loop with a progress bar, then the held-out bound, baselines and samples of what was trained."""

import os
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from rich.markup import escape

from udm.cli.console import fail, note, out, print_json, terminable, usage
from udm.cli.memory import enough
from udm.cli.progress import Watch, phase
from udm.cli.terms import device, said, table, terms_of
from udm.data import Data
from udm.data import load as load_data
from udm.data.baseline import baselines
from udm.data.picture import drawable
from udm.network.build import build
from udm.sample.grid import check, uniform_gamma
from udm.train import CheckpointError, Config, Interrupted, NonFinite, fit, load
from udm.train.checkpoint import checkpoints
from udm.train.loop import Seen
from udm.train.path import path

STEPS = 100  # of the samples at the end


def run(settings: dict[str, Any], folder: Path, resume_from: Path | None, samples: int, *, as_json: bool) -> int:
    start, document = perf_counter(), dict[str, Any]()
    try:
        with terminable():
            main = _trained(settings, folder, resume_from, samples, document)
    except ValueError as fault:
        _found(document, start, as_json, failed=str(fault))
        usage(str(fault))
    except (CheckpointError, NonFinite, FloatingPointError, OSError) as fault:
        _found(document, start, as_json, failed=str(fault))
        fail(str(fault))
        return 1
    except Interrupted as stopped:
        fail(str(stopped))
        return 128 + stopped.number
    except KeyboardInterrupt as stopped:
        ended, number = stopped.args or ("stopped", signal.SIGINT)
        _found(document, start, as_json, failed=ended)
        kept = checkpoints(folder / "checkpoints")
        told = f"last checkpoint {kept[-1]}: run the same command again to go on" if kept else "no checkpoint yet"
        fail(f"{ended}; {told}")
        return 128 + number
    if main:
        _found(document, start, as_json)
    return 0


def _trained(
    settings: dict[str, Any], folder: Path, resume_from: Path | None, samples: int, document: dict[str, Any]
) -> bool:
    """Train, and fill the document with what the run has to show; return whether this is the main process."""
    start, config = perf_counter(), Config(**settings)
    train = load_data(config.data, "train", levels=config.levels)
    if samples and not drawable(train.shape):
        raise ValueError(f"train: expected --samples 0 for events that are no pictures, {train.shape}, got {samples}")
    test = load_data(config.data, "test", levels=config.levels)
    _can_be_shown(config.resolved(train.K), samples)
    enough(config, train)
    announce = cache(lambda: _announce(config, train, test, samples))  # not before a command that is refused

    def reading(done: int, total: int) -> None:
        announce()
        bar(done, total, "reads its data")

    with phase("training", keep=True) as bar:
        state = fit(
            config,
            folder,
            data=train,
            held_out=test,
            resume_from=resume_from,
            watch=_smoothed(config, bar),
            reading=reading,
        )
    if state.accelerator.is_main_process:
        document |= {"run": str(folder), "steps": config.steps, "training_seconds": perf_counter() - start}
        finished(folder, train, test, samples, document)
    return state.accelerator.is_main_process


def _announce(config: Config, train: Data, test: Data, samples: int) -> None:
    """Say on what, how long and with what the training is, and what follows it; one rank says it for all."""
    if os.environ.get("RANK", "0") != "0":
        return
    with torch.device("meta"):
        labels = train.labels if config.conditional else 0
        options = {"channels": config.channels, "blocks": config.blocks, "dropout": config.dropout}
        network = build(config.network, train.shape, train.K, labels, **options)
    weights = sum(p.numel() for p in network.parameters())
    then = f"the bound of the {len(test)} held out, baselines" + (f", {samples} samples" if samples else "")
    note(
        f"training on {device()}: {train.name}, {len(train)} events {train.shape} of {train.K} levels; network"
        f" {config.network} of {weights} weights; {config.steps} steps of {config.batch}; then {then}"
    )


@torch.no_grad()
def _can_be_shown(config: Config, samples: int) -> None:
    """What would fail at the end, of the bound or of the samples, fails before the training.

    Raises:
        ValueError: noise at t = 0 too small for float32, or a schedule too flat for a grid of samples.
    """
    schedule = path(config)
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


def finished(folder: Path, train: Data, test: Data, samples: int, document: dict[str, Any]) -> None:
    """What a run has to show for itself, put into the document one by one."""
    from udm.cli.sample import drawn

    trained = load(folder, device=device())
    document |= terms_of(trained, test)
    with phase("baselines") as watch:
        costs = baselines(train, test, watch)
    document["baselines"] = {k: {"value": v, "unit": "bits/dim"} for k, v in costs.items()}
    if samples:
        document["samples"] = str(drawn(trained, samples, folder / "samples.png", steps=STEPS))


def _found(document: dict[str, Any], start: float, as_json: bool, **failed: str) -> None:
    """Print what there is; before a fault nothing, unless a bound was found."""
    if failed and "total" not in document:
        return
    document |= {"seconds": perf_counter() - start, **failed}
    if as_json:
        print_json(document)
    else:
        page(document)


def page(document: dict[str, Any]) -> None:
    took = f"{document['steps']} steps in {document['training_seconds']:.0f} s"
    out.print(f"\n[bold]{escape(document['run'])}[/bold]: {took}", soft_wrap=True)
    out.print(table(document))
    out.print(said(document), soft_wrap=True, markup=False)
    out.print()
    for name, cost in document.get("baselines", {}).items():
        out.print(f"  {name:<14} {cost['value']:.3f} bits/dim")
    if "samples" in document:
        out.print(f"\nsamples: {document['samples']}", soft_wrap=True, markup=False)


def _smoothed(config: Config, bar: Watch) -> Callable[[Seen], None]:
    """Tell the bar of each step, with the loss smoothed over 20 of them."""
    unit = "bits/dim" if config.loss == "vlb" else f"{config.loss} loss"
    smooth: list[float] = []

    def watch(seen: Seen) -> None:
        smooth.append(seen.loss)
        del smooth[:-20]
        bar(seen.step, seen.steps, f"{sum(smooth) / len(smooth):.3f} {unit}")

    return watch
