r"""Interpolation of two latents along the arc between them, and of data through the latents that they are encoded to.

.. math::
    z = \frac{\sin((1 - b)\, \psi)}{\sin \psi}\, z_1 + \frac{\sin(b\, \psi)}{\sin \psi}\, z_2, \qquad
    \cos\psi = \frac{z_1 \cdot z_2}{\lVert z_1 \rVert \lVert z_2 \rVert}.

Of two latents of one length all mixes have it, as latents that a denoiser was trained on have nearly one length. On the
straight line, (1 - b) z_1 + b z_2, the square of the length is lower by the factor 1 - 2 b (1 - b) (1 - cos psi).
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from udm.arguments import integers, numbers, several
from udm.gaussian import total
from udm.model import Model, check_model
from udm.sample.encode import encode
from udm.sample.grid import check_rising, uniform
from udm.sample.run import reverse, to_data
from udm.sample.sampler import DDIM
from udm.shapes import Event, PerExample, PerExample64, combine, events, per_example
from udm.stable import to_float64


def slerp(first: Event, second: Event, share: PerExample) -> Event:
    """Return the latent on the arc from the first to the second, example by example.

    Args:
        first: z_1, ``(batch, *event)``, floating.
        second: z_2, ``(batch, *event)``, of the dtype and device of the first.
        share: b, ``(batch,)``, floating; 0 gives the first and 1 the second.

    Returns:
        The mix, ``(batch, *event)``, in the dtype of the first; NaN where one of them is 0 or they are opposite, as no
        arc is between them.

    Raises:
        ValueError: if the two differ in shape, dtype or device or are not floating, or ``share`` is not floating of
            shape (batch,).

    Source: Song et al., arXiv 2010.02502v4, appendix D.5.

    Claim: ddim.slerp
    """
    where = "udm.sample.slerp"
    events(where, first=first, second=second)
    per_example(where, len(first), share=share)
    a, b = slerp_weights(_angle(first, second), to_float64(share))
    return combine((a, first), (b, second))


def slerp_weights(angle: PerExample, share: PerExample) -> tuple[PerExample64, PerExample64]:
    r"""Return :math:`\sin((1 - b) \psi)/\sin\psi` and :math:`\sin(b \psi)/\sin\psi`; 1 - b and b at psi = 0.

    Args:
        angle: psi, in [0, pi), ``(batch,)``, floating.
        share: b, ``(batch,)``, floating.

    Returns:
        Both weights, each ``(batch,)`` float64.

    Raises:
        ValueError: if angle or share is not floating of shape (batch,).

    Claim: ddim.slerp
    """
    per_example("udm.sample.mix.slerp_weights", angle=angle)
    per_example("udm.sample.mix.slerp_weights", len(angle), share=share)
    psi, b = to_float64(angle), to_float64(share).to(angle.device)
    flat = psi == 0
    turn = torch.sin(torch.where(flat, 1.0, psi))
    weights = (torch.where(flat, part, torch.sin(part * psi) / turn) for part in (1 - b, b))
    first, second = weights
    return first, second


def _angle(first: Event, second: Event) -> PerExample64:
    """Return the angle by Kahan's formula, which keeps its digits where the two are close."""
    a, b = (to_float64(z).flatten(1) for z in (first, second))
    a, b = (z / _length(z)[:, None] for z in (a, b))
    apart, together = _length(a - b), _length(a + b)
    psi = 2 * torch.atan2(apart, together)
    return torch.where(together == 0, torch.nan, psi)


def _length(z: Event) -> PerExample64:
    return torch.sqrt(total(torch.square(z)))


@torch.no_grad()
def interpolate(
    model: Model,
    first: Event,
    second: Event,
    shares: Sequence[float] | Tensor,
    *,
    grid: int | Tensor = 50,
    rounds: int = 0,
) -> Event:
    """Return data between the first and the second: both are encoded, mixed by :func:`slerp`, and taken back by DDIM.

    Args:
        model: the denoiser, its path and what it predicts.
        first: data, ``(batch, *event)``, floating.
        second: data, ``(batch, *event)``, of the dtype and device of the first.
        shares: numbers from 0, which leads back to the first, to 1, a sequence, or ``(count,)``, floating.
        grid: times from data to noise, ``(steps + 1,)`` float64, rising, or a number of steps uniform in t, as in
            :func:`udm.sample.encode`; the same steps lead back.
        rounds: how often each step of the encoding is mended, as there.

    Returns:
        The mixes, those of the first share first, ``(n, *event)``, n = count * batch, in the dtype of the first.

    Raises:
        ValueError: if first and second differ in shape, dtype or device, are not floating or not finite; a share is no
            finite number; or the grid or rounds are none that ``encode`` takes.
        FloatingPointError: if a latent is not finite.

    Source: Song et al., arXiv 2010.02502v4, section 5.3 and appendix D.5; DDPM, arXiv 2006.11239v2, section 4.4.

    Claim: ddim.slerp, ddim.inverse
    """
    where = "udm.sample.interpolate"
    check_model(where, model)
    events(where, first=first, second=second)
    parts = _shares(where, shares)
    integers(where, rounds=rounds)
    if rounds < 0:
        raise ValueError(f"{where}: expected rounds >= 0, got {rounds}")
    rising = uniform(grid).flip(0) if isinstance(grid, int) else grid
    check_rising(where, rising)
    for name, x in (("first", first), ("second", second)):
        if not bool(torch.isfinite(x).all()):
            raise ValueError(f"{where}: expected finite {name}, got others")
    start, end = (encode(model, x, grid=rising, rounds=rounds) for x in (first, second))
    mixes = [slerp(start, end, torch.full((len(first),), b, dtype=torch.float64, device=first.device)) for b in parts]
    z = torch.cat(mixes) if mixes else start[:0]
    z_0 = reverse(model, z, rising.flip(0), DDIM(), lambda: torch.zeros_like(z))
    at_0 = model.schedule.at(rising[:1].to(model.schedule.device)).each(lambda a: a.expand(len(z)))
    return to_data(model, z_0, at_0, "rescale")


def _shares(where: str, shares: Sequence[float] | Tensor) -> list[float]:
    several(where, shares=shares)
    numbers(where, **{f"shares[{k}]": b for k, b in enumerate(shares)})
    listed = [float(b) for b in shares]
    if not all(map(math.isfinite, listed)):
        raise ValueError(f"{where}: expected finite shares, got {listed}")
    return listed
