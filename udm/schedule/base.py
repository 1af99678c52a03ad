r"""What a schedule computes, at times t and s < t in [0, 1] (0 is data, 1 is noise):

.. math::
    \gamma(t) = -\log \frac{\alpha_t^2}{\sigma_t^2}, \quad \gamma'(t), \quad \gamma(t) - \gamma(s), \quad
    \alpha_t, \quad \sigma_t,

each from the schedule's own coordinate (an angle, an integral of beta, a table of log alpha-bar). The gap, alpha and
sigma keep their *relative* accuracy however small they are: alpha computed from a rounded gamma would lose
:math:`|\gamma|/2` units, and a difference of two rounded gammas all of its digits.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, SupportsFloat, TypeGuard, cast, final

import numpy as np
import torch
from torch import Tensor, nn

from udm.process import Marginal, Step, said
from udm.schedule.edged import edged_gap, edged_marginal
from udm.schedule.edged_step import edged_step
from udm.schedule.edges import Edges, Path
from udm.shapes import PerExample64, Times, per_example
from udm.stable import differentiated, to_float64

_LEAST = 1e-300  # of the times after 0: the quotient of two sines of a shorter one overflows


class Schedule(nn.Module, ABC):
    """A path (alpha, sigma) from data at t = 0 to noise at t = 1.

    Times are ``(batch,)``, of any floating dtype, and are used exactly as they are. Results are ``(batch,)`` float64,
    on the device of the times (on the CPU if that has no float64). A time outside [0, 1] gives NaN, and so do the gap
    unless s < t and, where sigma_0 = 0, a time in (0, 1e-300), whose SNR may leave the range of float64. A time may
    also be an array of numpy, or one number, which is a batch of one: where times in a tensor give NaN, which costs no
    waiting for a device, a number, or two of which s is not before t, raise ValueError. Every method that takes times
    raises ValueError if they are not floating or not of one shape (batch,).

    Derivatives in time by autograd are accurate to 64 u of the largest of their terms, and so of 1 for alpha and sigma,
    whose slopes lose their digits near zeros of their own (sigma' at t = 1 on a path that preserves variance).

    Attributes:
        steps: T for a schedule that is defined at the times i/T only, as a table of betas is, and None otherwise.
        preserving: whether alpha^2 + sigma^2 = 1 at all times, None if the class does not say; numbers alone cannot
            tell it from a path with alpha = 1 and little noise.
    """

    steps: int | None = None
    preserving: ClassVar[bool | None] = None
    _public: ClassVar[str] = "udm.schedule.Schedule"
    _ends: Edges | None = None  # None if the class does not say

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._public = public_name(cls)
        if {"_marginal", "_gap"} & cls.__dict__.keys() and "_plain" not in cls.__dict__:
            cls._plain = Schedule._plain  # that of another path has other derivatives

    @final
    def gamma(self, t: Times) -> PerExample64:
        """Return gamma(t) = -log SNR(t).

        Args:
            t: times in [0, 1], ``(batch,)``, floating.

        Returns:
            gamma, ``(batch,)`` float64, which is -inf where sigma = 0 and inf where alpha = 0.

        Raises:
            ValueError: if t is not floating of shape (batch,).
        """
        return self._edged(self._time("gamma", self._tensor("gamma", "t", t))).gamma

    @final
    def dgamma(self, t: Times) -> PerExample64:
        """Return d gamma / dt, from its own closed form.

        Args:
            t: times in [0, 1], ``(batch,)``, floating.

        Returns:
            The slope, ``(batch,)`` float64.

        Raises:
            ValueError: if t is not floating of shape (batch,).
            NotImplementedError: if the schedule has no derivative (Betas).
        """
        return self._dgamma(self._time("dgamma", self._tensor("dgamma", "t", t)))

    @final
    def gap(self, s: Times, t: Times) -> PerExample64:
        """Return gamma(t) - gamma(s) > 0 for s < t, to full relative accuracy.

        Args:
            s: times in [0, 1], ``(batch,)``, floating.
            t: later times in [0, 1], ``(batch,)``, floating.

        Returns:
            The gap, ``(batch,)`` float64; NaN for s >= t in tensors.

        Raises:
            ValueError: if s and t are not floating of one shape (batch,), or are numbers and not s < t.
        """
        s, t = self._tensors("gap", s, t)
        per_example(f"{self._public}.gap", s=s, t=t)
        return self._positive_gap(self._time("gap", s), self._time("gap", t))

    @final
    def alpha(self, t: Times) -> PerExample64:
        """Return alpha(t) >= 0, to full relative accuracy.

        Args:
            t: times in [0, 1], ``(batch,)``, floating.

        Returns:
            alpha, ``(batch,)`` float64.

        Raises:
            ValueError: if t is not floating of shape (batch,).
        """
        return self._edged(self._time("alpha", self._tensor("alpha", "t", t))).alpha

    @final
    def sigma(self, t: Times) -> PerExample64:
        """Return sigma(t) >= 0, to full relative accuracy.

        Args:
            t: times in [0, 1], ``(batch,)``, floating.

        Returns:
            sigma, ``(batch,)`` float64.

        Raises:
            ValueError: if t is not floating of shape (batch,).
        """
        return self._edged(self._time("sigma", self._tensor("sigma", "t", t))).sigma

    @final
    def at(self, t: Times) -> Marginal:
        """Return the marginal q(z_t | x).

        Args:
            t: times in [0, 1], ``(batch,)``, floating.

        Returns:
            The marginal, each field ``(batch,)`` float64.

        Raises:
            ValueError: if t is not floating of shape (batch,).
        """
        return self._edged(self._time("at", self._tensor("at", "t", t)))

    @final
    def between(self, s: Times, t: Times) -> Step:
        """Return the step between s and t > s.

        Args:
            s: times in [0, 1], ``(batch,)``, floating.
            t: later times in [0, 1], ``(batch,)``, floating.

        Returns:
            The step, each field ``(batch,)`` float64; for s >= t in tensors the gap and all coefficients are NaN, while
            alpha and sigma at s and at t are what they are.

        Raises:
            ValueError: if s and t are not floating of one shape (batch,), or are numbers and not s < t.
        """
        s, t = self._tensors("between", s, t)
        return self.ending(s, t)[1]

    @final
    def ending(self, s: Tensor, t: Tensor) -> tuple[Marginal, Step]:
        """Return the marginal at t and the step between s and t, from one graph to compile.

        Args:
            s: times in [0, 1], ``(batch,)``, floating.
            t: later times in [0, 1], ``(batch,)``, floating.

        Returns:
            The marginal and the step, each field ``(batch,)`` float64.

        Raises:
            ValueError: if s and t are not floating of one shape (batch,).
        """
        per_example(f"{self._public}.between", s=s, t=t)
        s, t = self._time("between", s), self._time("between", t)
        path = self._path()
        if not path.direct and (differentiated(s) or differentiated(t)):
            at, squares, step = edged_step(path, s, t, self.preserving is True)
            return said(at, squares, self.preserving), step
        both, gap = self._pair(s, t)
        at_s, at_t = zip(*(a.reshape(2, -1).unbind() for a in both), strict=True)
        fields = at_s[0], at_s[1], at_t[0], at_t[1], gap
        return said(Marginal(*at_t), None, self.preserving), Step(*fields)

    @final
    @torch.no_grad()
    def extra_repr(self) -> str:
        """Return what ``repr`` shows of the schedule.

        Returns:
            A text, empty on the device meta, where no number can be read.
        """
        return "" if self.device.type == "meta" else self._shown()

    def _shown(self) -> str:
        low, high = self.span()
        return f"gamma_0={low:.6g}, gamma_1={high:.6g}"

    @property
    def device(self) -> torch.device:
        """The device of the schedule's parameters and tables, on which times belong; the CPU if it has none."""
        return next((a.device for a in (*self.parameters(), *self.buffers())), torch.device("cpu"))

    @final
    def span(self) -> tuple[float, float]:
        """Return gamma(0) and gamma(1); this waits for the device.

        Returns:
            Two numbers.
        """
        gamma = self.gamma(torch.arange(2, dtype=torch.float64, device=self.device)).detach()
        return float(gamma[0]), float(gamma[1])

    @final
    def sigma_0(self) -> float:
        """Return sigma(0); this waits for the device.

        Returns:
            A number.
        """
        return float(self.sigma(torch.zeros(1, dtype=torch.float64, device=self.device)).detach())

    @abstractmethod
    def _marginal(self, t: Tensor) -> Marginal: ...

    @abstractmethod
    def _dgamma(self, t: Tensor) -> Tensor: ...

    @abstractmethod
    def _gap(self, s: Tensor, t: Tensor) -> Tensor: ...

    @property
    def _least(self) -> float:
        """The least time after 0."""
        return _LEAST if self._ends is not None and self._ends.sigma is not None else 0.0

    def _path(self) -> Path:
        plain = self._plain if self._has_plain else None
        return Path(self._marginal, self._only_positive, self._pair, self._ends, plain)

    def _pair(self, s: Tensor, t: Tensor) -> tuple[Marginal, Tensor]:
        """Return the marginal at s and then at t, in one batch, and the gap."""
        return self._with_gap(torch.cat([s, t]), s, t)

    def _with_gap(self, both: Tensor, s: Tensor, t: Tensor) -> tuple[Marginal, Tensor]:
        """Return the marginal at two times, one after the other, and the gap between two that may be others."""
        return self._marginal(both), self._only_positive(s, t)

    @property
    def _has_plain(self) -> bool:
        return type(self)._plain is not Schedule._plain

    def _plain(self, t: Tensor, rest: Tensor) -> Marginal:
        """Return the marginal at t = 1 - rest by formulas of few operations, for their derivatives alone.

        Neither the words of a number nor the digits that a sum has lost have a derivative: what computes the values to
        the last digit has ten times as many operations, and as many again backward. Edges are no concern of it.
        """
        raise NotImplementedError

    def _edged(self, t: Tensor) -> Marginal:
        if (path := self._path()).direct or not differentiated(t):
            return said(self._marginal(t), None, self.preserving)
        return said(*edged_marginal(path, t), self.preserving)

    def _positive_gap(self, s: Tensor, t: Tensor) -> Tensor:
        if (path := self._path()).direct or not (differentiated(s) or differentiated(t)):
            return self._only_positive(s, t)
        return edged_gap(path, s, t)

    def _only_positive(self, s: Tensor, t: Tensor) -> Tensor:
        gap = self._gap(s, t)
        return torch.where(gap > 0, gap, torch.nan)

    def _tensor(self, where: str, name: str, t: Times) -> Tensor:
        """Return times as a tensor: an array as it is, and a number, whose value can be checked, as a batch of one."""
        if isinstance(t, Tensor):
            return t
        if isinstance(t, np.ndarray):
            return torch.tensor(t, device=self.device)
        if _is_number(t):
            self._number(f"{self._public}.{where}", name, t)
            return torch.tensor([float(t)], dtype=torch.float64, device=self.device)
        return cast(Tensor, t)  # what checks the tensor refuses it

    def _tensors(self, where: str, s: Times, t: Times) -> tuple[Tensor, Tensor]:
        """Return two times as tensors; the order of two numbers is checked too."""
        made = self._tensor(where, "s", s), self._tensor(where, "t", t)
        if _is_number(s) and _is_number(t) and float(s) >= float(t):
            raise ValueError(f"{self._public}.{where}: expected s < t, got s = {s} and t = {t}")
        return made

    def _number(self, where: str, name: str, t: SupportsFloat) -> None:
        """Raise ValueError if the number is no time of the schedule."""
        if not 0 <= float(t) <= 1:
            raise ValueError(f"{where}: expected {name} in [0, 1], got {t}")
        if 0 < float(t) < self._least:
            raise ValueError(f"{where}: expected {name} 0 or at least {self._least:g}, got {t}")

    def _time(self, where: str, t: Tensor) -> Tensor:
        """Check the times given to the method ``where``, and return them as the other private methods take them."""
        per_example(f"{self._public}.{where}", t=t)
        t = to_float64(t)
        fine = (t >= self._least) & (t <= 1)
        return torch.where(fine | (t == 0) if self._least else fine, t, torch.nan)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> "Schedule":
        """Follow a model to its device but not to its dtype: tables and parameters stay float64 under .half()."""

        def keep(a: Tensor) -> Tensor:
            try:
                moved = fn(a)
            except TypeError:  # the device has no float64
                return a
            return moved if moved.dtype == a.dtype else a.to(moved.device)

        return super()._apply(keep, recurse)  # pyright: ignore[reportUnknownMemberType]


def _is_number(t: object) -> TypeGuard[SupportsFloat]:
    """Return whether a time is one number, which can be looked at without waiting for a device."""
    return isinstance(t, SupportsFloat) and not isinstance(t, Tensor | np.ndarray | bool)


def public_name(cls: type) -> str:
    """Return the name under which a user imports ``cls``: its package and name if it is of udm, else its name."""
    package = cls.__module__.rpartition(".")[0]
    return f"{package}.{cls.__name__}" if package.startswith("udm.") else cls.__name__


def inverse(schedule: Schedule, gamma: float) -> float | None:
    """Return the last time at which ``schedule`` is at most gamma, by bisection to the last bit; None out of range."""

    def at(t: float) -> float:
        return float(schedule.gamma(torch.tensor([t], dtype=torch.float64, device=schedule.device)))

    low, high = 0.0, 1.0
    with torch.no_grad():
        if not at(low) <= gamma <= at(high):
            return None
        while low < (middle := (low + high) / 2) < high:
            low, high = (middle, high) if at(middle) <= gamma else (low, middle)
        return low if low > 0 or at(0.0) == gamma else None  # else it is before the least time


def probe_times(schedule: Schedule, low: float = 0.0, high: float = 1.0) -> PerExample64:
    """Return times in [low, high] at which to compare paths, among them those where gamma is -4, 0 and 4.

    Paths of one gamma differ most there. Evenly spaced times alone might all lie where signal or noise vanishes, and
    where every path looks alike.
    """
    moderate = (inverse(schedule, gamma) for gamma in (-4.0, 0.0, 4.0))
    times = [t for t in moderate if t is not None and low <= t <= high]
    times += [low + (high - low) * k / 10 for k in range(1, 10)]
    return torch.tensor(times, dtype=torch.float64, device=schedule.device)


def number(where: str, name: str, value: float, low: float = -math.inf, high: float = math.inf) -> float:
    """Return ``value`` as a float.

    Raises:
        ValueError: if it is not a finite number in the open interval (low, high).
    """
    if not isinstance(value, SupportsFloat) or not (math.isfinite(value) and low < value < high):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"{where}: expected {name} finite and in ({low}, {high}), got {value}")
    return float(value)
