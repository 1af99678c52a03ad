"""Cheats aimed at the internals of the judges: each once came out proved or green, and must not again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sympy import (
    Equality,
    Expr,
    Integral,
    Piecewise,
    Rational,
    S,
    Symbol,
    cos,
    erf,
    exp,
    expand,
    log,
    pi,
    sin,
    sqrt,
    symbols,
)

from derivations.engines.prove import prove
from derivations.form.capture import captures
from derivations.form.claim import Below, Claim, by
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge.certificate import certify
from derivations.probability.expected import Expected
from tests.support.forged import claim, equation

a, b, c, h, t, u, v = symbols("a b c h t u v", positive=True)
s, x, y = symbols("s x y", real=True)


def chained(cheat: Claim, *lines: Any, **changes: Any) -> Claim:
    return replace(cheat, proof=(tuple(lines),), **changes)


def two_negative_logarithms() -> Claim:
    e = log(a) * log(b) * exp(-c) - 10**6  # positive for a, b < exp(-2000)
    half = {a: Rational(1, 2), b: Rational(1, 2), h: S.One}
    return equation(sqrt(expand(e**2, log=False)) * h, -e * h, Below(a, S.One), Below(b, S.One), example=half)


def tends(near: Expr, value: Expr) -> Claim:
    one = equation(expand(value + 1) - 1, value) if expand(value + 1) - 1 != value else equation(value + c - c, value)
    return replace(
        chained(one, by("", near), by("", near)), answer=value, kind="limit", says=lambda q: Tends(near, h, q)
    )


def a_tail_beside_what_diverges() -> Claim:
    return tends(a * c + b * (exp(-c / h) + exp(-2 * c / h)) * exp(c / h), a * c)


def mills_ratio() -> Claim:
    return tends(a * c + b * (1 - erf(1 / h)) * exp(1 / h**2) / h, a * c)


def a_tail_to_a_small_power() -> Claim:
    return tends(a * c + (exp(-c / h) + exp(-2 * c / h)) ** h, a * c)


def ends_in_the_other_order() -> Claim:
    primitive = t * log(t) - t + 1000 * t
    left = c * Integral(sqrt(expand((log(t) + 1000) ** 2)), (t, u, v))
    right = c * (primitive.subs(t, v) - primitive.subs(t, u))
    given = (Below(S(2), u), Below(u, S(3)), Below(v, S.One))
    one = equation(left, right, *given, example={u: Rational(5, 2), v: Rational(1, 2)})
    return chained(one, by("", left), by("", right, primitive=primitive))


def a_symbol_with_the_name_of_a_bound_one() -> Claim:
    z = Symbol("t[x, 1]", real=True)
    J, f = Integral(sqrt(3 - t), (t, x, 1)), 500 - log(z**2 + 1)
    left, right = (J + c) ** 2 - J**2 - 2 * J * c + a * sqrt(expand(f**2)), c**2 + a * f
    return equation(left, right, Below(S.Zero, x), Below(x, S.One), example={x: Rational(1, 2), z: S.Zero})


def one_variable_over_two_ranges() -> Claim:
    w = Symbol("w", real=True)
    J = Integral(1 + Integral(sqrt(w + 1), (w, s, 9)), (s, 0, b))
    nothing, F = (J + c) ** 2 - J**2 - 2 * J * c, w**2 / 2 + w
    value = F.subs(w, 9) - F.subs(w, x)
    one = Integral(sqrt(expand((w + 1) ** 2)), (w, x, 9))
    cheat = equation(nothing + a * one, c**2 + a * value, Below(b, S.One), example={x: S.One, b: Rational(1, 2)})
    lines = by("", nothing + a * one), by("", nothing + a * value, primitive=F), by("", c**2 + a * value)
    return chained(cheat, *lines)


def convex(bend: Expr, least: Expr, *given: Below, example: dict[Any, Any]) -> Claim:
    right = b + c * bend
    one = equation(b + expand(c * bend), right, *given, example=example)
    chains = ((by("", b), by("", right, convex=(x, least))), (by("", b + expand(c * bend)), by("", right)))
    says = lambda q: (AtMost(b, q, {c: S.Zero}), Equal(b + expand(c * bend), q))  # noqa: E731
    return replace(one, kind="inequality", says=says, proof=chains)


def convex_on_the_domain_only() -> Claim:
    bend = x**3 / 6 - 3 * x**2 / 2 + 5 * x / 2 - Rational(7, 6)
    return convex(bend, S.One, Below(S(3), x), example={x: S(4)})


def convex_on_a_domain_of_two_parts() -> Claim:
    return convex(x**4 / 12 - x**2 / 2 + 2 * x / 3 - Rational(1, 4), S.One, Below(S.One, x**2), example={x: S(2)})


def a_primitive_with_a_jump_told_by_branches() -> Claim:
    primitive = -exp(-b * t) / b + Piecewise((0, t < 1), (5, True))
    left, right = c * Integral(exp(-b * t), (t, 0, 2)), c * ((1 - exp(-2 * b)) / b + 5)
    return chained(equation(left, right), by("", left), by("", right, primitive=primitive))


def a_branch_that_a_limit_does_not_see() -> Claim:
    return tends(a * c + h * log(Piecewise((1, Equality(h, 0)), (-1, True))), a * c)


def a_symbol_of_the_proof_alone() -> Claim:
    negative = Symbol("a", negative=True)
    left, right = b, b + c * ((x - y) ** 2 - a)
    lines = (
        by("", left),
        by("", b - negative * c, more=-negative * c),
        by("", right, more=c * expand(negative - a + (x - y) ** 2)),
    )
    return replace(
        chained(equation(expand(right), right), *lines), says=lambda q: AtMost(left, q, {c: S.Zero}), kind="inequality"
    )


CHEATS: list[Callable[[], Claim]] = [
    two_negative_logarithms, a_tail_beside_what_diverges, mills_ratio, a_tail_to_a_small_power, ends_in_the_other_order,
    a_symbol_with_the_name_of_a_bound_one, one_variable_over_two_ranges, convex_on_the_domain_only,
    convex_on_a_domain_of_two_parts, a_primitive_with_a_jump_told_by_branches, a_branch_that_a_limit_does_not_see,
]  # fmt: skip


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda make: make.__name__)
def test_a_cheat_that_was_proved_no_longer_is(cheat: Callable[[], Claim]) -> None:
    assert prove(cheat()).verdict != "proved"


def test_a_symbol_that_only_the_proof_has_is_real_or_positive() -> None:
    assert any(
        "real or positive and no more" in fault for fault in certify(a_symbol_of_the_proof_alone(), "digest").complaints
    )


def test_a_lemma_speaks_of_the_same_symbols(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 <= 1 + k for k > 0 says nothing of a real k."""
    k, real = Symbol("k", positive=True), Symbol("k", real=True)
    lemma = replace(
        equation(1 + k + 0, 1 + k * 1), name="lemma", answer=1 + k, proof=((by("", S.One), by("", 1 + k, more=k)),)
    )
    lemma = replace(lemma, says=lambda q: AtMost(S.One, q, {k: S.Zero}), example={k: S.One})
    monkeypatch.setattr("derivations.form.known._registered", [{"lemma": lemma}])
    assert prove(lemma).verdict == "proved"
    cubic = real**3 + real
    user = equation(a * sqrt(expand(cubic**2)), a * cubic, example={real: S.One}, needs=("lemma",))
    assert prove(user).verdict == "consistent"


