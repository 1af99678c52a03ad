"""Objects in the style of other packages are known by what they have: right ones are not accused, slips are found."""

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.support.diffusion import Process, wide
from udm.conformance import Report, check, exact

RUN = ["sampler.marginal", "sampler.x0", "sampler.noise", "grid.range", "grid.falling", "law.gaussian"]


def verdicts(report: Report) -> dict[str, str]:
    return {row.check: row.verdict for row in report.rows if row.verdict != "not offered"}


# -- functions of a model, a state and noise levels -----------------------------------------------


def euler(model: Any, x: Tensor, sigmas: Tensor, s_churn: float = 0.0, early: bool = False, noise_sampler: Any = None):
    """Euler's steps with churn; `early` asks the network before the noise is added."""
    for sigma, after in pairwise(sigmas):
        hat = sigma * (1 + min(s_churn / (len(sigmas) - 1), 2**0.5 - 1))
        guess = model(x, sigma * x.new_ones(len(x))) if early else None
        if hat > sigma:
            x = x + torch.randn_like(x) * (hat**2 - sigma**2) ** 0.5
        denoised = model(x, hat * x.new_ones(len(x))) if guess is None else guess
        slope = (x - denoised) / (sigma if early else hat)
        x = x + slope * (after - (sigma if early else hat))
    return x


def ancestral(model: Any, x: Tensor, sigmas: Tensor, noise_sampler: Any, square: bool = True, disable: bool = False):
    for sigma, after in pairwise(sigmas):
        denoised = model(x, sigma * x.new_ones(len(x)))
        up = (after**2 * (sigma**2 - after**2) / sigma**2) ** (0.5 if square else 1)
        down = (after**2 - up**2).clamp(min=0) ** 0.5
        x = denoised + (x - denoised) / sigma * down
        if after > 0:
            x = x + noise_sampler(sigma, after) * up
    return x


def heun(model: Any, x: Tensor, sigmas: Tensor, late: bool = False):
    """Two stages; `late` names the first stage's level in the second."""
    for sigma, after in pairwise(sigmas):
        slope = (x - model(x, sigma * x.new_ones(len(x)))) / sigma
        moved = x + slope * (after - sigma)
        if after > 0:
            level = sigma if late else after
            slope = (slope + (moved - model(moved, level * x.new_ones(len(x)))) / level) / 2
        x = x + slope * (after - sigma)
    return x


@pytest.mark.parametrize(
    ("function", "settings"), [(euler, {}), (euler, {"s_churn": 5.0}), (ancestral, {}), (heun, {})]
)
def test_a_right_function_is_not_accused(function: Any, settings: dict[str, Any]) -> None:
    report = check(function, settings, only=RUN)
    assert report.well and verdicts(report)["sampler.marginal"] in ("exact", "weak")


@pytest.mark.parametrize(
    ("function", "settings"),
    [(euler, {"s_churn": 5.0, "early": True}), (ancestral, {"square": False}), (heun, {"late": True})],
)
def test_a_slip_in_a_function_is_found(function: Any, settings: dict[str, Any]) -> None:
    assert verdicts(check(function, settings, only=RUN))["sampler.marginal"] == "wrong"


def test_a_function_is_not_run_with_settings_that_it_does_not_have() -> None:
    with pytest.raises(ValueError, match=r"expected settings among s_churn, early, noise_sampler, got eta"):
        check(euler, {"eta": 1.0})


def test_only_the_claims_of_what_is_asked_are_built(monkeypatch: pytest.MonkeyPatch) -> None:
    built = list[str]()
    monkeypatch.setattr(exact, "answer", lambda claim: built.append(claim))
    check(euler, {"s_churn": 0.0}, only=["grid.range", "grid.falling"])
    assert built == []


# -- schedulers whose settings are attributes -----------------------------------------------------


