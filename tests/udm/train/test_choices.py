"""What a user chooses from the shell: weights, a network, classes, places of samples; and how a signal ends it."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.command import ROOT, document, udm
from tests.support.tiny import newest
from udm.cli import terms
from udm.cli.status import BROKEN, MEANING, USAGE
from udm.data import Data
from udm.data import load as load_data
from udm.train import Unfit, export, load

pytestmark = pytest.mark.usefixtures("one_thread")

FEW = ("--examples", "8", "--repeats", "2")
NETS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.w = nn.Parameter(0.5 * torch.ones(shape))

    def forward(self, z, gamma):
        return self.w * torch.tanh(z)

class Wide(Net):
    def __init__(self, width):
        super().__init__((1, width, width))

number = lambda: 3
"""


def test_live_weights_are_those_of_the_last_step(trained: Path) -> None:
    live, averaged = (load(trained, weights=w) for w in ("live", "averaged"))  # type: ignore[arg-type]
    stored = newest(trained).tensors
    for name, mine in live.network.state_dict().items():
        assert torch.equal(mine, stored["model"][name])
    assert any(
        not torch.equal(a, b) for a, b in zip(live.network.parameters(), averaged.network.parameters(), strict=True)
    )
    told = [document("evaluate", str(trained), *FEW, *args) for args in ((), ("--weights", "live"))]
    assert [t["weights"] for t in told] == ["averaged", "live"] and told[0]["total"] != told[1]["total"]
    assert "live" in udm("evaluate", str(trained), *FEW, "--weights", "live").stdout
    assert udm("evaluate", str(trained), "--weights", "best").exit_code == USAGE


def test_a_likelihood_given_classes_gives_each_example_its_own(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[torch.Tensor] = []
    told = document("evaluate", str(trained), *FEW)
    network = load(trained).network
    forward = type(network).forward

    def noted(self: Any, z: torch.Tensor, gamma: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        seen.append(label)
        return forward(self, z, gamma, label)

    monkeypatch.setattr(type(network), "forward", noted)
    given = document("evaluate", str(trained), *FEW, "--conditional")
    part: Data = terms.taken(load_data("digits", "test"), 8)
    assert all(torch.equal(label, part.read(range(8))[1]) for label in seen) and seen
    assert given["total"] != told["total"] and "log P(x | class)" in given["meaning"]


def test_classes_are_refused_of_a_network_without_them(tmp_path: Path) -> None:
    small = ("--steps", "1", "--batch", "4", "--channels", "8", "--blocks", "1", "--samples", "0", "--examples", "0")
    end = document("train", *small, "--ema-decay", "0.5", "--out", str(tmp_path / "run"))
    assert "total" not in end and json.loads((tmp_path / "run/config.json").read_text())["average"] == 0.5
    assert "trained with --conditional" in udm("evaluate", str(tmp_path / "run"), "--conditional").stderr


def test_a_network_of_a_module_is_trained_and_evaluated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_nets.py").write_text(NETS)
    monkeypatch.chdir(tmp_path)
    own = ("--network", "my_nets:Net")
    train = ("train", *own, "--parameterization", "x", "--schedule", "linear", "--steps", "4", "--batch", "8")
    end = document(*train, "--samples", "4", "--sample-every", "2", "--examples", "8", "--out", "run")
    assert end["drawn_from"] == "8 of 359" and sorted(p.name for p in Path("run/samples").iterdir()) == [
        "00000002.png",
        "00000004.png",
    ]
    assert document("evaluate", "run", *own, *FEW)["examples"] == 8
    assert document("sample", "run", *own, "--count", "2", "--steps", "2")["count"] == 2
    document("export", "run", *own, "--examples", "8")
    assert document("evaluate", "run/export", *own, *FEW)["step"] == 4
    missing = udm("evaluate", "run", "--json")
    assert missing.exit_code == USAGE and "--network module:Class" in json.loads(missing.stdout)["failed"]
    for name, said in {
        "my_nets": "expected module:Class",
        "no_nets:Net": "expected a module no_nets",
        "my_nets:Nut": "expected Nut in the module my_nets",
        "my_nets:Wide": "got also width",
        "my_nets:number": "to make a torch.nn.Module, got int",
    }.items():
        found = udm("evaluate", "run", "--network", name)
        assert found.exit_code == USAGE and said in found.stderr, found.output


def test_an_export_is_read_as_a_run_and_its_card_says_what_it_is(trained: Path, tmp_path: Path) -> None:
    told = document("export", str(trained), "--examples", "16", "--out", str(tmp_path / "out"))
    card = (tmp_path / "out" / "README.md").read_text()
    total = f"| total | {told['total']['value']:.5g} |"
    for words in ("Learned (learned), gamma from -9", "predicts x, the data", total):
        assert words in card, card
    one, other = load(trained), load(tmp_path / "out")
    z, gamma = torch.randn(2, 1, 8, 8), torch.zeros(2)
    assert torch.equal(one.model.denoiser(z, gamma), other.model.denoiser(z, gamma))
    t = torch.linspace(0, 1, 9, dtype=torch.float64)
    assert torch.equal(one.model.schedule.gamma(t), other.model.schedule.gamma(t))
    with pytest.raises(Unfit, match="expected live weights, got an export of others"):
        load(tmp_path / "out", weights="live")
    assert "Not evaluated" in (export(one, tmp_path / "bare") / "README.md").read_text()
    file = tmp_path / "out" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-9])
    torn = udm("evaluate", str(tmp_path / "out"), "--json")
    assert torn.exit_code == BROKEN and json.loads(torn.stdout)["status"] == BROKEN


