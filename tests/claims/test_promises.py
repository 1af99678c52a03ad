"""Each word of a title, or of a refuted claim's false sentence, needs a statement that keeps what it promises."""

from dataclasses import replace
from typing import Any

import pytest
from sympy import Expr, Integer, S, expand, symbols

from derivations.catalogue import claims
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below, Equal
from derivations.judge.titles.promises import faults
from derivations.notation.printing import text
from derivations.notation.quantities import Quantity, Slope
from derivations.probability.expected import Expected
from derivations.symbols import t
from tests.support.forged import LEFT, RIGHT, a, b, c, claim
from tests.support.judged import green, red_for

SNR = Quantity("SNR", (t,), a**2 / (b * c))
VALUE = a**2 / (b * c)
OF_SLOPE, OF_SIGN = (Slope(SNR, a), 2 * a / (b * c)), (SNR, VALUE)
n = symbols("n", real=True)


def known(title: str) -> Claim:
    return claim(title=title)


def ordered(title: str, lesser: Any, greater: Any, more: Expr) -> Claim:
    """Return a claim of SNR(t) times a + b, beside a strict inequality."""
    left, right = SNR * (a + b), expand(VALUE * (a + b))
    says = lambda q: (Equal(left, q), Below(lesser[0], greater[0]))  # noqa: E731
    lines = (by("", VALUE * (a + b)), by("", right)), (by("", lesser[1]), by("", greater[1], more=more))
    kept, at = {f"0 < {v}": "kept" for v in (a, b, c)}, {a: 1, b: 2, c: 3}
    wrong = {"one more": Wrong(right + 1, ""), "twice": Wrong(2 * right, "")}
    return claim(
        left, right, title=title, says=says, answer=right, proof=lines, convenience=kept, example=at, wrong=wrong
    )


ZERO = (S.Zero, S.Zero)
UP, ABOVE = (ZERO, OF_SLOPE, OF_SLOPE[1]), (ZERO, OF_SIGN, VALUE)
KEPT = {
    "SNR(t) rises with a": UP, "SNR(t) grows with a": UP, "SNR(t) is positive": ABOVE, "SNR(t) is nonzero": ABOVE,
    "SNR(t) is never negative": ABOVE, "SNR(t) is above 0": ABOVE,
}  # fmt: skip
BROKEN = {
    "SNR(t) falls with a": UP, "SNR(t) declines with a": UP, "SNR(t) is negative": ABOVE, "SNR(t) is positive": UP,
    "0 is above SNR(t)": ABOVE, "SNR(t) is below 0": ABOVE,
}  # fmt: skip


@pytest.mark.parametrize("title", KEPT)
def test_an_inequality_keeps_the_words_of_its_direction(title: str) -> None:
    green(ordered(title, *KEPT[title]))


@pytest.mark.parametrize("title", BROKEN)
def test_an_inequality_does_not_keep_words_of_the_other_direction(title: str) -> None:
    red_for(ordered(title, *BROKEN[title]), "expected an inequality of that direction, of the answer itself")


PROMISING = (
    "The sum is bigger than b", "The left beats the right", "A tighter sum", "The sum is no more than b",
    "It lies between 0 and 1", "The sum is nondecreasing in b", "The sum holds almost surely",
    "It is so with probability 1", "A limit in distribution", "The sum, irrespective of b", "The sum, regardless of b",
)  # fmt: skip


@pytest.mark.parametrize("title", PROMISING)
def test_a_word_of_order_chance_or_freedom_is_a_promise_that_an_identity_does_not_keep(title: str) -> None:
    assert [*faults(known(title))]
    assert not [*faults(known("The sum over b, in order, by chance"))]


@pytest.mark.parametrize("less, kept", [(0, True), (-1, False)])
def test_a_number_added_to_the_answer_may_change_its_sign(less: int, kept: bool) -> None:
    says = lambda q: (Equal(LEFT, q), Below(S.Zero, q - less))  # noqa: E731
    found = [*faults(claim(LEFT, RIGHT, says=says, proof=(), title="The answer is positive"))]
    assert kept != any("of the answer itself" in fault for fault in found)


PROMISING = (
    "declines", "decays to 0", "approaches 1", "in the limit it is 1", "diverges", "is lower", "is higher", "is worse",
    "no sampler does better", "minimizes", "the minimizer", "the optimum", "dominates", "outperforms", "bounded by 1",
    "\u2264 1", "supremum", "asymptotically", "O(h^2)", "of second order", "invariant under a", "regardless of b",
    "symmetric", "symmetric in a and b", "nonzero", "in expectation", "on average", "bias-free", "a martingale",
    "one-to-one", "a necessary condition", "is equivalent to", "for all densities", "in any dimension",
)  # fmt: skip


@pytest.mark.parametrize("word", PROMISING)
def test_a_word_that_promises_more_than_an_equality_is_detected(word: str) -> None:
    assert [*faults(known(f"It {word}"))]


def test_an_answer_called_independent_of_the_schedule_has_no_schedule_in_it() -> None:
    free = "vdm.posterior.mean"
    assert any("without alpha_s" in f for f in faults(replace(claims()[free], title="Independent of the schedule")))


