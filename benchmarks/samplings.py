"""Running times of sampling 16 pictures of 3 x 32 x 32 in 20 steps: udm, diffusers' schedulers, and DDIM by hand.

All start from the same latent on DDPM's linear betas, at trailing times, and predicts eps; with a denoiser that
costs nothing (what the sampler itself costs) and with a small network of convolutions.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import pairwise
from typing import Any

import torch
from steps import T
from torch import Tensor, nn

from udm.model import Model
from udm.sample import DDIM, Ancestral, DPMpp2M, Sampler, reverse
from udm.sample.grid import trailing
from udm.schedule import Betas

STEPS = 20
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


def ours(sampler: Sampler, net: Net, z: Tensor) -> Callable[[], object]:
    """Return a run of udm.sample.reverse with torch's noise."""
    model, grid = Model(lambda z, _: net(z), Betas.linear(T).to(z.device)), trailing(T, STEPS)
    return lambda: reverse(model, z, grid, sampler, partial(torch.randn_like, z))


def diffusers(module: str, name: str, net: Net, z: Tensor) -> Callable[[], object]:
    """Run the scheduler's loop as its documentation has it, with nothing clipped."""
    options: dict[str, Any] = {} if "dpm" in module else {"clip_sample": False}
    scheduler = getattr(import_module(f"diffusers.schedulers.{module}"), name)(
        T, beta_schedule="linear", timestep_spacing="trailing", **options
    )

    @torch.no_grad()
    def run() -> object:
        scheduler.set_timesteps(STEPS, device=z.device)
        latent = z
        for t in scheduler.timesteps:
            latent = scheduler.step(net(latent), t, latent).prev_sample
        return latent

    return run


@torch.no_grad()
def by_hand(net: Net, z: Tensor, at: list[tuple[float, float]]) -> Tensor:
    """Run DDIM with Python numbers computed in advance."""
    for (a_t, s_t), (a_s, s_s) in pairwise(at):
        eps = net(z)
        z = (a_s / a_t) * z + (s_s - s_t * a_s / a_t) * eps
    return z


def contests(device: torch.device) -> dict[str, dict[str, Callable[[], object]]]:
    """Return the contenders for each sampler and denoiser, udm first."""
    z = torch.randn(16, 3, 32, 32, generator=torch.Generator().manual_seed(0)).to(device)
    at = Betas.linear(T).at(trailing(T, STEPS))
    numbers: list[tuple[float, float]] = list(zip(at.alpha.tolist(), at.sigma.tolist(), strict=True))
    contenders: dict[str, dict[str, Callable[[], object]]] = {}
    for depth, net in nets(device).items():
        for kind, (sampler, module, name) in KINDS.items():
            runs: dict[str, Callable[[], object]] = {"udm": ours(sampler, net, z)}
            if installed():
                runs["diffusers"] = diffusers(module, name, net, z)
            if kind == "DDIM":
                runs["by hand"] = partial(by_hand, net, z, numbers)
            contenders[f"{kind}, 20 steps, {depth}"] = runs
    return contenders


def installed() -> bool:
    """Return whether diffusers can be imported."""
    try:
        import_module("diffusers.schedulers.scheduling_ddpm")
    except (ImportError, RuntimeError):
        return False
    return True
