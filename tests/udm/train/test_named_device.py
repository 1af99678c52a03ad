"""`--device` of each command that uses a run: the CPU by name, and a device that is not there, in one line."""

import json
from pathlib import Path

import pytest
import torch

from tests.support.command import document, udm
from udm.cli.status import USAGE
from udm.cli.terms import device
from udm.train import load

pytestmark = pytest.mark.usefixtures("one_thread")

FEW = ("--examples", "4", "--repeats", "2")
SMALL = ("--steps", "1", "--batch", "4", "--channels", "8", "--blocks", "1", "--samples", "0", "--examples", "4")
NONE = ["nonsense", "meta", "cpu:x", "gpu", "", "cuda:99"]


def commands(run: Path, out: Path) -> dict[str, tuple[str, ...]]:
    return {
        "train": ("train", *SMALL, "--out", str(out / "new")),
        "evaluate": ("evaluate", str(run), *FEW),
        "sample": ("sample", str(run), "--count", "1", "--steps", "1", "--out", str(out / "s.npz")),
        "export": ("export", str(run), "--examples", "0", "--out", str(out / "export")),
        "invariance": ("invariance", str(run), "--examples", "4", "--repeats", "16", "--out", str(out / "i.png")),
    }


@pytest.mark.parametrize("name", ["train", "evaluate", "sample", "export", "invariance"])
def test_the_cpu_is_taken_by_name_and_what_is_no_device_is_refused(name: str, trained: Path, tmp_path: Path) -> None:
    command = commands(trained, tmp_path)[name]
    no_card = [] if torch.cuda.is_available() else ["cuda", "cuda:0"]
    for asked in [*NONE, *no_card]:
        found = udm(*command, "--device", asked, "--json")
        assert found.exit_code == USAGE and found.stderr.count("\n") == 1, found.output
        told = json.loads(found.stdout)
        assert told["status"] == USAGE and "--device: expected device to be one of this machine" in told["failed"]
        assert repr(asked) in told["failed"]
    assert list(tmp_path.iterdir()) == []  # nothing was begun
    if name != "invariance":  # which takes long, and reads the option where the others do
        assert "failed" not in document(*command, "--device", "cpu")


def test_the_device_is_the_one_that_the_run_is_loaded_on(trained: Path) -> None:
    assert device("cpu") == torch.device("cpu") == load(trained, device="cpu").device
    assert device() == torch.device("cuda" if torch.cuda.is_available() else "cpu")
