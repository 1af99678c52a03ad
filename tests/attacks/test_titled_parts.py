"""A title's factors divide what is stated, its terms are added there, its numbers in words are those of a side."""

import pytest
from sympy import Integer

from derivations.judge.titles import promises as titles
from tests.support.forged import a, b, claim, equation, replace
from tests.support.judged import green, red_for
from tests.support.titled import CLAIMS, Q

SUM = f"The square is {Q}"
# the claim, a title that goes red, why, and one that stays green
FORGED = (
    ("square", "Its factor is a^2", "a factor", "Its factor is a + b"),
    ("square", "Its factor is b", "a factor", "Its factor is (a + b)^2"),
    ("square", "The square has the factor b", "a factor", "The square has the factor a + b"),
    ("square", "The square has the factor a^2", "a factor", "The square has the factor (a + b)^2"),
    ("square", "The square has a for a factor", "a factor", "The square has a + b for a factor"),
    ("square", "The square is a^2 times a constant", "a factor", "The square is a + b times the sum"),
    ("square", "The square is a b times the cross term", "a factor", "The square is a + b times itself"),
    ("square", "The square is 2 times the cross term", "a factor", "The square is (a + b)^2 times one"),
    ("square", "The cross term is a b", "a term", "The cross term is 2 a b"),
    ("square", "The square has the term a b", "a term", "The square has the term 2 a b"),
    ("square", "The square, and its last term is b", "a term", "The square, and its last term is b^2"),
    ("square", "The square has two terms", "so many terms", "The square has three terms"),
    ("square", "The square has infinitely many terms", "so many terms", "The square has 3 terms"),
    ("square", "The square is a-squared plus b-squared", "a side", "The square is a-squared plus 2 a b plus b-squared"),
    ("square", "The square is five", "a side", "The square of five numbers"),
    ("square", "The square is a thousand", "a side", "The square of a thousand numbers"),
    ("square", "The square of a sum is nil", "a side", SUM),
    ("square", "The square of a sum is nought", "a side", SUM),
    ("square", "The square comes out as seven", "a side", "The square comes out as (a + b)^2"),
    ("square", "The square is one", "a side", "The square is one of many"),
    ("square", "The square is constant", "a number", "The square is constant in c"),
    ("square", "Where a is 2 the square is constant", "a number", "The square, where a is constant"),
    ("square", "The square is anti-symmetric in a and b", "no form", "The square is symmetric in a and b"),
    ("square", "The square has three real roots", "no form", "The square has three terms"),
    ("square", "The square is a metric", "no form", "The square is a square"),
    ("bound", "(a + b)/2 is the best bound of sqrt(a b)", "one side of which", "(a + b)/2 is a bound of sqrt(a b)"),
    ("bound", "(a + b)/2 is the tightest bound of sqrt(a b)", "one side of which", "(a + b)/2 is at least sqrt(a b)"),
)  # fmt: skip


@pytest.mark.parametrize(("of", "forged", "why", "twin"), FORGED, ids=[f"{f[0]}: {f[1]}" for f in FORGED])
def test_what_is_no_part_of_what_is_stated_goes_red_and_what_is_one_stays_green(
    of: str, forged: str, why: str, twin: str
) -> None:
    assert any(why in fault for fault in titles.faults(replace(CLAIMS[of](), title=forged)))
    assert list(titles.faults(replace(CLAIMS[of](), title=twin))) == []


def test_a_number_in_words_may_be_a_side() -> None:
    shares = equation(a / (a + b) + b / (a + b), Integer(1))
    assert list(titles.faults(replace(shares, title="The sum of both shares is one"))) == []
    assert any("a side" in fault for fault in titles.faults(replace(shares, title="The sum of both shares is two")))


def test_the_twins_are_green_by_all_judges() -> None:
    green(claim(title="The quotient has the factor a + b"))
    red_for(claim(title="The quotient has the factor b"), "a factor of a side")
