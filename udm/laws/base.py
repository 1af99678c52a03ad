r"""Solvable laws: data whose noisy marginals, and hence whose best denoiser, are known in closed form:

.. math::
    q(z_t) = \int q(z_t \mid x)\, q(x)\, dx, \qquad \hat x(z_t) = \mathbb E[x \mid z_t], \qquad
    p(x \mid z_0) = \frac{q(z_0 \mid x)\, q(x)}{q(z_0)}.

With this denoiser and this decoder every loss, likelihood and sampler has an exact value to be tested against.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, TypeAlias, final

import torch
from torch import Tensor

from udm.arguments import numbers
from udm.denoiser import Parameterization, convert, known
from udm.gaussian import total
from udm.model import Denoiser, Model
from udm.process import Marginal, OtherMarginal
from udm.schedule.base import Schedule, probe_times, public_name
from udm.shapes import Event, PerExample64, events, instance, over, per_example, records
from udm.stable import sqrt_sigmoid, to_float64

Path: TypeAlias = Callable[[Tensor], Marginal]
LOG_2PI = math.log(2 * math.pi)


def preserving(gamma: PerExample64) -> Marginal:
    """Return the marginal at gamma on the path with alpha^2 + sigma^2 = 1.

    Args:
        gamma: -log SNR, ``(batch,)`` float64.

    Returns:
        The marginal, each field ``(batch,)`` float64.

    Raises:
        ValueError: if gamma is not floating of shape (batch,).
    """
    per_example("udm.laws.preserving", gamma=gamma)
    return Marginal.from_gamma(gamma)


def exploding(gamma: PerExample64) -> Marginal:
    """Return the marginal at gamma on the path with alpha = 1 and sigma = exp(gamma / 2).

    Args:
        gamma: -log SNR, ``(batch,)`` float64.

    Returns:
        The marginal, each field ``(batch,)`` float64.

    Raises:
        ValueError: if gamma is not floating of shape (batch,).
    """
    per_example("udm.laws.exploding", gamma=gamma)
    gamma = to_float64(gamma)
    return OtherMarginal(torch.ones_like(gamma), torch.exp(gamma / 2), gamma)


def straight(gamma: PerExample64) -> Marginal:
    """Return the marginal at gamma on the path with alpha + sigma = 1.

    Args:
        gamma: -log SNR, ``(batch,)`` float64.

    Returns:
        The marginal, each field ``(batch,)`` float64.

    Raises:
        ValueError: if gamma is not floating of shape (batch,).
    """
    per_example("udm.laws.straight", gamma=gamma)
    gamma = to_float64(gamma)
    return OtherMarginal(torch.square(sqrt_sigmoid(-gamma / 2)), torch.square(sqrt_sigmoid(gamma / 2)), gamma)


PATHS: tuple[Path, ...] = (preserving, exploding, straight)


class Law(ABC):
    """A law of data x with its exact density, marginals, denoiser and decoder, in float64.

    Attributes:
        event: the shape of x, without the batch axis.
    """

    event: tuple[int, ...]
    _public: ClassVar[str] = "udm.laws.Law"

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls._public = public_name(cls)

    @abstractmethod
    def draw(self, n: int, generator: torch.Generator | None = None) -> Event:
        """Draw independent data.

        Args:
            n: how many.
            generator: the source of randomness, on the CPU.

        Returns:
            The data, ``(n, *event)`` float64, on the CPU; the batch is n.
        """

    @final
    def log_prob(self, x: Event) -> PerExample64:
        """Return log q(x), of the density, or of the probability if the law is discrete.

        Args:
            x: ``(batch, *event)``, floating.

        Returns:
            log q(x) in nats, ``(batch,)`` float64.

        Raises:
            ValueError: if x is not floating of shape ``(batch, *event)``.
        """
        self._shaped(f"{self._public}.log_prob", x=x)
        return self._log_prob(x)

    @abstractmethod
    def _log_prob(self, x: Tensor) -> Tensor: ...

    @abstractmethod
    def _posterior_mean(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor: ...

    @abstractmethod
    def _log_marginal(self, z: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor: ...

    @final
    def posterior_mean(self, z: Event, at: Marginal) -> Event:
        r"""Return the prediction :math:`\mathbb E[x \mid z]` of the best denoiser.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            at: the marginal at t, each field ``(batch,)`` float64.

        Returns:
            The mean, ``(batch, *event)``, in the dtype of z.

        Raises:
            ValueError: if z is not floating of shape ``(batch, *event)``, or ``at`` is not a Marginal of its batch.
        """
        z64, alpha, sigma = self._spread("posterior_mean", z, at)
        return self._posterior_mean(z64, alpha, sigma).to(z.dtype).to(z.device)

    @final
    def log_marginal(self, z: Event, at: Marginal) -> PerExample64:
        """Return log q(z_t), the log-density of alpha x + sigma eps.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            at: the marginal at t, each field ``(batch,)`` float64.

        Returns:
            log q(z_t) in nats, ``(batch,)`` float64.

        Raises:
            ValueError: if z is not floating of shape ``(batch, *event)``, or ``at`` is not a Marginal of its batch.
        """
        return self._log_marginal(*self._spread("log_marginal", z, at))

    def decoder(self, x: Event, z_0: Event, at_0: Marginal) -> PerExample64:
        """Return -log p(x | z_0) by Bayes' rule, of a density if x is continuous.

        Args:
            x: the data, ``(batch, *event)``, floating.
            z_0: the latent at time 0, ``(batch, *event)``, floating.
            at_0: the marginal at time 0, each field ``(batch,)`` float64.

        Returns:
            -log p(x | z_0) in nats, ``(batch,)`` float64.

        Raises:
            ValueError: if x or z_0 is not floating of shape ``(batch, *event)``, or ``at_0`` is not a Marginal of their
                batch.
        """
        z, alpha, sigma = self._spread("decoder", z_0, at_0, x=x)
        noise = total(torch.square((z - alpha * to_float64(x)) / sigma) + LOG_2PI + 2 * torch.log(sigma)) / 2
        return noise + self._log_marginal(z, alpha, sigma) - self.log_prob(x)

    @final
    def denoiser(self, kind: Parameterization = "x", *, path: Path = preserving, shrink: float = 1.0) -> Denoiser:
        """Return the denoiser that predicts what follows from shrink E[x | z].

        Args:
            kind: what it predicts, "x", "eps", "v" or "score".
            path: the marginal at a gamma, ``(batch,)``.
            shrink: 1 for the best denoiser; 0.99 makes one that is wrong by a hundredth.

        Returns:
            A denoiser, from z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape and dtype of
            z.

        Raises:
            ValueError: if ``kind`` is none of the four.
        """
        known(f"{self._public}.denoiser", kind=kind)

        def denoise(z: Tensor, gamma: Tensor) -> Tensor:
            at = path(gamma)
            return convert(shrink * self.posterior_mean(z, at), z, at, "x", kind)

        return denoise

    @final
    def model(self, schedule: Schedule, kind: Parameterization = "x", *, shrink: float = 1.0) -> Model:
        """Return a model with the best denoiser on the path of ``schedule``.

        Args:
            schedule: whose path gives the marginals.
            kind: what the denoiser predicts, "x", "eps", "v" or "score".
            shrink: 1 for the best denoiser; 0.99 makes one that is wrong by a hundredth.

        Returns:
            The model, whose denoiser maps z, ``(batch, *event)``, and gamma, ``(batch,)``, to a prediction of the shape
            and dtype of z.

        Raises:
            ValueError: if the path of the schedule is neither variance preserving, nor exploding (alpha = 1), nor
                straight (alpha + sigma = 1), so that gamma does not determine alpha here; or ``kind`` is not "x",
                "eps", "v" or "score".
        """
        where = f"{self._public}.model"
        known(where, kind=kind)
        numbers(where, shrink=shrink)
        return Model(self.denoiser(kind, path=_path_of(where, schedule), shrink=shrink), schedule, kind)

    def _shaped(self, where: str, **given: Tensor) -> None:
        for name, a in given.items():
            events(where, **{name: a})
            if a.shape[1:] != self.event:
                expected = f"(batch, {', '.join(map(str, self.event))})"
                raise ValueError(f"{where}: expected {name} of shape {expected}, got {tuple(a.shape)}")

    def _spread(self, where: str, z: Tensor, at: Marginal, **more: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Check the arguments of the method ``where``; return z, alpha and sigma in float64, the last two spread."""
        where = f"{self._public}.{where}"
        latent, marginal = ("z_0", "at_0") if more else ("z", "at")
        self._shaped(where, **{latent: z, **more})
        records(where, len(z), Marginal, **{marginal: at})
        z = to_float64(z)
        alpha, sigma = over(z, at.alpha.to(z.device), at.sigma.to(z.device))
        return z, alpha, sigma


def path_of(schedule: Schedule) -> Path:
    """Return the map gamma -> (alpha, sigma) that a schedule follows, which must be one of the three above.

    Args:
        schedule: whose path is sought.

    Returns:
        One of the three, a map of gamma, ``(batch,)`` float64, to the marginal, each field ``(batch,)`` float64.

    Raises:
        ValueError: if it is none of them, or ``schedule`` is not a Schedule.
    """
    return _path_of("udm.laws.path_of", schedule)


def _path_of(where: str, schedule: Schedule) -> Path:
    instance(where, Schedule, schedule=schedule)
    if schedule.steps is not None:  # a table of betas, which has no other times
        return preserving
    with torch.no_grad():
        at = schedule.at(probe_times(schedule))
        for path in PATHS:  # numbers alone do not tell little noise beside alpha = 1 from a preserved variance
            said = schedule.preserving in (None, path is preserving)
            if said and torch.allclose(path(at.gamma).alpha, at.alpha, rtol=1e-6, atol=0):
                return path
    raise ValueError(f"{where}: expected a path with alpha^2 + sigma^2 = 1, alpha = 1 or alpha + sigma = 1, got {at}")
