"""The schedule of a run: by its name between the two end points of the run, or a given one, checked."""

import torch
from torch import Tensor

from udm.denoiser import Parameterization
from udm.schedule import Learned, Schedule
from udm.schedule.named import SCHEDULES, TABLES, between
from udm.time import step_number
from udm.train.config import GIVEN, WHERE, Config


def path(config: Config) -> Schedule:
    """Return the schedule that the settings name, a table or a path from gamma_min to gamma_max.

    Raises:
        ValueError: if the settings say that it is given, gamma_min is None, or the schedule cannot reach an end point.
    """
    if config.schedule in TABLES:
        return TABLES[config.schedule]()
    if config.schedule == GIVEN:
        names = ", ".join((*SCHEDULES, *TABLES))
        raise ValueError(
            f'{WHERE}: expected a schedule, as config.schedule = "{GIVEN}" says, or one of {names}, got none'
        )
    if config.gamma_min is None:
        raise ValueError("udm.train.path.path: expected a number for gamma_min, got None (see Config.resolved)")
    return between(
        config.schedule, config.gamma_min, config.gamma_max, hidden=config.hidden, learn_ends=config.learn_ends
    )


def checked(config: Config, schedule: Schedule | None, kind: Parameterization) -> Schedule:
    """Return the given schedule, or else the named one, if a network that predicts ``kind`` can be trained on it.

    Raises:
        ValueError: if it is not of the kind that config.schedule names, or is given although this names a table; gamma
            is not finite or does not increase (the message gives the first such time); or it is a table of betas, and
            the loss needs a derivative, T does not divide its steps, or the last beta is 1 and the loss teaches nothing
            there.
    """
    if schedule is not None and config.schedule in TABLES:
        raise ValueError(
            f'{WHERE}: expected config.schedule "{GIVEN}" for a schedule that is given, got {config.schedule}'
        )
    schedule = schedule if schedule is not None else path(config)
    if isinstance(schedule, Learned) != (config.schedule == "learned"):
        got = type(schedule).__name__
        raise ValueError(f"{WHERE}: expected a schedule of the kind config.schedule = {config.schedule}, got {got}")
    slope = config.loss in ("sigmoid", "weighted") or (config.loss == "vlb" and config.T is None)
    if schedule.steps is not None:
        _table(config, schedule.steps, slope)
    if config.loss == "hybrid" and schedule.sigma_0() > 0:
        got = f"sigma_0 = {schedule.sigma_0():.2g} of {type(schedule).__name__}"
        raise ValueError(f"{WHERE}: expected sigma_0 = 0, as of a table of betas, for the loss hybrid, got {got}")
    if config.decoder == "none" and schedule.sigma_0() == 0:
        got = f"none on {type(schedule).__name__}"
        raise ValueError(f"{WHERE}: expected the decoder gaussian where sigma_0 = 0, so that z_0 is x, got {got}")
    terminal = no_signal(schedule)
    if terminal:
        _taught(config, kind)
    with_ends = config.loss == "vlb" and not (config.T and schedule.sigma_0() == 0)
    _increasing(schedule, with_ends=with_ends, slope=slope, terminal=terminal)
    return schedule


def no_signal(schedule: Schedule) -> bool:
    """Return whether it is a table of betas whose last is 1, so that alpha = 0 and gamma is infinite at t = 1."""
    if schedule.steps is None:
        return False
    return bool(schedule.alpha(torch.ones(1, dtype=torch.float64, device=schedule.device)) == 0)


def _taught(config: Config, kind: Parameterization) -> None:
    """Require a prediction and a loss that mean something where alpha = 0: there eps is z, and says nothing of x."""
    last = "the last beta is 1 (nothing of x is in z there)"
    if kind in ("eps", "score"):
        raise ValueError(f"{WHERE}: expected a network that predicts x or v where {last}, got {kind}")
    if config.loss not in ("vlb", "mse"):
        why = f"the loss {config.loss}, whose weight of the error of {kind} is 0 there"
        raise ValueError(f"{WHERE}: expected the loss mse, or vlb with T, where {last}, got {why}")


def on_table(schedule: Schedule, t: Tensor) -> Tensor:
    """Return the end i/T of the step of a table in which t falls, uniform if t is; t itself on any other schedule."""
    return t if schedule.steps is None else step_number(t, schedule.steps) / schedule.steps


def _table(config: Config, steps: int, slope: bool) -> None:
    if slope:
        got = f"T = {config.T} and loss {config.loss}"
        raise ValueError(
            f"{WHERE}: expected T, or the loss mse, simple or min-snr, for a table of {steps} betas, which has no"
            f" derivative, got {got}: give T = {steps} with the loss vlb"
        )
    if config.T is not None and steps % config.T:
        raise ValueError(f"{WHERE}: expected T a divisor of {steps}, the betas of the table, got {config.T}")


def _increasing(schedule: Schedule, *, with_ends: bool, slope: bool, terminal: bool) -> None:
    """Check gamma on a grid of (0, 1], from which times are drawn, and at 0 if the bound has a decoder there.

    At the end it may be infinite if ``terminal``.
    """
    steps = schedule.steps or 256
    t = torch.arange(0 if with_ends else 1, steps + 1, dtype=torch.float64, device=schedule.device) / steps
    with torch.no_grad():
        gamma = schedule.gamma(t)
        bad = ~torch.isfinite(gamma)
        bad |= ~torch.isfinite(schedule.dgamma(t)) if slope else False
    bad[-1] &= not terminal
    bad[1:] |= ~(gamma[1:] > gamma[:-1])
    if bool(bad.any()):
        at = float(t[int(bad.to(torch.int8).argmax())])
        cure = "" if schedule.steps else " (udm.schedule.Truncated cuts a schedule to finite ends)"
        raise ValueError(
            f"{WHERE}: expected gamma finite and increasing, got otherwise at t = {at:.4g} of"
            f" {type(schedule).__name__}{cure}"
        )
