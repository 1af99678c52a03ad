"""`udm sample`: samples of a trained model as pictures or an array, each a function of its own seed."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch

from udm import decoder
from udm.cli.console import note, out
from udm.cli.outcome import Document, concluded
from udm.cli.progress import Stopped, Watch, phase
from udm.cli.status import WELL
from udm.cli.terms import device as on
from udm.cli.terms import opened, place_in
from udm.data import values
from udm.data.written import check_place, write
from udm.guidance import classifier_free
from udm.model import Model
from udm.ranks import gathered, own, place
from udm.sample import DDIM, SAMPLERS, Ancestral, Sampler, sample, seeds_from, trailing, uniform, uniform_gamma
from udm.sample.noise import GENERATOR
from udm.sample.run import Progress
from udm.train import Trained
from udm.train.trained import denoiser
from udm.variance import NAMES, Learned, Name

GRIDS = ("gamma", "time")
BATCH = 256  # at once, whatever the count: memory


def run(target: Path, out: Path | None, *, as_json: bool, **options: Any) -> int:
    return concluded(lambda told: _sampled(target, out, told, **options), page, "samples", as_json=as_json)


def _sampled(
    target: Path,
    where: Path | None,
    told: Document,
    *,
    count: int,
    steps: int,
    name: str,
    eta: float,
    variance: str | None,
    grid: str | None,
    seed: int,
    label: int | None,
    guidance: float,
    weights: str,
    network: str | None,
    device: str | None,
) -> int:
    if eta and name != "ddim":
        raise ValueError(f"sample: expected --eta with --sampler ddim alone, got {eta} with {name}")
    if variance is not None and name != "ancestral":
        raise ValueError(f"sample: expected --variance with --sampler ancestral alone, got {variance} with {name}")
    sampler(name, eta, variance)  # before the run is read
    trained = opened(target, network, weights, on(device))
    model, variance = guided(trained, label, guidance), _variance(trained, variance, guidance)
    by, grid = sampler(name, eta, variance), _grid(trained, grid, steps)
    how = {"sampler": by, "steps": steps, "grid": grid, "seed": seed, "label": label}
    file = place_in(target, place_of(trained.data["K"])) if where is None else where
    replaced = where is None and file.exists()  # as samples of the training
    found = drawn(trained, count, file, model=model, **how)
    if replaced:
        note(f"replaced the samples that were in {file}; --out names another place")
    told |= {"samples": str(found.path), "count": found.count, "sampler": name, "steps": steps, "grid": grid}
    told |= {"variance": variance} if name == "ancestral" else {}
    told |= {"seed": seed, "noise": GENERATOR, "checkpoint": str(trained.source), "weights": trained.weights}
    if found.ended is not None:
        told["stopped_at"] = f"{found.count} of {count}"
        raise found.ended
    return WELL


def page(told: Document) -> None:
    what = told.get("stopped_at", told["count"])
    out.print(f"{what} samples in {told['seconds']:.1f} s: {told['samples']}", soft_wrap=True, markup=False)


def place_of(K: int) -> str:
    """The name of a file of samples: a grid of pictures, or an array of values without levels."""
    return "samples.png" if K else "samples.npz"


class Drawn(NamedTuple):
    """The file or folder, how many samples are there, and the signal that ended the drawing early if one did."""

    path: Path
    count: int
    ended: Stopped | None = None


def drawn(
    trained: Trained,
    count: int,
    path: Path,
    *,
    model: Model | None = None,
    sampler: Sampler | None = None,
    steps: int = 100,
    grid: str | None = None,
    seed: int = 0,
    label: int | None = None,
    alone: bool = False,
) -> Drawn:
    """Draw, round to the nearest levels if there are any, and write.

    Unless ``alone``, ranks take batches in turn, and the first writes.
    """
    model = trained.model if model is None else model
    shape, K = tuple(trained.data["shape"]), trained.data["K"]
    if count < 1:
        raise ValueError(f"sample: expected count >= 1, got {count}")
    check_place("sample", path, shape, K)
    times = _times(trained, _grid(trained, grid, steps), steps)
    by = Ancestral(_variance(trained, None, 1.0)) if sampler is None else sampler
    batches = [seeds_from(seed, min(BATCH, count - first), first) for first in range(0, count, BATCH)]

    def one(seeds: list[int], progress: Progress) -> torch.Tensor:
        told: dict[str, Any] = {"seeds": seeds, "device": trained.device, "progress": progress}
        return sample(model, (len(seeds), *shape), sampler=by, grid=times, **told)

    x, ended = _batches(batches, one, alone)
    if alone or place()[0] == 0:
        write(decoder.nearest(x, values(K, x.dtype)) if K else x, K, path, [] if label is None else [label] * len(x))
    return Drawn(path, len(x), ended)


def _batches(
    batches: list[list[int]], one: Callable[[list[int], Progress], torch.Tensor], alone: bool
) -> tuple[torch.Tensor, Stopped | None]:
    """Draw batches of seeds, and return those that were whole before a signal came.

    Raises:
        Stopped: if none was.
    """
    ended: Stopped | None = None
    taken = list(enumerate(batches) if alone else own(batches))

    def parts() -> list[tuple[int, torch.Tensor]]:
        nonlocal ended
        made: list[tuple[int, torch.Tensor]] = []
        with phase("sampling") as watch:
            for done, (k, seeds) in enumerate(taken):
                try:
                    made.append((k, one(seeds, _of_all(watch, done, len(taken))).cpu()))
                except KeyboardInterrupt as signal:
                    ended = Stopped.of(signal)
                    break
        return made

    of_ranks = [parts()] if alone else gathered(parts)
    every = sorted((pair for part in of_ranks for pair in part), key=lambda pair: pair[0])
    if ended is not None and not every:
        raise ended
    return torch.cat([x for _, x in every]), ended


def _of_all(watch: Watch, done: int, batches: int) -> Progress:
    """Tell of the steps of a batch as steps of all batches."""
    return lambda step, steps: watch(done * steps + step, batches * steps)


def _grid(trained: Trained, grid: str | None, steps: int) -> str:
    """The grid that was asked for; else steps equal in gamma, or on a table, which has times of its own, in time."""
    table = trained.model.schedule.steps
    if grid not in (*GRIDS, None):
        raise ValueError(f"sample: expected grid {' or '.join(GRIDS)}, got {grid!r}")
    if table is not None and grid == "gamma":
        raise ValueError(f"sample: expected --grid time on a table of {table} betas, got gamma")
    if table is not None and not 1 <= steps <= table:
        raise ValueError(f"sample: expected --steps from 1 to {table}, the betas of the table, got {steps}")
    return grid or ("gamma" if table is None else "time")


def _times(trained: Trained, grid: str, steps: int) -> torch.Tensor:
    schedule = trained.model.schedule
    if schedule.steps is not None:
        return trailing(schedule.steps, steps)
    return uniform(steps) if grid == "time" else uniform_gamma(schedule, steps)


def _variance(trained: Trained, asked: str | None, guidance: float) -> Name | Learned:
    """The variance that was asked for; else the one that the network was taught to say, or beta-tilde.

    Raises:
        ValueError: if it was taught none, or one is asked for of two networks, which guidance combines.
    """
    taught = trained.config.loss == "hybrid"
    if asked == "learned" and not (taught and guidance == 1):
        got = f"a run with the loss {trained.config.loss}" if not taught else f"guidance {guidance:g}"
        raise ValueError(
            f"sample: expected a run with the loss hybrid, and no guidance, for --variance learned, got {got}"
        )
    chosen = asked or ("learned" if taught and guidance == 1 else "beta-tilde")
    return cast(Name | Learned, chosen)


def sampler(name: str, eta: float, variance: str | None = None) -> Sampler:
    if name not in SAMPLERS:
        raise ValueError(f"sample: expected sampler {', '.join(SAMPLERS)}, got {name!r}")
    if name == "ancestral":
        if variance not in (None, *NAMES, "learned"):
            raise ValueError(f"sample: expected --variance one of {', '.join(NAMES)}, learned, got {variance!r}")
        return Ancestral(cast(Name | Learned, variance or "beta-tilde"))
    return DDIM(eta) if name == "ddim" else SAMPLERS[name]()


def guided(trained: Trained, label: int | None, guidance: float) -> Model:
    """The model of one class, classifier-free guidance of scale s = 1 + w on top; s = 1 for none."""
    labels = trained.data["labels"] if trained.config.conditional else 0
    if label is None:
        if guidance != 1:
            raise ValueError("sample: expected a label to guide to, got none: give --label")
        return trained.model
    if not math.isfinite(guidance):
        raise ValueError(f"sample: expected a finite guidance, got {guidance}")
    if not 0 <= label < labels:
        have = f"0 <= label < {labels}" if labels else "no label, for this network was trained without"
        raise ValueError(f"sample: expected {have}, got {label}")
    conditional = denoiser(trained.network, trained.config, label)
    if guidance == 1:
        return trained.model._replace(denoiser=conditional)
    both = classifier_free(conditional, trained.model.denoiser, guidance, convention="scale")
    return trained.model._replace(denoiser=both)
