"""The training loop on Accelerate. Each step is a function of (state, step), so a run stops and resumes exactly."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import torch
from torch import nn

from udm.arguments import a_device, functions, paths
from udm.data import Data, load
from udm.schedule import Schedule
from udm.shapes import PerExample64, instance
from udm.train.batches import Batches, stream
from udm.train.config import WHERE, Config
from udm.train.contents import Reading
from udm.train.exact import exact
from udm.train.guest import guest
from udm.train.journal import Journal
from udm.train.run import Run
from udm.train.step import NonFinite, step


class Interrupted(Exception):
    """A signal ended the run; ``number`` is the signal's, and the message gives the checkpoint that was written."""

    def __init__(self, number: int, saved: Path) -> None:
        super().__init__(f"interrupted; saved as {saved}: run the same command again to go on")
        self.number = number


class Seen(NamedTuple):
    """What ``watch`` gets after each step.

    Attributes:
        step: how many steps are done.
        steps: how many there are.
        loss: of the step, in bits per dimension for vlb, and per dimension otherwise.
        seconds: that the step took.
        run: the state after the step, to look at and not to change.
    """

    step: int
    steps: int
    loss: float
    seconds: float
    run: Run


def fit(
    config: Config,
    out: Path | str,
    *,
    data: Data | None = None,
    held_out: Data | None = None,
    network: nn.Module | None = None,
    schedule: Schedule | None = None,
    weight: Callable[[PerExample64], PerExample64] | None = None,
    resume_from: Path | str | None = None,
    watch: Callable[[Seen], None] = lambda _: None,
    reading: Reading = lambda done, count: None,
    device: torch.device | str | None = None,
) -> Run:
    """Train to ``config.steps``, from the newest checkpoint under ``out`` if there is one.

    Each step is a function of (state, step), so it is the same whether the run is stopped and resumed, or divided among
    ranks and parts, up to rounding: noise and time of a row are functions of seed, step and row. Dropout is not one: a
    network draws it for all rows that it gets at once, so that it depends on how a batch is divided. On a GPU, torch's
    deterministic kernels are used during training.

    Args:
        config: the settings.
        out: the folder of the run, which gets config.json, losses.jsonl, logs and checkpoints.
        data: the training part; ``config.data`` names it if absent. All of it is read once, before the training, to
            identify it: a run goes on only with the same data.
        held_out: the part on which the model is to be evaluated, read and identified likewise if it is given.
        network: any module from z, ``(batch, *event)``, and gamma, ``(batch,)``, to the prediction that
            ``config.parameterization`` names, of the shape of z; ``config.network`` names it if absent. If
            ``config.conditional`` it gets labels too, ``(batch,)`` int64; a tenth of the examples get -1, which stands
            for no class.
        schedule: a variance-preserving udm schedule; ``config.schedule`` names it if absent.
        weight: w(log SNR), from ``(batch,)`` float64 to ``(batch,)``, which multiplies the bound's integrand if
            ``config.loss`` is "weighted".
        resume_from: the checkpoint to resume from, instead of the newest.
        watch: called after each step.
        reading: called with how many events were read, and how many there are, while data are being identified.
        device: the device to train on; an accelerator if there is one, and each rank's own, if absent.

    Returns:
        The state of the run at its end.

    Raises:
        ValueError: if settings, data, network, schedule, weight or ``out`` do not fit together.
        CheckpointError: if a checkpoint is not whole, or cannot be written.
        NonFinite: if a loss or gradient is not finite; the last checkpoint is from before.
        Interrupted: if SIGINT (unless the caller ignores it) or SIGTERM came; the step was finished and saved.
    """
    paths(WHERE, out=out, **({} if resume_from is None else {"resume_from": resume_from}))
    functions(WHERE, watch=watch, reading=reading, **({} if weight is None else {"weight": weight}))
    out = Path(out)
    instance(WHERE, Config, config=config)
    for name, part in (("data", data), ("held_out", held_out)):
        if part is not None:
            instance(WHERE, Data, **{name: part})
    if network is not None:
        instance(WHERE, nn.Module, network=network)
    if schedule is not None:
        instance(WHERE, Schedule, schedule=schedule)
    data = load(config.data, "train", levels=config.levels) if data is None else data
    resume_from = None if resume_from is None else Path(resume_from)
    device = None if device is None else a_device(WHERE, device)
    with guest(), _on(device):
        run = Run(config, data, network, schedule, weight, cpu=device is not None and device.type == "cpu")
        rank, ranks = run.accelerator.process_index, run.accelerator.num_processes
        batches = Batches(run.data, config, 0, rank, ranks)  # its errors come before anything is written
        return _trained(batches, Journal(out, run, held_out, reading), resume_from, watch)


def _on(device: torch.device | None) -> AbstractContextManager[object]:
    """Make a numbered graphics card the current one, which Accelerate takes."""
    return torch.cuda.device(device) if device is not None and device.type == "cuda" else nullcontext()


def _trained(batches: Batches, journal: Journal, resume_from: Path | None, watch: Callable[[Seen], None]) -> Run:
    run, config, out = journal.run, journal.run.config, journal.out
    with closing(journal), exact(run.device), _signals(announce=run.accelerator.is_main_process) as caught:
        first = journal.restore(resume_from)
        parts = stream(batches.from_step(first))
        for k in range(first, config.steps):
            began, caught.step = time.perf_counter(), k + 1
            loss = step(run, k, [next(parts) for _ in range(config.accumulate)], out)
            journal.note(k, loss, time.perf_counter() - began)
            watch(Seen(k + 1, config.steps, loss, time.perf_counter() - began, run))
            last, stop = k + 1 == config.steps, run.any(bool(caught.numbers))
            if last or stop or (k + 1) % config.save_every == 0:
                saved = journal.save(k + 1)
                if stop:
                    raise Interrupted(caught.numbers[0] if caught.numbers else signal.SIGTERM, saved)
    return run


@dataclass
class _Caught:
    """The signals that came, and the number of the current step."""

    numbers: list[int] = field(default_factory=list[int])
    step: int = 0


@contextmanager
def _signals(*, announce: bool) -> Iterator[_Caught]:
    """Record SIGINT and SIGTERM for the end of the step; a second one ends the process at once.

    A signal that was ignored when the process began stays ignored, because whoever starts a run in the background of a
    script (``nohup udm train &``, a cron job) interrupts the script and not the run.
    """
    caught = _Caught()

    def note(number: int, _: FrameType | None) -> None:
        caught.numbers.append(number)
        if announce and len(caught.numbers) == 1:
            what = f"step {caught.step}" if caught.step else "the start and its first step"
            message = f"\nudm: finishing {what}, then saving; again to stop now\n"
            with suppress(OSError):
                os.write(2, message.encode())  # the signal may have come during a print
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    try:
        heard = [s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN]
        before = {s: signal.signal(s, note) for s in heard}
    except ValueError:  # only the main thread may handle signals
        yield caught
        return
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


__all__ = ["Interrupted", "NonFinite", "Seen", "fit"]
