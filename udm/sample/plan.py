r"""The steps of a whole grid as numbers, made before the first: with a denoiser's own prediction P, whatever its kind,

.. math::
    \hat x = p z_t + q P, \qquad
    z_s = a z_t + b\, \hat x + n\, \epsilon = (a + b p)\, z_t + b q\, P + n\, \epsilon.

All are computed at once in float64, and rounded once. Both terms of a + b p are positive, so nothing cancels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from udm.calling import tensor_of
from udm.denoiser import Parameterization, coefficients
from udm.process import Marginal, Step
from udm.sample.second import extrapolation, heun_weight
from udm.sample.step import Coefficients, ancestral_coefficients, ddim_coefficients
from udm.shapes import Event, events, listed, working
from udm.variance import Name

NoiseSource: TypeAlias = Callable[[], Event]  # each call returns fresh noise, of the shape and dtype of z
Predict: TypeAlias = Callable[[Event, int], Event]  # the denoiser's own prediction at z and an entry of the grid
Planned: TypeAlias = Callable[[Predict, Event, NoiseSource, Event | None], tuple[Event, Event | None]]


@dataclass(frozen=True)
class Table:
    """What a plan is made of.

    Attributes:
        at: the marginals at the times of the grid, each field ``(steps + 1,)`` float64.
        steps: the steps between them, each field ``(steps,)`` float64.
        infinite: which of them have an infinite gap.
        kind: what the denoiser predicts.
        dtype: in which coefficients are used, that of the data or wider.
    """

    at: Marginal
    steps: Step
    infinite: Sequence[bool]
    kind: Parameterization
    dtype: torch.dtype

    def to_x(self) -> tuple[Tensor, Tensor]:
        """Return p and q of x-hat at all times but the last, each ``(steps,)`` float64."""
        p, q = coefficients(self.at.each(lambda a: a[:-1]), self.kind, "x")
        return p, q

    def numbers(self, *columns: Tensor) -> list[tuple[float, ...]]:
        """Return the rows of some columns, rounded once to the dtype of the table."""
        return list(zip(*(listed(a.to(self.dtype)) for a in columns), strict=True))


def line(table: Table, made: Coefficients) -> Coefficients:
    """Return a + b p, b q and n: the same steps from the denoiser's own prediction, each ``(steps,)`` float64."""
    p, q = table.to_x()
    return Coefficients(made.z + made.x * p, made.x * q, made.noise)


def lines(table: Table, made: Coefficients, *, noisy: bool) -> list[Planned]:
    """Return steps of one evaluation each, with fresh noise or without."""
    kind = Noisy if noisy else Line
    return [kind(i, *row) for i, row in enumerate(table.numbers(*line(table, made)))]


def ancestrals(table: Table, variance: Name | Sequence[float] = "beta-tilde") -> list[Planned]:
    """Return ancestral steps, whose variances are named, or v_1 .. v_n of the last step to the first."""
    given = variance if isinstance(variance, str) else table.steps.gap.new_tensor(variance[::-1])
    return lines(table, ancestral_coefficients(table.steps, given), noisy=True)


def ddims(table: Table, eta: float = 0.0) -> list[Planned]:
    """Return DDIM's steps."""
    return lines(table, ddim_coefficients(table.steps, eta), noisy=eta > 0)


def heuns(table: Table) -> list[Planned]:
    """Return Heun's steps; those of an infinite gap are Euler's."""
    euler, (p, q), w = line(table, ddim_coefficients(table.steps)), table.to_x(), heun_weight(table.steps)
    ahead = coefficients(table.at.each(lambda a: a[1:]), table.kind, "x")
    rows = table.numbers(*euler, p, q, *ahead, w)
    return [
        Line(i, *row[:3]) if infinite else HeunStep(i, row[0], row[1], *row[3:])
        for i, (row, infinite) in enumerate(zip(rows, table.infinite, strict=True))
    ]


def multistep(table: Table, lower_order_final: bool) -> list[Planned]:
    """Return the steps of DPM-Solver++(2M), of first order at the start, at infinite gaps, and at the end if told."""
    made, (p, q) = ddim_coefficients(table.steps), table.to_x()
    gaps, last = table.steps.gap, len(table.infinite) - 1
    before = torch.cat([gaps[:1], gaps[:-1]])
    rows = table.numbers(p, q, made.z, made.x, made.x * extrapolation(table.steps, before))
    low = [i == 0 or table.infinite[i] or (i == last and lower_order_final) for i in range(last + 1)]
    return [TwoStep(i, a, b, z, x, None if low[i] else beyond) for i, (a, b, z, x, beyond) in enumerate(rows)]


