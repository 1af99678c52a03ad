"""A run is also identified by its data, schedule, weight and network: resuming or reading it with others is refused."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from typer.testing import CliRunner

from tests.support.command import PATIENCE
from tests.support.tiny import DIGITS, config
from udm.cli import train as command
from udm.cli.app import app
from udm.data import Array, Data
from udm.schedule import Cosine, Learned, LinearGamma
from udm.schedule.truncated import Truncated
from udm.train import CheckpointError, Config, fit, load
from udm.train.identity import different, of_data
from udm.train.journal import losses
from udm.train.loop import Seen

pytestmark = pytest.mark.usefixtures("one_thread")
ROOT = Path(__file__).parents[3]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w, self.drop = nn.Parameter(torch.tensor(0.5)), nn.Dropout(0.5)

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.w * torch.tanh(self.drop(z))


def events(n: int, seed: int = 0) -> Array:
    generator = torch.Generator().manual_seed(seed)
    return Array("mine", torch.randint(0, 17, (n, 1, 8, 8), generator=generator), 17)


def trained(out: Path, steps: int = 2, **given: Any) -> None:
    settings: dict[str, Any] = {"schedule": "linear", "parameterization": "x", "batch": 4, "steps": steps}
    settings["decay_steps"] = 6  # the same, however far a run is to go
    if "weight" in given:
        settings["loss"] = "weighted"
    fit(config(**settings), out, **({"data": DIGITS(), "network": Net()} | given))


def changed(event: int | None = None, classes: int | None = None) -> Array:
    index, labels = events(50).index.clone(), torch.zeros(50, dtype=torch.int64)
    if event is not None:
        index[event, 0, 3, 3] = (index[event, 0, 3, 3] + 1) % 17
    labels[-1] = 1
    if classes is not None:
        labels[classes] = 1
    return Array("mine", index, 17, labels)


DATA = changed()
CUT = (Cosine(), -4.0, 2.0)
OTHERS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "the schedule left out": ({"schedule": Truncated(*CUT)}, {}, "expected the schedule of this run"),
    "another cut": ({"schedule": Truncated(*CUT)}, {"schedule": Truncated(Cosine(), -4.0, 2.1)}, "the schedule of"),
    "another weight": ({"weight": torch.ones_like}, {"weight": lambda s: 100 + 0 * s}, "expected the weight of"),
    "more data": ({"data": events(50)}, {"data": events(70)}, "expected the data of this run"),
    "the middle of the data": ({"data": DATA}, {"data": changed(25)}, "expected the data of this run"),
    "a class in the middle": ({"data": DATA}, {"data": changed(classes=25)}, "expected the data of this run"),
    "other held-out data": (
        {"held_out": DATA},
        {"held_out": changed(25)},
        "expected the held-out data of this run",
    ),
    "other data": ({"data": events(50)}, {"data": events(50, seed=1)}, "expected the data of this run"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_run_resumes_only_with_what_it_began_with(name: str, tmp_path: Path) -> None:
    first, second, message = OTHERS[name]
    trained(tmp_path, **first)
    with pytest.raises(ValueError, match=message):
        trained(tmp_path, 4, **second)
    assert len(losses(tmp_path)) == 2
    trained(tmp_path, 4, **first)
    assert len(losses(tmp_path)) == 4


class Files(Array):
    """Data that know from their files whether they have changed, and count how often they are read."""

    mark, reads = "as it was", 0

    def read(self, rows: Any) -> tuple[Tensor, Tensor]:
        self.reads += len(rows)
        return super().read(rows)

    def stamp(self) -> str:
        return self.mark


def test_data_that_tell_of_changes_are_read_once(tmp_path: Path) -> None:
    data, seen = Files("mine", events(50).index, 17), list[tuple[int, int]]()
    trained(tmp_path, data=data, reading=lambda *done: seen.append(done))
    assert seen[-1] == (50, 50) and data.reads >= 50
    data.reads, kept = 0, (tmp_path / "data.json").read_text()
    trained(tmp_path, 3, data=data)
    assert data.reads < 50 and (tmp_path / "data.json").read_text() == kept
    data.mark, data.index = "otherwise", changed(25).index
    with pytest.raises(ValueError, match="expected the data of this run"):
        trained(tmp_path, 4, data=data)
    (tmp_path / "data.json").write_text("torn")
    data.mark, data.index = "as it was", events(50).index
    trained(tmp_path, 4, data=data)


def test_a_run_of_an_earlier_version_is_known_by_its_ends(tmp_path: Path) -> None:
    now = of_data(changed())
    assert not different(now, {k: v for k, v in now.items() if k != "sha256"})
    assert different(now, of_data(changed(25))) and not different(now, now | {"name": "renamed"})


def test_what_is_held_out_is_read_before_the_training(tmp_path: Path) -> None:
    bad = Wrapping("bad", torch.zeros(9, 1, 8, 8, dtype=torch.uint8), 17)
    with pytest.raises(ValueError, match=r"^bad: expected levels in \[0, 17\), got -1 .. -1 in event 0"):
        trained(tmp_path, held_out=bad, watch=pytest.fail)
    trained(tmp_path, held_out=events(9))
    assert load(tmp_path, network=Net()).held_out is not None


def test_a_model_is_read_back_with_the_schedule_it_was_trained_with(tmp_path: Path) -> None:
    trained(tmp_path, schedule=Truncated(*CUT))
    with pytest.raises(CheckpointError, match=r"expected the schedule of its training, .*Truncated.*give ``schedule``"):
        load(tmp_path, network=Net())
    with pytest.raises(CheckpointError, match="expected the schedule of its training"):
        load(tmp_path, network=Net(), schedule=LinearGamma(-4.0, 2.0))
    assert isinstance(load(tmp_path, network=Net(), schedule=Truncated(*CUT)).model.schedule, Truncated)


def test_data_passed_from_python_are_not_mistaken_for_named_data(tmp_path: Path) -> None:
    fit(config(steps=1), tmp_path, data=events(50))
    for name in ("evaluate", "invariance"):
        found = CliRunner().invoke(app, [name, str(tmp_path)])
        assert found.exit_code == 2 and "got one on data from Python, mine" in found.stderr, found.output
    found = CliRunner().invoke(app, ["evaluate", str(tmp_path), "--data", "digits", "--examples", "8"])
    assert found.exit_code == 0, found.output


def test_training_a_network_that_was_read_back_is_refused(tmp_path: Path) -> None:
    fit(config(steps=1), tmp_path / "one", data=DIGITS())
    network = load(tmp_path / "one").network
    with pytest.raises(ValueError, match="expected a network with parameters that require gradients, got none"):
        fit(config(steps=1, parameterization="x"), tmp_path / "two", data=DIGITS(), network=network)
    net = Net().eval()
    trained(tmp_path / "three", network=net)
    assert net.training


def test_fewer_steps_than_already_done_are_refused(tmp_path: Path) -> None:
    trained(tmp_path, 4)
    before = (tmp_path / "config.json").read_text()
    with pytest.raises(ValueError, match=r"00000004: expected steps >= 4, which are done, got 3"):
        trained(tmp_path, 3)
    assert (tmp_path / "config.json").read_text() == before


def test_a_run_that_goes_back_sets_its_other_future_aside(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints"

    def stop(seen: Seen) -> None:
        if seen.step == 3:
            raise KeyboardInterrupt

    trained(tmp_path, 6)
    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path, 6, resume_from=folder / "00000002", watch=stop)
    assert sorted(p.name for p in folder.iterdir()) == [
        "00000001", "00000002", *(f"aside-0000000{k}" for k in (3, 4, 5, 6)),
    ]  # fmt: skip
    trained(tmp_path, 6)
    assert len(losses(tmp_path)) == 6
    with pytest.raises(CheckpointError, match=r"newest whole one is .*00000006, from which the run goes on without"):
        trained(tmp_path, 7, resume_from=folder / "00000000")


@pytest.mark.parametrize("absolute", ["out", "resume_from"])
def test_a_checkpoint_does_not_depend_on_how_its_path_is_written(
    absolute: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained(Path("run"), 3)
    out, chosen = Path("run"), Path("run/checkpoints/00000001")
    out, chosen = (out.resolve(), chosen) if absolute == "out" else (out, chosen.resolve())

    def stop(_: Seen) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(out, 3, resume_from=chosen, watch=stop)
    assert {p.name for p in (out / "checkpoints").iterdir()} == {"00000001", "aside-00000002", "aside-00000003"}


def test_a_command_refused_at_the_start_leaves_no_run_behind(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        trained(tmp_path / "a", resume_from=tmp_path / "nothing")
    trained(tmp_path / "a", 3)
    with pytest.raises(ValueError, match="expected the settings of the run in it"):
        fit(config(schedule="linear", parameterization="x", lr=1.0), tmp_path / "a", data=DIGITS(), network=Net())


def test_two_processes_do_not_share_a_run(tmp_path: Path) -> None:
    def second(seen: Seen) -> None:
        with pytest.raises(ValueError, match=r"expected no other process at this run, got one that holds .*\.lock"):
            trained(tmp_path, 2)

    trained(tmp_path, 2, watch=second)
    assert len(losses(tmp_path)) == 2


class Wrapping(Array):
    """A user's data set with a level out of range."""

    def read(self, rows: Any) -> tuple[Tensor, Tensor]:
        index, classes = super().read(rows)
        return index.long() - 1, classes


