"""By how much a line is off: what is said of a tiny difference, and of none, is true."""

import pytest
from sympy import Expr, Integer, Rational, expand, sqrt

from derivations.engines.gaps import Off
from derivations.engines.prove import prove
from derivations.form.claim import by
from tests.support.forged import LEFT, RIGHT, a, b, claim

SQUARE = expand((a + b) ** 2)


def told(e: Expr) -> str:
    """Return what is said of a line that is e, below a line that is 0."""
    return Off(by("zero", Integer(0)), by("line", e), Integer(0), may_exceed=False).told(claim())


@pytest.mark.parametrize("digits", [20, 300, 1200])
def test_a_tiny_difference_is_no_zero(digits: int) -> None:
    tiny = Rational(1, 10**digits)
    off = claim((a + b) ** 2, SQUARE + tiny, proof=((by("the left", (a + b) ** 2), by("so", SQUARE + tiny)),))
    assert f"is 1.0000e-{digits} at a = 2, b = 1, and not 0" in prove(off).reason
    assert prove(claim()).verdict == "proved"


def test_what_no_precision_tells_from_0_is_said_to_be_small() -> None:
    assert "is less than 10^-1" in told(sqrt(SQUARE) - a - b) and "in size wherever it was looked at" in told(
        sqrt(SQUARE) - a - b
    )
    assert "is 0 wherever it was looked at" not in told(sqrt(SQUARE) - a - b)


def test_a_difference_that_is_exactly_0_is_called_so_and_one_without_a_value_is_not() -> None:
    assert "is 0 wherever it was looked at, and not seen to be 0 everywhere" in told(Integer(0))
    assert "is without a value wherever it was looked at" in told(sqrt(-a - 1))
    assert "is -1.0000 at " in told(LEFT - RIGHT - 1)
