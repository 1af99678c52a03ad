"""`udm invariance`: one trained network under several schedules with the same ends: table, JSON and plot."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from rich.table import Table

from udm.cli.console import fail, out, print_json, usage
from udm.cli.progress import Watch, phase
from udm.cli.terms import batches, device, finite, fitting, taken
from udm.data import values
from udm.data.disk import write_whole
from udm.likelihood.invariance import Row, disagreement, invariance, limit
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
        finite("invariance", {f"{of} under {row.schedule}": getattr(row, of) for row in rows for of in row._fields[1:]})
        worst, most = disagreement(rows), limit(len(rows), repeats)
        path = plot(rows, schedules, png or target / "invariance.png")
    except (ValueError, NotImplementedError) as fault:
        usage(str(fault))
    except (CheckpointError, FloatingPointError, OSError) as fault:
        fail(str(fault))
        return 1
    told = _document(rows, worst, most, path) | {"checkpoint": str(trained.source), "seconds": perf_counter() - start}
    if as_json:
        print_json(told)
    else:
        _page(rows, worst, most, path)
    return 0 if worst <= most else 1


def _watched(model: Model, calls: int, watch: Watch) -> Model:
    """Return the model, which tells ``watch`` of each call of its denoiser, one a batch."""
    done = 0

    def denoiser(z: torch.Tensor, gamma: torch.Tensor) -> torch.Tensor:
        nonlocal done
        done += 1
        watch(done, calls)
        return model.denoiser(z, gamma)

    return model._replace(denoiser=denoiser)


def _document(rows: Sequence[Row], worst: float, most: float, path: Path) -> dict[str, Any]:
    least = min(row.variance.value for row in rows)
    return {
        "schedules": [
            {
                "schedule": row.schedule,
                "bound": row.bound._asdict(),
                "variance": {**row.variance._asdict(), "unit": "(bits/dim)^2", "ratio": row.variance.value / least},
            }
            for row in rows
        ],
        "largest_difference": {"value": worst, "unit": "standard errors", "limit": most},
        "plot": str(path),
    }


def _page(rows: Sequence[Row], worst: float, most: float, path: Path) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("schedule", "bound, bits/dim", "+-", "variance of one draw", "+-", "ratio"):
        table.add_column(column, justify="left" if column == "schedule" else "right")
    least = min(row.variance.value for row in rows)
    for name, bound, variance in rows:
        of_bound = f"{bound.value:.4f}", f"{bound.standard_error:.4f}"
        of_variance = f"{variance.value:.4g}", f"{variance.standard_error:.2g}", f"{variance.value / least:.2f}"
        table.add_row(name, *of_bound, *of_variance)
    out.print(table)
    verdict = "agree" if worst <= most else "[red]disagree[/red]"
    told = f"no two differ by more than {worst:.1f} standard errors (limit {most:.3g})"
    out.print(f"\nthe bounds {verdict}: {told}", soft_wrap=True)
    out.print(f"plot: {path}", soft_wrap=True, markup=False)


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
