"""A walk lists the obligations, several methods discharge them, and dropping a needed assumption leaves one over."""

from dataclasses import replace
from typing import Any

import pytest
from sympy import Expr, Integer, Integral, Rational, S, cos, exp, expand, log, pi, sin, sqrt, symbols, tan

from derivations.catalogue import claims, module_of, modules
from derivations.engines.discharge.boxes import covered
from derivations.engines.discharge.signs import product
from derivations.engines.discharge.solvers import settled
from derivations.engines.prove import prove
from derivations.form.claim import Below, by
from derivations.form.known import left
from derivations.form.statement import AtMost, Tends
from derivations.judge.certificate import certify
from derivations.obligations.obligation import Obligation
from derivations.obligations.owed import owed
from tests.support.forged import claim
from tests.support.judged import red

a, b, c, h, t = symbols("a b c h t", positive=True)
x, y = symbols("x y", real=True)
q = a**2 - 70 * a + 1001  # irreducible, negative on 20.03 < a < 49.97 and nowhere else

# Lines may only be removed, so that a claim that is added or weakened here shows in the diff.
MAY_BE_LEFT = {
    "bayes.excess",
    "likelihood.dequantised",
    "vdm.elbo1.consistency",
    "vdm.vlb.bound",
    "vdm.vlb.decomposition",
    "vdm.vlb.exact",
}


def relations(e: Expr) -> set[str]:
    return {o.text for o in owed(e)}


@pytest.mark.parametrize(
    ("e", "expected"),
    [
        (1 / x, {"x != 0"}),
        (sqrt(x), {"x >= 0"}),
        (1 / sqrt(x), {"x > 0"}),
        (log(x), {"x > 0"}),
        (x**y, {"x > 0"}),
        (tan(x), {"cos(x) != 0"}),
        (1 / (1 + 1 / x), {"x != 0", "1 + 1/x != 0"}),
        # t > 0 as a symbol, and yet 0 at an end; the ends are where t may be, 0 included
        (Integral(1 / t, (t, 0, 1)), {"t[0, 1] != 0", "0 >= 0", "1 >= 0"}),
        (exp(x) + sin(x) * cos(x), set()),
    ],
)
def test_a_walk_lists_the_obligations(e: Expr, expected: set[str]) -> None:
    assert relations(e) == expected


def test_an_unknown_function_is_left_over() -> None:
    from sympy import asin

    assert [o.why for o in owed(asin(x))] == ["the domain of asin is not known"]


ORDER = (Below(S.Zero, a), Below(a, b), Below(b, Integer(1)))


@pytest.mark.parametrize(
    ("e", "yes"),
    [
        (b - a, True),
        (1 - a * b, True),
        (a - b, False),
        (1 - exp(-a), True),
        (exp(a) - exp(b), False),
        (exp(b) - exp(a), True),
        (sin(pi * a / 2), True),
        (sin(pi * b / 2) - sin(pi * a / 2), True),
        (cos(pi * b / 2) - cos(pi * a / 2), False),
        (1 - tan(pi * a / 4), True),
        (log(b) - log(a), True),
        (1 - sqrt(a), True),
        (sqrt(a) - b, False),
        (sin(3 * pi * a), False),
    ],
)
def test_solvers_discharge_what_both_prove(e: Expr, yes: bool) -> None:
    assert settled(Obligation(e, "> 0", ""), ORDER) is yes


@pytest.mark.parametrize(("e", "yes"), [(2 + sin(9 * a), True), (Rational(1, 2) + sin(9 * a), False), (x + 9, False)])
def test_boxes_discharge_what_balls_prove(e: Expr, yes: bool) -> None:
    assert covered(Obligation(e, "> 0", ""), ORDER) is yes


def test_a_sign_checked_only_at_points_proves_nothing() -> None:
    """sqrt(q^2) is q where q > 0, which fails between 20.03 and 49.97."""
    false = claim(sqrt(expand(q**2)) * c + c, q * c + c)
    assert prove(false).verdict == "consistent"
    assert "a**2 - 70*a + 1001 >= 0" in prove(false).detail["obligations"]["left"][-1]
    red(false)


def test_the_harmless_twin_is_proved() -> None:
    true = claim(sqrt(expand((a + 1) ** 4)) * c + c, (a + 1) ** 2 * c + c)
    assert prove(true).verdict == "proved"
    assert prove(true).detail["obligations"]["left"] == []


