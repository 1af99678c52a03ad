r"""The loss step, the likelihood and sampling: running times as ratios to a base of the same run.

    python benchmarks/training.py [--json] [--check] [--quick]

What --check enforces (exit status 1): udm's simple loss step takes at most 1.05 times the step written by hand in eager
torch; torch.compile takes it in one graph; the full sum of the reconstruction term at 256 levels takes at least 10
times the windowed one, equal to 1e-6; DDPM's term evaluated everywhere at least 3 times the selected one. Without a
network, a sampler whose numbers were made in advance takes at most 1.3 times the same by hand, and one that makes them
no longer than diffusers; 100 ancestral steps of (1000, 2) with noise by seed at most 5 times torch's. A limit is
missed when the whole spread of the ratio, which holds the true median with probability 0.99, lies beyond it.

The limit of the loss step holds for both events. The smaller one is where it is missed on some machines and in some
processes: there calls count, not numbers. udm answers for each example, with a weight, in float64, and checks shapes;
by hand it is a look-up and one mean.

It runs on the CPU, and on a GPU if there is one, there with the fraction of the memory bandwidth of a plain copy.
A peer that does not import is skipped and named.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, TypeAlias

import likelihoods
import rich.console
import rich.table
import samplings
import steps
import timing
import torch

Row: TypeAlias = dict[str, Any]
Limit: TypeAlias = tuple[str, float]  # ("<=", 1.05)
SIMPLE: Limit = ("<=", 1.05)
BY_HAND: Limit = ("<=", 1.3)
DIFFUSERS: Limit = ("<=", 1.0)
SEEDED: Limit = ("<=", 5.0)
EQUAL = 1e-6
SHAPES = {"cpu": [(128, 3, 32, 32), (128, 3, 64, 64)], "cuda": [(128, 3, 32, 32), (256, 3, 256, 256)]}
PASSES = 8  # of an event: diffuse reads 2 and writes 1, the loss reads 2, its gradient reads 2 and writes 1


def row(what: str, library: str, device: torch.device, ratio: timing.Ratio | float, **more: Any) -> Row:
    """Return one result; ``met`` is None where nothing is required."""
    spread = timing.Ratio(ratio, ratio, ratio) if isinstance(ratio, float) else ratio
    limit: Limit | None = more.pop("limit", None)
    return {
        "what": what,
        "library": library,
        "device": device.type,
        "seconds": more.pop("seconds", None),
        "ratio": spread.ratio,
        "spread": [spread.low, spread.high],
        "limit": limit and " ".join(map(str, limit)),
        "met": met(spread, limit),
    } | more


def met(ratio: timing.Ratio, limit: Limit | None) -> bool | None:
    """Return whether some of the spread is within the limit; NaN never is."""
    if limit is None:
        return None
    sign, bound = limit
    return ratio.low <= bound if sign == "<=" else ratio.high >= bound


def compare(
    what: str, runs: dict[str, timing.Run], device: torch.device, budget: float, limits: dict[str, Limit]
) -> Iterator[Row]:
    """Yield the rows of all contenders, their times over those of the first."""
    times = timing.interleaved(runs, device, budget)
    base = next(iter(runs))
    for name, spent in times.items():
        seconds, ratio = statistics.median(spent), timing.paired(spent, times[base])
        yield row(what, name, device, ratio, seconds=seconds, base=base, limit=limits.get(name))


def loss_steps(device: torch.device, budget: float, skipped: dict[str, str]) -> Iterator[Row]:
    """Time the simple loss, with the noise drawn at each step."""
    for shape in SHAPES[device.type]:
        step = steps.Step(shape, device, draw=True)
        runs = steps.contenders(step)
        for name, peer in steps.PEERS.items():
            try:
                runs[name] = peer(step)
            except (ImportError, RuntimeError) as error:
                skipped[name] = str(error).splitlines()[0]
        yield from compare(f"simple loss step, {_size(shape)}", runs, device, budget, {"udm": SIMPLE})


def given_steps(device: torch.device, budget: float) -> Iterator[Row]:
    """Time the same with the noise given, eager and compiled, and count the graphs that the compiler needs."""
    shape = SHAPES[device.type][-1]
    step, what = steps.Step(shape, device, draw=False), f"simple loss step, noise given, {_size(shape)}"
    eager, tables, path = steps.contenders(step), steps.Tables(device), steps.linear(device)
    index, eps = step.given
    torch._dynamo.reset()
    breaks = torch._dynamo.explain(steps.udm_loss)(path, step.x, eps, index, step.prediction).graph_break_count
    yield row("graph breaks of the simple loss step", "udm", device, float(breaks), limit=("<=", 0.0))
    runs = {
        **{name: eager[name] for name in ("by hand", "udm")},
        "by hand, compiled": steps.by(_compiled(steps.hand_loss), tables, step),
        "udm, compiled": steps.by(_compiled(steps.udm_loss), path, step),
    }
    rows = list(compare(what, runs, device, budget, {}))
    yield from rows
    if device.type == "cuda":
        moved = PASSES * step.x.numel() * step.x.element_size()
        fastest = copied(device)
        for contender in rows:
            fraction = moved / contender["seconds"] / fastest
            yield row("fraction of memory bandwidth", contender["library"], device, fraction)


def _compiled(loss: Callable[..., Any]) -> Callable[..., Any]:
    return torch.compile(loss, fullgraph=True, dynamic=False)


def copied(device: torch.device) -> float:
    """Return the bytes per second that a plain copy reads and writes."""
    source = torch.empty(1 << 28, device=device)
    target = torch.empty_like(source)
    times = timing.interleaved({"copy": lambda: target.copy_(source)}, device, 1.0)["copy"]
    return 2 * source.numel() * source.element_size() / statistics.median(times)


def likelihood(device: torch.device, budget: float) -> Iterator[Row]:
    """Time terms of the bound, and measure how far equal ones differ."""
    for what, make in likelihoods.CONTESTS.items():
        contest = make(device)
        limits: dict[str, Limit] = {name: (">=", factor) for name, factor in contest.slower.items()}
        for result in compare(what, dict(contest.runs), device, budget, limits):
            if result["library"] in contest.slower:
                ours, other = (contest.runs[name]() for name in (result["base"], result["library"]))
                result["difference"] = float(((ours - other) / other).abs().max())
                result["met"] = result["met"] and result["difference"] <= EQUAL
            yield result


def sampling(device: torch.device, budget: float) -> Iterator[Row]:
    """Time samplers against by hand and schedulers, and hold the limits where no network hides them."""
    for what, runs in samplings.contests(device).items():
        bare = "no network" in what
        results = list(compare(what, runs, device, budget, {"udm, prepared": BY_HAND} if bare else {}))
        yield from results
        if "diffusers" in runs and bare:
            times = timing.interleaved({k: runs[k] for k in ("diffusers", "udm")}, device, budget / 2)
            ratio = timing.paired(times["udm"], times["diffusers"])
            yield row(f"{what}, over diffusers", "udm", device, ratio, limit=DIFFUSERS)
    yield from compare("noise by seed", samplings.seeded(device), device, budget, {"udm": SEEDED})


def rows(budget: float, skipped: dict[str, str]) -> Iterator[Row]:
    """Yield all rows, ``budget`` seconds for each comparison."""
    timing.quiet()
    for name in ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",):
        device = torch.device(name)
        yield from loss_steps(device, budget, skipped)
        yield from given_steps(device, budget)
        yield from likelihood(device, budget)
        yield from sampling(device, budget / 4)


def show(results: list[Row], skipped: dict[str, str]) -> None:
    """Print a table for each comparison."""
    console = rich.console.Console()
    for (what, device), group in groupby(results, key=lambda r: (r["what"], r["device"])):
        table = rich.table.Table("library", "seconds", "ratio", "spread", "limit", "", title=f"{what} ({device})")
        for r in group:
            seconds = "" if r["seconds"] is None else f"{r['seconds']:.3g}"
            verdict = {None: "", True: "ok", False: "[red]missed"}[r["met"]]
            spread = " to ".join(f"{end:.3g}" for end in r["spread"])
            table.add_row(r["library"], seconds, f"{r['ratio']:.3g}", spread, r["limit"] or "", verdict)
        console.print(table)
    for name, why in skipped.items():
        console.print(f"{name}: skipped, {why}")


def _size(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))


def main() -> int:
    """Return exit status 1 if --check finds a limit missed."""
    parser = argparse.ArgumentParser(description="The loss step, the likelihood and sampling, as ratios.")
    parser.add_argument("--json", action="store_true", help="all rows as one JSON document on standard output")
    parser.add_argument("--check", action="store_true", help="exit 1 when a limit is missed")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    options = parser.parse_args()
    skipped: dict[str, str] = {}
    results = list(rows(0.5 if options.quick else 6.0, skipped))
    if options.json:
        print(json.dumps({"rows": results, "skipped": skipped}, allow_nan=False, indent=1))
    else:
        show(results, skipped)
    missed = [r for r in results if r["met"] is False]
    for r in missed if options.check else []:
        print("missed: {what}, {library}: {ratio:.3g}, limit {limit}".format(**r), file=sys.stderr)
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
