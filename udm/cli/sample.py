"""`udm sample`: samples of a trained model as pictures or an array, each a function of its own seed."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, cast

import torch

from udm import decoder
from udm.cli.console import out
from udm.cli.outcome import Document, concluded
from udm.cli.progress import Stopped, Watch, phase
from udm.cli.status import WELL
from udm.cli.terms import device as on
from udm.cli.terms import opened
from udm.data import values
from udm.data.written import check_place, write
from udm.guidance import classifier_free
from udm.model import Model
from udm.ranks import gathered, own, place
from udm.sample import DDIM, SAMPLERS, Ancestral, Sampler, sample, seeds_from, uniform, uniform_gamma
from udm.sample.noise import GENERATOR
from udm.sample.run import Progress
from udm.train import Trained
from udm.variance import NAMES, Name

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
    variance: str,
    grid: str,
    seed: int,
    label: int | None,
    guidance: float,
    weights: str,
    network: str | None,
    device: str | None,
) -> int:
    if eta and name != "ddim":
        raise ValueError(f"sample: expected --eta with --sampler ddim alone, got {eta} with {name}")
    if variance != "beta-tilde" and name != "ancestral":
        raise ValueError(f"sample: expected --variance with --sampler ancestral alone, got {variance} with {name}")
    by = sampler(name, eta, variance)
    trained = opened(target, network, weights, on(device))
    model = guided(trained, label, guidance)
    how = {"sampler": by, "steps": steps, "grid": grid, "seed": seed, "label": label}
    found = drawn(trained, count, target / "samples.png" if where is None else where, model=model, **how)
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
    grid: str = "gamma",
    seed: int = 0,
    label: int | None = None,
    alone: bool = False,
) -> Drawn:
    """Draw, round to the nearest levels, write; unless ``alone``, ranks take batches in turn, and the first writes."""
    model = trained.model if model is None else model
    shape, K = tuple(trained.data["shape"]), trained.data["K"]
    if count < 1:
        raise ValueError(f"sample: expected count >= 1, got {count}")
    check_place("sample", path, shape)
    if grid not in GRIDS:
        raise ValueError(f"sample: expected grid {' or '.join(GRIDS)}, got {grid!r}")
    times = uniform(steps) if grid == "time" else uniform_gamma(model.schedule, steps)
    by = Ancestral() if sampler is None else sampler
    batches = [seeds_from(seed, min(BATCH, count - first), first) for first in range(0, count, BATCH)]

    def one(seeds: list[int], progress: Progress) -> torch.Tensor:
        told: dict[str, Any] = {"seeds": seeds, "device": trained.device, "progress": progress}
        return sample(model, (len(seeds), *shape), sampler=by, grid=times, **told)

    x, ended = _batches(batches, one, alone)
    if alone or place()[0] == 0:
        write(decoder.nearest(x, values(K, x.dtype)), K, path, [] if label is None else [label] * len(x))
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


def sampler(name: str, eta: float, variance: str = "beta-tilde") -> Sampler:
    if name not in SAMPLERS:
        raise ValueError(f"sample: expected sampler {', '.join(SAMPLERS)}, got {name!r}")
    if name == "ancestral":
        if variance not in NAMES:
            raise ValueError(f"sample: expected --variance one of {', '.join(NAMES)}, got {variance!r}")
        return Ancestral(cast(Name, variance))
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

    def conditional(z: torch.Tensor, gamma: torch.Tensor) -> torch.Tensor:
        return trained.network(z, gamma, torch.full((len(z),), label, device=z.device))

    if guidance == 1:
        return trained.model._replace(denoiser=conditional)
    both = classifier_free(conditional, trained.model.denoiser, guidance, convention="scale")
    return trained.model._replace(denoiser=both)
