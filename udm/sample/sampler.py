r"""Samplers: which formula takes each step of a grid, what it costs, and how fast it converges.

``order`` is that of the law of the last latent as all steps shrink together in gamma, between two finite ends and for
a smooth denoiser: of each trajectory where no noise is added, of mean and variance where it is. Tests measure it.

A grid to sigma_0 = 0 has one step more, infinite in gamma, which takes the denoiser's last belief for the data. It
misses some sigma^2 of the last positive time, which falls as 1/n where sigma^2 is linear in t and times are equal (a
table of betas, the VP SDE, the sigmoid schedule): there the whole is of first order, whatever the sampler.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, TypeAlias, final

import torch

from udm.model import Model
from udm.process import Marginal, Step
from udm.sample.step import ancestral, ddim, dpmpp_2m, heun, langevin, langevin_size
from udm.shapes import Event, PerExample64

Draw: TypeAlias = Callable[[], Event]


class Move(NamedTuple):
    """One step of a grid, for a batch: the marginals at t and s < t, the step between, and where it stands."""

    at_t: Marginal
    at_s: Marginal
    step: Step
    first: bool
    last: bool
    infinite: bool  # the gap is: sigma_s = 0, or alpha_t = 0


class Memory(NamedTuple):
    """What a multistep sampler keeps: the belief at the time before, and the gap from there."""

    x_before: Event
    gap_before: PerExample64


Moved: TypeAlias = tuple[Event, Memory | None]


class Sampler(ABC):
    """A way to take z_t to z_s along a `Move`. Instances hold settings only: the memory of a run is handed on."""

    order: ClassVar[int]

    @abstractmethod
    def evaluations(self, steps: int, infinite: int = 0) -> int:
        """How often the denoiser is asked in ``steps`` steps, ``infinite`` of them from alpha = 0 or to sigma = 0."""

    @abstractmethod
    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        """z_s, and what to remember."""


@final
@dataclass(frozen=True)
class Ancestral(Sampler):
    """VDM's and DDPM's: a draw of the posterior q(z_s | z_t, x = x_hat), variance beta-tilde.

    Source: VDM, arXiv 2107.00630v6, section 3.2 and appendix A.4; DDPM, arXiv 2006.11239v2, algorithm 2.

    Claim: vdm.posterior, ddpm.posterior
    """

    order: ClassVar[int] = 1

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        return ancestral(z, model.predict(z, move.at_t, "x"), move.step, draw()), None


@final
@dataclass(frozen=True)
class DDIM(Sampler):
    """DDIM on any sub-sequence of times; eta = 0 is the probability flow, eta = 1 ancestral sampling.

    Raises:
        ValueError: eta outside [0, 1].

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).

    Claim: ddim.marginal, ddim.eta
    """

    eta: float = 0.0
    order: ClassVar[int] = 1

    def __post_init__(self) -> None:
        if not 0 <= self.eta <= 1:
            raise ValueError(f"DDIM: expected eta in [0, 1], got {self.eta}")

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        noise = draw() if self.eta > 0 else None
        return ddim(z, model.predict(z, move.at_t, "x"), move.step, self.eta, noise), None


@final
@dataclass(frozen=True)
class Euler(Sampler):
    """Euler's method for the probability flow, in y = z/alpha against rho = sigma/alpha: DDIM's eq. (13).

    Source: Karras et al., arXiv 2206.00364v2, eq. (1); Song et al., arXiv 2010.02502v4, eq. (13).

    Claim: ddim.forms, ddim.exact, solver.euler
    """

    order: ClassVar[int] = 1

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        return ddim(z, model.predict(z, move.at_t, "x"), move.step), None


@final
@dataclass(frozen=True)
class Heun(Sampler):
    """EDM's: Heun's method for the probability flow in rho.

    A step to sigma = 0 is Euler's, as published; so is one from alpha = 0, where rho is infinite.

    Source: Karras et al., arXiv 2206.00364v2, algorithm 1.

    Claim: edm.heun, edm.heun.forms, solver.heun
    """

    order: ClassVar[int] = 2

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return 2 * steps - infinite

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        x_t = model.predict(z, move.at_t, "x")
        euler = ddim(z, x_t, move.step)
        if move.infinite:
            return euler, None
        return heun(z, x_t, model.predict(euler, move.at_s, "x"), move.step), None


@final
@dataclass(frozen=True)
class DPMpp2M(Sampler):
    """DPM-Solver++(2M): one evaluation a step, second order in lambda = half the log SNR.

    The first step is of first order; so is the last, unless ``lower_order_final`` is False and sigma_0 > 0 (to sigma =
    0 the extrapolation has infinite weight). Neither lowers the order of the whole, between finite ends.

    Source: Lu et al., arXiv 2211.01095v2, algorithm 2; the authors' code for the last step.

    Claim: dpmpp.2m
    """

    lower_order_final: bool = True
    order: ClassVar[int] = 2

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        x_t = model.predict(z, move.at_t, "x")
        kept = Memory(x_t, move.step.gap)
        if memory is None or move.infinite or (move.last and self.lower_order_final):
            return ddim(z, x_t, move.step), kept
        return dpmpp_2m(z, x_t, memory.x_before, move.step, memory.gap_before), kept


@final
@dataclass(frozen=True)
class Corrected(Sampler):
    r"""Predictor and corrector: ``steps`` Langevin steps at t, then the predictor from t to s.

    The step size is Score SDE's :math:`2 \alpha_{t|s}^2 (r \lVert n \rVert/\lVert s \rVert)^2` for ``snr`` = r, or
    :math:`\tau \sigma_t^2` for ``tau``. Unadjusted Langevin is biased by its size, which no grid removes: the law does
    not converge as the steps shrink, and ``order`` is 0. (Corrector first, as in the authors' code: at s = 0 and
    sigma_0 = 0 there is nothing to correct, and alpha_{t|s} belongs to the step below t.)

    Raises:
        ValueError: not exactly one of snr and tau, or not positive; steps < 1.

    Source: Song et al., arXiv 2011.13456v2, algorithms 1, 4 and 5.

    Claim: langevin.gaussian, langevin.step_size, sde.pc
    """

    predictor: Sampler
    steps: int = 1
    snr: float | None = None
    tau: float | None = None
    order: ClassVar[int] = 0

    def __post_init__(self) -> None:
        size = self.snr if self.tau is None else self.tau
        if (self.snr is None) == (self.tau is None) or size is None or not size > 0 or self.steps < 1:
            raise ValueError(
                "Corrected: expected steps >= 1 and exactly one of snr and tau, positive, got"
                f" steps = {self.steps}, snr = {self.snr}, tau = {self.tau}"
            )

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return self.steps * steps + self.predictor.evaluations(steps, infinite)

    def move(self, model: Model, z: Event, move: Move, draw: Draw, memory: Memory | None) -> Moved:
        for _ in range(self.steps):
            score, noise = model.predict(z, move.at_t, "score"), draw()
            z = langevin(z, score, self._size(score, noise, move), noise)
        return self.predictor.move(model, z, move, draw, memory)

    def _size(self, score: Event, noise: Event, move: Move) -> PerExample64:
        if self.snr is not None:
            return langevin_size(score, noise, self.snr, torch.square(move.step.alpha_ts))
        assert self.tau is not None
        return self.tau * torch.square(move.at_t.sigma)
