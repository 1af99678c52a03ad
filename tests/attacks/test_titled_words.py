"""A title's limits, bounds, moments and denials are those that the claim states: forged words go red."""

import re

import pytest

from derivations.judge.titles import comparison
from derivations.judge.titles import promises as titles
from tests.support.forged import replace
from tests.support.titled import CLAIMS, Q

# the claim, a title that goes red, why, and one that stays green
FORGED = (
    ("law", "x + a eps has the law N(x, a)", "a law that is stated", "x + a eps has the law N(x, a^2)"),
    ("law", "The law of x + a eps is N(x, x)", "a law that is stated", "The law of x + a eps is N(x, a^2)"),
    ("law", "z is N(x, a)", "a law that is stated", "z is N(x, a^2)"),
    ("law", "x + a eps has the variance a", "that moment", "x + a eps has the variance a^2"),
    ("law", "x + a eps has the deviation a^2", "that moment", "x + a eps has the deviation a"),
    ("law", "The variance of x + a eps is one", "that moment", "The variance of x + a eps is a^2"),
    ("law", "The mean of x + a eps is a", "that moment", "The mean of x + a eps is x"),
    ("law", "x + a eps is uniform", "a law that", "x + a eps is normal"),
    ("law", "x + a eps is not normal", "denied", "x + a eps is normal"),
    ("law", "The law of x + a eps sits around zero", "a law that", "The law of x + a eps"),
    ("mean", "The variance of a eps + x is a^2 + x^2", "a mean that", "The mean of (a eps + x)^2 is a^2 + x^2"),
    ("mean", "The mean of a eps + x is a^2 + x^2", "a mean that", "The mean square of a eps + x is a^2 + x^2"),
    ("mean", "The mean square of a eps + x for any law of eps", "a law that", "The mean square of a eps + x"),
    ("limit", "(exp(a h) - 1)/h tends to 0 as h goes to 0", "the limit", "(exp(a h) - 1)/h tends to a as h goes to 0"),
    ("limit", "(exp(a h) - 1)/h tends to 7", "the limit", "(exp(a h) - 1)/h tends to a"),
    ("limit", "(exp(a h) - 1)/h converges to h", "the limit", "(exp(a h) - 1)/h converges to a"),
    ("limit", "(exp(a h) - 1)/h tends to one", "the limit", "(exp(a h) - 1)/h goes to a"),
    ("limit", "(exp(a h) - 1)/h tends to a as h goes to infinity", "go to 0", "It tends to a as h tends to zero"),
    ("limit", "(exp(a h) - 1)/h tends to a as a goes to 0", "go to 0", "It tends to a when h goes to 0"),
    ("limit", "(exp(a h) - 1)/h tends to a when h becomes infinite", "go to 0", "It tends to a when h becomes small"),
    ("limit", "For large h, (exp(a h) - 1)/h tends to a", "go to 0", "For small h, (exp(a h) - 1)/h tends to a"),
    ("limit", "(exp(a h) - 1)/h tends to a downwards", "how it is come by", "(exp(a h) - 1)/h tends to a"),
    ("limit", "(exp(a h) - 1)/h attains a at some h", "how it is come by", "(exp(a h) - 1)/h approaches a"),
    ("bound", "sqrt(a b) is at most b", "a bound", "sqrt(a b) is at most (a + b)/2"),
    ("bound", "sqrt(a b) is at most 1", "a bound", "A geometric mean is at most (a + b)/2"),
    ("bound", "sqrt(a b) is bounded by b", "a bound", "sqrt(a b) is at most (a + b)/2"),
    ("bound", "(a + b)/2 is at least a", "a bound", "(a + b)/2 is at least sqrt(a b)"),
    ("bound", "(a + b)/2 is at least b", "a bound", "(a + b)/2 is at least sqrt(a b)"),
    ("bound", "The geometric mean is at most one", "a bound", "The geometric mean is at most the arithmetic mean"),
    ("bound", "The gap from sqrt(a b) to (a + b)/2 is at least one", "a bound", "The gap of (a + b)/2 and sqrt(a b)"),
    ("bound", "sqrt(a b) is less than (a + b)/2", "a strict", "sqrt(a b) is less than (a + b)/2 unless a = b"),
    ("bound", "sqrt(a b) is at most (a + b)/2, attained for every a and b", "equality case", "sqrt(a b) and (a + b)/2"),
    ("bound", "It is at most (a + b)/2, with equality for no a and b", "denied", "It is at most (a + b)/2"),
    ("bound", "The geometric mean never reaches the arithmetic mean", "denied", "The geometric mean"),
    ("bound", "The geometric mean is at most half the arithmetic mean", "a formula", "The geometric mean"),
    ("bound", "sqrt(a b) is not at most (a + b)/2", "denied", "sqrt(a b) is at most (a + b)/2"),
    ("bound", "sqrt(a b) is at most (a + b)/2 squared", "formula|side", "sqrt(a b) is at most (a + b)/2"),
    ("strict", "a + b exceeds 7", "a bound", "a + b exceeds a"),
    ("strict", "a is larger than b", "a bound", "a + b is larger than a"),
    ("strict", "a + b is greater than 1", "a bound", "a + b is greater than a"),
    *(
        ("square", title, why, f"(a + b)^2 is {Q}")
        for title, why in (
            (f"(a + b)^2 is not {Q}", "denied"),
            (f"It is false that (a + b)^2 is {Q}", "denied"),
            (f"(a + b)^2 fails to be {Q}", "denied"),
            (f"(a + b)^2 isn't {Q}", "denied"),
            (f"(a + b)^2 = {Q} is wrong", "denied"),
            (f"No (a + b)^2 is {Q}", "denied"),
            (f"(a + b)^2 tripled is {Q}", "as a formula"),
            (f"The reciprocal of (a + b)^2 is {Q}", "as a formula"),
            (f"The slope of (a + b)^2 is {Q}", "as a formula"),
            (f"(a + b)^2 is {Q} mod 2", "as a formula"),
            (f"(a + b)^2 is {Q} raised to the third power", "as a formula"),
            (f"(a + b)^2 is the root of {Q}", "side of|as a formula"),
            (f"(a + b)^2 is {Q}, a perfect cube", "as a formula"),
            (f"(a + b)^2 is {Q} off by one", "as a formula"),
            (f"(a + b)^2 is {Q} less the cross term", "as a formula"),
            (f"(a + b)^2 is {Q} for matrices a", "real numbers"),
        )
    ),
)  # fmt: skip


