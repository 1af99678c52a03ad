"""Each shipped schedule beside its claim: the object, and the values of the claim's parameters."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from flint import arb, fmpq

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from property_tests.exact import BITS
from udm.schedule import EDM, BetaLinear, Cosine, CosineOffset, LinearGamma, RectifiedFlow, Schedule, Sigmoid, SubVP


class Case(NamedTuple):
    claim: str
    make: Callable[[], Schedule]
    parameters: Callable[[], Mapping[Any, Any]]  # exact, of the float64 numbers that the object was given


def _angle(offset: float) -> arb:
    """iDDPM's angle at t = 1, counted from t = 0: pi / (2 (1 + offset))."""
    with precision(BITS):
        return arb.pi() / (2 * (1 + arb(offset)))


CASES = {
    "LinearGamma": Case("schedule.linear", LinearGamma, lambda: {y.gamma_0: -13.3, y.gamma_1: 5.0}),
    "LinearGamma(-2, 20)": Case(
        "schedule.linear", lambda: LinearGamma(-2.0, 20.0), lambda: {y.gamma_0: -2.0, y.gamma_1: 20.0}
    ),
    "Cosine": Case("schedule.cosine", Cosine, dict),
    "CosineOffset": Case("iddpm.cosine", CosineOffset, lambda: {y.angle: _angle(0.008)}),
    "BetaLinear": Case("schedule.beta_linear", BetaLinear, lambda: {y.beta_min: 0.1, y.beta_max: 20.0}),
    "SubVP": Case("path.subvp", SubVP, lambda: {y.beta_min: 0.1, y.beta_max: 20.0}),
    "Sigmoid": Case("schedule.sigmoid", Sigmoid, lambda: {y.start: -3.0, y.end: 3.0, y.tau: 1.0}),
    "Sigmoid(0, 3, 0.3)": Case(
        "schedule.sigmoid", lambda: Sigmoid(0.0, 3.0, 0.3), lambda: {y.start: 0.0, y.end: 3.0, y.tau: 0.3}
    ),
    "EDM": Case("schedule.edm", EDM, lambda: {y.sigma_min: 0.002, y.sigma_max: 80.0, y.rho: 7.0}),
    "RectifiedFlow": Case("path.rectified", RectifiedFlow, dict),
}


def rational(x: float) -> fmpq:
    return fmpq(*x.as_integer_ratio())


def tensor(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)