HARMLESS = (
    "The negative log-likelihood of a cell", "Weights by Min-SNR, with minimal change", "The schedule, clipped above",
    "The noise is independent of a", "From the data to the latent by one step", "The least squares fit",
    "Maximum-likelihood weights",
    "Invariant under d", "For any two times, the same", "Half the fall of the SNR",
)  # fmt: skip


@pytest.mark.parametrize("title", HARMLESS)
def test_a_term_of_the_field_promises_nothing(title: str) -> None:
    assert [*faults(known(title))] == []


def test_a_symmetric_answer_stays_the_same_under_exchange() -> None:
    assert [*faults(claim((a + b) ** 2, expand((a + b) ** 2), title="The square, symmetric in a and b"))] == []


# -- the formulas of false sentences ----------------------------------------------------------------

SENTENCES = {  # each stood in the catalogue as long as nothing read its formulas, but for the last two
    "vdm.posterior.needs_x": "q(z_s | z_t, x) = q(z_s | z_t), by the Markov property",
    "vdm.posterior.reverse_mixture": "q(z_s | z_t) is Gaussian for a step of any size",
    "vdm.elbo1.consistency": "E log p(x_t|x_{t+1})/q(x_t|x_{t-1}) = -E KL(q(x_t|x_{t-1}) || p(x_t|x_{t+1}))",
    "vdm.loss.discrete.refine.unconditional": "L_2T(x) < L_T(x) for every x",
    "ddim.sigma_hat": "a step with DDIM's sigma-hat keeps the marginal q(z_s | x), as DDIM's own steps do",
    "ddim.theorem1": "a term of DDIM's bound weights (eps - eps-hat)^2 by 1/(2 Sigma alpha-bar_t)",
    "vdm.score.pathwise": "grad log q(z_t) = eps/sigma_t, with the eps of the sample",
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_formulas_of_a_false_sentence_are_compared_with_what_is_printed(name: str) -> None:
    claim = claims()[name]
    assert [*faults(claim)] == []
    object.__setattr__(claim, "refutes", (own := claim.refutes) and SENTENCES[name])
    try:
        assert any("the false sentence" in fault for fault in faults(claim))
    finally:
        object.__setattr__(claim, "refutes", own)


def test_a_false_sentence_with_another_factor_is_not_what_is_printed() -> None:
    claim = claims()["ddim.theorem1"]
    twice = claim.refutes.replace("2 Sigma", "3 Sigma")
    assert twice != claim.refutes and any("1/(3 Sigma" in f for f in faults(replace(claim, refutes=twice)))


# -- means ------------------------------------------------------------------------------------------


def mean(title: str) -> Claim:
    left = Expected((a + b * n) ** 2, n)
    return claim(left, a**2 + b**2, kind="expectation", title=title, says=lambda q: Equal(left, q))


def test_a_mean_is_that_of_the_quantity_in_the_title() -> None:
    assert [*faults(mean(f"On average {text((a + b * n) ** 2)} is a^2 + b^2"))] == []
    of = f"expected a title that has what the mean is of, {text((a + b * n) ** 2)}, got "
    for title in ("The guess a of b is unbiased", "E a b is a martingale"):
        assert any(f"{of}{title!r}" in fault and "kind" not in fault for fault in faults(mean(title)))


def test_a_mean_needs_the_kind_of_one() -> None:
    title = f"On average {text((a + b * n) ** 2)} is a^2 + b^2"
    (fault,) = [f for f in faults(replace(mean(title), kind="equality")) if "on average" in f]
    assert fault.endswith("expected the kind expectation or induction, got 'equality'")


# -- the false sentence of a refuted claim ----------------------------------------------------------


def refuted(sentence: str, printed: Any) -> Claim:
    return claim(LEFT, RIGHT, kind="refuted", printed=printed, printed_at={a: Integer(2), b: S.One}, refutes=sentence)


FALSE = {
    "a is a + b": Equal(a, a + b), "a is above a + b": Below(a + b, a), "the variance is b": Equal(a**2, b),
}  # fmt: skip
NOT_ITS = {
    "KL(q || p) is never negative, and 0 only for q = p": (Equal(a, a + b), "the false sentence says"),
    "KL(q || p) is the entropy of q": (Equal(a, a + b), "expected a false sentence about what is printed"),
    "the scores agree": (Equal(a, a + b), "expected a false sentence about what is printed"),
    "b falls": (Equal(b, a + b), "the false sentence says 'falls'"),
    "a goes to 0": (Equal(a, a + b), "the false sentence says 'goes to'"),
    "a + b is below a": (Below(a, a + b), "the false sentence says"),
}


@pytest.mark.parametrize("sentence", FALSE)
def test_a_false_sentence_is_about_the_printed_formula(sentence: str) -> None:
    assert [*faults(refuted(sentence, FALSE[sentence]))] == []


@pytest.mark.parametrize("sentence", NOT_ITS)
def test_a_sentence_about_something_else_is_refused(sentence: str) -> None:
    printed, expected = NOT_ITS[sentence]
    assert any(expected in fault for fault in faults(refuted(sentence, printed)))
