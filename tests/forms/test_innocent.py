"""Innocent ways of stating and deriving are accepted, and a forged neighbour of each is red for its own reason."""

from typing import Any

import pytest
from sympy import Expr, Integer, Rational, S, Symbol, exp, log, oo, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.improper import Improper
from derivations.form.induction import induction
from derivations.form.law import Given, Law, Made
from derivations.form.statement import Equal, Tends
from derivations.obligations.watch import watching
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal
from tests.support.forged import a, b, c, claim, h
from tests.support.judged import green, red

N, S_N = Symbol("N", positive=True), Symbol("S_N", real=True)
z, e_1, e_2, v = (Symbol(s, real=True) for s in ("z", "e_1", "e_2", "v"))
OFF = {"more": Wrong(2 * a + b, "all"), "less": Wrong(a * b / 7, "all")}


def stated(says: Any, answer: Any, kind: str, *proof: Any, **changes: Any) -> Claim:
    """Return a claim of a, b, c, h and others, by chains of expressions."""
    symbols = {a: Integer(2), b: Integer(3), c: Integer(1), h: Rational(1, 7), N: Integer(3), v: Integer(1)}
    chains = tuple(
        tuple(one if isinstance(one, tuple) else by(f"line {n}", one) for n, one in enumerate(c)) for c in proof
    )
    kept = {f"0 < {s}": "kept" for s in (a, b, c, h, N)}
    one = claim(a, a, says=says, answer=answer, kind=kind, proof=chains, example=symbols, wrong={}, convenience=kept)
    spoken = {s: q for s, q in symbols.items() if s in one.symbols()}
    given = {k: why for k, why in kept.items() if k in {x.text for x in one.assumptions()}}
    return claim(
        a, a, **{"says": says, "answer": answer, "kind": kind, "proof": chains, "example": spoken, "wrong": OFF}
        | {"convenience": given} | changes,
    )  # fmt: skip


# -- a limit whose derivation ends in the limit ----------------------------------------------------

NEAR = (exp(a * h) - 1) * (b + 1) / h


def tending(*lines: Expr, near: Expr = NEAR, value: Expr = a * (b + 1)) -> Claim:
    return stated(lambda q: Tends(near, h, q), value, "limit", (near, *lines))


LIMITS = {
    "in the limit": (tending(a * (b + 1)), ""),
    "as it was": (tending(NEAR), ""),
    "another limit": (tending(a * b + 1), "'line 1' does not follow"),
    "the limit of another value": (
        tending(a * (b + 2), value=a * (b + 2)), r"tends to a\*\(b \+ 2\), got one that tends to a\*b \+ a",
    ),
    "the limit before the end": (tending(a * (b + 1), a * (b + 1) + 0 * h), "'line 1' does not follow"),
    "a jump that no line sees": (tending(a * (b + 1), near=NEAR * sqrt(h)), "tends to .*, got one that tends to 0"),
    "the limit with an excess": (
        stated(lambda q: Tends(NEAR, h, q), a * (b + 1), "limit", (NEAR, by("so", a * (b + 1), more=a * h))),
        "expected no excess in an equality",
    ),
}  # fmt: skip


# -- chains of parts that are true as written ------------------------------------------------------


def summed(*chains: Any, base: Any = 1, value: Expr = N**2) -> Claim:
    """Return the claim 1 + 3 + ... + (2 N - 1) = N^2."""
    says = lambda q: induction(  # noqa: E731
        value=q, held=S_N, base=base, step=S_N + 2 * N + 1, first={N: 1}, next={N: N + 1}
    )
    wrong = {"more": Wrong(2 * value, "all"), "less": Wrong(value / 7, "all")}
    return stated(says, value, "induction", *chains, wrong=wrong)


STEP = (N**2 + 2 * N + 1, (N + 1) ** 2)
INDUCTIONS = {
    "no chain for the base": (summed(STEP), ""),
    "a chain for the base": (summed((S.One, S.One), STEP), ""),
    "in the wrong order": (summed(STEP, (S.One, S.One)), "statement 1: expected a proof that starts with 1"),
    "a chain of something else": (
        summed((S(2), S(2)), STEP),
        "statement 1: expected a proof that starts with 1, got 2",
    ),
    "a false line in it": (summed((S.One, S(2), S.One), STEP), "'line 1' does not follow"),
    "one chain too many": (summed((S.One, S.One), STEP, STEP), r"each of 1 statements, got 3: .*the base case: 1 = 1"),
    "none for the step": (summed(), r"each of 1 statements, got 0: .*1 \(the step\): .* = \(N \+ 1\)\*\*2"),
    "another base": (summed((S(2), S(1)), STEP, base=2), "'line 1' does not follow"),
}