def test_samples_are_written_as_the_place_says(trained: Path, tmp_path: Path) -> None:
    args = ("sample", str(trained), "--count", "3", "--steps", "2", "--label", "4", "--out")
    document(*args, str(tmp_path / "s.npz"))
    with np.load(tmp_path / "s.npz") as file:
        stored = dict(file)
    assert stored["x"].shape == (3, 1, 8, 8) and list(stored["labels"]) == [4, 4, 4] and int(stored["K"]) == 17
    again = load_data(tmp_path / "s.npz", "all", levels=17)
    assert len(again) == 3 and again.labels == 5
    document(*args, str(tmp_path / "folder"))
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["0.png", "1.png", "2.png"]
    pixels = load_data(str(tmp_path / "folder"), "all").read(range(3))[0]
    assert torch.equal(pixels.double(), (torch.from_numpy(stored["x"]).double() * 255 / 16).round())
    refused = udm(*args, str(tmp_path / "s.jpg"))
    assert refused.exit_code == USAGE and "expected a .png for a grid" in refused.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_an_evaluation_with_what_was_found(
    number: signal.Signals, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "LOGITS", 17 * 64 * 5)  # five examples a batch
    calls: list[int] = []

    def struck(self: Any, rows: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            os.kill(os.getpid(), number)
        return original(self, rows)

    part = type(terms.taken(load_data("digits", "test"), 20))
    original = part.read
    whole = document("evaluate", str(trained), "--examples", "20", "--repeats", "2")
    monkeypatch.setattr(terms, "fitting", lambda *_, **__: load_data("digits", "test"))
    monkeypatch.setattr("udm.cli.evaluate.fitting", terms.fitting)
    monkeypatch.setattr(part, "read", struck)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        found = udm("evaluate", str(trained), "--examples", "20", "--repeats", "2", "--json")
    finally:
        signal.signal(signal.SIGINT, before)
    told = json.loads(found.stdout)
    assert found.exit_code == 128 + number == told["status"] and 0 < told["examples"] < whole["examples"] == 20
    assert told["stopped_at"] == f"{told['examples']} of 20" and told["total"]["value"] > 0


def test_an_option_that_there_is_not_has_a_document_too() -> None:
    for args in (("evaluate", "x", "--nonsense", "--json"), ("--nonsense", "--json"), ("find", "--json")):
        found = udm(*args)
        told = json.loads(found.stdout)
        assert found.exit_code == USAGE == told["status"] and told["failed"], args
    assert udm("evaluate", "x", "--nonsense").stdout == ""


def test_the_page_of_exit_statuses_says_what_the_program_does() -> None:
    page = (ROOT / "docs/reference/statuses.md").read_text()
    assert {int(n): words for n, words in re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE)} == MEANING
