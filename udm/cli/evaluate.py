"""`udm evaluate`: the likelihood of data under a trained model, or of a solvable law under its best denoiser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from udm.cli.console import fail, out, print_json, usage
from udm.cli.terms import batches, document, said, table
from udm.data import load as load_data
from udm.data import values
from udm.laws import Gaussian, Grid, Law, Mixture, TwoPoints
from udm.likelihood import Evaluation, evaluate, evaluate_flow
from udm.train import CheckpointError, load
from udm.train.path import between

LAWS: dict[str, Callable[[], Law]] = {
    "law:gaussian": lambda: Gaussian(torch.tensor([0.5, -0.25]), torch.tensor([0.5, 1.5])),
    "law:two-points": TwoPoints,
    "law:grid": lambda: Grid(values(16, torch.float64)),
    "law:mixture": lambda: Mixture(
        torch.tensor([0.25, 0.75]), torch.tensor([[-1.0], [0.5]]), torch.tensor([[0.25], [0.5]])
    ),
}


def run(target: str, *, as_json: bool, **options: Any) -> int:
    start = perf_counter()
    try:
        found = of_law(target, **options) if target.startswith("law:") else of_checkpoint(Path(target), **options)
    except (ValueError, NotImplementedError) as fault:
        usage(str(fault))
    except (CheckpointError, FloatingPointError) as fault:
        fail(str(fault))
        return 1
    told = {"target": target, **document(found), "seconds": perf_counter() - start}
    if as_json:
        print_json(told)
    else:
        out.print(table(told))
        out.print(said(told), soft_wrap=True)
    return 0


def of_checkpoint(
    target: Path,
    *,
    data: str | None,
    part: str,
    T: int | None,
    repeats: int,
    flow: bool,
    examples: int | None,
    seed: int,
    schedule: str | None,
    **_: Any,
) -> Evaluation:
    trained = load(target)
    source = load_data(data or trained.config.data, part, levels=trained.config.levels)
    if (list(source.shape), source.K) != (trained.data["shape"], trained.data["K"]):
        expected, got = f"{trained.data['shape']}, {trained.data['K']} levels", f"{list(source.shape)}, {source.K}"
        raise ValueError(f"evaluate: expected data of events {expected}, got {got}")
    model = trained.model
    if schedule is not None:
        low, high = (float(model.schedule.gamma(torch.tensor([t], dtype=torch.float64))) for t in (0, 1))
        model = model._replace(schedule=between(schedule, low, high))
    levels, parts = values(source.K), batches(source, limit=examples)
    if flow:
        return evaluate_flow(model, parts, levels, repeats=repeats, seed=seed)
    return evaluate(model, parts, levels, T=T, repeats=repeats, seed=seed)


def of_law(
    name: str,
    *,
    T: int | None,
    repeats: int,
    flow: bool,
    examples: int | None,
    seed: int,
    schedule: str | None,
    gamma_min: float,
    gamma_max: float,
    shrink: float,
    **_: Any,
) -> Evaluation:
    """Data drawn from the law itself, in float64, with an error that covers the draw; nats of all coordinates."""
    if name not in LAWS:
        raise ValueError(f"evaluate: expected a run, a checkpoint or one of {', '.join(LAWS)}, got {name!r}")
    law = LAWS[name]()
    model = law.model(between(schedule or "linear", gamma_min, gamma_max), shrink=shrink)
    draw, levels = (law.draw_index, law.levels) if isinstance(law, Grid) else (law.draw, None)
    parts = _drawn(draw, examples or 100_000, seed)
    if flow:
        return evaluate_flow(model, parts, levels, repeats=repeats, seed=seed, error="law", unit="nats")
    decoder = None if levels is not None else law.decoder
    return evaluate(model, parts, levels, decoder=decoder, T=T, repeats=repeats, seed=seed, error="law", unit="nats")


def _drawn(draw: Callable[..., Tensor], count: int, seed: int, size: int = 1000) -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    for first in range(0, count, size):
        yield draw(min(size, count - first), generator)
