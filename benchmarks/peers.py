"""The values of other libraries for the same coefficients, by their own public calls, on their own schedules.

An adapter yields tables (one library, one dtype, one schedule) with the exact path of that schedule *as the library
defines it*: its betas, taken as the numbers they are, or its formula. A library that does not import is skipped.
"""

import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any, NamedTuple

import exact
import torch
from mpmath import acos, cos, exp, log, mpf, sqrt
from torch import Tensor

HALVES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
AZULA = {"float64": torch.float64, "float32": torch.float32}


class Peer(NamedTuple):
    """The values of a peer at pairs (s, t) in one dtype, with the exact path to judge them by."""

    library: str
    dtype: str
    schedule: str
    path: exact.Path
    values: dict[str, list[float]]


def diffusers(steps: int) -> Iterator[Peer]:
    """Yield DDPMScheduler's add_noise, and the mean of a step with the exact x and no noise, for t = 2/T .. 1."""
    module = import_module("diffusers.schedulers.scheduling_ddpm")
    module.randn_tensor = lambda shape, **_: torch.zeros(shape)  # the mean of the step
    for schedule in ("linear", "squaredcos_cap_v2"):
        scheduler = module.DDPMScheduler(
            steps, beta_schedule=schedule, prediction_type="sample", clip_sample=False, variance_type="fixed_small"
        )
        path = exact.table([float(beta) for beta in scheduler.betas])
        for dtype, of in HALVES.items():
            yield Peer("diffusers", dtype, f"DDPM {schedule}", path, _diffusers(scheduler, steps, of))


def _diffusers(scheduler: Any, steps: int, dtype: torch.dtype) -> dict[str, list[float]]:
    one, zero, t = torch.ones(steps, 1, dtype=dtype), torch.zeros(steps, 1, dtype=dtype), torch.arange(steps)
    values = {"alpha": scheduler.add_noise(one, zero, t), "sigma": scheduler.add_noise(zero, one, t)}
    if dtype == torch.float32:
        means = [_means(scheduler, i) for i in range(steps)]
        values |= {
            "posterior x": torch.tensor([x for x, _ in means]),
            "posterior z": torch.tensor([z for _, z in means]),
        }
        values["posterior variance"] = torch.stack([scheduler._get_variance(i) for i in range(steps)])
    return {name: value.flatten().double().tolist() for name, value in values.items()}


def _means(scheduler: Any, i: int) -> tuple[float, float]:
    one, zero = torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1)
    x, z = (scheduler.step(a, i, b).prev_sample.item() for a, b in ((one, zero), (zero, one)))
    return x, z


def azula(steps: int) -> Iterator[Peer]:
    """Yield the schedules of azula.noise at t = i/T: alpha, sigma and SNR."""
    noise = import_module("azula.noise")
    tiny = mpf(1e-3)
    paths: dict[str, exact.Path] = {
        "VPSchedule": lambda t: _with_floor(exp(t**2 * log(tiny)), tiny),
        "CosineSchedule": lambda t: _with_floor(cos(t * acos(tiny)), tiny),
        "RectifiedSchedule": lambda t: (t * tiny + 1 - t, t + (1 - t) * tiny),
    }
    for name, path in paths.items():
        for dtype, of in AZULA.items():
            t = torch.arange(1, steps + 1, dtype=of) / steps
            yield Peer("azula", dtype, name, path, _azula(*getattr(noise, name)()(t)))


def _with_floor(alpha: mpf, tiny: mpf) -> tuple[mpf, mpf]:
    return alpha, sqrt(1 - alpha**2 + tiny**2)


def _azula(alpha: Tensor, sigma: Tensor) -> dict[str, list[float]]:
    values = {"alpha": alpha, "sigma": sigma, "SNR": (alpha / sigma) ** 2}
    return {name: value.double().tolist() for name, value in values.items()}


def _without_torchvision() -> None:
    """Provide empty modules for a library that reads and writes pictures, which no formula here calls."""
    if "torchvision" not in sys.modules and find_spec("torchvision") is None:
        for name in ("torchvision", "torchvision.transforms", "torchvision.utils"):
            sys.modules[name] = ModuleType(name)
        sys.modules["torchvision"].__dict__.update(
            transforms=sys.modules["torchvision.transforms"], utils=sys.modules["torchvision.utils"]
        )


def denoising_diffusion_pytorch(steps: int) -> Iterator[Peer]:
    """Yield GaussianDiffusion's float32 tables, on its linear and cosine betas (float64)."""
    _without_torchvision()
    module = import_module("denoising_diffusion_pytorch.denoising_diffusion_pytorch")
    for schedule in ("linear", "cosine"):
        model = torch.nn.Module()
        model.channels = model.out_dim = 1
        model.self_condition = model.random_or_learned_sinusoidal_cond = False
        diffusion = module.GaussianDiffusion(model, image_size=8, timesteps=steps, beta_schedule=schedule)
        betas: Sequence[float] = getattr(module, f"{schedule}_beta_schedule")(steps).tolist()
        values = {
            "alpha": diffusion.sqrt_alphas_cumprod,
            "sigma": diffusion.sqrt_one_minus_alphas_cumprod,
            "posterior variance": diffusion.posterior_variance,
            "posterior x": diffusion.posterior_mean_coef1,
            "posterior z": diffusion.posterior_mean_coef2,
        }
        lists = {name: value.double().tolist() for name, value in values.items()}
        yield Peer("denoising_diffusion_pytorch", "float32", schedule, exact.table(betas), lists)


ADAPTERS = (diffusers, denoising_diffusion_pytorch, azula)
