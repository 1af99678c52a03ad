r"""Models given by an energy: the density is :math:`e^{-f(z)}/Z`, and its score needs no Z,

.. math:: \nabla_z \log \frac{e^{-f(z)}}{Z} = -\nabla_z f(z).

So an energy of z and gamma is a denoiser that predicts the score, by one backward pass.
"""

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from udm.arguments import functions
from udm.model import Denoiser
from udm.shapes import Event, PerExample, events, per_example

Energy: TypeAlias = Callable[[Event], PerExample]  # of one example each, whatever the others are


def score(energy: Energy, z: Event, *, gradient: bool = False) -> Event:
    r"""Return :math:`-\nabla_z f(z)`.

    Args:
        energy: f, from z to one number for each example, ``(batch,)``, floating, which depends on that example alone.
        z: ``(batch, *event)``, floating.
        gradient: whether the score has gradients itself, in z and in the parameters of the energy.

    Returns:
        The score, ``(batch, *event)``, of the dtype and device of z; 0 if the energy does not depend on z.

    Raises:
        ValueError: if z is not floating or has no batch axis, or the energy is not floating of shape (batch,).

    Source: Luo, arXiv 2208.11970v1, eq. (152)-(155).

    Claim: energy.score
    """
    return _score("udm.energy.score", energy, z, gradient)


def _score(where: str, energy: Energy, z: Event, gradient: bool) -> Event:
    functions(where, energy=energy)
    events(where, z=z)
    with torch.enable_grad():
        at = z if gradient and z.requires_grad else z.detach().requires_grad_()
        f = energy(at)
        per_example(where, len(z), **{"energy(z)": f})
        if not f.requires_grad:  # it does not depend on z
            return torch.zeros_like(z)
        (slope,) = torch.autograd.grad(f.sum(), at, create_graph=gradient, materialize_grads=True)
    return -slope


def denoiser(energy: Callable[[Tensor, Tensor], Tensor], *, gradient: bool = False) -> Denoiser:
    """Return the denoiser that predicts the score of an energy; its parameterization is "score".

    Args:
        energy: f, from z, ``(batch, *event)``, and gamma, ``(batch,)``, to ``(batch,)``, floating.
        gradient: whether predictions have gradients in the parameters of the energy, as training needs.

    Returns:
        A map of z, ``(batch, *event)``, and gamma, ``(batch,)``, to the score, of the shape and dtype of z.

    Raises:
        ValueError: if the energy is no function; and, when it is called, as :func:`score` does.

    Source: Luo, arXiv 2208.11970v1, eq. (152)-(155).

    Claim: energy.score
    """
    where = "udm.energy.denoiser"
    functions(where, energy=energy)
    return lambda z, gamma: _score(where, lambda at: energy(at, gamma), z, gradient)
