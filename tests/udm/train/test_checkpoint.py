"""A checkpoint is whole or absent, whatever interrupts its writing; a damaged one is refused by name."""

import errno
import json
import os
import pickle
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.support.tiny import DIGITS, config
from udm.data import disk
from udm.train import CheckpointError, checkpoint, fit, load
from udm.train.checkpoint import checkpoints, recover, save

pytestmark = pytest.mark.usefixtures("one_thread")


def write(folder: Path, step: int, keep: int = 3, value: float | None = None) -> Path:
    tensors = {
        "model": {"w": torch.full((4,), step if value is None else value)},
        "optimizer": {"0.step": torch.tensor(step)},
        "schedule": {},
    }
    return save(folder, step, tensors, {"step": step}, keep)


def holds(path: Path) -> float:
    return float(checkpoint.load(path).tensors["model"]["w"][0])


def test_a_saved_checkpoint_is_read_back(tmp_path: Path) -> None:
    written = {"a": {"x": torch.randn(3, 2).T, "y": torch.tensor(7), "h": torch.ones(2, dtype=torch.bfloat16)}, "b": {}}
    found = checkpoint.load(save(tmp_path, 5, written, {"step": 5, "lr": 0.1}))
    assert found.state == {"step": 5, "lr": 0.1} and found.tensors.keys() == written.keys()
    assert all(torch.equal(v, found.tensors["a"][k]) for k, v in written["a"].items())


def test_the_newest_checkpoints_are_kept(tmp_path: Path) -> None:
    for step in (2, 4, 6, 8):
        write(tmp_path, step, keep=2)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["00000006", "00000008"]
    assert holds(write(tmp_path, 5, keep=1)) == 5  # a run that went back keeps its new one
    assert [p.name for p in checkpoints(tmp_path)] == ["00000005", "00000006", "00000008"]


