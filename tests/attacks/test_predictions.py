"""Experiments that test nothing of the answer: it is typed into a prediction, or the process has no noise."""

from typing import Any

import pytest
from sympy import Integer, Rational, exp, expand

from derivations.form.claim import Claim, Wrong
from derivations.form.experiment import Experiment, Mean, Residual
from derivations.judge.digest import content
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, claim, n, v, x
from tests.support.judged import green, red_for

SQUARE = expand((a + b) ** 2)
WRONG = {"no cross term": Wrong(a**2 + b**2, "all"), "twice": Wrong(2 * SQUARE, "all")}


def run(*checks: Any, process: Any = ((x, n * (a + b)),)) -> Claim:
    ran = Experiment(process=process, checks=checks, normals=(n,), uniforms=(v,), at={a: 2, b: 1})
    return claim((a + b) ** 2, SQUARE, experiment=ran, wrong=WRONG)


def spread(var: Any) -> Residual:
    return Residual(x, lambda q: Normal(Integer(0), var(q)))


HONEST = spread(lambda q: q)
TYPED = {
    "alone beside an honest check": lambda q: SQUARE,
    "in other words, and fewer": lambda q: (a + b) ** 2,
    "as half of it": lambda q: (q + SQUARE) / 2,
    "where the process is asked for parts of it": lambda q: sum(q.args[:0], SQUARE),
}


@pytest.mark.parametrize("how", TYPED)
def test_an_answer_typed_into_a_prediction_is_refused(how: str) -> None:
    red_for(run(HONEST, spread(TYPED[how])), "to predict from the answer it is given, got a copy of answer")


def test_a_check_of_the_process_alone_may_stand_beside_one_of_the_answer() -> None:
    green(run(HONEST, Residual(n, lambda q: Normal(Integer(0), Integer(1)))))
    green(run(HONEST, Mean(x * n, lambda q: q / (a + b))))


def test_predictions_that_agree_for_the_answer_alone_have_different_digests() -> None:
    one, other, twin = (run(HONEST, spread(var)) for var in (lambda q: q, lambda q: SQUARE, lambda q: 1 * q))
    assert content(one) != content(other)
    assert content(one) == content(twin)


SMALL = n / 10**6
STILL: dict[str, tuple[Claim, Claim]] = {
    "a mean": (run(Mean((a + b) ** 2 + SMALL, lambda q: q)), run(Mean((a + b) ** 2 + n, lambda q: q))),
    "a mean of a variable": (
        run(Mean(x**2, lambda q: q), process=((x, a + b + SMALL),)),
        run(Mean(x**2 - 1, lambda q: q), process=((x, a + b + n),)),
    ),
    "a mean that moves with what is not asked": (
        run(Mean((a + b) ** 2 * exp(v) + SMALL, lambda q: q * exp(v))),
        run(Mean((a + b) ** 2 * exp(v) + n, lambda q: q * exp(v))),
    ),
    "the mean of a law of stated variance": (
        run(Residual(x, lambda q: Normal(q, Rational(1, 10**12))), process=((x, (a + b) ** 2 + SMALL),)),
        run(Residual(x, lambda q: Normal(q, Integer(1))), process=((x, (a + b) ** 2 + n),)),
    ),
    "a slope of what is given": (
        run(
            Residual(x, lambda q: Normal(q * v, Rational(1, 10**12)), given=(v,)),
            process=((x, (a + b) ** 2 * v + SMALL),),
        ),
        run(Residual(x, lambda q: Normal(q * v, Integer(1)), given=(v,)), process=((x, (a + b) ** 2 * v + n),)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STILL)
def test_a_process_without_noise_to_speak_of_is_refused(what: str) -> None:
    cheat, harmless = STILL[what]
    red_for(cheat, "expected noise that hides a change of answer from one draw")
    green(harmless)


def test_small_noise_whose_size_is_the_answer_is_run() -> None:
    green(run(Residual(x, lambda q: Normal(Integer(10**3), q)), process=((x, 10**3 + n * (a + b)),)))
