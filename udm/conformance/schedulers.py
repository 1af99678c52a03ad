"""What a scheduler of diffusers offers, read from the object itself; diffusers is not imported here."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from inspect import Parameter, signature
from typing import Any

import torch
from flint import arb
from torch import Tensor

from udm.conformance.adapter import Adapter, Grid, dtype_of, numbers, spread
from udm.conformance.exact import Levels, of_sigma
from udm.conformance.guard import FAULTS

PREDICTS = {"epsilon": "eps", "sample": "x0", "v_prediction": "v"}
NOISES = {
    "fixed_small": "posterior",
    "fixed_small_log": "posterior",
    "fixed_large": "forward",
    "fixed_large_log": "forward",
}
TABLES = {"alpha_bar": "alphas_cumprod", "sqrt_alpha_bar": "alpha_t", "sigma": "sigma_t", "half_log_snr": "lambda_t"}
SET = 10  # steps, for what depends on their being set
PLACED = ("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas")
STEPPED = ("model_output", "timestep", "sample")
Options = Mapping[str, Any]


def is_scheduler(thing: Any) -> bool:
    """Return whether an object or a class is a scheduler of diffusers, by what it has."""
    return all(hasattr(thing, name) for name in ("from_config", "config_name", "step"))


def parameters(function: Any) -> dict[str, Parameter]:
    """Return the parameters of a function, without self."""
    return {name: p for name, p in signature(function).parameters.items() if name != "self"}


def adapted(make: Callable[[], Any], setting: Options, stepping: Options) -> Adapter:
    """Return the adapter of a scheduler.

    Args:
        make: makes it anew.
        setting: further arguments of `set_timesteps`.
        stepping: further arguments of `step`.
    """
    one = make()
    config = dict(one.config)
    excused = dict[str, str]()
    levels = _levels(one, excused)
    functions: dict[str, Any] = {} if levels is None else _functions(make, one, len(levels))
    adapter = Adapter(type(one).__name__, levels, functions, dtype_of(getattr(one, "betas", [0.0])), config=config)
    adapter.code = {name: f"one.{attribute}" for name, attribute in TABLES.items()}
    own = getattr(one, "timesteps", None)
    t = "t.to(one.timesteps.dtype)" if isinstance(own, Tensor) and own.is_floating_point() else "t"
    adapter.code |= {"add_noise": f"one.add_noise(x0, eps, {t})", "velocity": f"one.get_velocity(x0, eps, {t})"}
    adapter.code["add_noise_on_grid"] = f"one.set_timesteps({SET})\none.add_noise(x0, eps, {t})"
    adapter.public = lambda: _public(_settable(make, setting))
    adapter.excused = excused
    adapter.live = lambda: adapted(always(make()), setting, stepping)
    if levels is not None and hasattr(one, "set_timesteps"):
        adapter.space = _space(make)
    if levels is not None and _samples(one, config, excused):
        adapter.steps = spread(len(levels))
        adapter.sampler = lambda steps: Stepped(make, levels, steps, setting, stepping, adapter.space)
        adapter.grid = lambda steps: _grid(_set(make(), steps, setting))
        _on_its_grid(make, setting, adapter)
    return adapter


def _levels(one: Any, excused: dict[str, str]) -> Levels | None:
    if not isinstance(getattr(one, "betas", None), Tensor) or not isinstance(
        getattr(one, "alphas_cumprod", None), Tensor
    ):
        excused["sampler"] = "it has no table of betas with their alphas_cumprod"
        return None
    if "snr_shift_scale" in one.config:  # it moves the table that its betas make
        return Levels(alpha_bars=numbers(one.alphas_cumprod))
    return Levels(betas=numbers(one.betas))


def _samples(one: Any, config: Options, excused: dict[str, str]) -> bool:
    """Return whether its steps are those of a sampler of one data point; if not, say why."""
    why = ""
    needed = [n for n, p in parameters(one.step).items() if p.default is Parameter.empty and p.kind not in (2, 4)]
    if tuple(needed) != STEPPED:
        why = f"its step takes {', '.join(needed)}"
    elif config.get("prediction_type", "epsilon") not in PREDICTS:
        why = f"its network predicts {config['prediction_type']}"
    elif config.get("use_flow_sigmas"):
        why = "its path is that of flow matching"
    elif str(config.get("variance_type", "")).startswith("learned"):
        why = "its network learns the variance"
    elif hasattr(one, "get_scalings_for_boundary_condition_discrete"):
        why = "it is a sampler of consistency models"
    elif "Inverse" in type(one).__name__:
        why = "its steps go from data to noise"
    elif hasattr(one, "sigmas_interpol"):
        why = "the levels of its second stages lie between its steps"
    elif not hasattr(one, "set_timesteps"):
        why = "it has no set_timesteps"
    if why:
        excused["sampler"] = why
    return not why


def always(one: Any) -> Callable[[], Any]:
    """Return a function that makes the same object each time."""
    return lambda: one


def _set(one: Any, steps: int, setting: Options) -> Any:
    name = next(iter(parameters(one.set_timesteps)))
    one.set_timesteps(**{name: steps} | dict(setting))
    return one


def _space(make: Callable[[], Any]) -> str:
    """Return "ve" where the network's input is scaled, as by 1/sqrt(sigma^2 + 1)."""
    one = _set(make(), SET, {})
    if not hasattr(one, "scale_model_input"):
        return "vp"
    shown = one.scale_model_input(torch.ones(1, 1, 1, 1), one.timesteps[0])
    return "vp" if float(shown) == 1.0 else "ve"


