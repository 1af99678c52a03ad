"""The coefficients of a step equal their claims' answers, computed from (gamma, gap) or from (s, t).

Within an ulp in float32, bfloat16 and float16. In float64 within 8 ulps of the exact value at (gamma, gap); from
(s, t) within 8 + 2|gamma|, |gamma| the larger of the two times, for gaps down to 1e-6.

A coefficient is a product of at most six factors good to an ulp, made in float64 and rounded once: half an ulp of a
narrow type, and 8 of float64 are 2^-26 of one in float32; hence 1.
"""

import pytest
import torch
from flint import arb
from hypothesis import given

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.cases import CASES, step_at
from property_tests.coefficients import BOUND, errors
from property_tests.conftest import Record
from property_tests.exact import BITS, DTYPES, sigmoid, ulps, value, worst
from property_tests.schedules import CASES as SCHEDULES
from property_tests.strategies import BATCH, Gammas, Times, gammas, times
from udm.stable import sqrt_sigmoid

NAMES = [pytest.param(n, marks=pytest.mark.claim(c.claim), id=f"{c.claim}-{n}") for n, c in CASES.items()]


@pytest.mark.parametrize("name", NAMES)
@given(drawn=gammas)
def test_coefficients_from_gamma_and_gap_are_exact(name: str, drawn: Gammas, measure: Record) -> None:
    for dtype, error in errors(name, drawn).items():
        measure(CASES[name].claim, f"{name} (gamma, gap)", dtype, error, BOUND.get(dtype, 1.0), BATCH)


PRESERVING = [n for n, c in SCHEDULES.items() if c.claim not in ("path.subvp", "schedule.edm", "path.rectified")]
ANY_PATH = [
    n for n, c in CASES.items() if "DDPM" not in n and "v form" not in n and "log-SNR" not in n and n[-8:] != "eps form"
]


@pytest.mark.parametrize("schedule", list(SCHEDULES))
@given(drawn=times)
def test_coefficients_from_times_are_exact(schedule: str, drawn: Times, measure: Record) -> None:
    """The exact (alpha, sigma) come from the claim of the schedule itself."""
    answer, parameters = claims()[SCHEDULES[schedule].claim].answer, SCHEDULES[schedule].parameters()
    points = []
    for s, t in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        here = {y.s: s, y.t: t, **parameters}
        there = {y.s: s, y.t: s, **parameters}
        (a_s, s_s), (a_t, s_t) = ([value(e, p) for e in (answer.alpha, answer.sigma)] for p in (there, here))
        with precision(BITS):
            gammas_at = {
                y.gamma_t: (s_t / a_t).log() * 2,
                y.gamma_s: (s_s / a_s).log() * 2,
                y.gap: value(answer.gap, here),
            }
            points.append(step_at(a_s, s_s, a_t, s_t) | gammas_at)
    step = SCHEDULES[schedule].make().between(*drawn)
    for name in CASES if schedule in PRESERVING else ANY_PATH:
        got = CASES[name].of(step)
        exact = [value(CASES[name].exact(), p) for p in points]
        for dtype in DTYPES:
            for g, e, p in zip(got.to(dtype).tolist(), exact, points, strict=True):
                size = max(abs(float(p[y.gamma_s])), abs(float(p[y.gamma_t])))
                bound = 8 + 2 * size if dtype == torch.float64 else 1.0
                error = ulps(g, e, dtype)
                assert error <= bound, f"{name} of {schedule} in {dtype}: {error:.3g} > {bound:.3g} ulps at {p}"
        measure(
            CASES[name].claim, f"{name} of {schedule}", torch.float64, worst(got.tolist(), exact), 8.0 + 2 * 90, BATCH
        )


def test_the_root_of_a_sigmoid_is_exact_down_to_subnormal_values() -> None:
    """An error of 4 u is at most 4 ulps.

    At -1417 the root is subnormal, so its spacing is the limit; from -1491 on it is 0.
    """
    x = torch.linspace(-1416, -700, 1001, dtype=torch.float64)
    with precision(BITS):
        exact = [sigmoid(arb(a)).sqrt() for a in x.tolist()]
        below = sigmoid(arb(-1470)).sqrt()
        assert max(abs(arb(a) / b - 1) for a, b in zip(sqrt_sigmoid(x).tolist(), exact, strict=True)) <= 4 * 2**-53
        deep = sqrt_sigmoid(torch.tensor([-1470.0, -1491.0], dtype=torch.float64)).tolist()
        assert abs(arb(deep[0]) / below - 1) > 2**-30 and ulps(deep[0], below) <= 1 and deep[1] == 0
