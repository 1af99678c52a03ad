"""Points cover a domain: they are found in narrow domains anywhere, and on both sides of every turn of a claim.

Each cheat is false in a corner that ordinary numbers miss, and goes red by a counterexample there; its twin is the
same claim where the corner is harmless.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from flint import fmpq
from sympy import Expr, Integer, Rational, cos, exp, expand, log, sin, sqrt, symbols

from derivations.engines.enclose import enclose
from derivations.form.claim import Claim, by
from derivations.form.statement import AtMost, Below
from derivations.points.delicate import delicate
from derivations.points.domain import Empty, enough, holds, points
from derivations.points.draws import exponent, simplest
from derivations.points.lines import Factor
from tests.support.forged import a, b, c, claim, h, q, thin, x
from tests.support.judged import red

y = symbols("y", real=True)
small = (a - Rational(1, 10**7)) * (a - Rational(1, 10**6))
disc = (a - 30) ** 2 + (b - 40) ** 2 - 1
COUNT = 24


def rooted(f: Expr, **changes: Any) -> Claim:
    """Return a claim that takes the root of a square for its base, which is false where the base is negative."""
    left, right = sqrt(expand(expand(f) ** 2)) * c + c, expand(f) * c + c
    return claim(left, right, **{"example": {s: AT[s] for s in left.free_symbols}, **changes})


def turned(f: Expr) -> Expr:
    """Return 0 where f is negative, and 2 f elsewhere."""
    return sqrt(expand(f**2)) + f


def decoy(f: Expr) -> Expr:
    """Return 0, written with logarithms of a factor that changes sign."""
    return log(4 * f**2) - log(expand(4 * f**2)) + log(expand(f**2)) - log(f**2)


def within(*given: Below, **changes: Any) -> Claim:
    """Return a true identity in a, b, c, h under some assumptions."""
    left = (a + b) ** 2 * c * h
    return claim(left, expand(left), given=given, **{"example": {}, **changes})


def crossed(f: Expr) -> Claim:
    """Return a bound that holds where f is positive, proved by a root that is positive by form."""
    more = c * exp(y) * sqrt(f**2 * cos(y) ** 2 + f**2 * sin(y) ** 2)
    line = ((by("", a), by("", a + c * f * exp(y), more=more)),)
    return claim(
        a,
        a + c * f * exp(y),
        kind="inequality",
        says=lambda answer: AtMost(a, answer, {c: 0}),
        proof=line,
        example={a: 1, c: 1, y: 0},
    )


def steep(most: int, **changes: Any) -> Claim:
    """Return the claim -c log (a - 77)^2 <= most c, which fails only very close to 77."""
    left, right = -c * log((a - 77) ** 2), most * c
    line = ((by("", left), by("", right, more=right - left)),)
    says = lambda answer: AtMost(left, answer, {c: 0})  # noqa: E731
    return claim(left, right, kind="inequality", says=says, proof=line, **{"example": {a: 7, c: 1}, **changes})


AT = {a: Integer(1), b: Integer(1), c: Integer(1), h: Integer(1), x: Integer(0), y: Integer(0)}
CHEATS: dict[str, Callable[[], Claim]] = {
    "a root that turns between 20 and 50": lambda: rooted(q),
    "the same, of a real symbol": lambda: rooted(q.subs(a, x)),
    "a logarithm that ends between 20 and 50": lambda: claim(
        log(expand(q**2)) * c, 2 * c * log(q), example={a: 1, c: 1}
    ),
    "a root that turns on a sliver of one ten-thousandth": lambda: rooted(thin),
    "a root that turns between 1e-7 and 1e-6": lambda: rooted(small),
    "a root that turns for a product of symbols": lambda: rooted(a * b - 30, example={a: 31, b: 1, c: 1}),
    "a root that turns inside a small circle": lambda: rooted(disc),
    "a root that turns for an exponential": lambda: rooted(exp(2 * a) - 70 * exp(a) + 1001),
    "a root that turns close to an edge": lambda: rooted(
        a - 50 + Rational(1, 10**6), given=(Below(a, Integer(51)),), example={a: Rational(101, 2), c: 1}
    ),
    "a fault where two factors turn at once": lambda: claim(
        (sqrt(expand((a - 300) ** 2)) + a - 300) * (sqrt(expand((b - 500) ** 2)) + b - 500) * c + c,
        c + 0 * a,
        example={a: 1, b: 1, c: 1},
    ),
    "a fault where three factors turn at once, and a fourth can't": lambda: claim(
        turned(a - 300) * turned(b - 500) * turned(h - 700) * c + decoy(1000 * a - 1) * c + c,
        c + 0 * a,
        example={a: 1, b: 1, c: 1, h: 1},
    ),
    "a bound crossed between 20 and 50": lambda: crossed(q),
    "a bound crossed on a sliver": lambda: crossed(expand(thin)),
    "a bound crossed where a factor is tiny": lambda: steep(20),
}
TWINS: dict[str, Callable[[], Claim]] = {
    "below 20": lambda: rooted(q, given=(Below(a, Integer(20)),)),
    "above 50": lambda: rooted(q, given=(Below(Integer(50), a),), example={a: 60, c: 1}),
    "a square that does not turn": lambda: rooted(a**2 - 70 * a + 1226),
    "outside the circle": lambda: rooted(disc, given=(Below(b, Integer(39)),)),
    "a factor that is not tiny enough": lambda: steep(20, given=(Below(a, Integer(76)),)),
    "a narrow domain": lambda: within(Below(Integer(20), a), Below(a, Integer(50)), example=AT | {a: Integer(30)}),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_false_corner_is_found(name: str) -> None:
    red(CHEATS[name](), "^enclose refutes the answer: (off by|undefined)")


@pytest.mark.parametrize("name", TWINS)
def test_a_harmless_twin_is_not_refuted(name: str) -> None:
    assert enclose(TWINS[name]()).verdict == "consistent"


NARROW: dict[str, tuple[Below, ...]] = {
    "20 to 50": (Below(Integer(20), a), Below(a, Integer(50))),
    "one billionth wide": (Below(Integer(20), a), Below(a, 20 + Rational(1, 10**9))),
    "two numbers of nearly one size": (Below(a, b), Below(b, a * (1 + Rational(1, 10**6)))),
    "a chain of three": (Below(a, b), Below(b, Integer(1))),
    "a chain of four": (Below(a, b), Below(b, c), Below(c, h), Below(h, Integer(1))),
    "a product between bounds": (Below(Integer(3), a * b), Below(a * b, Rational(3001, 1000))),
    "two pieces": (Below(Integer(0), (a - 1) * (a - 2)),),
    "between two products": (Below(a * c, a * b), Below(a * b, a * c + Rational(1, 10**6))),
    "a small share": (Below(a + b + c, h / 1000), Below(h, Rational(1, 10))),
    "a small circle": (Below((a - 30) ** 2 + (b - 40) ** 2, Integer(1)),),
    "beyond all ordinary numbers": (Below(Integer(10**12), a), Below(a, b)),
    "a logarithm in a window": (Below(Rational(99999, 100000), log(a)), Below(log(a), Integer(1))),
    "a ring": (Below(sqrt(a**2 + b**2), Integer(5)), Below(Rational(49, 10), sqrt(a**2 + b**2))),
}
NOWHERE: dict[str, tuple[Below, ...]] = {
    "1 < 0": (Below(Integer(1), Integer(0)),),
    "a circular chain": (Below(a, b), Below(b, c), Below(c, a)),
    "a square below zero": (Below((a - b) ** 2 + c, Integer(0)),),
    "a positive power below 1": (Below(exp(a), Integer(1)),),
    "below a negative number": (Below(a, x), Below(x, -b)),
}


@pytest.mark.parametrize("name", NARROW)
def test_a_narrow_domain_has_points(name: str) -> None:
    """Without a stored point to start from, the points are distinct and inside."""
    given = NARROW[name]
    drawn = list(islice(points(within(*given), name), COUNT))
    assert all(holds(assumption, point) for point in drawn for assumption in given)
    assert len({tuple(point.items()) for point in drawn}) == COUNT


@pytest.mark.parametrize("name", NOWHERE)
def test_an_empty_domain_has_no_points(name: str) -> None:
    with pytest.raises(Empty, match="found none"):
        next(points(within(*NOWHERE[name]), name))


def test_both_pieces_are_visited_and_every_edge_approached() -> None:
    drawn = [point[a] for point in islice(points(within(*NARROW["two pieces"]), "pieces"), 2 * COUNT)]
    assert min(abs(q - 1) for q in drawn) < Rational(1, 1000) and min(abs(q - 2) for q in drawn) < Rational(1, 1000)
    assert any(q < 1 for q in drawn) and any(q > 2 for q in drawn)


def test_all_decades_are_drawn_and_both_signs_of_a_real_symbol() -> None:
    drawn = [(p[a], p[x]) for p in islice(points(claim(a * c + x * a, a * (c + x)), "decades"), 2000)]
    decades = {round(exponent(fmpq(int(v.p), int(v.q)))) for v, _ in drawn}  # type: ignore[attr-defined]
    assert decades >= set(range(-6, 7))
    assert any(8 < v < 99 for v, _ in drawn)
    assert {v > 0 for _, v in drawn} == {True, False}


def test_purposes_share_no_points() -> None:
    streams = [list(islice(points(rooted(q), purpose), COUNT)) for purpose in ("enclose", "mutant 1", "mutant 2")]
    seen = [{tuple(point.items()) for point in stream} for stream in streams]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    assert streams[0] == list(islice(points(rooted(q), "enclose"), COUNT))  # the same purpose, the same points


def test_points_do_not_depend_on_earlier_calls() -> None:
    narrow = within(*NARROW["between two products"])
    first = list(islice(points(narrow, "one"), COUNT))
    other, again = points(narrow, "other"), points(narrow, "one")
    assert [(next(again), next(other))[0] for _ in first] == first


def test_a_claim_with_many_delicate_places_gets_more_points() -> None:
    """A place can't be hidden among others, since the points visit all of them."""
    product = sum(sqrt(expand((a - 10 * n) ** 2)) for n in range(1, 31))
    decoys = claim(
        product * c, sum((a - 10 * n for n in range(1, 31)), Integer(0)) * c, given=(Below(Integer(300), a),)
    )
    assert enough(rooted(q), COUNT) == COUNT
    assert len(delicate(decoys)) == 30
    free = claim(product * c, product * c + 0)
    assert enough(free, COUNT) >= 60


