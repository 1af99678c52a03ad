"""Every schedule equals its claim's answer: alpha, sigma, the gap and the slope of gamma within 8 ulps of
float64 *relative to themselves*, gaps down to 1e-6 and both ends included; gamma within 8 ulps of max(|gamma|, 1).

Each is a product of at most seven factors good to an ulp, or a logarithm of 1 + such a product.
"""

import pytest
import torch
from hypothesis import given

from property_tests.conftest import Record
from property_tests.schedules import BOUND, CASES, FIELDS, distance, exactly, got
from property_tests.strategies import BATCH, Times, times


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.claim(c.claim), id=f"{c.claim}-{n}") for n, c in CASES.items()]
)
@given(at=times)
def test_every_schedule_equals_its_claim(name: str, field: str, at: Times, measure: Record) -> None:
    error = distance(field, got(CASES[name].make(), field, at).tolist(), exactly(name, field, at))
    measure(CASES[name].claim, f"udm.schedule.{name}.{field}", torch.float64, error, BOUND, BATCH)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.claim(c.claim), id=f"{c.claim}-{n}") for n, c in CASES.items()]
)
def test_short_gaps_near_the_ends_are_exact(name: str) -> None:
    """Times that are 1e-15 to 1e-3 away from pure noise, or from the data, have the same bounds as others."""
    from_end = [scale * part for scale in (1e-15, 1e-12, 1e-9, 1e-6, 1e-3) for part in (0.3, 0.45, 0.9)]
    late = sorted({1 - e for e in from_end})
    for row in (late, sorted(from_end)):
        at = Times(*(torch.tensor(part, dtype=torch.float64) for part in (row[:-1], row[1:])))
        assert distance("gap", got(CASES[name].make(), "gap", at).tolist(), exactly(name, "gap", at)) <= BOUND
