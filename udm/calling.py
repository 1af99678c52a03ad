"""How a network is called: what it is given for the time, and where its prediction is in what it returns."""

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

    def forward(self, z: Event, gamma: PerExample, **conditions: Any) -> Any:
        """Return the prediction at z.

        Args:
            z: the latent, ``(batch, *event)``, floating.
            gamma: -log SNR, ``(batch,)``, floating.
            conditions: what else the network takes, by name, as ``class_labels``.

        Returns:
            The prediction, as a tensor if the network returned one in a way that a model reads.

        Raises:
            ValueError: if gamma is not floating of shape (batch,).
        """
        i, found = self.schedule.step_of_gamma(gamma)
        prediction = tensor_of(self.network(z, i - 1 + self.steps_from, **conditions))
        if not isinstance(prediction, Tensor) or prediction.shape != z.shape or not prediction.is_floating_point():
            return prediction  # which the caller refuses
        return torch.where(found.reshape(-1, *[1] * (z.ndim - 1)), prediction, torch.nan)


def takes_step_numbers(denoiser: Callable[..., Any]) -> bool:
    """Return whether a network calls its second argument ``timestep``, as those of diffusers do."""
    call = denoiser.forward if isinstance(denoiser, nn.Module) else denoiser
    try:
        names = list(inspect.signature(call).parameters)
    except (TypeError, ValueError):  # a builtin
        return False
    return len(names) > 1 and names[1] in _NAMES


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
