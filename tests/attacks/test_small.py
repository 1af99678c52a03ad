"""Small false, vacuous or unverifiable claims that look green; each must go red, for its own reason.

All are the same identity with one fault. `harmless` is the identity without a fault.
"""

from typing import Any, NamedTuple

import pytest
from sympy import (
    Expr,
    Float,
    Function,
    Integer,
    Integral,
    Max,
    Rational,
    Symbol,
    cos,
    exp,
    expand,
    log,
    pi,
    sin,
    sqrt,
)

from derivations.engines.atoms import Irreducible
from derivations.engines.discharge.settle import settle
from derivations.engines.normal_form import vanishes
from derivations.engines.prove import _line
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal, Tends
from derivations.judge.certificate import certify
from derivations.obligations.ledger import Ledger
from tests.support.forged import AT, LEFT, RIGHT, a, b, c, claim, h, simulated, v, w
from tests.support.judged import red

FAR = sqrt(expand((a * b - 100) ** 2))  # 100 - a b only where a b < 100, as at the stored point
NEARBY = sqrt(expand((a - b) ** 2)) - (a - b)  # 0 only where a > b, as at the stored point


class Two(NamedTuple):
    seen: Expr
    unseen: Expr


def lined(middle: Expr) -> Claim:
    """Return the identity, proved by way of a false line."""
    return claim(proof=((by("the left", LEFT), by("false", middle), by("so", RIGHT)),))


def half_said() -> Claim:
    wrong = {k: Wrong(Two(q, q), "all") for k, q in (("one", a), ("other", b))}
    return claim(answer=Two(RIGHT, 7 * a**3), says=lambda q: Equal(LEFT, q.seen), wrong=wrong)


def called_wrong(*answers: Expr) -> Claim:
    return claim(wrong={str(k): Wrong(q, "nothing") for k, q in enumerate(answers)})


def limit() -> Claim:
    near, value = sqrt(expand((a * b - 100) ** 2) + h), 100 - a * b
    proof = ((by("the left", near), by("the same", near)),)
    return claim(a * b, value, kind="limit", says=lambda q: Tends(near, h, q), proof=proof)


def bound(equal_at: dict[Any, Any]) -> Claim:
    greater = a * b + (a + c) ** 2 / c
    proof = ((by("the left", a * b), by("a square", greater, more=(a + c) ** 2 / c)),)
    return claim(a * b, greater, kind="inequality", says=lambda q: AtMost(a * b, q, equal_at), proof=proof)


def folded() -> Claim:
    """Return a claim where SymPy folds the integral over w, of length 3, into the one over v."""
    left, right = a * Integral(exp(-v * b), (v, 0, 1), (w, 0, 3)), a * (1 - exp(-b)) / b
    return claim(left, right, proof=((by("", left), by("", right, primitive=-exp(-v * b) / b)),))


