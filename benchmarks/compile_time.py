r"""How long torch's compiler takes for schedules and losses, from nothing, and how many operations it was given.

    python benchmarks/compile_time.py [--json] [--check] [--only TEXT]

Each row is one function with its derivatives: of a schedule in its times, of a loss in the prediction, and in the
parameters of a learned schedule. A line has the operations forward and backward, then the seconds of the processor, the
compiler's own processes included, and of the clock, forward and backward, with every cache empty. The processor's are
proportional to operations: the last line has the seconds that an operation costs at most, of functions with a hundred
or more. ``--check``: exit status 1 if one takes the processor longer than 15 seconds, as the clock would on a machine
that does nothing else, or is given more operations than its limit.

An operation costs 26 to 37 ms on two busy cores (240 in 6.2 s, 279 in 10.4 s, 584 in 16.7 s), so that LARGEST take 16
to 22 s there. A test holds to it the graphs of every schedule and loss, forward and backward together, steps that are
differentiated in both their times among them: it counts what eager code dispatches, a hundred times as fast, and what
the compiler is given wherever that may be more than the limit. The largest is a step of Sigmoid, with 588.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

import torch
from functorch.compile import make_boxed_func  # pyright: ignore[reportPrivateImportUsage]
from torch import Tensor
from torch._dynamo.backends.common import aot_autograd
from torch.utils._python_dispatch import TorchDispatchMode

from udm import continuous_weight, diffuse, diffusion, target
from udm.model import Model
from udm.schedule import (
    EDM,
    BetaLinear,
    Betas,
    Cosine,
    CosineOffset,
    Learned,
    LinearGamma,
    RectifiedFlow,
    Schedule,
    Sigmoid,
    SubVP,
    Truncated,
    learned,
)
from udm.train.objective import discrete_loss, end_terms, weighted_loss
from udm.weight import sigmoid

SECONDS = 15.0
LARGEST = 600
REPEATED = 1.1  # what the compiler is given to what is dispatched, at most: it repeats some, and leaves more out
T = 1000
BATCH = 8  # fewer compile to other code

INNER = (Cosine(), CosineOffset(), Sigmoid(), BetaLinear(), Learned(hidden=4).requires_grad_(False))
SCHEDULES: dict[str, Schedule] = {
    type(schedule).__name__: schedule
    for schedule in (LinearGamma(), Cosine(), CosineOffset(), BetaLinear(), SubVP(), Sigmoid(), EDM(), RectifiedFlow())
}
SCHEDULES |= {"Betas": Betas.linear(), "Learned": Learned(hidden=4)}
SCHEDULES |= {f"Truncated({type(inner).__name__})": Truncated(inner, -9.0, 4.0) for inner in INNER}


class Job(NamedTuple):
    """A function to compile, and its inputs, of which some require gradients."""

    function: Callable[..., Any]
    inputs: tuple[Tensor, ...]


def jobs() -> Iterator[tuple[str, Job]]:
    """Yield every schedule with each of its functions of time, and with each loss that it can have."""
    for name, schedule in SCHEDULES.items():
        for of, job in (functions(schedule) | losses(schedule)).items():
            yield f"{name}, {of}", job


def functions(schedule: Schedule) -> dict[str, Job]:
    """Return the public functions of time, with derivatives in it where the schedule has them."""
    table = isinstance(schedule, Betas)
    t = ((torch.arange(1, BATCH + 1, dtype=torch.float64)) / 10).requires_grad_(not table)
    by: dict[str, Callable[[Tensor], Any]] = {
        "gap": lambda t: schedule.gap(t, t + 0.1),
        "at": schedule.at,
        "between": lambda t: schedule.between(t, t + 0.1),
    }
    by |= {} if table else {"dgamma": schedule.dgamma}
    return {name: Job(function, (t,)) for name, function in by.items()}


def losses(schedule: Schedule) -> dict[str, Job]:
    """Return the losses of training, of a denoiser that is one product, so that they stand alone."""
    levels, index = torch.linspace(-1, 1, 4), torch.arange(3 * BATCH).reshape(BATCH, 3) % 4
    eps, t = torch.linspace(-2, 2, 3 * BATCH).reshape(BATCH, 3), torch.arange(1, BATCH + 1, dtype=torch.float64) / 10
    x, w, table = levels[index], torch.ones(3, requires_grad=True), isinstance(schedule, Betas)

    def model(w: Tensor) -> Model:
        return Model(lambda z, _: w * z, schedule, "v")

    by: dict[str, Callable[[Tensor], Tensor]] = {
        "discrete": lambda w: discrete_loss(model(w), x, t, T, eps),
        "simple": lambda w: weighted_loss(model(w), x, t, eps, "simple"),
        "min-snr": lambda w: weighted_loss(model(w), x, t, eps, "min-snr"),
    }
    if not table and schedule.sigma_0() > 0:
        by |= {"ends": lambda w: end_terms(schedule, index, levels, w * eps)}
    if not table:
        by |= {"bound": lambda w: integrand(model(w), x, eps, t)}
        by |= {"sigmoid": lambda w: weighted_loss(model(w), x, t, eps, sigmoid(-1.0))}
    return {name: Job(function, (w,)) for name, function in by.items()}


def integrand(model: Model, x: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    """Return the integrand of the continuous bound."""
    at, kind = model.schedule.at(t), model.parameterization
    weight = continuous_weight(model.schedule.dgamma(t), at, kind)
    return diffusion(target(x, eps, at, kind), model.prediction(diffuse(x, eps, at), at), weight)


def total(made: Any) -> Tensor:
    """Return the sum of all numbers that have a derivative, else of all."""
    parts = [made] if isinstance(made, Tensor) else list(made)
    return torch.stack([part.sum() for part in parts if part.requires_grad] or [part.sum() for part in parts]).sum()


def run(job: Job, backend: Any) -> Any:
    """Compile the function for its inputs, and its derivative if it has one, and return what it makes of them."""
    torch._dynamo.reset()
    return differentiate(torch.compile(job.function, fullgraph=True, backend=backend), job)


def differentiate(function: Callable[..., Any], job: Job) -> Any:
    """Run the function on the inputs, and its derivative if it has one, and return what it makes of them."""
    made = function(*job.inputs)
    loss = total(made)
    if loss.requires_grad:
        loss.backward()
    return made


class Dispatched(TorchDispatchMode):
    """Counts the operations that are run."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += 1
        return func(*args, **(kwargs or {}))


