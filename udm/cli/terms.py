"""The terms of a likelihood as a document and as a table; and the data that they are of, in batches."""

from collections.abc import Iterator
from typing import Any

from rich.table import Table
from torch import Tensor

from udm.data import Data, values
from udm.likelihood import Evaluation, evaluate
from udm.model import Model


def batches(data: Data, size: int = 256, limit: int | None = None) -> Iterator[Tensor]:
    """Levels (size, *event), in order."""
    count = len(data) if limit is None else min(limit, len(data))
    for first in range(0, count, size):
        yield data.read(range(first, min(first + size, count)))[0]


def terms_of(model: Model, data: Data, *, T: int | None = None, repeats: int = 4, seed: int = 0) -> dict[str, Any]:
    """The bound on data, as JSON has it."""
    found = evaluate(model, batches(data), values(data.K), T=T, repeats=repeats, seed=seed)
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
