"""The folder of a run, with settings, one line per step, logs and checkpoints, and how a run resumes from it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import torch
from filelock import FileLock, Timeout

from udm.data import Data
from udm.data.disk import flush, write_whole
from udm.train import checkpoint
from udm.train.checkpoint import CheckpointError
from udm.train.config import Config
from udm.train.contents import Reading
from udm.train.disk import cannot_write
from udm.train.identity import different, of_data, of_schedule, of_weight
from udm.train.log import Log
from udm.train.randomness import GENERATOR
from udm.train.run import Run

_WORDS = {"data": "data", "held_out": "held-out data", "schedule": "schedule", "weight": "weight", "noise": "noise"}
CONTENTS = "data.json"  # digests of data, by what tells whether their files have changed


class Journal:
    """The record of a run in the folder ``out``, which also identifies its data.

    Only the main process writes; all ranks must see the same folder.

    Raises:
        ValueError: if ``out`` holds a run with other settings, or something else, or another process uses it.
        CheckpointError: if the disk refuses.
    """

    def __init__(
        self, out: Path, run: Run, held_out: Data | None = None, reading: Reading = lambda done, count: None
    ) -> None:
        self.out, self.run, self.main = out, run, run.accelerator.is_main_process
        self._lines: TextIO | None = None
        self._log: Log | None = None
        self._lock = FileLock(out / ".lock")
        _same(out, run.config)
        run.accelerator.wait_for_everyone()  # no rank may look while the main process writes
        if self.main:
            with _writing(out):
                out.mkdir(parents=True, exist_ok=True)
                _locked(self._lock, out)
                (out / "checkpoints").mkdir(exist_ok=True)
                checkpoint.recover(out / "checkpoints")
        run.accelerator.wait_for_everyone()
        self._known = self._identity(held_out, reading)

    def restore(self, chosen: Path | None) -> int:
        """Load the chosen or newest checkpoint, delete later lines, and return the step to go on with."""
        existing = checkpoint.checkpoints(self.out / "checkpoints")
        path = chosen or (existing[-1] if existing else None)
        first = 0 if path is None else self._load(path)
        if first > self.run.config.steps:
            raise ValueError(f"{path}: expected steps >= {first}, which are done, got {self.run.config.steps}")
        ranks = self.run.gathered(torch.tensor([first], device=self.run.device))
        if bool((ranks != first).any()):
            got = sorted(set(ranks.tolist()))
            raise ValueError(f"{self.out}: expected one folder for all ranks, got checkpoints of steps {got}")
        if self.main:
            with _writing(self.out):
                write_whole(self.out / "config.json", json.dumps(self.run.config.to_json(), indent=1) + "\n")
                for later in _after(path, existing):  # else they would be taken for the newest
                    checkpoint.set_aside(later)
                self._open(first)
        return first

    def note(self, k: int, loss: float, seconds: float) -> None:
        if self.main:
            with _writing(self.out / "losses.jsonl"):
                assert self._lines is not None and self._log is not None
                self._lines.write(json.dumps({"step": k, "loss": loss}) + "\n")
                self._lines.flush()
                self._log.add(k, {"train/loss": loss, "train/steps_per_second": 1 / max(seconds, 1e-9)})

    def save(self, step: int) -> Path:
        path = self.out / "checkpoints" / f"{step:08d}"
        if self.main:
            run = self.run
            state = {"step": step, "config": run.config.to_json(), "kind": run.kind, **self._known}
            with _writing(self.out / "losses.jsonl"):
                flush(self.out / "losses.jsonl")  # the lines of its steps must precede a checkpoint
            checkpoint.save(path.parent, step, run.tensors(), state, run.config.keep)
        self.run.accelerator.wait_for_everyone()
        return path

    def close(self) -> None:
        if self.main:
            try:
                with _writing(self.out):
                    for file in (self._lines, self._log):
                        if file is not None:
                            file.close()
            finally:
                self._lock.release()

    def _identity(self, held_out: Data | None, reading: Reading) -> dict[str, Any]:
        run, kept = self.run, self.out / CONTENTS if self.main else None
        parts = {"data": run.data, **({} if held_out is None else {"held_out": held_out})}
        try:
            of_parts = {name: of_data(part, kept, reading) for name, part in parts.items()}
        except BaseException:
            self.close()
            raise
        rest = {"schedule": of_schedule(run.schedule), "weight": of_weight(run.loss), "noise": GENERATOR}
        return of_parts | rest

    def _load(self, path: Path) -> int:
        stored = checkpoint.load(path, resuming=True)
        differ = Config.from_json(stored.state["config"]).differences(self.run.config)
        if differ:
            raise ValueError(_refused(path, "this run", differ))
        for name, mine in self._known.items():
            if different(mine, stored.state.get(name)):
                raise ValueError(f"{path}: expected the {_WORDS[name]} of this run, {stored.state[name]}, got {mine}")
        first = int(stored.state["step"])
        self.run.restore(stored.tensors, first)
        return first

    def _open(self, first: int) -> None:
        file = self.out / "losses.jsonl"
        kept = [line for line in _lines(file) if line["step"] < first]
        write_whole(file, "".join(json.dumps(line) + "\n" for line in kept))
        self._lines = file.open("a")
        self._log = Log(self.out / "tensorboard", first)


def losses(out: Path) -> list[float]:
    """Return the loss of each step so far."""
    return [line["loss"] for line in _lines(out / "losses.jsonl")]


def _lines(file: Path) -> list[dict[str, Any]]:
    """Return the whole lines; a kill may have torn the last one."""
    if not file.exists():
        return []
    whole, _, _ = file.read_text().rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def _after(path: Path | None, existing: list[Path]) -> list[Path]:
    """Return the checkpoints after the chosen one if it is one of them, however its path is written."""
    places = [p.resolve() for p in existing]
    place = path and path.resolve()
    return existing[places.index(place) + 1 :] if place in places else []


def _same(out: Path, config: Config) -> None:
    file = out / "config.json"
    begun = checkpoint.checkpoints(out / "checkpoints")
    if not file.exists():
        known = {
            ".config.json.partial",
            ".lock",
            CONTENTS,
            f".{CONTENTS}.partial",
            *(() if begun else ("checkpoints",)),
        }  # of a run that never began
        if out.exists() and not (out.is_dir() and all(p.name in known for p in out.iterdir())):
            raise ValueError(f"{out}: expected a new folder or one of a run, got one with other things in it")
        return
    try:
        stored = Config.from_json(json.loads(file.read_bytes()))
    except ValueError as foreign:
        raise ValueError(f"{file}: expected the settings of a run: {foreign}; choose another folder") from None
    differ = stored.differences(config) if begun else []  # without a checkpoint nothing is lost
    if differ:
        raise ValueError(_refused(out, "the run in it", differ) + "; choose another folder")


def _refused(place: Path, run: str, differ: list[str]) -> str:
    """Say which settings differ; and, before all, how a run can have another number of steps than it began with."""
    decay = next((text.split()[1].rstrip(",") for text in differ if text.startswith("decay_steps:")), None)
    settings = f"expected the settings of {run}, got {'; '.join(differ)}"
    if decay is None:
        return f"{place}: {settings}"
    why = f"the learning rate of this run falls over {decay} steps"
    return f"{place}: give decay_steps {decay} to go on to other steps, because {why}: {settings}"


def _locked(lock: FileLock, out: Path) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(f"{out}: expected no other process at this run, got one that holds {lock.lock_file}") from None


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise CheckpointError(cannot_write(path, fault)) from fault
