r"""VDM's Fourier features: extra channels that resolve the finest differences of levels,

.. math::
    \sin(2^n \pi z), \quad \cos(2^n \pi z), \qquad n = n_{\min}, \dots, n_{\max}.

Whole turns are taken off first, exactly: an angle of 256 pi, rounded to float32, would be off by 1e-5.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from udm.shapes import events


def resolving(K: int) -> range:
    r"""n and n + 1 with :math:`2^n \le K/2 < 2^{n+1}`, which tell neighbours of K levels apart; 7 and 8 for 256.

    Neighbours turn by :math:`2^{n+1} \pi/K`. Two at one frequency are :math:`2 \sin(2^n \pi/K)` apart, at these two
    together 2 or more; from 2^n > K/2 on they draw near again, and at 2^n = K all levels are one.

    Raises:
        ValueError: K < 2.

    Claim: vdm.fourier.lsb
    """
    if K < 2:
        raise ValueError(f"resolving: expected K >= 2 levels, got {K}")
    return range(K.bit_length() - 2, K.bit_length())


def fourier_features(z: Float[Tensor, "batch c h w"], n: range) -> Float[Tensor, "batch c2 h w"]:
    """z with 2 c len(n) channels behind it, in the dtype of z.

    Raises:
        ValueError: z not floating of shape (batch, c, h, w), or an empty range.

    Source: VDM, arXiv 2107.00630v6, appendix C; n = 7, 8 for 256 levels.
    """
    events("fourier_features", z=z)
    if z.ndim != 4 or not n:
        raise ValueError(f"fourier_features: expected z (batch, c, h, w) and n not empty, got {tuple(z.shape)}, {n}")
    angles = math.pi * torch.cat([_turned(z * 2.0**k) for k in n], dim=1)
    return torch.cat([z, angles.sin(), angles.cos()], dim=1)


def _turned(y: Tensor) -> Tensor:
    """y less a multiple of 2, in [-1, 1]; both steps are exact."""
    return y - 2 * torch.round(y / 2)