class Evil:
    """An object that leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.mark),)


def truncate(path: Path) -> None:
    (path / "model.safetensors").write_bytes((path / "model.safetensors").read_bytes()[:-3])


def flip(name: str, at: int) -> Callable[[Path], None]:
    def strike(path: Path) -> None:
        data = bytearray((path / name).read_bytes())
        data[at] ^= 1
        (path / name).write_bytes(data)

    return strike


def delete(name: str) -> Callable[[Path], None]:
    return lambda path: (path / name).unlink()


def foreign_tensors(path: Path) -> None:
    save_file({"w": torch.zeros(4)}, path / "model.safetensors")


def pickled(path: Path) -> None:
    (path / "model.safetensors").write_bytes(pickle.dumps(Evil(path.parent / "mark")))


def resealed(change: Callable[[dict[str, Any]], None]) -> Callable[[Path], None]:
    """Change state.json as someone would who knows how it is sealed."""

    def strike(path: Path) -> None:
        document = json.loads((path / "state.json").read_text())
        change(document)
        document["sha256"] = checkpoint._seal(document)
        (path / "state.json").write_text(json.dumps(document))

    return strike


def pickled_and_sealed(path: Path) -> None:
    pickled(path)
    resealed(lambda d: d["files"].update({"model.safetensors": checkpoint._digest(path / "model.safetensors")}))(path)


def pickled_by_name(path: Path) -> None:
    (path / "model.pt").write_bytes(pickle.dumps(Evil(path.parent / "mark")))
    resealed(lambda d: d["files"].update({"model.pt": checkpoint._digest(path / "model.pt")}))(path)


def of_state(text: str) -> Callable[[Path], None]:
    return lambda path: (path / "state.json").write_text(text) and None


def step_changed(path: Path) -> None:
    text = (path / "state.json").read_text()
    (path / "state.json").write_text(text.replace('"step": ', '"step": 1'))


TORN: dict[str, tuple[Callable[[Path], None], str]] = {
    "truncated": (truncate, "model.safetensors: expected SHA-256 .*, got"),
    "a bit of a tensor": (flip("model.safetensors", -1), "model.safetensors: expected SHA-256 .*, got"),
    "a bit of the header": (flip("optimizer.safetensors", 9), "optimizer.safetensors: expected SHA-256"),
    "a number of the state": (step_changed, "state.json: expected SHA-256"),
    "a bit of the state": (flip("state.json", 0), "state.json: expected JSON"),
    "no tensors": (delete("schedule.safetensors"), "schedule.safetensors: expected SHA-256 .*, got no such file"),
    "no state": (delete("state.json"), "state.json: expected a file, got none"),
    "foreign tensors": (foreign_tensors, "model.safetensors: expected SHA-256"),
    "foreign state": (of_state('{"epoch": 3}'), 'state.json: expected the format "udm checkpoint 1", got None'),
    "no object": (of_state("[1, 2]"), "expected the format \"udm checkpoint 1\", got 'list'"),
    "older format": (of_state('{"format": "udm checkpoint 0"}'), "got 'udm checkpoint 0': foreign, or of another"),
    "half a state": (of_state('{"format": "udm che'), "state.json: expected JSON"),
    "no files": (of_state('{"format": "udm checkpoint 1"}'), "state.json: expected SHA-256 None"),
    "pickle": (pickled, "model.safetensors: expected SHA-256"),
    "pickle, well sealed": (pickled_and_sealed, "model.safetensors: expected safetensors"),
    "pickle of its own name": (pickled_by_name, "model.pt: expected only safetensors"),
    "out of the folder": (
        resealed(lambda d: d["files"].update({"../x.safetensors": "0"})),
        "expected only safetensors",
    ),
}


@pytest.mark.parametrize("case", TORN)
def test_a_damaged_checkpoint_is_refused_and_the_previous_one_offered(case: str, tmp_path: Path) -> None:
    strike, message = TORN[case]
    for step in (2, 4, 6):
        write(tmp_path, step)
    strike(tmp_path / "00000006")
    with pytest.raises(CheckpointError, match=message) as refused:
        checkpoint.load(tmp_path / "00000006")
    assert str(refused.value).startswith(f"{tmp_path / '00000006'}: not a whole checkpoint: ")
    assert f"newest whole one before it is {tmp_path / '00000004'}: give that checkpoint" in str(refused.value)
    with pytest.raises(CheckpointError, match=r"before it is .*00000004: resume from it \(--resume-from\)"):
        checkpoint.load(tmp_path / "00000006", resuming=True)
    assert not (tmp_path / "mark").exists() and holds(tmp_path / "00000004") == 4
    strike(tmp_path / "00000004")
    with pytest.raises(CheckpointError, match=r"before it is .*00000002"):
        checkpoint.load(tmp_path / "00000006")
    strike(tmp_path / "00000002")
    with pytest.raises(CheckpointError, match="no whole one before it"):
        checkpoint.load(tmp_path / "00000006")


def test_the_pickle_runs_where_pickles_are_loaded(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Evil(tmp_path / "mark")))
    assert (tmp_path / "mark").exists()


def test_a_run_resumes_from_the_previous_checkpoint(tmp_path: Path) -> None:
    out = tmp_path / "run"
    fit(config(steps=3, decay_steps=6), out, data=DIGITS())
    truncate(out / "checkpoints/00000003")
    for read in (lambda: fit(config(), out, data=DIGITS()), lambda: load(out)):
        with pytest.raises(CheckpointError, match=r"before it is .*00000002"):
            read()
    fit(config(), out, data=DIGITS(), resume_from=out / "checkpoints/00000002")
    assert load(out).step == 6 and checkpoint.load(out / "checkpoints/00000003")


def test_a_folder_without_a_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"expected a run or a checkpoint, got no state\.json"):
        load(tmp_path)
    fit(config(steps=1, decay_steps=config().steps), tmp_path / "run", data=DIGITS())
    with pytest.raises(CheckpointError, match="expected weights of Linear"):
        load(tmp_path / "run", network=torch.nn.Linear(1, 1))
    for folder in (tmp_path / "run", tmp_path / "run/checkpoints"):
        with pytest.raises(CheckpointError, match=r"expected one checkpoint, got a folder of them: .*/00000001"):
            fit(config(), tmp_path / "run", data=DIGITS(), resume_from=folder)


class Killed(BaseException):
    """An exception that no handler of errors catches, as none catches a kill."""


CALLS = ("mkdir", "rename", "replace", "fsync", "unlink", "rmdir", "open")


@contextmanager
def struck(patch: pytest.MonkeyPatch, at: int, fault: Callable[[], BaseException]) -> Iterator[list[str]]:
    """Raise the fault in place of system call number ``at``; a file of tensors is half written first."""
    seen: list[str] = []

    def strike(name: str, right: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            seen.append(name)
            if len(seen) - 1 == at:
                if name == "save_file":
                    Path(args[1]).write_bytes(b"half")
                raise fault()
            return right(*args, **options)

        return call

    with patch.context() as inner:
        for name in CALLS:
            inner.setattr(os, name, strike(name, getattr(os, name)))
        inner.setattr(checkpoint, "save_file", strike("save_file", save_file))
        yield seen


def killed_everywhere(patch: pytest.MonkeyPatch, folder: Path, step: int) -> tuple[int, list[str]]:
    """Kill the saving of a step at each of its calls; return how many there were, and what was lost or torn."""
    lost: list[str] = []
    for at in range(1000):
        shutil.rmtree(folder, ignore_errors=True)
        for before in (2, 4):
            write(folder, before, keep=2)
        with struck(patch, at, Killed) as seen:
            try:
                write(folder, step, keep=2, value=9)
            except Killed:
                pass
            else:
                return at, lost
        recover(folder)
        try:
            newest = holds(checkpoints(folder)[-1])
        except (CheckpointError, IndexError):
            newest = None
        if newest not in (4, 9) or list(folder.glob(".*")):
            lost.append(f"{at}: {seen[-1]}")
    raise AssertionError("expected an end")


@pytest.mark.parametrize("step", [6, 4])
def test_a_kill_between_any_two_calls_leaves_a_whole_checkpoint(
    step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step 6 is new; step 4 replaces a checkpoint, as a run does that went back."""
    calls, lost = killed_everywhere(monkeypatch, tmp_path / "c", step)
    assert calls > 15 and lost == []


