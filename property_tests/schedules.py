"""Each shipped schedule with its claim: the torch object, and the values of the claim's parameters."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch
from flint import arb, fmpq

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.exact import BITS, ulps, value
from property_tests.strategies import Times
from udm.schedule import EDM, BetaLinear, Cosine, CosineOffset, LinearGamma, RectifiedFlow, Schedule, Sigmoid, SubVP


class Case(NamedTuple):
    claim: str
    make: Callable[[], Schedule]
    parameters: Callable[[], Mapping[Any, Any]]  # exact for the float64 numbers that the object was given


def _angle(offset: float) -> arb:
    """Return iDDPM's angle at t = 1, counted from t = 0: pi / (2 (1 + offset))."""
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


FIELDS = ("gamma", "dgamma", "gap", "alpha", "sigma")
BOUND = 8.0  # ulps


def got(schedule: torch.nn.Module, field: str, at: Times) -> torch.Tensor:
    return getattr(schedule, field)(*at) if field == "gap" else getattr(schedule, field)(at.t)


def exactly(name: str, field: str, at: Times) -> list[arb]:
    """Return the field of the claim's answer at each pair of times."""
    case = CASES[name]
    closed = getattr(claims()[case.claim].answer, field)
    times = zip(*map(torch.Tensor.tolist, at), strict=True)
    return [value(closed, {y.s: s, y.t: t, **case.parameters()}) for s, t in times]


def distance(field: str, numbers: list[float], exact: list[arb]) -> float:
    """Return the error in ulps of the value; for gamma, which crosses zero, in ulps of at least 1."""
    if field != "gamma":
        return max(map(ulps, numbers, exact))
    return max(
        ulps(g, e) if abs(e) > 1 else float(abs(arb(g) - e) * 2**52) for g, e in zip(numbers, exact, strict=True)
    )
