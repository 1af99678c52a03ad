"""Right code that is written otherwise is not accused, and code with a fault that hides is not passed."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.support.diffusion import GaussianDiffusion, Process, wide
from udm.conformance import check

SHOWN = ["add_noise", "alpha_bar", "posterior_variance", "x0_from_eps"]


def of(**methods: Any) -> type[Process]:
    return type("Target", (Process,), methods | {"__module__": __name__})


class Single(torch.nn.Module):
    """All of it in float32, as a module of torch with buffers."""

    betas: Tensor
    bars: Tensor

    def __init__(self, T: int = 60) -> None:
        super().__init__()
        self.register_buffer("betas", torch.linspace(1e-4, 0.02, T))
        self.register_buffer("bars", (1 - self.betas).cumprod(0))

    def alpha_bar(self) -> Tensor:
        return self.bars

    def posterior_variance(self) -> Tensor:
        before = torch.cat([torch.ones(1), self.bars[:-1]])
        return self.betas * (1 - before) / (1 - self.bars)

    def add_noise(self, x0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        return wide(self.bars.sqrt(), t) * x0 + wide((1 - self.bars).sqrt(), t) * eps

    def x0_from_eps(self, z: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        return (z - wide((1 - self.bars).sqrt(), t) * eps) / wide(self.bars.sqrt(), t)


class FromOne(Single):
    """The same, with t from 1, and an entry 0 for the data."""

    def __init__(self, T: int = 60) -> None:
        super().__init__(T)
        self.bars = torch.cat([torch.ones(1), self.bars])

    def posterior_variance(self) -> Tensor:
        found = self.betas * (1 - self.bars[:-1]) / (1 - self.bars[1:])
        return torch.cat([torch.zeros(1), found])


@pytest.mark.parametrize("target", [GaussianDiffusion(), Single(), Single], ids=["numpy", "module", "class"])
def test_an_object_with_float32_work_is_not_accused(target: Any) -> None:
    report = check(target, only=SHOWN)
    assert report.alarms == () and report.ran > 8


@pytest.mark.parametrize("target", [FromOne, FromOne()], ids=["class", "object"])
def test_an_object_in_float32_that_counts_from_one_is_under_a_convention(target: Any) -> None:
    report = check(target, only=SHOWN)
    assert report.well and report.totals["convention"] == report.ran == 10


def _at(t0: int, by: float) -> Callable[..., Any]:
    return lambda self, x, e, t: Process.add_noise(self, x, e, t) * wide(1 + by * (torch.arange(400) == t0), t)


def _in(dtype: torch.dtype, by: float) -> Callable[..., Any]:
    return lambda self, x, e, t: Process.add_noise(self, x, e, t) * (1 + by * (x.dtype == dtype))


def test_one_entry_in_the_middle_that_is_off_by_a_little_is_found() -> None:
    report = check(of(add_noise=_at(200, 1e-4)), {"T": 400}, only=["add_noise"])
    assert {row.verdict for row in report.rows if row.dtype == "float64" and row.check == "add_noise"} == {"wrong"}
    assert "t = 200" in report.alarms[0].case


FEW = [(torch.float32, 1e-3, "float32"), (torch.bfloat16, 0.3, "bfloat16"), (torch.float16, 0.03, "float16")]


@pytest.mark.parametrize(("dtype", "by", "name"), FEW)
def test_what_is_right_in_float64_and_wrong_in_fewer_digits_is_found(dtype: Any, by: float, name: str) -> None:
    report = check(of(add_noise=_in(dtype, by)), only=["add_noise"])
    assert [(row.dtype, row.verdict) for row in report.alarms] == [(name, "wrong")]


def leaves(self: Any, *given: Any) -> Tensor:
    sys.exit(0)


LEAVES = {"a function": {"add_noise": leaves}, "a step": {"step": leaves}, "timesteps": {"timesteps": leaves}}


@pytest.mark.parametrize("name", LEAVES)
def test_a_target_that_leaves_is_undefined(name: str) -> None:
    report = check(of(**LEAVES[name]), only=["add_noise", "alpha_bar", "sampler.marginal"], steps=[2])
    assert not report.well and all("SystemExit" in row.explanation for row in report.alarms)
    assert next(row for row in report.rows if row.check == "alpha_bar").verdict == "exact"


REFUSED: dict[str, tuple[Any, str]] = {
    "leaves while it is made": (of(__init__=leaves), "expected an object, got SystemExit"),
    "betas that are a function": (of(betas=None, __init__=lambda self: setattr(self, "betas", len)), "one number for"),
    "NaN among betas": (lambda: _with(3, float("nan")), "betas between 0 and 1, got nan at entry 3"),
    "a beta above 1": (lambda: _with(5, 1.5), "betas between 0 and 1, got 1.5 at entry 5"),
    "rows of betas": (lambda: _with(0, 0.1, rows=True), "one number for each entry, got Tensor of shape"),
    "an answer to every name": (type("Any", (), {"__getattr__": lambda self, name: None}), "that tells what it offers"),
}


def _with(i: int, beta: float, rows: bool = False) -> Process:
    made = Process()
    made.betas[i] = beta
    made.betas = made.betas[None] if rows else made.betas
    return made


@pytest.mark.parametrize("name", REFUSED)
def test_a_target_without_exact_numbers_is_refused(name: str) -> None:
    target, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        check(target)


STRANGE = {
    "a property that raises": ("sigma", property(leaves), "sigma", "SystemExit"),
    "whole numbers": ("alpha_bar", lambda self: (1000 * self.bars).int(), "alpha_bar", ""),
    "truth values": ("alpha_bar", lambda self: self.bars > 0.5, "alpha_bar", ""),
    "rows": ("alpha_bar", lambda self: self.bars[:, None], "alpha_bar", "one number for each entry"),
    "complex": ("add_noise", lambda self, x, e, t: (x + 0 * e).to(torch.complex64), "add_noise", ""),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_tables_are_judged(name: str) -> None:
    method, body, where, words = STRANGE[name]
    report = check(of(**{method: body}), only=[where])
    assert report.alarms and all(row.check == where and words in row.explanation for row in report.alarms)


def test_a_first_entry_that_is_off_where_the_exact_number_is_0_is_found() -> None:
    report = check(of(posterior_z=_first_off), only=["posterior_z"])
    assert [(row.verdict, row.case) for row in report.alarms] == [("wrong", "t = 0")]


def _first_off(self: Process) -> Tensor:
    found = Process.posterior_z(self)
    found[0] = 0.5
    return found
