"""A right implementation of the formulas that `udm check` knows, with float64 tables, to be corrupted line by line."""

from typing import Any

import torch
from torch import Tensor

T = 40


def wide(table: Tensor, t: Tensor) -> Tensor:
    """Return a table's numbers at t, one for each example of a batch of images."""
    return table[t].reshape(-1, 1, 1, 1)


class Process:
    """DDPM's process by a table of betas: all that an adapter may offer, and DDIM's sampler."""

    predicts, noise = "eps", 0.0

    def __init__(self, T: int = T) -> None:
        self.betas = torch.linspace(1e-4, 0.05, T, dtype=torch.float64)
        self.bars = (1 - self.betas).cumprod(0)
        self.before = torch.cat([torch.ones(1, dtype=torch.float64), self.bars[:-1]])

    def alpha_bar(self) -> Tensor:
        return self.bars

    def alpha_bar_before(self) -> Tensor:
        return self.before

    def sqrt_alpha_bar(self) -> Tensor:
        return self.bars.sqrt()

    def sigma(self) -> Tensor:
        return (1 - self.bars).sqrt()

    def log_variance(self) -> Tensor:
        return (1 - self.bars).log()

    def z_in_x0(self) -> Tensor:
        return (1 / self.bars).sqrt()

    def eps_in_x0(self) -> Tensor:
        return (1 / self.bars - 1).sqrt()

    def half_log_snr(self) -> Tensor:
        return (self.bars / (1 - self.bars)).log() / 2

    def snr(self) -> Tensor:
        return self.bars / (1 - self.bars)

    def posterior_variance(self) -> Tensor:
        return self.betas * (1 - self.before) / (1 - self.bars)

    def posterior_log_variance(self) -> Tensor:
        return self.posterior_variance().clamp(min=1e-20).log()

    def posterior_x0(self) -> Tensor:
        return self.betas * self.before.sqrt() / (1 - self.bars)

    def posterior_z(self) -> Tensor:
        return (1 - self.before) * (1 - self.betas).sqrt() / (1 - self.bars)

    def add_noise(self, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return (a * x0 + s * eps).to(x0.dtype)

    def velocity(self, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return (a * eps - s * x0).to(x0.dtype)

    def x0_from_eps(self, z: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return ((z - s * eps) / a).to(z.dtype)

    def eps_from_x0(self, z: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return ((z - a * x0) / s).to(z.dtype)

    def x0_from_v(self, z: Tensor, v: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return (a * z - s * v).to(z.dtype)

    def eps_from_v(self, z: Tensor, v: Tensor, t: Tensor) -> Tensor:
        a, s = wide(self.bars.sqrt(), t), wide((1 - self.bars).sqrt(), t)
        return (a * v + s * z).to(z.dtype)

    def score_from_eps(self, eps: Tensor, t: Tensor) -> Tensor:
        return (-eps / wide((1 - self.bars).sqrt(), t)).to(eps.dtype)

    def score_from_x0(self, z: Tensor, x0: Tensor, t: Tensor) -> Tensor:
        return ((wide(self.bars.sqrt(), t) * x0 - z) / wide(1 - self.bars, t)).to(z.dtype)

    def posterior_mean(self, x0: Tensor, z: Tensor, t: Tensor) -> Tensor:
        return (wide(self.posterior_x0(), t) * x0 + wide(self.posterior_z(), t) * z).to(z.dtype)

    def mean_from_eps(self, z: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        b, s = wide(self.betas, t), wide((1 - self.bars).sqrt(), t)
        return ((z - b / s * eps) / (1 - b).sqrt()).to(z.dtype)

    def variance_between(self, t: Tensor, s: Tensor) -> Tensor:
        return (1 - self.at(s)) / (1 - self.at(t)) * (1 - self.at(t) / self.at(s))

    def ddim_std(self, t: Tensor, s: Tensor, eta: float) -> Tensor:
        return eta * self.variance_between(t, s).sqrt()

    def learned_variance(self, t: Tensor, v: float) -> Tensor:
        share = (v + 1) / 2
        return (share * self.betas[t].log() + (1 - share) * self.posterior_variance()[t].log()).exp()

    def min_snr_eps(self, t: Tensor, clip: float) -> Tensor:
        return self.snr()[t].clamp(max=clip) / self.snr()[t]

    def min_snr_v(self, t: Tensor, clip: float) -> Tensor:
        return self.snr()[t].clamp(max=clip) / (self.snr()[t] + 1)

    def guide(self, conditional: Tensor, unconditional: Tensor, w: float) -> Tensor:
        return (1 + w) * conditional - w * unconditional

    def at(self, t: Tensor) -> Tensor:
        return torch.where(t < 0, 1.0, self.bars[t.clamp(min=0)])

    def timesteps(self, steps: int) -> list[int]:
        T = len(self.betas)
        self.grid = [T - 1 - (i * T) // steps for i in range(steps)]
        return self.grid

    def next(self, t: int) -> int:
        return [*self.grid, -1][self.grid.index(t) + 1]

    def step(self, prediction: Tensor, t: int, z: Tensor) -> Tensor:
        bar, bar_s = self.at(torch.tensor(t)), self.at(torch.tensor(self.next(t)))
        x0 = (z - (1 - bar).sqrt() * prediction) / bar.sqrt()
        return (bar_s.sqrt() * x0 + (1 - bar_s).sqrt() * prediction).to(z.dtype)


class Mean:
    name = "EPSILON"


class Var:
    name = "FIXED_SMALL"


class GaussianDiffusion:
    """In the style of OpenAI's code: float64 tables, cast once."""

    model_mean_type, model_var_type = Mean(), Var()

    def __init__(self, T: int = T) -> None:
        right = Process(T)
        self.betas = right.betas.numpy()
        self.alphas_cumprod, self.alphas_cumprod_prev = right.bars.numpy(), right.before.numpy()
        self.sqrt_alphas_cumprod = right.sqrt_alpha_bar().numpy()
        self.sqrt_one_minus_alphas_cumprod = right.sigma().numpy()
        self.log_one_minus_alphas_cumprod = right.log_variance().numpy()
        self.sqrt_recip_alphas_cumprod = right.z_in_x0().numpy()
        self.sqrt_recipm1_alphas_cumprod = right.eps_in_x0().numpy()
        self.posterior_variance = right.posterior_variance().numpy()
        self.posterior_log_variance_clipped = right.posterior_log_variance().numpy()
        self.posterior_mean_coef1 = right.posterior_x0().numpy()
        self.posterior_mean_coef2 = right.posterior_z().numpy()

    def take(self, table: Any, t: Tensor) -> Tensor:
        return torch.from_numpy(table)[t].float().reshape(-1, 1, 1, 1)

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        a, s = self.take(self.sqrt_alphas_cumprod, t), self.take(self.sqrt_one_minus_alphas_cumprod, t)
        return a * x_start + s * noise

    def q_posterior_mean_variance(self, x_start: Tensor, x_t: Tensor, t: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        a, b = self.take(self.posterior_mean_coef1, t), self.take(self.posterior_mean_coef2, t)
        variance = self.take(self.posterior_variance, t)
        return a * x_start + b * x_t, variance, self.take(self.posterior_log_variance_clipped, t)

    def _predict_xstart_from_eps(self, x_t: Tensor, t: Tensor, eps: Tensor) -> Tensor:
        return self.take(self.sqrt_recip_alphas_cumprod, t) * x_t - self.take(self.sqrt_recipm1_alphas_cumprod, t) * eps

    def p_sample(self, model: Any, x: Tensor, t: Tensor, clip_denoised: bool = True) -> dict[str, Tensor]:
        x0 = self._predict_xstart_from_eps(x, t, model(x, t))
        mean, _, log_variance = self.q_posterior_mean_variance(x0, x, t)
        kept = (t != 0).float().reshape(-1, 1, 1, 1)
        return {"sample": mean + kept * (0.5 * log_variance).exp() * torch.randn_like(x), "pred_xstart": x0}
