"""Statements about smooth functions, and changes of variable, are proved exactly if they hold for every function."""

from typing import Any

import pytest
from sympy import Expr, Integral, Rational, S, diff, expand, latex, log, sqrt

from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.form.claim import Claim, Line, Wrong, by
from derivations.form.statement import Below
from derivations.probability.path import SNR_0, SNR_1, free, snr_of_t, unknown
from derivations.probability.smooth import smooth, smooth_positive
from derivations.symbols import t, u, w
from tests.support.forged import a, b, claim, x
from tests.support.judged import green, red

F, G, D, H = smooth("F"), smooth_positive("G"), smooth("D"), smooth("H")


def about(left: Expr, right: Expr, last: Line | None = None, **changes: Any) -> Claim:
    """Return an equality of general functions, with its derivation."""
    numbers = unknown(left, right)
    names = {v for e in (left, right) for v in e.free_symbols} - numbers.keys()
    kept = {f"0 < {v}": "kept" for v in names if v.is_positive} | free(numbers)
    proof = ((by("the left", left), last or by("is the right", right)),)
    wrong = {"twice": Wrong(2 * right + 1, ""), "none": Wrong(right - 3, "")}
    at = dict.fromkeys(sorted(names, key=str), Rational(1, 2)) | numbers
    return claim(left, right, proof=proof, wrong=wrong, example=at, convenience=kept, **changes)


# -- functions --------------------------------------------------------------------------------------

HARMLESS = {
    "the chain rule": about(diff(F(G(t)) ** 2, t) * (a + b) ** 2, expand(diff(F(G(t)) ** 2, t) * (a + b) ** 2)),
    "one place in two forms": about(F(a / (a * b + b * b)) * a, a * F((a / b) / (a + b))),
    "a root of a positive function": about(sqrt(G(t) ** 2) * (a + b), G(t) * a + b * G(t)),
    "two variables": about(diff(D(a * b, b), b) * (a + b), expand((a + b) * diff(D(a * b, b), b))),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_statement_that_holds_for_all_functions_is_green(name: str) -> None:
    green(HARMLESS[name])


CHEATS = {
    "a function at another place": about(F(a * b) + a, F(a + b) + a),
    "a slope forgotten": about(diff(F(a * b), a), diff(F(w), w).subs(w, a * b)),
    "two functions for one": about(F(a) * b, G(a) * b),
    "variables exchanged": about(D(a, b) * b, b * D(b, a)),
    "a fourth slope, which is 0 of a cubic": about(diff(F(a), a, 4) + b * a, b * a + 0 * a),
    "a slope that is constant of a line": about(diff(G(t), t) * a, a * diff(G(t), t).subs(t, b)),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_statement_that_fails_for_some_function_goes_red(name: str) -> None:
    assert prove(CHEATS[name]).verdict == "not_evaluated"
    red(CHEATS[name])


def test_the_slope_of_a_positive_function_has_no_sign() -> None:
    """The polynomial that stands for it rises; another function need not."""
    rising = about(a, a + b, says=lambda q: Below(S.Zero, diff(G(t), t)))
    chain = (by("nothing", S.Zero), by("it rises", diff(G(t), t), more=diff(G(t), t)))
    evidence = prove(claim(a, b, says=lambda q: Below(S.Zero, diff(G(t), t)), proof=(chain,), example=rising.example))
    assert evidence.verdict == "consistent" and "left over" in evidence.reason


def test_functions_print_as_papers_write_them() -> None:
    assert str(diff(F(a * b), a)) == "b*F'(a*b)"
    assert str(diff(D(a, b), b)) == "D_2(a, b)" and "F'" in latex(diff(F(a), a))


# -- changes of variable ----------------------------------------------------------------------------

OVER_T = Integral(-diff(snr_of_t, t) * F(snr_of_t) * b, (t, 0, 1))


def over(body: Expr, low: Expr = SNR_1, high: Expr = SNR_0) -> Expr:
    return Integral(body, (u, low, high))


def changed(right: Expr, left: Expr = OVER_T, inside: Expr = snr_of_t, new: Any = u) -> Claim:
    return about(left, right, by("u for t", right, change=(new, inside)))


def test_a_change_of_variable_is_proved() -> None:
    right = changed(over(F(u) * b))
    assert (prove(right).verdict, enclose(right).verdict) == ("proved", "consistent")


AMISS = {
    "the ends of t": (changed(over(F(u) * b, S.Zero, S.One)), "or back, got other ends"),
    "ends exchanged": (changed(over(F(u) * b, SNR_0, SNR_1)), "got another integrand"),
    "another integrand": (changed(over(F(u) * b * u)), "got another integrand"),
    "the slope left out": (changed(over(F(u) * b), Integral(F(snr_of_t) * b, (t, 0, 1))), "got another integrand"),
    "something else changes": (changed(over(F(u) * b) + a), "got more changes"),
    "no integral comes": (changed(b * F(a)), "expected one integral for another"),
    "the old variable, set free": (
        changed(Integral(t * b, (u, 0, 1)), Integral(2 * t**2 * b, (t, 0, 1)), inside=t**2),
        "expected an integrand without t",
    ),
    "another variable": (changed(over(F(u) * b), new=w), "expected an integral over"),
}


@pytest.mark.parametrize("name", AMISS)
def test_a_wrong_change_of_variable_goes_red(name: str) -> None:
    attack, expected = AMISS[name]
    evidence = prove(attack)
    assert evidence.verdict == "not_evaluated" and expected in evidence.reason


def test_an_inner_function_undefined_between_the_ends_is_left_over() -> None:
    """u = 1/(2 t - 1) goes from -1 to 1, but not through the numbers between."""
    inside, even = 1 / (2 * t - 1), u**2 + a
    left = Integral(diff(inside, t) * even.subs(u, inside), (t, 0, 1))
    right = Integral(even, (u, -1, 1))
    evidence = prove(about(left, right, by("u for t", right, change=(u, inside))))
    assert evidence.verdict == "consistent" and "2*t" in evidence.reason
    assert enclose(about(left, right)).verdict != "consistent"


def test_a_positive_function_has_a_logarithm_at_every_real_place() -> None:
    logs = about(log(G(x) ** 2), 2 * log(G(x)))
    assert (prove(logs).verdict, enclose(logs).verdict) == ("proved", "consistent")
    assert enclose(about(log(F(x) ** 2), 2 * log(F(x)))).verdict == "refuted"  # F may be negative


def test_a_function_of_three_variables_has_values() -> None:
    harmless = about((H(t, x, a) + b) ** 2, H(t, x, a) ** 2 + 2 * b * H(t, x, a) + b**2)
    green(harmless)
    red(about(H(t, x, a) * b, b * H(x, t, a)), "does not follow")


def test_a_function_at_no_number_is_refused() -> None:
    for place in ((), ("t",), ((t, x),)):
        with pytest.raises(TypeError, match=r"F: expected a function at expressions, as F\(t\), got F"):
            F(*place)


def test_an_assumption_about_an_unknown_function_bounds_its_numbers() -> None:
    root = sqrt(F(x)) * sqrt(F(x) + a)
    right = F(x) * sqrt(1 + a / F(x))
    above = Below(0, F(x))
    assert prove(about(root, right, given=(above,))).verdict == "proved"
    green(about(root, right, given=(above,)))
    assert enclose(about(root, right)).verdict == "refuted"
