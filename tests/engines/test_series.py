"""Series of quotients of polynomials along a line are exact, and 0 in all their terms is not taken for 0."""

import pytest
from flint import fmpq
from sympy import Expr, Rational, series, symbols

from derivations.arithmetic.number import Unfinished
from derivations.arithmetic.series import TERMS, AlongLine

a, b, h = symbols("a b h")
LINE = {a: (fmpq(0), fmpq(1)), b: (fmpq(1, 2), fmpq(-2))}  # a = h, b = 1/2 - 2h
EXPRESSIONS = [a * b, 1 / b, 1 / (1 - a), (a**2 - b**2) / (a - b), (a + b) ** -3, a**3 / (b - 1) + 5 * a, a**-2 * b]


@pytest.mark.parametrize("e", EXPRESSIONS, ids=str)
def test_terms_are_those_of_sympy(e: Expr) -> None:
    n, terms, known = AlongLine(LINE).of(e)
    there = e.subs({a: h, b: Rational(1, 2) - 2 * h}, simultaneous=True)
    theirs = (series(there * h**-n, h, 0, known + 1).removeO()).expand()
    assert [Rational(int(c.p), int(c.q)) for c in (terms[k] for k in range(known))] == [
        theirs.coeff(h, k) for k in range(known)
    ]
    assert known <= TERMS and terms[0] != 0


def test_what_cancels_in_all_known_terms_is_unknown() -> None:
    with pytest.raises(Unfinished):
        AlongLine(LINE).of(1 / (1 - a) - sum((a**k for k in range(TERMS)), 0 * a))
    assert AlongLine(LINE).of(0 * a).known == 0


@pytest.mark.parametrize("e", [symbols("c") + a, 1 / (a * 0 + symbols("d"))], ids=str)
def test_a_symbol_off_the_line_has_no_series(e: Expr) -> None:
    with pytest.raises(Unfinished, match="no value for"):
        AlongLine(LINE).of(e)
