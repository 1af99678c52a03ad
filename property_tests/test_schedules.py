"""Every schedule equals its claim's answer: alpha, sigma, the gap and the slope of gamma within 8 ulps of
float64 *relative to themselves*, gaps down to 1e-6 and both ends included; gamma within 8 ulps of max(|gamma|, 1).

Each is a product of at most seven factors good to an ulp, or a logarithm of 1 + such a product.
"""

import pytest
import torch
from flint import arb
from hypothesis import given

from derivations import symbols as y
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import ulps, value
from property_tests.schedules import CASES
from property_tests.strategies import BATCH, Times, times

FIELDS = ("gamma", "dgamma", "gap", "alpha", "sigma")
BOUND = 8.0


def got(schedule: torch.nn.Module, field: str, at: Times) -> torch.Tensor:
    return getattr(schedule, field)(*at) if field == "gap" else getattr(schedule, field)(at.t)


def exactly(name: str, field: str, at: Times) -> list[arb]:
    """The field of the claim's answer at each pair of times."""
    case = CASES[name]
    closed = getattr(claims()[case.claim].answer, field)
    times = zip(*map(torch.Tensor.tolist, at), strict=True)
    return [value(closed, {y.s: s, y.t: t, **case.parameters()}) for s, t in times]


def distance(field: str, numbers: list[float], exact: list[arb]) -> float:
    """In ulps of the value; gamma, which crosses zero, in ulps of at least 1."""
    if field != "gamma":
        return max(map(ulps, numbers, exact))
    return max(
        ulps(g, e) if abs(e) > 1 else float(abs(arb(g) - e) * 2**52) for g, e in zip(numbers, exact, strict=True)
    )


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.claim(c.claim), id=f"{c.claim}-{n}") for n, c in CASES.items()]
)
@given(at=times)
def test_schedule(name: str, field: str, at: Times, measure: Record) -> None:
    error = distance(field, got(CASES[name].make(), field, at).tolist(), exactly(name, field, at))
    measure(CASES[name].claim, f"udm.schedule.{name}.{field}", torch.float64, error, BOUND, BATCH)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.claim(c.claim), id=f"{c.claim}-{n}") for n, c in CASES.items()]
)
def test_short_gaps_near_the_ends(name: str) -> None:
    """Between times that are 1e-15 to 1e-3 from noise, and as near to data: as exact as anywhere."""
    from_end = [scale * part for scale in (1e-15, 1e-12, 1e-9, 1e-6, 1e-3) for part in (0.3, 0.45, 0.9)]
    late = sorted({1 - e for e in from_end})
    for row in (late, sorted(from_end)):
        at = Times(*(torch.tensor(part, dtype=torch.float64) for part in (row[:-1], row[1:])))
        assert distance("gap", got(CASES[name].make(), "gap", at).tolist(), exactly(name, "gap", at)) <= BOUND
