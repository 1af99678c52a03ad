"""An answer that is a number, a symbol or a power of one has few mutants, all of which must be rejected."""

from typing import Any

import pytest
from sympy import Abs, Expr, S, erf, exp, expand, log, sin, tanh

from derivations.engines.enclose import enclose
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal
from derivations.judge.certificate import LAST_POINTS, MUTANT_POINTS
from derivations.judge.complaints import LEAST_MUTANTS, LEAST_OF_SIMPLE, unpinned
from derivations.judge.mutate import mutants, simple
from derivations.judge.record import Certificate
from tests.support.forged import LEFT, a, b, c, claim, replace, x
from tests.support.judged import green, red_for

WRONG = {"more": Wrong(a, ""), "less": Wrong(-c, "")}
SIMPLE: dict[str, tuple[Expr, Expr]] = {
    "one": ((a + b) ** 2 / expand((a + b) ** 2), S.One), "nothing": (x * (a + b) - x * a - x * b, S.Zero),
    "a symbol": ((b**2 * a + b**2) / (a * b + b), b), "a square": ((b**3 * a + b**3) / (a * b + b), b**2),
}  # fmt: skip


@pytest.mark.parametrize("what", SIMPLE)
def test_a_simple_answer_is_green(what: str) -> None:
    left, right = SIMPLE[what]
    example = {v: S(2) for v in left.free_symbols}
    green(claim(left, right, wrong=WRONG, example=example))
    assert simple(right) and len(mutants(claim(left, right))) >= 3


def test_a_simple_answer_that_is_not_pinned_is_red() -> None:
    """a b <= a b + c (a - b)^2 says nothing of the 1 in a - 1 b."""
    said = lambda q: AtMost(S.Zero, (a - b) ** 2 * q**2, {a: b})  # noqa: E731
    red_for(claim(LEFT, S.One, says=said, kind="inequality", wrong=WRONG), "passes too|no other answer|not rejected")


def made(**record: Any) -> Certificate:
    empty = {"killed": 0, "equivalent": [], "passes": [], "survived": [], "unseen": []}
    return Certificate("proved", mutants=empty | record)


@pytest.mark.parametrize(("least", "is_simple"), [(LEAST_OF_SIMPLE, True), (LEAST_MUTANTS, False)])
def test_too_few_mutants_are_reported(least: int, is_simple: bool) -> None:
    few = unpinned(made(generated=least - 1, simple=is_simple))
    assert any(f"expected at least {least} mutants" in complaint for complaint in few)
    assert [*unpinned(made(generated=least, simple=is_simple))] == []


@pytest.mark.parametrize("e", [a + b, a * b, 2 * a, a / b, LEFT])
def test_other_answers_are_not_simple(e: Expr) -> None:
    assert not simple(e)


SHORT = [exp(x), log(x**2), sin(x), tanh(x), Abs(x), 2**x, erf(x), -x, exp(exp(x))]


@pytest.mark.parametrize("e", SHORT, ids=str)
def test_a_short_answer_has_mutants_enough(e: Expr) -> None:
    said = claim(e, e, says=lambda q: Equal(e + b, q + b), wrong={})
    assert len(mutants(said)) == LEAST_MUTANTS and not simple(e)


def of_exponential(says: Any) -> Claim:
    wrong = {"more": Wrong(b, ""), "less": Wrong(-b, "")}
    return claim(
        exp(x + b), exp(x) * exp(b), says=says, answer=exp(x), wrong=wrong, example=dict.fromkeys((x, b), S(2))
    )


def test_an_exponential_is_green() -> None:
    green(of_exponential(lambda q: Equal(exp(x + b), q * exp(b))))
    at_0 = of_exponential(lambda q: Equal(exp(x + b), exp(x) * exp(b) * q.subs(x, 0)))
    red_for(at_0, "sign of x passes too")


def test_a_mutant_that_is_false_in_a_small_part_of_the_domain_does_not_survive() -> None:
    """(a - 1)^2 is less than log a only between 1 and 1.7; (a - 1)^2 + a - 1 is so nowhere."""
    least = by("its tangent", a - 1, convex=(a, S.One))
    tangent = claim(
        log(a), a - 1, kind="inequality", says=lambda q: AtMost(log(a), q, {a: S.One}, only=True),
        proof=((by("the logarithm", log(a)), least),),
        wrong={"nothing": Wrong(S.Zero, ""), "half": Wrong((a - 1) / 2, "")},
    )  # fmt: skip
    assert enclose(tangent, (a - 1) ** 2, MUTANT_POINTS, "mutants").verdict == "consistent"
    green(tangent)
    slack = replace(tangent, says=lambda q: AtMost(log(a), q, {a: S.One}))
    assert enclose(slack, (a - 1) ** 2 + a - 1, LAST_POINTS, "survivors").verdict == "consistent"
