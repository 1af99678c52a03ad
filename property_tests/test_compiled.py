"""Compiled code meets the bounds of eager code: every coefficient comes from one full graph.

torch.compile rewrites expm1 as exp - 1 in vectorised code, so the batch is longer than a vector.
"""

import pytest
import torch

from property_tests.cases import CASES
from property_tests.coefficients import BOUND, errors
from property_tests.strategies import BATCH, _gammas
from udm import Step


def everything(gamma_t: torch.Tensor, gap: torch.Tensor) -> list[torch.Tensor]:
    """Return the number of each case; cases of one function share it, as one more call would be compiled once more."""
    step = Step.from_gamma(gamma_t, gap)
    made = {of: of(step) for of in dict.fromkeys(case.of for case in CASES.values())}
    return [made[case.of] for case in CASES.values()]


@pytest.fixture(scope="module")
def compiled():
    torch._dynamo.reset()
    return torch.compile(everything, fullgraph=True, dynamic=False)


@pytest.mark.xdist_group("compiled")
@pytest.mark.parametrize("seed", range(4))
def test_compiled_coefficients_meet_the_same_bounds(seed: int, compiled) -> None:
    drawn = _gammas(seed)
    assert BATCH > 8, "scalar code would hide the vector code's faults"
    for (name, case), got in zip(CASES.items(), compiled(*drawn), strict=True):
        for dtype, error in errors(name, drawn, got).items():
            assert error <= BOUND.get(dtype, 1.0), f"{name} of {case.claim}, compiled, in {dtype}: {error:.3g} ulps"


@pytest.mark.xdist_group("compiled")
def test_a_form_that_cancels_only_when_compiled_is_detected() -> None:
    """torch.expm1, which is exact in eager code, leaves its bound when it is compiled."""
    torch._dynamo.reset()
    weight = torch.compile(lambda gap: torch.expm1(gap) / 2, fullgraph=True, dynamic=False)
    drawn = _gammas(0)
    assert errors("VLB weight, eps form", drawn, torch.expm1(drawn.gap) / 2)[torch.float64] <= BOUND[torch.float64]
    assert errors("VLB weight, eps form", drawn, weight(drawn.gap))[torch.float64] > BOUND[torch.float64]
