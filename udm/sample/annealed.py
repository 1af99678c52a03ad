r"""Annealed Langevin dynamics: Langevin steps at each noise level of a grid, from the largest to the least,

.. math::
    z \leftarrow z + \tau \sigma_t^2\, s(z, t) + \sqrt{2 \tau}\, \sigma_t\, n,

and then on to the next level with the same z/alpha. The size of a step is a share of the variance of the noise, so that
each level is mixed alike.
"""

from dataclasses import dataclass
from typing import ClassVar, final

import torch

from udm.arguments import integers, numbers
from udm.model import Model
from udm.process import Marginal
from udm.sample.base import Memory, Move, Moved, Sampler
from udm.sample.corrector import langevin
from udm.sample.plan import NoiseSource
from udm.shapes import Event, combine


@final
@dataclass(frozen=True)
class Annealed(Sampler):
    r"""Langevin steps at every level of the grid, and nothing else.

    The published algorithm has :math:`\sigma_1 > \dots > \sigma_L`, alpha = 1 and steps
    :math:`z + \tfrac{a_i}{2} s + \sqrt{a_i}\, n` with :math:`a_i = \epsilon \sigma_i^2 / \sigma_L^2`; these are so for
    :math:`\tau = \epsilon / (2 \sigma_L^2)`. There are ``steps`` at the last level too, unless sigma is 0 there, and
    none where alpha = 0, whose law the noise has. Where the data are N(0, v), the variance that ``steps`` without end
    lead to at a level of the variance c = alpha^2 v + sigma^2 is c/(1 - tau sigma^2/(2c)), not c: the law does not
    converge as the grid is refined, and ``order`` is 0.

    Args:
        steps: Langevin steps at each level.
        tau: the size of a step in units of sigma^2; steps are stable below 2.

    Raises:
        ValueError: unless steps >= 1 and 0 < tau < 2.

    Source: Song and Ermon, arXiv 1907.05600v3, algorithm 1.

    Claim: langevin.gaussian, langevin.stationary
    """

    steps: int = 10
    tau: float = 0.1
    order: ClassVar[int] = 0

    def __post_init__(self) -> None:
        where = "udm.sample.Annealed"
        integers(where, steps=self.steps)
        numbers(where, tau=self.tau)
        if self.steps < 1 or not 0 < self.tau < 2:
            raise ValueError(f"{where}: expected steps >= 1 and 0 < tau < 2, got {self.steps} and {self.tau}")

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return self.steps * (steps + 1 - infinite)

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        if move.infinite and bool((move.at_t.alpha == 0).all()):  # z/alpha is infinite, and z is noise alone
            return self._mixed(model, z, move.at_t, draw) if move.last else z, None
        z = combine((1 / move.step.alpha_ts, self._mixed(model, z, move.at_t, draw)))
        if move.last and not move.infinite:
            z = self._mixed(model, z, move.at_s, draw)
        return z, None

    def _mixed(self, model: Model, z: Event, at: Marginal, draw: NoiseSource) -> Event:
        size = self.tau * torch.square(at.sigma)
        for _ in range(self.steps):
            z = langevin(z, model.predict(z, at, "score"), size, draw())
        return z
