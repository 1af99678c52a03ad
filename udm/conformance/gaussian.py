"""What a GaussianDiffusion offers, as OpenAI's code and its many copies have it, by the names they give."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from udm.conformance.adapter import Adapter, Levels, dtype_of, numbers
from udm.conformance.channels import Draws
from udm.conformance.unconditional import Holding, holds_its_network

TABLES = {
    "alpha_bar": ("alphas_cumprod",),
    "alpha_bar_before": ("alphas_cumprod_prev",),
    "sqrt_alpha_bar": ("sqrt_alphas_cumprod",),
    "sigma": ("sqrt_one_minus_alphas_cumprod",),
    "log_variance": ("log_one_minus_alphas_cumprod",),
    "z_in_x0": ("sqrt_recip_alphas_cumprod",),
    "eps_in_x0": ("sqrt_recipm1_alphas_cumprod",),
    "posterior_variance": ("posterior_variance",),
    "posterior_log_variance": ("posterior_log_variance_clipped",),
    "posterior_x0": ("posterior_mean_coef1",),
    "posterior_z": ("posterior_mean_coef2",),
}
POSTERIOR = ("q_posterior_mean_variance", "q_posterior")
CONVERSIONS = {
    "x0_from_eps": (("_predict_xstart_from_eps", "predict_start_from_noise"), "eps"),
    "eps_from_x0": (("_predict_eps_from_xstart", "predict_noise_from_start"), "x0"),
    "x0_from_v": (("predict_start_from_v", "_predict_xstart_from_v"), "v"),
    "eps_from_v": (("_predict_eps_from_z_and_v", "predict_noise_from_v"), "v"),
}
PREDICTS = {"EPSILON": "eps", "START_X": "x0", "VELOCITY": "v", "V": "v"}
NOISES = {"FIXED_SMALL": "posterior", "FIXED_LARGE": "forward"}


def is_gaussian(thing: Any) -> bool:
    """Return whether an object is a GaussianDiffusion, by what it has."""
    return all(hasattr(thing, name) for name in ("betas", "alphas_cumprod", "q_sample"))


def adapted(make: Callable[[], Any]) -> Adapter:
    """Return the adapter of a GaussianDiffusion."""
    one = make()
    levels = Levels(betas=numbers(one.betas))
    functions: dict[str, Any] = {
        name: table for name, names in TABLES.items() for table in [_first(one, names)] if table is not None
    }
    functions |= _functions(one)
    made = Adapter(type(one).__name__, levels, functions, dtype_of(one.betas))
    made.code = _code(one, functions)
    made.public = lambda: {k: torch.as_tensor(v) for k, v in functions.items() if k in TABLES}
    made.live = lambda: adapted(partial(_same, make()))
    if hasattr(one, "p_sample") and holds_its_network(one):
        made.steps, made.sampler = (made.T,), lambda steps: Holding(make(), levels)
    elif hasattr(one, "p_sample") and _named(one, "model_mean_type") in PREDICTS:
        made.steps = (made.T,)
        made.sampler = lambda steps: Ancestral(make(), levels)
        made.batch_step = lambda guess, t, z: _without_noise(one, guess, t, z)
        if _named(one, "model_var_type") not in NOISES:
            made.sampler, made.excused = None, {"sampler": "its network learns the variance"}
    return made


def _first(one: Any, names: tuple[str, ...]) -> Any:
    return next((getattr(one, name) for name in names if hasattr(one, name)), None)


def _named(one: Any, name: str) -> str:
    return str(getattr(getattr(one, name, None), "name", ""))


def _functions(one: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"add_noise": lambda x0, eps, t: one.q_sample(x0, t, noise=eps)}
    posterior = _first(one, POSTERIOR)
    if posterior is not None:
        found["posterior_mean"] = lambda x0, z, t: posterior(x0, z, t)[0]
    for name, (spelled, _) in CONVERSIONS.items():
        if (method := _first(one, spelled)) is not None:
            found[name] = lambda z, other, t, method=method: method(z, t, other)
    if hasattr(one, "predict_v"):
        found["velocity"] = lambda x0, eps, t: one.predict_v(x0, t, eps)
    return found


def _code(one: Any, functions: dict[str, Any]) -> dict[str, str]:
    found = {name: f"one.{_named_as(one, names)}" for name, names in TABLES.items() if name in functions}
    found["add_noise"] = "one.q_sample(x0, t, noise=eps)"
    found["velocity"] = "one.predict_v(x0, t, eps)"
    found["posterior_mean"] = f"one.{_named_as(one, POSTERIOR)}(x0, z, t)[0]"
    for name, (spelled, other) in CONVERSIONS.items():
        found[name] = f"one.{_named_as(one, spelled)}(z, t, {other})"
    return {name: code for name, code in found.items() if name in functions}


def _named_as(one: Any, names: tuple[str, ...]) -> str:
    return next((name for name in names if hasattr(one, name)), "")


def _same(one: Any) -> Any:
    return one


def _without_noise(one: Any, guess: Tensor, t: Tensor, z: Tensor) -> Tensor:
    """Return a step whose noise is that of the same draw in each example."""
    with Draws(2, z.shape[-1]):
        return one.p_sample(lambda *_, **__: guess, z, t, clip_denoised=False)["sample"]


class Ancestral:
    """Its ancestral sampler, p_sample, at all of its entries."""

    space, by_table = "vp", True

    def __init__(self, one: Any, levels: Levels) -> None:
        self.one, self.ts = one, list(range(len(levels)))[::-1]
        self.levels = [levels.alpha_bar(t) for t in (*self.ts, -1)]
        self.names = [f"t = {t}" for t in self.ts]
        self.predicts = PREDICTS[_named(one, "model_mean_type")]
        self.noise = NOISES.get(_named(one, "model_var_type"))

    def see(self, z: Tensor, i: int) -> Tensor:
        """Return the state, which is what the network is shown."""
        return z

    def step(self, prediction: Tensor, i: int, z: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the sample of p_sample, and its prediction of x_0."""
        t = torch.tensor([self.ts[i]])
        made = self.one.p_sample(lambda *_, **__: prediction, z, t, clip_denoised=False)
        return made["sample"], made.get("pred_xstart")
