r"""VDM's Fourier features, extra channels that resolve the finest differences of levels:

.. math::
    \sin(2^n \pi z), \quad \cos(2^n \pi z), \qquad n = n_{\min}, \dots, n_{\max}.

Whole turns are subtracted first, exactly, because an angle of 256 pi rounded to float32 has an error of 1e-5.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from udm.shapes import events


def resolving(K: int) -> range:
    r"""Return n and n + 1 with :math:`2^n \le K/2 < 2^{n+1}`, which separate neighbours of K levels: 7 and 8 for 256.

    The angles of neighbours differ by :math:`2^{n+1} \pi/K`. At one frequency the features of two neighbours are
    :math:`2 \sin(2^n \pi/K)` apart, and at these two frequencies together 2 or more. For 2^n > K/2 they come closer
    again, and for 2^n = K all levels coincide.

    Args:
        K: how many levels a coordinate has.

    Returns:
        n and n + 1.

    Raises:
        ValueError: if K < 2.

    Claim: vdm.fourier.lsb
    """
    if K < 2:
        raise ValueError(f"udm.network.fourier.resolving: expected K >= 2 levels, got {K}")
    return range(K.bit_length() - 2, K.bit_length())


def fourier_features(z: Float[Tensor, "batch c h w"], n: range) -> Float[Tensor, "batch c2 h w"]:
    """Return z followed by its features.

    Args:
        z: ``(batch, c, h, w)``, floating.
        n: the exponents, as :func:`resolving` gives them.

    Returns:
        z and 2 c len(n) channels of features, ``(batch, c2, h, w)`` with c2 = c (1 + 2 len(n)), in the dtype of z.

    Raises:
        ValueError: if z is not floating of shape (batch, c, h, w), or n is empty.

    Source: VDM, arXiv 2107.00630v6, appendix C; n = 7, 8 for 256 levels.
    """
    where = "udm.network.fourier_features"
    events(where, z=z)
    if z.ndim != 4 or not n:
        raise ValueError(f"{where}: expected z of shape (batch, c, h, w) and n not empty, got {tuple(z.shape)}, {n}")
    angles = math.pi * torch.cat([_turned(z * 2.0**k) for k in n], dim=1)
    return torch.cat([z, angles.sin(), angles.cos()], dim=1)


def _turned(y: Tensor) -> Tensor:
    """Subtract a multiple of 2 so that the result is in [-1, 1]; both steps are exact."""
    return y - 2 * torch.round(y / 2)
