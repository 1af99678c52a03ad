"""The schedule of a run: by its name, between the run's two end points, or one's own, checked."""

import torch
from torch import Tensor

from udm.schedule import BetaLinear, Betas, Cosine, Learned, LinearGamma, Schedule, Sigmoid
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


def checked(config: Config, schedule: Schedule | None) -> Schedule:
    """The schedule given, or else named, if it is one to train on.

    Raises:
        ValueError: another than config.schedule says; the first time at which gamma is not finite, or does not
            increase; a table of betas where a derivative is asked of it, or times that it has not.
    """
    schedule = schedule if schedule is not None else path(config)
    if isinstance(schedule, Learned) != (config.schedule == "learned"):
        raise ValueError(f"train: expected a schedule as config.schedule = {config.schedule} says")
    slope = config.loss in ("sigmoid", "weighted") or (config.loss == "vlb" and config.T is None)
    if isinstance(schedule, Betas):
        _table(config, schedule, slope)
    _increasing(schedule, with_ends=config.loss == "vlb" and not (config.T and schedule.sigma_0() == 0), slope=slope)
    return schedule


def on_table(schedule: Schedule, t: Tensor) -> Tensor:
    """The next time i/T of a table of betas, i >= 1, uniform where t is; t itself on any other schedule."""
    return torch.ceil(t * schedule.T).clamp(min=1) / schedule.T if isinstance(schedule, Betas) else t


def _table(config: Config, schedule: Betas, slope: bool) -> None:
    if slope:
        got = f"T = {config.T} and loss {config.loss}"
        raise ValueError(
            f"train: expected T, or the loss simple or min-snr, for a table of {schedule.T} betas, which has no"
            f" derivative, got {got}: give T = {schedule.T} with the loss vlb"
        )
    if config.T is not None and schedule.T % config.T:
        raise ValueError(f"train: expected T a divisor of {schedule.T}, the betas of the table, got {config.T}")


def _increasing(schedule: Schedule, *, with_ends: bool, slope: bool) -> None:
    """Times are drawn from (0, 1]; the bound's decoder is at 0."""
    steps = schedule.T if isinstance(schedule, Betas) else 256
    t = torch.arange(0 if with_ends else 1, steps + 1, dtype=torch.float64, device=schedule.device) / steps
    with torch.no_grad():
        gamma = schedule.gamma(t)
        bad = ~torch.isfinite(gamma)
        bad |= ~torch.isfinite(schedule.dgamma(t)) if slope else False
    bad[1:] |= ~(gamma[1:] > gamma[:-1])
    if bool(bad.any()):
        at = float(t[int(bad.to(torch.int8).argmax())])
        cure = "" if isinstance(schedule, Betas) else " (udm.schedule.Truncated cuts a schedule to finite ends)"
        raise ValueError(
            f"train: expected gamma finite and increasing, got otherwise at t = {at:.4g} of"
            f" {type(schedule).__name__}{cure}"
        )
