"""A title reaches no further than its claim: of any what, where alone, what is best, in how many dimensions."""

import pytest

from derivations.form.statement import AtMost, Below
from derivations.judge.titles import promises as titles
from tests.support.forged import a, b, replace, stated
from tests.support.titled import CLAIMS

AGM = "The geometric mean is at most the arithmetic mean"
# the claim, a title that goes red, and one that stays green
FORGED = (
    ("limit", "The quotient goes all the way to 7", "The quotient goes all the way to a"),
    ("limit", "The quotient tends in the end to 7", "The quotient tends in the end to a"),
    ("limit", "The quotient tends, as h goes to 0, to 7", "The quotient tends, as h goes to 0, to a"),
    ("strict", "a + b is the largest of all", "a + b is larger than a"),
    ("bound", "(a + b)/2 is the optimal mean", "sqrt(a b) is at most (a + b)/2"),
    ("bound", "Of all means, (a + b)/2 is the largest", "Of two means, (a + b)/2 is the larger unless a = b"),
    ("bound", "The arithmetic mean minimises the variance", AGM),
    ("bound", f"{AGM}, with equality only where a or b is zero", f"{AGM}, with equality only where a is b"),
    ("bound", f"{AGM}, with equality only for integers", f"{AGM}, with equality only for equal numbers"),
    ("bound", f"{AGM}, iff a and b are positive", f"{AGM}, with equality iff a and b are equal"),
    ("bound", f"{AGM}, with equality only where a is 2 b", f"{AGM}, with equality only where a equals b"),
    ("bound", "The geometric mean is unique", AGM),
    ("bound", "The geometric mean is at most the harmonic mean", AGM),
    ("bound", "The geometric mean is at most the least of a and b", AGM),
    ("bound", f"{AGM} in d dimensions", f"{AGM} for two numbers"),
    ("bound", f"{AGM} in every Hilbert space", f"{AGM} at every point"),
    ("bound", f"{AGM} for any inner product", f"{AGM} for any a and b"),
    ("bound", f"{AGM} for any number of terms", f"{AGM} of two numbers"),
    ("bound", f"{AGM} of n numbers", f"{AGM} of two numbers"),
    ("mean", "The mean square of a eps + x for any noise of unit variance", "The mean square of a eps + x for any x"),
    ("mean", "The mean square of a eps + x for any prior", "The mean square of a eps + x at every x"),
    ("mean", "The mean square of dependent noises", "The mean square of independent noises"),
    ("square", "The square for any two laws", "The square for any two numbers"),
    ("square", "The square of all divisors of a", "The square of all numbers"),
    ("square", "The square has degree 3", "The square is quadratic in a"),
    ("square", "The square, a quartic in a", "The square, a quadratic function of a"),
    ("square", "The square, a polynomial of third degree", "The square, of degree 2 in a"),
    ("square", "The square is under a^2", "The square is (a + b)^2"),
    ("square", "The square is between a^2 and b^2", "The square of a number between a^2 and b^2"),
    ("square", "The square is given a^2", "The square of b given a^2"),
    ("square", "The square stays short of a^2", "The square stays (a + b)^2"),
    ("square", "The square is constant along b", "The square is constant along c"),
    ("square", "The square is the same at all b", "The square is the same at all c"),
    ("square", "The square is free from b", "The square is free from c"),
    ("square", "The square is b-free", "The square is c-free"),
    ("square", "The square is insensitive to a", "The square is insensitive to c"),
    ("square", "The square is blind to a", "The square is blind to c"),
    ("square", "The square lacks b", "The square lacks c"),
    ("square", "The square is flat in b", "The square is flat in c"),
)  # fmt: skip


@pytest.mark.parametrize(("of", "forged", "twin"), FORGED, ids=[f"{f[0]}: {f[1]}" for f in FORGED])
def test_a_title_that_reaches_further_goes_red_and_one_that_does_not_stays_green(
    of: str, forged: str, twin: str
) -> None:
    assert list(titles.faults(replace(CLAIMS[of](), title=forged)))
    assert list(titles.faults(replace(CLAIMS[of](), title=twin))) == []


def test_for_any_symbol_is_of_one_whose_sign_is_kept_for_convenience() -> None:
    kept = stated(lambda q: AtMost(2 * a * b, q, {a: b}), a**2 + b**2, "inequality", title="A bound for any a")
    assert not any("for any a" in fault for fault in titles.faults(kept))
    assert any("for any a" in fault for fault in titles.faults(replace(kept, convenience={})))


def test_what_is_least_where_an_inequality_has_a_side_that_stays_is_green() -> None:
    least = stated(
        lambda q: AtMost(b, q, {a: b}), b + (a - b) ** 2, "inequality", title="b + (a - b)^2 is least at a = b"
    )
    assert list(titles.faults(least)) == []
    strict = stated(lambda q: Below(b, q), b + a, "inequality", title="b + a is least")
    assert list(titles.faults(strict))


GENERAL = (
    ("any densities of any law, in all dimensions and for negative numbers", "any positive a and b"),
    ("all dimensions", "two coordinates; more add further terms"),
    ("any operators", "symbolic parameters"),
    ("any prior", "any a and b"),
)


@pytest.mark.parametrize(("forged", "twin"), GENERAL)
def test_what_is_said_of_generality_reaches_no_further(forged: str, twin: str) -> None:
    assert list(titles.faults(replace(CLAIMS["square"](), means=forged)))
    assert list(titles.faults(replace(CLAIMS["square"](), means=twin))) == []
