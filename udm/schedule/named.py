"""Schedules by the name that settings and commands use: between two given values of gamma, or tables of betas."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from udm.schedule.base import Schedule
from udm.schedule.beta import BetaLinear
from udm.schedule.betas import Betas
from udm.schedule.cosine import Cosine
from udm.schedule.learned import Learned
from udm.schedule.linear import LinearGamma
from udm.schedule.sigmoid import Sigmoid
from udm.schedule.truncated import Truncated

SCHEDULES: Mapping[str, Callable[[float, float], Schedule]] = MappingProxyType(
    {
        "learned": Learned,
        "linear": LinearGamma,
        "cosine": lambda low, high: Truncated(Cosine(), low, high),
        "beta": lambda low, high: Truncated(BetaLinear(), low, high),
        "sigmoid": lambda low, high: Truncated(Sigmoid(), low, high),
    }
)
TABLES: Mapping[str, Callable[[], Betas]] = MappingProxyType({"ddpm": Betas.linear, "iddpm": Betas.cosine})
FIXED = tuple(name for name in SCHEDULES if name != "learned")


def between(name: str, gamma_min: float, gamma_max: float, *, hidden: int = 128, learn_ends: bool = False) -> Schedule:
    """Return the schedule ``name`` from gamma_min to gamma_max.

    Args:
        name: one of SCHEDULES: learned, linear, cosine, beta or sigmoid.
        gamma_min: gamma(0).
        gamma_max: gamma(1).
        hidden: how many sigmoids a learned schedule has.
        learn_ends: whether a learned schedule learns its end points.

    Returns:
        The schedule.

    Raises:
        ValueError: if the name is unknown, or the schedule cannot reach an end.
    """
    if name not in SCHEDULES:
        expected = ", ".join(SCHEDULES)
        raise ValueError(f"udm.schedule.named.between: expected name one of {expected}, got {name!r}")
    if name == "learned":
        return Learned(gamma_min, gamma_max, hidden, learn_ends=learn_ends)
    return SCHEDULES[name](gamma_min, gamma_max)
