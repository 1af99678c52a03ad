"""The engines judge a formula as it is written, on the whole domain, whatever agrees by value elsewhere."""

import os
import subprocess
import sys

import pytest
from sympy import Expr, Integer, Rational, Symbol, exp, log, sqrt

from derivations.catalogue import claims
from derivations.form.claim import Claim, by
from derivations.form.statement import Below, Equal
from derivations.notation.printing import text
from derivations.query.confirm import Confirmed, confirm
from derivations.query.index.holes import is_analytic
from derivations.query.index.relations import DEFINED, PRIMITIVE, expressed, fewest, primitive
from derivations.query.index.universe import COUNT, digest, numbers, universe, value
from derivations.query.index.views import DDPM, OWN, views
from derivations.query.reading import readings
from derivations.symbols import (
    abar,
    abar_s,
    alpha,
    alpha_1,
    alpha_s,
    alpha_t,
    alpha_ts,
    beta,
    c,
    gamma_s,
    gamma_t,
    gap,
    sigma_s,
    sigma_t,
    sigma_ts,
    spread,
    x,
    y,
)  # fmt: skip

VARIANCE = claims()["vdm.posterior.variance"]


def own(answer: Expr, *given: Below, example: dict[Symbol, Expr] | None = None) -> Claim:
    """Return a claim of which only the answer matters."""
    return Claim(
        name="own.claim", title="An answer", kind="equality", says=lambda a: Equal(2 * a / 2, a), answer=answer,
        proof=((by("", answer), by("", answer)),), given=given, example=example or {},
    )  # fmt: skip


def asked(claim: Claim, formula: str) -> Confirmed:
    """Confirm against the answer a formula in Python syntax and in our symbols."""
    read = next(r for r in readings(formula) if "ours" in r.convention)
    return confirm(claim, claim.answer, OWN, read.expr)


@pytest.mark.parametrize(
    ("formula", "using"),
    [
        ("sigma_s**2*sigma_ts**2/sigma_t**2", ["sigma_t"]),
        ("sigma_s**2*(1 - alpha_ts**2*sigma_s**2/sigma_t**2)", ["sigma_t"]),
        ("sigma_s**2*(1 - alpha_t**2*sigma_s**2/(alpha_s**2*sigma_t**2))", ["alpha_t", "sigma_t"]),
        ("1/(alpha_ts**2/sigma_ts**2 + 1/sigma_s**2)", []),
    ],
)
def test_other_symbols_are_expressed_by_the_claims(formula: str, using: list[str]) -> None:
    found = asked(VARIANCE, formula)
    assert found.verdict == "proved" and "prove" in found.engines
    assert [u.split(" = ")[0] for u in found.using] == using


def test_a_view_narrows_the_domain() -> None:
    view = next(v for v in views(VARIANCE) if v.name == DDPM.name)
    found = confirm(VARIANCE, VARIANCE.answer, view, beta * (1 - abar_s) / (1 - abar))
    assert found.verdict == "proved" and found.where and found.using == ("abar = abar_s alpha", "beta = 1 - alpha")
    wrong = confirm(VARIANCE, VARIANCE.answer, view, beta * (1 - abar) / (1 - abar_s))
    assert wrong.verdict == "refuted" and wrong.at and wrong.off


@pytest.mark.parametrize(
    ("answer", "formula"),
    [
        (x * c, "sqrt(x**2)*c"),  # a sign: x is any real number
        (x * c + y, "sqrt((x + y)**2)*c - y*c + y"),
        (sqrt((x - y) ** 2) * c, "(x - y)*c"),
        (2 * log(c) + x, "log((c - 1)**2) + x"),
        (c * x, "exp(log(x))*c"),  # undefined for negative x
        (c * x, "sqrt(x)**2*c"),
        (c * x, "(log(-1 - x**2)*0 + 1)*c*x"),  # nowhere defined
        (c * x, "c*x + 10**(-30)*x"),
    ],
)
def test_equality_must_hold_on_the_whole_domain(answer: Expr, formula: str) -> None:
    found = asked(own(answer), formula)
    assert found.verdict == "refuted" and found.at and found.off, found


def test_a_difference_below_the_precision_is_not_called_equal() -> None:
    found = asked(own(c * x), "c*x + exp(-10**3)*x")
    assert found.verdict == "consistent" and "prove" not in found.engines


