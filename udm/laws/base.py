r"""A solvable law: data whose noisy marginals, and hence whose best denoiser, are known in closed form,

.. math::
    q(z_t) = \int q(z_t \mid x)\, q(x)\, dx, \qquad \hat x(z_t) = \mathbb E[x \mid z_t], \qquad
    p(x \mid z_0) = \frac{q(z_0 \mid x)\, q(x)}{q(z_0)}.

With that denoiser and that decoder every loss, likelihood and sampler has an exact value to be tested against.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeAlias, final

import torch
from torch import Tensor

from udm.denoiser import Parameterization, convert
from udm.gaussian import total
from udm.model import Denoiser, Model
from udm.process import Marginal
from udm.schedule.base import Schedule, telling
from udm.schedule.betas import Betas
from udm.shapes import Event, PerExample64, events, over
from udm.stable import sqrt_sigmoid, to_float64

Path: TypeAlias = Callable[[Tensor], Marginal]
LOG_2PI = math.log(2 * math.pi)


def preserving(gamma: PerExample64) -> Marginal:
    """alpha^2 + sigma^2 = 1."""
    return Marginal.from_gamma(gamma)


def exploding(gamma: PerExample64) -> Marginal:
    """alpha = 1, sigma = exp(gamma / 2)."""
    gamma = to_float64(gamma)
    return Marginal(torch.ones_like(gamma), torch.exp(gamma / 2), gamma)


def straight(gamma: PerExample64) -> Marginal:
    """alpha + sigma = 1."""
    gamma = to_float64(gamma)
    return Marginal(torch.square(sqrt_sigmoid(-gamma / 2)), torch.square(sqrt_sigmoid(gamma / 2)), gamma)


PATHS: tuple[Path, ...] = (preserving, exploding, straight)


class Law(ABC):
    """A law of data x of shape ``event``, with all that is exact about it. Numbers are float64 inside."""

    event: tuple[int, ...]

    @abstractmethod
    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        """n independent data, (n, *event), float64, on the CPU."""

    @abstractmethod
    def log_prob(self, x: Event) -> PerExample64:
        """log q(x), nats, (batch,): of the density, or of the probability where the law is discrete."""

    @abstractmethod
    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor: ...

    @abstractmethod
    def _log_marginal(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor: ...

    @final
    def posterior_mean(self, z: Event, at: Marginal) -> Event:
        r"""The best denoiser :math:`\mathbb E[x \mid z]`, in the dtype of z.

        Raises:
            ValueError: z not floating of shape (batch, *event), or a marginal of another batch.
        """
        z64, alpha, sigma = self._spread("posterior_mean", z, at)
        return self._posterior_mean(z64, alpha, sigma).to(z.dtype).to(z.device)

    @final
    def log_marginal(self, z: Event, at: Marginal) -> PerExample64:
        """log q(z_t), nats, (batch,): the density of alpha x + sigma eps.

        Raises:
            ValueError: z not floating of shape (batch, *event), or a marginal of another batch.
        """
        return self._log_marginal(*self._spread("log_marginal", z, at))

    def decoder(self, x: Event, z_0: Event, at_0: Marginal) -> PerExample64:
        """-log p(x | z_0) by Bayes' rule, nats, (batch,): a density where x is continuous.

        Raises:
            ValueError: x or z_0 not floating of shape (batch, *event), or a marginal of another batch.
        """
        z, alpha, sigma = self._spread("decoder", z_0, at_0)
        noise = total(torch.square((z - alpha * to_float64(x)) / sigma) + LOG_2PI + 2 * torch.log(sigma)) / 2
        return noise + self._log_marginal(z, alpha, sigma) - self.log_prob(x)

    @final
    def denoiser(self, kind: Parameterization = "x", *, path: Path = preserving, shrink: float = 1.0) -> Denoiser:
        """(z, gamma) -> shrink E[x | z], told as ``kind``; with shrink = 0.99, a twin that is wrong by a hundredth."""

        def denoise(z: Tensor, gamma: Tensor) -> Tensor:
            at = path(gamma)
            return convert(shrink * self.posterior_mean(z, at), z, at, "x", kind)

        return denoise

    @final
    def model(self, schedule: Schedule, kind: Parameterization = "x", *, shrink: float = 1.0) -> Model:
        """The best denoiser on a schedule's path, or (shrink = 0.99) its biased twin.

        Raises:
            ValueError: the schedule's path is neither variance preserving, nor exploding (alpha = 1), nor straight
                (alpha + sigma = 1): there gamma alone does not tell alpha.
        """
        return Model(self.denoiser(kind, path=path_of(schedule), shrink=shrink), schedule, kind)

    def _spread(self, where: str, z: Tensor, at: Marginal) -> tuple[Tensor, Tensor, Tensor]:
        events(where, z=z)
        if z.shape[1:] != self.event:
            name = f"{type(self).__name__}.{where}"
            raise ValueError(f"{name}: expected z of shape (batch, {', '.join(map(str, self.event))}), got {z.shape}")
        z = to_float64(z)
        alpha, sigma = over(z, at.alpha.to(z.device), at.sigma.to(z.device))
        return z, alpha, sigma


def path_of(schedule: Schedule) -> Path:
    """The map gamma -> (alpha, sigma) that a schedule follows, of the three known here.

    Raises:
        ValueError: none of them.
    """
    if isinstance(schedule, Betas):  # answers on its own grid only
        return preserving
    with torch.no_grad():
        at = schedule.at(telling(schedule))
        for path in PATHS:
            if torch.allclose(path(at.gamma).alpha, at.alpha, rtol=1e-6, atol=0):
                return path
    raise ValueError(f"path_of: expected a path with alpha^2 + sigma^2 = 1, alpha = 1 or alpha + sigma = 1, got {at}")
