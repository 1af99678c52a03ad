"""`udm evaluate`: the likelihood of data under a trained model, or of a solvable law under its best denoiser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from udm.cli.console import fail, out, print_json, usage
from udm.cli.terms import batches, device, document, finite, fitting, said, table
from udm.data import values
from udm.laws import Gaussian, Grid, Law, Mixture, TwoPoints
from udm.likelihood import Evaluation, evaluate, evaluate_flow
from udm.schedule import Schedule
from udm.train import CheckpointError, load
from udm.train.path import between
from udm.train.randomness import derived

LAWS: dict[str, Callable[[], Law]] = {
    "law:gaussian": lambda: Gaussian(torch.tensor([0.5, -0.25]), torch.tensor([0.5, 1.5])),
    "law:two-points": TwoPoints,
    "law:grid": lambda: Grid(values(16, torch.float64)),
    "law:mixture": lambda: Mixture(
        torch.tensor([0.25, 0.75]), torch.tensor([[-1.0], [0.5]]), torch.tensor([[0.25], [0.5]])
    ),
}


# what only a run takes, or only a law, and what it is if not said
OF_RUN: dict[str, Any] = {"data": None, "part": "test", "levels": None}
OF_LAW: dict[str, Any] = {"gamma_min": -6.0, "gamma_max": 6.0, "shrink": 1.0}


def run(target: str, *, as_json: bool, **options: Any) -> int:
    start = perf_counter()
    of = of_law if target.startswith("law:") else of_checkpoint
    try:
        _applicable(target, options, OF_RUN if of is of_law else OF_LAW)
        found = finite(of(target, **options))
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


def _applicable(target: str, options: dict[str, Any], foreign: dict[str, Any]) -> None:
    """A setting that would change nothing is refused."""
    for name, absent in foreign.items():
        if options[name] != absent:
            raise ValueError(f"evaluate: expected no --{name.replace('_', '-')} for {target}, got {options[name]}")
    if options["levels"] is not None and options["data"] is None:
        raise ValueError(f"evaluate: expected --levels with --data alone, got {options['levels']}")
    if options["flow"] and options["T"] is not None:
        raise ValueError(f"evaluate: expected no --T with --flow, which is in continuous time, got {options['T']}")


def of_checkpoint(
    target: str,
    *,
    data: str | None,
    part: str,
    levels: int | None,
    T: int | None,
    repeats: int,
    flow: bool,
    examples: int | None,
    seed: int,
    schedule: str | None,
    **_: Any,
) -> Evaluation:
    trained = load(Path(target), device=device())
    source = fitting(trained, data, part, levels)
    model = trained.model
    if schedule is not None and (schedule, trained.config.schedule) != ("learned", "learned"):
        low, high = model.schedule.span()
        model = model._replace(schedule=_fixed(schedule, low, high))
    x_k, parts = values(source.K), batches(source, examples, trained.device)
    if flow:
        return evaluate_flow(model, parts, x_k, repeats=repeats, seed=seed)
    return evaluate(model, parts, x_k, T=T, repeats=repeats, seed=seed)


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
    model = law.model(_fixed(schedule or "linear", gamma_min, gamma_max), shrink=shrink)
    draw, levels = (law.draw_index, law.levels) if isinstance(law, Grid) else (law.draw, None)
    parts = _drawn(draw, examples or 100_000, seed)
    if flow:
        return evaluate_flow(model, parts, levels, repeats=repeats, seed=seed, error="law", unit="nats")
    decoder = None if levels is not None else law.decoder
    return evaluate(model, parts, levels, decoder=decoder, T=T, repeats=repeats, seed=seed, error="law", unit="nats")


def _fixed(name: str, low: float, high: float) -> Schedule:
    if name == "learned":  # it would be of random weights
        raise ValueError('evaluate: expected a fixed schedule, or a run with a learned one, got "learned"')
    return between(name, low, high)


def _drawn(draw: Callable[..., Tensor], count: int, seed: int, size: int = 1000) -> Iterator[Tensor]:
    apart = derived(seed, 0, "law")  # from the estimator's own seed, whose noise would be the data
    generator = torch.Generator().manual_seed(apart)
    for first in range(0, count, size):
        yield draw(min(size, count - first), generator)