@pytest.mark.parametrize(
    ("expr", "zeros"),
    [
        (expand(thin), [Rational(30), Rational(300001, 10000)]),
        (x**2 - 1, [-1, 1]),
        (x**2 + 1, []),
        (exp(a) - exp(3), [3]),
        ((log(a) - 2) ** 2 - Rational(1, 10**8), [exp(2 - Rational(1, 10**4)), exp(2 + Rational(1, 10**4))]),
        (sqrt(a) - a / 30 - 1, [1.0727986869317647, 838.9272013130683]),
    ],
)
def test_zeros_along_a_line_are_detected(expr: Expr, zeros: list[Any]) -> None:
    (v,) = expr.free_symbols
    computed = [float(z) for z in Factor(expr).zeros(v, {v: fmpq(1)})]  # type: ignore[dict-item]
    assert computed == pytest.approx([float(z) for z in zeros], rel=1e-9)


def test_the_simplest_number_between_two_is_found() -> None:
    assert simplest(fmpq(314159, 100000), fmpq(314160, 100000)) == fmpq(355, 113)
    assert simplest(fmpq(-1), fmpq(2)) == 0
    assert simplest(fmpq(0), fmpq(1, 7)) == fmpq(1, 8)
    assert simplest(fmpq(-5, 2), fmpq(-12, 5)) == fmpq(-17, 7)
