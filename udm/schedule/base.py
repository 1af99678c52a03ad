r"""What a schedule answers for, at times t and s < t in [0, 1] (0 is data, 1 is noise):

.. math::
    \gamma(t) = -\log \frac{\alpha_t^2}{\sigma_t^2}, \quad \gamma'(t), \quad \gamma(t) - \gamma(s), \quad
    \alpha_t, \quad \sigma_t,

each from the schedule's own coordinate (an angle, an integral of beta, a table of log alpha-bar). The gap, alpha and
sigma are accurate *relative* to themselves however small: alpha through a rounded gamma would lose |gamma|/2 units, and
a difference of two rounded gammas all of them.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import final

import torch
from torch import Tensor, nn

from udm.process import Marginal, Step
from udm.shapes import PerExample, PerExample64, per_example
from udm.stable import to_float64


class Schedule(nn.Module, ABC):
    """A path (alpha, sigma) from data at t = 0 to noise at t = 1.

    Times are (batch,), of any floating dtype, taken exactly; answers are (batch,), float64, on the device of the times
    (on the CPU where that has no float64). A time outside [0, 1] is NaN, and so is the gap where not s < t.
    Every public method raises ValueError for times that are not floating or not of one shape (batch,).
    """

    @final
    def gamma(self, t: PerExample) -> PerExample64:
        """gamma(t) = -log SNR(t); -inf where sigma = 0, inf where alpha = 0."""
        return self._marginal(self._time("gamma", t)).gamma

    @final
    def dgamma(self, t: PerExample) -> PerExample64:
        """d gamma / dt, from its own closed form."""
        return self._dgamma(self._time("dgamma", t))

    @final
    def gap(self, s: PerExample, t: PerExample) -> PerExample64:
        """gamma(t) - gamma(s) > 0 for s < t, to full relative accuracy; NaN for s >= t."""
        per_example(f"{type(self).__name__}.gap", s=s, t=t)
        gap = self._gap(self._time("gap", s), self._time("gap", t))
        return torch.where(gap > 0, gap, torch.nan)

    @final
    def alpha(self, t: PerExample) -> PerExample64:
        """alpha(t) >= 0, to full relative accuracy."""
        return self._marginal(self._time("alpha", t)).alpha

    @final
    def sigma(self, t: PerExample) -> PerExample64:
        """sigma(t) >= 0, to full relative accuracy."""
        return self._marginal(self._time("sigma", t)).sigma

    @final
    def at(self, t: PerExample) -> Marginal:
        """The marginal q(z_t | x)."""
        return self._marginal(self._time("at", t))

    @final
    def between(self, s: PerExample, t: PerExample) -> Step:
        """The step from t back to s < t; its coefficients are NaN for s >= t."""
        at_s, at_t = self.at(s), self.at(t)
        return Step(at_s.alpha, at_s.sigma, at_t.alpha, at_t.sigma, self.gap(s, t))

    @property
    def device(self) -> torch.device:
        """Where its parameters and tables are: where times belong; the CPU if it has none."""
        return next((a.device for a in (*self.parameters(), *self.buffers())), torch.device("cpu"))

    @final
    def span(self) -> tuple[float, float]:
        """gamma(0) and gamma(1) as numbers (waits for the device)."""
        gamma = self.gamma(torch.arange(2, dtype=torch.float64, device=self.device))
        return float(gamma[0]), float(gamma[1])

    @final
    def sigma_0(self) -> float:
        """sigma(0) as a number (waits for the device)."""
        return float(self.sigma(torch.zeros(1, dtype=torch.float64, device=self.device)).detach())

    @abstractmethod
    def _marginal(self, t: Tensor) -> Marginal: ...

    @abstractmethod
    def _dgamma(self, t: Tensor) -> Tensor: ...

    @abstractmethod
    def _gap(self, s: Tensor, t: Tensor) -> Tensor: ...

    def _time(self, where: str, t: Tensor) -> Tensor:
        """The times as the other private methods take them."""
        per_example(f"{type(self).__name__}.{where}", t=t)
        t = to_float64(t)
        return torch.where((t >= 0) & (t <= 1), t, torch.nan)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Schedule":
        """Follow the model to its device, never to its dtype: tables and parameters stay float64 under .half()."""

        def keep(a: Tensor) -> Tensor:
            try:
                moved = fn(a)
            except TypeError:  # the device has no float64
                return a
            return moved if moved.dtype == a.dtype else a.to(moved.device)

        return super()._apply(keep, recurse)  # pyright: ignore[reportUnknownMemberType]


def inverse(schedule: Schedule, gamma: float) -> float | None:
    """The last time at which ``schedule`` has not passed gamma, by bisection to the last bit; None out of range."""

    def at(t: float) -> float:
        return float(schedule.gamma(torch.tensor([t], dtype=torch.float64, device=schedule.device)))

    low, high = 0.0, 1.0
    with torch.no_grad():
        if not at(low) <= gamma <= at(high):
            return None
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if at(middle) <= gamma else (low, middle)
    return low


def telling(schedule: Schedule, low: float = 0.0, high: float = 1.0) -> PerExample64:
    """Times between two, among them those of gamma = -4, 0 and 4: there paths of one gamma differ most.

    Evenly spaced times may all lie where signal or noise is nothing, and every path looks alike.
    """
    moderate = (inverse(schedule, gamma) for gamma in (-4.0, 0.0, 4.0))
    times = [t for t in moderate if t is not None and low <= t <= high]
    times += [low + (high - low) * k / 10 for k in range(1, 10)]
    return torch.tensor(times, dtype=torch.float64, device=schedule.device)


def number(where: str, name: str, value: float, low: float = -math.inf, high: float = math.inf) -> float:
    """``value`` as a finite float in the open interval (low, high), else ValueError."""
    if not (math.isfinite(value) and low < value < high):
        raise ValueError(f"{where}: expected {name} finite and in ({low}, {high}), got {value}")
    return float(value)
