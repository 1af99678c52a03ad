"""Forms that state less than they seem to, or something else, go red, and their harmless twins are green.

A law under rates that are not shown, an induction whose index stands still, an expectation over one variable twice, two
symbols of one name, an assumption about what is quantified, an equality case that can't happen.
"""

from dataclasses import replace
from typing import Any

import pytest
from sympy import Expr, Integral, S, Symbol, expand, sqrt

from derivations.form.base import Part
from derivations.form.claim import Below, Claim
from derivations.form.induction import induction
from derivations.form.law import Diffused, Law, Made
from derivations.form.reading import needed, readings
from derivations.form.statement import Equal
from derivations.notation.quantities import Quantity, Squared
from derivations.probability.density import Density, Positive
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from derivations.probability.mean import Mean
from tests.support.forged import LEFT, a, b, c, claim, n, stated, x
from tests.support.judged import green, red_for

k, m, y, K = (Symbol(s, real=True) for s in ("k", "m", "y", "kappa"))
var, N, U = (Symbol(s, positive=True) for s in ("var", "N", "U"))
total = Symbol("S_N", real=True)
z = Symbol("z")
G = (a + b) ** 2


# -- laws under a stochastic differential equation ----------------------------------------------------


def diffused(drift: Expr, law: Normal, rates: Any, *constant: Symbol) -> Claim:
    """Return a claim whose g^2 = (a + b)^2 is multiplied out."""
    return stated(lambda q: Law(x, Diffused(drift, q, rates, constant), law), expand(G), "law")


