"""DDIM for categorical data: a step keeps x_t, the datum or neither, so that each latent has its law.

Laws are given class by class. A latent is the datum with the chance alpha-bar, and else of any of K classes alike; a
step takes x_t with a free chance. The divergence of two such steps is bounded by that of the data and the guess.
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.notation.quantities import Quantity
from derivations.probability.expected import Expected

# isort: off
from derivations.symbols import abar, abar_s, classes as K, guessed, hit, keep, of_data as x, part, in_common


def latent(kept: Expr) -> Expr:
    """Return the probability of a class for a latent that is the datum with a given chance."""
    return kept * x + (1 - kept) / K


class Weights(NamedTuple):
    """The chances that a step takes the datum, and any class alike."""

    of_data: Expr
    of_any: Expr


def step(w: Weights, datum: Expr = x) -> Expr:
    """Return the probability of a class after a step, where `hit` is 1 if x_t has that class and else 0."""
    return keep * hit + w.of_data * datum + w.of_any / K


A = Weights(of_data=abar_s - keep * abar, of_any=(1 - abar_s) - (1 - abar) * keep)
LAW = (hit, ((S.One, latent(abar)), (S.Zero, 1 - latent(abar))))
MEAN = Expected(step(A), LAW)

categorical = Claim(
    name="ddim.categorical",
    title="A step that takes x_t, the datum or any class alike, with DDIM's chances, keeps the law of the latents",
    kind="expectation",
    says=lambda a: (
        Equal(Expected(step(a), LAW), latent(abar_s)),
        Equal(Quantity("total", (), keep + a.of_data + a.of_any), S.One),
        Equal(Quantity("change", (guessed,), step(a, guessed) - step(a)), a.of_data * (guessed - x)),
    ),
    answer=A,
    given=(Below(abar, S.One), Below(abar_s, S.One), Below(x, S.One), Below(S.One, K)),
    example={
        K: 3,
        abar: Rational(1, 4),
        abar_s: Rational(1, 2),
        x: Rational(2, 3),
        keep: Rational(1, 2),
        guessed: Rational(1, 3),
    },
    convenience={
        "0 < abar": "at 0 nothing is left of the datum, and the identities hold",
        "0 < abar_s": "as for abar",
        "0 < x_{0k}": "a class that the datum does not have has the probability 0",
        "0 < keep": "at 0 a step does not look at x_t",
        "0 < f_k": "a guess may exclude a class",
        "abar < 1": "at 1 the latent is the datum",
        "abar_s < 1": "the formulas hold for any abar_s",
        "x_{0k} < 1": "a datum with one class for certain is the edge",
        "1 < N": "one class is no choice",
        "0 < N": "there are more classes than one",
    },
    proof=(
        (
            by("a class after the step, over the law of x_t", MEAN, eq="ddim2021 (18)-(19)"),
            by("x_t has that class with its probability", keep * latent(abar) + A.of_data * x + A.of_any / K),
            by("the shares of the datum, and of any class, are added up", latent(abar_s), eq="ddim2021 (17)"),
        ),
        (by("the chances", keep + A.of_data + A.of_any), by("sum to 1", S.One)),
        (
            by("the step with a guess, less that with the datum", step(A, guessed) - step(A), eq="ddim2021 (20)"),
            by("only the share of the datum differs", A.of_data * (guessed - x)),
        ),
    ),
    wrong={
        "the datum as often as after no step": Wrong(
            Weights(abar_s, 1 - abar_s - keep), "x_t is the datum in part, and what it is then counts twice"
        ),
        "alpha-bar of x_t": Wrong(
            Weights(abar - keep * abar, 1 - abar - keep * (1 - abar)), "the law stays that of x_t"
        ),
        "no fresh class": Wrong(Weights(1 - keep, S.Zero), "the latents would lose all that is not x_t or the datum"),
    },
    means="class by class, for any number of classes",
)

TERM = Quantity("d", (x,), (in_common + part * x) * log((in_common + part * x) / (in_common + part * guessed)))
BOUND = part * x * log(x / guessed)

bound = Claim(
    name="ddim.categorical.bound",
    title=(
        "The divergence of two categorical steps, class by class, is at most its share of that of the "
        "datum and the guess"
    ),
    kind="inequality",
    says=lambda b: (AtMost(TERM, b, {x: guessed}),),
    answer=BOUND,
    example={x: 1, guessed: Rational(1, 3), part: Rational(1, 2), in_common: Rational(1, 4)},
    proof=(
        (
            by("a class, where both steps have the rest in common", TERM, eq="ddim2021 (21)"),
            by("the difference is convex in the datum's probability", BOUND, convex=(x, guessed), eq="ddim2021 (22)"),
        ),
    ),
    wrong={
        "the share forgotten": Wrong(BOUND / part, "right as a bound where part is at most 1 and the term is positive"),
        "the guess for the datum": Wrong(part * guessed * log(x / guessed), "a mean over the model"),
        "the other way round": Wrong(-BOUND, "the guess and the datum are exchanged in the logarithm"),
    },
    means="class by class; a class that the datum does not have is one of next to no probability",
)

CLAIMS = (categorical, bound)
