"""To and from diffusers: a scheduler's table of betas and its sampler as udm's, and a model for loops of diffusers.

Only attributes of the objects are read, so that diffusers itself is needed for :func:`to_diffusers` alone. diffusers
counts steps from 0, and computes in float32; where the formulas agree, so do samples, up to that rounding.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from udm.calling import Timestepped, tensor_of
from udm.denoiser import Parameterization
from udm.extra import install
from udm.model import Model, check_model
from udm.sample.sampler import DDIM, Ancestral, DPMpp2M, Euler, Sampler
from udm.schedule.betas import Betas
from udm.shapes import Event, PerExample64, instance, listed

_KINDS: dict[str, Parameterization] = {"epsilon": "eps", "sample": "x", "v_prediction": "v"}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_VARIANCES = {"fixed_small": "beta-tilde", "fixed_small_log": "beta-tilde", "fixed_large": "beta"}
_SLACK = 1e-4  # of a product of a thousand float32 numbers, relative


class Settings(NamedTuple):
    """What a scheduler of diffusers sets.

    Attributes:
        schedule: its betas, exactly as it has them.
        parameterization: what its network predicts.
        sampler: the sampler with the formula of its steps, or None if udm has none.
        grid: the times that it visits, and 0, ``(steps + 1,)`` float64.
        differences: in words, each setting with which it leaves the formulas of the sampler.
    """

    schedule: Betas
    parameterization: Parameterization
    sampler: Sampler | None
    grid: PerExample64
    differences: tuple[str, ...]

    def model(self, network: Callable[..., Any]) -> Model:
        """Return the model of a network that was trained with the scheduler.

        Args:
            network: a map of z, ``(batch, *event)``, and the number of a step from 0, to a prediction.

        Returns:
            The model, whose denoiser gives the network its numbers of steps.

        Raises:
            ValueError: if ``network`` cannot be called.
        """
        return Model(network, self.schedule, self.parameterization, steps_from=0)


def from_diffusers(scheduler: Any) -> Settings:
    """Read a scheduler of diffusers: its table, what its network predicts, its sampler and its grid.

    Args:
        scheduler: with a table ``betas`` and a ``config``, as DDPMScheduler, DDIMScheduler, EulerDiscreteScheduler and
            DPMSolverMultistepScheduler have. Its grid is that of its ``timesteps``, from the last set_timesteps.

    Returns:
        Its settings, with all in which it differs from the formulas.

    Raises:
        ValueError: if it has no table of betas, its alphas_cumprod are not those of its betas, or its prediction_type
            is unknown.

    Source: Ho et al., arXiv 2006.11239v2, eq. (4); the numbers of steps are those of diffusers.
    """
    where = "udm.from_diffusers"
    betas, config = getattr(scheduler, "betas", None), _config(scheduler)
    if not isinstance(betas, Tensor) or betas.ndim != 1:
        got = type(scheduler).__name__
        raise ValueError(f"{where}: expected a scheduler with a table of betas, as DDPMScheduler, got {got}")
    schedule, kind = Betas(betas), config.get("prediction_type", "epsilon")
    if kind not in _KINDS:
        raise ValueError(f"{where}: expected prediction_type one of {', '.join(_KINDS)}, got {kind!r}")
    _same_table(where, scheduler, schedule)
    sampler, differences = _sampler(type(scheduler).__name__, config)
    grid, visits = _grid(scheduler, schedule.T)
    if sampler == Ancestral("beta") and float(grid[-2]) > 1 / schedule.T:
        visits.append("variance_type fixed_large: the last step adds noise to the data unless it is that of step 0")
    return Settings(schedule, _KINDS[kind], sampler, grid, (*differences, *visits))


class Given(NamedTuple):
    """A model as diffusers takes it.

    Attributes:
        unet: a module of (sample, timestep), whose output has the prediction as ``sample``.
        scheduler: a scheduler of diffusers with the model's betas.
    """

    unet: nn.Module
    scheduler: Any


def to_diffusers(model: Model, scheduler: str = "DDPMScheduler", **settings: Any) -> Given:
    """Return the model's network and a scheduler for a loop of diffusers.

    The scheduler clips no prediction, visits the last step first and, if it is DDPMScheduler, has the variance
    beta-tilde, unless ``settings`` say otherwise. It keeps the betas in float32.

    Args:
        model: on a table of betas, predicting "x", "eps" or "v".
        scheduler: the name of a class of diffusers that takes ``trained_betas``.
        settings: of the scheduler, beside these.

    Returns:
        The network, which counts steps from 0, and the scheduler.

    Raises:
        ValueError: if the schedule is no table of betas, the model predicts the score, or diffusers is not installed
            or has no such scheduler.

    Source: Ho et al., arXiv 2006.11239v2, eq. (4); the numbers of steps are those of diffusers.
    """
    where = "udm.to_diffusers"
    check_model(where, model)
    if model.schedule.steps is None:
        got = type(model.schedule).__name__
        raise ValueError(f"{where}: expected a model on a table of betas (udm.schedule.Betas), got {got}")
    if model.parameterization not in _NAMES:
        raise ValueError(f"{where}: expected a model that predicts x, eps or v, got {model.parameterization}")
    table = cast(Betas, model.schedule)
    told: dict[str, Any] = {"num_train_timesteps": table.T, "trained_betas": listed(table.betas)}
    told |= {"prediction_type": _NAMES[model.parameterization], "timestep_spacing": "trailing"}
    kind = _class(where, scheduler)
    if "clip_sample" in _parameters(kind):
        told["clip_sample"] = False
    return Given(_unet(model, table), kind(**told | settings))


class StepNetwork(nn.Module):
    """A denoiser of (z, gamma) as a network of (sample, timestep) that returns an output with ``sample``.

    Args:
        denoiser: as of a :class:`udm.Model`.
        schedule: its table.

    Raises:
        ValueError: if ``schedule`` is no table of betas.
    """

    def __init__(self, denoiser: Callable[..., Any], schedule: Betas) -> None:
        super().__init__()
        instance("udm.diffusers.StepNetwork", Betas, schedule=schedule)
        self.denoiser, self.schedule = denoiser, schedule
        self.train(isinstance(denoiser, nn.Module) and denoiser.training)  # a function has no other mode

    def forward(self, sample: Event, timestep: Tensor | int, return_dict: bool = True, **conditions: Any) -> Any:
        """Return the prediction at a step, counted from 0.

        Args:
            sample: z, ``(batch, *event)``, floating.
            timestep: the number of the step, one integer, ``()`` or ``(batch,)``, int64.
            return_dict: whether to return an output with the field ``sample``, as diffusers does, or a tuple.
            conditions: what else the denoiser takes, by name.

        Returns:
            The prediction, as ``sample`` of an output or as a tuple of one.
        """
        index = torch.as_tensor(timestep, device=sample.device).long().expand(len(sample))
        gamma = self.schedule.gamma(self.schedule.times(index, steps_from=0))
        wide = torch.promote_types(sample.dtype, torch.float32)
        made = tensor_of(self.denoiser(sample, gamma.to(wide).to(sample.device), **conditions))
        return SimpleNamespace(sample=made) if return_dict else (made,)


def _unet(model: Model, table: Betas) -> nn.Module:
    own = model.denoiser
    if isinstance(own, Timestepped) and own.steps_from == 0 and isinstance(own.network, nn.Module):
        return own.network
    return StepNetwork(own, table)


def _class(where: str, name: str) -> Callable[..., Any]:
    try:
        library: Any = import_module("diffusers")
    except ModuleNotFoundError:
        raise ValueError(f"{where}: expected the library diffusers, got none: {install('images')}") from None
    kind = getattr(library, name, None)
    if kind is None or "trained_betas" not in _parameters(kind):
        raise ValueError(f"{where}: expected scheduler a class of diffusers that takes trained_betas, got {name!r}")
    return kind


def _parameters(kind: Any) -> set[str]:
    from inspect import signature

    return set(signature(kind.__init__).parameters)


def _config(scheduler: Any) -> dict[str, Any]:
    config = getattr(scheduler, "config", {})
    return (
        dict(cast(Mapping[str, Any], config))
        if isinstance(config, Mapping)
        else dict(cast(dict[str, Any], vars(config)))
    )


def _same_table(where: str, scheduler: Any, schedule: Betas) -> None:
    """Require the scheduler's alphas_cumprod, if it has them, to be those of its betas; a last SNR of 0 may be cut."""
    theirs, ours = getattr(scheduler, "alphas_cumprod", None), schedule.alphas_cumprod
    if not isinstance(theirs, Tensor):
        return
    close = torch.isclose(theirs.double().to(ours.device), ours, rtol=_SLACK, atol=1e-7)
    if theirs.shape != ours.shape or not bool(close.all()):
        raise ValueError(f"{where}: expected alphas_cumprod that are products of 1 - betas, got others")


