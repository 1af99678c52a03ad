"""Networks of users: buffers that obey a constraint, wrappers, and a process that is left as it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState, PartialState
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from tests.support.tiny import config, newest
from udm.data import Array, Data, Part, values
from udm.likelihood import evaluate
from udm.model import Model
from udm.train import CheckpointError, fit, load
from udm.train.run import Run

pytestmark = pytest.mark.usefixtures("one_thread")
POINTS = torch.randint(0, 17, (40, 6), generator=torch.Generator().manual_seed(3))
DATA = Array("points", POINTS, 17)


class Net(nn.Module):
    """A linear layer, spectrally normalised, whose vectors of the power iteration are buffers of norm 1."""

    def __init__(self, layer: Callable[[nn.Module], nn.Module] = lambda layer: layer) -> None:
        super().__init__()
        self.layer = layer(nn.Linear(6, 6))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return torch.sigmoid(-gamma)[:, None] * self.layer(z)


def compiled_eagerly(network: nn.Module) -> nn.Module:
    return cast(nn.Module, torch.compile(network, backend="eager"))


def trained(out: Path, network: nn.Module | None, **changes: Any) -> Run:
    settings = {"schedule": "linear", "parameterization": "x", "batch": 8, "steps": 30, "lr": 0.05, "save_every": 30}
    return fit(config(**settings, **changes), out, data=DATA, network=network)


def bits(run: Run, network: nn.Module) -> float:
    network.eval()
    return evaluate(Model(network, run.schedule, "x"), [POINTS], values(17), repeats=8).total.value


UNIT = (6 + 4) * 2.0**-24  # of six float32 squares, their sums, two roots and a quotient, and of the norm taken here


def norms(network: nn.Module) -> list[float]:
    return [float(b.norm()) for name, b in network.named_buffers() if name.endswith(("_u", "_v"))]


def test_an_averaged_network_keeps_the_invariants_of_its_buffers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    run = trained(tmp_path, Net(spectral_norm))
    average = run.average.module
    assert norms(average) == pytest.approx([1.0, 1.0], abs=UNIT)
    live, mean = bits(run, run.bare), bits(run, average)
    assert mean == pytest.approx(live, rel=0.05)
    for name, buffer in average.named_buffers():  # what a blend of vectors does to both
        if name.endswith("_u"):
            buffer.mul_(0.1)
    assert norms(average) != pytest.approx([1.0, 1.0], abs=UNIT)
    assert bits(run, average) != pytest.approx(live, rel=0.05)


def test_counts_and_statistics_of_batches_are_those_of_the_network(tmp_path: Path) -> None:
    run = trained(tmp_path, Net(lambda layer: nn.Sequential(layer, nn.BatchNorm1d(6))))
    live, mean = (dict(n.named_buffers()) for n in (run.bare, run.average.module))
    assert all(torch.equal(live[name], mean[name]) for name in live) and int(live["layer.1.num_batches_tracked"]) == 30
    weights = zip(run.bare.parameters(), run.average.module.parameters(), strict=True)
    assert not any(torch.equal(a, b) for a, b in weights)


def test_a_compiled_network_trains_and_is_read_back_with_the_plain_one(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plain = Net()
    compiled = compiled_eagerly(Net())
    compiled.load_state_dict({f"_orig_mod.{k}": v for k, v in plain.state_dict().items()})
    run = trained(tmp_path / "compiled", compiled)
    assert run.forward is compiled
    trained(tmp_path / "plain", plain)
    one, other = newest(tmp_path / "compiled").tensors, newest(tmp_path / "plain").tensors
    assert one["average"].keys() == other["average"].keys()
    assert all(torch.equal(one["average"][k], other["average"][k]) for k in one["average"])
    for network in (Net(), compiled_eagerly(Net())):
        assert load(tmp_path / "compiled", network=network).network is network


class Empty(nn.ModuleList):
    """A module whose length is 0, and which is a network all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor(0.5))

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.w * z


def test_what_was_given_is_taken_whatever_its_length(tmp_path: Path) -> None:
    assert isinstance(trained(tmp_path, Empty()).bare, Empty)
    assert isinstance(load(tmp_path, network=Empty()).network, Empty)
    with pytest.raises(ValueError, match="expected data of at least one event, got nothing of none"):
        fit(config(parameterization="x"), tmp_path / "none", data=Part("nothing", DATA, []), network=Net())
    one: Data = Part("one", DATA, [7])
    assert fit(config(parameterization="x", steps=1), tmp_path / "one", data=one, network=Net()).data is one


class Extra(Net):
    def get_extra_state(self) -> Any:
        return {"calls": 1}

    def set_extra_state(self, state: Any) -> None:
        pass


def old(layer: nn.Module) -> nn.Module:
    with pytest.warns(FutureWarning):
        return torch.nn.utils.weight_norm(layer)


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "the old weight_norm": (lambda: Net(old), "expected a network that can be copied .*parametrizations.* got Net"),
    "a state that is no tensor": (Extra, "expected a network whose state is tensors, got _extra_state, dict"),
    "weights without a shape": (lambda: Net(lambda _: nn.LazyLinear(6)), "got layer.weight: call it once before"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_network_that_cannot_be_kept_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    make, message = REFUSED[name]
    network = make()
    with pytest.raises(ValueError, match=message) as refused:
        trained(tmp_path, network)
    assert "\n" not in str(refused.value)


def test_weights_that_do_not_fit_are_named(tmp_path: Path) -> None:
    trained(tmp_path, Net())
    wrong = {
        "wrapper such as DataParallel": nn.DataParallel(Net()),
        "no layer.1.bias, layer.1.weight": Net(lambda layer: nn.Sequential(nn.Identity(), layer)),
        r"layer.weight of shape \(6, 6\) for \(6, 7\)": Net(lambda _: nn.Linear(7, 6)),
    }
    for message, network in wrong.items():
        with pytest.raises(CheckpointError, match=message) as refused:
            load(tmp_path, network=network)
        assert "\n" not in str(refused.value)
    with pytest.raises(ValueError, match=r"expected a checkpoint of this network .*besides layer\.bias, layer\.weight"):
        trained(tmp_path, Empty())


def test_a_run_leaves_its_process_as_it_was(tmp_path: Path) -> None:
    mine = Accelerator(cpu=True, gradient_accumulation_steps=3)
    assert mine.gradient_accumulation_steps == 3
    kept = [dict(kind._shared_state) for kind in (AcceleratorState, GradientState, PartialState)]
    network, before = Net(), torch.get_rng_state()
    run = trained(tmp_path, network, precision="bf16", accumulate=2)
    assert torch.equal(torch.get_rng_state(), before)
    assert [kind._shared_state for kind in (AcceleratorState, GradientState, PartialState)] == kept
    assert (mine.mixed_precision, mine.gradient_accumulation_steps) == ("no", 3)
    assert (run.accelerator.mixed_precision, run.accelerator.is_main_process) == ("bf16", True)
