"""A wrong answer is different where it has a value, or is said to be undefined: having none is no mistake by itself."""

import pytest
from sympy import Expr, I, expand, log, sqrt

from derivations.form.claim import Claim, Wrong
from tests.support.forged import a, b, claim
from tests.support.judged import green, red

SQUARE = expand((a + b) ** 2)
ROOTS = a**2 + b**2 + 2 * sqrt(a - b) * sqrt(a**2 * b**2 / (a - b))  # the square where a > b, no value elsewhere
LOGS = SQUARE + log(a - b) - log((a - b) ** 2) / 2  # the same


def with_wrong(answer: Expr, breaks: str) -> Claim:
    return claim((a + b) ** 2, SQUARE, wrong={"one": Wrong(answer, breaks), "other": Wrong(b, "all")})


@pytest.mark.parametrize("answer", [ROOTS, LOGS, SQUARE + I * a], ids=["roots", "logarithms", "nowhere"])
def test_a_wrong_answer_that_is_right_where_it_has_a_value_is_none(answer: Expr) -> None:
    red(with_wrong(answer, "all"), "not seen to be different: one: expected a point where it has a value .* undefined")


@pytest.mark.parametrize("breaks", ["it is undefined where a < b", "it has no value for a < b", "not real for a < b"])
def test_it_may_be_said_to_be_undefined(breaks: str) -> None:
    green(with_wrong(ROOTS, breaks))


@pytest.mark.parametrize("answer", [ROOTS + a, SQUARE + log(a - b) - log((a - b) ** 2)])
def test_a_wrong_answer_that_has_another_value_somewhere_is_one(answer: Expr) -> None:
    green(with_wrong(answer, "all"))
