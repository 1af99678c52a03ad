"""Latents and other data without levels, from a file to a bound and samples, and what is refused of them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.support.command import document, udm
from udm.cli.status import UNTOLD, WELL
from udm.data import Continuous, load
from udm.data.baseline import baselines
from udm.train import Config, fit
from udm.train import load as load_run
from udm.train.contents import contents

pytestmark = pytest.mark.usefixtures("one_thread")
NETS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.w = nn.Parameter(0.5 * torch.ones(shape))

    def forward(self, z, gamma):
        return self.w * torch.tanh(z)
"""
OWN = ("--network", "nets_of_latents:Net", "--parameterization", "eps", "--schedule", "linear")
SHORT = ("--steps", "2", "--batch", "4", "--samples", "2")


def numbers(*shape: int, scale: float = 1.0) -> Any:
    return (scale * np.random.default_rng(0).normal(size=shape)).astype(np.float32)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nets_of_latents.py").write_text(NETS)
    np.savez(tmp_path / "z.npz", latents=numbers(40, 4, 8, 8), labels=np.arange(40) % 3)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("decoder", ["gaussian", "none"])
def test_latents_are_trained_on_evaluated_and_sampled(decoder: str, place: Path) -> None:
    end = document(
        "train", "--data", "z.npz", "--decoder", decoder, *OWN, *SHORT, "--sample-every", "2", "--out", "run"
    )
    means = "upper bound on -log p(x), density, by a normal decoder" if decoder == "gaussian" else "KL(q(z_0 | x)"
    assert means in end["meaning"] and end["examples"] == 8
    assert ("baselines" in end) == (decoder == "gaussian")
    rest = end["reconstruction"]["value"]
    assert rest < 0 if decoder == "gaussian" else rest == 0
    with np.load("run/samples.npz") as file:
        assert file["x"].shape == (2, 4, 8, 8) and file["x"].dtype == np.float32 and "K" not in file
    assert Path("run/samples/00000002.npz").is_file()
    again = document("evaluate", "run", *OWN[:2], "--repeats", "2")
    assert means in again["meaning"]
    flow = document("evaluate", "run", *OWN[:2], "--flow", "--examples", "2", "--repeats", "2")
    assert "-log p(x) itself, density" in flow["meaning"]
    compared = udm("invariance", "run", *OWN[:2], "--repeats", "16", "--out", "i.png", "--json")
    assert compared.exit_code in (WELL, UNTOLD) and len(json.loads(compared.stdout)["schedules"]) == 4
    document("export", "run", *OWN[:2], "--examples", "2")
    assert f"without levels; decoder {decoder}" in Path("run/export/README.md").read_text()
    refused = udm("sample", "run", *OWN[:2], "--count", "2", "--out", "s.png")
    assert refused.exit_code == 2 and "expected a .npz for events without levels" in refused.stderr


def test_on_a_table_of_betas_the_first_step_decodes(place: Path) -> None:
    args = ("--data", "z.npz", "--decoder", "gaussian", *OWN[:4], "--schedule", "ddpm", "--T", "10")
    end = document("train", *args, *SHORT, "--out", "run")
    assert "10 steps of variance beta-tilde" in end["meaning"] and end["total"]["value"] > 0
    simple = document("train", *args[:-2], "--loss", "simple", *SHORT, "--examples", "0", "--out", "simple")
    assert simple["steps"] == 2
    refused = udm("train", *args[:2], "--decoder", "none", *args[4:], *SHORT, "--out", "none")
    assert refused.exit_code == 2 and "expected the decoder gaussian where sigma_0 = 0" in refused.stderr


def test_what_the_start_says_of_the_scale(place: Path) -> None:
    np.save("far.npy", 20 + numbers(20, 6))
    for data, far in (("z.npz", False), ("far.npy", True)):
        run = udm("train", "--data", data, "--decoder", "gaussian", *OWN, *SHORT, "--examples", "0", "--out", f"r{far}")
        assert run.exit_code == 0 and "without levels" in run.stderr and "standard deviation" in run.stderr
        assert ("expected a mean near 0" in run.stderr) == far


