"""The terms of a likelihood as a document and as a table; and the data that they are of, in batches."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from rich.table import Table
from torch import Tensor

from udm.cli.console import note
from udm.cli.progress import counted, phase
from udm.data import Data, values
from udm.data import load as load_data
from udm.data.levels import some
from udm.likelihood import Evaluation, evaluate
from udm.likelihood.record import Error, Term
from udm.train import Trained
from udm.train.identity import different, of_data
from udm.train.journal import CONTENTS

LOGITS = 2**24  # of a batch: what a network of levels holds at once


def batches(data: Data, device: torch.device | str = "cpu") -> Iterator[Tensor]:
    """Levels (batch, *event), in order; at most 256 events, fewer where they are large."""
    size = max(1, min(256, LOGITS // (math.prod(data.shape) * data.K)))
    for first in range(0, len(data), size):
        yield data.read(range(first, min(first + size, len(data))))[0].to(device)


def taken(data: Data, limit: int | None, seed: int = 0) -> Data:
    """The examples to take, a random part where not all; where more are asked for than there are, that is said."""
    if limit is not None and limit > len(data):
        note(f"asked for {limit} examples; {data.name} has {len(data)}, and all are taken")
    return some(data, limit, seed)


def device() -> str:
    """The graphics card if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def fitting(trained: Trained, source: str | None, part: str, levels: int | None = None, *, others: str) -> Data:
    """Data for a trained model: those of its run, or others of the same shape and number of levels.

    ``others`` says how to give those, where the run's own cannot be had.

    Raises:
        ValueError: the run's own data are not known by a name, or have changed since; or others do not fit.
    """
    told, own = trained.data, trained.config.data
    if source is None and told["name"] not in (own, f"{own}:train", f"{Path(own)}:train"):
        raise ValueError(f"expected a run on data with a name, got one on data from Python, {told['name']}: {others}")
    of, levels = (own, trained.config.levels) if source is None else (source, levels)
    data = load_data(of, part, levels=levels)
    if (list(data.shape), data.K) != (told["shape"], told["K"]):
        expected, got = f"{told['shape']}, {told['K']} levels", f"{list(data.shape)}, {data.K}"
        raise ValueError(f"expected data of events {expected}, got {got}")
    if source is None:
        for name, identity in _identities(trained, part).items():
            same = name == part
            _unchanged(trained, identity, data if same else load_data(own, name, levels=trained.config.levels), others)
    return data


def _identities(trained: Trained, part: str) -> dict[str, dict[str, Any]]:
    """What the run knows of the parts that ``part`` is made of; of a test part at least what it was divided from."""
    known = {"train": trained.data} | ({} if trained.held_out is None else {"test": trained.held_out})
    return {"test": known["test"]} if part == "test" and "test" in known else known


def _unchanged(trained: Trained, told: dict[str, Any], now: Data, others: str) -> None:
    """Another file is divided at random anew: what is held out of it was trained on."""
    run = trained.source.parent.parent if trained.source.parent.name == "checkpoints" else None
    with phase(f"reading {now.name}") as seen:
        got = of_data(now, run and run / CONTENTS, seen)
    if different(got, told):
        keys = [k for k in told if k != "name" and k in got and told[k] != got[k]]
        expected, found = (", ".join(f"{k} {of[k]}" for k in keys) for of in (told, got))
        raise ValueError(
            f"{trained.source}: expected {now.name} as at its training, {expected}, got {found}: restore it,"
            f" or {others}"
        )


def finite(where: str, terms: Mapping[str, Term]) -> None:
    """What is no number is no answer, and JSON cannot say it.

    Raises:
        FloatingPointError: a term or its error is not finite, by name.
    """
    for name, term in terms.items():
        if not (math.isfinite(term.value) and math.isfinite(term.standard_error)):
            raise FloatingPointError(
                f"{where}: expected finite terms, got {name} = {term.value:g} +- {term.standard_error:g}: what the"
                " denoiser predicts there is not finite, or too large"
            )


def terms_of(trained: Trained, data: Data) -> dict[str, Any]:
    """The bound that was trained, on the held-out data, as JSON has it."""
    T = trained.config.T
    with phase("evaluating") as watch:
        parts = counted(batches(data, trained.device), len(data), watch)
        found = evaluate(trained.model, parts, values(data.K), T=T)
    finite("evaluate", found.terms)
    return {**of_run(trained), "data": trained.config.data, "part": "test", "T": T, "seed": 0, **document(found)}


def of_run(trained: Trained) -> dict[str, Any]:
    """Which weights are evaluated, and under which schedule."""
    return {"checkpoint": str(trained.source), "step": trained.step, "schedule": trained.config.schedule}


def document(found: Evaluation, error: Error = "data") -> dict[str, Any]:
    """The record of an evaluation, and what its standard errors cover."""
    return {**found.record(), "error": error}


def table(terms: dict[str, Any]) -> Table:
    """One row a term: value, plus or minus its standard error, unit."""
    shown = Table(box=None, pad_edge=False)
    for column, justify in (("term", "left"), ("value", "right"), ("+-", "right"), ("unit", "left")):
        shown.add_column(column, justify=justify)  # pyright: ignore[reportArgumentType]
    for name, term in terms.items():
        if isinstance(term, dict) and "standard_error" in term:
            style = "bold" if name == "total" else ""
            shown.add_row(name, f"{term['value']:.5g}", f"{term['standard_error']:.2g}", term["unit"], style=style)
    return shown


def said(terms: dict[str, Any]) -> str:
    """What the numbers mean, and of what they are."""
    of = terms["data"] if terms["part"] is None else f"{terms['data']}, part {terms['part']}"
    of += f", {terms['drawn_from']} examples at random" if "drawn_from" in terms else ""
    by = "its best denoiser" if terms["checkpoint"] is None else f"{terms['checkpoint']}, step {terms['step']}"
    return (
        f"{terms['meaning']}; {terms['examples']} examples, {terms['repeats']} repeats\n"
        f"of {of}; by {by}; schedule {terms['schedule']}, seed {terms['seed']}"
    )
