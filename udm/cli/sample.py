"""`udm sample`: samples of a trained model as a PNG grid, each a function of its own seed."""

import math
from pathlib import Path
from time import perf_counter
from typing import cast

import torch

from udm import decoder
from udm.cli.console import fail, out, print_json, usage
from udm.cli.progress import phase
from udm.cli.terms import device
from udm.data import values
from udm.data.picture import drawable, write_png
from udm.guidance import classifier_free
from udm.model import Model
from udm.sample import DDIM, SAMPLERS, Ancestral, Sampler, sample, uniform, uniform_gamma
from udm.sample.noise import GENERATOR
from udm.train import CheckpointError, Trained, load
from udm.variance import NAMES, Name

GRIDS = ("gamma", "time")
BATCH = 256  # at once, whatever the count: memory


def run(
    target: Path,
    png: Path | None,
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
    as_json: bool,
) -> int:
    start = perf_counter()
    try:
        if eta and name != "ddim":
            raise ValueError(f"sample: expected --eta with --sampler ddim alone, got {eta} with {name}")
        if variance != "beta-tilde" and name != "ancestral":
            raise ValueError(f"sample: expected --variance with --sampler ancestral alone, got {variance} with {name}")
        by = sampler(name, eta, variance)
        trained = load(target, device=device())
        model = guided(trained, count, label, guidance)
        path = drawn(
            trained,
            count,
            png or target / "samples.png",
            model=model,
            sampler=by,
            steps=steps,
            grid=grid,
            seed=seed,
        )
    except ValueError as fault:
        usage(str(fault))
    except (CheckpointError, FloatingPointError, OSError) as fault:
        fail(str(fault))
        return 1
    told = {"samples": str(path), "count": count, "sampler": name, "steps": steps, "grid": grid, "seed": seed}
    told |= {"variance": variance} if name == "ancestral" else {}
    told |= {"noise": GENERATOR, "checkpoint": str(trained.source), "seconds": perf_counter() - start}
    if as_json:
        print_json(told)
    else:
        out.print(f"{count} samples in {told['seconds']:.1f} s: {path}", soft_wrap=True, markup=False)
    return 0


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
) -> Path:
    """Draw, round to the nearest levels, write."""
    model = trained.model if model is None else model
    shape, K = tuple(trained.data["shape"]), trained.data["K"]
    if count < 1 or not drawable(shape):
        got = f"{count} and {shape}"
        raise ValueError(f"sample: expected count >= 1 and events (c, h, w), c = 1, 3 or 4, got {got}")
    if grid not in GRIDS:
        raise ValueError(f"sample: expected grid {' or '.join(GRIDS)}, got {grid!r}")
    times = uniform(steps) if grid == "time" else uniform_gamma(model.schedule, steps)
    by = Ancestral() if sampler is None else sampler
    with phase("sampling") as progress:
        x = sample(
            model,
            (count, *shape),
            sampler=by,
            grid=times,
            seed=seed,
            device=trained.device,
            batch=BATCH,
            progress=progress,
        )
    return write_png(decoder.nearest(x, values(K, x.dtype)), K, path)


def sampler(name: str, eta: float, variance: str = "beta-tilde") -> Sampler:
    if name not in SAMPLERS:
        raise ValueError(f"sample: expected sampler {', '.join(SAMPLERS)}, got {name!r}")
    if name == "ancestral":
        if variance not in NAMES:
            raise ValueError(f"sample: expected --variance one of {', '.join(NAMES)}, got {variance!r}")
        return Ancestral(cast(Name, variance))
    return DDIM(eta) if name == "ddim" else SAMPLERS[name]()


def guided(trained: Trained, count: int, label: int | None, guidance: float) -> Model:
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
