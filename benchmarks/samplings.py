"""Running times of sampling pictures of 3 x 32 x 32: udm, diffusers' schedulers, and the samplers by hand.

All start from the same latent on DDPM's linear betas, at trailing times, with torch's noise, and the denoiser predicts
eps. It costs nothing (what the sampler itself costs), or is a small network of convolutions. By hand means Python
numbers made in advance; "udm, prepared" has its numbers in advance too, and "udm" makes them in each run, as
diffusers does. Noise by seed is compared with torch's at 1000 samples of two numbers.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import torch
from steps import T
from torch import Tensor, nn

from udm.model import Model
from udm.sample import DDIM, Ancestral, DPMpp2M, Sampler, reverse, sample
from udm.sample.grid import trailing, uniform
from udm.sample.path import Path
from udm.sample.second import extrapolation
from udm.sample.step import ancestral_coefficients, ddim_coefficients
from udm.schedule import Betas

SIZES = {"no network": [(steps, batch) for steps in (20, 100) for batch in (1, 16, 256)], "small network": [(20, 16)]}
Runs = dict[str, Callable[[], object]]
Net = Callable[[Tensor], Tensor]
KINDS: dict[str, tuple[Sampler, str, str]] = {  # ours, and diffusers' module and class
    "ancestral": (Ancestral(), "scheduling_ddpm", "DDPMScheduler"),
    "DDIM": (DDIM(), "scheduling_ddim", "DDIMScheduler"),
    "DPM++(2M)": (DPMpp2M(), "scheduling_dpmsolver_multistep", "DPMSolverMultistepScheduler"),
}


def nets(device: torch.device) -> dict[str, Net]:
    """Return the two denoisers, of z alone."""
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 32, 3, padding=1), nn.SiLU(), nn.Conv2d(32, 32, 3, padding=1), nn.SiLU()
    return {"no network": lambda z: 0.1 * z, "small network": nn.Sequential(*layers, nn.Conv2d(32, 3, 1)).to(device)}


def ours(sampler: Sampler, net: Net, z: Tensor, steps: int) -> Runs:
    """Return runs of udm with torch's noise: with the numbers in advance, and with all that ``reverse`` does."""
    model, grid = Model(lambda z, _: net(z), Betas.linear(T).to(z.device)), trailing(T, steps)
    follow, draw = Path("benchmark", model, grid, z.device).plan(model, sampler, z.dtype), partial(torch.randn_like, z)
    prepared = torch.no_grad()(lambda: follow(z, draw))
    return {"udm, prepared": prepared, "udm": lambda: reverse(model, z, grid, sampler, draw)}


def diffusers(module: str, name: str, net: Net, z: Tensor, steps: int) -> Callable[[], object]:
    """Run the scheduler's loop as its documentation has it, with nothing clipped."""
    options: dict[str, Any] = {} if "multistep" in module else {"clip_sample": False}
    scheduler = getattr(import_module(f"diffusers.schedulers.{module}"), name)(
        T, beta_schedule="linear", timestep_spacing="trailing", **options
    )

    @torch.no_grad()
    def run() -> object:
        scheduler.set_timesteps(steps, device=z.device)
        latent = z
        for t in scheduler.timesteps:
            latent = scheduler.step(net(latent), t, latent).prev_sample
        return latent

    return run


def numbers(kind: str, steps: int) -> list[tuple[float, ...]]:
    """Return what each step is multiplied by: of z, eps and noise, or of x-hat (two), z, x-hat and the one before."""
    schedule, grid = Betas.linear(T), trailing(T, steps)
    step, at = schedule.between(grid[1:], grid[:-1]), schedule.at(grid[:-1])
    a, b, n = (ancestral_coefficients if kind == "ancestral" else ddim_coefficients)(step)
    columns = [a + b / at.alpha, -b * at.sigma / at.alpha, n]
    if kind == "DPM++(2M)":
        more = b * extrapolation(step, torch.cat([step.gap[:1], step.gap[:-1]]))
        more[0] = more[-1] = 0
        columns = [1 / at.alpha, -at.sigma / at.alpha, a, b + more, -more]
    return list(zip(*(c.tolist() for c in columns), strict=True))


@torch.no_grad()
def by_hand(kind: str, net: Net, z: Tensor, rows: list[tuple[float, ...]]) -> Tensor:
    """Run a sampler with Python numbers computed in advance."""
    before = z
    for row in rows:
        eps = net(z)
        if kind == "DDIM":
            z = row[0] * z + row[1] * eps
        elif kind == "ancestral":
            z = row[0] * z + row[1] * eps + row[2] * torch.randn_like(z)
        else:
            x = row[0] * z + row[1] * eps
            z = row[2] * z + row[3] * x + row[4] * before if row[4] else row[2] * z + row[3] * x
            before = x
    return z


def contests(device: torch.device) -> dict[str, Runs]:
    """Return the contenders for each sampler, denoiser and size, by hand first."""
    contenders: dict[str, Runs] = {}
    for depth, net in nets(device).items():
        for steps, batch in SIZES[depth]:
            z = torch.randn(batch, 3, 32, 32, generator=torch.Generator().manual_seed(0)).to(device)
            for kind, (sampler, module, name) in KINDS.items():
                runs: Runs = {"by hand": partial(by_hand, kind, net, z, numbers(kind, steps))}
                runs |= ours(sampler, net, z, steps)
                if installed():
                    runs["diffusers"] = diffusers(module, name, net, z, steps)
                contenders[f"{kind}, {steps} steps, batch {batch}, {depth}"] = runs
    return contenders


def seeded(device: torch.device) -> Runs:
    """Return 100 ancestral steps of 1000 samples of two numbers, each from its seed, beside torch's noise by hand."""
    net, shape = nets(device)["no network"], (1000, 2)
    model = Model(lambda z, _: net(z), Betas.linear(T).to(device))
    rows, z = numbers("ancestral", 100), torch.randn(shape, device=device)
    return {
        "by hand": partial(by_hand, "ancestral", net, z, rows),
        "udm": lambda: sample(model, shape, sampler=Ancestral(), grid=uniform(100), device=device),
    }


def installed() -> bool:
    """Return whether diffusers can be imported."""
    try:
        import_module("diffusers.schedulers.scheduling_ddpm")
    except (ImportError, RuntimeError):
        return False
    return True
