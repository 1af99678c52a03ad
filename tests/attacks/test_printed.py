"""False sentences of refuted claims may be about a mean or a divergence, which are opened; their laws must be laws."""

from typing import Any

import pytest
from sympy import Expr, Integer, Rational, S, Symbol, log, pi

from derivations.form.claim import Claim
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Below, Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.printing import text
from derivations.notation.quantities import Quantity
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, law, n, w, x
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


def test_a_true_sentence_about_a_divergence_is_not_refuted() -> None:
    red_for(refuted(KL, TRUE, AT, "KL(N(x, a) || N(0, b)) has a logarithm"), "expected the printed statement to fail")


def average(weight: Expr) -> Expr:
    return Average(w, Outcomes(w, (x, weight), (-x, b)), a)


def test_a_false_sentence_about_a_mean_is_refuted_if_its_weights_are_a_law() -> None:
    green(refuted(average(a), x, AT, "the mean is x"))
    red_for(refuted(average(b - a), x, AT, "the mean is x"), "expected weights of at least 0")


# -- where it is refuted, and what its names mean -------------------------------------------------------------

NEAR = (Below(b, a), Below(a, Integer(5)))


def outside(at: Any, *given: Below) -> Claim:
    """Return the sentence 0 < (b - 10)^2, refuted at a point; with b < a < 5 it is true wherever these hold."""
    kept = {g.text: "kept" for g in given} | {f"0 < {s}": "kept" for s in (a, b, c)}
    example = {a: S(2), b: S.One, c: S.One}
    return claim(
        kind="refuted", printed=Below(S.Zero, (b - 10) ** 2), printed_at=at, refutes="b is not 10",
        given=given, convenience=kept, example=example,
    )  # fmt: skip


def test_a_sentence_is_refuted_only_where_all_assumptions_about_it_are_known_to_hold() -> None:
    red_for(outside({b: Integer(10)}, *NEAR), "the point of the printed statement lacks a")
    red_for(outside({b: Integer(10), a: Integer(11)}, *NEAR), "the point of the printed statement violates a < 5")
    green(outside({b: Integer(10)}))


def test_an_experiment_is_made_only_where_all_assumptions_about_it_are_known_to_hold() -> None:
    given = {"given": (Below(a, b), Below(b, Integer(5))), "example": {a: S.One, b: S(2)}}
    kept = {"convenience": dict.fromkeys(("0 < a", "0 < b"), "kept")}
    check = Residual(x, lambda q: law(0, q))
    run = Experiment(process=((x, 3 * a * n),), checks=(check,), normals=(n,), at={a: 10})
    red_for(
        claim((3 * a) ** 2 + b - b, 9 * a**2, experiment=run, **given, **kept), "the point of the experiment lacks b"
    )


M = Quantity("M", (), a + b)
TWICE = {
    "a divergence": (Divergence(LawName(x, a, "q"), LawName(S.Zero, b, "p"), n), {x: S.One}),
    "a quantity": (M, {}),
}


@pytest.mark.parametrize("what", TWICE)
def test_a_name_has_one_meaning_in_the_false_sentence(what: str) -> None:
    e, more = TWICE[what]
    other = Divergence(LawName(x, b, "q"), LawName(S.Zero, b, "p"), n) if more else Quantity("M", (), a + 2 * b)
    assert text(e) == text(other)
    red_for(refuted(e, other, AT, f"{text(e)} is M"), "expected one meaning of a name")
    green(refuted(e, other.opened(), AT, f"{text(e)} is something of a and b"))


@pytest.mark.parametrize("name", ["pi", "E", "oo"])
def test_a_symbol_of_a_false_sentence_named_like_a_number_is_refused(name: str) -> None:
    v = Symbol(name, positive=True)
    like = claim(LEFT * v, RIGHT * v, example={a: S(2), b: S.One, c: S.One, v: S.One}, kind="refuted",
                 printed=Equal(v, pi), printed_at={v: S.One}, refutes="pi is e")  # fmt: skip
    red_for(like, "expected a symbol whose name reads as one")


@pytest.mark.parametrize(
    ("says", "why"),
    [("a is a", "true of anything"), ("a + b = a + b.", "true of anything"), ("a is not b", "expected no equality")],
)
def test_a_sentence_that_is_true_cannot_be_called_false(says: str, why: str) -> None:
    red_for(refuted(a + S.Zero, b + S.Zero, AT, says), why)
    green(refuted(a + S.Zero, b + S.Zero, AT, "a is b"))