def test_an_assumption_of_the_claim_may_make_a_formula_right() -> None:
    assert asked(own(2 * c * log(x - y), Below(y, x)), "c*log((x - y)**2)").verdict == "proved"
    assert asked(own(c * log((x - y) ** 2), Below(y, x)), "2*c*log(x - y)").verdict == "proved"
    assert asked(own(c * log((x - y) ** 2), Below(y, x + c)), "2*c*log(x - y)").verdict == "refuted"


def test_a_removable_hole_is_mentioned() -> None:
    found = asked(own(c * x), "c*x*(x - y)/(x - y)")
    assert found.verdict == "proved" and found.where == (f"{text(x - y)} != 0",)


@pytest.mark.parametrize("zero_on_half", ["sqrt(x**2) - x", "abs(x - y) + x - y", "sqrt((x - y)**2) - (x - y)"])
def test_a_hole_as_wide_as_half_of_the_domain_is_none(zero_on_half: str) -> None:
    found = asked(own(c * x), f"c*x*({zero_on_half})/({zero_on_half})")
    assert found.verdict in ("consistent", "unknown") and "left over" in found.reason


@pytest.mark.parametrize(
    ("e", "thin"),
    [
        (x - y, True), (x**2 - sqrt(c + 1), True), (log(c) - x, True), (exp(x) - 1, True),
        (abs(x) - x, False), (sqrt((x - y) ** 2 + 2 + 1 / (x - y) ** 2) - x, False), (log(x) - y, False),
    ],
)  # fmt: skip
def test_zeros_are_thin_of_what_is_analytic(e: Expr, thin: bool) -> None:
    assert is_analytic(e) == thin


def test_agreement_by_a_forged_example_is_no_proof() -> None:
    """The identity holds only on the branch of the stored point."""
    found = asked(own(c * x, example={x: Integer(1), c: Rational(1, 2)}), "c*sqrt(x**2)")
    assert found.verdict == "refuted"


def test_gap_has_one_meaning() -> None:
    """The gap is gamma_t - gamma_s in every claim; a difference of variances has another name."""
    for rest in (1, gamma_s):
        claim = own(gap * alpha_1**2 + rest)
        assert confirm(claim, claim.answer, OWN, (gamma_t - gamma_s) * alpha_1**2 + rest).verdict == "proved"
    variances = own(spread * alpha_1**2 + 1)
    assert confirm(variances, variances.answer, OWN, (gamma_t - gamma_s) * alpha_1**2 + 1).verdict != "proved"


# -- the points, and what symbols are to each other --------------------------------------------------


@pytest.mark.parametrize("symbol", DEFINED, ids=str)
def test_every_definition_holds_at_every_point(symbol: Symbol) -> None:
    for definition in DEFINED[symbol]:
        gaps = [value(symbol - definition, n) for n in range(COUNT)]
        assert all(g is not None and g.contains(0) and g.rad() < 1e-100 for g in gaps), definition
    assert primitive(symbol).free_symbols <= {*PRIMITIVE, *(numbers() - DEFINED.keys())}


def test_the_points_are_those_of_every_process() -> None:
    """Values that were kept by another process are at the same points, whatever the order of its sets."""
    code = "from derivations.query.index.universe import digest; print(digest())"
    for seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert run.stdout.decode().strip() == digest()
    for point in universe():
        assert point.keys() == numbers()
        assert all(e.is_positive for v, e in point.items() if v.is_positive)


def test_symbols_are_expressed_by_available_ones() -> None:
    by_step = expressed({alpha_t, sigma_t}, {alpha_ts, alpha_s, sigma_s, sigma_ts})
    assert by_step.put == {alpha_t: alpha_s * alpha_ts, sigma_t: sqrt(sigma_ts**2 + alpha_ts**2 * sigma_s**2)}
    assert not by_step.given, "no sign is owed"
    assert expressed({beta}, {alpha}).given == (Below(Integer(0), 1 - alpha),), "beta is positive"
    assert fewest({alpha, abar, abar_s, beta}).put == {abar: abar_s * alpha, beta: 1 - alpha}
    assert expressed({x}, {alpha}).put == {}