def dispatched(job: Job) -> int:
    """Return how many operations eager code runs, forward and backward; what is one to the compiler counts as one."""
    with patch.object(learned, "_gamma", learned._opaque), Dispatched() as mode:
        differentiate(job.function, job)
    return mode.count


def operations(job: Job) -> tuple[int, int]:
    """Return how many operations the compiler is given forward and backward."""
    return traced(job)[0]


def traced(job: Job) -> tuple[tuple[int, int], Any]:
    """Return how many operations the compiler is given forward and backward, and what they make of the inputs."""
    sizes = [0, 0]

    def counting(way: int) -> Callable[[torch.fx.GraphModule, list[Tensor]], Callable[..., Any]]:
        def keep(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
            sizes[way] += sum(node.op == "call_function" for node in graph.graph.nodes)
            return make_boxed_func(graph.forward)

        return keep

    made = run(job, aot_autograd(fw_compiler=counting(0), bw_compiler=counting(1)))
    return (sizes[0], sizes[1]), made


def seconds(job: Job) -> tuple[float, float]:
    """Return the processor's and the clock's seconds that the compiler takes, with its caches empty."""
    from torch._inductor import config
    from torch._inductor.utils import fresh_inductor_cache

    with fresh_inductor_cache(), config.patch(force_disable_caches=True, compile_threads=1):
        before, since = spent(), time.perf_counter()
        run(job, "inductor")
        return spent() - before, time.perf_counter() - since


def spent() -> float:
    """Return the seconds of this process and of those that it started and that have ended."""
    of = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in of)


def main() -> int:
    """Return exit status 1 if --check finds one that takes too long."""
    parser = argparse.ArgumentParser(description="Seconds and operations of torch's compiler.")
    parser.add_argument("--json", action="store_true", help="all rows as one JSON document on standard output")
    parser.add_argument("--check", action="store_true", help=f"exit 1 where one is too large or takes {SECONDS:g} s")
    parser.add_argument("--only", default="", help="rows whose name has this text")
    options = parser.parse_args()
    torch.set_num_threads(1)
    seconds(Job(torch.sin, (torch.zeros(BATCH, requires_grad=True),)))  # loads the compiler
    rows: list[dict[str, Any]] = []
    for name, job in jobs():
        if options.only in name:
            forward, backward = operations(job)
            processor, clock = seconds(job)
            rows.append({"what": name, "forward": forward, "backward": backward, "seconds": processor, "clock": clock})
            if not options.json:
                times = f"{processor:>7.1f} s {clock:>7.1f} s by the clock"
                print(f"{name:<40} {forward:>5} {backward:>5} {times}", flush=True)
    each = [row["seconds"] / (row["forward"] + row["backward"]) for row in rows if row["forward"] >= 100]
    most = max(each, default=None)
    if options.json:
        print(json.dumps({"rows": rows, "seconds_an_operation": most}, allow_nan=False, indent=1))
    elif most is not None:
        print(f"at most {1000 * most:.0f} ms an operation: {SECONDS / most:.0f} operations in {SECONDS:g} s")
    faults = [fault for row in rows for fault in too_much(row)] if options.check else []
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def too_much(row: dict[str, Any]) -> Iterator[str]:
    """Yield how a row is beyond its limits."""
    name, size = row["what"], row["forward"] + row["backward"]
    if row["seconds"] > SECONDS:
        yield f"more than {SECONDS:g} s: {name}"
    if size > LARGEST:
        yield f"more than {LARGEST} operations: {name}, {size}"


if __name__ == "__main__":
    sys.exit(main())
