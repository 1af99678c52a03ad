"""What a scheduler of MONAI's kind offers: like one of diffusers, its settings are attributes and its steps are pairs.

Such an object is shown in the form of diffusers', so that every check of these runs on it; MONAI is not imported here.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from torch import Tensor

SETTINGS = ("prediction_type", "variance_type", "clip_sample", "steps_offset", "num_train_timesteps")


class Made(NamedTuple):
    """A step in the form of diffusers'."""

    prev_sample: Tensor
    pred_original_sample: Tensor | None


def is_monai(thing: Any) -> bool:
    """Return whether an object is a scheduler of this kind, by what it has."""
    needed = ("betas", "alphas_cumprod", "set_timesteps", "step", "add_noise", "timesteps")
    return all(hasattr(thing, name) for name in needed) and not hasattr(thing, "config")


def shown_as(make: Callable[[], Any]) -> Callable[[], "Shown"]:
    """Return what makes the object in the form of a scheduler of diffusers."""
    return lambda: Shown(make())


class Shown:
    """An object of this kind in the form of a scheduler of diffusers."""

    def __init__(self, one: Any) -> None:
        self.one, self.step = one, _step(one)
        found = {name: getattr(one, name) for name in SETTINGS if hasattr(one, name)}
        self.config = {name: str(getattr(value, "value", value)) for name, value in found.items()}
        named = type(type(one).__name__, (type(self),), {"__module__": type(one).__module__})
        self.__class__ = named  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["one"], name)

    def scale_model_input(self, z: Tensor, t: Any = None) -> Tensor:
        """Return the state, which the network is shown as it is."""
        return z


def _step(one: Any) -> Callable[..., Made]:
    @wraps(one.step)
    def step(prediction: Tensor, t: Any, z: Tensor, **stepping: Any) -> Made:
        made = one.step(prediction, int(t), z, **stepping)
        return Made(*made) if isinstance(made, tuple) else Made(made, None)

    return step
