"""Each fault of a claim is complained of once."""

from sympy import expand

from derivations.judge.certificate import certify
from tests.support.forged import a, b, claim


def test_a_tautology_is_complained_of_once() -> None:
    complaints = certify(claim(a + b, a + b), "a tautology").complaints
    assert sum("both sides are the same expression" in each for each in complaints) == 1
    assert not any("both sides" in c for c in certify(claim((a + b) ** 2, expand((a + b) ** 2)), "none").complaints)
