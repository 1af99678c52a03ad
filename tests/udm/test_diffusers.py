"""To and from diffusers: the same samples where the formulas agree, and in words where they do not.

The rounding is diffusers': its tables and states are float32, whose alpha-bar of a thousand factors is good to some
1e-5, and a denoiser that is no more than twice as steep as its argument does not amplify it beyond a few times that.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import udm
from udm.diffusers import StepNetwork
from udm.sample import DDIM, Ancestral, reverse, sample, trailing
from udm.schedule import Betas

Z = torch.randn(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))
TABLE = Betas.linear(1000)
CLOSE = 1e-4  # a few times 1e-5, of states of some 1, as derived above


class Network(nn.Module):
    """A smooth network of (sample, timestep), as a UNet2DModel is called."""

    def forward(self, sample: Tensor, timestep: Any) -> Any:
        t = torch.as_tensor(timestep).double() / 1000
        return SimpleNamespace(sample=(torch.tanh(sample) * (1 + t.reshape(-1, 1, 1, 1)) / 2).to(sample.dtype))


def noise() -> Iterator[Tensor]:
    generator = torch.Generator().manual_seed(1)
    while True:
        yield torch.randn(Z.shape, generator=generator)


def looped(scheduler: Any, network: nn.Module, steps: int, monkeypatch: pytest.MonkeyPatch) -> Tensor:
    """The loop of a pipeline of diffusers."""
    draws = noise()
    for module in ("scheduling_ddpm", "scheduling_ddim"):
        monkeypatch.setattr(f"diffusers.schedulers.{module}.randn_tensor", lambda *_, **__: next(draws))
    scheduler.set_timesteps(steps)
    z = Z * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        z = scheduler.step(network(scheduler.scale_model_input(z, t), t).sample, t, z).prev_sample
    return z


SAME: dict[str, tuple[str, dict[str, Any], int]] = {
    "ancestral": ("DDPMScheduler", {"clip_sample": False}, 20),
    "ancestral, of v": ("DDPMScheduler", {"clip_sample": False, "prediction_type": "v_prediction"}, 20),
    "ancestral, beta, all steps": ("DDPMScheduler", {"clip_sample": False, "variance_type": "fixed_large"}, 1000),
    "DDIM, cosine": ("DDIMScheduler", {"clip_sample": False, "beta_schedule": "squaredcos_cap_v2"}, 10),
    "Euler": ("EulerDiscreteScheduler", {}, 10),
    "DPM-Solver++(2M)": ("DPMSolverMultistepScheduler", {}, 10),
}


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of diffusers itself
@pytest.mark.parametrize("name", SAME)
def test_a_scheduler_of_diffusers_samples_here_as_there(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    diffusers = pytest.importorskip("diffusers")
    kind, settings, steps = SAME[name]
    scheduler = getattr(diffusers, kind)(timestep_spacing="trailing", **settings)
    theirs = looped(scheduler, Network(), steps, monkeypatch)
    taken, draws = udm.from_diffusers(scheduler), noise()
    assert taken.differences == () and taken.sampler is not None and len(taken.grid) == steps + 1
    ours = reverse(taken.model(Network()), Z, taken.grid, taken.sampler, lambda: next(draws))
    assert float((ours - theirs).abs().max()) < CLOSE * float(theirs.abs().max())


@pytest.mark.parametrize("kind", ["DDPMScheduler", "DDIMScheduler"])
def test_a_model_from_here_samples_there_and_back(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("diffusers")
    model = udm.Model(lambda z, gamma: torch.tanh(z) * torch.sigmoid(gamma)[:, None, None, None], TABLE, "eps")
    unet, scheduler = udm.to_diffusers(model, kind)
    theirs = looped(scheduler, unet, 10, monkeypatch)
    draws, sampler = noise(), Ancestral() if kind == "DDPMScheduler" else DDIM()
    ours = reverse(model, Z, trailing(1000, 10), sampler, lambda: next(draws))
    assert float((ours - theirs).abs().max()) < CLOSE * float(theirs.abs().max())
    back = udm.from_diffusers(scheduler)
    assert back.sampler == sampler and back.grid.equal(trailing(1000, 10)) and back.differences == ()
    torch.testing.assert_close(back.schedule.betas, TABLE.betas, rtol=2.0**-23, atol=0)  # float32
    again = back.model(unet)
    told: dict[str, Any] = {"sampler": sampler, "grid": back.grid, "seed": 3}
    torch.testing.assert_close(sample(again, Z.shape, **told), sample(model, Z.shape, **told), rtol=CLOSE, atol=CLOSE)


def test_a_network_of_steps_is_given_back_itself() -> None:
    pytest.importorskip("diffusers")
    network = Network()
    assert udm.to_diffusers(udm.Model(network, TABLE, steps_from=0)).unet is network
    assert isinstance(udm.to_diffusers(udm.Model(network, TABLE, steps_from=1)).unet, StepNetwork)  # type: ignore[arg-type]


@pytest.mark.parametrize("timestep", [499, torch.tensor(499), torch.tensor([499, 499, 499])], ids=str)
def test_a_step_is_an_integer_or_one_for_each_example(timestep: Any) -> None:
    seen: list[Tensor] = []

    def denoiser(z: Tensor, gamma: Tensor) -> Tensor:
        seen.append(gamma)
        return z

    network = StepNetwork(denoiser, TABLE)
    assert network(Z, timestep).sample is Z and network(Z, timestep, return_dict=False) == (Z,)
    assert seen[0].equal(TABLE.gamma(0.5).float().expand(3))


def stand_in(betas: Any = None, alphas: Any = None, timesteps: Any = (999, 499), **config: Any) -> Any:
    """A DDPMScheduler in what is read of it."""
    betas = TABLE.betas.float() if betas is None else betas
    made = {"betas": betas, "config": config, "timesteps": torch.tensor(timesteps)}
    return type("DDPMScheduler", (), made | ({} if alphas is None else {"alphas_cumprod": alphas}))()


DIFFERENT: dict[str, tuple[Callable[[], Any], str]] = {
    "clipping": (lambda: stand_in(clip_sample=True), "clip_sample: predictions of x are clipped at 1.0"),
    "thresholding": (lambda: stand_in(thresholding=True), "thresholding: "),
    "a learned variance": (lambda: stand_in(variance_type="learned"), "variance_type learned: "),
    "a broken variance": (lambda: stand_in(variance_type="fixed_large_log"), "variance_type fixed_large_log: "),
    "noise in the last step": (
        lambda: stand_in(variance_type="fixed_large"),
        "variance_type fixed_large: the last step",
    ),
    "linspace": (lambda: stand_in(timestep_spacing="linspace"), "timestep_spacing linspace"),
    "leading": (lambda: stand_in(timesteps=(980, 480)), "timesteps that do not begin at the last step"),
    "times between": (lambda: stand_in(timesteps=(999.0, 498.5)), "timesteps that are no falling numbers of steps"),
    "twice": (lambda: stand_in(timesteps=(999, 999)), "timesteps that are no falling numbers of steps"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_settings_that_leave_the_formulas_are_said(name: str) -> None:
    make, message = DIFFERENT[name]
    found = udm.from_diffusers(make()).differences
    assert len(found) == 1 and found[0].startswith(message)
    assert udm.from_diffusers(stand_in()).differences == ()


def test_a_scheduler_that_has_no_table_of_its_own_is_refused() -> None:
    alphas = TABLE.alphas_cumprod.float()
    assert udm.from_diffusers(stand_in(alphas=alphas)).parameterization == "eps"
    for wrong, message in (
        (SimpleNamespace(sigmas=Z), "a scheduler with a table of betas, as DDPMScheduler, got SimpleNamespace"),
        (stand_in(prediction_type="flow"), "prediction_type one of epsilon, sample, v_prediction, got 'flow'"),
        (stand_in(alphas=alphas**1.001), "alphas_cumprod that are products of 1 - betas"),
    ):
        with pytest.raises(ValueError, match=rf"^udm\.from_diffusers: expected {message}"):
            udm.from_diffusers(wrong)