def _functions(make: Callable[[], Any], one: Any, T: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, attribute in TABLES.items():
        if isinstance(table := getattr(one, attribute, None), Tensor) and table.ndim == 1:
            found[name] = table
    if hasattr(one, "index_for_timestep") and not set(range(T)) <= set(
        numbers(one.timesteps if one.timesteps is not None else [])
    ):
        return found  # it is asked for its own timesteps alone, and these are no entries
    if hasattr(one, "add_noise"):
        found["add_noise"] = lambda x0, eps, t: _at(one := make(), one.add_noise, x0, eps, t)
    if hasattr(one, "get_velocity"):
        found["velocity"] = lambda x0, eps, t: _at(one := make(), one.get_velocity, x0, eps, t)
    return found


def _at(one: Any, method: Callable[..., Tensor], x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    """Return what a method makes at entries, given as whole numbers or else as the scheduler has its timesteps."""
    own = getattr(one, "timesteps", None)
    try:
        return method(x0, eps, t)
    except (IndexError, ValueError):
        if not isinstance(own, Tensor) or not own.is_floating_point():
            raise
    return method(x0, eps, t.to(own.dtype))


def _on_its_grid(make: Callable[[], Any], setting: Options, adapter: Adapter) -> None:
    """Let add_noise be checked after set_timesteps too, at the timesteps that are set, if these are entries."""
    one = _set(make(), SET, setting)
    ts = numbers(one.timesteps)
    placed = any(one.config.get(name) for name in PLACED)  # then a level is its own, and its timestep only the nearest
    if hasattr(one, "add_noise") and not placed and all(t == int(t) and 0 <= t < adapter.T for t in ts):
        adapter.entries = {"add_noise_on_grid": sorted({int(t) for t in ts})}
        adapter.functions["add_noise_on_grid"] = lambda x0, eps, t: _at(
            one := _set(make(), SET, setting), one.add_noise, x0, eps, t
        )


def _settable(make: Callable[[], Any], setting: Options) -> Any:
    """Return one with its steps set; as it is when new where they cannot be, as by a number of steps alone."""
    one = make()
    with suppress(*FAULTS):
        return _set(one, SET, setting)
    return make()


def _public(one: Any) -> dict[str, Tensor]:
    return {
        name: value
        for name, value in vars(one).items()
        if not name.startswith("_") and isinstance(value, Tensor) and value.is_floating_point()
    }


def _sigmas(one: Any) -> list[float] | None:
    """Return the noise levels of its steps, sigma/alpha, and at last that of what it returns, if it has them."""
    table = getattr(one, "sigmas", None)
    if not isinstance(table, Tensor) or len(table) != len(one.timesteps) + 1:
        return None
    return numbers(table)


def _grid(one: Any) -> Grid:
    sigmas = _sigmas(one)
    levels = None if sigmas is None else tuple(sigmas)
    return Grid(tuple(numbers(one.timesteps)), levels, hasattr(one, "prk_timesteps"))


class Stepped:
    """A scheduler with its number of steps set."""

    def __init__(
        self, make: Callable[[], Any], levels: Levels, steps: int, setting: Options, stepping: Options, space: str
    ) -> None:
        self.one, self.space, self.stepping = _set(make(), steps, setting), space, dict(stepping)
        self.ts = list(self.one.timesteps)
        self.predicts = PREDICTS[self.one.config.get("prediction_type", "epsilon")]
        self.names = [f"t = {float(t):g}" for t in self.ts]
        sigmas = _sigmas(self.one)
        self.by_table = sigmas is None
        self.levels: Sequence[arb] = self._by_t(levels) if sigmas is None else [of_sigma(sigma) for sigma in sigmas]
        self.noise = self._noise()

    def _by_t(self, levels: Levels) -> list[arb]:
        final = getattr(self.one, "final_alpha_cumprod", None)
        end = -1 if final is None or float(final) == 1.0 else 0
        return [levels.alpha_bar(int(t)) for t in (*self.ts, end)]

    def _noise(self) -> float | str | None:
        known = parameters(self.one.step)
        ancestral = hasattr(self.one, "_get_variance")  # others have the setting for networks that learn a variance
        if ancestral and "variance_type" in self.one.config and "eta" not in known:
            return NOISES.get(self.one.config["variance_type"])
        if "eta" in known and "use_clipped_model_output" in known:
            return float(self.stepping.get("eta", 0.0))
        return None

    def _next(self, i: int) -> dict[str, Any]:
        """Return where a step goes, for a scheduler that has to be told as its pipelines tell it."""
        if "prev_timestep" not in parameters(self.one.step) or i + 1 == len(self.ts):
            return {}
        return {"prev_timestep": self.ts[i + 1]}

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return the state as the scheduler scales it for the network."""
        return self.one.scale_model_input(z, self.ts[i])

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the state after the scheduler's step, and its prediction of x_0."""
        made = self.one.step(prediction, self.ts[i], z, **self.stepping | self._next(i))
        return made.prev_sample, getattr(made, "pred_original_sample", None)
