"""Cheats with quantified variables, with what is lost when forms are opened, and with equality cases.

Each cheat is red, and its twin is green.
"""

from dataclasses import replace
from typing import Any

import pytest
from sympy import Expr, Integer, Integral, S, Symbol, exp, expand, log, sqrt

from derivations.form.claim import Below, Claim, by
from derivations.form.induction import induction
from derivations.form.law import Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge.pins import given_by_induction
from derivations.notation.losses import SquaredError
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.process import Process
from derivations.notation.values import At
from derivations.probability.density import Density
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.probability.mean import Excess, Mean
from tests.support.forged import AT, LEFT, RIGHT, a, b, c, claim, h, n, stated, x
from tests.support.judged import green, red_for

k, y, K = (Symbol(s, real=True) for s in ("k", "y", "kappa"))
p, N, U = (Symbol(s, positive=True) for s in ("p", "N", "U"))
z, total, n_2 = Symbol("z"), Symbol("S_N", real=True), Symbol("n_2", real=True)


# -- a law given by E exp(kappa v) -----------------------------------------------------------------------


def generated(kappa: Any, piece: Expr, value: Expr, primitive: Expr, *given: Below) -> Claim:
    """Return a law of one piece, from 0 to 1."""
    says = lambda q: Law(x, Pieces(U, ((piece, S.Zero, S.One),)), Generating(kappa, q))  # noqa: E731
    return stated(says, value, "law", *given, primitive=primitive)


