"""What a sampler is: a way to take one step of a grid, and how often it calls the denoiser."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, TypeAlias

from udm.model import Model
from udm.process import Marginal, Step
from udm.sample.plan import NoiseSource, Planned, Table
from udm.shapes import Event, PerExample64


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
    infinite: bool
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
