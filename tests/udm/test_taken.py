"""What users have at hand is taken, or refused in one line: outputs of networks, loaders, paths, empty batches."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from udm import evaluate, prior
from udm.data import load, values
from udm.likelihood import best_variance, evaluate_flow
from udm.likelihood.invariance import invariance
from udm.model import Model
from udm.schedule import Betas, LinearGamma

SCHEDULE, X = LinearGamma(-9.0, 6.0), torch.randint(0, 17, (8, 6), generator=torch.Generator().manual_seed(0))


class Output(NamedTuple):
    extra: str
    sample: Tensor


class Sampled:
    """The output of a network of diffusers."""

    def __init__(self, sample: Tensor) -> None:
        self.sample = sample


def found(denoiser: Callable[[Tensor, Tensor], Any], batches: Any = None) -> float:
    model = Model(denoiser, SCHEDULE, "x")
    return evaluate(model, [X] if batches is None else batches, values(17), repeats=2).total.value


OUTPUTS: dict[str, Callable[[Tensor], Any]] = {
    "tuple": lambda z: (z, "more"),
    "list": lambda z: [z],
    "dict": lambda z: {"sample": z},
    "field": Sampled,
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_prediction_is_taken_out_of_what_a_network_returns(name: str) -> None:
    wrap = OUTPUTS[name]
    assert found(lambda z, gamma: wrap(torch.tanh(z))) == found(lambda z, gamma: torch.tanh(z))


@pytest.mark.parametrize(
    "output", [{"eps": X}, (), ("x", X), Sampled(None), None], ids=["dict", "nothing", "name", "field", "None"]
)
def test_what_holds_no_prediction_is_refused(output: Any) -> None:
    with pytest.raises(ValueError, match=r"udm\.Model\.denoiser: expected prediction to be a tensor, got"):
        found(lambda z, gamma: output)


def test_batches_of_a_loader_may_have_classes() -> None:
    loader = DataLoader(TensorDataset(X, torch.zeros(8)), batch_size=4)
    assert found(lambda z, gamma: z, loader) == found(lambda z, gamma: z, [X[:4], X[4:]])
    with pytest.raises(ValueError, match="expected batches that are tensors"):
        found(lambda z, gamma: z, [("x", X)])
    with pytest.raises(ValueError, match=r"udm\.evaluate: expected batches of at least one event, got one of none"):
        found(lambda z, gamma: z, [X, X[:0]])


@pytest.mark.parametrize("name", ["evaluate", "evaluate_flow", "best_variance"])
def test_one_tensor_is_not_taken_for_batches_of_its_events(name: str) -> None:
    model = Model(lambda z, gamma: z, SCHEDULE, "x")
    call: Callable[[Any], Any] = {
        "evaluate": lambda batches: evaluate(model, batches, values(17), repeats=2),
        "evaluate_flow": lambda batches: evaluate_flow(model, batches, values(17), repeats=2),
        "best_variance": lambda batches: best_variance(model, batches, values(17), T=2),
    }[name]
    with pytest.raises(ValueError, match=r"expected batches, as a list of tensors.*got one tensor \(8, 6\)"):
        call(X)
    call([X])


def test_an_empty_batch_has_no_terms() -> None:
    at = SCHEDULE.at(torch.zeros(0, dtype=torch.float64))
    assert prior(torch.zeros(0, 6), at).shape == (0,)


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout(0.5)

    def forward(self, z: Tensor, gamma: Tensor) -> Tensor:
        return self.drop(z)


EVALUATIONS: dict[str, Callable[[Model], Any]] = {
    "udm.evaluate": lambda model: evaluate(model, [X], values(17), repeats=2),
    "udm.likelihood.evaluate_flow": lambda model: evaluate_flow(model, [X], values(17), repeats=2, rtol=1.0, atol=1.0),
    "udm.likelihood.invariance.invariance": lambda model: invariance(
        model, {"linear": SCHEDULE}, [X], values(17), repeats=2
    ),
}


@pytest.mark.parametrize("name", EVALUATIONS)
def test_a_network_in_training_mode_is_said(name: str) -> None:
    with pytest.warns(UserWarning, match=rf"{name}: expected a network in evaluation mode, got Net in training mode"):
        EVALUATIONS[name](Model(Net(), SCHEDULE, "x"))
    EVALUATIONS[name](Model(Net().eval(), SCHEDULE, "x"))


def test_a_table_has_no_derivative_however_it_is_asked_for() -> None:
    betas, t = Betas.linear(10), torch.tensor([0.5, 0.2], dtype=torch.float64)
    with pytest.raises(NotImplementedError, match="no derivative"):
        torch.func.jacrev(betas.gamma)(t)
    with pytest.raises(NotImplementedError, match="no derivative"):
        betas.sigma(t.requires_grad_())
    with torch.no_grad():
        assert betas.gamma(t).shape == betas.gamma(t.detach()).shape


def test_arrays_that_are_no_levels_are_told_apart(tmp_path: Path) -> None:
    np.save(tmp_path / "latents.npy", np.zeros((10, 4, 8, 8), np.float32))
    with pytest.raises(ValueError, match=r"pixels are to be scaled and rounded .* latents and other continuous data"):
        load(tmp_path / "latents.npy")
    np.save(tmp_path / "both.npy", np.zeros((20, 3, 8, 3), np.uint8))
    with pytest.raises(ValueError, match=r"got \(20, 3, 8, 3\), which can be read both ways"):
        load(str(tmp_path / "both.npy"))
    np.save(tmp_path / "one.npy", np.zeros((20, 3, 8, 5), np.uint8))
    assert load(tmp_path / "one.npy", "all").shape == (3, 8, 5)
