"""The false sentence of a refuted claim may be about a mean or a divergence; it is opened, and its laws are laws."""

from typing import Any

from sympy import Expr, Rational, S, log

from derivations.form.claim import Claim
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.outcomes import Average, Outcomes
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, n, w, x
from tests.support.judged import green, red_for

KL = Divergence(LawName(x, a), LawName(S.Zero, b), n)
FALSE, TRUE = (x**2 + a) / (2 * b), (x**2 + a) / (2 * b) - Rational(1, 2) - log(a / b) / 2
AT = {a: S(2), b: S.One, x: S.One}


def refuted(left: Expr, right: Expr, at: Any, says: str) -> Claim:
    return claim(
        LEFT, RIGHT, example={a: S(2), b: S.One, c: S.One, x: S.One}, kind="refuted",
        printed=Equal(left, right), printed_at=at, refutes=says,
    )  # fmt: skip


def test_a_false_sentence_about_a_divergence_is_refuted() -> None:
    green(refuted(KL, FALSE, AT, "KL(N(x, a) || N(0, b)) = (x^2 + a)/(2 b)"))


def test_a_true_one_is_not() -> None:
    red_for(refuted(KL, TRUE, AT, "KL(N(x, a) || N(0, b)) has a logarithm"), "expected the printed statement to fail")


def average(weight: Expr) -> Expr:
    return Average(w, Outcomes(w, (x, weight), (-x, b)), a)


def test_a_false_sentence_about_a_mean_is_refuted_where_its_weights_are_weights() -> None:
    green(refuted(average(a), x, AT, "the mean is x"))
    red_for(refuted(average(b - a), x, AT, "the mean is x"), "expected weights of at least 0")
