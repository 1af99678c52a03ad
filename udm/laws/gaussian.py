r"""Normal data, and mixtures of normal data. For x ~ N(m, diag s^2),

.. math::
    \mathbb E[x \mid z] = m + \frac{\alpha s^2}{\alpha^2 s^2 + \sigma^2} (z - \alpha m), \qquad
    q(z) = \mathcal N(\alpha m, \alpha^2 s^2 + \sigma^2), \qquad
    \mathrm{mmse}(v) = \sum_i \frac{s_i^2}{1 + v s_i^2},

and for a mixture :math:`\mathbb E[x \mid z]` is the mean of those of its parts, under the weights
:math:`w_k(z) \propto \pi_k\, q_k(z)`.
"""

import torch
from torch import Tensor

from udm.gaussian import total
from udm.laws.base import LOG_2PI, Law
from udm.shapes import Event, instance
from udm.stable import to_float64


class Gaussian(Law):
    """Independent normal coordinates.

    Args:
        mean: the mean of each coordinate, ``(*event,)``, floating.
        std: the standard deviation of each coordinate, ``(*event,)``, floating.

    Raises:
        ValueError: if mean and std differ in shape or are not floating, or a std is not positive.

    Claim: bayes.gaussian
    """

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        instance(self._public, Tensor, mean=mean, std=std)
        if mean.shape != std.shape or not mean.is_floating_point() or not std.is_floating_point():
            got = f"{tuple(mean.shape)}, {mean.dtype} and {tuple(std.shape)}, {std.dtype}"
            raise ValueError(f"{self._public}: expected mean and std floating of one shape, got {got}")
        if not (std > 0).all():
            raise ValueError(f"{self._public}: expected std > 0, got {float(std.min())}")
        self.mean, self.std, self.event = to_float64(mean), to_float64(std), tuple(mean.shape)

    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        return self.mean + self.std * torch.randn((n, *self.event), dtype=torch.float64, generator=generator)

    def _log_prob(self, x: Tensor) -> Tensor:
        x = to_float64(x)
        return _log_normal(x - self.mean.to(x.device), self.std.to(x.device))

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return _posterior_mean(z, alpha, sigma, self.mean.to(z.device), self.std.to(z.device))

    def _log_marginal(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return _log_normal(z - alpha * self.mean.to(z.device), torch.hypot(alpha * self.std.to(z.device), sigma))


class Mixture(Law):
    """A mixture of K normal laws with independent coordinates.

    Args:
        weights: of the parts, ``(K,)``, floating, positive, with sum 1.
        means: of the parts, ``(K, *event)``, floating.
        stds: the standard deviations of the parts, ``(K, *event)``, floating.

    Raises:
        ValueError: if the shapes are not these, the weights are not positive or do not sum to 1, or a std is not
            positive.

    Claim: bayes.mixture
    """

    def __init__(self, weights: Tensor, means: Tensor, stds: Tensor) -> None:
        instance(self._public, Tensor, weights=weights, means=means, stds=stds)
        floating = weights.is_floating_point() and means.is_floating_point() and stds.is_floating_point()
        if not floating or weights.ndim != 1 or means.shape != stds.shape or means.shape[:1] != weights.shape:
            got = ", ".join(f"{tuple(a.shape)} {a.dtype}" for a in (weights, means, stds))
            raise ValueError(f"{self._public}: expected weights (K,), means and stds (K, *event), floating, got {got}")
        weights = to_float64(weights)
        if not (weights > 0).all() or abs(float(weights.sum()) - 1) > 1e-6 or not (stds > 0).all():
            got = f"weights that sum to {float(weights.sum())}, the least weight {float(weights.min())} and the least"
            got += f" std {float(stds.min())}"
            raise ValueError(f"{self._public}: expected weights > 0 that sum to 1 and stds > 0, got {got}")
        self.log_weights = torch.log(weights / weights.sum())
        self.means, self.stds, self.event = to_float64(means), to_float64(stds), tuple(means.shape[1:])

    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        k = torch.multinomial(torch.exp(self.log_weights), n, replacement=True, generator=generator)
        return self.means[k] + self.stds[k] * torch.randn((n, *self.event), dtype=torch.float64, generator=generator)

    def _log_prob(self, x: Tensor) -> Tensor:
        x = to_float64(x)
        one, zero = (torch.full((len(x), *(1,) * len(self.event)), a, dtype=x.dtype, device=x.device) for a in (1, 0))
        return self._log_marginal(x, one, zero)

    def _joint(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        """Return log pi_k q_k(z), (K, batch)."""
        rows = zip(self.log_weights.to(z.device), self.means.to(z.device), self.stds.to(z.device), strict=True)
        return torch.stack([w + _log_normal(z - alpha * m, torch.hypot(alpha * s, sigma)) for w, m, s in rows])

    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        shares = torch.softmax(self._joint(z, alpha, sigma), dim=0)
        means = zip(shares, self.means.to(z.device), self.stds.to(z.device), strict=True)
        spread = (len(z), *(1,) * len(self.event))
        return sum(
            (w.reshape(spread) * _posterior_mean(z, alpha, sigma, m, s) for w, m, s in means), torch.zeros_like(z)
        )

    def _log_marginal(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
        return torch.logsumexp(self._joint(z, alpha, sigma), dim=0)


def _posterior_mean(z: Tensor, alpha: Tensor, sigma: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    gain = alpha * torch.square(std / torch.hypot(alpha * std, sigma))
    return mean + gain * (z - alpha * mean)


def _log_normal(shift: Tensor, std: Tensor) -> Tensor:
    std = std.expand_as(shift)
    return -total(torch.square(shift / std) + LOG_2PI + 2 * torch.log(std)) / 2
