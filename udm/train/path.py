"""The schedule of a run, by its name, between the run's two end points."""

from udm.schedule import BetaLinear, Cosine, Learned, LinearGamma, Schedule, Sigmoid
from udm.schedule.truncated import Truncated
from udm.train.config import Config


def path(config: Config) -> Schedule:
    """Variance preserving, from gamma_min to gamma_max.

    Raises:
        ValueError: end points that the schedule cannot reach.
    """
    if config.gamma_min is None:
        raise ValueError("path: expected gamma_min said, got none (Config.resolved says it for a number of levels)")
    return between(
        config.schedule, config.gamma_min, config.gamma_max, hidden=config.hidden, learn_ends=config.learn_ends
    )


def between(name: str, gamma_min: float, gamma_max: float, *, hidden: int = 128, learn_ends: bool = False) -> Schedule:
    """The schedule ``name`` from gamma_min to gamma_max.

    Raises:
        ValueError: an unknown name, or end points that it cannot reach.
    """
    if name == "learned":
        return Learned(gamma_min, gamma_max, hidden, learn_ends=learn_ends)
    if name == "linear":
        return LinearGamma(gamma_min, gamma_max)
    inner: dict[str, type[Schedule]] = {"cosine": Cosine, "beta": BetaLinear, "sigmoid": Sigmoid}
    if name not in inner:
        raise ValueError(f"schedule: expected learned, linear, {', '.join(inner)}, got {name!r}")
    return Truncated(inner[name](), gamma_min, gamma_max)