def _sampler(name: str, config: Mapping[str, Any]) -> tuple[Sampler | None, list[str]]:
    differs: list[str] = []
    if config.get("thresholding"):
        differs.append("thresholding: predictions of x are clipped at a quantile")
    elif config.get("clip_sample"):
        differs.append(f"clip_sample: predictions of x are clipped at {config.get('clip_sample_range', 1.0)}")
    if config.get("set_alpha_to_one") is False:
        differs.append("set_alpha_to_one is False: the last step ends at alpha-bar of step 0, not at the data")
    if name == "DDPMScheduler":
        variance = config.get("variance_type", "fixed_small")
        if variance in _VARIANCES:
            return Ancestral(cast(Any, _VARIANCES[variance])), differs
        return None, [*differs, f"variance_type {variance}: a variance that udm's sampler does not have"]
    if name == "DDIMScheduler":
        return DDIM(), differs
    if name == "EulerDiscreteScheduler" and not _spaced(config):
        return Euler(), differs
    if name == "DPMSolverMultistepScheduler" and not _spaced(config) and _second_order(config):
        if not config.get("lower_order_final", True):
            differs.append("lower_order_final is False: udm's last step to sigma = 0 is of first order")
        return DPMpp2M(), differs
    return None, [*differs, f"{name}: udm has no sampler with the formula of these settings"]


