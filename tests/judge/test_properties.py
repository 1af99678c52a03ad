"""Properties that a title gives to its claim are looked at: each cheat goes red, and its harmless twin stays green."""

import pytest
from sympy import Expr, Integer, S, Symbol, exp, expand, sqrt

from derivations.catalogue import claims
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.law import Law, Made
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge.titles import words
from derivations.judge.titles.promises import faults
from derivations.judge.titles.shapes import shapes
from derivations.judge.well_formed import faults as well_formed
from derivations.notation.process import Process
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, c, claim, h, n, replace, stated, w, x
from tests.support.judged import green, red_for

y = Symbol("y", real=True)
SQUARE = expand((a + b) ** 2)


def titled(title: str, right: Expr = SQUARE, *given: Below) -> Claim:
    """Return an equality with this answer and this title."""
    return claim(c * right / c + 0 * a, right, title=title, given=given, says=lambda q: Equal(c * right, c * q))


def limit(title: str, e: Expr, value: Expr) -> Claim:
    return stated(lambda q: Tends(e, h, q), value, "limit", title=title)


def normal(title: str, law: bool = True) -> Claim:
    made = lambda q: Law(x, Made((a + b) * n, (n,)), Normal(S.Zero, q))  # noqa: E731
    return stated(made if law else lambda q: Equal((a + b) ** 2, q), SQUARE, "law" if law else "equality", title=title)


def together(title: str, covariance: Expr) -> Claim:
    """Return a claim that states Cov(x, c x) beside its answer, an equality."""
    process = Process((x, a * n), (y, b * w), noise=(n, w))
    says = lambda q: (Equal(c * SQUARE, c * q), Equal(process.Cov(x, y), covariance))  # noqa: E731
    return claim(c * SQUARE, SQUARE, title=title, says=says)


