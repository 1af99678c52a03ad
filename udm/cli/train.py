"""`udm train`: the loop with a progress bar, then the held-out bound, baselines and samples of what was trained."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from udm.cli.console import err, fail, out, print_json, usage
from udm.cli.terms import device, said, table, terms_of
from udm.data import load as load_data
from udm.data.baseline import baselines
from udm.data.picture import drawable
from udm.train import CheckpointError, Config, Interrupted, NonFinite, fit, load
from udm.train.loop import Seen


def run(settings: dict[str, Any], folder: Path, resume_from: Path | None, samples: int, *, as_json: bool) -> int:
    start = perf_counter()
    try:
        config = Config(**settings)
        train = load_data(config.data, "train", levels=config.levels)
        if samples and not drawable(train.shape):
            raise ValueError(
                f"train: expected --samples 0 for events that are no pictures, {train.shape}, got {samples}"
            )
        test = load_data(config.data, "test", levels=config.levels)
        with progress(config) as watch:
            state = fit(config, folder, data=train, resume_from=resume_from, watch=watch)
        if not state.accelerator.is_main_process:
            return 0
        seconds = perf_counter() - start
        document = {"run": str(folder), "steps": config.steps, "training_seconds": seconds}
        document |= finished(folder, train, test, samples)
    except ValueError as fault:
        usage(str(fault))
    except (CheckpointError, NonFinite, FloatingPointError, OSError) as fault:
        fail(str(fault))
        return 1
    except Interrupted as stopped:
        fail(str(stopped))
        return 128 + stopped.number
    document["seconds"] = perf_counter() - start
    if as_json:
        print_json(document)
    else:
        page(document)
    return 0


def finished(folder: Path, train: Any, test: Any, samples: int) -> dict[str, Any]:
    """What a run has to show for itself."""
    from udm.cli.sample import drawn

    trained = load(folder, device=device())
    document: dict[str, Any] = {**terms_of(trained, test)}
    document["baselines"] = {k: {"value": v, "unit": "bits/dim"} for k, v in baselines(train, test).items()}
    if samples:
        document["samples"] = str(drawn(trained, samples, folder / "samples.png"))
    return document


def page(document: dict[str, Any]) -> None:
    took = f"{document['steps']} steps in {document['training_seconds']:.0f} s"
    out.print(f"\n[bold]{escape(document['run'])}[/bold]: {took}", soft_wrap=True)
    out.print(table(document))
    out.print(said(document), soft_wrap=True, markup=False)
    out.print()
    for name, cost in document["baselines"].items():
        out.print(f"  {name:<14} {cost['value']:.3f} bits/dim")
    if "samples" in document:
        out.print(f"\nsamples: {document['samples']}", soft_wrap=True, markup=False)


@contextmanager
def progress(config: Config) -> Iterator[Any]:
    """A bar with the loss, smoothed over 20 steps, for a person; nothing when piped."""
    unit = "bits/dim" if config.loss == "vlb" else f"{config.loss} loss"
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    smooth: list[float] = []
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        task = bar.add_task("training", total=config.steps)

        def watch(seen: Seen) -> None:
            smooth.append(seen.loss)
            del smooth[:-20]
            told = f"training  {sum(smooth) / len(smooth):.3f} {unit}"
            bar.update(task, completed=seen.step, description=told)

        yield watch
