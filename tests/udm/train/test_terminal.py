"""Training on a table whose last beta is 1: with x or v, and a loss that teaches something where alpha = 0."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.support.tiny import DIGITS, config
from udm import Marginal, diffuse, target
from udm.calling import Timestepped
from udm.data import values
from udm.denoiser import Parameterization
from udm.likelihood import evaluate
from udm.model import Model
from udm.network import LevelNet
from udm.sample import sample, trailing
from udm.schedule import Betas
from udm.train import fit, load
from udm.train.journal import losses
from udm.train.objective import discrete_loss, weighted_loss

pytestmark = pytest.mark.usefixtures("one_thread")

TABLE = Betas.linear(20).rescaled()
SETTINGS: dict[str, Any] = {"steps": 2, "decay_steps": 3, "schedule": "linear"}


class Scaled(nn.Module):
    """A user's module of (z, gamma) that is finite wherever gamma is infinite."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.w * torch.tanh(z) * torch.sigmoid(-gamma).reshape(-1, 1, 1, 1) + 0.1 * self.w


class Numbered(nn.Module):
    """A module of (z, number of the step)."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, timestep: Tensor) -> Tensor:
        return self.w * torch.tanh(z) * (timestep.reshape(-1, 1, 1, 1) / 20)


class Sines(nn.Module):
    """A module with an embedding of gamma that is NaN at infinity."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.w * z * torch.sin(gamma).reshape(-1, 1, 1, 1)


@pytest.mark.parametrize("kind", ["x", "v"])
@pytest.mark.parametrize("loss", ["mse", "vlb"])
def test_x_and_v_are_trained_read_back_evaluated_and_sampled(kind: Parameterization, loss: str, tmp_path: Path) -> None:
    told = config(**SETTINGS, parameterization=kind, loss=loss, T=20 if loss == "vlb" else None)
    fit(told, tmp_path, data=DIGITS(), network=Scaled(), schedule=TABLE)
    fit(dataclasses.replace(told, steps=3), tmp_path, data=DIGITS(), network=Scaled(), schedule=TABLE)
    assert len(losses(tmp_path)) == 3 and all(map(math.isfinite, losses(tmp_path)))
    back = load(tmp_path, network=Scaled(), schedule=TABLE)
    assert float(back.network.w) != 0.5
    found = evaluate(back.model, [DIGITS().read(range(8))[0]], values(17), repeats=2)
    assert math.isfinite(found.total.value) and found["prior"].value == 0
    assert bool(sample(back.model, (2, 1, 8, 8), grid=trailing(20, 5)).isfinite().all())


@pytest.mark.parametrize("network", ["steps", "level"])
def test_networks_of_steps_and_the_own_network_are_finite_there(network: str, tmp_path: Path) -> None:
    given = Timestepped(Numbered(), TABLE, steps_from=0) if network == "steps" else None
    told = config(**SETTINGS, parameterization="x", loss="mse")
    fit(told, tmp_path, data=DIGITS(), network=given, schedule=TABLE)
    assert len(losses(tmp_path)) == 2 and all(map(math.isfinite, losses(tmp_path)))


def test_the_own_network_at_no_signal_is_its_limit() -> None:
    """At gamma = 40 the SNR is 4e-18, which float32 cannot tell from none; between 60 and infinity all are one."""
    torch.manual_seed(0)
    net, z = LevelNet((1, 8, 8), 17, 8, 1).eval(), torch.randn(2, 1, 8, 8)
    at_inf, at_60 = (net(z, torch.full((2,), g)) for g in (math.inf, 60.0))
    assert torch.equal(at_inf, at_60) and bool(at_inf.isfinite().all())
    assert not torch.equal(at_inf, net(z, torch.full((2,), 2.0)))


REFUSED: dict[str, tuple[dict[str, Any], nn.Module, str]] = {
    "eps": ({"parameterization": "eps", "loss": "mse"}, Scaled(), "predicts x or v where the last beta is 1 .*got eps"),
    "score": ({"parameterization": "score", "T": 20}, Scaled(), "predicts x or v .*got score"),
    "simple": ({"parameterization": "v", "loss": "simple"}, Scaled(), "loss mse, or vlb with T.*simple, whose weight"),
    "min-snr": ({"parameterization": "x", "loss": "min-snr"}, Scaled(), "loss mse, or vlb with T.* min-snr"),
    "NaN": ({"parameterization": "v", "loss": "mse"}, Sines(), "finite at gamma = inf.*got Sines: clamp gamma"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_teaches_nothing_or_is_no_number_there_is_refused(case: str, tmp_path: Path) -> None:
    settings, network, message = REFUSED[case]
    with pytest.raises(ValueError, match=message):
        fit(config(**SETTINGS, **settings), tmp_path / "run", data=DIGITS(), network=network, schedule=TABLE)
    assert not (tmp_path / "run").exists()
    before = Betas(TABLE.betas[:-1].tolist() + [0.5])  # the twin: the same but for the last beta
    fit(config(**SETTINGS, **settings), tmp_path / "run", data=DIGITS(), network=network, schedule=before)


def test_the_weight_of_the_last_step_is_positive_where_it_is_trained() -> None:
    """At t = 1 the squared error of x or v has weight 1 (mse), or T SNR(s)/2 bits per dimension (vlb)."""
    x, eps = torch.randn(2, 4, 1, 8, 8, dtype=torch.float64)
    t = torch.ones(4, dtype=torch.float64)
    s = TABLE.at(t - 1 / 20)
    for kind in ("x", "v"):
        model = Model(lambda z, _: 0 * z, TABLE, kind)
        at = TABLE.at(t)
        assert torch.equal(diffuse(x, eps, at), eps) and isinstance(at, Marginal)
        squares = target(x, eps, at, kind).square().flatten(1)
        assert torch.allclose(weighted_loss(model, x, t, eps, "mse"), squares.mean(1), rtol=1e-12)
        bits = 20 * s.snr / 2 * squares.mean(1) / math.log(2)
        assert torch.allclose(discrete_loss(model, x, t, 20, eps), bits, rtol=1e-12)
