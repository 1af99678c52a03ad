"""Faults that stop a run: numbers that are not finite, contradictory settings, and folders of another run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.support.tiny import DIGITS, config, different, newest
from udm.data import Array
from udm.network.build import defaults
from udm.process import Marginal
from udm.schedule import Betas, Cosine, Learned, LinearGamma
from udm.train import Config, NonFinite, fit
from udm.train.journal import losses
from udm.train.randomness import draw, order

pytestmark = pytest.mark.usefixtures("one_thread")


class Fails(nn.Module):
    """A network that predicts w tanh z, and fails on row 5 of the batch in forward call ``at``."""

    def __init__(self, fault: str | None, at: int) -> None:
        super().__init__()
        self.w, self.fault, self.left = nn.Parameter(torch.tensor(0.5)), fault, at

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        x_hat, self.left = self.w * torch.tanh(z), self.left - 1
        if self.left == -1 and self.fault == "loss":
            x_hat = torch.where((torch.arange(len(z)) == 5)[:, None, None, None], torch.inf, x_hat)
        if self.left == -1 and self.fault == "gradient":
            x_hat = x_hat + torch.sqrt(0 * self.w)  # 0, and its slope is inf * 0
        return x_hat


def run(out: Path, fault: str | None, **changes: Any) -> None:
    settings = config(parameterization="x", accumulate=2, save_every=2, **changes)
    fit(settings, out, data=DIGITS(), network=Fails(fault, at=7))  # the second part of step 3


@pytest.mark.parametrize("fault", ["loss", "gradient"])
def test_a_number_that_is_not_finite_stops_the_run_before_the_update(fault: str, tmp_path: Path) -> None:
    with pytest.raises(NonFinite, match=r"step 3.*nonfinite-00000003-0\.json.*last checkpoint") as stopped:
        run(tmp_path / "run", fault)
    told = json.loads((tmp_path / "run/nonfinite-00000003-0.json").read_text())
    assert (told["step"], told["seed"], told["rank"]) == (3, 0, 0)
    positions = order(0, len(DIGITS()), 3 * 32, 32)
    times = draw(0, 3, range(32), 32, DIGITS().shape, torch.device("cpu")).t.tolist()
    if fault == "loss":
        assert [(e["position"], e["t"], e["loss"]) for e in told["examples"]] == [(positions[21], times[21], "inf")]
        assert f"example is {positions[21]} of digits:train at t = {times[21]:.6g}" in str(stopped.value)
    else:
        assert told["what"] == "gradients"
        assert [(e["position"], e["t"]) for e in told["examples"]] == list(zip(positions, times, strict=True))
    assert len(losses(tmp_path / "run")) == 3
    run(tmp_path / "whole", None, steps=6)
    stored, whole = newest(tmp_path / "run"), tmp_path / "whole/checkpoints/00000002"
    assert stored.state["step"] == 2 and whole.is_dir()
    run(tmp_path / "run", None)  # from the last checkpoint, without the fault
    assert different(tmp_path / "run", tmp_path / "whole") == []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "learned schedule, finite T": ({"T": 10}, "T none for a learned schedule"),
    "learned schedule, simple loss": ({"loss": "simple"}, "loss vlb for a learned schedule"),
    "ends of a fixed schedule": ({"schedule": "linear", "learn_ends": True}, "learn_ends false"),
    "width of a fixed schedule": ({"schedule": "linear", "hidden": 8}, "hidden 128 unless the schedule is learned"),
    "rate of a fixed schedule": ({"schedule": "linear", "schedule_lr": 0.2}, "schedule_lr 0.1 unless the schedule is"),
    "one level": ({"levels": 0}, "levels at least 2"),
    "rate beyond float32": ({"lr": 1e38}, r"lr at most 1e\+06"),
    "T without a bound": ({"schedule": "linear", "loss": "simple", "T": 10}, "T none for the loss simple"),
    "parts of a batch": ({"batch": 10, "accumulate": 3}, "batch a multiple of accumulate = 3"),
    "ends in the wrong order": ({"gamma_min": 6.0, "gamma_max": -9.0}, "gamma_min below"),
    "an end at infinity": ({"gamma_min": -float("inf")}, "gamma_min finite"),
    "no such loss": ({"loss": "elbo"}, "loss one of vlb, mse"),
    "no such schedule": ({"schedule": "cos"}, "schedule one of learned"),
    "no such parameterization": ({"parameterization": "noise"}, "parameterization one of x, eps, v, score"),
    "no such precision": ({"precision": "fp16"}, "precision one of no, bf16"),
    "no steps": ({"steps": 0}, "steps at least 1"),
    "half a step": ({"steps": 1.5}, "steps of type int"),
    "a word for a number": ({"lr": "1e-3"}, "lr of type float"),
    "true for a number": ({"batch": True}, "batch of type int"),
    "rate nan": ({"lr": float("nan")}, "lr finite and > 0"),
    "average of 1": ({"average": 1.0}, r"average in \[0, 1\)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_settings_are_refused_by_name(case: str) -> None:
    settings, message = REFUSED[case]
    with pytest.raises(ValueError, match=f"^udm.train.Config: expected {message}"):
        config(**settings)


def test_settings_survive_json() -> None:
    settings = config(T=None, parameterization="v", lr=1)
    assert Config.from_json(json.loads(json.dumps(settings.to_json()))) == settings
    for stored, message in (
        ({**settings.to_json(), "x": 1}, "got also x"),
        (3, "int"),
    ):
        with pytest.raises(ValueError, match=message):
            Config.from_json(stored)


def test_settings_of_an_earlier_version_are_read_with_the_defaults() -> None:
    earlier = {k: v for k, v in config(lr=1.0).to_json().items() if k != "compile"}
    assert Config.from_json(earlier) == config(lr=1.0)
    before = Config.from_json({k: v for k, v in earlier.items() if k not in ("dense", "fading")})
    assert before.dense == 0 and before.fading is False, "attention everywhere, as it had"
    fixed = config(schedule="linear")
    assert Config.from_json(fixed.to_json() | {"hidden": 8}) == fixed, "which was said in vain"


def test_a_run_records_the_options_that_its_network_takes_by_itself() -> None:
    assert set(defaults("level")) == {"channels", "blocks", "dropout", "dense", "fading"}
    assert Config().resolved(17).options == defaults("level")
    assert Config(channels=8, dense=0).resolved(17).options == defaults("level") | {"channels": 8, "dense": 0}
    assert Config(network="unet").resolved(17).options == defaults("unet")
    with pytest.raises(ValueError, match="expected dense none but for the network level, got 8"):
        Config(network="unet", dense=8)
    with pytest.raises(ValueError, match="expected fading none but for the network level, got True"):
        Config(network="unet", fading=True)


class Back(LinearGamma):
    """A schedule whose gamma falls in the middle."""

    def _marginal(self, t: Tensor) -> Marginal:
        gamma = super()._marginal(t).gamma
        return Marginal.from_gamma(torch.where((t > 0.5) & (t < 0.6), -gamma - 3, gamma))


TABLE = Betas.linear(20)
UNFIT: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "gamma not increasing": ({"schedule": "linear"}, {"schedule": Back()}, "increasing, got otherwise at t = 0.50"),
    "gamma infinite": ({"schedule": "cosine"}, {"schedule": Cosine()}, "at t = 0 of Cosine.*Truncated"),
    "gamma infinite at 1": ({"schedule": "cosine", "loss": "simple"}, {"schedule": Cosine()}, "at t = 1 of Cosine"),
    "betas without T": ({"schedule": "linear"}, {"schedule": TABLE}, "T, or .* 20 betas, .* no derivative.* T = 20"),
    "betas under a weight": ({"schedule": "linear", "loss": "sigmoid"}, {"schedule": TABLE}, "loss sigmoid: give T"),
    "betas between": ({"schedule": "linear", "T": 15}, {"schedule": TABLE}, "expected T a divisor of 20, .* got 15"),
    "another schedule than told": ({"schedule": "linear"}, {"schedule": Learned()}, "config.schedule = linear"),
    "module without its meaning": ({}, {"network": nn.Identity()}, "config.parameterization"),
    "weight without the loss": ({}, {"weight": torch.ones_like}, 'only if config.loss is "weighted"'),
    "loss without the weight": ({"loss": "weighted", "schedule": "linear"}, {}, 'only if config.loss is "weighted"'),
    "no such network": ({"network": "dit"}, {}, '"level" or "unet", got \'dit\''),
    "width": ({"channels": 12}, {}, "channels a multiple of 8"),
    "out of reach": ({"schedule": "beta", "gamma_max": 20.0}, {}, "ends within the range of BetaLinear"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_a_schedule_or_network_that_does_not_fit_is_refused(case: str, tmp_path: Path) -> None:
    settings, given, message = UNFIT[case]
    with pytest.raises(ValueError, match=message):
        fit(config(**settings), tmp_path / "run", data=DIGITS(), **given)
    assert not (tmp_path / "run").exists()


def test_classes_are_used_only_with_data_that_has_them(tmp_path: Path) -> None:
    plain = Array("plain", torch.zeros(40, 1, 8, 8, dtype=torch.uint8), 17)
    with pytest.raises(ValueError, match="data with classes for a conditional network, got plain without"):
        fit(config(conditional=True), tmp_path / "run", data=plain)


class Flat(Fails):
    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return super().forward(z, gamma).flatten(1)


def test_a_prediction_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=re.escape("udm.Model.denoiser: expected prediction of shape (32, 1, 8, 8), as z, got (32, 64)"),
    ):
        fit(config(parameterization="x"), tmp_path / "run", data=DIGITS(), network=Flat(None, 0))


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/a.txt").write_text("dear")
    (tmp_path / "file").write_text("x")
    (tmp_path / "web").mkdir()
    (tmp_path / "web/config.json").write_text('{"name": "site"}')
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn/config.json").write_text('{"name"')
    for name, message in (
        ("letters", "other things"),
        ("file", "other things"),
        ("web", "got also name"),
        ("torn", "config.json"),
    ):
        with pytest.raises(ValueError, match=message):
            fit(config(), tmp_path / name, data=DIGITS())
    assert [p.name for p in (tmp_path / "letters").iterdir()] == ["a.txt"]


def test_a_run_of_other_settings_is_left_alone(tmp_path: Path) -> None:
    fit(config(steps=1), tmp_path / "run", data=DIGITS())
    before = newest(tmp_path / "run")
    with pytest.raises(ValueError, match=re.escape("got lr: 0.002, not 0.01; seed: 0, not 1; choose another folder")):
        fit(config(steps=1, lr=0.01, seed=1), tmp_path / "run", data=DIGITS())
    fit(config(steps=1, batch=16), tmp_path / "other", data=DIGITS())
    with pytest.raises(ValueError, match="expected the settings of this run, got batch: 16, not 32"):
        fit(config(steps=1), tmp_path / "run", data=DIGITS(), resume_from=tmp_path / "other/checkpoints/00000001")
    assert newest(tmp_path / "run").state == before.state
