"""Rational functions in exact arithmetic, where a ball of 3 a - 1 around a = 1/3 can't show that it is 0."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from flint import fmpq
from sympy import Expr, Symbol

Values = Mapping[Symbol, fmpq]
Exact = Callable[[Values], fmpq]


@lru_cache(maxsize=65536)
def exact_function(expr: Expr) -> Exact | None:
    """Return a rational function with rational coefficients in exact arithmetic; None for any other expression."""
    if expr.is_Symbol:
        return lambda at: at[expr]  # type: ignore[index]
    if expr.is_Rational:
        number = fmpq(int(expr.p), int(expr.q))  # type: ignore[attr-defined]
        return lambda at: number
    if expr.is_Pow and expr.args[1].is_Integer:
        base, n = exact_function(expr.args[0]), int(expr.args[1])  # type: ignore[arg-type]
        return base and (lambda at: base(at) ** n)
    if not (expr.is_Add or expr.is_Mul):
        return None
    parts = [exact_function(a) for a in expr.args]  # type: ignore[arg-type]
    if None in parts:
        return None
    return (lambda at: sum(p(at) for p in parts)) if expr.is_Add else (lambda at: math.prod(p(at) for p in parts))  # type: ignore[misc]


def is_zero(expr: Expr, at: Values) -> bool:
    """Return whether a rational function is seen to be exactly 0; False for any other expression."""
    function = exact_function(expr)
    try:
        return function is not None and function(at) == 0
    except (KeyError, ZeroDivisionError):  # a symbol without a value, or no value at all
        return False
