"""An assumption is needed if the claim is false or undefined at a point where it alone fails.

Each cheat keeps an assumption that its theorem does not need, or not all of, and goes red for that; its twin needs it,
or says why it is kept.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from flint import arb
from sympy import Expr, Integer, Rational, S, Symbol, exp, expand, log, sqrt

from derivations.arithmetic.continued import continued
from derivations.catalogue import claims
from derivations.form.claim import Claim, by
from derivations.form.statement import AtMost, Below
from derivations.judge.necessity.happening import happens
from derivations.judge.necessity.search import necessities, unneeded
from derivations.judge.necessity.valued import needs, unreal
from derivations.judge.report import kinds
from derivations.notation.names import text_of
from derivations.notation.process import Process
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, q, stated, thin, x
from tests.support.judged import red

NEITHER, STRONGER = "neither shown necessary nor marked", "stronger than needed"
ORDERED = Below(b, c)
AT = {a: Integer(1), b: Integer(1), c: Integer(2)}
APART = expand((b - c) ** 2)


def given(left: Expr, right: Expr, *assumptions: Below, **changes: Any) -> Claim:
    """Return the claim left = right under assumptions, proved in one line."""
    names = left.free_symbols | right.free_symbols
    return claim(left, right, given=assumptions, **{"example": {s: AT[s] for s in names if s in AT}, **changes})


def rooted(f: Expr, *assumptions: Below, **changes: Any) -> Claim:
    """Return a claim that takes the root of a square for its base."""
    return given(sqrt(expand(expand(f) ** 2)) * c + c, expand(f) * c + c, *assumptions, **changes)


def by_way_of(middle: Expr) -> Claim:
    """Return an identity that needs no assumption, by a line that does."""
    line = ((by("the left", LEFT), by("the same", middle), by("so", RIGHT)),)
    return given(LEFT, RIGHT, ORDERED, proof=line)


def reached() -> Claim:
    """Return a bound that holds on both sides of its equality case, and is stated on one."""
    greater = b**2 + (a - 1) ** 2
    return given(
        b**2,
        greater,
        Below(a, Integer(1)),
        kind="inequality",
        says=lambda answer: AtMost(b**2, answer, {a: Integer(1)}),
        proof=((by("", b**2), by("", greater, more=(a - 1) ** 2)),),
        example={a: Rational(1, 2), b: 1},
    )


CHEATS: dict[str, tuple[Callable[[], Claim], str]] = {
    "a common factor that is 0": (
        lambda: given((a * b * c + b * c) * (b - c) / (a * (b - c) + (b - c)), b * c, ORDERED),
        f"{NEITHER} as convenience: b < c",
    ),
    "roots of one sign, multiplied": (
        lambda: given(
            a * sqrt(expand((c - b) * (a + 1))) * sqrt(expand((c - b) * (a + 2))) / sqrt(expand((a + 1) * (a + 2))),
            a * (c - b),
            ORDERED,
        ),
        f"{NEITHER} as convenience: b < c",
    ),
    "logarithms of one sign, subtracted": (
        lambda: given(log(expand((c - b) * (a + 1))) - log(expand((c - b) * (a + 2))), log((a + 1) / (a + 2)), ORDERED),
        f"{NEITHER} as convenience: b < c",
    ),
    "what follows from others": (
        lambda: given(sqrt(APART) * a, (c - b) * a, ORDERED, Below(b - 1, c)),
        f"{NEITHER} as convenience: b - 1 < c",
    ),
    "needed by a line of the proof alone": (
        lambda: by_way_of(RIGHT + (b**2 - c**2) / (b - c) - (b + c)),
        f"{NEITHER} as convenience: b < c",
    ),
    "a bound that holds on both sides": (reached, f"{NEITHER} as convenience: a < 1"),
    "an edge short of the turn": (lambda: rooted(q, Below(a, Integer(15))), f"{STRONGER}.* a < 15"),
    "an edge where it is 1, of a turn at 4": (
        lambda: rooted(1 - a / 4, Below(a, Integer(1)), example={a: Rational(1, 2), c: 1}),
        f"{STRONGER}.* a < 1",
    ),
    "a half-line for a point": (
        lambda: given(c**2 * b / (c * (a - 5)), c * b / (a - 5), Below(a, Integer(5))),
        STRONGER,
    ),
    "a bound on a factor, needed for a product": (
        lambda: given(
            sqrt(expand((1 - a * b) ** 2)) * c + c,
            (1 - a * b) * c + c,
            Below(a, Integer(1)),
            Below(a * b, Integer(1)),
            example={a: Rational(1, 2), b: 1, c: 1},
        ),
        f"{NEITHER} as convenience: a < 1",
    ),
}
NEEDED: dict[str, tuple[Callable[[], Claim], str, str]] = {
    "an order of two numbers": (lambda: given(sqrt(APART) * a, (c - b) * a, ORDERED), "b < c", "false"),
    "up to the turn": (lambda: rooted(q, Below(S.Zero, q), Below(a, Integer(35))), "0 < a^2 + 1001 - 70 a", "false"),
    "up to a sliver": (lambda: rooted(thin, Below(a, Integer(30))), "a < 30", "false"),
    "up to a sliver of one millionth": (
        lambda: rooted((a - 30) * (a - 30 - Rational(1, 10**6)), Below(a, Integer(30))),
        "a < 30",
        "false",
    ),
    "up to 1e-7": (
        lambda: rooted(
            (a - Rational(1, 10**7)) * (a - Rational(1, 10**6)),
            Below(a, Rational(1, 10**7)),
            example={a: Rational(1, 10**8), c: 1},
        ),
        f"a < {Rational(1, 10**7)}",
        "false",
    ),
    "a root": (lambda: given(c * sqrt(c - b) * (a + 1), sqrt(c - b) * (a * c + c), ORDERED), "b < c", "undefined"),
    "a logarithm": (lambda: given(2 * log(c - b) + a, log(APART) + a, ORDERED), "b < c", "undefined"),
    "a logarithm and a root": (
        lambda: given(2 * log(c - b) + sqrt(APART) * a, log(APART) + (c - b) * a, ORDERED),
        "b < c",
        "undefined",
    ),
    "a strict order": (
        lambda: given(
            b,
            b + (c - b) ** 3,
            ORDERED,
            kind="inequality",
            says=lambda answer: Below(b, answer),
            proof=((by("", b), by("", b + (c - b) ** 3, more=(c - b) ** 3)),),
        ),
        "b < c",
        "false",
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_needless_assumption_goes_red(name: str) -> None:
    cheat, expected = CHEATS[name]
    red(cheat(), expected)


@pytest.mark.parametrize("name", CHEATS)
def test_an_assumption_may_be_kept_for_a_reason(name: str) -> None:
    cheat = CHEATS[name][0]()
    kept = {assumption.text: "the field's usual case" for assumption in cheat.given}
    assert unneeded(necessities(replace(cheat, convenience={**cheat.convenience, **kept}))) == []


@pytest.mark.parametrize("name", NEEDED)
def test_a_needed_assumption_is_called_necessary(name: str) -> None:
    make, text, kind = NEEDED[name]
    rows = {row["text"]: row for row in necessities(make())}
    assert rows[text]["necessary"]["kind"] == kind, rows[text]
    assert rows[text]["holds_beyond"] is None
    assert unneeded([rows[text]]) == []


def test_false_outranks_undefined() -> None:
    """Below zero the logarithm has no value; between 20 and 50 both sides have one, and differ."""
    both = given(sqrt(expand(q**2)) * c + log(60 - a), q * c + log(60 - a), Below(a, Integer(20)), example={a: 1, c: 1})
    (row,) = (row for row in necessities(both) if row["stated"])
    assert row["necessary"]["kind"] == "false" and 20 < Rational(row["necessary"]["at"]["a"]) < 50


def bounded(left: Expr) -> Claim:
    """Return the claim that -1 is below a variance."""
    return stated(lambda q: Below(-S.One, left), c, "inequality", convenience={})


def test_what_fails_of_an_object_without_a_real_value_is_undefined_and_not_false() -> None:
    """Below c = -1 the polynomial is too small; but there is no x = sqrt(c) n_0 whose variance it could be."""
    n_0 = Symbol("n_0", real=True)
    process = Process((x, sqrt(c) * n_0), noise=(n_0,))
    kinds_of = {
        e: {row["text"]: row["necessary"] for row in necessities(bounded(e))}["0 < c"] for e in (c, process.Var(x))
    }
    plainly, named = kinds_of.values()
    assert plainly is not None and plainly["kind"] == "false" and named is not None
    assert (named["kind"], named["fault"]) == ("undefined", "x has no real value")


@pytest.mark.parametrize("name", ["vdm.score.pathwise", "vdm.posterior.variance.bounds", "sde.pfode.coupling"])
def test_no_claim_is_false_at_a_point_without_its_process(name: str) -> None:
    """Their roots are in the process alone: every point of falsehood has them real."""
    claim = claims()[name]
    at_risk = [row["necessary"]["at"] for row in necessities(claim) if (row["necessary"] or {}).get("kind") == "false"]
    for point in at_risk:
        at = {v: Rational(point[text_of(v)]) for v in claim.symbols() if text_of(v) in point}
        assert not any(unreal(needs(written), at) for written in claim.written()), point
    below = {v: Rational(claim.example[v]) for v in claim.symbols()} | dict.fromkeys(
        (v for v in claim.symbols() if v.name in ("c", "snr_s")), Integer(-2)
    )
    assert any(unreal(needs(written), below) for written in claim.written())


def test_assumptions_are_counted_by_kind() -> None:
    rows = necessities(given(sqrt(APART) * a, (c - b) * a, ORDERED))
    assert kinds(rows) == {"false": 1, "undefined": 0, "convenience": 3}


@pytest.mark.parametrize(
    ("expr", "at", "value"),
    [
        ((a**2 - b**2) / (a - b), {a: Integer(3), b: Integer(3)}, 6),
        ((exp(a) - exp(3)) / (a - 3), {a: Integer(3)}, 20.0855369231877),
        (sqrt(c - b) * sqrt(expand((c - b) * (a + 1))), {a: S.Zero, b: Integer(3), c: Integer(1)}, -2),
        (x / (1 + 1 / x), {x: S.Zero}, 0),
        (1 / (a - b), {a: Integer(3), b: Integer(3)}, None),
        (1 / (a - b) ** 2, {a: Integer(3), b: Integer(3)}, None),
        (a / (a + x), {a: S.Zero, x: S.Zero}, None),
        (sqrt(c - b), {b: Integer(3), c: Integer(1)}, None),
        (log(c - b), {b: Integer(3), c: Integer(1)}, None),
        (exp(1 / x), {x: S.Zero}, None),
    ],
)
def test_values_continue_past_the_domain(expr: Expr, at: dict[Any, Any], value: float | None) -> None:
    limit = continued(expr, at, Random(1))
    assert limit is None if value is None else limit is not None and abs(limit.value - arb(value)) < 1e-9


def test_a_strict_inequality_at_its_edge_is_an_equality() -> None:
    at = {a: Integer(0), b: Integer(2)}
    assert happens([Below(b, b + a**2)], at, Random("edge")) == ("false", "both sides are equal")
    thirds = {a: Rational(1, 3), b: Rational(1, 7)}  # whose balls never agree exactly
    assert (
        happens([Below(a - b, a - b + (a - Rational(1, 3)) ** 2)], thirds, Random("")).fault == "both sides are equal"
    )
    assert happens([Below(b, b + a**2 - 1)], at, Random("off")) == ("false", "off by -1.0000000")
