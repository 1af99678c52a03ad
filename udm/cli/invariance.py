"""`udm invariance`: one trained network under several schedules with the same ends: table, JSON and plot."""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from rich.table import Table

from udm.cli.console import note, out, print_rows
from udm.cli.outcome import Document, concluded
from udm.cli.progress import Deferred, Watch, deferring, phase
from udm.cli.status import NO, UNTOLD, WELL
from udm.cli.terms import Examples, finite, fitting, opened, place_in, read_by, taken
from udm.cli.terms import device as on
from udm.data.disk import write_whole
from udm.likelihood.invariance import Row, comparable, disagreement, invariance, limit
from udm.likelihood.tails import ENOUGH
from udm.model import Model
from udm.ranks import own, place
from udm.schedule import Schedule
from udm.schedule.named import FIXED, between

FALSE_ALARM = 1e-9  # the probability that bounds which are equal are said to disagree
OTHERS = "call udm.likelihood.invariance.invariance from Python on others"


def run(target: Path, png: Path | None, *, as_json: bool, **options: Any) -> int:
    return concluded(lambda told: _compared(target, png, told, **options), page, "schedules", as_json=as_json)


def _compared(
    target: Path,
    png: Path | None,
    told: Document,
    *,
    repeats: int,
    examples: int | None,
    seed: int,
    weights: str,
    network: str | None,
    device: str | None,
) -> int:
    trained = opened(target, network, weights, on(device))
    if (table := trained.model.schedule.steps) is not None:
        raise ValueError(f"invariance: expected a run in continuous time, got one on a table of {table} betas")
    data = fitting(trained, None, "test", others=OTHERS)
    low, high = trained.model.schedule.span()
    schedules: dict[str, Schedule] = {name: between(name, low, high) for name in FIXED}
    if trained.config.schedule == "learned":
        schedules = {"learned": trained.model.schedule} | schedules
    with deferring("this schedule") as deferred, phase("evaluating") as watch:
        every = Examples(taken(data, examples, seed), trained.device, lambda *_: None, deferred)
        rows = _rows(trained.model, schedules, every, read_by(trained), repeats, seed, watch, deferred)
    found = _verdict(rows, repeats)
    told |= _document(rows, found) | {"checkpoint": str(trained.source), "weights": trained.weights}
    if place()[0] == 0:
        told["plot"] = str(_drawn(rows, schedules, target, png))
    deferred.check()
    return STATUS[found.word]


def _rows(
    model: Model,
    schedules: Mapping[str, Schedule],
    every: Examples,
    read: Mapping[str, Any],
    repeats: int,
    seed: int,
    watch: Watch,
    deferred: Deferred,
) -> list[Row]:
    """The rows of the schedules, until a signal comes.

    Raises:
        Stopped: if it came before there was one.
    """
    batches = [index for index, _ in every]
    deferred.check()
    mine = sum(1 for _ in own(batches))
    model = _watched(model, len(schedules) * repeats * mine, watch)
    rows: list[Row] = []
    for i, (name, schedule) in enumerate(schedules.items()):
        if rows and deferred.came is not None:
            break
        rows += invariance(model, {name: schedule}, batches, repeats=repeats, seed=seed + i, divided=True, **read)
        row = rows[-1]
        finite("invariance", {f"{of} under {name}": getattr(row, of) for of in ("bound", "variance")})
    return rows


def _drawn(rows: Sequence[Row], schedules: Mapping[str, Schedule], target: Path, png: Path | None) -> Path:
    """Draw into the file, and say if that replaces an earlier plot whose name was not given."""
    path = place_in(target, "invariance.png") if png is None else png
    replaced = png is None and path.exists()
    plot(rows, {row.schedule: schedules[row.schedule] for row in rows}, path)
    if replaced:
        note(f"replaced the plot that was in {path}; --out names another place")
    return path


STATUS = {"agree": WELL, "disagree": NO, "cannot be told": UNTOLD}


class Verdict(NamedTuple):
    """The word, the largest difference of those compared and its limit in standard errors, and those not compared."""

    word: str
    worst: float | None
    most: float | None
    few: list[Row]


def _verdict(rows: Sequence[Row], repeats: int) -> Verdict:
    """Compare the bounds whose errors enough draws carry; two must be left."""
    known = comparable(rows)
    few = [row for row in rows if row not in known]
    if len(known) < 2:
        return Verdict("cannot be told", None, None, few)
    worst, most = disagreement(known), limit(len(known), repeats, FALSE_ALARM)
    return Verdict("agree" if worst <= most else "disagree", worst, most, few)