def integral(high: Expr, low: Expr = S.Zero) -> Any:
    """Return a claim about the integral of 1/t from low to high, by its primitive log t."""
    left_side, right = c * Integral(1 / t, (t, low, high)) + c, c * (log(high) - log(low)) + c
    proof = ((by("", left_side), by("", right, primitive=log(t))),)
    return claim(left_side, right, proof=proof, example={a: 2, b: 3, c: 1})


def test_an_integrand_is_needed_over_its_whole_interval() -> None:
    assert prove(integral(a + b, a)).verdict == "proved"
    pole = c * Integral(1 / (t - 1), (t, 0, a)) + c, c * log((a - 1) ** 2) / 2 + c
    proof = ((by("", pole[0]), by("", pole[1], primitive=log((t - 1) ** 2) / 2)),)
    assert prove(claim(*pole, proof=proof, example={a: Rational(1, 2), c: 1})).verdict == "consistent"


def test_a_limit_is_continuous_at_its_point_under_the_assumptions() -> None:
    near = sqrt((a - 1) ** 2 + h) * c
    proof = ((by("", near), by("", near)),)
    limit = claim(near, (a - 1) * c, kind="limit", says=lambda v: Tends(near, h, v), proof=proof, example={a: 2, c: 1})
    assert prove(limit).verdict != "proved"


def test_the_excess_of_a_line_is_an_obligation() -> None:
    more = c * exp(y) * sqrt(q**2 * cos(y) ** 2 + q**2 * sin(y) ** 2)
    false = AtMost(a, a + c * q * exp(y), {c: 0})
    proof = ((by("", a), by("", a + c * q * exp(y), more=more)),)
    forged = claim(
        a, a + c * q * exp(y), kind="inequality", says=lambda _: false, proof=proof, example={a: 2, c: 1, y: 1}
    )
    assert prove(forged).verdict == "consistent"


def given(module: str) -> list[tuple[str, int]]:
    """Return a third of the stated assumptions of a module's claims, by the claim's name and a number."""
    ones = [(name, claims()[name]) for name in claims() if module_of(name) == module]
    return [(name, n) for name, one in ones for n in range(len(one.given)) if not one.is_definition][::3]


@pytest.mark.parametrize("module", [pytest.param(m, marks=pytest.mark.xdist_group(m), id=m) for m in modules()])
def test_an_assumption_that_is_needed_leaves_something_when_dropped(module: str) -> None:
    """An assumption marked as a convenience is exempt; so is `a < b` where it only fixes an order."""
    for name, n in given(module):
        full = claims()[name]
        if full.given[n].text in full.convenience:
            continue
        fewer = replace(full, given=full.given[:n] + full.given[n + 1 :])
        assert prove(fewer).verdict != "proved", (name, n)


def test_a_claim_whose_lemmas_lead_back_to_it_has_no_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    from derivations.engines.discharge import lemmas

    monkeypatch.setattr(lemmas, "_asked", ["log.tangent"])
    assert not lemmas.certain("log.tangent")


def test_a_needed_lemma_shows_that_an_excess_is_not_negative() -> None:
    bound = claims()["vdm.vlb.bound"]
    assert prove(bound).detail["obligations"]["by"]["lemma"]
    without = prove(replace(bound, needs=())).detail["obligations"]
    assert len(without["left"]) > len(prove(bound).detail["obligations"]["left"])


def test_the_list_of_claims_with_something_left_only_shrinks() -> None:
    assert set(left()) <= MAY_BE_LEFT
    assert all(len(why) > 20 for why in left().values())


@pytest.mark.parametrize("name", sorted(MAY_BE_LEFT))
def test_a_listed_claim_has_something_left(name: str) -> None:
    if name in left():
        assert prove(claims()[name]).detail["obligations"]["left"]


def test_a_claim_off_the_list_is_not_green_with_something_left(monkeypatch: pytest.MonkeyPatch) -> None:
    name = sorted(MAY_BE_LEFT & left().keys())[0]
    monkeypatch.setattr("derivations.judge.excused.listed", lambda name: frozenset())
    certificate = certify(claims()[name], "digest")
    assert any("left over" in complaint for complaint in certificate.complaints)


@pytest.mark.xdist_group("every claim")
def test_at_least_95_percent_are_proved_with_nothing_left() -> None:
    judged = [name for name, one in claims().items() if not one.is_definition]
    assert len(left()) <= 0.05 * len(judged)


def test_a_root_of_an_expression_that_may_be_negative_has_no_sign() -> None:
    half = Rational(1, 2)
    assert product([("-", half), ("-", half)]) == product([("?", half)]) == "?"
    assert product([("+", half), ("0+", half)]) == "0+"
