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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, cast, final

import torch

from udm.arguments import numbers
from udm.denoiser import convert
from udm.model import Model, shared
from udm.sample.annealed import Annealed
from udm.sample.base import Memory, Move, Moved, Sampler
from udm.sample.corrector import Corrected
from udm.sample.plan import NoiseSource, Planned, Table, ancestrals, ddims, heuns, multistep
from udm.sample.second import dpmpp_2m, heun
from udm.sample.step import ancestral_coefficients, ddim
from udm.shapes import Event, combine, listed, working
from udm.variance import Learned, Name, Variance, checked, counted, log_range

__all__ = [
    "DDIM",
    "SAMPLERS",
    "Ancestral",
    "Annealed",
    "Corrected",
    "DPMpp2M",
    "Euler",
    "Heun",
    "Memory",
    "Move",
    "Sampler",
]


@final
@dataclass(frozen=True)
class Ancestral(Sampler):
    """The ancestral sampler of VDM and DDPM: the mean of q(z_s | z_t, x = x_hat), and noise of a chosen variance.

    Args:
        variance: "beta-tilde" for draws from q(z_s | z_t, x = x_hat), "beta" for the variance of the forward step, or
            "learned" for that of a network of twice the channels (:class:`udm.calling.Ranged`), or
            v_1 .. v_n, one for each step of the grid, counted from the data, ``(steps,)``, floating, or a sequence of
            numbers (:func:`udm.likelihood.best_variance` on all steps of a table). A step to sigma = 0 adds no noise.

    Raises:
        ValueError: if variance is another name, or no finite numbers that are at least 0; or, when it samples, not as
            many as the steps of the grid.

    Source: VDM, arXiv 2107.00630v6, section 3.2 and appendix A.4; DDPM, arXiv 2006.11239v2, algorithm 2.

    Claim: vdm.posterior, ddpm.posterior, ancestral.step, ddpm.variance.optimal, iddpm.variance
    """

    variance: Variance = "beta-tilde"
    order: ClassVar[int] = 1

    def __post_init__(self) -> None:
        where, given = "udm.sample.Ancestral", self.variance
        found = checked(where, given, 0 if isinstance(given, str) else counted(where, given))
        object.__setattr__(self, "variance", found if isinstance(found, str) else tuple(listed(found)))

    @property
    def _chosen(self) -> Name | Learned | tuple[float, ...]:
        return cast(Name | Learned | tuple[float, ...], self.variance)

    def evaluations(self, steps: int, infinite: int = 0) -> int:
        return steps

    def move(self, model: Model, z: Event, move: Move, draw: NoiseSource, memory: Memory | None) -> Moved:
        variance = self._chosen
        if variance == "learned":
            return _learned(model, z, move, draw), None
        x_hat = model.predict(z, move.at_t, "x")
        if isinstance(variance, str):
            a, b, n = ancestral_coefficients(move.step, variance)
        else:
            v = variance[move.number - 1] if 1 <= move.number <= len(variance) else math.nan
            a, b, n = ancestral_coefficients(move.step, torch.full_like(move.step.gap, v))
        return combine((a, z), (b, x_hat), (n, draw())), None

    def plan(self, table: Table) -> list[Planned] | None:
        variance, steps = self._chosen, len(table.infinite)
        if variance == "learned":
            return None
        if not isinstance(variance, str) and len(variance) != steps:
            expected = f"a variance for each of {steps} steps of the grid"
            raise ValueError(f"udm.sample.Ancestral: expected {expected}, got {len(variance)}")
        return ancestrals(table, variance)


def _learned(model: Model, z: Event, move: Move, draw: NoiseSource) -> Event:
    """Take an ancestral step whose noise has the variance that the network says, coordinate by coordinate."""
    prediction, share = shared("udm.sample.Ancestral", model, z, move.at_t)
    x_hat = convert(prediction, z, move.at_t, model.parameterization, "x")
    a, b, n = ancestral_coefficients(move.step)
    wide = working(z.dtype)
    rise = torch.where(move.step.sigma_s > 0, log_range(move.step) / 2, 0.0)  # of the standard deviation
    spread = torch.exp(combine((rise, share.to(wide))))
    return (combine((a, z.to(wide)), (b, x_hat.to(wide))) + combine((n, draw().to(wide))) * spread).to(z.dtype)


@final
@dataclass(frozen=True)
class DDIM(Sampler):
    """DDIM on any sub-sequence of times; eta = 1 is ancestral sampling.

    Each step of eta = 0 is a step of Euler's method for the probability flow, in z/alpha against sigma/alpha.

    Args:
        eta: the share of fresh noise, in [0, 1].

    Raises:
        ValueError: if eta is outside [0, 1].

    Source: Song et al., arXiv 2010.02502v4, eq. (12) and (16).

    Claim: ddim.step, ddim.marginal, ddim.eta, ddim.forms
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


# Every sampler by the name that `udm sample --sampler` takes.
SAMPLERS: Mapping[str, Callable[..., Sampler]] = MappingProxyType(
    {
        "ancestral": Ancestral,
        "ddim": DDIM,
        "euler": Euler,
        "heun": Heun,
        "dpm++2m": DPMpp2M,
        "corrected": lambda: Corrected(Ancestral(), snr=0.16),
        "annealed": Annealed,
    }
)


def __getattr__(name: str) -> object:
    if name == "Draw":
        warnings.warn("udm.sample.sampler.Draw is NoiseSource now", DeprecationWarning, stacklevel=2)
        return NoiseSource
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
