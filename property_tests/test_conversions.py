"""The twelve conversions between x, eps, v and score have the two coefficients of their claims' answers.

On any path: alpha and sigma are those of float64 times on variance-preserving, exploding, sub-VP and rectified paths.
A coefficient is a quotient of at most five factors; the bounds are those of a step's coefficients.
"""

from collections.abc import Callable

import pytest
import torch
from flint import arb
from hypothesis import given
from sympy import Expr

from derivations import symbols as y
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import DTYPES, value, worst
from property_tests.schedules import CASES as SCHEDULES
from property_tests.strategies import BATCH, Times, latents, times
from udm import convert, target
from udm.denoiser import coefficients

SYMBOL = {"x": y.x, "eps": y.eps, "v": y.v, "score": y.score}


def answer(claim: str, field: str) -> Callable[[], Expr]:
    return lambda: getattr(claims()[claim].answer, field)


TABLE: dict[tuple[str, str], tuple[str, Callable[[], Expr]]] = {
    ("x", "eps"): ("vdm.param.eps", answer("vdm.param.eps", "eps")),
    ("eps", "x"): ("vdm.param.eps", answer("vdm.param.eps", "x")),
    ("x", "score"): ("vdm.param.score", answer("vdm.param.score", "by_x")),
    ("eps", "score"): ("vdm.param.score", answer("vdm.param.score", "by_eps")),
    ("score", "eps"): ("vdm.param.score", answer("vdm.param.score", "eps")),
    ("v", "x"): ("vdm.param.v", answer("vdm.param.v", "x")),
    ("v", "eps"): ("vdm.param.v", answer("vdm.param.v", "eps")),
    ("v", "score"): ("vdm.param.v", answer("vdm.param.v", "score")),
    ("x", "v"): ("vdm.param.v", answer("vdm.param.v", "by_x")),
    ("eps", "v"): ("vdm.param.v", answer("vdm.param.v", "by_eps")),
    ("score", "v"): ("vdm.param.v", answer("vdm.param.v", "by_score")),
}


def exactly(source: str, goal: str, points: list[dict]) -> tuple[list[arb], list[arb]]:
    """Return (a, b) of goal = a z + b source at each point, from the linear answer's values at 0 and 1."""
    closed = TABLE[source, goal][1]()
    zero = {y.z_t: 0, SYMBOL[source]: 0}
    return tuple([value(closed, p | zero | {v: 1}) for p in points] for v in (y.z_t, SYMBOL[source]))  # type: ignore[return-value]


@pytest.mark.parametrize("schedule", ["LinearGamma", "Cosine", "SubVP", "EDM", "RectifiedFlow"])
@pytest.mark.parametrize(
    "pair", [pytest.param(p, marks=pytest.mark.claim(c), id=f"{c}-{p[0]} to {p[1]}") for p, (c, _) in TABLE.items()]
)
@given(drawn=times)
def test_conversions_have_exact_coefficients(
    pair: tuple[str, str], schedule: str, drawn: Times, measure: Record
) -> None:
    case = SCHEDULES[schedule]
    filled, parameters = claims()[case.claim].answer, case.parameters()
    points = []
    for s, t in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        here = {y.s: s, y.t: t, **parameters}
        points.append({y.alpha_t: value(filled.alpha, here), y.sigma_t: value(filled.sigma, here)})
    got = coefficients(case.make().at(drawn.t), *pair)  # type: ignore[arg-type]
    for mine, exact in zip(got, exactly(*pair, points), strict=True):
        for dtype in DTYPES:
            bound = 16.0 if dtype == torch.float64 else 1.0
            measure(
                TABLE[pair][0],
                f"{pair[0]} to {pair[1]} of {schedule}",
                dtype,
                worst(mine.to(dtype).tolist(), exact, dtype),
                bound,
                BATCH,
            )


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@given(drawn=times)
def test_conversions_invert_each_other_and_agree_with_targets(dtype: torch.dtype, drawn: Times) -> None:
    """They agree to the rounding of z, which each conversion divides by alpha or sigma."""
    schedule = SCHEDULES["Cosine"].make()
    at = schedule.at(0.25 + drawn.t / 2)  # alpha and sigma above 0.1
    x, eps = latents(0, torch.float64, (2,))
    x, eps = x.to(dtype), eps.to(dtype)
    z = (at.alpha[:, None] * x.double() + at.sigma[:, None] * eps.double()).to(dtype)
    tolerance = 64 * torch.finfo(dtype).eps * 8 / 0.1**2
    for source in SYMBOL:
        for goal in SYMBOL:
            told = convert(target(x, eps, at, source), z, at, source, goal)  # type: ignore[arg-type]
            assert (told.double() - target(x, eps, at, goal).double()).abs().max() <= tolerance  # type: ignore[arg-type]