def removed_first(partial: Path, final: Path) -> None:
    shutil.rmtree(final, ignore_errors=True)
    partial.rename(final)


def in_place(partial: Path, final: Path) -> None:
    final.mkdir(exist_ok=True)
    for file in partial.iterdir():
        file.replace(final / file.name)
    partial.rmdir()


@pytest.mark.parametrize("wrong", [removed_first, in_place])
def test_a_placement_that_is_not_atomic_is_detected(
    wrong: Callable[[Path, Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "_place", wrong)
    assert killed_everywhere(monkeypatch, tmp_path / "c", 4)[1]


@pytest.mark.parametrize("step", [6, 4])
def test_a_full_disk_at_any_call_keeps_the_last_one(step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(1000):
        folder = tmp_path / str(at)
        for before in (2, 4):
            write(folder, before, keep=2)
        full = OSError(errno.ENOSPC, "No space left on device")
        try:
            with struck(monkeypatch, at, lambda full=full: full) as seen:
                write(folder, step, keep=2, value=9)
        except CheckpointError as refused:
            assert "could not write: the disk is full: free some space and run the same command again" in str(refused)
            last = checkpoints(folder)[-1]
            assert str(refused).endswith(f"the last whole checkpoint is {last}") and holds(last) in (4, 9)
        else:
            assert holds(folder / f"{step:08d}") == 9
        if len(seen) <= at:
            return


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Let the kernel refuse files longer than this."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_refused_write_leaves_the_run_whole(tmp_path: Path) -> None:
    out = tmp_path / "run"
    fit(config(steps=2, decay_steps=3), out, data=DIGITS())
    with at_most(4096), pytest.raises(CheckpointError, match=r"00000003: could not write.*checkpoint is .*00000002"):
        fit(config(steps=3, decay_steps=3), out, data=DIGITS())
    assert load(out).step == 2
    fit(config(steps=3, decay_steps=3), out, data=DIGITS())
    assert load(out).step == 3


def test_a_line_that_cannot_be_written_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(disk, "flush", full)
    with pytest.raises(CheckpointError, match="could not write: the disk is full"):
        fit(config(steps=1), tmp_path / "run", data=DIGITS())