def _spaced(config: Mapping[str, Any]) -> bool:
    """Return whether times are placed between those of the table."""
    return any(config.get(f"use_{kind}_sigmas") for kind in ("karras", "exponential", "beta", "lu", "flow"))


def _second_order(config: Mapping[str, Any]) -> bool:
    wanted = {"algorithm_type": "dpmsolver++", "solver_order": 2, "solver_type": "midpoint"}
    return all(config.get(name, value) == value for name, value in wanted.items())


def _grid(scheduler: Any, T: int) -> tuple[PerExample64, list[str]]:
    steps = [float(t) for t in getattr(scheduler, "timesteps", [])] or [float(t) for t in range(T - 1, -1, -1)]
    grid = torch.tensor([*((t + 1) / T for t in steps), 0.0], dtype=torch.float64)
    if any(t != int(t) or not 0 <= t < T for t in steps) or not bool((grid.diff() < 0).all()):
        return grid, ["timesteps that are no falling numbers of steps: the network is asked between steps"]
    spacing = _config(scheduler).get("timestep_spacing", "trailing")
    if spacing == "linspace" and len(steps) < T:
        return grid, ["timestep_spacing linspace: steps may not end at the next entry"]
    return grid, [] if steps[0] == T - 1 else ["timesteps that do not begin at the last step, where the noise is"]
