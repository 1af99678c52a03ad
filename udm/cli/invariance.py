"""`udm invariance`: one trained network under several schedules with the same ends: table, JSON and plot."""

import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import torch
from rich.table import Table

from udm.cli.console import fail, out, print_json, usage
from udm.cli.progress import Watch, phase
from udm.cli.terms import batches, device, finite, fitting, taken
from udm.data import values
from udm.data.disk import write_whole
from udm.likelihood.invariance import Row, comparable, disagreement, invariance, limit
from udm.likelihood.tails import ENOUGH
from udm.model import Model
from udm.schedule import Schedule
from udm.schedule.named import FIXED, between
from udm.train import CheckpointError, load

OTHERS = "call udm.likelihood.invariance.invariance from Python on others"


def run(target: Path, png: Path | None, *, repeats: int, examples: int | None, seed: int, as_json: bool) -> int:
    start = perf_counter()
    try:
        trained = load(target, device=device())
        data = fitting(trained, None, "test", others=OTHERS)
        low, high = trained.model.schedule.span()
        schedules: dict[str, Schedule] = {name: between(name, low, high) for name in FIXED}
        if trained.config.schedule == "learned":
            schedules = {"learned": trained.model.schedule} | schedules
        some = taken(data, examples, seed)
        parts = list(batches(some, trained.device))
        with phase("evaluating") as watch:
            model = _watched(trained.model, len(schedules) * repeats * len(parts), watch)
            rows = invariance(model, schedules, parts, values(data.K), repeats=repeats, seed=seed)
        finite(
            "invariance",
            {f"{of} under {row.schedule}": getattr(row, of) for row in rows for of in ("bound", "variance")},
        )
        found = _verdict(rows, repeats)
        path = plot(rows, schedules, png or target / "invariance.png")
    except (ValueError, NotImplementedError) as fault:
        usage(str(fault))
    except (CheckpointError, FloatingPointError, OSError) as fault:
        fail(str(fault))
        return 1
    told = _document(rows, found, path) | {"checkpoint": str(trained.source), "seconds": perf_counter() - start}
    if as_json:
        print_json(told)
    else:
        _page(rows, found, path)
    return STATUS[found.word]


STATUS = {"agree": 0, "disagree": 1, "cannot be told": 3}


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
    worst, most = disagreement(known), limit(len(known), repeats)
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


def _document(rows: Sequence[Row], found: Verdict, path: Path) -> dict[str, Any]:
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
        "largest_difference": {"value": found.worst, "unit": "standard errors", "limit": found.most},
        "plot": str(path),
    }


def _number(carried: float) -> float | None:
    return carried if math.isfinite(carried) else None  # of draws that do not vary


def _page(rows: Sequence[Row], found: Verdict, path: Path) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("schedule", "bound, bits/dim", "+-", "variance of one draw", "+-", "ratio"):
        table.add_column(column, justify="left" if column == "schedule" else "right")
    least = min(row.variance.value for row in rows)
    for name, bound, variance, *carried in rows:
        of_bound = f"{bound.value:.4f}", f"{bound.standard_error:.4f}{_doubt(carried[0])}"
        error = f"{variance.standard_error:.2g}{_doubt(carried[1])}"
        of_variance = f"{variance.value:.4g}", error, f"{variance.value / least:.2f}"
        table.add_row(name, *of_bound, *of_variance)
    out.print(table)
    out.print()
    for line in _words(found, rows):
        out.print(line, soft_wrap=True, markup=False)
    out.print(f"plot: {path}", soft_wrap=True, markup=False)


def _doubt(carried: float) -> str:
    """Mark an error that too few draws carry."""
    return " ?" if carried < ENOUGH else ""


def _words(found: Verdict, rows: Sequence[Row]) -> Iterator[str]:
    if found.worst is None:
        yield "whether the bounds agree cannot be told: give more --examples or --repeats"
    else:
        how = "no two differ by more than" if found.word == "agree" else "two of them differ by"
        yield f"the bounds {found.word}: {how} {found.worst:.1f} standard errors (limit {found.most:.3g})"
    for row in found.few:
        yield f"not compared: {row.schedule}, whose bound's error is carried by about {row.carried:.2g} draws alone"


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
