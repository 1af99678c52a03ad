"""The commands that act on a run: what they evaluate, what they print, and what they refuse before it costs time."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from tests.support.command import document, udm
from tests.support.tiny import DIGITS, config
from udm.cli import after, sample
from udm.cli import train as command
from udm.cli.app import main
from udm.cli.status import BROKEN, USAGE
from udm.data import load as udm_data
from udm.data import values
from udm.likelihood import evaluate
from udm.network import LevelNet
from udm.train import fit, load

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = ("--steps", "1", "--batch", "4", "--channels", "8", "--blocks", "1")
FEW = ("--examples", "8", "--repeats", "2")


class Own(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.w * torch.tanh(z)


class Labelled(Own):
    """A network that requires a label, and remembers which labels it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[int] = set()

    def forward(self, z: Tensor, gamma: Tensor, label: Tensor) -> Tensor:
        self.seen |= set(label.tolist())
        return super().forward(z, gamma)


def refused(*args: str, status: int = 2) -> str:
    """Return the one line on standard error, which the document has too where one is asked for."""
    run = udm(*args)
    assert run.exit_code == status and run.stderr.count("\n") == 1, run.output
    told = json.loads(run.stdout) if "--json" in args else {}
    assert told if "--json" in args else run.stdout == ""
    assert not told or (told["status"] == status and f"udm: {told['failed']}\n" == run.stderr)
    return run.stderr


def on_a_file(folder: Path, *args: str, n: int = 40) -> dict[str, Any]:
    """Train on an array of ``n`` events, in ``folder / "run"``, and return what the command prints as JSON."""
    written(folder, n)
    places = ("--data", str(folder / "x.npy"), "--out", str(folder / "run"))
    return document("train", *SMALL, "--samples", "0", *places, *args)


def written(folder: Path, n: int, seed: int = 0) -> None:
    np.save(folder / "x.npy", np.random.default_rng(seed).integers(0, 256, (n, 4, 4), dtype=np.uint8))


def test_data_that_changed_since_the_training_are_not_divided_anew(tmp_path: Path) -> None:
    on_a_file(tmp_path)
    run = tmp_path / "run"
    own = document("evaluate", str(run), "--repeats", "2")
    assert (own["data"], own["part"], own["examples"]) == (str(tmp_path / "x.npy"), "test", 8)
    written(tmp_path, 200)
    said = refused("evaluate", str(run))
    assert "expected" in said and "count 8" in said and "count 40" in said and "give --data" in said
    said = refused("invariance", str(run))
    assert "count 40" in said and "--data" not in said
    whole = document("evaluate", str(run), "--data", str(tmp_path / "x.npy"), "--part", "all", "--repeats", "2")
    assert (whole["part"], whole["examples"]) == ("all", 200)
    written(tmp_path, 40, seed=1)
    assert "sha256" in refused("evaluate", str(run))


def test_a_run_is_evaluated_in_the_steps_of_its_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end = on_a_file(tmp_path, "--schedule", "linear", "--T", "3")
    assert end["T"] == 3 and "3 steps" in end["meaning"]
    run, data = str(tmp_path / "run"), udm_data(str(tmp_path / "x.npy"), "test")
    by_hand = evaluate(load(tmp_path / "run").model, [data.read(range(8))[0]], values(256), T=3, repeats=2)
    own = document("evaluate", run, *FEW)
    assert own["T"] == 3 and own["total"]["value"] == by_hand.total.value
    assert "2 steps" in document("evaluate", run, "--T", "2", *FEW)["meaning"]
    free = document("evaluate", run, "--continuous", *FEW)
    assert free["T"] is None and "continuous time" in free["meaning"]
    monkeypatch.setattr("udm.cli.evaluate.evaluate_flow", lambda *_, **__: by_hand)  # which takes seconds
    assert document("evaluate", run, "--flow", *FEW)["T"] is None
    assert "expected --T or --continuous" in refused("evaluate", run, "--continuous", "--T", "3")


def test_an_evaluation_states_its_data_and_what_its_errors_cover(trained: Path) -> None:
    told = document("evaluate", str(trained), "--schedule", "cosine", "--seed", "5", *FEW)
    newest = str(load(trained).source)
    expected = {"data": "digits", "part": "test", "checkpoint": newest, "step": 6, "T": None, "schedule": "cosine"}
    expected |= {"seed": 5, "error": "data"}
    assert expected.items() <= told.items()
    page = udm("evaluate", str(trained), *FEW).stdout
    assert f"of digits, part test, 8 of 359 examples at random; by {newest}, step 6; schedule learned, seed 0" in page
    assert "over these very examples" in page
    of_law = document("evaluate", "law:grid", "--examples", "2000", "--repeats", "2")
    assert of_law["error"] == "law" and of_law["data"] == "law:grid" and of_law["checkpoint"] is None
    told = udm("evaluate", "law:grid", "--examples", "2000", "--repeats", "2").stdout
    assert "over the law that the examples were drawn from" in told


