"""Numbers that no float holds stop no judge: claims of them are green or refused by a sentence, and never an error."""

from typing import Any

import pytest
from flint import fmpq
from sympy import Expr, Integer, exp, expand, log, sqrt

from derivations.arithmetic.ball import midway
from derivations.engines.field import _power
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Below
from derivations.judge.certificate import certify
from derivations.judge.pinning.complaints import _text
from tests.support.forged import AT, a, b, equation, stated
from tests.support.judged import green, red_for

TEN = Integer(10)
TINY, HUGE, LONG = TEN**-400, TEN**400, TEN**2000


def more(by_: Expr, *given: Below, left: Expr = a, **changes: Any) -> Claim:
    """The left side is below what is more by something positive."""
    right = expand(left + by_)
    wrong = {"less": Wrong(left - by_, "all"), "much less": Wrong(left - 2 * by_, "all")}
    chain = ((by("", left), by("", right, more=by_)),)
    return stated(lambda q: Below(left, q), right, "inequality", *given, proof=chain, wrong=wrong, **changes)


def scaled(by_: Expr) -> Claim:
    return equation((a + b) ** 2 * by_, expand((a + b) ** 2 * by_))


EQUALITIES = {
    "huge": scaled(HUGE),
    "tiny": scaled(TINY),
    "a domain above": equation((a + b) ** 2, expand((a + b) ** 2), Below(HUGE, a), example={a: TEN**401}),
    "a domain above almost nothing": equation((a + b) ** 2, expand((a + b) ** 2), Below(TINY, a)),
    "under a root": equation(sqrt(a + HUGE) ** 2 * b, a * b + HUGE * b),
    "in a logarithm": equation(log(a * TINY) + b, b + log(a) - 400 * log(TEN)),
    "a high power": equation((a + b) * a**1000, a**1001 + b * a**1000),
}


@pytest.mark.parametrize("name", EQUALITIES)
def test_an_equality_of_such_numbers_is_green(name: str) -> None:
    green(EQUALITIES[name])


INEQUALITIES = {
    "tiny": more(TINY),
    "huge": more(HUGE),
    "a tiny multiple": more(b * TINY),
    "beside a tiny one": more(b**2 * TINY, left=2 * a * b * TINY),
    "above a tiny bound": more(b - TINY, Below(TINY, b), example=AT),
    "above a huge bound": more(b - HUGE, Below(HUGE, b), example={a: 1, b: TEN**401}),
    "an exponential": more(exp(1000 * b)),
    "an exponential that no ball holds": more(exp(HUGE * b)),
}


@pytest.mark.parametrize("name", INEQUALITIES)
def test_an_inequality_of_such_numbers_is_judged(name: str) -> None:
    certificate = certify(INEQUALITIES[name], "digest")
    assert certificate.proof.verdict == "proved" and not any("Error" in fault for fault in certificate.complaints)


def test_an_exponent_of_such_a_number_is_judged() -> None:
    red_for(equation(b * exp(HUGE * a) + b, b * (exp(HUGE * a) + 1) + TINY), "does not follow")


LENGTHS = (more(b * LONG), more(b / LONG), scaled(1 / LONG), equation((a + b) * a**LONG, a ** (LONG + 1) + b * a**LONG))


@pytest.mark.parametrize("n", range(len(LENGTHS)))
def test_a_number_too_long_to_be_judged_is_refused(n: int) -> None:
    red_for(LENGTHS[n], "expected numbers of at most 4096 bits")


@pytest.mark.parametrize(
    "written", ["10^-400", "10^400 (a + b)^2", "1e400", "10^(10^6)", "a^(10^10^10)", "(a+b)^2 + 10^-60"]
)
def test_such_a_number_in_a_title_is_refused(written: str) -> None:
    red_for(equation((a + b) ** 2, expand((a + b) ** 2), title=f"The square is {written}"), "the title")


def test_a_place_midway_is_between_its_ends() -> None:
    for low, high in (
        (TINY, 2 * TINY),
        (HUGE, HUGE + 1),
        (-HUGE, TINY),
        (Integer(0), Integer(1)),
        (Integer(2), Integer(1)),
    ):
        assert min(low, high) < midway(low, high, {}) < max(low, high)
    assert midway(Integer(0), Integer(3), {}) == 1
    assert midway(HUGE, HUGE, {}) == HUGE


def test_a_chance_and_a_point_are_numbers_of_any_size() -> None:
    assert _power(int(HUGE), -60, 4) == 1.0
    assert _power(3, 2 - 60, 4) == pytest.approx((3 * 4 / 2**60) ** 4, rel=1e-12)
    assert _power(0, -60, 4) == 0.0
    place: Any = {a: fmpq(10**400), b: fmpq(1, 3)}
    assert _text(place) in ("a = 1.000e+400, b = 0.3333", "a = 1.00e+400, b = 0.3333")
