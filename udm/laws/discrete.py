r"""Independent coordinates, each uniform over K levels; two points are the case -1, 1:

.. math::
    \mathbb E[x \mid z] = \sum_k w_k x_k, \quad w = \mathrm{softmax}_k \frac{-(z - \alpha x_k)^2}{2 \sigma^2}, \qquad
    \mathbb E[x \mid z] = \tanh \frac{\alpha z}{\sigma^2} \text{ for two points.}

VDM's softmax decoder is here the exact posterior.
"""

import math

import torch
from torch import Tensor

from udm.decoder import reconstruction
from udm.gaussian import total
from udm.laws.base import LOG_2PI, Law
from udm.process import Marginal
from udm.shapes import Event, Indices, PerExample64, per_example
from udm.stable import expm1, to_float64


class Grid(Law):
    """Coordinates of shape event, each uniform over the levels, (K,).

    Raises:
        ValueError: levels not floating of shape (K,), or two of them equal.

    Claim: bayes.points, edm.ideal_denoiser
    """

    def __init__(self, levels: Tensor, event: tuple[int, ...] = (1,)) -> None:
        per_example("Grid", levels=levels)
        if not (torch.diff(torch.sort(levels).values) > 0).all():
            raise ValueError("Grid: expected levels all different")
        self.levels, self.event = to_float64(levels), event
        self._mean = math.fsum(float(a) for a in self.levels.cpu()) / len(levels)

    def draw_index(self, n: int, generator: torch.Generator | None = None) -> Indices:
        """n independent data as integers in [0, K), (n, *event)."""
        return torch.randint(0, len(self.levels), (n, *self.event), generator=generator)

    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        return self.levels[self.draw_index(n, generator)]

    def log_prob(self, x: Event) -> PerExample64:
        known = self._found(x).any(dim=-1).reshape(len(x), -1).all(dim=1)
        each = torch.full_like(known, -math.log(len(self.levels)) * math.prod(self.event), dtype=torch.float64)
        return torch.where(known, each, -torch.inf)

    def decoder(self, x: Event, z_0: Event, at_0: Marginal) -> PerExample64:
        """-log p(x | z_0), a softmax over levels, nats, (batch,), to its own digits however small; inf off the levels.

        Raises:
            ValueError: x or z_0 not floating of shape (batch, *event), or a marginal of another batch.
        """
        self._spread("decoder", z_0, at_0)
        found = self._found(x)
        loss = reconstruction(found.long().argmax(dim=-1), z_0, at_0, self.levels)
        return torch.where(found.any(dim=-1).reshape(len(x), -1).all(dim=1), loss, torch.inf)

    def _found(self, x: Event) -> Tensor:
        """Which level each coordinate is."""
        return x[..., None] == self.levels.to(x.device, x.dtype)

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        x, z, alpha, sigma = self.levels.to(z.device), z[..., None], alpha[..., None], sigma[..., None]
        near = x[(z - alpha * x).abs().argmin(dim=-1)][..., None]
        odds = alpha / sigma * (x - near) * ((z - alpha * (near + x) / 2) / sigma)
        odds = torch.where(x == near, 0.0, odds)  # inf * 0 at sigma = 0, where the nearest is all there is
        known = (torch.softmax(odds, dim=-1) * x).sum(dim=-1)
        # odds near 1 leave little but the mean, which the weighted levels would have to cancel down to
        even = (odds.abs() <= 1).all(dim=-1)
        odds = torch.where(even[..., None], odds, 0.0)
        moved = (expm1(odds) * (x - self._mean)).sum(dim=-1) / torch.exp(odds).sum(dim=-1)
        return torch.where(even, self._mean + moved, known)

    def _log_likelihood(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return -torch.square((z[..., None] - alpha[..., None] * self.levels.to(z.device)) / sigma[..., None]) / 2

    def _log_marginal(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        each = torch.logsumexp(self._log_likelihood(z, alpha, sigma), dim=-1) - math.log(len(self.levels))
        return total(each - LOG_2PI / 2 - torch.log(sigma))


class TwoPoints(Grid):
    """Coordinates of shape event, each -1 or 1 with equal chances.

    Claim: bayes.two_points
    """

    def __init__(self, event: tuple[int, ...] = (1,)) -> None:
        super().__init__(torch.tensor([-1.0, 1.0], dtype=torch.float64), event)

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return torch.tanh(alpha / sigma * (z / sigma))
