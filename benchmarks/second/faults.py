"""Faults of diffusers that `udm check` finds, each seen a second way: plain torch and diffusers, without udm.

`python benchmarks/second/faults.py` prints each number beside what it should be, and ends with 1 if one shows no fault.
Exact numbers come from the schedulers' betas, in float64.
"""

import logging
import math
import sys
import warnings
from collections.abc import Callable

import diffusers
import torch
from torch import Tensor

Shown = tuple[object, object]  # what it is, and what it should be


def bars(scheduler: object) -> Tensor:
    """Return alpha-bar of all entries."""
    return (1 - scheduler.betas.double()).cumprod(0)  # type: ignore[attr-defined]


def landed(scheduler: object, steps: int, taken: int = 1, predicts: str = "epsilon", **options: float) -> float:
    """Return the factor of the data after some steps with a network that knows the data; there is no noise."""
    scheduler.set_timesteps(steps)  # type: ignore[attr-defined]
    z = None
    for t in scheduler.timesteps[:taken]:  # type: ignore[attr-defined]
        bar = float(bars(scheduler)[int(t)])
        z = torch.full((1, 1, 1, 1), 0.5 * math.sqrt(bar)) if z is None else z
        eps = (z - 0.5 * math.sqrt(bar)) / math.sqrt(1 - bar)
        guess = math.sqrt(bar) * eps - math.sqrt(1 - bar) * 0.5 if predicts == "v_prediction" else eps
        z = scheduler.step(guess, t, z, **options).prev_sample  # type: ignore[attr-defined]
    assert z is not None
    return float(z) / 0.5


def stride(name: str, spacing: str, steps: int, taken: int = 1) -> Shown:
    """DDIM steps to t - T // steps, and not to the next of its timesteps."""
    one = getattr(diffusers, name)(timestep_spacing=spacing)
    got = landed(one, steps, taken)
    return got, math.sqrt(bars(one)[int(one.timesteps[taken])])


def fresh(name: str) -> Shown:
    """add_noise of a new scheduler, whose steps are not set, has the level of T - 1 - t."""
    one = getattr(diffusers, name)()
    got = one.add_noise(torch.ones(1, 1), torch.zeros(1, 1), torch.tensor([0]))
    return float(got), math.sqrt(bars(one)[0])


def velocity() -> Shown:
    """get_velocity of Euler's scheduler has the level of T - 1 - t."""
    one = diffusers.EulerDiscreteScheduler()
    t = torch.tensor([0], dtype=one.timesteps.dtype)
    return float(one.get_velocity(torch.ones(1, 1), torch.zeros(1, 1), t)), -math.sqrt(1 - bars(one)[0])


def churn() -> Shown:
    """With churn the network is asked at the level before the noise is added, so its prediction is of another state."""
    one = diffusers.EulerDiscreteScheduler()
    one.set_timesteps(10)
    draw = torch.randn
    torch.randn = lambda *_, **__: torch.ones(1, 1, 1, 1)  # type: ignore[assignment]
    try:
        z = one.step(
            torch.zeros(1, 1, 1, 1), one.timesteps[0], torch.zeros(1, 1, 1, 1), s_churn=5.0
        ).pred_original_sample
    finally:
        torch.randn = draw
    return float(z), 0.0  # the data, and so what is predicted from z = 0 without noise, are 0


def last_level() -> Shown:
    """TCD's last step leaves the noise of entry 0, although set_alpha_to_one is on by default."""
    one = diffusers.TCDScheduler()
    return landed(one, 1, eta=0.0), 1.0


def pndm(predicts: str) -> Shown:
    """PNDM, all steps: with eps it returns the data at the level of entry 0, with v it does not."""
    one = diffusers.PNDMScheduler(prediction_type=predicts, skip_prk_steps=True)
    return landed(one, 10, taken=11, predicts=predicts), math.sqrt(bars(one)[0])


def raises(make: Callable[[], object]) -> Shown:
    """One step cannot be set."""
    try:
        make().set_timesteps(1)  # type: ignore[attr-defined]
    except (ValueError, ZeroDivisionError) as fault:
        return type(fault).__name__, "one timestep"
    return "one timestep", "one timestep"


def table(name: str, attribute: str) -> Shown:
    """A public table has a number that is none."""
    one = getattr(diffusers, name)()
    one.set_timesteps(10)
    return int((~torch.isfinite(getattr(one, attribute))).sum()), 0


def finite(name: str, steps: int, **settings: object) -> Shown:
    """The last steps make no number."""
    one = getattr(diffusers, name)(**settings)
    one.set_timesteps(steps)
    z = torch.full((1, 1, 1, 1), 0.1)
    for t in one.timesteps:
        z = one.step(torch.full_like(z, 0.1), t, z).prev_sample
    return bool(torch.isfinite(z).all()), True


