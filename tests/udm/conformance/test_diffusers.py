"""Schedulers of diffusers as released: known faults are found with their verdicts, right ones not accused."""

from typing import Any, NamedTuple

import pytest

from udm.conformance import Report, check

diffusers = pytest.importorskip("diffusers")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::RuntimeWarning")


class Fault(NamedTuple):
    """A fault of a release: where it shows, and how."""

    scheduler: str
    settings: dict[str, Any]
    steps: tuple[int, ...]
    check: str
    verdict: str
    words: str = ""


KARRAS = {"use_karras_sigmas": True}
FAULTS: dict[str, Fault] = {
    "DDPM, fixed_large_log: the root of a logarithm": Fault(
        "DDPMScheduler", {"variance_type": "fixed_large_log"}, (10,), "sampler.noise", "undefined"
    ),
    "DDIM, linspace: the previous t by a stride": Fault(
        "DDIMScheduler", {"timestep_spacing": "linspace"}, (10,), "sampler.marginal", "wrong", "lands on"
    ),
    "DDIM, trailing, 3 steps: the same": Fault(
        "DDIMScheduler", {"timestep_spacing": "trailing"}, (3,), "sampler.marginal", "wrong", "level of t = 333"
    ),
    "DDIM, 1000 steps and an offset: out of range": Fault(
        "DDIMScheduler", {"steps_offset": 1}, (1000,), "grid.range", "wrong", "never trained"
    ),
    "DDPM, zero terminal SNR with eps: a quotient by 0": Fault(
        "DDPMScheduler",
        {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"},
        (1,),
        "sampler.x0",
        "undefined",
    ),
    "DPM-Solver, karras and cosine: timesteps cut to integers": Fault(
        "DPMSolverMultistepScheduler", KARRAS | {"beta_schedule": "squaredcos_cap_v2"}, (10,), "grid.falling", "wrong"
    ),
    "DPM-Solver, all steps on linspace: a step twice": Fault(
        "DPMSolverMultistepScheduler", {"num_train_timesteps": 100}, (100,), "sampler.marginal", "undefined"
    ),
    "DPM-Solver, sigma_min, karras, order 3: a last step of length 0": Fault(
        "DPMSolverMultistepScheduler",
        KARRAS | {"final_sigmas_type": "sigma_min", "solver_order": 3},
        (15,),
        "sampler.marginal",
        "undefined",
    ),
    "UniPC of eps: the logarithm of 0": Fault(
        "UniPCMultistepScheduler", {"predict_x0": False}, (2,), "sampler.marginal", "undefined"
    ),
    "Euler with churn: the network is asked before the noise": Fault(
        "EulerDiscreteScheduler", {"s_churn": 5.0}, (10,), "sampler.marginal", "wrong"
    ),
    "PNDM of v": Fault("PNDMScheduler", {"prediction_type": "v_prediction"}, (10,), "sampler.marginal", "wrong"),
    "TCD: set_alpha_to_one is ignored": Fault("TCDScheduler", {}, (2,), "sampler.marginal", "wrong", "level of t = 0"),
    "KDPM2: the logarithm of 0 in a table": Fault("KDPM2DiscreteScheduler", {}, (), "tables.finite", "undefined"),
    "DPM-Solver, before set_timesteps: the noise of T - 1 - t": Fault(
        "DPMSolverMultistepScheduler", {}, (), "add_noise", "wrong", "entry T - 1 - t"
    ),
    "Euler: the velocity of T - 1 - t": Fault("EulerDiscreteScheduler", {}, (), "velocity", "wrong", "entry T - 1 - t"),
}


def run(name: str, settings: dict[str, Any], steps: tuple[int, ...], only: list[str]) -> Report:
    return check(getattr(diffusers, name), settings, steps=steps, only=only)


@pytest.mark.parametrize("name", FAULTS)
def test_a_known_fault_is_found(name: str) -> None:
    fault = FAULTS[name]
    report = run(fault.scheduler, fault.settings, fault.steps, [fault.check])
    found = [row for row in report.rows if row.check == fault.check and row.dtype in ("", "float32")]
    assert [row.verdict for row in found] == [fault.verdict], found
    assert fault.words in found[0].explanation


WEAK = ("add_noise", "velocity")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_noise_that_vanishes_in_few_digits_is_weak(dtype: str) -> None:
    report = run("DDPMScheduler", {}, (), list(WEAK))
    rows = [row for row in report.rows if row.check in WEAK and row.dtype == dtype]
    assert [(row.verdict, float(row.got)) for row in rows] == [("weak", 0.0)] * 2


SAMPLED = [
    "sampler.marginal",
    "sampler.x0",
    "sampler.noise",
    "grid.range",
    "grid.falling",
    "grid.sigma",
    "tables.finite",
    "law.gaussian",
]
RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("DDPMScheduler", {"timestep_spacing": "linspace"}),
    ("DDPMScheduler", {"timestep_spacing": "trailing", "variance_type": "fixed_small_log"}),
    ("DDPMScheduler", {"variance_type": "fixed_large"}),
    (
        "DDPMScheduler",
        {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"},
    ),
    ("DDIMScheduler", {"eta": 1.0}),
    ("DDIMScheduler", {"set_alpha_to_one": False, "prediction_type": "sample", "beta_schedule": "squaredcos_cap_v2"}),
    ("EulerDiscreteScheduler", {"prediction_type": "v_prediction"}),
    ("EulerDiscreteScheduler", KARRAS),
    ("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing"}),
    ("HeunDiscreteScheduler", {"beta_schedule": "squaredcos_cap_v2"}),
    ("LMSDiscreteScheduler", {}),
    ("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}),
    ("DPMSolverMultistepScheduler", KARRAS),
    ("DPMSolverSinglestepScheduler", {}),
    ("UniPCMultistepScheduler", {"timestep_spacing": "leading"}),
    ("DEISMultistepScheduler", {}),
    ("SASolverScheduler", {}),
    ("CogVideoXDDIMScheduler", {}),
    ("DPMSolverMultistepScheduler", {"variance_type": "fixed_large"}),  # which is of networks that learn it
    ("UnCLIPScheduler", {}),  # its step has to be told where it goes
]


@pytest.mark.parametrize(("name", "settings"), RIGHT, ids=lambda part: str(part)[:60])
def test_a_right_configuration_is_not_accused(name: str, settings: dict[str, Any]) -> None:
    report = run(name, settings, (2, 10), SAMPLED)
    assert report.alarms == () and report.totals["exact"] + report.totals["weak"] >= 4


@pytest.mark.parametrize("name", ["DDPMScheduler", "DDIMScheduler", "EulerDiscreteScheduler", "HeunDiscreteScheduler"])
def test_right_tables_and_noise_are_not_accused(name: str) -> None:
    report = run(
        name, {"timestep_spacing": "trailing"}, (), ["alpha_bar", "add_noise", "add_noise_on_grid", "tables.kept"]
    )
    assert report.alarms == () and report.totals["exact"] + report.totals["weak"] == 10


def test_what_a_scheduler_is_not_is_not_checked() -> None:
    report = run("LCMScheduler", {}, (), ["sampler.marginal"])
    assert report.ran == 0 and not report.well
    assert any("consistency" in row.explanation for row in report.rows)


@pytest.mark.parametrize("name", ["HeliosScheduler", "SCMScheduler"])
def test_steps_that_need_more_than_a_number_are_no_fault_of_the_tables(name: str) -> None:
    assert run(name, {}, (), ["tables.finite", "tables.kept"]).totals["exact"] == 2


def test_settings_reach_where_they_are_known() -> None:
    with pytest.raises(ValueError, match=r"expected settings among .*beta_start.*got nothing"):
        check("diffusers:DDIMScheduler", {"nothing": 1})
    assert run("DDIMScheduler", {"eta": 1.0}, (2,), ["sampler.noise"]).well
