"""Running times of terms of the bound: where they count against everywhere, and against torch by hand and a peer.

The denoiser costs nothing, so that only the likelihood's own arithmetic is compared.
"""

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import steps
import torch
from torch import Tensor

from udm import Gaussian, diffuse, kl, posterior, reconstruction, variational_bound
from udm.cells import cell_reconstruction, ddpm_term
from udm.decoder import window
from udm.model import Model
from udm.schedule import Betas, LinearGamma

Run = Callable[[], Tensor]
K = 256


class Contest(NamedTuple):
    """Contenders, the base first, and the least multiple of its time that each other one must take."""

    runs: dict[str, Run]
    slower: dict[str, float]


def images(batch: int, device: torch.device) -> tuple[Tensor, Tensor, Tensor, torch.Generator]:
    """Return levels of 3 x 32 x 32 pictures, their values on [-1, 1], and the generator."""
    generator = torch.Generator(device).manual_seed(0)
    levels = torch.linspace(-1, 1, K, device=device)
    index = torch.randint(K, (batch, 3, 32, 32), generator=generator, device=device)
    return index, levels, levels[index], generator


def reconstructions(device: torch.device, batch: int = 4) -> Contest:
    """Contest -log p(x | z_0) with 256 levels: windowed, summed in full, and by hand (log_softmax in float32)."""
    index, levels, x, generator = images(batch, device)
    schedule = LinearGamma()
    at_0 = schedule.at(torch.zeros(batch, dtype=torch.float64, device=device))
    width = window(levels, schedule.gamma_min)
    z_0 = diffuse(x, torch.randn(x.shape, generator=generator, device=device), at_0)
    alpha, snr = float(at_0.alpha[0]), float(at_0.snr[0])
    runs: dict[str, Run] = {
        "udm, window": lambda: reconstruction(index, z_0, at_0, levels, window=width),
        "udm, full sum": lambda: reconstruction(index, z_0, at_0, levels),
        "by hand, full sum": lambda: hand_reconstruction(index, z_0, levels, alpha, snr),
    }
    return Contest(runs, {"udm, full sum": 10.0})


def hand_reconstruction(index: Tensor, z_0: Tensor, levels: Tensor, alpha: float, snr: float) -> Tensor:
    """Return VDM's decoder as its authors write it."""
    logits = -0.5 * snr * (z_0[..., None] / alpha - levels) ** 2
    log_p = torch.log_softmax(logits, dim=-1).gather(-1, index[..., None])[..., 0]
    return -log_p.flatten(1).sum(dim=1)


def ddpm_terms(device: torch.device, batch: int = 128) -> Contest:
    """Contest one term of DDPM's bound, with one example at the first step: its decoder there, and everywhere."""
    index, levels, x, generator = images(batch, device)
    i = torch.randint(2, 1001, (batch,), generator=generator, device=device).to(torch.float64)
    i[0] = 1
    schedule, first = Betas.linear().to(device), i == 1
    step, at = schedule.between((i - 1) / 1000, i / 1000), schedule.at(i / 1000)
    z = diffuse(x, torch.randn(x.shape, generator=generator, device=device), at)
    q = posterior(z, x, step)
    noise = torch.randn(x.shape, generator=generator, device=device)
    variance = torch.full_like(q.var, 1e-4).maximum(q.var)
    p = Gaussian(q.mean + 0.1 * torch.sqrt(variance) * noise, variance)

    def everywhere() -> Tensor:
        return torch.where(first, cell_reconstruction(index, p, levels), kl(q, p))

    runs: dict[str, Run] = {"udm, where it counts": lambda: ddpm_term(index, q, p, first, levels)}
    return Contest(runs | {"udm, everywhere": everywhere} | peer_term(x, q, p, first), {"udm, everywhere": 3.0})


def peer_term(x: Tensor, q: Gaussian, p: Gaussian, first: Tensor) -> dict[str, Run]:
    """Return the same from denoising-diffusion-pytorch's functions, as its learned-variance loss combines them."""
    try:
        steps.ddp()
        peer: Any = import_module("denoising_diffusion_pytorch.learned_gaussian_diffusion")
    except ImportError:
        return {}
    q_log, p_log = torch.log(q.var.clamp(min=1e-20)).expand_as(x), torch.log(p.var).expand_as(x)

    def run() -> Tensor:
        terms = peer.normal_kl(q.mean, q_log, p.mean, p_log).flatten(1).sum(dim=1)
        decoder = peer.discretized_gaussian_log_likelihood(x, means=p.mean, log_scales=0.5 * p_log)
        return torch.where(first, -decoder.flatten(1).sum(dim=1), terms)

    return {"denoising-diffusion-pytorch": run}


def bounds(device: torch.device, batch: int = 16) -> Contest:
    """Contest one pass of the bound, T = 1000, 256 levels: prior, reconstruction, diffusion."""
    index, levels, _, _ = images(batch, device)
    schedule = LinearGamma()
    model = Model(lambda z, _: 0.1 * z, schedule)
    width = window(levels, schedule.gamma_min)
    ends = schedule.gamma_min, schedule.gamma_max
    runs: dict[str, Run] = {
        "udm": lambda: variational_bound(model, index, levels, T=1000, window=width).total,
        "udm, full sum": lambda: variational_bound(model, index, levels, T=1000).total,
        "by hand": lambda: hand_bound(index, levels, ends, 1000),
    }
    return Contest(runs, {})


def hand_bound(index: Tensor, levels: Tensor, ends: tuple[float, float], T: int) -> Tensor:
    """Return VDM's loss in float32 as its authors write it, eps predicted as 0.1 z."""
    x, (low, high) = levels[index], ends
    sigma_0, sigma_1 = (math.sqrt(1 / (1 + math.exp(-g))) for g in ends)
    alpha_0, alpha_1 = math.sqrt(1 - sigma_0**2), math.sqrt(1 - sigma_1**2)
    prior = 0.5 * ((alpha_1 * x) ** 2 + sigma_1**2 - 1 - math.log(sigma_1**2)).flatten(1).sum(dim=1)
    z_0 = alpha_0 * x + sigma_0 * torch.randn_like(x)
    term = hand_reconstruction(index, z_0, levels, alpha_0, alpha_0**2 / sigma_0**2)
    t = torch.ceil(torch.rand(len(x), device=x.device) * T) / T
    g_t, g_s = low + (high - low) * t, low + (high - low) * (t - 1 / T)
    sigma, alpha = torch.sqrt(torch.sigmoid(g_t)).view(-1, 1, 1, 1), torch.sqrt(torch.sigmoid(-g_t)).view(-1, 1, 1, 1)
    eps = torch.randn_like(x)
    square = ((eps - 0.1 * (alpha * x + sigma * eps)) ** 2).flatten(1).sum(dim=1)
    return prior + term + 0.5 * T * torch.expm1(g_t - g_s) * square


CONTESTS: dict[str, Callable[[torch.device], Contest]] = {
    "reconstruction, 4x3x32x32, 256 levels": reconstructions,
    "one term of DDPM's bound, 128x3x32x32": ddpm_terms,
    "variational bound, 16x3x32x32, 256 levels": bounds,
}
