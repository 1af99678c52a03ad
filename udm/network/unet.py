"""diffusers' U-Net as a denoiser from (z, gamma) to eps, which also gets VDM's Fourier features of z."""

import math
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from udm.arguments import integers, numbers, sizes
from udm.extra import install
from udm.network.fourier import fourier_features, resolving
from udm.network.layers import finite

WHERE = "udm.network.unet.UNet"


class UNet(nn.Module):
    """diffusers' UNet2DModel on z and its Fourier features, with gamma in place of the time.

    Continuous data, K = 0, have no features, since they have no finest difference. With ``ranged`` it returns twice the
    channels, for a :class:`udm.calling.Ranged`.

    Raises:
        ValueError: if the shape is not (c, h, w), K is 1 or negative, channels or blocks < 1, dropout is outside
            [0, 1), or diffusers is not installed.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        K: int,
        channels: int = 128,
        blocks: int = 2,
        dropout: float = 0.1,
        labels: int = 0,
        ranged: bool = False,
    ) -> None:
        super().__init__()
        try:
            diffusers: Any = import_module("diffusers")
        except ModuleNotFoundError:
            raise ValueError(f"{WHERE}: expected the library diffusers, got none: {install('images')}") from None
        sizes(WHERE, "shape", shape)
        integers(WHERE, K=K, channels=channels, blocks=blocks, labels=labels)
        numbers(WHERE, dropout=dropout)
        if len(shape) != 3:
            raise ValueError(f"{WHERE}: expected shape (c, h, w), got {shape}")
        if K != 0 and K < 2:
            raise ValueError(f"{WHERE}: expected K >= 2 levels, or 0 for continuous data, got {K}")
        if channels < 1 or blocks < 1 or not 0 <= dropout < 1:
            got = f"{channels}, {blocks}, {dropout}"
            raise ValueError(f"{WHERE}: expected channels >= 1, blocks >= 1 and dropout in [0, 1), got {got}")
        self.features = resolving(K) if K else range(0)
        self._first = self.features[0] if K else 0
        self.register_buffer("first", torch.tensor(self._first))  # the weights record their features
        self._before = max((K - 1).bit_length() - 1, 0)  # the first feature of older weights, which do not record it
        c, depth = shape[0], _depth(shape[1:])
        self.net: nn.Module = diffusers.UNet2DModel(
            sample_size=shape[1:],
            in_channels=c * (1 + 2 * len(self.features)),
            out_channels=2 * c if ranged else c,
            layers_per_block=blocks,
            block_out_channels=(channels,) + (2 * channels,) * (depth - 1),
            down_block_types=("DownBlock2D",) + ("AttnDownBlock2D",) * (depth - 1),
            up_block_types=("AttnUpBlock2D",) * (depth - 1) + ("UpBlock2D",),
            norm_num_groups=math.gcd(32, channels),
            attention_head_dim=min(8, channels),
            dropout=dropout,
            num_class_embeds=labels + 1 if labels else None,
        )
        self.labels = labels

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        first = state_dict.setdefault(f"{prefix}first", torch.tensor(self._before))
        if int(first) != self._first:
            wanted = f"expected weights for Fourier features from n = {self._first} on"
            raise RuntimeError(f"{wanted}, got n = {int(first)}")
        super()._load_from_state_dict(state_dict, prefix, *args)  # pyright: ignore[reportUnknownMemberType]

    def forward(self, z: Tensor, gamma: Tensor, label: Tensor | None = None) -> Tensor:
        classes = None
        if self.labels:
            classes = gamma.new_zeros(len(gamma)).long() if label is None else label + 1  # 0 is no class
        steps = 40 * (finite(gamma) + 14)  # the embedding was made for times 0 .. 1000
        seen = fourier_features(z, self.features) if self.features else z
        return self.net(seen, steps, class_labels=classes).sample


def _depth(size: tuple[int, ...]) -> int:
    """Return the number of scales, at most 4: both sides are halved as long as they divide and stay at least 4."""
    depth = 1
    while depth < 4 and all(n % 2**depth == 0 and n // 2**depth >= 4 for n in size):
        depth += 1
    return depth