COUNTED = Symbol("m", integer=True, positive=True)
DENESTED, NESTED = 1 + sqrt(2), sqrt(3 + 2 * sqrt(2))
OTHER = Symbol("a", real=True)
ATTACKS: dict[str, tuple[Claim, str]] = {
    "a line false where no sign was looked at": (lined(LEFT + NEARBY), "changes its sign"),
    "a line false by half an angle": (lined(LEFT + sin(sqrt(a) / 2)), "enclose refutes"),
    "a root that turns far out": (claim(FAR + c, 100 - a * b + c), "changes its sign"),
    "a logarithm that ends far out": (claim(log(expand((a * b - 1000) ** 2)), 2 * log(1000 - a * b)), "changes its"),
    "a limit that turns far out": (limit(), "not proved"),
    "an integral over two variables": (folded(), "one variable with two ends"),
    "a field of the answer that nothing looks at": (half_said(), "does not look at its answer's unseen"),
    "wrong answers that can't be evaluated": (called_wrong(Max(RIGHT, b), Function("f")(a)), "not rejected"),
    "a right answer called wrong": (
        claim(LEFT * DENESTED, RIGHT * DENESTED, wrong={"b": Wrong(b, ""), "it": Wrong(RIGHT * NESTED, "")}),
        "wrong answer not rejected: it",
    ),
    "one wrong answer twice": (called_wrong(a, a), "named before"),
    "a printed truth refuted outside the domain": (
        claim(kind="refuted", printed=AtMost(a, a + b, {}), printed_at={a: Integer(1), b: Integer(-1)}),
        "point of the printed statement violates 0 < b",
    ),
    "an assumption hidden in a symbol": (
        claim(LEFT * cos(2 * pi * COUNTED), RIGHT, example=AT | {COUNTED: 1}, says=lambda q: Equal(LEFT * COUNTED, q)),
        "real or positive and no more",
    ),
    "two symbols of one name": (claim(LEFT + OTHER, RIGHT + OTHER), "expected one symbol for each name"),
    "a theorem as a definition": (claim(a, a + 1, kind="definition"), "expected a new name"),
    "a bound without its equality case": (bound({}), "got a bound without one"),
    "an equality case outside the domain": (bound({a: -c}), "is outside the domain"),
    "an experiment outside the domain": (simulated({a: -1, b: 3}, convenience={}), "point of the experiment violates"),
    "the question as its answer": (
        claim((1 + Integral(exp(-a * v**2), (v, 0, b))) / c, 1 / c + Integral(exp(-a * v**2), (v, 0, b)) / c),
        "expected a closed form",
    ),
}  # fmt: skip


FLOATS = {
    "a root": (sqrt(a**2 + b**2), (a**2 + b**2) ** Float(0.5), r"got 0\.50*, a float: write Rational\(1, 2\), or sqrt"),
    "a third": (a + b / 3, a + b * Float(1) / 3, r"a float: write Rational\(1, 3\)$"),
    "a whole number": (a + 2 * b, a + Float(2) * b, "a float: write 2$"),
    "no fraction": (a + b / 7, a + Float(0.14159) * b, "a float: write an exact number"),
}


@pytest.mark.parametrize("what", FLOATS)
def test_a_float_is_refused_where_it_stands(what: str) -> None:
    """Python makes a float of 1/2, and a proof of it would be one of another number."""
    exact, inexact, expected = FLOATS[what]
    left, right = c * (exact + 1), expand(c * (exact + 1))
    red(claim(c * (inexact + 1), right), f"^statement 1: expected exact numbers, .*{expected}")
    lines = (by("", left), by("", c * (inexact + 1)), by("", right))
    red(claim(left, right, proof=(lines,)), f"^the derivation of statement 1, line 2: expected exact .*{expected}")
    assert "expected exact numbers" not in str(certify(claim(left, right), "digest").complaints)


def test_the_harmless_claims_are_green() -> None:
    for harmless in (claim(), simulated({a: 2, b: 1}), lined(RIGHT * 2 - LEFT)):
        assert certify(harmless, "digest").complaints in ([], ["the experiment rejects no wrong answer"])


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_goes_red(name: str) -> None:
    attack, expected = ATTACKS[name]
    red(attack, expected)


def test_a_convenience_that_is_needed_is_called_necessary() -> None:
    certificate = certify(claim(LEFT * sqrt(b), RIGHT * sqrt(b)), "digest")
    assumption = {row["text"]: row for row in certificate.assumptions}["0 < b"]
    assert "square root" in assumption["necessary"]["fault"]
    assert assumption["convenience"] == "kept"


def test_a_convex_function_is_least_only_on_its_own_branch() -> None:
    above, below = by("", 2 * a + 3), by("", 1 / a**2, convex=(a, Integer(-1)))  # false at a = 1
    ledger = Ledger()
    _line(above, below, AT, strict=False, ledger=ledger)
    (bend,) = (o for o in ledger.entries if o.relation == ">= 0" and "second derivative" in o.why)
    assert not settle(claim(), ledger.entries).by[bend] or settle(claim(), ledger.entries).left


def test_an_unsupported_half_angle_is_refused() -> None:
    with pytest.raises(Irreducible, match="angle"):
        vanishes(cos(3 * log(a) / 2) - cos(log(a)), {a: Rational(1, 4)})
