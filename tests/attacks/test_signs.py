"""Proofs that rely on a false sign, a zero denominator or a wrong branch go red, and their twins are green."""

from dataclasses import replace

import pytest
from sympy import Expr, Integer, Integral, Rational, S, Symbol, atan, cos, exp, expand, log, pi, sin, sqrt, tan

from derivations.engines.discharge import lemmas
from derivations.engines.prove import prove
from derivations.form.claim import Below, Claim, by
from derivations.form.statement import AtMost, Equal, Tends
from tests.support.forged import a, b, c, equation, h, q, x
from tests.support.judged import green, red

t = Symbol("t", positive=True)
y = Symbol("y", real=True)
POSITIVE = a**2 - 70 * a + 1301  # its twin, positive everywhere


def by_way_of(factor: Expr) -> Expr:
    """Return a c (1 + b), multiplied out with a factor and a + 1, and divided by both."""
    return (a * b * c + a * c) * expand(factor * (a + 1)) / (factor * (a + 1))


def more(factor: Expr, given: Expr) -> Claim:
    """Return a <= a + c factor e^y, by a line with a stated excess, beside an equality that pins the answer."""
    right = a + c * factor * exp(y)
    chains = ((by("", a + 0 * c), by("", right, more=c * exp(y) * given)), (by("", expand(right)), by("", right)))
    says = lambda v: (AtMost(a, v, {c: S.Zero}), Equal(expand(right), v))  # noqa: E731
    one = equation(expand(right), right)
    return replace(one, proof=chains, says=says, kind="inequality")


def jumping(high: Integer) -> Claim:
    """Return the claim of the integral of 1/(5 + 4 cos(t/8)), whose primitive jumps at t = 8 pi."""
    body, primitive = 1 / (5 + 4 * cos(t / 8)), Rational(16, 3) * atan(tan(t / 16) / 3)
    left, right = c * Integral(body, (t, 0, b)), c * primitive.subs(t, b)
    one = equation(left, right, Below(b, high))
    proof = ((by("the left", left), by("a primitive", right, primitive=primitive)),)
    return replace(one, proof=proof)


def limit(inside: Expr, value: Expr) -> Claim:
    near = sqrt(inside**2 + h) * c
    one = equation(expand(value * c), value * c)
    changed = {"proof": ((by("", near), by("", near)),), "says": lambda v: Tends(near, h, v), "kind": "limit"}
    return replace(one, **changed)


