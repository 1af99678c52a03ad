"""Layers of a network on a grid, which take features, (batch, channels, h, w), and an embedding e."""

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention, silu

GROUPS, HEADS, WIDTH = 8, 4, 64
NARROW = 8  # channels of the dense layers


class Block(nn.Module):
    """Two convolutions, the second scaled and shifted by the embedding e."""

    def __init__(self, channels: int, dropout: float) -> None:
        super().__init__()
        self.first, self.norm = nn.GroupNorm(GROUPS, channels), nn.GroupNorm(GROUPS, channels)
        self.a = nn.Conv2d(channels, channels, 3, padding=1)
        self.b = zero(nn.Conv2d(channels, channels, 3, padding=1))
        self.film, self.dropout = nn.Linear(WIDTH, 2 * channels), nn.Dropout(dropout)

    def forward(self, h: Tensor, e: Tensor) -> Tensor:
        scale, shift = self.film(e)[..., None, None].chunk(2, dim=1)
        inner = self.norm(self.a(silu(self.first(h)))) * (1 + scale) + shift
        return h + self.b(self.dropout(silu(inner)))


class Dense(nn.Module):
    """What is added to h: two dense layers over all places of a few channels, the first scaled and shifted by e."""

    def __init__(self, channels: int, size: int, width: int, dropout: float) -> None:
        super().__init__()
        self.norm, self.down = nn.GroupNorm(GROUPS, channels), nn.Conv2d(channels, NARROW, 1)
        self.a, self.b = nn.Linear(NARROW * size, width), nn.Linear(width, NARROW * size)
        self.inner, self.film = nn.LayerNorm(width), nn.Linear(WIDTH, 2 * width)
        self.dropout, self.up = nn.Dropout(dropout), zero(nn.Conv2d(NARROW, channels, 1))

    def forward(self, h: Tensor, e: Tensor) -> Tensor:
        few = self.down(silu(self.norm(h)))
        scale, shift = self.film(e).chunk(2, dim=1)
        whole = self.inner(self.a(few.flatten(1))) * (1 + scale) + shift
        return self.up(silu(self.b(self.dropout(silu(whole))).view_as(few)))


class Attention(nn.Module):
    """What is added to h: attention between all places; the embedding has no part in it."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv, self.out = nn.Conv2d(channels, 3 * channels, 1), zero(nn.Conv2d(channels, channels, 1))

    def forward(self, h: Tensor, e: Tensor) -> Tensor:
        tokens = self.qkv(self.norm(h)).flatten(2).transpose(1, 2).contiguous()  # the fast kernels need it
        q, k, v = tokens.unflatten(2, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        mixed = scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return self.out(mixed.transpose(1, 2).unflatten(2, h.shape[2:]))


def finite(gamma: Tensor) -> Tensor:
    """Return gamma, or what stands for it where it is beyond 60 or infinite: the SNR of 1e-26 counts as none."""
    return gamma.clamp(-60, 60)


def zero(layer: nn.Conv2d) -> nn.Conv2d:
    """Set weights to 0, so that what the layer ends has no part in the network at first."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
