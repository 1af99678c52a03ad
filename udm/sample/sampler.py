r"""Samplers: which formula takes each step of a grid, what it costs, and how fast it converges.

``order`` is the order of convergence of the law of the last latent as all steps shrink together in gamma, between two
finite ends and for a smooth denoiser: of each trajectory if no noise is added, of mean and variance if it is. Tests
measure it.

A grid that ends at sigma_0 = 0 has one more step, infinite in gamma, which takes the denoiser's last prediction of x
for the data. Its error is of the order of sigma^2 at the last positive time. If times are equally spaced and sigma^2 is
linear in t near 0 (a table of betas, the VP SDE, the sigmoid schedule), this falls as 1/n: the whole is then of first
order, whatever the sampler.
"""

import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, NamedTuple, TypeAlias, cast, final

import torch

from udm.arguments import integers, numbers
from udm.model import Model
from udm.process import Marginal, Step
from udm.sample.plan import NoiseSource, Planned, Table, ancestrals, ddims, heuns, multistep
from udm.sample.step import (
    ancestral_coefficients,
    ddim,
    dpmpp_2m,
    heun,
    langevin,
    langevin_size,
)
from udm.shapes import Event, PerExample64, combine, instance, listed
from udm.variance import Name, Variance, checked, counted


class Move(NamedTuple):
    """One step of a grid, for a batch.

    Attributes:
        at_t: the marginal at t, each field ``(batch,)`` float64.
        at_s: the marginal at s < t, each field ``(batch,)`` float64.
        step: the step from s to t, each field ``(batch,)`` float64.
        first: whether it is the first step of the grid.
        last: whether it is the last.
        infinite: whether the gap is infinite: sigma_s = 0 or alpha_t = 0.
        number: of the step, counted from the data: 1 is the last that is taken; 0 if it is not said.
    """

    at_t: Marginal
    at_s: Marginal
    step: Step
    first: bool
    last: bool
    infinite: bool  # whether the gap is infinite: sigma_s = 0 or alpha_t = 0
    number: int = 0


class Memory(NamedTuple):
    """What a multistep sampler keeps of the step before.

    Attributes:
        x_before: the prediction of x at the time before, ``(batch, *event)``, floating.
        gap_before: the gap from there, ``(batch,)`` float64.
    """

    x_before: Event
    gap_before: PerExample64


Moved: TypeAlias = tuple[Event, Memory | None]


class Sampler(ABC):
    """A way to take z_t to z_s along a :class:`Move`.

    Instances hold settings only; the memory of a run is passed along.

    Attributes:
        order: the order of convergence; 0 if the law does not converge.
    """

    order: ClassVar[int]

    @abstractmethod
    def evaluations(self, steps: int, infinite: int = 0) -> int:
        """Return how often the denoiser is called.

        Args:
            steps: how many steps are taken.
            infinite: how many of them have an infinite gap.

        Returns:
            The number of calls.
        """

    @abstractmethod
    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        """Take one step.

        Args:
            model: the denoiser, its path and what it predicts.
            z: z_t, ``(batch, *event)``, floating.
            move: the step, whose numbers are ``(batch,)`` float64.
            draw: returns fresh standard normal noise at each call, ``(batch, *event)``, of the dtype and device of z.
            memory: what the step before returned; None at the first.

        Returns:
            z_s, ``(batch, *event)``, in the dtype of z, and what to remember for the next step.
        """

    def plan(self, table: Table) -> list[Planned] | None:
        """Return all steps of a grid with their numbers, or None to have ``move`` called for each.

        Args:
            table: the marginals and steps of the grid, ``(steps + 1,)`` and ``(steps,)`` float64.

        Returns:
            One function for each step (``Planned`` of ``udm.sample.plan``), equal to ``move`` up to rounding; or None.
        """
        return None


