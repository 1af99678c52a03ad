"""On Gaussian data with the exact denoiser a right sampler has the exact law; wrong ones of several kinds have not."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support.diffusion import GaussianDiffusion, Process
from udm.conformance import Row, check
from udm.conformance.laws import LAW


def law(made: Any) -> Row:
    (row,) = (row for row in check(made, only=[LAW]).rows if row.check == LAW)
    return row


@pytest.mark.parametrize("kind", [Process, GaussianDiffusion])
def test_a_right_sampler_has_the_exact_law(kind: type) -> None:
    row = law(kind)
    assert row.verdict in ("exact", "weak") and row.claim == "ddim.eta", row


def remembers(self: Any, prediction: Tensor, t: int, z: Tensor) -> Tensor:
    """Adams' step, which is DDIM's wherever predictions do not change."""
    first = t == self.grid[0]
    before, self.last = (prediction if first else self.last), prediction
    return Process.step(self, (3 * prediction - before) / 2, t, z)


def turned(self: Any, prediction: Tensor, t: int, z: Tensor) -> Tensor:
    return Process.step(self, -prediction, t, z)


def off_in_the_middle(self: Any, prediction: Tensor, t: int, z: Tensor) -> Tensor:
    return Process.step(self, prediction, t, z) * (1 + 1e-4 * (t == self.grid[len(self.grid) // 2]))


WRONG: dict[str, Callable[..., Any]] = {
    "a memory under a name that has none": remembers,
    "the sign of the prediction": turned,
    "one step a little long": off_in_the_middle,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_sampler_has_another_law(name: str) -> None:
    row = law(type("Target", (Process,), {"step": WRONG[name], "__module__": __name__}))
    assert row.verdict == "wrong" and "N(0, 0.25)" in row.case, row


def test_a_law_that_is_not_known_is_not_green() -> None:
    assert law(type("Target", (Process,), {"noise": None, "__module__": __name__})).verdict == "not offered"
    failing = type("Target", (Process,), {"step": lambda *_: torch.zeros(()) + None, "__module__": __name__})
    assert law(failing).verdict == "undefined"
    dividing = type("Target", (Process,), {"step": lambda *_: 1 // 0, "__module__": __name__})
    assert law(dividing).verdict == "undefined"