CASES: dict[str, tuple[Claim, Claim, str]] = {
    "linear": (titled("The square is linear in b"), titled("The sum is linear in b", a + b), "linear in b"),
    "linear, by an adverb": (titled("It depends linearly on b"), titled("It depends linearly on b", a * b), "linear"),
    "affine in two": (titled("It is affine in a and b"), titled("It is affine in a and b", a * b + 1), "affine in a"),
    "quadratic": (titled("It is quadratic in b", a + b), titled("It is quadratic in b"), "quadratic in b"),
    "linear in what it lacks": (titled("It is linear in c"), titled("With beta linear in c, a square"), "linear in c"),
    "linear, in nothing": (titled("The square is linear"), titled("A square with linear layers"), "no form of"),
    "proportional": (titled("It is proportional to b"), titled("It is proportional to b", a * b), "proportional to b"),
    "inversely": (
        titled("It is inversely proportional to b^2", a / b), titled("It is inversely proportional to b^2", a / b**2),
        "inversely proportional",
    ),
    "even": (titled("It is even in x", x**3 + a), titled("It is even in x", x**2 + a), "even in x"),
    "odd": (titled("It is odd in x", x**2 + a), titled("It is odd in x", x**3), "odd in x"),
    "continuous": (titled("The square is continuous in b"), titled("In continuous time, a square"), "no form of"),
    "finite": (titled("The square is always finite"), titled("A square of finitely many terms"), "no form of"),
    "independent": (titled("Both noises are independent"), titled("A square of independent noises"), "no form of"),
    "existence": (titled("There is a square"), titled("A square"), "no form of"),
    "Gaussian": (normal("x is Gaussian", law=False), normal("x is Gaussian"), "'is gaussian': expected a normal law"),
    "a normal law": (titled("The square has a normal law"), titled("On normal data, the square"), "a normal law"),
    "uncorrelated": (
        together("x and y are uncorrelated", a), together("x and y are uncorrelated", S.Zero), "a covariance that is 0"
    ),
    "correlated": (
        together("x and y are correlated", S.Zero), together("x and y are correlated", a), "covariance, not 0"
    ),
    "vanishes": (titled("The square vanishes"), together("The covariance vanishes", S.Zero), "a statement with 0"),
    "any real": (titled("For every real a, a square"), titled("For every real x", x**2 + a), "every real a"),
    "either sign": (titled("For a and b of either sign"), titled("For x of either sign", x**2), "need not be positive"),
    "for any, of one that is bounded": (
        titled("For any a, a square", SQUARE, Below(b, a)), titled("For any x, a square", x**2, Below(b, a)), "b < a"
    ),
    "to first order": (
        limit("To first order in h, b h", a * c + b * h, a * c), limit("To first order b h", (exp(b * h) - 1) / h, b),
        "to first order",
    ),
    "order 2": (
        limit("A step of order 2", (h * b + h**2) / h, b), limit("A step of order 2", (exp(h) - 1 - h) / h**2, S.Half),
        "order 2",
    ),
    "approximately": (titled("The square is approximately a^2"), limit("Approximately a", a + h, a), "approximat"),
    "differs": (titled("It differs from a b"), titled("It is a difference"), "differs from"),
    "of degree 3": (titled("It is of degree 3 in a"), titled("It is of degree 3 in a", a**3 + b), "degree 3 in a"),
    "sums to one": (
        titled("The weights sum to 1"), titled("The weights sum to 1", a * x + (1 - a) * b), "with 1 on one side"
    ),
    "a slope": (titled("It has the slope 2 (a + b)"), titled("Its slopes"), "expected a slope"),
    "negative, too": (
        titled("It holds also for negative a"), titled("A square with negative terms, too"), "need not be positive"
    ),
    "cancels": (titled("b cancels"), titled("b cancels", a**2), "an answer without b"),
    "constant in": (titled("It is constant in b"), titled("It is constant in b", a**2), "an answer without b"),
    "a probability": (titled("A square with high probability"), titled("A probability"), "no form of"),
    "doubles": (titled("It doubles when a doubles"), titled("A doubled square"), "no form of"),
    "equivalent": (titled("The two forms are equivalent"), titled("Two forms"), "are equivalent"),
    "of order": (titled("It is of order a^2"), titled("In order of a"), "of order"),
    "within": (titled("It is within 10 % of c"), titled("A square in a sum"), "within"),
    "reduces": (titled("Adding b reduces the square"), titled("The reduced square"), "reduces"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_property_in_a_title_is_one_that_the_claim_has(name: str) -> None:
    cheat, twin, expected = CASES[name]
    assert any(expected in fault for fault in faults(cheat)), [*faults(cheat)]
    assert [*faults(twin)] == []


@pytest.mark.parametrize(
    "title",
    ["It oscillates", "It is stationary", "x is log-normal", "It is a fixed point", "The median is c"],
)  # fmt: skip
def test_what_no_form_states_is_refused(title: str) -> None:
    assert any("which no form of statement says" in fault for fault in faults(titled(title)))


def test_a_bound_of_h_on_either_side_is_known_to_first_order() -> None:
    """A limit by itself says nothing of an order; with inequalities on both sides of b h it does."""
    lim, near = Tends(a * c + b * h, h, a * c), (AtMost(a * c, b * h, {}), AtMost(b * h, a * c, {}))
    says = lambda q: (lim._replace(value=q), *near)  # noqa: E731
    title = "To first order it is b h"
    known = stated(lambda q: lim._replace(value=q), a * c, "limit", title=title)
    assert any("to first order" in fault for fault in faults(known))
    both = replace(known, says=lambda q: (*says(q)[:1], AtMost(q, b * h, {}), AtMost(b * h, q, {})), proof=())
    assert not any("to first order" in fault for fault in faults(both))


GEOMETRIC, ARITHMETIC = sqrt(a * b), (a + b) / 2
MEANS = {
    "the geometric mean is at most the arithmetic mean": True,
    "the arithmetic mean is at least the geometric mean": True,
    "the arithmetic mean is at most the geometric mean": False,
    "the geometric mean is at least the arithmetic mean": False,
}


def means(title: str) -> Claim:
    """Return the inequality of both means, whose answer is the arithmetic one."""
    says = lambda q: (AtMost(GEOMETRIC, q, {a: b}), Equal(c * a + c * b, 2 * c * q))  # noqa: E731
    lines = (by("", GEOMETRIC), by("", ARITHMETIC, more=(sqrt(a) - sqrt(b)) ** 2 / 2))
    return claim(
        GEOMETRIC + c, ARITHMETIC, kind="inequality", title=title, says=says,
        proof=(lines, (by("", c * a + c * b), by("", 2 * c * ARITHMETIC))),
        wrong={"one": Wrong(ARITHMETIC + 1, ""), "twice": Wrong(2 * ARITHMETIC, "")},
    )  # fmt: skip


@pytest.mark.parametrize("title", MEANS)
def test_a_side_is_known_by_the_noun_for_its_shape(title: str) -> None:
    assert MEANS[title] == (not [*faults(means(title))])


def test_a_true_title_is_green_and_the_false_one_red_for_its_direction() -> None:
    true, *_, false = MEANS
    green(means(true))
    red_for(means(false), "the title says 'least': expected an inequality of that direction")


def test_shapes_are_told_apart() -> None:
    assert shapes(a + b) == {"sum"} and shapes(a * b) == {"product"} and shapes((a + b) ** 2) == {"square"}
    assert shapes((a + b + c) / 3) == {"arithmetic mean"} and shapes(2 * a * b / (a + b)) == {"harmonic mean"}
    assert shapes(Integer(2)) == shapes(a + 2 * b) == frozenset()


def test_the_catalogue_has_properties_that_are_looked_at() -> None:
    """By truth and not by exemption: with another answer or without its statement the title is refused."""
    said = words.plainly(claims()["cfg.linear"].title)
    assert "sum to 1" in said
    other = replace(claims()["edm.preconditioning"], says=lambda q: Equal(q.c_in, 1 / sqrt(c)), proof=())
    assert any("do not correlate" in fault for fault in faults(other))


@pytest.mark.parametrize("name, word", [("mine.snr.is_positive", "positive"), ("mine.sum_is_continuous", "continuous")])
def test_a_definition_states_nothing_by_its_name(name: str, word: str) -> None:
    defined = claims()["vdm.forward.snr"]
    assert any(word in fault for fault in well_formed(replace(defined, name=name)))
    assert any(word in fault for fault in well_formed(replace(defined, means=f"for all of which it is {word}")))
    assert not well_formed(replace(defined, name="mine.snr.of_a_step"))