@pytest.mark.parametrize(("of", "forged", "why", "twin"), FORGED, ids=[f"{f[0]}: {f[1]}" for f in FORGED])
def test_words_that_are_not_of_the_claim_go_red_and_its_own_stay_green(
    of: str, forged: str, why: str, twin: str
) -> None:
    red = list(comparison.faults(CLAIMS[of](), "the title", forged))
    assert any(re.search(why, fault) for fault in red), red
    assert list(comparison.faults(CLAIMS[of](), "the title", twin)) == []


GENERAL = (  # what is said of generality: forged, and what stays green
    ("it holds for matrices, quaternions, and with any power in place of the square", "any positive a and b"),
    ("any positive a; a conjecture follows", "any positive a and b"),
    ("all complex a and b", "symbolic a and b"),
    ("the square tripled, (a + b)^2 tripled", "the square (a + b)^2"),
)


@pytest.mark.parametrize(("forged", "twin"), GENERAL)
def test_what_is_said_of_generality_goes_by_the_rules_of_a_title(forged: str, twin: str) -> None:
    square = CLAIMS["square"]()
    assert list(titles.faults(replace(square, means=forged)))
    assert list(titles.faults(replace(square, means=twin))) == []


@pytest.mark.parametrize(
    ("forged", "twin"),
    [
        ("mine.riemann.hypothesis.is.true", "mine.riemann"),
        ("mine.square_is_zero_for_all_a", "mine.square_of_a"),
        ("mine.itHoldsAlways", "mine.isotropic"),
    ],
)
def test_a_name_of_a_claim_asserts_nothing(forged: str, twin: str) -> None:
    square = CLAIMS["square"]()
    assert "states nothing" in "".join(titles.asserting(replace(square, name=forged)))
    assert list(titles.asserting(replace(square, name=twin))) == []


SUM = "the sum a + b"
BEFORE = (  # a condition before its main clause: forged, and what stays green
    ("limit", "As h goes to 0 the quotient (exp(a h) - 1)/h tends to 7", "As h goes to 0 the quotient tends to a"),
    ("limit", "When h goes to 0 the quotient tends to 7", "When h goes to 0, the quotient tends to a"),
    ("limit", "As h tends to 0 the quotient converges to h", "As h tends to 0 the quotient converges to a"),
    ("limit", "As h goes to zero the slope goes to zero", "As h goes to zero the slope goes to a"),
    ("strict", f"When b rises {SUM} falls", f"That a is strictly below {SUM}, also when b rises"),
    ("strict", "If a rises a + b falls", "a + b is above a, also if a rises"),
    ("strict", f"Seen as a sum {SUM} falls with b", f"{SUM} is above a, also as b falls"),
    ("law", "As a sum x + a eps is uncorrelated with eps", "As a sum, the law of x + a eps"),
    ("law", "As usual z is uncorrelated with eps", "As usual the law of x + a eps"),
    ("square", "As expected the square is normal", "As expected the square (a + b)^2"),
    ("square", "Where a and b are positive the square is zero", "The square where a is zero"),
    ("square", "Where a is 2 the square is 7", "The square, where a is 2 and b is 7"),
)


@pytest.mark.parametrize(("of", "forged", "twin"), BEFORE)
def test_a_condition_ends_where_its_main_clause_begins(of: str, forged: str, twin: str) -> None:
    assert list(titles.faults(replace(CLAIMS[of](), title=forged)))
    assert list(titles.faults(replace(CLAIMS[of](), title=twin))) == []