# -- what a process makes is the answer as it stands -----------------------------------------------

LAW = Normal(a * z, b**2)


def made(answer: Normal = LAW, *chains: Any) -> Claim:
    chains = chains or ((answer.mean, answer.mean), (answer.var, answer.var))
    wrong = {n: Wrong(answer._replace(var=e), "all") for n, e in {"the root": b, "twice": 2 * b**2}.items()}
    point = {a: Integer(2), b: Integer(3), z: Integer(1)}
    says = lambda q: Law(v, Made(a * z + b * e_1, (e_1,)), q)  # noqa: E731
    return stated(says, answer, "law", *chains, wrong=wrong, example=point)


def meant(answer: Expr = a**2 + b**2, *lines: Expr, body: Expr = (a * e_1 + b * e_2) ** 2) -> Claim:
    left = Expected(body, e_1, e_2)
    return stated(lambda q: Equal(left, q), answer, "expectation", (left, *(lines or (answer,))))


COMPUTED = {
    "a law": (made(), ""),
    "a law of another variance": (made(Normal(a * z, 2 * b**2)), "enclose refutes|statement . that starts with"),
    "a law without a proof": (made(LAW, (S.One, S.One)), "a chain for each of 2 statements, got 1"),
    "an expectation": (meant(), ""),
    "another one": (meant(a**2 + 2 * b**2), "'line 1' does not follow"),
    "by another": (meant(a**2 + b**2, Expected(a**2 * e_1**2, e_1), a**2 + b**2), "'line 1' does not follow"),
    "by a hiding one": (
        meant(a**2 + b**2, Expected(a**2 + b**2 * Symbol("e_1", positive=True), Symbol("e_1", positive=True)) + b**2),
        "may be any real number|does not follow|a proof that ends",
    ),
    "an answer as its own left side": (
        stated(lambda q: Equal(q, q), a**2 + b**2, "equality", (a**2 + b**2, a**2 + b**2)), "both sides are the same",
    ),
    "a mean that is the answer whatever it is": (
        stated(lambda q: Equal(Expected(q * e_1**2, e_1), q), a**2 + b**2, "expectation", (a**2 + b**2, a**2 + b**2)),
        "does not pin",
    ),
}  # fmt: skip

# -- Python's whole numbers in a form ---------------------------------------------------------------

SHARE = a**2 / (a**2 + b**2)
AREA = (1 - exp(-a / h)) / a


def half_line(high: Any, value: Any = 1 / a) -> Claim:
    from sympy import Integral

    says = lambda q: Improper(exp(-a * z), z, 0, high, q, h)  # noqa: E731
    lines = (Integral(exp(-a * z), (z, 0, 1 / h)), by("a primitive", AREA, primitive=-exp(-a * z) / a), value)
    return stated(says, value, "limit", lines, wrong={"1": Wrong(1, "all"), "twice": Wrong(2 / a, "all")})


NUMBERS = {
    "the ends of an integral": (half_line(oo), ""),
    "an integral that is none": (half_line(oo, 2 / a), "got one that tends to 1/a"),
    "a given value": (
        stated(
            lambda q: Law(v, Given(a * e_1, ((a * e_1 + b * e_2, 1),), (e_1, e_2)), Normal(q, SHARE * b**2)), SHARE,
            "law", (SHARE, SHARE), (a**2 - a**4 / (a**2 + b**2), SHARE * b**2), example={a: Integer(2), b: Integer(3)},
        ),
        "",
    ),
}  # fmt: skip
CASES = {
    f"{kind}: {name}": case
    for kind, cases in {"limit": LIMITS, "induction": INDUCTIONS, "computed": COMPUTED, "number": NUMBERS}.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_an_innocent_way_is_green_and_its_forged_neighbour_is_not(name: str) -> None:
    one, expected = CASES[name]
    if expected:
        red(one, expected)
    else:
        green(one)


def owing(inside: Expr) -> Claim:
    """Return a claim with an expectation in a line, which stands for v."""
    with watching(True):
        proof = (a * (v + 1), a * Expected(e_1**2 * exp(log(inside)), e_1) + a, a * v + a)
        return stated(lambda q: Equal(a * (v + 1), q), a * v + a, "equality", proof)


def test_the_expectation_of_a_line_still_owes_what_was_lost_in_it() -> None:
    red(owing(v), "left over: v > 0")
    green(claim())
