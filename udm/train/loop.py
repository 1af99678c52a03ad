"""The loop: one step after the other, on Accelerate, each a function of (state, step); stopped and resumed exactly."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from torch import nn

from udm.data import Data, load
from udm.schedule import Schedule
from udm.shapes import PerExample64
from udm.train.batches import Batches, stream
from udm.train.config import Config
from udm.train.exact import exact
from udm.train.journal import Journal
from udm.train.run import Run
from udm.train.step import NonFinite, step


class Interrupted(Exception):
    """A run that a signal ended: its number, and the checkpoint that was written."""

    def __init__(self, number: int, saved: Path) -> None:
        super().__init__(f"interrupted; saved as {saved}: run the same command again to go on")
        self.number = number


class Seen(NamedTuple):
    """What a watcher is told after each step; the loss in bits per dimension (vlb) or per dimension."""

    step: int
    steps: int
    loss: float
    seconds: float


def fit(
    config: Config,
    out: Path,
    *,
    data: Data | None = None,
    network: nn.Module | None = None,
    schedule: Schedule | None = None,
    weight: Callable[[PerExample64], PerExample64] | None = None,
    resume_from: Path | None = None,
    watch: Callable[[Seen], None] = lambda _: None,
) -> Run:
    """Train to ``config.steps``, from the newest checkpoint under ``out`` if there is one.

    Args:
        config: the settings.
        out: the folder of the run: config.json, losses.jsonl, logs, checkpoints.
        data: the training part; ``config.data`` names it if absent.
        network: any module (z, gamma) or, if ``config.conditional``, (z, gamma, label), to the prediction that
            ``config.parameterization`` names; ``config.network`` names it if absent. Labels are (batch,), int64; -1 is
            a class withheld, as in a tenth of the examples.
        schedule: a udm schedule, variance preserving; ``config.schedule`` names it if absent.
        weight: w(log SNR) in front of the bound's integrand, if ``config.loss`` is "weighted".
        resume_from: this checkpoint, not the newest.
        watch: called after each step.

    On a GPU torch's deterministic kernels are taken while it lasts.

    A step is a function of (state, step): stopped and resumed, or divided among ranks and parts, it is the same step
    (but for dropout, which each rank draws for itself).

    Raises:
        ValueError: settings, data or an ``out`` that do not fit.
        CheckpointError: a checkpoint that is not whole, or cannot be written.
        NonFinite: a loss or gradient that is not finite; the parameters of the last checkpoint are safe.
        Interrupted: SIGINT (unless the caller ignores it) or SIGTERM came; the step was finished and saved.
    """
    run = Run(config, data or load(config.data, "train", levels=config.levels), network, schedule, weight)
    rank, ranks = run.accelerator.process_index, run.accelerator.num_processes
    batches = Batches(run.data, config, 0, rank, ranks)  # refuses before anything is written
    journal = Journal(out, run)
    with closing(journal), exact(run.device), _signals(told=run.accelerator.is_main_process) as caught:
        first = journal.restore(resume_from)
        parts = stream(batches.from_step(first))
        for k in range(first, config.steps):
            began, caught.step = time.perf_counter(), k + 1
            loss = step(run, k, [next(parts) for _ in range(config.accumulate)], out)
            journal.note(k, loss, time.perf_counter() - began)
            watch(Seen(k + 1, config.steps, loss, time.perf_counter() - began))
            last, stop = k + 1 == config.steps, run.any(bool(caught.numbers))
            if last or stop or (k + 1) % config.save_every == 0:
                saved = journal.save(k + 1)
                if stop:
                    raise Interrupted(caught.numbers[0] if caught.numbers else signal.SIGTERM, saved)
    return run


@dataclass
class _Caught:
    """The signals that came, and the step that is being made."""

    numbers: list[int] = field(default_factory=list[int])
    step: int = 0


@contextmanager
def _signals(*, told: bool) -> Iterator[_Caught]:
    """SIGINT and SIGTERM are noted, for the end of the step; a second one strikes at once.

    A signal that was ignored when the process began stays so: whoever starts a run in the background of a script
    (``nohup udm train &``, a cron job) interrupts the script, not the run.
    """
    caught = _Caught()

    def note(number: int, _: FrameType | None) -> None:
        caught.numbers.append(number)
        if told and len(caught.numbers) == 1:
            what = f"step {caught.step}" if caught.step else "the start and its first step"
            said = f"\nudm: finishing {what}, then saving; again to stop now\n"
            with suppress(OSError):
                os.write(2, said.encode())  # not print: the signal may have come amid one
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

    try:
        heard = [s for s in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(s) is not signal.SIG_IGN]
        before = {s: signal.signal(s, note) for s in heard}
    except ValueError:  # not the main thread: signals are someone else's
        yield caught
        return
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


__all__ = ["Interrupted", "NonFinite", "Seen", "fit"]