def twice(**settings: object) -> Shown:
    """Timesteps repeat, since they are cut to whole numbers."""
    one = diffusers.DPMSolverMultistepScheduler(**settings)
    one.set_timesteps(10)
    return len(set(one.timesteps.tolist())), len(one.timesteps)


def stand_in() -> Shown:
    """At zero terminal SNR the first sigma is 4096, which is below that of the next timestep."""
    one = diffusers.DPMSolverMultistepScheduler(rescale_betas_zero_snr=True, timestep_spacing="trailing")
    one.set_timesteps(1000)
    return bool(one.sigmas[0] > one.sigmas[1]), True


def ignored() -> Shown:
    """eta draws no noise: two seeds make one sample."""
    one = diffusers.CogVideoXDDIMScheduler()
    one.set_timesteps(2)
    given = one.timesteps[0], torch.ones(1, 1, 1, 1)
    made = [one.step(given[1], *given, eta=1.0, generator=torch.manual_seed(k)).prev_sample for k in (0, 1)]
    return bool(torch.equal(*made)), False


def last_noise() -> Shown:
    """The last step adds noise: two seeds make two samples of one prediction of the data."""
    one = diffusers.DDPMScheduler(variance_type="fixed_large", timestep_spacing="trailing", prediction_type="sample")
    one.set_timesteps(2)
    data, t = torch.zeros(1, 1, 1, 1), one.timesteps[-1]
    made = [one.step(data, t, data, generator=torch.manual_seed(k)).prev_sample for k in (0, 1)]
    return bool(torch.equal(*made)), True


def counts() -> Shown:
    """There are two more sigmas than timesteps, so the last that is reached is not 0."""
    one = diffusers.EulerDiscreteScheduler(interpolation_type="log_linear")
    one.set_timesteps(10)
    return float(one.sigmas[len(one.timesteps)]), 0.0


FAULTS: dict[str, Callable[[], Shown]] = {
    "DDIM, linspace, 10 steps": lambda: stride("DDIMScheduler", "linspace", 10),
    "DDIM, trailing, 3 steps": lambda: stride("DDIMScheduler", "trailing", 3, taken=2),
    "DDIMParallel, linspace, 10 steps": lambda: stride("DDIMParallelScheduler", "linspace", 10),
    "DPM multistep, add_noise when new": lambda: fresh("DPMSolverMultistepScheduler"),
    "DPM singlestep, add_noise when new": lambda: fresh("DPMSolverSinglestepScheduler"),
    "DEIS, add_noise when new": lambda: fresh("DEISMultistepScheduler"),
    "UniPC, add_noise when new": lambda: fresh("UniPCMultistepScheduler"),
    "Euler, get_velocity": velocity,
    "Euler, s_churn": churn,
    "TCD, the last step": last_level,
    "PNDM, v": lambda: pndm("v_prediction"),
    "PNDM, one step": lambda: raises(diffusers.PNDMScheduler),
    "UnCLIP, one step": lambda: raises(diffusers.UnCLIPScheduler),
    "KDPM2, sigmas_interpol": lambda: table("KDPM2DiscreteScheduler", "sigmas_interpol"),
    "KDPM2 ancestral, sigmas_up": lambda: table("KDPM2AncestralDiscreteScheduler", "sigmas_up"),
    "DDPM, fixed_large_log": lambda: finite("DDPMScheduler", 10, variance_type="fixed_large_log"),
    "UniPC, eps": lambda: finite("UniPCMultistepScheduler", 2, predict_x0=False),
    "Euler, log_linear": counts,
    "UniPC, bh1": lambda: finite("UniPCMultistepScheduler", 2, solver_type="bh1"),
    "DDIM, zero terminal SNR": lambda: finite(
        "DDIMScheduler", 2, rescale_betas_zero_snr=True, timestep_spacing="trailing", clip_sample=False
    ),
    "CogVideoX DDIM, eta": ignored,
    "DDPM, fixed_large, trailing": last_noise,
    "UniPC, lower_order_final off": lambda: finite("UniPCMultistepScheduler", 2, lower_order_final=False),
    "DPM multistep, karras and cosine": lambda: twice(use_karras_sigmas=True, beta_schedule="squaredcos_cap_v2"),
    "DPM multistep, zero terminal SNR": stand_in,
}


def differs(got: object, exact: object) -> bool:
    """Return whether what was got is not what it should be; a number, by more than float32 explains."""
    if isinstance(got, float) and isinstance(exact, float):
        return not abs(got - exact) <= 1e-4 * max(1.0, abs(exact))
    return got != exact


def main() -> int:
    """Print each fault; return 1 if one does not show."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    missed = 0
    for name, fault in FAULTS.items():
        got, exact = fault()
        shown = differs(got, exact)
        missed += not shown
        print(f"{'wrong' if shown else 'RIGHT':6} {name:40} got {got}, exact {exact}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