WRONG: dict[str, tuple[dict[str, Any], tuple[str, ...], str]] = {
    "no word": ({"x": numbers(9, 4)}, (), "train on them with --decoder gaussian, or none"),
    "levels": (
        {"x": np.zeros((9, 4), np.uint8)},
        ("--decoder", "none"),
        "expected floating numbers of continuous data",
    ),
    "not finite": (
        {"x": np.full((9, 4), np.nan)},
        ("--decoder", "none"),
        "got NaN or infinity (in float32) in event 0",
    ),
    "beyond float32": ({"x": np.full((9, 4), 1e300)}, ("--decoder", "none"), "got NaN or infinity (in float32)"),
    "both ways": ({"x": numbers(9, 4, 4, 4)}, ("--decoder", "none"), "which can be read both ways"),
    "another word": ({"x": numbers(9, 4)}, ("--decoder", "laplace"), "expected --decoder one of gaussian, none"),
    "levels too": (
        {"x": numbers(9, 4)},
        ("--decoder", "none", "--levels", "4"),
        "expected --levels none for continuous",
    ),
    "no network": ({"x": numbers(9, 4)}, ("--decoder", "none", "--network", "level"), "expected the network unet"),
    "an end that nothing holds": (
        {"x": numbers(9, 4)},
        ("--decoder", "none", "--schedule", "learned", "--learn-ends"),
        "expected --learn-ends false where no decoder holds an end",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_is_refused_in_one_line(name: str, place: Path) -> None:
    arrays, args, said = WRONG[name]
    np.savez("wrong.npz", **arrays)
    run = udm("train", "--data", "wrong.npz", *OWN, *args, *SHORT, "--out", "run")
    assert run.exit_code == 2 and said in run.stderr, run.output
    assert len([line for line in run.stderr.splitlines() if "expected" in line]) == 1


@pytest.mark.parametrize("source", ["digits", "folder"])
def test_what_has_levels_is_not_continuous(source: str, place: Path) -> None:
    (place / "folder").mkdir()
    run = udm("train", "--data", source, "--decoder", "none", *OWN, *SHORT, "--out", "run")
    assert run.exit_code == 2 and "expected a .npy or .npz file for continuous data" in run.stderr


class Alone(torch.nn.Module):
    """A network that takes z, and no gamma."""

    def __init__(self) -> None:
        super().__init__()
        self.w = torch.nn.Parameter(torch.tensor(0.5))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.w * z


class Timed(Alone):
    def forward(self, z: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        return self.w * z


def test_a_network_that_is_called_otherwise_is_refused(place: Path) -> None:
    data = Continuous("one", torch.from_numpy(numbers(20, 6)))
    config = Config(schedule="linear", parameterization="x", steps=1, batch=4)
    with pytest.raises(ValueError, match=r"expected a network of \(z, gamma\), got Alone\.forward\(z: .*\)"):
        fit(config, place / "run", data=data, network=Alone())
    args = ("--data", "z.npz", "--decoder", "gaussian", "--schedule", "linear", *SHORT, "--out", "run")
    for name, more, said in (
        ("tests.udm.train.test_latents:Alone", ("--parameterization", "x"), "expected a network of (z, gamma)"),
        ("tests.udm.train.test_latents:Timed", ("--parameterization", "x"), "got a network of timesteps"),
        ("nets_of_latents:Net", (), "expected --parameterization x, eps, v or score of nets_of_latents:Net, got none"),
    ):
        refused = udm("train", *args, "--network", name, *more)
        assert refused.exit_code == 2 and said in refused.stderr and "Traceback" not in refused.output
    document("train", *args, *OWN[:4], "--examples", "0")
    levels = udm("evaluate", "run", *OWN[:2], "--data", "z.npz", "--levels", "17")
    assert levels.exit_code == 2 and "expected no --levels for a run on data without levels" in levels.stderr
    again = udm("evaluate", "run")
    assert "expected the network nets_of_latents:Net, got none; a network that was given" in again.stderr


SHAPES = {
    "channels first": ((5, 16, 8, 8), (16, 8, 8)), "channels last": ((5, 8, 8, 16), (16, 8, 8)),
    "four channels, square": ((5, 4, 8, 8), (4, 8, 8)), "four places, sixteen channels": ((5, 16, 4, 4), (16, 4, 4)),
    "oblong, few channels last": ((5, 8, 6, 4), (4, 8, 6)), "oblong, many channels": ((5, 16, 8, 6), (16, 8, 6)),
    "no channels": ((5, 8, 8), (1, 8, 8)), "vectors": ((5, 7), (7,)), "films": ((5, 2, 3, 8, 8), (2, 3, 8, 8)),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_where_the_channels_are(name: str, tmp_path: Path) -> None:
    stored, event = SHAPES[name]
    np.save(tmp_path / "x.npy", numbers(*stored))
    data = load(tmp_path / "x.npy", "all", continuous=True)
    assert data.shape == event and data.K == 0 and data.read([0])[0].dtype == torch.float32


def test_all_of_the_data_identify_a_run(tmp_path: Path) -> None:
    x = torch.from_numpy(numbers(20, 6))
    other = x.clone()
    other[7, 3] += 1e-6
    assert (
        contents(Continuous("one", x)) == contents(Continuous("two", x.clone())) != contents(Continuous("one", other))
    )

    class Net(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = torch.nn.Parameter(torch.tensor(0.5))

        def forward(self, z: torch.Tensor, gamma: torch.Tensor) -> torch.Tensor:
            return self.w * z

    config = Config(schedule="learned", hidden=4, learn_ends=True, parameterization="x", steps=3, batch=4, save_every=3)
    run = fit(config, tmp_path / "run", data=Continuous("one", x), network=Net())
    assert run.config.decoder == "gaussian" and load_run(tmp_path / "run", network=Net()).data["K"] == 0
    with torch.no_grad():
        low = run.schedule.span()[0]
    assert low != pytest.approx(2 * np.log(0.01), abs=1e-9)  # the decoder moves the end that it holds
    with pytest.raises(ValueError, match=r"expected the data of this run"):
        fit(config, tmp_path / "run", data=Continuous("one", other), network=Net())
    state = json.loads((tmp_path / "run/config.json").read_text())
    assert state["decoder"] == "gaussian"


def test_the_cost_without_a_model_is_a_normal_density() -> None:
    x = torch.from_numpy(numbers(4000, 3, scale=2.0))
    found = baselines(Continuous("a", x[:2000]), Continuous("b", x[2000:]))
    exact = (np.log(2 * np.pi * 4) + 1) / 2 / np.log(2)
    # the mean of 6000 squares of standard deviation sqrt(2)/2 nats, and as much again for the fitted variance
    assert list(found) == ["normal"] and found["normal"] == pytest.approx(exact, abs=5 * 1.02 * (2 / 6000) ** 0.5)
