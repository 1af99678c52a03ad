r"""Langevin steps, and the sampler that takes some before each step of another.

.. math::
    z' = z + \epsilon\, s(z) + \sqrt{2 \epsilon}\, n.
"""

from dataclasses import dataclass
from typing import ClassVar, final

import torch

from udm.arguments import integers, numbers
from udm.model import Model
from udm.sample.base import Memory, Move, Moved, Sampler
from udm.sample.plan import NoiseSource
from udm.shapes import Event, PerExample, PerExample64, combine, events, instance, per_example, working
from udm.stable import to_float64


def langevin(z: Event, score: Event, size: PerExample, noise: Event) -> Event:
    r"""Return an unadjusted Langevin step :math:`z + \epsilon\, s(z) + \sqrt{2 \epsilon}\, n`.

    For the score of N(0, v) its stationary variance is :math:`v / (1 - \epsilon/(2v))`, not v.

    Args:
        z: the latent, ``(batch, *event)``, floating.
        score: the score at z, ``(batch, *event)``, of the dtype and device of z.
        size: :math:`\epsilon`, ``(batch,)``, floating, one per example.
        noise: fresh standard normal noise, ``(batch, *event)``, of the dtype and device of z.

    Returns:
        The new latent, ``(batch, *event)``, in the dtype of z.

    Raises:
        ValueError: if z, score and noise differ in shape, dtype or device or are not floating, or ``size`` is not
            floating of shape (batch,).

    Source: Song et al., arXiv 2011.13456v2, eq. (2).

    Claim: langevin.gaussian, langevin.stationary
    """
    events("udm.sample.langevin", z=z, score=score, noise=noise)
    per_example("udm.sample.langevin", z.shape[0], size=size)
    size = to_float64(size)
    return combine((torch.ones_like(size), z), (size, score), (torch.sqrt(2 * size), noise))


def langevin_size(score: Event, noise: Event, r: float, alpha_squared: PerExample | None = None) -> PerExample64:
    r"""Return the size :math:`\epsilon = 2\, \alpha^2_{t|s} (r \lVert n \rVert / \lVert s \rVert)^2`.

    The norms are those of each example. (The authors' code takes their mean over the batch, so that a sample depends
    on its neighbours.)

    Args:
        score: s, ``(batch, *event)``, floating.
        noise: n, ``(batch, *event)``, of the dtype and device of the score.
        r: the ratio of signal to noise, positive.
        alpha_squared: 1 - beta_i on a path that preserves variance, ``(batch,)``, floating; None stands for 1.

    Returns:
        The size, ``(batch,)`` float64.

    Raises:
        ValueError: if score and noise differ in shape, dtype or device or are not floating, r is not positive, or
            alpha_squared is not floating of shape (batch,).

    Source: Song et al., arXiv 2011.13456v2, algorithms 4 and 5.

    Claim: langevin.step_size
    """
    where = "udm.sample.langevin_size"
    events(where, score=score, noise=noise)
    numbers(where, r=r)
    if not r > 0:
        raise ValueError(f"{where}: expected r > 0, got {r}")
    size = 2 * r**2 * (_squares(noise) / _squares(score))
    if alpha_squared is None:
        return size
    per_example(where, len(score), alpha_squared=alpha_squared)
    return size * to_float64(alpha_squared)


def _squares(z: Event) -> PerExample64:
    """Return ||z||^2 of each example by itself, because how a batched sum is split may depend on the batch."""
    wide = to_float64(z.to(working(z.dtype))).reshape(z.shape[0], -1)
    return torch.stack([torch.square(row).sum() for row in wide])


@final
@dataclass(frozen=True)
class Corrected(Sampler):
    r"""A corrector of ``steps`` Langevin steps at t, followed by the predictor from t to s.

    The step size is Score SDE's :math:`2 \alpha_{t|s}^2 (r \lVert n \rVert/\lVert s \rVert)^2` with r = ``snr``, or
    :math:`\tau \sigma_t^2` with :math:`\tau` = ``tau``. Unadjusted Langevin steps have a bias that depends on their
    size and that no grid removes: the law does not converge as the steps shrink, and ``order`` is 0. The corrector
    comes first, as in the authors' code, because at s = 0 and sigma_0 = 0 there is nothing to correct, and because
    alpha_{t|s} belongs to the step below t.

    Args:
        predictor: the sampler that takes each step.
        steps: Langevin steps before each of them.
        snr: r, the ratio of signal to noise; or None.
        tau: the size of a Langevin step in units of sigma_t^2; or None.

    Raises:
        ValueError: unless exactly one of snr and tau is given, it is positive, steps >= 1 and ``predictor`` is a
            Sampler.

    Source: Song et al., arXiv 2011.13456v2, algorithms 1, 4 and 5.

    Claim: langevin.gaussian, langevin.step_size, sde.pc
    """

    predictor: Sampler
    steps: int = 1
    snr: float | None = None
    tau: float | None = None
    order: ClassVar[int] = 0

    def __post_init__(self) -> None:
        instance("udm.sample.Corrected", Sampler, predictor=self.predictor)
        where = "udm.sample.Corrected"
        integers(where, steps=self.steps)
        numbers(where, **{k: v for k, v in (("snr", self.snr), ("tau", self.tau)) if v is not None})
        size = self.snr if self.tau is None else self.tau
        if (self.snr is None) == (self.tau is None) or size is None or not size > 0 or self.steps < 1:
            raise ValueError(
                "udm.sample.Corrected: expected steps >= 1 and exactly one of snr and tau, positive, got"
                f" steps = {self.steps}, snr = {self.snr}, tau = {self.tau}"
            )

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return self.steps * steps + self.predictor.evaluations(steps, infinite)

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        for _ in range(self.steps):
            score, noise = model.predict(z, move.at_t, "score"), draw()
            z = langevin(z, score, self._size(score, noise, move), noise)
        return self.predictor.move(model, z, move, draw, memory)

    def _size(self, score: Event, noise: Event, move: Move) -> PerExample64:
        if self.snr is not None:
            return langevin_size(score, noise, self.snr, torch.square(move.step.alpha_ts))
        assert self.tau is not None
        return self.tau * torch.square(move.at_t.sigma)
