"""The terms of a likelihood as a document and as a table; and the data that they are of, in batches."""

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from rich.table import Table
from torch import Tensor

from udm.arguments import a_device
from udm.cli.console import note
from udm.cli.networks import own_network
from udm.cli.progress import Deferred, Watch, deferring, phase
from udm.data import Data, values
from udm.data import load as load_data
from udm.data.levels import some
from udm.density import gaussian, none
from udm.likelihood import Evaluation, evaluate
from udm.likelihood.record import Error, Term
from udm.ranks import own, place
from udm.train import Trained, load
from udm.train.identity import different, of_data
from udm.train.journal import CONTENTS
from udm.train.trained import Weights

Found = TypeVar("Found", bound=Evaluation)
LOGITS = 2**24  # of a batch: what a network of levels holds at once


class Examples(Sequence[tuple[Tensor, Tensor]]):
    """Batches (levels, classes) of data, read one at a time; at most 256 events, fewer where they are large.

    ``watch`` is told of what is done by this rank. After a signal there are no more.
    """

    def __init__(
        self, data: Data, device: torch.device | str, watch: Watch, deferred: Deferred, *, divided: bool = True
    ) -> None:
        self.data, self.device, self.deferred = data, device, deferred
        size = max(1, min(256, LOGITS // (math.prod(data.shape) * max(data.K, 1))))
        self._rows = [range(first, min(first + size, len(data))) for first in range(0, len(data), size)]
        self._watch = watch
        self._own = sum(len(rows) for _, rows in own(self._rows)) if divided else len(data)
        self.done = 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, k: int) -> tuple[Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        self._watch(self.done, self._own)  # of the batches before this one
        if self.deferred.came is not None:
            raise IndexError(k)
        index, classes = self.data.read(self._rows[k])
        self.done += len(self._rows[k])
        return index.to(self.device), classes.to(self.device)


def evaluated(
    how: Callable[[Examples], Found], data: Data, device: torch.device | str, *, divided: bool = True
) -> tuple[Found, Deferred]:
    """Evaluate, and return what was found, and the signal that ended it early if one did.

    Raises:
        Stopped: if it came before anything was found.
    """
    with phase("evaluating") as watch, deferring("this batch") as deferred:
        parts = Examples(data, device, watch, deferred, divided=divided)
        try:
            return how(parts), deferred
        except ValueError:
            deferred.check()
            raise


def taken(data: Data, limit: int | None, seed: int = 0) -> Data:
    """The examples to take, a random part where not all; where more are asked for than there are, that is said."""
    if limit is not None and limit > len(data):
        note(f"asked for {limit} examples; {data.name} has {len(data)}, and all are taken")
    return some(data, limit, seed)


def device(asked: str | None = None) -> torch.device:
    """The device that was asked for; else the graphics card of this rank if there is one.

    Raises:
        ValueError: if this machine has no such device.
    """
    if asked is not None:
        return a_device("--device", asked)
    cards = torch.cuda.device_count() if torch.cuda.is_available() else 0
    rank = int(os.environ.get("LOCAL_RANK", "-1"))
    return torch.device("cpu" if not cards else "cuda" if rank < 0 else f"cuda:{rank % cards}")


def opened(target: Path, network: str | None, weights: str, device: torch.device) -> Trained:
    """A trained model, with the network of a module of the user's if it is named."""
    maker = None if network is None else own_network(network)
    return load(target, network=maker, device=device, weights=cast(Weights, weights))


def place_in(target: Path, name: str) -> Path:
    """The place of what is made of a target: in it, or for a checkpoint, which its run may drop, beside the others."""
    whole = target.resolve()
    if whole.parent.name != "checkpoints":
        return target / name
    stem, dot, suffix = name.partition(".")
    return whole.parent.parent / f"{stem}-{whole.name}{dot}{suffix}"


def fitting(trained: Trained, source: str | None, part: str, levels: int | None = None, *, others: str) -> Data:
    """Data for a trained model: those of its run, or others of the same shape and number of levels.

    ``others`` says how to give those, where the run's own cannot be had.

    Raises:
        ValueError: the run's own data are not known by a name, or have changed since; or others do not fit.
    """
    told, own = trained.data, trained.config.data
    if source is None and told["name"] not in (own, f"{own}:train", f"{Path(own)}:train"):
        raise ValueError(f"expected a run on data with a name, got one on data from Python, {told['name']}: {others}")
    if source is not None and levels is not None and told["K"] == 0:
        raise ValueError(f"expected no --levels for a run on data without levels, got {levels}")
    of, levels, continuous = source or own, trained.config.levels if source is None else levels, told["K"] == 0
    data = load_data(of, part, levels=levels, continuous=continuous)
    if (list(data.shape), data.K) != (told["shape"], told["K"]):
        expected, got = f"{told['shape']}, {told['K']} levels", f"{list(data.shape)}, {data.K}"
        raise ValueError(f"{data.name}: expected data of events {expected}, as the run's, got {got}")
    if source is None:
        as_read: dict[str, Any] = {"levels": levels, "continuous": continuous}
        for name, identity in _identities(trained, part).items():
            same = name == part
            _unchanged(trained, identity, data if same else load_data(own, name, **as_read), others)
    return data


def _identities(trained: Trained, part: str) -> dict[str, dict[str, Any]]:
    """What the run knows of the parts that ``part`` is made of; of a test part at least what it was divided from."""
    known = {"train": trained.data} | ({} if trained.held_out is None else {"test": trained.held_out})
    return {"test": known["test"]} if part == "test" and "test" in known else known


def _unchanged(trained: Trained, told: dict[str, Any], now: Data, others: str) -> None:
    """Another file is divided at random anew: what is held out of it was trained on."""
    run = trained.source.parent.parent if trained.source.parent.name == "checkpoints" else None
    with phase(f"reading {now.name}") as seen:
        got = of_data(now, run / CONTENTS if run is not None and place()[0] == 0 else None, seen)
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


def read_by(trained: Trained) -> dict[str, Any]:
    """What decodes the data of a run: the values of their levels, or a decoder of data without levels."""
    if trained.data["K"]:
        return {"levels": values(trained.data["K"])}
    return {"decoder": gaussian if trained.config.decoder == "gaussian" else none}


def terms_of(trained: Trained, data: Data, examples: int | None = None) -> tuple[dict[str, Any], Deferred]:
    """The bound that was trained, on the held-out data or a random part of them, as JSON has it."""
    T, some = trained.config.T, taken(data, examples)
    read, variance = read_by(trained), "learned" if trained.config.loss == "hybrid" else None

    def how(parts: Examples) -> Evaluation:
        return evaluate(trained.model, parts, T=T, variance=variance, **read)

    found, deferred = evaluated(how, some, trained.device, divided=False)
    finite("evaluate", found.terms)
    what = {**of_run(trained), "data": trained.config.data, "part": "test", "T": T, "seed": 0}
    return {**what, **drawn_from(some, data, found, deferred), **document(found)}, deferred


def drawn_from(some: Data, data: Data, found: Evaluation, deferred: Deferred) -> dict[str, Any]:
    """Of how many the examples are, where they are not all."""
    told = {"drawn_from": f"{len(some)} of {len(data)}"} if some is not data else {}
    return told if deferred.came is None else {**told, "stopped_at": f"{found.examples} of {len(some)}"}


def of_run(trained: Trained) -> dict[str, Any]:
    """Which weights are evaluated, and under which schedule."""
    which = {"checkpoint": str(trained.source), "step": trained.step, "weights": trained.weights}
    return {**which, "schedule": trained.config.schedule}


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
    of += f", stopped after {terms['stopped_at']}" if "stopped_at" in terms else ""
    by = "its best denoiser" if terms["checkpoint"] is None else f"{terms['checkpoint']}, step {terms['step']}"
    by += ", live weights" if terms.get("weights") == "live" else ""
    return (
        f"{terms['meaning']}; {terms['examples']} examples, {terms['repeats']} repeats\n"
        f"of {of}; by {by}; schedule {terms['schedule']}, seed {terms['seed']}"
    )
