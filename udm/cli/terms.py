"""The terms of a likelihood as a document and as a table; and the data that they are of, in batches."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from rich.table import Table
from torch import Tensor

from udm.data import Data, values
from udm.data import load as load_data
from udm.likelihood import Evaluation, evaluate
from udm.train import Trained

LOGITS = 2**24  # of a batch: what a network of levels holds at once


def batches(data: Data, limit: int | None = None, device: torch.device | str = "cpu") -> Iterator[Tensor]:
    """Levels (batch, *event), in order; at most 256 events, fewer where they are large."""
    size = max(1, min(256, LOGITS // (math.prod(data.shape) * data.K)))
    count = len(data) if limit is None else min(limit, len(data))
    for first in range(0, count, size):
        yield data.read(range(first, min(first + size, count)))[0].to(device)


def device() -> str:
    """The graphics card if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def fitting(trained: Trained, source: str | None, part: str, levels: int | None = None) -> Data:
    """Data for a trained model: those of its run, or others of the same shape and number of levels.

    Raises:
        ValueError: the run's own data are not known by a name, or others do not fit.
    """
    told, own = trained.data, trained.config.data
    if source is None and told["name"] not in (own, f"{own}:train", f"{Path(own)}:train"):
        raise ValueError(f"expected a run on data with a name, got one on data from Python, {told['name']}: say --data")
    data = load_data(source or own, part, levels=levels if source else trained.config.levels)
    if (list(data.shape), data.K) != (told["shape"], told["K"]):
        expected, got = f"{told['shape']}, {told['K']} levels", f"{list(data.shape)}, {data.K}"
        raise ValueError(f"expected data of events {expected}, got {got}")
    return data


def finite(found: Evaluation) -> Evaluation:
    """What is no number is no answer, and JSON cannot say it.

    Raises:
        FloatingPointError: a term or its error is not finite, by name.
    """
    for name, term in found.terms.items():
        if not (math.isfinite(term.value) and math.isfinite(term.standard_error)):
            raise FloatingPointError(
                f"evaluate: expected finite terms, got {name} = {term.value:g} +- {term.standard_error:g}: what the"
                " denoiser predicts there is not finite, or too large"
            )
    return found


def terms_of(trained: Trained, data: Data) -> dict[str, Any]:
    """The bound on data, as JSON has it."""
    found = finite(evaluate(trained.model, batches(data, device=trained.device), values(data.K)))
    return {"data": data.name, **document(found)}


def document(found: Evaluation) -> dict[str, Any]:
    """The record of an evaluation."""
    return dict(found.record())


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
    """What the numbers mean."""
    return f"{terms['meaning']}; {terms['examples']} examples, {terms['repeats']} repeats"
