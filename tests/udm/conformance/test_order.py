"""The order of a sampler: right corrections are not accused, wrong ones are found, and what cannot be told is said."""

import inspect
import textwrap
from itertools import pairwise
from typing import Any

import pytest
from torch import Tensor

from tests.support.command import udm
from tests.support.diffusion import GaussianDiffusion, Process
from udm.conformance import Row, check
from udm.conformance.order import FALLS, ORDER, STEPS


def told(target: Any, settings: dict[str, Any] | None = None) -> Row:
    (row,) = (row for row in check(target, settings, only=[ORDER]).rows if row.check == ORDER)
    return row


def slipped(kind: type, method: str, old: str, new: str) -> type:
    """Return a scheduler one of whose methods has a slip in its text."""
    function = getattr(kind, method)
    text = textwrap.dedent(inspect.getsource(function))
    assert old in text
    names = dict(function.__globals__)
    exec(text.replace(old, new), names)
    return type(kind.__name__, (kind,), {method: names[method], "__module__": __name__})


SECOND = "multistep_dpm_solver_second_order_update"
SLIPS = [
    ("DPMSolverMultistepScheduler", SECOND, "- 0.5 * (alpha_t", "+ 0.5 * (alpha_t"),
    ("DPMSolverMultistepScheduler", SECOND, "- 0.5 * (alpha_t", "- 0.75 * (alpha_t"),
    ("HeunDiscreteScheduler", "step", "(self.prev_derivative + derivative) / 2", "self.prev_derivative"),
    ("LMSDiscreteScheduler", "step", "reversed(self.derivatives)", "self.derivatives"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip[0]}: {slip[-1]}")
def test_a_wrong_correction_is_found(slip: tuple[str, str, str, str]) -> None:
    diffusers = pytest.importorskip("diffusers")
    name, method, old, new = slip
    row = told(slipped(getattr(diffusers, name), method, old, new))
    assert row.verdict == "wrong" and "first order" in row.explanation and row.claim == "sde.pfode.gaussian"
    assert told(f"diffusers:{name}").verdict == "exact"


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("DPMSolverMultistepScheduler", {"use_karras_sigmas": True}),
    ("DPMSolverMultistepScheduler", {"prediction_type": "v_prediction", "solver_order": 3}),
    ("DPMSolverSinglestepScheduler", {}),
    ("DEISMultistepScheduler", {}),
    ("UniPCMultistepScheduler", {}),
    ("PNDMScheduler", {}),
]


@pytest.mark.parametrize(("name", "settings"), RIGHT)
def test_right_corrections_are_not_accused(name: str, settings: dict[str, Any]) -> None:
    pytest.importorskip("diffusers")
    assert told(f"diffusers:{name}", settings).verdict == "exact"


class Adams(Process):
    """Steps with a prediction that is continued by the one before: `weight` is 1/2 in Adams and Bashforth's."""

    last: Tensor | None = None
    weight = 0.5

    def timesteps(self, steps: int) -> list[int]:
        self.last = None
        return super().timesteps(steps)

    def step(self, prediction: Tensor, t: int, z: Tensor) -> Tensor:
        before, self.last = prediction if self.last is None else self.last, prediction
        return super().step(prediction + self.weight * (prediction - before), t, z)


@pytest.mark.parametrize(("weight", "verdict"), [(0.5, "exact"), (-0.5, "wrong"), (1.0, "wrong"), (0.0, "not offered")])
def test_the_weight_of_a_correction_is_seen_in_code_of_ones_own(weight: float, verdict: str) -> None:
    row = told(type("Target", (Adams,), {"weight": weight, "__module__": __name__}))
    assert row.verdict == verdict
    if verdict == "wrong":
        assert float(row.got) > FALLS * float(row.explanation.split("steps: ")[1].split()[0])


def heun(model: Any, x: Tensor, sigmas: Tensor, second: float = 0.5) -> Tensor:
    for sigma, after in pairwise(sigmas):
        slope = (x - model(x, sigma * x.new_ones(len(x)))) / sigma
        moved = x + slope * (after - sigma)
        if after > 0:
            slope = (1 - second) * slope + second * (moved - model(moved, after * x.new_ones(len(x)))) / after
        x = x + slope * (after - sigma)
    return x


@pytest.mark.parametrize(("second", "verdict"), [(0.5, "exact"), (0.0, "wrong"), (1.0, "wrong")])
def test_stages_of_a_function_are_checked(second: float, verdict: str) -> None:
    row = told(heun, {"second": second})
    assert row.verdict == verdict
    assert second or "second stages change nothing" in row.explanation


UNTOLD: list[tuple[Any, dict[str, Any], str]] = [
    (GaussianDiffusion, {}, "is not checked: it adds noise"),
    (Process, {}, "no corrections: each step is DDIM's"),
    (Process, {"T": STEPS[-1] - 1}, "is not checked: it has fewer than 40 entries"),
    (type("Back", (Process,), {"next": lambda self, t: max(t - 1, -1), "__module__": __name__}), {}, "miss the marg"),
]


@pytest.mark.parametrize(("target", "settings", "why"), UNTOLD)
def test_what_cannot_be_told_is_not_green_and_says_why(target: Any, settings: dict[str, Any], why: str) -> None:
    row = told(target, settings)
    assert row.verdict == "not offered" and why in row.explanation


def test_the_summary_says_that_the_order_is_not_known() -> None:
    done = udm("check", "tests.support.diffusion:Process", "T=12", "--steps", "3")
    assert "sampler.order not offered: the order of corrections is not checked: it has fewer" in done.output
