"""A statement whose answer cancels pins any answer and shows none; each has a twin that shows its answer."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sympy import Abs, Expr, Max, S, Symbol, diff, exp, expand, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.law import Law
from derivations.form.laws import Weighed
from derivations.form.statement import Equal
from derivations.probability.gaussian import Normal
from tests.support import forged
from tests.support.forged import LEFT, RIGHT, a, b, claim
from tests.support.judged import green, red_for

W = 7 * a**3 + b
SQUARE, SUM = (a + b) ** 2, expand((a + b) ** 2)


def stated(says: Callable[[Any], Any], answer: Any = W, **changes: Any) -> Claim:
    made = says(answer)
    statements = (made,) if isinstance(made, Equal) else made
    kept = {"0 < a": "kept", "0 < b": "kept"} | ({"0 < c": "kept"} if len(statements) > 1 else {})
    usual = {
        "answer": answer, "proof": tuple((by("one side", s.lhs), by("the other", s.rhs)) for s in statements),
        "wrong": {"one more": Wrong(W + 1, "all"), "thrice": Wrong(3 * W + 2, "all")},
        "example": {a: S.One, b: S.One}, "convenience": kept,
    }  # fmt: skip
    return claim(SQUARE, SUM, **usual | {"says": says} | changes)


VANISH = {
    "subtracted": lambda q: Equal(SQUARE, SUM + q - W),
    "on both sides": lambda q: Equal(SQUARE + q - W, SUM + q - W),
    "in part": lambda q: Equal(SQUARE + b, SUM + q - 7 * a**3),
    "divided by": lambda q: Equal(SQUARE, SUM * q / W),
    "in an exponent": lambda q: Equal(SQUARE, SUM * exp(q) * exp(-W)),
    "in a logarithm": lambda q: Equal(SQUARE, SUM + log(q) - log(W)),
    "by its slope": lambda q: Equal(SQUARE + W, SUM + q + diff(q, a) - 21 * a**2),
    "under a modulus": lambda q: Equal(SQUARE, SUM + Abs(q - W)),
    "by the larger": lambda q: Equal(SQUARE, SUM + Max(q, W - 1) - W),
    "when it is right": lambda q: Equal(SQUARE, SUM) if q == W else Equal(SQUARE, SUM + q - a**2 * 7 * a - b),
    "when it is right, in other words": (
        lambda q: Equal(SQUARE, SUM) if q == W else Equal(SQUARE, SUM + q - b * (1 + 7 * a**3 / b))
    ),
}
SHOWN = {
    "one side": lambda q: Equal(SUM + W - SQUARE, q),
    "a difference": lambda q: Equal(a * SQUARE - q, a * SUM - W),
    "a product": lambda q: Equal((W + a) * SQUARE, (q + a) * SUM),
    "an exponent": lambda q: Equal(exp(W) * SQUARE, exp(q) * SUM),
}


@pytest.mark.parametrize("how", VANISH)
def test_an_answer_that_cancels_in_its_statement_is_not_pinned(how: str) -> None:
    red_for(stated(VANISH[how]), "looks at its answer|stands nowhere in what is shown|does not pin its answer")


@pytest.mark.parametrize("how", SHOWN)
def test_an_answer_that_is_shown_in_its_statement_is_pinned(how: str) -> None:
    green(stated(SHOWN[how]))


class Two(NamedTuple):
    seen: Expr
    unseen: Expr


def pair(says: Callable[[Any], Any]) -> Claim:
    wrong = {"one more": Wrong(Two(RIGHT + 1, W), "the first"), "twice": Wrong(Two(RIGHT, 2 * W), "the second")}
    return stated(says, Two(RIGHT, W), wrong=wrong, example={a: S(2), b: S.One, _c(): S.One})


def _c() -> Any:
    return next(v for v in LEFT.free_symbols if v not in (a, b))


def test_a_field_that_vanishes_beside_one_that_is_shown_is_not_pinned() -> None:
    red_for(pair(lambda q: (Equal(LEFT, q.seen), Equal(SQUARE, SUM + q.unseen - W))), "looks at its unseen")


def test_two_fields_that_are_shown_are_pinned() -> None:
    green(pair(lambda q: (Equal(LEFT, q.seen), Equal(SQUARE - SUM + W, q.unseen))))


x = Symbol("x", real=True)


def rooted(power: int) -> Claim:
    """Return (q - x/2)^2 = (a + b - x/2)^2, which x - a - b satisfies too, or the same with cubes."""
    says = lambda q: Equal((q - x / 2) ** power + a, expand((a + b - x / 2) ** power) + a)  # noqa: E731
    return stated(says, a + b, example={a: S.One, b: S.One, x: S.One})


def test_another_answer_may_be_a_function_of_all_that_a_statement_is_about() -> None:
    red_for(rooted(2), "passes too")


def test_an_only_solution_is_pinned() -> None:
    green(rooted(3))


def test_a_root_that_depends_on_the_variable_of_a_law_is_no_answer() -> None:
    """The law's density bends in its mean, and another mean would fit at each z, but none at all of them."""
    z, v = Symbol("z", real=True), Symbol("v", real=True)
    tilted = Weighed(Normal(S.Zero, S.One), v * z, v**2 / 2, names=("p", "q"))
    green(forged.stated(lambda q: Law(z, tilted, Normal(q, S.One)), v, "law"))
