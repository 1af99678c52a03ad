"""Tables of betas by their names on the command line, and networks that are taught their variance."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.support.command import document, udm
from tests.support.tiny import DIGITS, config
from udm.calling import Ranged
from udm.network import build
from udm.schedule import Betas
from udm.train import Config, Unfit, fit, load
from udm.train.path import path

pytestmark = pytest.mark.usefixtures("one_thread")
NETS = """
import torch
from torch import nn

class Wide(nn.Module):
    def __init__(self, labels):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([0.9, 0.5]))

    def forward(self, z, gamma, label=None):
        said = self.w[1] * torch.tanh(z if label is None else z + label[:, None, None, None] / 10)
        return torch.cat([self.w[0] * torch.tanh(z), said], dim=1)
"""
SHORT = ("--steps", "2", "--batch", "4", "--samples", "2")
HYBRID = ("--loss", "hybrid", "--schedule", "iddpm", "--T", "5", "--network", "nets_of_variance:Wide")
HYBRID += ("--parameterization", "x")
FEW = ("--network", "nets_of_variance:Wide", "--examples", "4", "--repeats", "2")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "nets_of_variance.py").write_text(NETS)
    x = np.random.default_rng(0).integers(0, 256, (40, 4, 4), dtype=np.uint8)
    np.savez(tmp_path / "x.npz", x=x, y=np.arange(40) % 3)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_names_are_the_tables_of_the_papers() -> None:
    for name, table in (("ddpm", Betas.linear(1000)), ("iddpm", Betas.cosine(1000))):
        made = path(Config(schedule=name, T=1000))
        assert isinstance(made, Betas) and torch.equal(made.betas, table.betas)


@pytest.mark.parametrize("conditional", [False, True])
def test_a_network_is_taught_its_variance_and_the_commands_use_it(conditional: bool, place: Path) -> None:
    more = ("--conditional",) if conditional else ()
    run = ("train", "--data", "x.npz", *HYBRID, *SHORT, *more, "--sample-every", "2", "--out", "run")
    end = document(*run)
    assert "5 steps of variance learned" in end["meaning"]
    assert isinstance(load("run", network=own("run")).model.denoiser, Ranged)
    by = {how: document("evaluate", "run", *FEW, *args) for how, args in VARIANCES.items()}
    assert by[""]["total"] == by["learned"]["total"] != by["beta"]["total"]
    assert by[""]["variance"] == "learned" and "variance learned" in by[""]["meaning"]
    if conditional:
        given = document("evaluate", "run", *FEW, "--conditional")
        assert "variance learned" in given["meaning"] and given["total"] != by[""]["total"]
    sampled = ("sample", "run", "--network", "nets_of_variance:Wide", "--count", "2", "--steps", "5", "--out")
    labels = ("--label", "1") if conditional else ()
    for name, args in {"default": (), "learned": ("--variance", "learned"), "beta": ("--variance", "beta")}.items():
        document(*sampled, f"{name}.npz", *labels, *args)
    one, other, beta = (np.load(f"{name}.npz")["x"] for name in ("default", "learned", "beta"))
    assert np.array_equal(one, other) and not np.array_equal(one, beta)
    if conditional:
        refused = udm(*sampled, "s.npz", *labels, "--guidance", "2", "--variance", "learned")
        assert refused.exit_code == 2 and "and no guidance" in refused.stderr
        document(*sampled, "s.npz", *labels, "--guidance", "2")


VARIANCES = {"": (), "learned": ("--variance", "learned"), "beta": ("--variance", "beta")}


def own(run: str) -> torch.nn.Module:
    from udm.cli.networks import own_network

    return own_network("nets_of_variance:Wide")((1, 4, 4), 256, 0)


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "level": (
        ("--loss", "hybrid", "--schedule", "ddpm", "--T", "5"),
        "expected the network unet, or a given one of twice",
    ),
    "no table": (("--loss", "hybrid", "--schedule", "linear", "--T", "5", *HYBRID[6:]), "expected sigma_0 = 0"),
    "no T": (("--loss", "hybrid", "--schedule", "ddpm"), "expected --T a number of steps for the loss hybrid"),
    "T that does not divide": (("--loss", "vlb", "--schedule", "ddpm", "--T", "7"), "expected --T a divisor of 1000"),
    "the bound without T": (("--schedule", "ddpm"), "give T = 1000 with the loss vlb"),
    "ends of its own": (("--schedule", "ddpm", "--T", "5", "--gamma-min", "-5"), "which has ends of its own"),
    "given": (("--schedule", "given"), 'as config.schedule = "given" says, or one of learned'),
    "no such": (
        ("--schedule", "betas"),
        "expected --schedule one of learned, linear, cosine, beta, sigmoid, ddpm, iddpm",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_in_one_line(name: str, place: Path) -> None:
    args, said = REFUSED[name]
    run = udm("train", "--data", "x.npz", *SHORT, *args, "--out", "run")
    assert run.exit_code == 2 and said in run.stderr, run.output


def test_what_a_table_has_not_is_said(place: Path) -> None:
    small = ("--channels", "8", "--blocks", "1", "--dense", "0", "--examples", "0")
    document("train", "--data", "x.npz", "--schedule", "ddpm", "--loss", "mse", *SHORT, *small, "--out", "run")
    for args, said in (
        (("invariance", "run"), "expected a run in continuous time, got one on a table of 1000 betas"),
        (
            ("evaluate", "run", "--schedule", "linear"),
            "expected no --schedule for a run on ddpm, a table of 1000 betas",
        ),
        (("evaluate", "run", "--variance", "learned"), "expected a run with the loss hybrid for --variance learned"),
        (("evaluate", "run", "--continuous"), "got a table of betas"),
        (("evaluate", "run", "--flow"), "which has no derivative"),
        (("sample", "run", "--grid", "gamma"), "expected --grid time on a table of 1000 betas"),
        (("sample", "run", "--steps", "1001"), "expected --steps from 1 to 1000"),
        (("sample", "run", "--variance", "learned"), "expected a run with the loss hybrid, and no guidance"),
        (("sample", "run", "--sampler", "ddim", "--variance", "beta"), "with --sampler ancestral alone"),
    ):
        refused = udm(*args)
        assert refused.exit_code == 2 and said in refused.stderr, refused.output
    for sampler in ("ddim", "dpm++2m", "heun", "euler"):
        assert document("sample", "run", "--sampler", sampler, "--count", "2", "--steps", "4")["grid"] == "time"
    assert document("evaluate", "run", "--T", "5", "--examples", "4", "--repeats", "2")["T"] == 5
    assert "--variance learned" in udm("evaluate", "law:gaussian", "--T", "4", "--variance", "learned").stderr


def test_a_schedule_that_is_given_is_said_to_be_given(tmp_path: Path) -> None:
    table, small = Betas.linear(20), {"steps": 1, "loss": "mse", "parameterization": None}
    run = fit(config(schedule="given", gamma_min=None, **small), tmp_path / "given", data=DIGITS(), schedule=table)
    assert run.config.gamma_min is None
    assert json.loads((tmp_path / "given/config.json").read_text())["schedule"] == "given"
    with pytest.raises(Unfit, match="expected the schedule of its training, which was given"):
        load(tmp_path / "given")
    assert load(tmp_path / "given", schedule=table).model.schedule is table
    with pytest.raises(ValueError, match=r'expected config\.schedule "given" for a schedule that is given, got ddpm'):
        fit(config(schedule="ddpm", gamma_min=None, **small), tmp_path / "two", data=DIGITS(), schedule=table)
    with pytest.raises(ValueError, match=r'expected a schedule, as config\.schedule = "given" says'):
        fit(config(schedule="given", gamma_min=None, **small), tmp_path / "none", data=DIGITS())


def test_the_unet_has_twice_the_channels_where_it_says_its_variance() -> None:
    pytest.importorskip("diffusers", reason="expected diffusers (pip install '.[images]'), got none")
    z, gamma = torch.randn(2, 1, 8, 8), torch.zeros(2)
    assert build("unet", (1, 8, 8), 17, channels=8, blocks=1, ranged=True)(z, gamma).shape == (2, 2, 8, 8)
    latents = build("unet", (4, 8, 8), 0, channels=8, blocks=1)
    assert latents(torch.randn(2, 4, 8, 8), gamma).shape == (2, 4, 8, 8) and not latents.features  # type: ignore[union-attr]