PULLED = {var: G - 2 * var, m: k - m}  # of dx = (k - x) dt + g dw
DIFFUSED = {
    "a rate of the random variable": (
        diffused(k - x, Normal(S.Zero, var), {var: G - 2 * var, x: -k}), "expected a rate of each parameter of the law"
    ),
    "a rate that looks at the random variable": (
        diffused(-(x**3), Normal(m, var), {var: G, m: 3 * x**2 * var / (x - m) - x**3}), "slopes in time free of x"
    ),
    "a parameter without a rate": (diffused(k - x, Normal(m, var), {var: G - 2 * var}), "(m, var), or that it is"),
    "a rate of what the law does not have": (
        diffused(-x, Normal(S.Zero, var), {var: G - 2 * var, k: -k}), "expected a rate of each parameter of the law"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFUSED)
def test_a_law_under_impossible_rates_goes_red(name: str) -> None:
    red_for(*DIFFUSED[name])


def test_a_law_under_rates_is_green_and_shows_them() -> None:
    twin = diffused(k - x, Normal(m, var), PULLED)
    green(twin)
    green(diffused(-(x - k), Normal(k, var), {var: G - 2 * var}, k))
    (law,) = twin.said()
    assert {"as dvar/dt = ", "as dm/dt = "} <= {words.text for words in law.reads()}  # type: ignore[union-attr]


# -- inductions ----------------------------------------------------------------------------------------


def summed(step: Expr, *given: Below, **index: Any) -> Claim:
    """Return the claim that a sum is a N (N + 1)/2 + b."""
    along = {"base": a + b, "first": {N: S.One}, "next": {N: N + 1}} | index
    value = a * N * (N + 1) / 2 + b
    return stated(lambda q: induction(value=q, held=total, step=step, **along), value, "induction", *given)


def test_an_index_held_at_its_start_is_refused() -> None:
    with pytest.raises(TypeError, match="now"):
        summed(total + a * N * (N + 3) / 2, now={N: S.One})


def test_an_assumption_of_every_index_must_hold_of_the_next() -> None:
    one = summed(total + a * (N + 1) + sqrt(expand((N - 2) ** 2)) + N - 2, Below(N, S(2)))
    red_for(replace(one, example={N: 1, a: 1, b: 1}), "left over: 1 - N > 0 (assumed of every index, at the next)")
    red_for(summed(total + a * (N + 1), Below(S.One, N)), "left over: 0 > 0 (assumed of every index, at the first)")
    red_for(
        summed(total + a * (N + 1), base=b, first={N: S.Zero}),
        "left over: 0 > 0 (assumed of every index, at the first)",
    )
    green(summed(total + a * (N + 1)))
    green(summed(total + a * (N + 1) + sqrt(expand((2 * N - 1) ** 2)) - 2 * N + 1, Below(S.Half, N)))


# -- expectations: variables that are all different ----------------------------------------------------


def mean(body: Expr, *laws: Any) -> Claim:
    """Return the claim of the mean of any body."""
    e = Expected(body, *laws)
    return stated(lambda q: Equal(e, q), expand(e.opened() * (a + 1)) / (a + 1), "expectation")


TWICE = {
    "one normal twice": mean(a * (n + b) ** 4 / c, n, n),
    "a normal that has values as well": mean(a * (n + b) ** 2, n, (n, ((S(5), c), (S(7), c)))),
}


@pytest.mark.parametrize("name", TWICE)
def test_an_expectation_over_one_variable_twice_goes_red(name: str) -> None:
    red_for(TWICE[name], "distinct random variables, got n twice")


def test_a_mean_over_one_variable_twice_goes_red() -> None:
    laws = ((z, Density("q", z)), (z, Density("r", z)))
    twice = Mean(Positive("l", z), *laws)
    red_for(claim(says=lambda q: (Equal(LEFT, q), Equal(twice, twice + 0))), "distinct random variables, got z twice")


def test_an_expectation_over_different_variables_is_green() -> None:
    green(mean(a * (n + b) ** 4 / c, n))
    green(mean(a * (n + y) ** 2, n, (y, ((S(5), c), (S(7), b)))))


# -- one symbol a name ---------------------------------------------------------------------------------

a_real, n_plus = Symbol("a", real=True), Symbol("n", positive=True)


def noisy(of: Symbol) -> Claim:
    """Return the claim of the variance of two noises, one of which has its own name."""
    made = Made(n_plus * of + a * of, (of,))
    return stated(lambda q: Law(x, made, Normal(S.Zero, q)), expand((n_plus + a) ** 2), "law")


def over(v: Symbol) -> Claim:
    """Return the claim of the integral of b c v over v from 0 to 1."""
    integral = Integral(b * c * v, (v, 0, 1))
    return stated(lambda q: Equal(integral, q), b * c / 2, "equality", primitive=b * c * v**2 / 2)


NAMES = {
    "a random variable and a parameter": mean(a * a_real**2 + b * a_real + G, a_real),
    "a noise and a parameter": noisy(n),
    "a variable of integration and a factor": over(Symbol("b", real=True)),
}


@pytest.mark.parametrize("name", NAMES)
def test_two_symbols_of_one_name_go_red(name: str) -> None:
    red_for(NAMES[name], "expected one symbol for each name, free or bound, got 2")


def test_a_symbol_named_as_a_densitys_number_or_as_an_object_goes_red() -> None:
    q = Mean(Positive("l", z), (z, Density("a", z)))
    red_for(claim(says=lambda r: Equal(LEFT * q, r * q)), "things that print apart, got the density a and the symbol a")
    called = Quantity("c", (), (a + b) ** 2)
    red_for(claim(says=lambda r: Equal(called / (a * c), r)), "a name of its own for an object, got c")
    two = Quantity("Q", (), (a + b) ** 2) + Quantity("Q", (), a)
    red_for(claim(says=lambda r: Equal(two / (a * c) - 1 / c, r)), "one meaning of a name, got 2 of Q")
    root = Squared("c", (a + b) ** 2)
    red_for(claim(says=lambda r: Equal(root / (a * c), r)), "got c^2, beside the symbol c")
    same = [Expected(a * y**2, (y, ((S(5), c), (S(q), b)))) for q in (7, 8)]
    red_for(claim(says=lambda r: Equal(LEFT + same[0] + same[1], r)), "one meaning of a name, got 2 of y")


def test_a_form_of_another_class_goes_red() -> None:
    """Such a form could show one thing and open to another."""

    class Always(Law):
        def parts(self) -> tuple[Part, ...]:
            return (Part("", Equal((a + b) ** 2, self.law[1])),)

    red_for(
        stated(lambda q: Always(x, Made(2 * a * n, (n,)), Normal(S.Zero, q)), expand(G), "law"),
        "expected statements and forms of this package alone, got Always",
    )
    red_for(
        stated(lambda q: Law(n, Made(a * n, (n,)), Normal(S.Zero, q * a)), a, "law"), "expected n to be made of others"
    )


def test_the_law_under_an_expectation_is_shown() -> None:
    weighed = Expected(a * (n + y) ** 2, n, (y, ((S(5), c), (S(7), b))))
    definitions = [(str(left), str(right)) for left, right in needed(*readings(Equal(weighed, a)))]
    assert definitions == [("y", "5 with weight c or 7 with weight b"), ("n ~ N(0, 1)", "None")]


def test_distinct_names_are_green() -> None:
    green(mean(a * k**2 + b * k + G, k))
    green(noisy(y))
    green(over(y))
    green(claim(says=lambda r: Equal(Quantity("Q", (), (a + b) ** 2) / (a * c), r)))
