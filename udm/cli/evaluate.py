"""`udm evaluate`: the likelihood of data under a trained model, or of a solvable law under its best denoiser."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, cast

import torch
from torch import Tensor

from udm.calling import Ranged
from udm.cli import rate as curves
from udm.cli.console import out, print_rows
from udm.cli.outcome import Document, concluded
from udm.cli.progress import Deferred, Watch, deferring, phase
from udm.cli.status import WELL
from udm.cli.terms import (
    Examples,
    document,
    drawn_from,
    evaluated,
    finite,
    fitting,
    of_run,
    opened,
    read_by,
    said,
    table,
    taken,
)
from udm.cli.terms import device as on
from udm.data import Data, values
from udm.laws import Gaussian, Grid, Law, Mixture, TwoPoints
from udm.likelihood import Coding, Evaluation, best_variance, evaluate, evaluate_flow, progressive
from udm.likelihood.coding import STRETCHES
from udm.model import Model
from udm.schedule import Schedule
from udm.schedule.named import FIXED, between
from udm.train import Trained
from udm.train.randomness import derived
from udm.variance import NAMES, Learned, Name

Found: TypeAlias = tuple[Evaluation, dict[str, Any], Deferred]

LAWS: dict[str, Callable[[], Law]] = {
    "law:gaussian": lambda: Gaussian(torch.tensor([0.5, -0.25]), torch.tensor([0.5, 1.5])),
    "law:two-points": TwoPoints,
    "law:grid": lambda: Grid(values(16, torch.float64)),
    "law:mixture": lambda: Mixture(
        torch.tensor([0.25, 0.75]), torch.tensor([[-1.0], [0.5]]), torch.tensor([[0.25], [0.5]])
    ),
}


OF_RUN = ("data", "part", "levels", "device", "network", "weights", "conditional")  # what only a run takes,
OF_LAW = ("gamma_min", "gamma_max", "shrink")  # or only a law


def run(target: str, *, as_json: bool, out: Path | None = None, **options: Any) -> int:
    of = of_law if target.startswith("law:") else of_checkpoint

    def work(told: Document) -> int:
        _applicable(target, options, OF_RUN if of is of_law else OF_LAW)
        _of_rate(options, out)
        found, what, deferred = of(target, **options)
        finite("evaluate", found.terms)
        told |= {"target": target, **what, **document(found, "law" if of is of_law else "data")}
        if isinstance(found, Coding):
            told |= curves.drawn(found, None if of is of_law else Path(target), out)
        deferred.check()
        return WELL

    return concluded(work, page, "total", as_json=as_json)


def page(told: Document) -> None:
    if "curve" in told:
        curves.page(told)
        return
    print_rows(table(told))
    out.print(said(told), soft_wrap=True, markup=False)


def _applicable(target: str, options: dict[str, Any], foreign: tuple[str, ...]) -> None:
    """A setting that would change nothing is refused."""
    for name in foreign:
        if options[name] not in (None, False):
            raise ValueError(f"evaluate: expected no --{name.replace('_', '-')} for {target}, got {options[name]}")
    if options["levels"] is not None and options["data"] is None:
        raise ValueError(f"evaluate: expected --levels with --data alone, got {options['levels']}")
    if options["flow"] and options["T"] is not None:
        raise ValueError(f"evaluate: expected no --T with --flow, which is in continuous time, got {options['T']}")
    if options["variance"] not in (None, *NAMES, "learned", "optimal"):
        expected = f"--variance one of {', '.join(NAMES)}, learned, optimal"
        raise ValueError(f"evaluate: expected {expected}, got {options['variance']!r}")
    if options["variance"] is not None and (options["flow"] or options["continuous"]):
        raise ValueError(f"evaluate: expected --variance with the discrete bound alone, got {options['variance']}")
    if options["variance"] == "learned" and target.startswith("law:"):
        raise ValueError(f"evaluate: expected a run for --variance learned, got {target}, whose denoiser says none")
    if options["variance"] == "optimal" and options["conditional"]:
        raise ValueError("evaluate: expected --variance beta or beta-tilde with --conditional, got optimal")
    if options["continuous"] and options["T"] is not None:
        raise ValueError(f"evaluate: expected --T or --continuous, got both, T = {options['T']}")


def _of_rate(options: dict[str, Any], png: Path | None) -> None:
    """What only a curve takes is refused without it, and what it does not take with it."""
    if options["rate"] and options["flow"]:
        raise ValueError("evaluate: expected --rate or --flow, got both: the flow sends nothing step by step")
    for name, given in (("stretches", options["stretches"]), ("out", png)):
        if given is not None and not options["rate"]:
            raise ValueError(f"evaluate: expected --{name} with --rate alone, got {given}")


def of_checkpoint(
    target: str,
    *,
    data: str | None,
    part: str | None,
    levels: int | None,
    T: int | None,
    variance: str | None,
    continuous: bool,
    repeats: int,
    flow: bool,
    rate: bool,
    stretches: int | None,
    examples: int | None,
    seed: int,
    schedule: str | None,
    weights: str | None,
    network: str | None,
    device: str | None,
    conditional: bool,
    **_: Any,
) -> Found:
    trained, part = opened(Path(target), network, weights or "averaged", on(device)), "test" if part is None else part
    source = fitting(trained, data, part, levels, others="give --data to evaluate others")
    model, name = trained.model, trained.config.schedule if schedule is None else schedule
    T = None if flow or continuous else trained.config.T if T is None else T
    what = {**of_run(trained), "schedule": name, "data": trained.config.data if data is None else data, "part": part}
    what |= {"T": T, "variance": variance, "seed": seed, **({"conditional": True} if conditional else {})}
    if schedule is not None and model.schedule.steps is not None:
        table = f"{trained.config.schedule}, a table of {model.schedule.steps} betas"
        raise ValueError(f"evaluate: expected no --schedule for a run on {table}, got {schedule}")
    if schedule is not None and (schedule, trained.config.schedule) != ("learned", "learned"):
        low, high = model.schedule.span()
        model = model._replace(schedule=_fixed(schedule, low, high))
    if variance is not None and T is None and model.schedule.steps is None:
        raise ValueError(f"evaluate: expected --T for the steps of variance {variance}, got none: the run has none")
    if continuous and model.schedule.steps is not None:
        raise ValueError("evaluate: expected a path in continuous time for --continuous, got a table of betas")
    variance = _taught(trained, variance, flow=flow)
    what["variance"] = variance
    chosen = _optimal(trained, model, T, seed) if variance == "optimal" else cast(Name | Learned | None, variance)
    if conditional:
        model = _of_classes(trained, source, model)
    some, read = taken(source, examples, seed), read_by(trained)
    settings: dict[str, Any] = {"repeats": repeats, "seed": seed, "divided": True, "conditional": conditional}

    def how(parts: Examples) -> Evaluation:
        if flow:
            return evaluate_flow(model, parts, read.get("levels"), **settings)
        if rate:
            return _curve(model, parts, read.get("levels"), stretches, T=T, variance=chosen, **settings)
        return evaluate(model, parts, T=T, variance=chosen, **read, **settings)

    found, deferred = evaluated(how, some, trained.device)
    return found, what | drawn_from(some, source, found, deferred), deferred


def _curve(model: Model, parts: Iterable[Any], levels: Tensor | None, stretches: int | None, **settings: Any) -> Coding:
    return progressive(model, parts, levels, stretches=STRETCHES if stretches is None else stretches, **settings)


def _taught(trained: Trained, asked: str | None, *, flow: bool) -> str | None:
    """The variance that was asked for; else the one that the network was taught to say, if it was."""
    taught = trained.config.loss == "hybrid"
    if asked == "learned" and not taught:
        got = f"one with the loss {trained.config.loss}"
        raise ValueError(f"evaluate: expected a run with the loss hybrid for --variance learned, got {got}")
    return "learned" if asked is None and taught and not flow else asked


FITTED = 256  # examples: each step's variance is a mean over their coordinates


def _optimal(trained: Trained, model: Model, T: int | None, seed: int) -> Tensor:
    """The best variances of the steps, from examples that were trained on and are not evaluated."""
    source = taken(fitting(trained, None, "train", others="give --variance beta or beta-tilde"), None, seed)
    some = taken(source, min(FITTED, len(source)), seed)
    with phase("variances") as watch:
        parts = Examples(some, trained.device, watch, Deferred(), divided=False)
        return best_variance(model, parts, read_by(trained).get("levels"), T=T, seed=seed)


def _of_classes(trained: Trained, data: Data, model: Model) -> Model:
    """The model whose denoiser takes the class of each example.

    Raises:
        ValueError: if the network takes none, or the data have none, or more than it was trained on.
    """
    known = trained.data["labels"] if trained.config.conditional else 0
    if not known or not 0 < data.labels <= known:
        expected = f"data of at most {known} classes" if known else "a network that was trained with --conditional"
        raise ValueError(f"evaluate: expected {expected} for --conditional, got {data.name} of {data.labels} classes")
    network = trained.network
    return model._replace(denoiser=Ranged(network) if trained.config.loss == "hybrid" else network)


def of_law(
    name: str,
    *,
    T: int | None,
    variance: str | None,
    repeats: int,
    flow: bool,
    rate: bool,
    stretches: int | None,
    examples: int | None,
    seed: int,
    schedule: str | None,
    gamma_min: float | None,
    gamma_max: float | None,
    shrink: float | None,
    **_: Any,
) -> Found:
    """Data drawn from the law itself, in float64, with an error that covers the draw; nats of all coordinates."""
    if name not in LAWS:
        raise ValueError(f"evaluate: expected a run, a checkpoint or one of {', '.join(LAWS)}, got {name!r}")
    law = LAWS[name]()
    path = "linear" if schedule is None else schedule
    low, high = (end if said is None else said for said, end in ((gamma_min, -6.0), (gamma_max, 6.0)))
    model = law.model(_fixed(path, low, high), shrink=1.0 if shrink is None else shrink)
    what = {"checkpoint": None, "step": None, "schedule": path, "data": name, "part": None, "T": T, "seed": seed}
    what["variance"] = variance
    if variance is not None and T is None:
        raise ValueError(f"evaluate: expected --T for the steps of variance {variance}, got none")
    draw, levels = (law.draw_index, law.levels) if isinstance(law, Grid) else (law.draw, None)
    count = 100_000 if examples is None else examples
    told: dict[str, Any] = {"repeats": repeats, "seed": seed, "error": "law", "unit": "nats"}
    decoder = None if levels is not None else law.decoder
    chosen: Name | Tensor | None = cast(Name | None, variance)
    if variance == "optimal":
        chosen = best_variance(model, _drawn(draw, 1000, seed, of="variances"), levels, T=T, seed=seed)
    with phase("evaluating") as watch, deferring("this batch") as deferred:
        parts = _drawn(draw, count, seed, watch, deferred)
        try:
            if flow:
                found = evaluate_flow(model, parts, levels, divided=True, **told)
            elif rate:
                found = _curve(model, parts, levels, stretches, T=T, variance=chosen, divided=True, **told)
            else:
                found = evaluate(model, parts, levels, decoder=decoder, T=T, variance=chosen, divided=True, **told)
        except ValueError:
            deferred.check()  # nothing was found before it
            raise
    stopped = {} if deferred.came is None else {"stopped_at": f"{found.examples} of {count}"}
    return found, what | stopped, deferred


def _fixed(name: str, low: float, high: float) -> Schedule:
    if name == "learned":  # it would be of random weights
        raise ValueError('evaluate: expected a fixed schedule, or a run with a learned one, got "learned"')
    if name not in FIXED:
        raise ValueError(f"evaluate: expected --schedule one of {', '.join(FIXED)}, got {name!r}")
    return between(name, low, high)


def _drawn(
    draw: Callable[..., Tensor],
    count: int,
    seed: int,
    watch: Watch = lambda *_: None,
    deferred: Deferred | None = None,
    size: int = 1000,
    of: str = "law",
) -> Iterator[Tensor]:
    apart = derived(seed, 0, of)  # from the estimator's own seed, whose noise would be the data
    generator = torch.Generator().manual_seed(apart)
    for first in range(0, count, size):
        if deferred is not None and deferred.came is not None:
            return
        yield draw(min(size, count - first), generator)
        watch(min(first + size, count), count)
