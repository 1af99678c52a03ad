r"""Independent coordinates, each uniform over K levels. The two points -1 and 1 are a special case:

.. math::
    \mathbb E[x \mid z] = \sum_k w_k x_k, \quad w = \mathrm{softmax}_k \frac{-(z - \alpha x_k)^2}{2 \sigma^2}, \qquad
    \mathbb E[x \mid z] = \tanh \frac{\alpha z}{\sigma^2} \text{ for two points.}

For these laws VDM's softmax decoder is the exact posterior.
"""

import math

import torch
from torch import Tensor

from udm.arguments import sizes
from udm.decoder import reconstruction
from udm.gaussian import total
from udm.laws.base import LOG_2PI, Law
from udm.process import Marginal
from udm.shapes import Event, Indices, PerExample64, per_example
from udm.stable import expm1, to_float64


class Grid(Law):
    """Data whose coordinates are independent and uniform over the levels.

    Args:
        levels: ``(K,)``, floating, the value of each level.
        event: the shape of x, without the batch axis.

    Raises:
        ValueError: if levels is not floating of shape (K,), or two levels are equal.

    Claim: bayes.points, edm.ideal_denoiser
    """

    def __init__(self, levels: Tensor, event: tuple[int, ...] = (1,)) -> None:
        event = sizes(self._public, "event", event)
        per_example(self._public, levels=levels)
        if not (torch.diff(torch.sort(levels).values) > 0).all():
            raise ValueError(f"{self._public}: expected levels that all differ, got two equal ones")
        self.levels, self.event = to_float64(levels), event
        self._mean = math.fsum(float(a) for a in self.levels.cpu()) / len(levels)

    def draw_index(self, n: int, generator: torch.Generator | None = None) -> Indices:
        """Draw independent data as integers.

        Args:
            n: how many.
            generator: the source of randomness, on the CPU.

        Returns:
            Integers in [0, K), ``(n, *event)`` int64; the batch is n.
        """
        return torch.randint(0, len(self.levels), (n, *self.event), generator=generator)

    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        return self.levels[self.draw_index(n, generator)]

    def _log_prob(self, x: Tensor) -> Tensor:
        known = self._matches(x).any(dim=-1).reshape(len(x), -1).all(dim=1)
        each = torch.full_like(known, -math.log(len(self.levels)) * math.prod(self.event), dtype=torch.float64)
        return torch.where(known, each, -torch.inf)

    def decoder(self, x: Event, z_0: Event, at_0: Marginal) -> PerExample64:
        """Return -log p(x | z_0), a softmax over levels.

        It has full relative accuracy, however small it is.

        Args:
            x: the data, ``(batch, *event)``, floating.
            z_0: the latent at time 0, ``(batch, *event)``, floating.
            at_0: the marginal at time 0, each field ``(batch,)`` float64.

        Returns:
            -log p(x | z_0) in nats, ``(batch,)`` float64; inf where x is not one of the levels.

        Raises:
            ValueError: if x or z_0 is not floating of shape ``(batch, *event)``, or ``at_0`` is not a Marginal of their
                batch.
        """
        self._spread("decoder", z_0, at_0, x=x)
        matches = self._matches(x)
        loss = reconstruction(matches.long().argmax(dim=-1), z_0, at_0, self.levels)
        return torch.where(matches.any(dim=-1).reshape(len(x), -1).all(dim=1), loss, torch.inf)

    def _matches(self, x: Event) -> Tensor:
        """Return which level each coordinate is equal to, ``(batch, *event, K)``, bool."""
        return x[..., None] == self.levels.to(x.device, x.dtype)

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        x, z, alpha, sigma = self.levels.to(z.device), z[..., None], alpha[..., None], sigma[..., None]
        near = x[(z - alpha * x).abs().argmin(dim=-1)][..., None]
        odds = alpha / sigma * (x - near) * ((z - alpha * (near + x) / 2) / sigma)
        odds = torch.where(x == near, 0.0, odds)  # inf * 0 at sigma = 0, where only the nearest counts
        known = (torch.softmax(odds, dim=-1) * x).sum(dim=-1)
        # if all log-odds are small, the sum of weighted levels would cancel down to little more than the mean
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
    """Data whose coordinates are independent, each -1 or 1 with equal probability.

    Args:
        event: the shape of x, without the batch axis.

    Claim: bayes.two_points
    """

    def __init__(self, event: tuple[int, ...] = (1,)) -> None:
        super().__init__(torch.tensor([-1.0, 1.0], dtype=torch.float64), event)

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return torch.tanh(alpha / sigma * (z / sigma))