@dataclass(frozen=True, slots=True)
class Line:
    """z_s = z z_t + prediction P."""

    at: int
    z: float
    prediction: float
    noise: float = 0.0

    def __call__(self, predict: Predict, z: Event, draw: NoiseSource, memory: Event | None) -> tuple[Event, None]:
        return added(torch.mul(z, self.z), self.prediction, predict(z, self.at)), None


@dataclass(frozen=True, slots=True)
class Noisy:
    """z_s = z z_t + prediction P + noise eps."""

    at: int
    z: float
    prediction: float
    noise: float

    def __call__(self, predict: Predict, z: Event, draw: NoiseSource, memory: Event | None) -> tuple[Event, None]:
        mean = added(torch.mul(z, self.z), self.prediction, predict(z, self.at))
        return added(mean, self.noise, draw()), None


@dataclass(frozen=True, slots=True)
class HeunStep:
    """Euler's step z', and then z' + change (x-hat at z' - x-hat at z_t)."""

    at: int
    z: float
    prediction: float
    p_t: float
    q_t: float
    p_s: float
    q_s: float
    change: float

    def __call__(self, predict: Predict, z: Event, draw: NoiseSource, memory: Event | None) -> tuple[Event, None]:
        now = predict(z, self.at)
        euler = added(torch.mul(z, self.z), self.prediction, now)
        x_t = added(torch.mul(z, self.p_t), self.q_t, now)
        x_s = added(torch.mul(euler, self.p_s), self.q_s, predict(euler, self.at + 1))
        return torch.add(euler, x_s - x_t, alpha=self.change), None  # the denoiser may have kept z'


@dataclass(frozen=True, slots=True)
class TwoStep:
    """z_s = z z_t + x x-hat + beyond (x-hat - x-hat before), the last only where there is a step before."""

    at: int
    p: float
    q: float
    z: float
    x: float
    beyond: float | None

    def __call__(self, predict: Predict, z: Event, draw: NoiseSource, memory: Event | None) -> tuple[Event, Event]:
        x_t = added(torch.mul(z, self.p), self.q, predict(z, self.at))
        z_s = added(torch.mul(z, self.z), self.x, x_t)
        if self.beyond is None or memory is None:
            return z_s, x_t
        return added(z_s, self.beyond, x_t - memory), x_t


def added(to: Event, a: float, y: Event) -> Event:
    """Return to + a y, in the place of ``to``: a third event would not fit the cache."""
    try:
        return to.add_(y, alpha=a)
    except RuntimeError:  # torch.vmap over y alone, which has no place for a batch in one sum
        return torch.add(to, y, alpha=a)


class Plan:
    """All steps of a grid for one model, as a function of the first latent.

    Args:
        denoiser: from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape and dtype of z.
        steps: one for each step of the grid.
        gamma: of the times of the grid, ``(steps + 1,)``, on the device of the data and in the dtype of the table.
    """

    def __init__(self, denoiser: Callable[[Tensor, Tensor], Tensor], steps: Sequence[Planned], gamma: Tensor) -> None:
        self._denoiser, self._steps, self._gamma = denoiser, steps, gamma
        self.draws: int | None = sum(isinstance(step, Noisy) for step in steps)  # how often it asks for noise

    def __call__(self, z: Event, draw: NoiseSource, progress: Callable[[int], None] | None = None) -> Event:
        """Follow the grid from z, ``(batch, *event)``, with noise from ``draw``."""
        dtype, memory, wide = z.dtype, None, z.to(working(z.dtype))
        predict, fresh = self._predict(z), checked_noise(draw, z)
        for i, step in enumerate(self._steps):
            wide, memory = step(predict, wide, fresh, memory)
            if wide.dtype != dtype:
                wide = wide.to(dtype).to(wide.dtype)  # a latent has the dtype of the data
            if progress is not None:
                progress(i + 1)
        return wide.to(dtype)

    def _predict(self, like: Event) -> Predict:
        gammas = self._gamma[:, None].expand(-1, like.shape[0]).contiguous().unbind()
        denoiser, shape, dtype, device = self._denoiser, like.shape, like.dtype, like.device

        def predict(z: Event, i: int) -> Event:
            z = z.to(dtype)
            made = tensor_of(denoiser(z, gammas[i]))
            if made.shape != shape or made.dtype != dtype or made.device != device:
                events("udm.Model.denoiser", z=z, prediction=made)
            return made

        return predict


def checked_noise(draw: NoiseSource, z: Event) -> NoiseSource:
    """Return ``draw``, whose noise is required to be like z in shape, dtype and device."""
    shape, dtype, device = z.shape, z.dtype, z.device

    def fresh() -> Event:
        noise = draw()
        if noise.shape != shape or noise.dtype != dtype or noise.device != device:
            events("udm.sample.reverse", z=z, noise=noise)
        return noise

    return fresh