CAUGHT: dict[str, Claim] = {
    "in an expectation": claim(
        a, a + b, kind="expectation",
        says=lambda q: Equal(c * Expected(Integral(s * x, (s, 0, 1)), (x, ((s, a), (S.One, b)))), q),
    ),
    "in an equality case": claim(a, a, says=lambda q: AtMost(Integral(s * t, (s, 0, 1)), q, {t: s})),
    "by a value with a random variable": claim(
        a, a, says=lambda q: Equal(Expected(x * y, (x, ((S.One, S.One), (S(2), S.One))), (y, ((x, a), (2 * x, b)))), q)
    ),
    "in a primitive": claim(
        a, a + b, proof=((by("", a * s), by("", a, primitive=Integral(s * t, (s, 0, 1)))),)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CAUGHT)
def test_a_variable_that_could_be_captured_is_refused(name: str) -> None:
    assert any(
        fault.startswith("expected a bound variable of its own, got s") or "without random" in fault
        for fault in captures(CAUGHT[name])
    )
    assert not list(captures(claim()))


def test_negative_weights_are_an_obligation() -> None:
    mean = Expected(x, (x, ((a, 1000 + log(a)), (b, S.One))))
    right = (a * (1000 + log(a)) + b) / (1001 + log(a))
    weighed = replace(equation(c * a, c * right), says=lambda q: Equal(c * mean, q), kind="expectation")
    lines = by("", c * right + 0), by("", c * right)
    assert any(
        "a weight" in left
        for left in prove(chained(weighed, *lines)).detail.get("obligations", {"left": ["a weight"]})["left"]
    )


TRUE: dict[str, Claim] = {
    "an angle moved by a share of pi": equation(cos(a + pi / 4) * c, (cos(a) - sin(a)) * c / sqrt(2)),
    "three turns": equation((cos(a) + cos(a + 2 * pi / 3) + cos(a + 4 * pi / 3) + 1) * c, c),
    "an even power comes out of a root": equation(a * sqrt(expand(x**4 * (1 + x**2))), a * x**2 * sqrt(1 + x**2)),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_twins_are_proved(name: str) -> None:
    assert prove(TRUE[name]).verdict == "proved", prove(TRUE[name]).reason


def test_an_irrational_end_is_accepted() -> None:
    left, right = c * Integral(sqrt(expand((t + 1) ** 2)), (t, 0, sqrt(b))), c * (b / 2 + sqrt(b))
    ends = chained(equation(left, right, example={b: 2}), by("", left), by("", right, primitive=t**2 / 2 + t))
    assert prove(ends).verdict == "proved", prove(ends).reason