def _watched(model: Model, calls: int, watch: Watch) -> Model:
    """Return the model, which tells ``watch`` of each call of its denoiser, one a batch."""
    done = 0

    def denoiser(z: torch.Tensor, gamma: torch.Tensor) -> torch.Tensor:
        nonlocal done
        done += 1
        watch(done, calls)
        return model.denoiser(z, gamma)

    return model._replace(denoiser=denoiser)


def _document(rows: Sequence[Row], found: Verdict) -> dict[str, Any]:
    least = min(row.variance.value for row in rows)
    return {
        "schedules": [
            {
                "schedule": row.schedule,
                "bound": row.bound._asdict() | {"carried_by": _number(row.carried)},
                "variance": {
                    **row.variance._asdict(),
                    "ratio": row.variance.value / least,
                    "carried_by": _number(row.carried_variance),
                },
            }
            for row in rows
        ],
        "verdict": found.word,
        "not_compared": [row.schedule for row in found.few],
        "largest_difference": {"value": found.worst, "unit": "standard errors", "limit": found.most} | _chance(found),
    }


def _chance(found: Verdict) -> dict[str, float]:
    """What the limit comes from: how probable it is that equal bounds exceed it."""
    return {} if found.most is None else {"false_alarm": FALSE_ALARM}


def _number(carried: float) -> float | None:
    return carried if math.isfinite(carried) else None  # of draws that do not vary


def page(told: Document) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("schedule", "bound, bits/dim", "+-", "variance of one draw", "+-", "ratio"):
        table.add_column(column, justify="left" if column == "schedule" else "right")
    for row in told["schedules"]:
        bound, variance = row["bound"], row["variance"]
        of_bound = f"{bound['value']:.4f}", f"{bound['standard_error']:.4f}{_doubt(bound['carried_by'])}"
        error = f"{variance['standard_error']:.2g}{_doubt(variance['carried_by'])}"
        table.add_row(row["schedule"], *of_bound, f"{variance['value']:.4g}", error, f"{variance['ratio']:.2f}")
    print_rows(table)
    out.print()
    for line in _words(told):
        out.print(line, soft_wrap=True, markup=False)
    if "plot" in told:
        out.print(f"plot: {told['plot']}", soft_wrap=True, markup=False)


def _doubt(carried: float | None) -> str:
    """Mark an error that too few draws carry."""
    return "" if carried is None or carried >= ENOUGH else " ?"


def _words(told: Document) -> Iterator[str]:
    apart, carried = told["largest_difference"], {r["schedule"]: r["bound"]["carried_by"] for r in told["schedules"]}
    if apart["value"] is None:
        yield "whether the bounds agree cannot be told: give more --examples or --repeats"
    else:
        how = "no two differ by more than" if told["verdict"] == "agree" else "two of them differ by"
        chance = f"which equal bounds exceed with probability 1e{math.log10(apart['false_alarm']):.0f} at most"
        differ = f"{apart['value']:.1f} standard errors (limit {apart['limit']:.3g}, {chance})"
        yield f"the bounds {told['verdict']}: {how} {differ}"
    for name in told["not_compared"]:
        yield f"not compared: {name}, whose bound's error is carried by about {carried[name]:.2g} draws alone"


def plot(rows: Sequence[Row], schedules: Mapping[str, Schedule], path: Path) -> Path:
    """gamma over time, the bounds with two standard errors, the variances."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.6), layout="constrained")
    curves, bounds, variances = figure.subplots(1, 3)
    t = torch.linspace(0, 1, 201, dtype=torch.float64)
    for name, schedule in schedules.items():
        with torch.no_grad():
            curves.plot(t.numpy(), schedule.gamma(t).numpy(), label=name)
    curves.set(xlabel="t", ylabel="gamma = -log SNR", title="schedules with the same ends")
    curves.legend()
    names = [row.schedule for row in rows]
    errors = [2 * row.bound.standard_error for row in rows]
    bounds.errorbar(names, [row.bound.value for row in rows], errors, fmt="o", capsize=4)
    bounds.set(ylabel="bits per dimension", title="the bound, +- 2 standard errors")
    variances.bar(names, [row.variance.value for row in rows])
    variances.set(ylabel="(bits per dimension)^2", title="variance of one draw", yscale="log")
    path.parent.mkdir(parents=True, exist_ok=True)
    png = io.BytesIO()  # to a name without a suffix matplotlib would give one
    figure.savefig(png, format="png", dpi=120, metadata={"Software": "udm"})
    write_whole(path, png.getvalue())
    return path
