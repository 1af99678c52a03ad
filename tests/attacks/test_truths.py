"""True claims that were once called refuted: by samples of a limit, a bad line, or an equality case without a value."""

import pytest
from sympy import Expr, Rational, S, log, sqrt, symbols

from derivations.engines.enclose import enclose
from derivations.form.claim import Claim, by
from derivations.form.statement import AtMost, Tends
from derivations.form.verdict import Evidence
from derivations.judge.certificate import beside_proof, certify
from tests.support.forged import LEFT, RIGHT, claim, stated
from tests.support.judged import green, red_for

a, b, c, h = symbols("a b c h", positive=True)


def limit(e: Expr, value: Expr) -> Claim:
    return claim(value, value, kind="limit", says=lambda q: Tends(e, h, q), proof=((by("", e), by("", e)),))


SLOW = (h ** Rational(1, 2000), 1 / log(3 + log(1 + 1 / h)), 1 / log(10**9 + log(1 + 1 / h)))


@pytest.mark.parametrize("slow", SLOW)
def test_a_distance_that_goes_on_falling_refutes_no_limit(slow: Expr) -> None:
    assert enclose(limit(a * c + slow, a * c)).verdict == "not_evaluated"
    assert enclose(limit(a * c + h, a * c)).verdict == "consistent"
    assert enclose(limit(a * c + c / 1000 + h, a * c)).verdict == "refuted"


def test_a_proved_limit_is_not_refuted_by_a_sample() -> None:
    seen = enclose(limit(a * c + h, a * c + 1))
    assert seen.verdict == "refuted"
    for verdict, expected in (("proved", "not_evaluated"), ("consistent", "refuted")):
        assert beside_proof([Evidence("prove", verdict), seen])[1].verdict == expected
    square = enclose(claim(RIGHT, RIGHT + a))
    assert beside_proof([Evidence("prove", "proved"), square])[1].verdict == "refuted"


def test_a_bad_line_refutes_no_answer() -> None:
    certificate = certify(claim(proof=((by("", LEFT), by("false", LEFT + a), by("so", RIGHT)),)), "digest")
    assert certificate.verdict == "not_evaluated"
    assert any("enclose refutes a line of it: the line 'false' is off by" in c for c in certificate.complaints)


def test_an_equality_case_without_a_value_is_left_over() -> None:
    more = c * (a**2 - b + 5) ** 2
    case = claim(
        a * b, a * b + more, kind="inequality", says=lambda q: AtMost(a * b, q, {a: sqrt(b - 5)}),
        proof=((by("", a * b), by("", a * b + more, more=more)),), example={a: S(2), b: S(9), c: S.One},
    )  # fmt: skip
    certificate = certify(case, "digest")
    assert certificate.verdict == "not_evaluated"
    assert any("left over: b - 5 >= 0" in complaint for complaint in certificate.complaints)


def test_the_limit_itself_is_a_last_line_alone() -> None:
    """What is equal at every h leads to a form whose limit is seen; below it the limit may stand, and nothing else."""

    def led_to(*lines: Expr, near: Expr = (a + h) * (c + h)) -> Claim:
        proof = ((by("", near), *(by("so", line) for line in lines)),)
        return stated(lambda e: Tends(near, h, e), a * c, "limit", proof=proof)

    expanded = a * c + a * h + c * h + h**2
    red_for(led_to(a * c, expanded), "'so' does not follow")
    red_for(led_to(a * c, a * c), "'so' does not follow")
    red_for(led_to(a * c + a), "'so' does not follow")
    red_for(led_to(a * c, near=(a + h) * (c + 1 + h)), "expected a line before the limit that tends to a*c, got one")
    green(led_to(a * c))
    green(led_to(expanded))
    green(led_to(expanded, a * c))
