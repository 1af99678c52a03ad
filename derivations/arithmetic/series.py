"""Quotients of polynomials along a line through a place, as exact series in the distance from it."""

from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import Any, Final, NamedTuple

from flint import fmpq, fmpq_poly
from sympy import Expr, Symbol

from derivations.arithmetic.number import Unfinished

TERMS = 8  # of a series; what is 0 in all of them is not known

Line = tuple[fmpq, fmpq]  # a symbol's value at the place, and how fast it moves


class Series(NamedTuple):
    """h^n times a polynomial with a constant term, of which this many terms are known; no terms for exactly 0."""

    n: int
    terms: fmpq_poly
    known: int = TERMS


ZERO: Final = Series(0, fmpq_poly(), 0)


@lru_cache(maxsize=65536)
def rational(e: Expr) -> bool:
    """Return whether an expression is a quotient of polynomials in its symbols."""
    if e.is_Symbol or e.is_Rational:
        return True
    if e.is_Pow:
        return bool(e.args[1].is_Integer) and rational(e.args[0])  # type: ignore[arg-type]
    return (e.is_Add or e.is_Mul) and all(map(rational, e.args))  # type: ignore[arg-type]


class AlongLine:
    """The series of quotients of polynomials in the distance from the place, each part computed once."""

    def __init__(self, line: Mapping[Symbol, Line]) -> None:
        self.known: dict[Expr, Series] = {v: _series(0, fmpq_poly(list(ends))) for v, ends in line.items()}

    def of(self, e: Expr) -> Series:
        if e not in self.known:
            self.known[e] = self._new(e)
        return self.known[e]

    def _new(self, e: Expr) -> Series:
        if e.is_Symbol:
            raise Unfinished(f"no value for {e}")
        if e.is_Rational:
            return _series(0, fmpq_poly([number(e)]))
        if e.is_Pow:
            return _power(self.of(e.args[0]), int(e.args[1]))  # type: ignore[arg-type]
        return reduce(_plus if e.is_Add else _times, map(self.of, e.args))  # type: ignore[arg-type]


def number(q: Any) -> fmpq:
    return fmpq(int(q.p), int(q.q))


def _series(n: int, terms: fmpq_poly, known: int | None = None) -> Series:
    """Return a series from its terms, which are all that there are if no number of known ones is given."""
    lead = next((k for k, c in enumerate(terms.coeffs()) if c != 0), None)
    if lead is None:
        if known is None:
            return ZERO
        raise Unfinished("a series that may be 0")
    kept = TERMS if known is None else min(known - lead, TERMS)
    return Series(n + lead, terms.right_shift(lead).truncate(kept), kept)


def _plus(a: Series, b: Series) -> Series:
    if not (a.known and b.known):
        return a if a.known else b
    low = min(a.n, b.n)
    known = min(x.n + x.known for x in (a, b)) - low  # no more terms are known of both
    both = a.terms.left_shift(a.n - low) + b.terms.left_shift(b.n - low)
    return _series(low, both.truncate(known), known)


def _times(a: Series, b: Series) -> Series:
    if not (a.known and b.known):
        return ZERO
    known = min(a.known, b.known)
    return Series(a.n + b.n, a.terms.mul_low(b.terms, known), known)


def _power(base: Series, n: int) -> Series:
    if not base.known:
        if n < 0:
            raise Unfinished("no value on a line")
        return ZERO
    terms = base.terms if n > 0 else _inverse(base.terms, base.known)
    return Series(base.n * n, terms.pow_trunc(abs(n), base.known), base.known)


def _inverse(terms: fmpq_poly, known: int) -> fmpq_poly:
    """Return the series of the inverse by Newton's iteration, each step of which doubles the terms that are right."""
    new, right = fmpq_poly([1 / terms[0]]), 1
    while right < known:
        right = min(2 * right, known)
        new = new.mul_low(2 - terms.mul_low(new, right), right)
    return new