@final
@dataclass(frozen=True)
class Ancestral(Sampler):
    """The ancestral sampler of VDM and DDPM: the mean of q(z_s | z_t, x = x_hat), and noise of a chosen variance.

    Args:
        variance: "beta-tilde" for draws from q(z_s | z_t, x = x_hat), "beta" for the variance of the forward step, or
            v_1 .. v_n, one for each step of the grid, counted from the data, ``(steps,)``, floating, or a sequence of
            numbers (:func:`udm.likelihood.best_variance` on all steps of a table). A step to sigma = 0 adds no noise.

    Raises:
        ValueError: if variance is another name, or no finite numbers that are at least 0; or, when it samples, not as
            many as the steps of the grid.

    Source: VDM, arXiv 2107.00630v6, section 3.2 and appendix A.4; DDPM, arXiv 2006.11239v2, algorithm 2.

    Claim: vdm.posterior, ddpm.posterior, ancestral.step, ddpm.variance.optimal
    """

    variance: Variance = "beta-tilde"
    order: ClassVar[int] = 1

    def __post_init__(self) -> None:
        where, given = "udm.sample.Ancestral", self.variance
        found = checked(where, given, 0 if isinstance(given, str) else counted(where, given))
        object.__setattr__(self, "variance", found if isinstance(found, str) else tuple(listed(found)))

    @property
    def _chosen(self) -> Name | tuple[float, ...]:
        return cast(Name | tuple[float, ...], self.variance)

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        x_hat, variance = model.predict(z, move.at_t, "x"), self._chosen
        if isinstance(variance, str):
            a, b, n = ancestral_coefficients(move.step, variance)
        else:
            v = variance[move.number - 1] if 1 <= move.number <= len(variance) else math.nan
            a, b, n = ancestral_coefficients(move.step, torch.full_like(move.step.gap, v))
        return combine((a, z), (b, x_hat), (n, draw())), None

    def plan(self, table: Table) -> list[Planned]:
        variance, steps = self._chosen, len(table.infinite)
        if not isinstance(variance, str) and len(variance) != steps:
            expected = f"a variance for each of {steps} steps of the grid"
            raise ValueError(f"udm.sample.Ancestral: expected {expected}, got {len(variance)}")
        return ancestrals(table, variance)


@final
@dataclass(frozen=True)
class DDIM(Sampler):
    """DDIM on any sub-sequence of times; eta = 0 is the probability flow, eta = 1 ancestral sampling.

    Args:
        eta: the share of fresh noise, in [0, 1].

    Raises:
        ValueError: if eta is outside [0, 1].

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).

    Claim: ddim.marginal, ddim.eta
    """

    eta: float = 0.0
    order: ClassVar[int] = 1

    def __post_init__(self) -> None:
        numbers("udm.sample.DDIM", eta=self.eta)
        if not 0 <= self.eta <= 1:
            raise ValueError(f"udm.sample.DDIM: expected eta in [0, 1], got {self.eta}")

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        noise = draw() if self.eta > 0 else None
        return ddim(z, model.predict(z, move.at_t, "x"), move.step, self.eta, noise), None

    def plan(self, table: Table) -> list[Planned]:
        return ddims(table, self.eta)


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

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        return ddim(z, model.predict(z, move.at_t, "x"), move.step), None

    def plan(self, table: Table) -> list[Planned]:
        return ddims(table)


@final
@dataclass(frozen=True)
class Heun(Sampler):
    """EDM's sampler: Heun's method for the probability flow in rho = sigma/alpha.

    A step to sigma = 0 is Euler's, as published, and so is a step from alpha = 0, where rho is infinite.

    Source: Karras et al., arXiv 2206.00364v2, algorithm 1.

    Claim: edm.heun, edm.heun.forms, solver.heun
    """

    order: ClassVar[int] = 2

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return 2 * steps - infinite

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        x_t = model.predict(z, move.at_t, "x")
        euler = ddim(z, x_t, move.step)
        if move.infinite:
            return euler, None
        return heun(z, x_t, model.predict(euler, move.at_s, "x"), move.step), None

    def plan(self, table: Table) -> list[Planned]:
        return heuns(table)


@final
@dataclass(frozen=True)
class DPMpp2M(Sampler):
    """DPM-Solver++(2M): one evaluation per step, second order in lambda = half the log SNR.

    The first step is of first order, and so is the last, unless ``lower_order_final`` is False and sigma_0 > 0. (In a
    step to sigma = 0 the extrapolation would have infinite weight.) Between finite ends, neither lowers the order of
    the whole.

    Args:
        lower_order_final: whether the last step is of first order, as in the authors' code.

    Source: Lu et al., arXiv 2211.01095v2, algorithm 2; the last step is that of the authors' code.

    Claim: dpmpp.2m
    """

    lower_order_final: bool = True
    order: ClassVar[int] = 2

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        x_t = model.predict(z, move.at_t, "x")
        kept = Memory(x_t, move.step.gap)
        if memory is None or move.infinite or (move.last and self.lower_order_final):
            return ddim(z, x_t, move.step), kept
        return dpmpp_2m(z, x_t, memory.x_before, move.step, memory.gap_before), kept

    def plan(self, table: Table) -> list[Planned]:
        return multistep(table, self.lower_order_final)


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


# Every sampler by the name that `udm sample --sampler` takes.
SAMPLERS: Mapping[str, Callable[..., Sampler]] = MappingProxyType(
    {
        "ancestral": Ancestral,
        "ddim": DDIM,
        "euler": Euler,
        "heun": Heun,
        "dpm++2m": DPMpp2M,
        "corrected": lambda: Corrected(Ancestral(), snr=0.16),
    }
)


def __getattr__(name: str) -> object:
    if name == "Draw":
        warnings.warn("udm.sample.sampler.Draw is NoiseSource now", DeprecationWarning, stacklevel=2)
        return NoiseSource
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