plus = Symbol("kappa", positive=True)
ONE_NUMBER = a * U + b * U**2 / 2  # the integral of a + b u
TOLD = {
    "by an argument that is in the piece": (
        generated(plus, log(a + b * U) / plus, a + b / 2, ONE_NUMBER), "that may be any real number, got kappa"
    ),
    "by a real argument that is in the piece": (
        generated(K, log(a + b * U) / K, a + b / 2, ONE_NUMBER, Below(S.Zero, K**2)), "expected pieces free of kappa"
    ),
    "by one number": (generated(S.One, log(a + b * U), a + b / 2, ONE_NUMBER), "kappa: expected a symbol, got 1"),
    "by the uniform number": (generated(U, log(a + b * U) / U, a + b / 2, ONE_NUMBER), "any real number, got U"),
    "where the argument is positive": (
        generated(K, a * U, (exp(K * a) - 1) / (K * a), exp(K * a * U) / (K * a), Below(S.Zero, K)),
        "no assumption about what stands for every value, got 0 < kappa",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_law_given_by_less_than_its_generating_function_goes_red(name: str) -> None:
    red_for(*TOLD[name])


@pytest.mark.parametrize("more, kept", [(Integer(1), False), (K, True), (K * (a + b) ** 2 - K * a**2, True)])
def test_a_generating_function_is_1_at_0(more: Expr, kept: bool) -> None:
    """By common denominators alone: nothing is simplified."""
    law = Law(x, Pieces(U, ((a * U, S.Zero, S.One),)), Generating(K, exp(K * a) + more))
    assert kept != any("to be 1 at kappa = 0" in fault for fault in law.faults())


def test_a_law_given_by_its_generating_function_is_green() -> None:
    green(generated(K, a * U, (exp(K * a) - 1) / (K * a), exp(K * a * U) / (K * a), Below(S.Zero, K**2)))


# -- assumptions about what is quantified ----------------------------------------------------------------


def weighed(weight: Expr, answer: Expr, *given: Below) -> Claim:
    """Return the claim that N(-c, a), weighted by the exponential of something, is N(answer, a)."""
    one = stated(
        lambda q: Law(x, Weighed(Normal(-c, a), weight, names=("p", "q")), Normal(q, a)), answer, "law", *given
    )
    return replace(one, example={a: 2, b: 1, c: 1, x: 1})


def near(inside: Expr, value: Expr, *given: Below) -> Claim:
    """Return the claim that c times a root tends to a value as h goes to 0."""
    root = sqrt(expand(inside**2)) * c
    lim = lambda q: Tends(root, h, q)  # noqa: E731
    one = stated(lim, value, "limit", *given)
    return replace(one, proof=((by("", root), by("", inside * c)),))


SQUARE = expand((a + b) ** 2)
NARROWED = {
    "the variable of a density": (
        weighed(b * sqrt(expand((x + c) ** 2)), a * b - c, Below(-c, x)), "got -c < x, about x"
    ),
    "the variable of a limit": (near(h - a, -a * c, Below(a, h)), "left over: -a > 0 (assumed of h, which goes to 0"),
    "a noise": (
        stated(lambda q: Law(x, Made((a + b) * n, (n,)), Normal(S.Zero, q)), SQUARE, "law", Below(S.Zero, n)),
        "got 0 < n, about n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NARROWED)
def test_an_assumption_about_what_is_quantified_goes_red(name: str) -> None:
    red_for(*NARROWED[name])


def test_an_assumption_does_not_narrow_an_index_that_is_also_a_densitys_variable() -> None:
    count = induction(value=a * x, held=total, base=a, step=total + a, first={x: S.One}, next={x: x + 1})
    law = lambda q: Law(x, Weighed(Normal(-c, a), b * x, names=("p", "q")), Normal(q, a))  # noqa: E731
    red_for(
        replace(stated(law, a * b - c, "law", Below(S.Half, x)), says=lambda q: (law(q), count)), "got 1/2 < x, about x"
    )


def test_a_variable_that_is_bound_twice_goes_red() -> None:
    twice = Expected(a * n**2 * Expected(b * n**2 + c, n), n)
    red_for(stated(lambda q: Equal(twice, q), a * b + a * c, "expectation"), "got n, which is bound twice")
    green(stated(lambda q: Equal(Expected(a * n**2 * Expected(b * k**2 + c, k), n), q), a * (b + c), "expectation"))


def test_an_assumption_about_a_parameter_is_green() -> None:
    green(weighed(b * sqrt(expand((b + c) ** 2)) * x, a * b * (b + c) - c))
    green(near(h + a, a * c))
    green(replace(near(a + 1 - h, a * c + c, Below(h, a)), example={a: 2, c: 1, h: 1}))


# -- a limit beside other statements ---------------------------------------------------------------------


def beside(left: Expr, right: Expr, lim: Tends) -> Claim:
    one = claim(LEFT, RIGHT, says=lambda q: (Equal(left, q), lim), answer=right, example=AT | {h: S.One})
    return replace(one, proof=((by("", left), by("", right)), (by("", lim.expr), by("", lim.expr))))


def test_a_limits_variable_is_small_only_within_the_limit() -> None:
    lim = Tends(a + h * b, h, a)
    red_for(beside(LEFT * (exp(log(5 - h)) + c), RIGHT * (5 - h + c), lim), "5 - h > 0 (lost while built")
    red_for(beside(LEFT + exp(log(5 - h)) + h, RIGHT + 5, lim), "5 - h > 0 (lost while built")
    red_for(
        beside(LEFT + exp(log(5 - h)) + h, RIGHT + 5, Tends(a + h * sqrt(5 - h), h, a)), "5 - h > 0 (lost while built"
    )
    green(beside(LEFT, RIGHT, lim))
    green(beside(LEFT, RIGHT, Tends(a + exp(log(5 - h)), h, a + 5)))


# -- what is lost when a form or a name is opened --------------------------------------------------------

ROOTS = Made(y + sqrt(x) * a * n + sqrt(x) * b * n_2, (n, n_2))
PLUS = Made(y + sqrt(p) * a * n + sqrt(p) * b * n_2, (n, n_2))


def law_of(how: Any, mean: Expr, var: Expr) -> Claim:
    """Return the claim of a law's variance, whatever its mean."""
    return stated(lambda q: Law(k, how, Normal(mean, q)), var, "law")


def step_of(v: Symbol) -> Claim:
    return law_of(Through(Normal(S.Zero, a + a * c), y, Normal(sqrt(v) * y, b)), S.Zero, b + a * v + a * c * v)


def of_process(v: Symbol) -> Claim:
    process = Process((y, sqrt(v) * a * n), (k, y + sqrt(v) * b * n_2), noise=(n, n_2))
    return stated(lambda q: Equal(process.Var(k), q), v * (a**2 + b**2), "equality")


def counted(v: Symbol) -> Claim:
    says = lambda q: induction(  # noqa: E731
        value=q, held=total, base=v, step=total + 2 * sqrt(v) * sqrt(total) + v, first={N: S.One}, next={N: N + 1}
    )
    return stated(says, v * N**2, "induction")


def squares(undefined: Expr) -> Claim:
    return stated(lambda q: Equal(Expected(n**2 * LEFT + n * undefined, n), q), RIGHT, "expectation")


LOST = {
    "a term whose mean is 0": (squares(log(-(x**2) - 1)), "-x**2 - 1 > 0"),
    "a value without weight": (
        stated(
            lambda q: Equal(Expected(LEFT * y**2 + (y**2 - 1) * log(-(x**2) - 1), (y, ((S.One, a), (-S.One, b)))), q),
            RIGHT, "expectation",
        ),
        "-x**2 - 1 > 0",
    ),
    "a root in a variance": (law_of(ROOTS, y, x * (a**2 + b**2)), "x >= 0"),
    "a root in a conditional law": (
        law_of(Given(sqrt(x) * n, ((sqrt(x) * n + sqrt(x) * a * n_2, y),), (n, n_2)), y / (1 + a**2),
               x - x / (1 + a**2)), "x >= 0|x > 0"
    ),
    "a root in a step": (step_of(x), "x >= 0"),
    "a root in the variance of a process": (of_process(x), "x >= 0"),
    "a root in a step of an induction": (counted(x), "x >= 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOST)
def test_an_obligation_lost_on_opening_is_kept(name: str) -> None:
    red_for(*LOST[name])


def test_positive_symbols_lose_no_obligation() -> None:
    green(squares(log(p)))
    green(law_of(PLUS, y, p * (a**2 + b**2)))
    green(step_of(p))
    green(of_process(p))
    green(counted(p))


def squared_to(end: int) -> Claim:
    """Return the claim of the integral from 0 of the square of sqrt(2 - y), which is named."""
    named = Integral(a * SquaredError(sqrt(2 - y), S.Zero), (y, 0, end))
    total = a * (2 * y - y**2 / 2)
    return stated(lambda q: Equal(named, q), total.subs(y, end), "equality", primitive=total)


def test_an_obligation_lost_in_an_integral_is_kept_between_its_ends() -> None:
    green(squared_to(1))
    red_for(squared_to(3), "> 0 (lost while built|>= 0 (lost while built")


# -- what a variable is ----------------------------------------------------------------------------------


def test_a_variable_of_two_outcomes_has_one_law() -> None:
    mean, other = (Average(x, Outcomes(x, (S.One, p), (-S.One, q))) for p, q in ((a, b), (b, a)))
    answer = (a - b) / (a + b)
    red_for(stated(lambda q: Equal(mean - other, q), 2 * answer, "expectation"), "one meaning of a name, got 2 of x")
    there = At(mean, (b, 2 * a))  # the same mean, at other weights
    green(stated(lambda q: Equal(mean - there, q), (4 * a - 2 * b) / (3 * a + 3 * b), "expectation"))


# -- equality cases --------------------------------------------------------------------------------------


def least(excess: Expr, case: Any, only: bool = False, **at: int) -> Claim:
    """Return 0 <= excess, with equality in a case, beside the identity."""
    chain = (by("", S.Zero), by("", excess, more=excess))
    more = dict.fromkeys(excess.free_symbols - AT.keys(), Integer(1)) | {v: at[v.name] for v in AT if v.name in at}
    says = lambda q: (Equal(LEFT, q), AtMost(S.Zero, excess, case, only))  # noqa: E731
    return claim(says=says, proof=((by("", LEFT), by("", RIGHT)), chain), example=AT | more)


DENSITY, OTHER = Density("q", z), Density("r", z)
CASES = {
    "an exponential that is negative": (least(exp(y) + c, {exp(y): -c}), "that sets symbols or densities, got exp(y)"),
    "a product of positive numbers that is negative": (
        least(a * b + c, {a * b: -c}, True), "that sets symbols or densities, got a*b"
    ),
    "a square that is negative": (least(y**2 + 1 + c, {y**2: -1 - c}, True), "symbols or densities, got y**2"),
    "a root of a negative number": (least(y**2 + 1 + c, {y: sqrt(-1 - c)}), "-c - 1 >= 0"),
    "a positive number that may be negative": (
        least((b - a + 5) ** 2, {b: a - 5}, a=8), "a - 5 >= 0 (0 < b, or its edge"
    ),
    "a density that is none": (
        least(Mean(Excess(OTHER / DENSITY), (z, DENSITY)), {DENSITY: 2 * OTHER}), "expected a density for q(z)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_equality_case_that_cant_happen_goes_red(name: str) -> None:
    red_for(*CASES[name])


def test_an_equality_case_that_happens_is_green() -> None:
    green(least((y - c) ** 2, {y: c}, True))
    green(least((b - a - 5) ** 2, {b: a + 5}))


# -- a statement is one ----------------------------------------------------------------------------------


def test_a_statement_that_changes_goes_red() -> None:
    asked: list[Expr] = []

    def says(q: Expr) -> Equal:
        asked.append(q)
        return Equal(LEFT, q) if len(asked) > 1 else Equal(expand(LEFT * a), expand(q * a))

    red_for(claim(says=says), "expected a statement that is the same on every call")


# -- inductions by a root ----------------------------------------------------------------------------


@pytest.mark.parametrize("next_, pinned", [(N + 1, True), (N + 3, True), (2 - N, False), (N / 2, False)])
def test_an_induction_pins_its_answer_for_an_unbounded_index(next_: Expr, pinned: bool) -> None:
    counting = counted_by(next_)
    assert bool(given_by_induction(counting)) == pinned


def counted_by(next_: Expr) -> Claim:
    says = lambda q: induction(  # noqa: E731
        value=q, held=total, base=p, step=total + (next_**2 - N**2) * p, first={N: S.One}, next={N: next_}
    )
    return stated(says, p * N**2, "induction")
