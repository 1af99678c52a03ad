"""The class of each example as a third argument of the denoiser, for a likelihood given the classes."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from udm.calling import Ranged
from udm.model import Model


def given_classes(where: str, model: Model, given: Tensor | Sequence[Tensor]) -> Model:
    """Return the model of the examples of a batch, (events, classes), which only they may be given to.

    Raises:
        ValueError: if the batch has no classes, or they are not integer of shape (batch,).
    """
    pair: list[object] = [given] if isinstance(given, Tensor) else list(given)
    if len(pair) < 2 or not isinstance(pair[0], Tensor) or not isinstance(pair[1], Tensor):
        raise ValueError(
            f"{where}: expected batches (events, classes) for a likelihood given classes, got events alone"
        )
    events, classes = pair[0], pair[1]
    fine = not (classes.is_floating_point() or classes.is_complex() or classes.dtype == torch.bool)
    if classes.shape != events.shape[:1] or not fine:
        got = f"{tuple(classes.shape)}, {classes.dtype}"
        raise ValueError(f"{where}: expected integer classes of shape ({len(events)},), one per example, got {got}")
    labels, given_to = classes.to(events.device), model.denoiser
    ranged = isinstance(given_to, Ranged)
    of_labels = cast(Callable[..., Any], given_to.network if ranged else given_to)

    def denoiser(z: Tensor, gamma: Tensor) -> Any:
        return of_labels(z, gamma, labels)

    return model._replace(denoiser=Ranged(denoiser) if ranged else denoiser)
