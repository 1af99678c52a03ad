"""The weights of a mix of two latents equal those of their claim.

1 - b is rounded once, and its product with psi once; the sine multiplies these errors of u by x |cot x| at
x = (1 - b) psi. Both sines are good to 2 u, and the quotient is rounded. That is at most 2 (5 + 2 x |cot x|) ulps, an
ulp being at least u of the value, and 94 ulps for angles up to 3.
"""

import math

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from derivations.symbols import delta, psi
from property_tests.conftest import Record
from property_tests.exact import BITS, ulps, value
from udm.sample.mix import slerp_weights

angles = st.one_of(st.sampled_from([1e-300, 1e-8, 1.0, math.pi / 2, 3.0]), st.floats(1e-6, 3.0))
shares = st.one_of(st.sampled_from([0.0, 1e-9, 0.5, 1.0 - 2**-53, 1.0]), st.floats(0, 1))


def bound(x: float) -> float:
    return 2 * (5 + 2 * (abs(x / math.tan(x)) if x else 1))


def errors(angle: float, share: float, first: float, second: float) -> float:
    """Return the larger error in ulps, each within its bound."""
    answer = claims()["ddim.slerp"].answer
    with precision(BITS):
        turned = arb(share) * arb(angle)
    at = {psi: arb(angle), delta: turned}
    pairs = [(first, answer.first, (1 - share) * angle), (second, answer.second, share * angle)]
    off = [(ulps(got, value(exact, at)), bound(x)) for got, exact, x in pairs if x]
    assert max(error / most for error, most in off) <= 1
    return max(error for error, _ in off)


@pytest.mark.claim("ddim.slerp")
@given(angle=angles, share=shares)
def test_weights_on_the_arc_are_exact(angle: float, share: float, measure: Record) -> None:
    a, b = (float(w) for w in slerp_weights(*(torch.tensor([e], dtype=torch.float64) for e in (angle, share))))
    measure("ddim.slerp", "weights of slerp", torch.float64, errors(angle, share, a, b), 94.0, 1)


@pytest.mark.parametrize("wrong", [(0.75, 0.25), (math.sin(0.75), math.sin(0.25))])
def test_weights_on_the_straight_line_and_without_the_sine_of_the_angle_are_detected(
    wrong: tuple[float, float],
) -> None:
    with pytest.raises(AssertionError):
        errors(1.0, 0.25, *wrong)


def test_the_limit_of_no_angle_is_the_straight_line() -> None:
    a, b = slerp_weights(torch.zeros(1, dtype=torch.float64), torch.tensor([0.25], dtype=torch.float64))
    assert float(a) == 0.75 and float(b) == 0.25
