"""The folder of a run: settings, one line per step, logs, checkpoints; and the way back into all of them."""

import json
from pathlib import Path
from typing import Any

from udm.train import checkpoint
from udm.train.config import Config
from udm.train.run import Run


class Journal:
    """What ``out`` keeps of a run. Only the main process writes.

    Raises:
        ValueError: ``out`` holds a run of other settings, or something else.
    """

    def __init__(self, out: Path, run: Run) -> None:
        self.out, self.run, self.main = out, run, run.accelerator.is_main_process
        _same(out, run.config)
        if self.main:
            (out / "checkpoints").mkdir(parents=True, exist_ok=True)
            _write(out / "config.json", run.config.to_json())
            checkpoint.recover(out / "checkpoints")
        run.accelerator.wait_for_everyone()

    def restore(self, chosen: Path | None) -> int:
        """Load the chosen or newest checkpoint; the step to go on with. Later lines are dropped."""
        existing = checkpoint.checkpoints(self.out / "checkpoints")
        path = chosen or (existing[-1] if existing else None)
        first = 0
        if path is not None:
            stored = checkpoint.load(path)
            differ = Config.from_json(stored.state["config"]).differences(self.run.config)
            if differ:
                raise ValueError(f"{path}: expected the settings of this run, got {'; '.join(differ)}")
            first = int(stored.state["step"])
            self.run.restore(stored.tensors, first)
        if self.main:
            self._open(first)
        return first

    def note(self, k: int, loss: float, seconds: float) -> None:
        if self.main:
            self._lines.write(json.dumps({"step": k, "loss": loss}) + "\n")
            self._lines.flush()
            self._log.add_scalar("train/loss", loss, k)
            self._log.add_scalar("train/steps_per_second", 1 / max(seconds, 1e-9), k)

    def save(self, step: int) -> Path:
        path = self.out / "checkpoints" / f"{step:08d}"
        if self.main:
            run, data = self.run, self.run.data
            told = {"step": step, "config": run.config.to_json(), "kind": run.kind}
            told["data"] = {"name": data.name, "shape": list(data.shape), "K": data.K, "labels": data.labels}
            checkpoint.save(path.parent, step, run.tensors(), told, run.config.keep)
        self.run.accelerator.wait_for_everyone()
        return path

    def close(self) -> None:
        if self.main:
            self._lines.close()
            self._log.close()

    def _open(self, first: int) -> None:
        from tensorboardX import SummaryWriter

        file = self.out / "losses.jsonl"
        kept = [line for line in _lines(file) if line["step"] < first]
        _write_text(file, "".join(json.dumps(line) + "\n" for line in kept))
        self._lines = file.open("a")
        self._log = SummaryWriter(str(self.out / "tensorboard"), purge_step=first)


def losses(out: Path) -> list[float]:
    """The loss of each step so far."""
    return [line["loss"] for line in _lines(out / "losses.jsonl")]


def _lines(file: Path) -> list[dict[str, Any]]:
    """Whole lines only: a kill may have torn the last one."""
    if not file.exists():
        return []
    whole = file.read_text().rsplit("\n", 1)[0]
    return [json.loads(line) for line in whole.splitlines()]


def _same(out: Path, config: Config) -> None:
    file = out / "config.json"
    if not file.exists():
        if out.exists() and any(out.iterdir()):
            raise ValueError(f"{out}: expected a new folder or one of a run, got a folder with other things in it")
        return
    differ = Config.from_json(json.loads(file.read_text())).differences(config)
    if differ:
        raise ValueError(
            f"{out}: expected the settings of the run in it, got {'; '.join(differ)}; choose another folder"
        )


def _write(file: Path, document: Any) -> None:
    _write_text(file, json.dumps(document, indent=1) + "\n")


def _write_text(file: Path, text: str) -> None:
    """All or nothing, by a rename."""
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text)
    partial.replace(file)