def test_a_run_with_a_users_network_is_evaluated_from_python(tmp_path: Path) -> None:
    fit(config(steps=1, parameterization="x"), tmp_path, data=DIGITS(), network=Own())
    said = refused("evaluate", str(tmp_path))
    assert "expected weights of the network level" in said and "udm.train.load(out, network=...)" in said


def test_a_users_conditional_network_is_evaluated_without_a_class(tmp_path: Path) -> None:
    fit(config(steps=1, parameterization="x", conditional=True), tmp_path, data=DIGITS(), network=Labelled())
    net = Labelled()
    found = evaluate(load(tmp_path, network=net).model, [DIGITS().read(range(8))[0]], values(17), repeats=2)
    assert found.total.value > 0 and net.seen == {-1}


@pytest.mark.parametrize(("target", "said"), [(300 * "a", "name too long"), ("law:grid", "No space")])
def test_an_error_of_the_system_is_one_line(
    target: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["udm", "evaluate", target, "--examples", "2000", "--repeats", "1", "--json"])
    with Path("/dev/full").open("w") as full, pytest.raises(SystemExit) as ended:
        monkeypatch.setattr(sys, "stdout", full)
        main()
    err = capsys.readouterr().err
    assert ended.value.code == 4 and said in err and err.count("\n") == 1


def test_asking_for_more_examples_than_there_are_is_refused(trained: Path) -> None:
    found = udm("evaluate", str(trained), "--examples", "1000", "--repeats", "2", "--json")
    assert json.loads(found.stdout)["examples"] == 359
    assert found.stderr == "udm: asked for 1000 examples; digits:test has 359, and all are taken\n"


@pytest.mark.parametrize(
    ("target", "args"),
    [
        ("RUN", ("--gamma-min", "-6")),
        ("RUN", ("--gamma-max", "6")),
        ("RUN", ("--shrink", "1")),
        ("law:grid", ("--part", "test")),
    ],
)
def test_a_setting_without_effect_is_refused(target: str, args: tuple[str, str], trained: Path) -> None:
    assert f"expected no {args[0]} for" in refused("evaluate", target.replace("RUN", str(trained)), *args)


