r"""The simple loss step of several libraries: draw t and eps, diffuse, and take the squared error and its gradient.

.. math:: z = \alpha_t x + \sigma_t \epsilon, \qquad \ell = \tfrac1D \lVert \epsilon - \hat\epsilon \rVert^2.

The network is left out: its prediction is given, a leaf. All use DDPM's linear betas, T = 1000. By hand means
float32 tables made in advance, as an expert would write it; udm answers from times, alpha and sigma in float64.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import peers
import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from udm import Marginal, Schedule, diffuse, diffusion, target
from udm.schedule import Betas, Cosine

T = 1000
Noise = Callable[[], tuple[Tensor, Tensor]]


class Step:
    """Data, a prediction, and t (an index from 0) and eps, which are drawn at each step or given once."""

    def __init__(self, shape: tuple[int, ...], device: torch.device, draw: bool) -> None:
        generator = torch.Generator(device).manual_seed(0)
        self.x, eps, prediction = (torch.randn(shape, generator=generator, device=device) for _ in range(3))
        self.prediction = prediction.requires_grad_()
        self.dims, index = self.x[0].numel(), torch.randint(T, shape[:1], generator=generator, device=device)
        self.given, self.drawn = (index, eps), draw

    def noise(self) -> tuple[Tensor, Tensor]:
        """Return t and eps."""
        if not self.drawn:
            return self.given
        return torch.randint(T, self.x.shape[:1], device=self.x.device), torch.randn_like(self.x)

    def back(self, z: Tensor, loss: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the result of a step: the latent, the loss and the gradient of the prediction."""
        loss.backward()
        gradient, self.prediction.grad = self.prediction.grad, None
        assert gradient is not None
        return z, loss.detach(), gradient


class Tables:
    """alpha, sigma and the weight of each index in float32."""

    def __init__(self, device: torch.device) -> None:
        at = marginals(device)
        self.alpha, self.sigma = at.alpha.float(), at.sigma.float()
        self.weight = torch.ones_like(self.alpha)


def marginals(device: torch.device) -> Marginal:
    """Return alpha and sigma, exact to rounding, for T indices from 0."""
    return Betas.linear(T).to(device).at(times(device))


def times(device: torch.device) -> Tensor:
    """Return (index + 1)/T for T indices from 0."""
    return torch.arange(1, T + 1, dtype=torch.float64, device=device) / T


class Path(NamedTuple):
    """A schedule and its T times."""

    schedule: Schedule
    times: Tensor


def linear(device: torch.device) -> Path:
    """Return DDPM's linear betas."""
    return Path(Betas.linear(T).to(device), times(device))


def hand_loss(tables: Tables, x: Tensor, eps: Tensor, index: Tensor, prediction: Tensor) -> tuple[Tensor, Tensor]:
    """Return z and the mean square, unweighted."""
    a, s = tables.alpha[index], tables.sigma[index]
    return a.view(-1, 1, 1, 1) * x + s.view(-1, 1, 1, 1) * eps, mse_loss(prediction, eps)


def hand_weighted(tables: Tables, x: Tensor, eps: Tensor, index: Tensor, prediction: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same with a weight for each example, as udm has it."""
    a, s, w = tables.alpha[index], tables.sigma[index], tables.weight[index]
    z = a.view(-1, 1, 1, 1) * x + s.view(-1, 1, 1, 1) * eps
    return z, (mse_loss(prediction, eps, reduction="none").sum(dim=(1, 2, 3)) * w).sum() / x.numel()


def udm_loss(path: Path, x: Tensor, eps: Tensor, index: Tensor, prediction: Tensor) -> tuple[Tensor, Tensor]:
    """Return the same through udm's functions of time."""
    at = path.schedule.at(path.times[index])
    loss = diffusion(target(x, eps, at, "eps"), prediction)
    return diffuse(x, eps, at), loss.sum() / x.numel()


def by(loss: Callable[..., tuple[Tensor, Tensor]], path: object, step: Step) -> Callable[[], object]:
    """Return a contender that takes the step in this way."""

    def run() -> object:
        index, eps = step.noise()
        return step.back(*loss(path, step.x, eps, index, step.prediction))

    return run


def diffusers(step: Step) -> Callable[[], object]:
    """Run DDPMScheduler.add_noise and mse_loss, as its training scripts do."""
    scheduler = import_module("diffusers.schedulers.scheduling_ddpm").DDPMScheduler(T)

    def run() -> object:
        index, eps = step.noise()
        return step.back(scheduler.add_noise(step.x, eps, index), mse_loss(step.prediction, eps))

    return run


def denoising_diffusion_pytorch(step: Step) -> Callable[[], object]:
    """Run GaussianDiffusion.p_losses, with the prediction given as its network's output."""
    seen: list[Tensor] = []

    class Given(torch.nn.Module):
        channels = out_dim = 3
        self_condition = random_or_learned_sinusoidal_cond = False

        def forward(self, z: Tensor, *_: object) -> Tensor:
            seen[:] = [z]
            return step.prediction

    diffusion: Any = (
        ddp()
        .GaussianDiffusion(
            Given(), image_size=step.x.shape[-1], timesteps=T, beta_schedule="linear", objective="pred_noise"
        )
        .to(step.x.device)
    )

    def run() -> object:
        index, eps = step.noise()
        loss = diffusion.p_losses(step.x, index, noise=eps)
        return step.back(seen[0], loss)

    return run


def ddp() -> Any:
    """Return the library, imported without torchvision."""
    peers._without_torchvision()
    return import_module("denoising_diffusion_pytorch.denoising_diffusion_pytorch")


def contenders(step: Step) -> dict[str, Callable[[], object]]:
    """Return all contenders that need no peer, the base first."""
    device = step.x.device
    tables, cosine = Tables(device), Path(Cosine(), times(device))
    return {
        "by hand": by(hand_loss, tables, step),
        "by hand, weighted": by(hand_weighted, tables, step),
        "udm": by(udm_loss, linear(device), step),
        "udm, continuous cosine": by(udm_loss, cosine, step),
    }


PEERS = {"diffusers": diffusers, "denoising-diffusion-pytorch": denoising_diffusion_pytorch}