ORDER = (Below(b, a), Below(a, Integer(2)))
INSIDE = {a: Rational(3, 2), b: Rational(1, 2), c: Integer(1)}
CHEATS: dict[str, tuple[Claim, Claim, str]] = {
    "a root of a square": (
        equation(sqrt(expand(q**2)) * c + c, q * c + c),
        equation(sqrt(expand(POSITIVE**2)) * c + c, POSITIVE * c + c),
        r"a\*\*2 - 70\*a \+ 1001 >= 0",
    ),
    "a root of a square, on the whole line": (
        equation(sqrt(expand(q.subs(a, x) ** 2)) * c + c, q.subs(a, x) * c + c),
        equation(sqrt(expand(POSITIVE.subs(a, x) ** 2)) * c + c, POSITIVE.subs(a, x) * c + c),
        r"x\*\*2 - 70\*x \+ 1001 >= 0",
    ),
    "a logarithm of a square": (
        equation(log(expand(q**2)) * c, 2 * c * log(q)),
        equation(log(expand(POSITIVE**2)) * c, 2 * c * log(POSITIVE)),
        r"a\*\*2 - 70\*a \+ 1001 > 0",
    ),
    "a root that is taken for its radicand": (
        more(q, sqrt(q**2 * cos(y) ** 2 + q**2 * sin(y) ** 2)),
        more(POSITIVE, sqrt(POSITIVE**2 * cos(y) ** 2 + POSITIVE**2 * sin(y) ** 2)),
        r"1001 >= 0|refutes",
    ),
    "a primitive that jumps": (jumping(Integer(60)), jumping(Integer(9)), r"cos\(t\[0, b\]/16\) != 0"),
    "a root of two negative factors": (
        equation(sqrt(expand((a - 3) * (b - 3))) * c, sqrt(3 - a) * sqrt(3 - b) * c, example={a: 1, b: 1}),
        equation(sqrt(expand((a - 3) * (b - 3))) * c, sqrt(3 - a) * sqrt(3 - b) * c, Below(a, S(3)), Below(b, S(3))),
        r"3 - [ab] >= 0|>= 0 \(a root\)",
    ),
    "a denominator that vanishes at one point": (
        equation(expand((a - 35) * (a + 1)) * c / (a - 35), (a + 1) * c),
        equation(expand((a - 35) * (a + 1)) * c / (a - 35), (a + 1) * c, Below(S(35), a), example={a: 40}),
        r"a - 35 != 0",
    ),
    "a line that divides by 0 on its way": (
        equation(a * b * c + a * c, a * c * (1 + b), through=by_way_of(a - b)),
        equation(a * b * c + a * c, a * c * (1 + b), through=by_way_of(a + b)),
        r"a - b != 0|\(a - b\)\*\(a \+ 1\) != 0",
    ),
    "a line that is real on half the domain": (
        equation(a * c - 5 * c, c * (a - 5), through=c * exp(log(expand((a - 5) ** 3)) / 3), example={a: 7}),
        equation(a * c + 5 * c, c * (a + 5), through=c * exp(log(expand((a + 5) ** 3)) / 3)),
        r"15\*a\*\*2 \+ 75\*a - 125 >",
    ),
    "a branch of an angle": (
        equation(sqrt(1 - cos(a) ** 2) * c, sin(a) * c, example={a: 1}),
        equation(sqrt(1 - cos(a) ** 2) * c, sin(a) * c, Below(a, pi), example={a: 1}),
        "not proved|left over",
    ),
    "a limit on one side of a zero": (limit(a - 1, a - 1), limit(a + 1, a + 1), "not proved"),
    "an order that no assumption states": (
        equation(sqrt(expand((a - b) ** 2)) * c + c, (a - b) * c + c),
        equation(sqrt(expand((a - b) ** 2)) * c + c, (a - b) * c + c, *ORDER, example=INSIDE),
        r"a - b >= 0",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_goes_red_and_its_twin_stays_green(name: str) -> None:
    cheat, twin, expected = CHEATS[name]
    red(cheat, expected)
    assert prove(twin).verdict == "proved", prove(twin).reason
    green(twin)


def test_a_claim_is_not_its_own_lemma(monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim b - a >= 0 uses a lemma that states this and needs the claim."""
    left, right = sqrt(expand((b - a) ** 2)) * c, (b - a) * c
    one = equation(left, right, example={a: 1, b: 2})
    bound = AtMost(S.Zero, b - a, {a: b})
    chains = (*one.proof, (by("", S.Zero), by("", b - a, more=left / c)))
    circle = replace(one, name="circle", needs=("circle",), says=lambda v: (Equal(left, v), bound), proof=chains)
    monkeypatch.setattr("derivations.form.known._registered", [{"circle": circle}])
    assert prove(circle).verdict != "proved"
    assert lemmas.lemmas(circle) == ()


def test_a_lemma_discharges_only_where_its_assumptions_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    lemma = equation(b + 0 * a, b, Below(a, b), example={a: 1, b: 2})
    proof = ((by("", a), by("", b, more=b - a)),)
    changes = {"name": "lemma", "says": lambda v: AtMost(a, b, {a: b}), "proof": proof}
    lemma = replace(lemma, **changes)
    monkeypatch.setattr("derivations.form.known._registered", [{"lemma": lemma}])
    assert prove(lemma).verdict == "proved"
    user = equation(sqrt(expand((b - a) ** 2)) * c, (b - a) * c, example={a: 1, b: 2}, needs=("lemma",))
    assert prove(user).verdict == "consistent"
