"""Quotients of polynomials along a line through a place, as exact series in the distance from it."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from flint import fmpq
from sympy import Expr, Symbol

from derivations.arithmetic.number import Unfinished

TERMS = 8  # of a series; what is 0 in all of them is not known

Line = tuple[fmpq, fmpq]  # a symbol's value at the place, and how fast it moves
Series = tuple[int, tuple[fmpq, ...]]  # h^n (c_0 + c_1 h + ...) with c_0 other than 0; no terms for exactly 0
ZERO: Series = (0, ())


def rational(e: Expr) -> bool:
    """Return whether an expression is a quotient of polynomials in its symbols."""
    if e.is_Symbol or e.is_Rational:
        return True
    if e.is_Pow:
        return bool(e.args[1].is_Integer) and rational(e.args[0])  # type: ignore[arg-type]
    return (e.is_Add or e.is_Mul) and all(map(rational, e.args))  # type: ignore[arg-type]


def along(e: Expr, line: Mapping[Symbol, Line]) -> Series:
    """Return the series of a quotient of polynomials in the distance from the point."""
    if lacking := sorted(map(str, e.free_symbols - line.keys())):
        raise Unfinished(f"no value for {', '.join(lacking)}")
    known: dict[Expr, Series] = {v: _series(0, list(line[v])) for v in e.free_symbols}  # type: ignore[misc]

    def of(part: Expr) -> Series:
        if part not in known:
            known[part] = _operation(part, of)
        return known[part]

    return of(e)


def _operation(e: Expr, of: Callable[[Any], Series]) -> Series:
    if e.is_Rational:
        return _series(0, [number(e)])
    if e.is_Pow:
        n = int(e.args[1])  # type: ignore[arg-type]
        base = of(e.args[0])
        return reduce(_times, [base if n > 0 else _inverse(base)] * abs(n))
    return reduce(_plus if e.is_Add else _times, map(of, e.args))


def number(q: Any) -> fmpq:
    return fmpq(int(q.p), int(q.q))


def _series(n: int, coefficients: list[fmpq], exact: bool = True) -> Series:
    """Return a series from its terms, which are all that there are if it is exact."""
    lead = next((k for k, c in enumerate(coefficients) if c != 0), None)
    if lead is None:
        if exact:
            return ZERO
        raise Unfinished("a series that may be 0")
    kept = coefficients[lead : lead + TERMS]
    padded = [*kept, *[fmpq(0)] * (TERMS - len(kept))] if exact else kept
    return n + lead, tuple(padded)


def _plus(a: Series, b: Series) -> Series:
    if not (a[1] and b[1]):
        return a if a[1] else b
    low = min(a[0], b[0])
    known = min(n + len(terms) for n, terms in (a, b)) - low  # no more terms are known of both
    terms = [_term(a, low + k) + _term(b, low + k) for k in range(known)]
    return _series(low, terms, exact=False)


def _term(a: Series, power: int) -> fmpq:
    n, terms = a
    return terms[power - n] if 0 <= power - n < len(terms) else fmpq(0)


def _times(a: Series, b: Series) -> Series:
    if not (a[1] and b[1]):
        return ZERO
    known = min(len(a[1]), len(b[1]))
    terms = [sum((a[1][i] * b[1][k - i] for i in range(k + 1)), fmpq(0)) for k in range(known)]
    return a[0] + b[0], tuple(terms)


def _inverse(a: Series) -> Series:
    n, terms = a
    if not terms:
        raise Unfinished("no value on a line")
    new = [1 / terms[0]]
    for k in range(1, len(terms)):
        new.append(-sum((terms[i] * new[k - i] for i in range(1, k + 1)), fmpq(0)) / terms[0])
    return -n, tuple(new)
