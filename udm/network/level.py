r"""A network for discrete levels on a small grid and a variance-preserving path, which predicts x.

By Bayes' rule the law of one coordinate given all of z is its own likelihood times its law given the other coordinates,

.. math::
    p(x_i = x_k \mid z) \propto
        \exp\Bigl(-\tfrac12 \mathrm{SNR} \bigl(\tfrac{z_i}{\alpha} - x_k\bigr)^2\Bigr)\; p(x_i = x_k \mid z_{-i}), \quad
    \hat x_i = \sum_k x_k\, p(x_i = x_k \mid z).

The first factor is known, and dominates where the noise is small; the network learns the logarithm of the second.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from udm.arguments import integers, numbers, sizes
from udm.data.levels import values
from udm.network.layers import GROUPS, WIDTH, Attention, Block, Dense, finite, zero
from udm.stable import sqrt_sigmoid

FADES = -1.0  # gamma at which the view of the whole has half its part: noise of 0.6 in levels from -1 to 1


class LevelNet(nn.Module):
    """A residual convolutional network from (z, gamma) to x_hat, with layers after each block that see the whole event.

    These are dense layers over all coordinates, or attention. On a small grid the dense ones are cheaper and learn how
    far parts of a shape go together; their size grows with the number of coordinates. What they add is multiplied by
    sigmoid(gamma + 1): where there is little noise, a coordinate and its neighbours tell nearly all, and a view of the
    whole learns the training events by heart.

    z is ``(batch, c, h, w)``, floating, and gamma ``(batch,)``, floating; x_hat is of the shape and dtype of z. With
    ``labels`` > 0 it also takes a class per example, ``(batch,)`` int64, -1 for none.

    Args:
        shape: of an event, (c, h, w).
        K: how many levels a coordinate has.
        channels: the width of the network, a multiple of 8.
        blocks: its depth.
        dropout: the share of features dropped in training, in [0, 1).
        labels: the number of classes, 0 for a network without condition.
        dense: the width of the dense layers, 0 for attention in their place.
        fading: whether what the layers add that see the whole event is multiplied by sigmoid(gamma + 1), or by 1.

    Raises:
        ValueError: if the shape is not (c, h, w), K < 2, channels is not a multiple of 8, blocks < 1, dropout is
            outside [0, 1), or dense < 0.

    Claim: bayes.level
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        K: int,
        channels: int = 48,
        blocks: int = 3,
        dropout: float = 0.4,
        labels: int = 0,
        dense: int = 768,
        fading: bool = True,
    ) -> None:
        super().__init__()
        _check(shape, K, channels, blocks, dropout, labels, dense)
        c = shape[0]
        self.register_buffer("x_k", values(K, torch.float64), persistent=False)
        self.x_k: Tensor
        self.time = nn.Sequential(nn.Linear(2 * GROUPS * 2, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))
        self.label = nn.Embedding(labels + 1, WIDTH) if labels else None
        self.enter = nn.Conv2d(2 * c, channels, 3, padding=1)
        self.place = nn.Parameter(0.1 * torch.randn(channels, *shape[1:]))
        self.blocks = nn.ModuleList(Block(channels, dropout) for _ in range(blocks))
        size = math.prod(shape[1:])
        wholes = (Dense(channels, size, dense, dropout) if dense else Attention(channels) for _ in range(blocks))
        self.mixes = nn.ModuleList(wholes)
        self.fading = fading
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.leave = zero(nn.Conv2d(channels, c * K, 1))
        self.prior = nn.Parameter(torch.zeros(c * K, *shape[1:]))

    def forward(self, z: Tensor, gamma: Tensor, label: Tensor | None = None) -> Tensor:
        gamma = finite(gamma)
        likelihood = self._likelihood(z, gamma)  # (batch, c, h, w, K)
        alone = self._mean(likelihood)
        h = self.enter(torch.cat([z, alone.to(z)], dim=1)) + self.place
        e, share = self._embedding(gamma, label), self._share(gamma).to(h)
        for block, mix in zip(self.blocks, self.mixes, strict=True):
            h = block(h, e)
            h = h + share * mix(h, e)
        others = (self.leave(silu(self.norm(h))) + self.prior).unflatten(1, (z.shape[1], -1)).movedim(2, -1)
        return self._mean(likelihood + others).to(z)

    def _likelihood(self, z: Tensor, gamma: Tensor) -> Tensor:
        """Return -SNR (z/alpha - x_k)^2 / 2 in float32 or wider; at SNR = 1e6 half types could not separate levels."""
        wide = torch.promote_types(z.dtype, torch.float32)
        gamma = gamma.to(wide)[:, None, None, None]
        u = z.to(wide) / sqrt_sigmoid(-gamma)
        return -torch.exp(-gamma)[..., None] / 2 * torch.square(u[..., None] - self.x_k.to(wide))

    def _share(self, gamma: Tensor) -> Tensor:
        """Return the factor of what sees the whole event; at gamma = FADES it is a half."""
        return torch.sigmoid(gamma - FADES if self.fading else torch.full_like(gamma, torch.inf))[:, None, None, None]

    def _mean(self, logits: Tensor) -> Tensor:
        return (torch.softmax(logits, dim=-1) * self.x_k.to(logits)).sum(dim=-1)

    def _embedding(self, gamma: Tensor, label: Tensor | None) -> Tensor:
        rates = torch.logspace(-1, math.log10(3), 2 * GROUPS, device=gamma.device, dtype=gamma.dtype)
        angles = gamma[:, None] * rates
        e = self.time(torch.cat([angles.sin(), angles.cos()], dim=1).to(self.place))
        if self.label is None:
            return silu(e)
        none = torch.full_like(gamma, -1, dtype=torch.int64) if label is None else label
        return silu(e + self.label(none + 1))


def _check(shape: tuple[int, ...], K: int, channels: int, blocks: int, dropout: float, labels: int, dense: int) -> None:
    where = "udm.network.LevelNet"
    sizes(where, "shape", shape)
    integers(where, K=K, channels=channels, blocks=blocks, labels=labels, dense=dense)
    numbers(where, dropout=dropout)
    if len(shape) != 3:
        raise ValueError(f"{where}: expected shape (c, h, w), got {shape}")
    if K < 2:
        raise ValueError(f"{where}: expected K >= 2 levels, got {K}")
    if channels < GROUPS or channels % GROUPS or blocks < 1 or not 0 <= dropout < 1:
        got = f"{channels}, {blocks}, {dropout}"
        raise ValueError(f"{where}: expected channels a multiple of 8, blocks >= 1, 0 <= dropout < 1, got {got}")
    if dense < 0:
        raise ValueError(f"{where}: expected dense >= 0, got {dense}")
