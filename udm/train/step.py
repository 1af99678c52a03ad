"""One step: the losses of all parts, gradients of network and schedule, and one update, unless one is not finite."""

import json
import math
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from udm.calling import Ranged
from udm.data.disk import write_whole
from udm.density import valued
from udm.hybrid import hybrid
from udm.model import Model
from udm.schedule import Learned
from udm.train.batches import Batch
from udm.train.config import WHERE, Config
from udm.train.disk import cannot_write
from udm.train.objective import (
    Cut,
    bound_loss,
    cut,
    ddpm_loss,
    discrete_loss,
    end_terms,
    schedule_gradients,
    weighted_loss,
)
from udm.train.randomness import StepNoise, draw, reseed
from udm.train.run import Run


class NonFinite(Exception):
    """A loss or gradient is not finite; the message gives the step, an example, and the file of times and losses."""


def step(run: Run, k: int, parts: list[Batch], out: Path) -> float:
    """Make one update, and return the mean loss over the global batch."""
    reseed(run.config.seed, k, run.accelerator.process_index)
    losses = [_part(run, k, part, last=part is parts[-1], out=out) for part in parts]
    _update(run, k, parts, losses, out)
    return float(run.gathered(torch.cat(losses)).mean())


def learning_rate(config: Config, k: int) -> float:
    """Return the factor of the learning rate at step k: a linear start, then half a cosine down to 1/20, and so on."""
    warmup = min(config.warmup, config.decay // 10)
    start = min(1.0, (k + 1) / (warmup + 1))
    return start * (0.525 + 0.475 * math.cos(math.pi * min(k / config.decay, 1.0)))


def _part(run: Run, k: int, part: Batch, *, last: bool, out: Path) -> Tensor:
    config, accelerator = run.config, run.accelerator
    index, classes = part.index.to(run.device), part.classes.to(run.device)
    noise = draw(config.seed, k, part.rows, config.batch, run.data.shape, run.device)
    with nullcontext() if last else accelerator.no_sync(run.network):
        losses, schedule_part = _losses(run, index, _model(run, classes, noise), noise)
        whole = losses
        if config.learn_ends:  # prior and reconstruction move the end points too
            whole = losses + end_terms(run.schedule, index, run.levels, noise.eps_0)
        if run.any(not bool(torch.isfinite(whole).all())):
            _stop(run, k, "losses", [part], [whole], out)
        accelerator.backward(whole.mean())  # Accelerate divides by the number of parts
    if schedule_part is not None:
        assert isinstance(run.schedule, Learned)
        schedule_gradients(run.schedule, schedule_part, losses)
    return whole.detach()


def _losses(run: Run, index: Tensor, model: Model, noise: StepNoise) -> tuple[Tensor, Cut | None]:
    config, x = run.config, valued(index, run.levels)
    eps = noise.eps.to(x.dtype)
    if config.loss == "hybrid" and config.T is not None:
        return hybrid(WHERE, model, index, run.levels, noise.t, config.T, eps), None
    if config.loss != "vlb":
        return weighted_loss(model, x, noise.t, eps, run.loss), None
    if config.T is not None and run.noiseless:
        return ddpm_loss(model, index, run.levels, noise.t, config.T, eps), None
    if config.T is not None:
        return discrete_loss(model, x, noise.t, config.T, eps), None
    part = cut(run.schedule, noise.t)
    return bound_loss(model, x, part, eps), part if isinstance(run.schedule, Learned) else None


def _model(run: Run, classes: Tensor, noise: StepNoise) -> Model:
    denoiser: Callable[..., Tensor] = run.forward
    if run.config.conditional:
        label = torch.where(noise.drop, -1, classes)
        denoiser = partial(_given, run.forward, label)
    return Model(Ranged(denoiser) if run.config.loss == "hybrid" else denoiser, run.schedule, run.kind)


def _given(forward: Callable[..., Tensor], label: Tensor, z: Tensor, gamma: Tensor) -> Tensor:
    return forward(z, gamma, label)


def _update(run: Run, k: int, parts: list[Batch], losses: list[Tensor], out: Path) -> None:
    schedule = run.schedule
    for p in schedule.parameters():
        if p.grad is not None:  # Accelerate does not wrap the schedule
            p.grad = run.averaged(p.grad)
    for group in run.optimizer.param_groups:
        group["lr"] = group["base"] * learning_rate(run.config, k)
    trained = [[p for p in group.parameters() if p.grad is not None] for group in (run.bare, schedule)]
    norms = [nn.utils.clip_grad_norm_(group, run.config.clip) for group in trained if group]
    if not all(bool(torch.isfinite(norm)) for norm in norms):  # the same on all ranks
        _stop(run, k, "gradients", parts, losses, out)
    run.optimizer.step()
    run.optimizer.zero_grad()
    run.average.update_parameters(run.bare)


def _stop(run: Run, k: int, what: str, parts: list[Batch], losses: list[Tensor], out: Path) -> None:
    """Write the examples whose loss is not finite to a file, or all if there is none on this rank, and raise."""
    config, rank = run.config, run.accelerator.process_index
    rows: list[dict[str, Any]] = []
    for part, of_part in zip(parts, losses, strict=True):
        t = draw(config.seed, k, part.rows, config.batch, run.data.shape, run.device).t
        examples = zip(part.positions, t.tolist(), of_part.tolist(), strict=True)
        rows += [{"position": i, "t": t_i, "loss": str(loss)} for i, t_i, loss in examples]
    bad = [row for row in rows if not math.isfinite(float(row["loss"]))]
    file = out / f"nonfinite-{k:08d}-{rank}.json"
    document = {"step": k, "seed": config.seed, "rank": rank, "what": what, "examples": bad or rows}
    first, kept = (bad or rows)[0], f"all in {file}"
    try:
        write_whole(file, json.dumps(document, indent=1))
    except OSError as fault:
        kept = cannot_write(file, fault)
    raise NonFinite(
        f"{WHERE}: expected finite {what}, got others in step {k}, {len(bad)} of {len(rows)} losses on rank {rank}; the"
        f" first example is {first['position']} of {run.data.name} at t = {first['t']:.6g}; {kept}. Look at these"
        " examples, or lower the learning rate in a new run; the last checkpoint is from before this step"
    )
