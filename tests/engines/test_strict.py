"""Strict inequalities: each engine refuses one that is only <=, and proves one that is <."""

from sympy import Expr, Integer, Integral, exp, symbols

from derivations.engines.decide import decide
from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.form.claim import Claim, by
from derivations.form.statement import Below
from derivations.judge.certificate import certify
from tests.support.forged import a, b, c, claim


def larger(more: Expr) -> Claim:
    """Return the claim a b < a b + more, proved in one line."""
    proof = ((by("the left", a * b), by("something is added", a * b + more, more=more)),)
    return claim(a * b, a * b + more, kind="inequality", says=lambda q: Below(a * b, q), proof=proof)


def test_a_strict_inequality_is_proved() -> None:
    strict = larger((a + b) ** 2 / c)
    assert [engine(strict).verdict for engine in (prove, enclose, decide)] == ["proved", "consistent", "proved"]


def test_a_strict_bound_alone_does_not_pin_its_answer() -> None:
    """Without an equality case a slack bound is as true as a sharp one, so its mutants survive."""
    assert any("mutant survived" in complaint for complaint in certify(larger((a + b) ** 2 / c), "digest").complaints)


def test_a_square_is_not_positive() -> None:
    touching = larger((a - b) ** 2 / c)
    assert prove(touching).verdict == "consistent"
    assert "(a - b)**2/c > 0 (the excess of all lines)" in prove(touching).reason
    assert decide(touching).verdict == "refuted"


def test_an_equality_is_not_strict() -> None:
    equal = claim(a * b, a * b + Integer(0), kind="inequality", says=lambda q: Below(a * b + 0 * c, q))
    refuted = enclose(equal)  # a ball around 0 is never in favour, and the exact difference is 0
    assert (refuted.verdict, refuted.reason) == ("refuted", "both sides are equal")


def test_an_excess_of_the_first_line_does_not_count() -> None:
    proof = ((by("the left", a * b, more=a), by("so", a * b * 1, more=0 * a)),)
    assert prove(claim(a * b, a * b, says=lambda q: Below(a * b, q + 0 * c), proof=proof)).verdict != "proved"
    touching = ((by("the left", a * b, more=a), by("so", a * b + (a - b) ** 2, more=(a - b) ** 2)),)
    strict = claim(a * b, a * b + (a - b) ** 2, says=lambda q: Below(a * b, q), proof=touching)
    assert "(a - b)**2 > 0" in prove(strict).reason


def test_a_change_of_variable_allows_no_excess() -> None:
    """The two integrals are equal, and the change of variable does not check an excess."""
    u, v = symbols("u v", positive=True)
    left, right = Integral(2 * u * exp(u**2), (u, 0, b)), Integral(exp(v), (v, 0, b**2))
    honest = ((by("", left), by("", right, change=(v, u**2))),)
    assert prove(claim(left, right, proof=honest, example={b: 1})).verdict == "proved"
    forged = ((by("", left), by("", right, change=(v, u**2), more=b)),)
    below = claim(left, right, says=lambda q: Below(left, q), proof=forged, example={b: 1})
    assert "got several" in prove(below).reason