def test_an_invariance_that_is_not_finite_fails_in_one_line(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LevelNet, "forward", lambda _, z, *__: z * torch.nan)
    for extra in ((), ("--json",)):
        args = ("--repeats", "16", "--examples", "4", "--out", str(tmp_path / "i.png"), *extra)
        assert "invariance: expected finite terms, got bound under" in refused(
            "invariance", str(trained), *args, status=BROKEN
        )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--gamma-min", "-40"), "expected sigma_0 >= 1.2e-07, which float32 resolves, got sigma_0 = 2.1e-09"),
        (("--schedule", "cosine", "--gamma-max", "80"), "expected 100 steps of samples equal in gamma, got cosine"),
    ],
)
def test_settings_whose_sampling_would_fail_are_refused_before_training(
    args: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    assert said in refused("train", *SMALL, *args, "--out", str(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("number", "word"), [(signal.SIGTERM, "terminated"), (signal.SIGINT, "stopped")])
def test_a_signal_after_the_training_ends_with_what_was_found(
    number: signal.Signals, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def struck(*_: Any, **__: Any) -> None:
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            signal.signal(signal.SIGINT, before)

    monkeypatch.setattr(sample, "drawn", struck)
    monkeypatch.setattr(after, "baselines", lambda *given: given[-1]("uniform", 4.0))
    written(tmp_path, 40)
    found = udm("train", *SMALL, "--data", str(tmp_path / "x.npy"), "--out", str(tmp_path / "run"), "--json")
    told = json.loads(found.stdout)
    assert found.exit_code == 128 + number and told["failed"] == word and told["total"]["value"] > 0
    assert f"udm: {word}; last checkpoint" in found.stderr and "Traceback" not in found.stderr


def test_a_training_that_cannot_fit_in_memory_is_refused_before_it_takes_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "x.npy", np.zeros((9, 3, 64, 64), np.uint8))
    args = ("train", *SMALL, "--samples", "0", "--data", str(tmp_path / "x.npy"), "--out", str(tmp_path / "run"))
    monkeypatch.setattr("udm.cli.memory.free", lambda _: 10**8)
    for size, given, instead in (
        ("0.27", ("--dense", "0"), "--network unet, or parts of at most 1 events"),
        ("1.3", (), "--dense 0, or --network unet"),  # weights of the dense layers alone are too many
    ):
        said = refused(*args, *given)
        assert f"expected {size} GB of memory for the network level, 4 events (3, 64, 64) of 256 levels at once" in said
        assert f"got 0.1 GB on cpu: give {instead}" in said
    assert not (tmp_path / "run").exists()
    monkeypatch.setattr("udm.cli.memory.free", lambda _: 3 * 10**8)
    monkeypatch.setattr(command, "fit", lambda *_, **__: (_ for _ in ()).throw(ValueError("went on")))
    assert "went on" in udm(*args, "--dense", "0").stderr


def test_labels_that_do_not_count_from_0_are_named_where_they_take_the_memory(tmp_path: Path) -> None:
    events, labels = np.zeros((12, 4, 4), np.uint8), np.arange(12)
    for name, given in (("few", labels), ("far", labels * 10**8)):
        np.savez(tmp_path / f"{name}.npz", images=events, labels=given)
    args = ("train", *SMALL, "--samples", "0", "--conditional", "--out", str(tmp_path / "run"), "--data")
    said = refused(*args, str(tmp_path / "far.npz"))
    assert "give labels that count from 0, of fewer than 1100000001 classes" in said
    assert udm(*args, str(tmp_path / "few.npz")).exit_code == 0


def test_a_run_goes_on_with_its_own_settings_where_none_are_typed(tmp_path: Path) -> None:
    """Defaults may have changed since it began; what is typed otherwise is refused."""
    written(tmp_path, 40)
    run = (
        "train",
        "--data",
        str(tmp_path / "x.npy"),
        "--out",
        str(tmp_path / "run"),
        "--samples",
        "0",
        "--examples",
        "0",
    )
    begun = udm(*run, *SMALL, "--dense", "8", "--dropout", "0.1", "--ema-decay", "0.9")
    assert begun.exit_code == 0, begun.stderr
    again = udm(*run, "--json")
    assert again.exit_code == 0 and json.loads(again.stdout)["steps"] == 1, again.stderr
    assert "got --dropout: 0.1, not 0.2" in refused(*run, "--dropout", "0.2")
    assert "got --ema-decay: 0.9, not 0.8" in refused(*run, "--ema-decay", "0.8")


ANNOUNCED = (
    "udm: training on cpu: {}/x.npy:train, 32 events (1, 4, 4) of 256 levels; network level of 314248 weights;"
    " 1 steps of 4; then the bound of the 8 held out, baselines, 64 samples\n"
)


def test_a_fault_of_a_held_out_image_is_found_before_the_training(tmp_path: Path) -> None:
    for place, size in (("train/a", 4), ("train/b", 4), ("test/c", 4), ("test/d", 5)):
        (tmp_path / "photos" / place).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (size, 4)).save(tmp_path / "photos" / f"{place}.png")
    args = ("train", *SMALL, "--data", str(tmp_path / "photos"), "--out", str(tmp_path / "run"))
    found = udm(*args)
    assert found.exit_code == 2 and "test/d.png: expected (4, 4) pixels" in found.stderr
    assert not list((tmp_path / "run/checkpoints").iterdir())
    (tmp_path / "photos/test/d.png").unlink()
    assert document(*args, "--samples", "0")["examples"] == 1


@pytest.mark.parametrize(("fault", "status"), [(ValueError, USAGE), (FloatingPointError, BROKEN)])
def test_results_computed_before_a_failure_are_printed(
    fault: type[Exception], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise fault("no picture")

    monkeypatch.setattr(sample, "drawn", fails)
    monkeypatch.setattr(after, "baselines", lambda *given: given[-1]("uniform", 4.0))
    on_a_file(tmp_path)
    args = ("train", *SMALL, "--data", str(tmp_path / "x.npy"), "--out", str(tmp_path / "run"))
    found = udm(*args, "--json")
    told = json.loads(found.stdout)
    assert (found.exit_code, found.stderr) == (status, f"{ANNOUNCED.format(tmp_path)}udm: no picture\n")
    assert told["failed"] == "no picture" and told["total"]["value"] > 0 and "uniform" in told["baselines"]
    page = udm(*args)
    assert page.exit_code == status and "total" in page.stdout and "uniform" in page.stdout
