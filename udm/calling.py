"""How a network is called: what it is given for the time, and where its predictions are in what it returns."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor, nn

from udm.arguments import functions
from udm.schedule.betas import Betas, StepsFrom, counted_from
from udm.shapes import Event, PerExample, instance, listed

_NAMES = {"timestep", "timesteps"}


class Timestepped(nn.Module):
    """A network of (z, number of the step) as a denoiser of (z, gamma).

    It is called with the number of the step whose gamma is given, ``(batch,)`` int64. Where gamma is that of no step,
    the prediction is NaN.

    Args:
        network: a map of z, ``(batch, *event)``, and the number of the step, to what a denoiser may return.
        schedule: the table that it was trained on.
        steps_from: the number of the first step: 0 in diffusers and most code, 1 in DDPM's paper.

    Raises:
        ValueError: if ``network`` cannot be called, ``schedule`` is no table of betas, ``steps_from`` is neither 0 nor
            1, or two steps have the same gamma in float32, in which a denoiser is given it.
    """

    def __init__(self, network: Callable[..., Any], schedule: Betas, *, steps_from: StepsFrom) -> None:
        super().__init__()
        where = "udm.calling.Timestepped"
        functions(where, network=network)
        instance(where, Betas, schedule=schedule)
        self.steps_from = counted_from(where, steps_from)
        _apart(where, schedule)
        self.network, self.schedule = network, schedule
        self.channels = _channels(network)

    def forward(self, z: Event, gamma: PerExample, **conditions: Any) -> Any:
        """Return the prediction at z.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            gamma: -log SNR, ``(batch,)``, floating.
            conditions: what else the network takes, by name, as ``class_labels``.

        Returns:
            The prediction, as a tensor if the network returned one in a way that a model reads.

        Raises:
            ValueError: if gamma is not floating of shape (batch,), or z has other channels than the network takes.
        """
        if self.channels is not None and z.shape[1] != self.channels:
            takes = f"{self.channels} channels, which {type(self.network).__name__} takes"
            raise ValueError(f"udm.calling.Timestepped: expected z of {takes}, got {tuple(z.shape)}")
        i, found = self.schedule.step_of_gamma(gamma)
        prediction = tensor_of(self.network(z, i - 1 + self.steps_from, **conditions))
        if not isinstance(prediction, Tensor) or not prediction.is_floating_point():
            return prediction  # which the caller refuses
        if prediction.ndim != z.ndim or len(prediction) != len(z):
            return prediction
        return torch.where(found.reshape(-1, *[1] * (z.ndim - 1)), prediction, torch.nan)


class Ranged(nn.Module):
    r"""A network of twice the channels as a denoiser, whose second half says the variance of a reverse step.

    Called as a denoiser is, it returns the first half, so that all that needs no variance works as without. The second
    half o gives, coordinate by coordinate, the share :math:`v = (o + 1)/2` of
    :math:`\Sigma = \exp(v \log\beta + (1 - v) \log\tilde\beta)`, as in the released code; nothing keeps v in [0, 1].

    Args:
        network: a map of z, ``(batch, c, ...)``, and gamma, ``(batch,)``, to ``(batch, 2 c, ...)``, floating, or to
            what a denoiser may return with that in it. One of step numbers is to be a :class:`Timestepped` first.

    Raises:
        ValueError: if ``network`` cannot be called.

    Source: Nichol and Dhariwal, arXiv 2102.09672v1, eq. (15).

    Claim: iddpm.variance
    """

    def __init__(self, network: Callable[..., Any]) -> None:
        super().__init__()
        functions("udm.calling.Ranged", network=network)
        self.network = network
        self.training = isinstance(network, nn.Module) and network.training  # a function has no other mode

    def both(self, z: Event, gamma: PerExample, *labels: Tensor, **conditions: Any) -> tuple[Event, Event]:
        """Return the prediction and the share v at z.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            gamma: -log SNR, ``(batch,)``, floating.
            labels: what else the network takes, ``(batch,)``, as int64 classes.
            conditions: the same by name.

        Returns:
            The prediction and v, each ``(batch, *event)``, in the dtype of z.

        Raises:
            ValueError: if the network does not return twice the channels of z.
        """
        made = tensor_of(self.network(z, gamma, *labels, **conditions))
        doubled = (len(z), 2 * z.shape[1], *z.shape[2:])
        if not isinstance(made, Tensor) or made.shape != doubled:
            got = tuple(made.shape) if isinstance(made, Tensor) else type(made).__name__
            raise ValueError(f"udm.calling.Ranged: expected a network of twice the channels, {doubled}, got {got}")
        prediction, said = made.chunk(2, dim=1)
        return prediction, (said + 1) / 2

    def forward(self, z: Event, gamma: PerExample, *labels: Tensor, **conditions: Any) -> Any:
        """Return the prediction alone.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            gamma: -log SNR, ``(batch,)``, floating.
            labels: what else the network takes, ``(batch,)``, as int64 classes.
            conditions: the same by name.

        Returns:
            The prediction, ``(batch, *event)``, in the dtype of z.

        Raises:
            ValueError: if the network does not return twice the channels of z.
        """
        return self.both(z, gamma, *labels, **conditions)[0]


def _channels(network: Callable[..., Any]) -> int | None:
    """Return how many channels a network of diffusers takes, which it says; None of others."""
    said = getattr(getattr(network, "config", None), "in_channels", None)
    return said if type(said) is int else None


def takes_step_numbers(denoiser: Callable[..., Any]) -> bool:
    """Return whether a network calls its second argument ``timestep``, as those of diffusers do."""
    names = _parameters(denoiser.forward if isinstance(denoiser, nn.Module) else denoiser)
    return len(names) > 1 and names[1] in _NAMES


def _parameters(call: Callable[..., Any]) -> list[str]:
    """Return the names of the parameters by position; none of a builtin."""
    code = getattr(call, "__code__", None)
    if code is not None and not hasattr(call, "__wrapped__"):  # no signature can be read where a graph is traced
        return list(code.co_varnames[hasattr(call, "__self__") : code.co_argcount])
    try:
        return list(inspect.signature(call).parameters)
    except (TypeError, ValueError):
        return []


def tensor_of(prediction: Any) -> Any:
    """Return the tensor in what a network returns: itself, the first of a tuple, or the entry or field ``sample``."""
    inside: Any = prediction
    if type(inside) is Tensor:
        return inside
    if isinstance(inside, Mapping):
        inside = cast(Mapping[str, Any], inside).get("sample")
    elif isinstance(inside, tuple | list):
        inside = next(iter(cast(Iterable[Any], inside)), None)
    elif not isinstance(inside, Tensor):
        inside = getattr(inside, "sample", None)
    return inside if isinstance(inside, Tensor) else prediction


def _apart(where: str, schedule: Betas) -> None:
    """Require steps that differ in gamma when it is rounded to float32."""
    gamma = schedule.gamma(torch.arange(1, schedule.T + 1, dtype=torch.float64, device=schedule.device) / schedule.T)
    for i, (low, high) in enumerate(pairwise(listed(gamma)), 1):
        if not high - low > 4 * torch.finfo(torch.float32).eps * max(abs(low), abs(high) if high < math.inf else 0):
            raise ValueError(
                f"{where}: expected steps whose gammas differ in float32, got {low:.9g} and {high:.9g} at steps {i} and"
                f" {i + 1}"
            )