@pytest.mark.parametrize("workers", [0, 1])
def test_levels_out_of_range_stop_at_once_with_and_without_workers(workers: int, tmp_path: Path) -> None:
    data: Data = Wrapping("mine", torch.zeros(9, 1, 8, 8, dtype=torch.uint8), 17)
    with pytest.raises(ValueError, match=r"^mine: expected levels in \[0, 17\), got -1 .. -1 in event 0"):
        fit(config(workers=workers, batch=4), tmp_path, data=data)


@pytest.mark.parametrize(("options", "got"), [({"channels": 0}, "0, 2, 0.0"), ({"blocks": 0}, "8, 0, 0.0")])
def test_options_of_the_unet_are_checked(options: dict[str, int], got: str, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"channels": 8, "blocks": 2, "dropout": 0.0} | options
    with pytest.raises(ValueError, match=f"UNet: expected channels >= 1, .* got {got}"):
        fit(config(network="unet", **settings), tmp_path, data=DIGITS())


def test_an_absurd_number_of_workers_is_refused() -> None:
    with pytest.raises(ValueError, match="expected workers at most 128, got 1000"):
        config(workers=1000)
    with pytest.raises(ValueError, match="expected the settings of a run, got none"):
        Config.from_json({})


@pytest.mark.parametrize(("fault", "status"), [(ValueError, 2), (OSError, 4), (FloatingPointError, 4)])
def test_a_fault_after_training_is_one_line(
    fault: type[Exception], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise fault("b.png: expected (8, 8) pixels")

    monkeypatch.setattr(command, "finished", fails)
    small = ["--steps", "1", "--batch", "4", "--channels", "8", "--blocks", "1", "--out", str(tmp_path / "run")]
    found = CliRunner().invoke(app, ["train", *small, "--json"])
    told = json.loads(found.stdout)
    assert (found.exit_code, told["status"], found.stderr.count("\n")) == (status, status, 2), found.stderr
    assert told["failed"] == "b.png: expected (8, 8) pixels" and "total" not in told
    assert found.stderr.endswith("udm: b.png: expected (8, 8) pixels\n")


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.support.tiny import DIGITS, config
from udm.train import CheckpointError, fit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

def full(seen):
    if seen.step == 2:  # no file may grow any more, as on a full disk
        size = max(p.stat().st_size for p in Path(sys.argv[1]).rglob("*") if p.is_file())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

try:
    fit(config(steps=600, save_every=1000, batch=2), Path(sys.argv[1]), data=DIGITS(), watch=full)
except CheckpointError as fault:
    print(fault)
"""


def test_a_disk_that_fills_stops_the_run(tmp_path: Path) -> None:
    """TensorBoard's own writer is a thread: it would die, and the run would wait for its queue forever."""
    began = time.monotonic()
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "run")], capture_output=True, text=True, env=env, cwd=ROOT,
        timeout=PATIENCE,
    )  # fmt: skip
    assert "could not write" in found.stdout and str(tmp_path / "run") in found.stdout, found.stderr[-2000:]
    assert "Traceback" not in found.stderr and time.monotonic() - began < PATIENCE


def test_a_users_learned_schedule_is_recognised(tmp_path: Path) -> None:
    settings = config(steps=1, parameterization="x")
    fit(settings, tmp_path, data=DIGITS(), network=Net(), schedule=Learned(-9.0, 6.0, 8))
    assert isinstance(load(tmp_path, network=Net(), schedule=Learned(-9.0, 6.0, 8)).model.schedule, Learned)
