"""What follows a training: samples while it goes on, then the held-out bound, baselines and samples, as a page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import torch
from rich.markup import escape
from torch import nn

from udm.cli.console import out, print_rows
from udm.cli.outcome import Document
from udm.cli.progress import phase
from udm.cli.terms import said, table, terms_of
from udm.data import Data
from udm.data.baseline import baselines
from udm.model import Model
from udm.sample.noise import GENERATOR
from udm.train import Config, load
from udm.train.loop import Seen
from udm.train.trained import Trained, denoiser

STEPS = 100  # of the samples


class After(NamedTuple):
    """What follows the training, and what is drawn during it.

    Attributes:
        samples: how many to draw at the end.
        every: the steps between samples during the training, 0 for none.
        examples: how many held-out examples to evaluate, all if None; 0 for no evaluation and no baselines.
    """

    samples: int
    every: int
    examples: int | None


def compared(config: Config) -> bool:
    """Whether costs without a model are in the same unit: nothing else is a divergence of noisy data."""
    return config.decoder != "none"


def then(test: Data, after: After, config: Config) -> str:
    """What follows the training, in words."""
    count = len(test) if after.examples is None else min(after.examples, len(test))
    what = [
        f"the bound of {'the' if count == len(test) else f'{count} of the'} {len(test)} held out",
        *(["baselines"] if compared(config) else []),
    ]
    parts = [*(what if count else []), *([f"{after.samples} samples"] if after.samples else [])]
    return f"; then {', '.join(parts)}" if parts else ""


def sampling(folder: Path, every: int, data: Data, count: int = 16) -> Callable[[Seen], None]:
    """Draw samples of the averaged weights every few steps, always of the same seeds; the first rank does."""
    from udm.cli.sample import drawn, place_of

    @torch.no_grad()
    def watch(seen: Seen) -> None:
        run = seen.run
        if not every or seen.step % every or not run.accelerator.is_main_process:
            return
        network = run.average.module.eval()
        model = Model(denoiser(network, run.config), run.schedule, run.kind)
        told = {"shape": list(data.shape), "K": data.K, "labels": data.labels}
        trained = Trained(model, network, run.config, told, seen.step, folder)
        file = (folder / "samples" / f"{seen.step:08d}").with_suffix(Path(place_of(data.K)).suffix)
        if (made := drawn(trained, count, file, steps=STEPS, alone=True)).ended is not None:
            raise made.ended

    return watch


def finished(
    folder: Path, train: Data, test: Data, after: After, document: Document, network: nn.Module | None, on: torch.device
) -> None:
    """What a run has to show for itself, put into the document one by one."""
    from udm.cli.sample import drawn, place_of

    trained = load(folder, network=network, device=on)
    if after.examples != 0:
        found, deferred = terms_of(trained, test, after.examples)
        document |= found
        deferred.check()
        if compared(trained.config):
            costs: dict[str, Any] = {}
            document["baselines"] = costs  # filled one by one, for a signal may come
            with phase("baselines") as watch:
                baselines(train, test, watch, lambda k, v: costs.update({k: {"value": v, "unit": "bits/dim"}}))
    if after.samples:
        made = drawn(trained, after.samples, folder / place_of(train.K), steps=STEPS, alone=True)
        document |= {"samples": str(made.path), "noise": GENERATOR}
        if made.ended is not None:
            document["samples_stopped_at"] = f"{made.count} of {after.samples}"
            raise made.ended


def page(document: Document) -> None:
    took = f"{document['steps']} steps in {document['training_seconds']:.0f} s"
    out.print(f"\n[bold]{escape(document['run'])}[/bold]: {took}", soft_wrap=True)
    if "total" in document:
        print_rows(table(document))
        out.print(said(document), soft_wrap=True, markup=False)
    costs = document.get("baselines", {})
    out.print() if costs else None
    for name, cost in costs.items():
        out.print(f"  {name:<14} {cost['value']:.3f} bits/dim")
    if "samples" in document:
        few = f", stopped after {document['samples_stopped_at']}" if "samples_stopped_at" in document else ""
        out.print(f"\nsamples: {document['samples']}{few}", soft_wrap=True, markup=False)
