"""What a target offers is the same in every state and for each example of a batch; each fault of state is found."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor

from tests.support.diffusion import GaussianDiffusion, Process, wide
from udm.conformance import check
from udm.conformance.states import STATES


class Fault(NamedTuple):
    """Methods in the place of right ones, the check that finds them, and its words."""

    methods: dict[str, Callable[..., Any]]
    check: str
    words: str
    kind: type = Process
    verdict: str = "wrong"


def rounds_its_table(self: Any, steps: int) -> list[int]:
    self.bars = self.bars.bfloat16().double()
    return Process.timesteps(self, steps)


def thins_its_table(self: Any, steps: int) -> list[int]:
    found = Process.timesteps(self, steps)
    self.shown = self.bars[: len(found)]
    return found


def from_the_thin_table(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    return (wide(getattr(self, "shown", self.bars).sqrt(), t) * x0 + wide((1 - self.bars).sqrt(), t) * eps).to(x0.dtype)


def counts_its_steps(self: Any, prediction: Tensor, t: int, z: Tensor) -> Tensor:
    self.taken = getattr(self, "taken", 0) + 1
    return Process.step(self, prediction, t, z)


def takes_the_time_from_its_steps(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    return Process.add_noise(self, x0, eps, (t - getattr(self, "taken", 0)).clamp(min=0))


def alone_is_late(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    return Process.add_noise(self, x0, eps, (t - 1).clamp(min=0) if len(t) == 1 else t)


def first_of_equal(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    sorted_ts = torch.sort(t).values  # right only where a batch happens to rise
    return Process.velocity(self, x0, eps, sorted_ts)


def never_begins_anew(self: Any, steps: int) -> list[int]:
    self.grid = getattr(self, "grid", None) or Process.timesteps(self, steps)
    return self.grid


def keeps_its_last_prediction(self: Any, prediction: Tensor, t: int, z: Tensor) -> Tensor:
    """Adams' step of the second order, whose history is not emptied when steps are set."""
    before = getattr(self, "last", None)
    self.last = prediction
    used = prediction if before is None or before.shape != prediction.shape else (3 * prediction - before) / 2
    return Process.step(self, used, t, z)


def first_t_decides_noise(self: Any, model: Any, x: Tensor, t: Tensor, clip_denoised: bool = True) -> Any:
    x0 = self._predict_xstart_from_eps(x, t, model(x, t))
    mean, _, log_variance = self.q_posterior_mean_variance(x0, x, t)
    return {"sample": mean + (0.5 * log_variance).exp() * torch.randn_like(x) * float(t[0] != 0), "pred_xstart": x0}


def first_t_is_taken(self: Any, table: Any, t: Tensor) -> Tensor:
    return torch.from_numpy(table)[t[:1]].float().reshape(-1, 1, 1, 1)


def cannot_take_one(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    return (wide(self.bars.sqrt(), t) * x0 + wide((1 - self.bars).sqrt(), t).squeeze(0) * eps).squeeze(0).to(x0.dtype)


FAULTS: dict[str, Fault] = {
    "setting the steps rounds the table": Fault({"timesteps": rounds_its_table}, "state.set", "state changes"),
    "setting the steps thins the table": Fault(
        {"timesteps": thins_its_table, "add_noise": from_the_thin_table},
        "state.set",
        "IndexError",
        verdict="undefined",
    ),
    "noise is that of the step that was taken": Fault(
        {"step": counts_its_steps, "add_noise": takes_the_time_from_its_steps}, "state.loop", "state changes"
    ),
    "steps set again are those set first": Fault({"timesteps": never_begins_anew}, "state.twice", "its timesteps"),
    "one example alone has the entry before": Fault({"add_noise": alone_is_late}, "batch.single", "batch of other t"),
    "the times of a batch are sorted": Fault({"velocity": first_of_equal}, "batch.single", "batch of other t"),
    "a batch of one loses its first dimension": Fault(
        {"add_noise": cannot_take_one}, "batch.single", "expected a tensor", verdict="undefined"
    ),
    "the first t decides whether there is noise": Fault(
        {"p_sample": first_t_decides_noise}, "batch.step", "another t", GaussianDiffusion
    ),
    "the first t decides the table": Fault({"take": first_t_is_taken}, "batch.step", "another t", GaussianDiffusion),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_state_is_found(name: str) -> None:
    fault = FAULTS[name]
    made = type("Target", (fault.kind,), fault.methods | {"__module__": __name__})
    found = [row for row in check(made, only=[fault.check]).rows if row.check == fault.check]
    assert [row.verdict for row in found] == [fault.verdict] and fault.words in found[0].explanation, found


class Adams(Process):
    """Its steps use the prediction before; setting the steps empties that memory."""

    last: Tensor | None = None

    def timesteps(self, steps: int) -> list[int]:
        self.last = None
        return super().timesteps(steps)

    def step(self, prediction: Tensor, t: int, z: Tensor) -> Tensor:
        return keeps_its_last_prediction(self, prediction, t, z)


class Stale(Process):
    """The same, whose memory outlives the steps; on one data point all right predictions are alike and hide it."""

    step = keeps_its_last_prediction


def test_a_memory_that_outlives_its_steps_is_found() -> None:
    (found,) = (row for row in check(Stale, only=["state.twice"]).rows if row.check == "state.twice")
    assert found.verdict == "wrong" and "set to before" in found.explanation and "of 4 others" in found.case


@pytest.mark.parametrize("kind", [Process, GaussianDiffusion, Adams])
def test_right_code_has_no_fault_of_state(kind: type) -> None:
    report = check(kind, only=STATES)
    ran = {row.check for row in report.rows if row.verdict == "exact"}
    assert report.alarms == ()
    assert ran == (set(STATES) if kind is GaussianDiffusion else set(STATES) - {"batch.step"})


def test_what_has_no_steps_is_not_asked_for_them() -> None:
    bare = type("Bare", (), {"betas": [0.1, 0.2], "alpha_bar": lambda self: torch.tensor([0.9, 0.72]).double()})
    rows = {row.check: row for row in check(bare, only=[*STATES, "alpha_bar"]).rows if row.check in STATES}
    assert {row.verdict for row in rows.values()} == {"not offered"}


def raises(self: Any, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
    raise KeyError("nowhere")


def test_what_cannot_be_compared_is_not_green() -> None:
    broken = type("Broken", (Process,), {"add_noise": raises, "__module__": __name__})
    rows = {row.check: row for row in check(broken, only=STATES).rows if row.check in STATES}
    assert rows["state.set"].verdict == rows["state.loop"].verdict == "not offered"
    assert "KeyError" in rows["state.loop"].explanation
