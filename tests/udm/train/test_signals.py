"""SIGINT and SIGTERM in any phase: the work ends with what was found so far, the status of the signal, and no trace."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.command import PATIENCE, ROOT, document, udm
from udm.cli import after, sample, terms
from udm.data.levels import Part
from udm.train import checkpoint

pytestmark = [pytest.mark.usefixtures("one_thread", "heard")]
SIGNALS = [(signal.SIGINT, "stopped"), (signal.SIGTERM, "terminated")]
SMALL = ("--steps", "2", "--batch", "4", "--channels", "8", "--blocks", "1", "--dense", "0")


@pytest.fixture
def heard() -> Iterator[None]:
    """A process that hears interrupts, as one in the foreground does."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).integers(0, 256, (60, 4, 4), dtype=np.uint8))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def struck(right: Callable[..., Any], number: int, at: int) -> Callable[..., Any]:
    """A function that is hit by a signal in its call number ``at``, from 1 on."""
    calls = 0

    def hit(*args: Any, **settings: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), number)
        return right(*args, **settings)

    return hit


def ended(number: int, word: str, *args: str) -> dict[str, Any]:
    """The document of a command that a signal ends."""
    run = udm(*args, "--json")
    told = json.loads(run.stdout)
    assert run.exit_code == 128 + number == told["status"], run.output
    assert told["failed"] == word and f"udm: {word}" in run.stderr and "Traceback" not in run.output
    return told


TRAIN = ("train", *SMALL, "--data", "x.npy", "--out", "run")


@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_in_the_baselines_the_costs_found_so_far_are_kept(
    number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("udm.data.baseline.packed", struck(_packed(), number, 3))
    told = ended(number, word, *TRAIN, "--samples", "2")
    assert told["total"]["value"] > 0 and list(told["baselines"]) == ["uniform", "histogram"]
    assert "samples" not in told and checkpoint.checkpoints(place / "run/checkpoints")
    monkeypatch.undo()
    monkeypatch.chdir(place)
    whole = document(*TRAIN, "--samples", "2")  # the same command again does what is left
    assert list(whole["baselines"]) == ["uniform", "histogram", "compressor"] and Path(whole["samples"]).is_file()
    assert whole["total"] == told["total"]


def _packed() -> Callable[..., bytes]:
    from udm.data.baseline import packed

    return packed


@pytest.mark.parametrize(("number", "word"), SIGNALS)
@pytest.mark.parametrize("at", [1, 6])
def test_in_the_sampling_whole_batches_are_kept(
    at: int, number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batches of two in three steps and a last look: the signal comes in the first one, or in the second."""
    document(*TRAIN, "--samples", "0", "--examples", "0")
    monkeypatch.setattr(sample, "BATCH", 2)
    monkeypatch.setattr("udm.network.LevelNet.forward", struck(_forward(), number, at))
    told = ended(number, word, "sample", "run", "--count", "4", "--steps", "3", "--out", "s.npz")
    assert ("samples" in told) == Path("s.npz").exists() == (at == 6)
    if at == 6:
        assert told["stopped_at"] == "2 of 4" and np.load("s.npz")["x"].shape == (2, 1, 4, 4)
        monkeypatch.undo()
        monkeypatch.chdir(place)
        document("sample", "run", "--count", "4", "--steps", "3", "--out", "all.npz")
        assert np.array_equal(np.load("all.npz")["x"][:2], np.load("s.npz")["x"])


def _forward() -> Callable[..., Any]:
    from udm.network import LevelNet

    return LevelNet.forward


@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_in_the_samples_after_a_training_bound_and_baselines_are_kept(
    number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample, "BATCH", 2)
    monkeypatch.setattr(after, "STEPS", 3)
    monkeypatch.setattr(sample, "sample", struck(sample.sample, number, 2))
    told = ended(number, word, *TRAIN, "--samples", "6")
    assert told["total"]["value"] > 0 and len(told["baselines"]) == 3
    assert told["samples_stopped_at"] == "2 of 6" and Path(told["samples"]).is_file()


@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_while_data_are_read_nothing_is_begun(
    number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Part, "read", struck(Part.read, number, 2))
    run = udm(*TRAIN)
    assert run.exit_code == 128 + number and f"udm: {word}; no checkpoint yet" in run.stderr
    assert "Traceback" not in run.output and not list(Path("run/checkpoints").iterdir())


@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_in_samples_on_the_way_the_step_is_saved(
    number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(after, "STEPS", 3)
    monkeypatch.setattr(sample, "sample", struck(sample.sample, number, 1))
    run = udm(*TRAIN, "--sample-every", "1", "--samples", "0")
    assert run.exit_code == 128 + number, run.output
    assert "interrupted; saved as run/checkpoints/00000001" in run.stderr.replace("\n", "")
    assert Path("run/samples/00000001.png").is_file()


@pytest.mark.parametrize(("number", "word"), SIGNALS)
@pytest.mark.parametrize("command", ["export", "invariance"])
def test_in_the_other_commands(
    command: str, number: int, word: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export is not written without its bound; the schedules that were compared are printed."""
    document(*TRAIN, "--samples", "0", "--examples", "0")
    monkeypatch.setattr(terms, "LOGITS", 256 * 16 * 4)  # four examples a batch
    monkeypatch.setattr(
        "udm.network.LevelNet.forward", struck(_forward(), number, 20 if command == "invariance" else 2)
    )
    told = ended(number, word, command, "run", *(["--repeats", "16"] if command == "invariance" else []))
    assert not Path("run/export").exists()
    if command == "invariance":
        assert 0 < len(told["schedules"]) < 5 and Path(told["plot"]).is_file()
    else:
        assert 0 < told["examples"] < 12 and told["total"]["value"] > 0


STRIKES = """import os, sys
from udm.cli import sample
from udm.cli.app import main
right, number = sample.sample, int(sys.argv.pop(1))
def struck(*args, **settings):
    made = right(*args, **settings)
    struck.calls += 1
    if struck.calls == 2:
        os.kill(os.getpid(), number)
    return made
struck.calls, sample.sample, sample.BATCH = 0, struck, 2
main()
"""


@pytest.mark.parametrize(("number", "word"), SIGNALS)
def test_a_process_ends_with_the_status_of_the_signal(number: int, word: str, place: Path) -> None:
    document(*TRAIN, "--samples", "0", "--examples", "0")
    command = [sys.executable, "-c", STRIKES, str(int(number)), "sample", "run", "--count", "6", "--steps", "3"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert run.returncode == 128 + number, run.stderr
    assert run.stderr == f"udm: {word}\n" and run.stdout.startswith("2 of 6 samples in ")
