"""Guards: a cancelling form, s for t, a dropped square, or sigmoid for 1 - sigmoid makes a property test fail.

Each corruption of udm is named, applied, and must push some coefficient or schedule out of its bound.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch

import udm.loss
import udm.process
from property_tests import test_losses as losses
from property_tests.cases import CASES
from property_tests.coefficients import BOUND, errors
from property_tests.schedules import BOUND as SCHEDULE_BOUND
from property_tests.schedules import CASES as SCHEDULES
from property_tests.schedules import FIELDS, distance, exactly, got
from property_tests.strategies import _gammas, _times
from udm import Step
from udm.schedule import BetaLinear, Cosine, CosineOffset, LinearGamma, RectifiedFlow, Sigmoid

Patch = Callable[[pytest.MonkeyPatch], None]


def attribute(owner: Any, name: str, value: Any) -> Patch:
    """Return a corruption that replaces an attribute of a class or a module."""
    return lambda patch: patch.setattr(owner, name, value)


def step(name: str, of: Callable[[Step], torch.Tensor]) -> Patch:
    return attribute(Step, name, property(of))


def by_difference(schedule: Any) -> Patch:
    return attribute(schedule, "gap", lambda self, s, t: self.gamma(t) - self.gamma(s))


def sqrt_sigmoid_by_complement(hi: torch.Tensor, lo: Any = None) -> torch.Tensor:
    return (1 - torch.sigmoid(-hi)).sqrt()


COEFFICIENTS: dict[str, Patch] = {
    "exp - 1 for expm1": attribute(udm.process, "expm1", lambda x: torch.exp(x) - 1),
    "1 - exp(-gap) that cancels": attribute(udm.process, "one_minus_exp_neg", lambda x: 1 - torch.exp(-x)),
    "1 - sigmoid for the other sigmoid": attribute(udm.process, "sqrt_sigmoid", sqrt_sigmoid_by_complement),
    "gamma_s in one word": attribute(udm.process, "two_sum", lambda a, b: (a + b, torch.zeros_like(a))),
    "alpha and sigma exchanged": attribute(udm.process, "sqrt_sigmoid", lambda hi, lo=None: torch.sigmoid(-hi).sqrt()),
    "the variance of the forward step": step("posterior_var", lambda q: q.var_ts),
    "sigma_t for sigma_s": step("posterior_var", lambda q: q.sigma_t**2 * q.c),
    "a square dropped": step("posterior_var", lambda q: q.sigma_s * q.c),
    "a root taken": step("posterior_var", lambda q: (q.sigma_s**2 * q.c).sqrt()),
    "variance by subtraction": step("var_ts", lambda q: q.sigma_t**2 - (q.alpha_t / q.alpha_s * q.sigma_s) ** 2),
    "weights exchanged": step("weight_z", lambda q: q.alpha_s * q.c),
    "x scaled by alpha_t": step("weight_x", lambda q: q.alpha_t * q.c),
    "s for t in the ratio": step("alpha_ts", lambda q: q.alpha_s / q.alpha_t),
    "weight_z not divided": step("weight_z", lambda q: q.alpha_t / q.alpha_s * q.sigma_s**2),
    "weight_x as 1 - weight_z": step("weight_x", lambda q: (1 - q.weight_z * q.alpha_ts) * q.alpha_s),
    "SNR drop by subtraction": step("snr_drop", lambda q: (q.alpha_s / q.sigma_s) ** 2 - (q.alpha_t / q.sigma_t) ** 2),
    "SNR drop the other way": step("snr_drop", lambda q: -((q.alpha_s / q.sigma_s) ** 2) * q.c),
    "exp(gap - 1) of the study note": step("snr_growth", lambda q: torch.exp(q.gap - 1)),
    "growth of the other sign": step("snr_growth", lambda q: torch.exp(-q.gap) - 1),
    "c in float32": step("c", lambda q: -torch.expm1(-q.gap.float()).double()),
}
OF_SCHEDULES: dict[str, tuple[str, Patch]] = {
    "linear gap by difference": ("LinearGamma", by_difference(LinearGamma)),
    "linear alpha from a gamma in float32": (
        "LinearGamma(-2, 20)",
        attribute(LinearGamma, "alpha", lambda self, t: torch.sigmoid(-self.gamma(t).float().double()).sqrt()),
    ),
    "cosine gap by difference": ("Cosine", by_difference(Cosine)),
    "cosine alpha by cos": ("Cosine", attribute(Cosine, "alpha", lambda self, t: torch.cos(t * torch.pi / 2))),
    "cosine sigma for alpha": ("Cosine", attribute(Cosine, "alpha", Cosine.sigma)),
    "cosine slope halved": ("Cosine", attribute(Cosine, "dgamma", lambda self, t: torch.pi / torch.sin(torch.pi * t))),
    "offset cosine gap by difference": ("CosineOffset", by_difference(CosineOffset)),
    "offset cosine sigma by complement": (
        "CosineOffset",
        attribute(CosineOffset, "sigma", lambda self, t: (1 - self.alpha(t) ** 2).sqrt()),
    ),
    "VP-SDE gap by difference": ("BetaLinear", by_difference(BetaLinear)),
    "VP-SDE sigma by complement": (
        "BetaLinear",
        attribute(BetaLinear, "sigma", lambda self, t: (1 - self.alpha(t) ** 2).sqrt()),
    ),
    "sigmoid gap by difference": ("Sigmoid", by_difference(Sigmoid)),
    "rectified gap by difference": ("RectifiedFlow", by_difference(RectifiedFlow)),
    "rectified time turned round": ("RectifiedFlow", attribute(RectifiedFlow, "sigma", lambda self, t: 1 - t)),
}


def out_of_bounds(names: list[str]) -> set[str]:
    """Return the coefficients that exceed their bound on four batches."""
    return {n for n in names for seed in range(4) for d, e in errors(n, _gammas(seed)).items() if e > BOUND.get(d, 1.0)}


def schedule_out_of_bounds(name: str) -> set[str]:
    bad = set()
    for seed in range(4):
        at = _times(seed)
        made = SCHEDULES[name].make()
        bad |= {f for f in FIELDS if distance(f, got(made, f, at).tolist(), exactly(name, f, at)) > SCHEDULE_BOUND}
    return bad


def test_nothing_is_out_of_bounds_without_a_corruption() -> None:
    assert out_of_bounds(list(CASES)) == set()


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_a_corrupt_coefficient_is_detected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    COEFFICIENTS[name](monkeypatch)
    assert out_of_bounds(list(CASES))


@pytest.mark.parametrize("name", OF_SCHEDULES)
def test_a_corrupt_schedule_is_detected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule, patch = OF_SCHEDULES[name]
    assert schedule_out_of_bounds(schedule) == set()
    patch(monkeypatch)
    assert schedule_out_of_bounds(schedule)


@pytest.mark.parametrize("path", losses.PATHS)
def test_weights_of_v_that_assume_variance_preservation_are_detected(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """d = 1 holds on variance-preserving paths only."""

    def strict(names: str, function: str, dtype: torch.dtype, error: float, bound: float, points: int) -> None:
        assert error <= bound

    inner = losses.test_weights_in_v_are_exact.hypothesis.inner_test  # type: ignore[attr-defined]
    inner(path=path, drawn=_gammas(0), measure=strict)
    monkeypatch.setattr(udm.process, "norm_squared", lambda alpha, sigma: torch.ones_like(alpha))
    with pytest.raises(AssertionError):
        inner(path=path, drawn=_gammas(0), measure=strict)