class Attributed:
    """DDIM in the form of MONAI's schedulers."""

    prediction_type, strided = "epsilon", False

    def __init__(self, num_train_timesteps: int = 60, schedule: str = "linear", **schedule_args: float) -> None:
        self.num_train_timesteps, end = num_train_timesteps, schedule_args.get("beta_end", 0.05)
        self.betas = torch.linspace(1e-4, end, num_train_timesteps)
        self.alphas_cumprod = (1 - self.betas).cumprod(0)
        self.set_timesteps(num_train_timesteps)

    def set_timesteps(self, num_inference_steps: int) -> None:
        self.num_inference_steps = num_inference_steps
        self.timesteps = torch.linspace(self.num_train_timesteps - 1, 0, num_inference_steps).round().long()

    def add_noise(self, x0: Tensor, noise: Tensor, t: Tensor) -> Tensor:
        bar = wide(self.alphas_cumprod, t)
        return bar.sqrt() * x0 + (1 - bar).sqrt() * noise

    def step(self, model_output: Tensor, timestep: int, sample: Tensor, eta: float = 0.0) -> tuple[Tensor, Tensor]:
        s = timestep - self.num_train_timesteps // self.num_inference_steps
        if not self.strided:
            ts = [*self.timesteps.tolist(), -1]
            s = ts[ts.index(timestep) + 1]
        bar, bar_s = self.alphas_cumprod[timestep], self.alphas_cumprod[s] if s >= 0 else torch.tensor(1.0)
        x0 = (sample - (1 - bar).sqrt() * model_output) / bar.sqrt()
        return bar_s.sqrt() * x0 + (1 - bar_s).sqrt() * model_output, x0


class Strided(Attributed):
    strided = True


def test_a_scheduler_with_attributes_is_run_as_one_of_diffusers() -> None:
    report = check(Attributed, {"beta_end": 0.02}, steps=(1, 3, 10), only=[*RUN, "add_noise", "state.twice"])
    found = verdicts(report)
    assert report.well and {"sampler.marginal", "sampler.x0", "grid.range", "state.twice", "add_noise"} <= found.keys()


def test_its_stride_that_is_no_entry_is_found() -> None:
    report = check(Strided, steps=(3,), only=RUN)
    assert verdicts(report)["sampler.marginal"] == "wrong"


def test_monai_as_released() -> None:
    pytest.importorskip("monai")
    report = check("monai.networks.schedulers:DDPMScheduler", steps=(10,), only=RUN)
    assert verdicts(report)["sampler.marginal"] == "wrong"  # each step goes to t - 1, whatever the stride


# -- a process that holds its network -------------------------------------------------------------


class Holding(nn.Module):
    """In the form of denoising-diffusion-pytorch's, with buffers in float32."""

    objective, late = "pred_noise", 0

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Identity()
        right = Process()
        names = {"betas": right.betas, "alphas_cumprod": right.bars, "posterior_variance": right.posterior_variance()}
        names |= {"posterior_mean_coef1": right.posterior_x0(), "posterior_mean_coef2": right.posterior_z()}
        for name, table in names.items():
            self.register_buffer(name, table.float())

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        bar = wide(self.alphas_cumprod, t)  # type: ignore[arg-type]
        return bar.sqrt() * x_start + (1 - bar).sqrt() * noise

    @torch.inference_mode()
    def p_sample(self, x: Tensor, t: int) -> tuple[Tensor, Tensor]:
        bar = self.alphas_cumprod[t]  # type: ignore[index]
        x0 = (x - (1 - bar).sqrt() * self.model(x, t)) / bar.sqrt()
        mean = self.posterior_mean_coef1[t] * x0 + self.posterior_mean_coef2[t] * x  # type: ignore[index]
        noise = torch.randn_like(x) if t > 0 else torch.zeros_like(x)
        return mean + self.posterior_variance[max(t - self.late, 0)].sqrt() * noise, x0  # type: ignore[index]


class Late(Holding):
    late = 1


def test_a_process_that_holds_its_network_is_sampled() -> None:
    report = check(Holding, only=RUN)
    assert (
        report.well and {"sampler.marginal", "sampler.x0", "sampler.noise", "law.gaussian"} <= verdicts(report).keys()
    )


def test_a_variance_of_another_step_is_found() -> None:
    found = verdicts(check(Late, only=RUN))
    assert found["sampler.noise"] == "wrong" and found["law.gaussian"] == "wrong"
