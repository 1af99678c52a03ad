"""Networks that take the number of a step: on a table they are given it, counted as was said, and nothing else."""

import functools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from udm import evaluate
from udm.calling import Timestepped
from udm.model import Model
from udm.sample import sample, trailing
from udm.schedule import BetaLinear, Betas, LinearGamma

TABLE, STEPS = Betas.linear(1000), torch.tensor([0, 1, 499, 999])
Z = torch.randn(4, 1, 2, 2, generator=torch.Generator().manual_seed(0))


class Seen(nn.Module):
    """A network that keeps the numbers of the steps that it was called with."""

    def __init__(self, wrap: Callable[[Tensor], Any] = lambda z: z) -> None:
        super().__init__()
        self.wrap, self.numbers = wrap, torch.zeros(0)

    def forward(self, sample: Tensor, timestep: Tensor) -> Any:
        self.numbers = timestep
        return self.wrap(0.1 * sample)


@pytest.mark.parametrize("steps_from", [0, 1])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_a_network_is_given_the_number_of_the_step(steps_from: Any, dtype: torch.dtype) -> None:
    network = Seen()
    model = Model(network, TABLE, "eps", steps_from=steps_from)
    numbers = torch.arange(1000) + steps_from
    z = torch.ones(1000, 2, dtype=dtype)
    assert model.prediction(z, TABLE.at(TABLE.times(numbers, steps_from=steps_from))).equal(0.1 * z)
    assert network.numbers.equal(numbers) and network.numbers.dtype == torch.int64


@pytest.mark.parametrize("wrap", [lambda z: (z,), lambda z: {"sample": z}], ids=["tuple", "dict"])
def test_what_the_network_returns_is_read_as_any_denoisers(wrap: Callable[[Tensor], Any]) -> None:
    model = Model(Seen(wrap), TABLE, "eps", steps_from=0)
    assert model.prediction(Z, TABLE.at(TABLE.times(STEPS, steps_from=0))).equal(0.1 * Z)


def test_a_time_that_is_no_step_has_no_prediction() -> None:
    gamma = TABLE.gamma(TABLE.times(STEPS, steps_from=0)).float()
    denoiser = Timestepped(Seen(), TABLE, steps_from=0)
    assert denoiser(Z, gamma).equal(0.1 * Z)
    off = denoiser(Z, gamma + torch.tensor([0, 1e-3, 0, float("nan")]))
    assert off[[0, 2]].equal(0.1 * Z[[0, 2]]) and off[[1, 3]].isnan().all()
    assert denoiser(Z, torch.full((4,), -torch.inf)).isnan().all()  # the data are no step
    assert Timestepped(Seen(), Betas([0.1, 1.0]), steps_from=0)(Z[:1], torch.tensor([torch.inf])).equal(0.1 * Z[:1])


def test_a_sampler_visits_the_steps_of_its_grid() -> None:
    seen: list[int] = []

    def network(z: Tensor, timestep: Tensor) -> Tensor:
        seen.append(int(timestep[0]))
        return 0.1 * z

    sample(Model(network, TABLE, "v", steps_from=0), (1, 2), sampler="ddim", grid=trailing(1000, 4))
    assert seen == [999, 749, 499, 249]


def test_a_network_of_step_numbers_on_a_table_wants_the_first_number() -> None:
    with pytest.raises(ValueError, match=r"Model: expected steps_from = 0 or 1, .* for Seen, which takes timesteps"):
        Model(Seen(), TABLE)
    Model(Seen(), LinearGamma())  # no table, no numbers: it gets gamma
    Model(lambda z, gamma: z, TABLE)
    with pytest.raises(ValueError, match=r"udm\.Model: expected schedule to be a Betas, got BetaLinear"):
        Model(Seen(), BetaLinear(), steps_from=0)
    with pytest.raises(ValueError, match="expected steps_from 0"):
        Model(Seen(), TABLE, steps_from=2)  # type: ignore[arg-type]


def test_steps_that_a_denoiser_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="steps whose gammas differ in float32"):
        Timestepped(Seen(), Betas([0.9, 1e-7]), steps_from=0)
    Timestepped(Seen(), Betas([0.9, 1e-5]), steps_from=0)


def test_the_mode_of_the_network_itself_counts() -> None:
    network, index = Seen(), torch.zeros(2, 3, dtype=torch.int64)
    model = Model(network, TABLE, "v", steps_from=0)
    with pytest.warns(UserWarning, match="expected a network in evaluation mode, got Seen in training mode"):
        evaluate(model, [index], torch.linspace(-1, 1, 5), repeats=2)
    network.eval()
    evaluate(model, [index], torch.linspace(-1, 1, 5), repeats=2)


def decorated(network: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(network)
    def wrapped(*args: Any, **names: Any) -> Any:
        return network(*args, **names)

    return wrapped


class Methods:
    def of_one(self, z: Tensor, timesteps: Tensor) -> Tensor:
        return z

    @classmethod
    def of_all(cls, z: Tensor, timesteps: Tensor) -> Tensor:
        return z

    def __call__(self, z: Tensor, timestep: Tensor) -> Tensor:
        return z


STEPPED = {
    "function": lambda z, timestep: z,
    "decorated": decorated(lambda z, timestep: z),
    "method": Methods().of_one,
    "class method": Methods.of_all,
    "callable": Methods(),
    "partial": functools.partial(lambda scale, z, timestep: z, 1.0),
}
LEVELLED = {"function": lambda z, gamma: z, "decorated": decorated(lambda z, gamma: z), "builtin": torch.add}


@pytest.mark.parametrize("name", STEPPED)
def test_whatever_takes_timesteps_is_known_by_its_second_name(name: str) -> None:
    with pytest.raises(ValueError, match="steps_from"):
        Model(STEPPED[name], Betas.linear(10), "eps")


@pytest.mark.parametrize("name", LEVELLED)
def test_what_takes_gamma_needs_no_first_step(name: str) -> None:
    assert Model(LEVELLED[name], Betas.linear(10), "eps").denoiser is LEVELLED[name]
