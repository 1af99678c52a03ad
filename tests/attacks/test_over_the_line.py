"""Integrals over the line: what a proof may leave out, and what an engine that needs numbers takes for a density."""

from dataclasses import replace

import pytest
from sympy import Expr, S, Symbol, diff, exp, log

from derivations.engines.ends import slope_over
from derivations.engines.gaps import Unproved
from derivations.engines.normal_form import vanishes
from derivations.engines.prove import prove
from derivations.form.claim import Claim, by
from derivations.form.statement import Equal
from derivations.judge.well_formed import faults
from derivations.probability.density import finite
from derivations.probability.smooth import smooth
from derivations.probability.whole import REGULAR, Whole, line_density, vanishing
from tests.support.forged import stated

x, z, c = (Symbol(name, real=True) for name in ("x", "z", "c"))
p, f, g = line_density("p"), smooth("f"), smooth("g")
SCORE = diff(log(p(x)), x)
STEIN = Whole(f(x) * SCORE * p(x), x)
RIGHT = -Whole(diff(f(x), x) * p(x), x)
OF = -f(x) * p(x)
TRUST = (REGULAR, vanishing(OF, x))


def by_parts(right: Expr, of: Expr | None, left: Expr = STEIN, trust: tuple[str, ...] = TRUST) -> Claim:
    """Return a claim that integrates by parts: the mean of f times the score is minus that of f'."""
    ends = None if of is None else (of, x)
    proof = ((by("the left side", left), by("by parts", right, ends=ends)),)
    return replace(stated(lambda e: Equal(left, e), right, "equality"), proof=proof, trust=trust)


def test_a_symbol_of_any_name_is_no_variable_of_the_normal_density() -> None:
    """E[(x - a) score] is -1, whatever a is called."""
    for a in (c, Symbol("normal", real=True)):
        assert finite(Whole((x - a) * SCORE * p(x), x)).equals(-1)


def test_a_title_of_all_functions_says_that_the_ends_vanish() -> None:
    claim = replace(by_parts(RIGHT, OF), title="By parts, for any density")
    assert any("says under what condition" in fault for fault in faults(claim))
    for title in ("By parts, for any density, where the ends vanish", "By parts"):
        assert not any("says under what condition" in fault for fault in faults(replace(claim, title=title)))


def test_a_proof_by_parts_follows() -> None:
    assert prove(by_parts(RIGHT, OF)).verdict == "proved"


CHEATS = {
    "a sign": by_parts(-RIGHT, OF),
    "the boundary term forgotten": by_parts(RIGHT, None),
    "the sign of the boundary term": by_parts(RIGHT, -OF, trust=(REGULAR, vanishing(-OF, x))),
    "another function at the ends": by_parts(RIGHT, -g(x) * p(x), trust=(REGULAR, vanishing(-g(x) * p(x), x))),
    "a factor": by_parts(2 * RIGHT, OF),
    "the slope of the density alone": by_parts(-Whole(diff(f(x), x), x), OF),
    "ends that do not vanish": by_parts(
        Whole(p(x) * SCORE * f(x) + diff(f(x), x), x), f(x), trust=(REGULAR, vanishing(f(x), x))
    ),
    "a constant at the ends": by_parts(STEIN + 1, S.One * x, trust=(REGULAR, vanishing(x, x))),
    "the density's slope as its own": by_parts(Whole(diff(f(x), x) * p(x), x), None),
    "a product of means": by_parts(Whole(f(x) * p(x), x) * Whole(SCORE * p(x), x), None),
    "mass of the density": by_parts(STEIN * Whole(p(x), x), None),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_not_proved(name: str) -> None:
    assert prove(CHEATS[name]).verdict != "proved"


@pytest.mark.parametrize("trust", [(), (REGULAR,), (vanishing(OF, x),), (REGULAR, vanishing(-OF, x))])
def test_what_an_integral_rests_on_is_said(trust: tuple[str, ...]) -> None:
    evidence = prove(by_parts(RIGHT, OF, trust=trust))
    assert evidence.verdict == "not_evaluated"
    assert "expected the claim to say in `trust`" in evidence.reason


@pytest.mark.parametrize("of", [f(x), x, S.One, 1 / p(x), exp(x), f(x) / p(x)])
def test_what_does_not_vanish_for_a_normal_density_is_refused(of: Expr) -> None:
    with pytest.raises(Unproved, match="vanishes at both ends"):
        slope_over(of, x)


def test_a_slope_in_a_parameter_goes_under_the_integral() -> None:
    kernel = exp(-((z - c * x) ** 2) / 2)
    blurred = Whole(p(x) * kernel, x)
    assert vanishes(diff(blurred, z) - Whole(p(x) * kernel * (c * x - z), x), {c: S.One, z: S.One})
    assert not vanishes(diff(blurred, z) - Whole(p(x) * kernel * (z - c * x), x), {c: S.One, z: S.One})


def test_an_integral_has_no_slope_in_its_variable_nor_in_a_parameter_that_it_lacks() -> None:
    assert diff(Whole(p(x) * f(x), x), x) == 0
    assert diff(Whole(p(x) * f(x), x), z) == 0


def test_an_integral_that_is_constant_for_normal_densities_keeps_its_slope() -> None:
    """The mass of a shifted density is 1 for each normal one, and its slope is no 0 until a proof says why."""
    shifted = Whole(p(x - z), x)
    assert finite(shifted) == 1
    assert diff(shifted, z) != 0


@pytest.mark.parametrize("body", [f(x), S.One, 1 / p(x), p(x) * exp(x**2), p(x) * exp(x**4)])
def test_an_integral_without_a_value_has_none(body: Expr) -> None:
    assert finite(Whole(body, x)) is S.NaN
    assert finite(Whole(p(x) * f(x), x)) is not S.NaN


def test_an_integral_is_the_same_in_both_directions() -> None:
    assert vanishes(Whole(p(x) * f(x), x) - Whole(p(-x) * f(-x), x), {})
    assert not vanishes(Whole(p(x) * f(x), x) - Whole(p(x) * f(-x), x), {})
    assert not vanishes(Whole(x * p(x), x), {})


def test_its_variable_is_bound() -> None:
    over = Whole(p(x) * exp(-((z - x) ** 2)), x)
    assert over.subs(x, c) == over
    assert over.subs(z, c) != over
    for captured in (lambda: over.subs(z, x), lambda: over.xreplace({z: x + c})):
        with pytest.raises(ValueError, match="free of x"):
            captured()


@pytest.mark.parametrize("over", [Symbol("s", positive=True), Symbol("s"), x + 1, 2])
def test_it_is_over_all_real_numbers(over: Expr) -> None:
    with pytest.raises(ValueError, match="may be any real number"):
        Whole(p(x), over)  # type: ignore[arg-type]
