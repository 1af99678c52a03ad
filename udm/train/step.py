"""One step: losses of all parts, gradients of network and schedule, one update; a loss that is not finite stops."""

import json
import math
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import torch
from torch import Tensor, nn

from udm.schedule import Learned
from udm.train.batches import Batch
from udm.train.config import Config
from udm.train.objective import (
    Cut,
    bound_loss,
    cut,
    discrete_loss,
    draw_noise,
    end_terms,
    schedule_gradients,
    weighted_loss,
)
from udm.train.randomness import Draw, draw, reseed
from udm.train.run import Run


class NonFinite(Exception):
    """A loss that is not finite; says the step, the examples, and where their times and levels were written."""


def step(run: Run, k: int, parts: list[Batch], out: Path) -> float:
    """One update; the mean loss over the global batch."""
    reseed(run.config.seed, k, run.accelerator.process_index)
    losses = [_part(run, k, part, last=part is parts[-1], out=out) for part in parts]
    _update(run, k)
    return float(run.gathered(torch.cat(losses)).mean())


def learning_rate(config: Config, k: int) -> float:
    """The share of the learning rate at step k: a linear start, then half a cosine down to a twentieth."""
    start = min(1.0, (k + 1) / (config.warmup + 1))
    return start * (0.525 + 0.475 * math.cos(math.pi * k / config.steps))


def _part(run: Run, k: int, part: Batch, *, last: bool, out: Path) -> Tensor:
    config, accelerator = run.config, run.accelerator
    index, classes = part.index.to(run.device), part.classes.to(run.device)
    noise = draw(config.seed, k, part.rows, config.batch, run.data.shape, run.device)
    with nullcontext() if last else accelerator.no_sync(run.network):
        losses, schedule_part = _losses(run, index, _predict(run, classes, noise), noise)
        if run.any(not bool(torch.isfinite(losses).all())):
            _stop(run, k, part, noise, losses, out)
        total = losses.mean()
        if config.learn_ends:
            total = total + end_terms(run.schedule, index, run.levels, noise.eps_0).mean()
        accelerator.backward(total)  # Accelerate divides by the number of parts
    if schedule_part is not None:
        assert isinstance(run.schedule, Learned)
        schedule_gradients(run.schedule, schedule_part, losses)
    return losses.detach()


def _losses(
    run: Run, index: Tensor, predict: Callable[[Tensor, Tensor], Tensor], noise: Draw
) -> tuple[Tensor, Cut | None]:
    config, x = run.config, run.levels[index.long()]
    eps, _ = draw_noise(x, noise)
    if config.loss != "vlb":
        return weighted_loss(predict, x, run.schedule, noise.t, eps, run.kind, run.loss), None
    if config.T is not None:
        return discrete_loss(predict, x, run.schedule, noise.t, config.T, eps, run.kind), None
    part = cut(run.schedule, noise.t)
    losses = bound_loss(predict, x, part.at, part.leaves[3], eps, run.kind)
    return losses, part if isinstance(run.schedule, Learned) else None


def _predict(run: Run, classes: Tensor, noise: Draw) -> Callable[[Tensor, Tensor], Tensor]:
    if not run.config.conditional:
        return run.network
    label = torch.where(noise.drop, -1, classes)
    return lambda z, gamma: run.network(z, gamma, label)


def _update(run: Run, k: int) -> None:
    schedule = run.schedule
    for p in schedule.parameters():
        if p.grad is not None:  # the schedule is outside what Accelerate wraps
            p.grad = run.averaged(p.grad)
    for group in run.optimizer.param_groups:
        group["lr"] = group["base"] * learning_rate(run.config, k)
    for group in (run.bare, schedule):
        nn.utils.clip_grad_norm_(group.parameters(), run.config.clip)
    run.optimizer.step()
    run.optimizer.zero_grad()
    run.average.update_parameters(run.bare)


def _stop(run: Run, k: int, part: Batch, noise: Draw, losses: Tensor, out: Path) -> None:
    bad = torch.nonzero(~torch.isfinite(losses))[:, 0].tolist()
    rank = run.accelerator.process_index
    file = out / f"nonfinite-{k:08d}-{rank}.json"
    rows = [
        {"position": part.positions[i], "t": float(noise.t[i]), "loss": str(float(losses[i]))}
        for i in (bad or range(len(losses)))
    ]
    file.write_text(json.dumps({"step": k, "seed": run.config.seed, "rank": rank, "examples": rows}, indent=1))
    first = rows[0]
    raise NonFinite(
        f"train: expected finite losses, got {len(bad)} of {len(losses)} not finite in step {k}, the first at t ="
        f" {first['t']:.6g}, example {first['position']} of {run.data.name}; all in {file}. Lower the learning rate, or"
        " look at these examples; the last checkpoint is from before this step"
    )
