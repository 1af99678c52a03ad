"""SymPy's most frequent computations, made quicker: comparisons, common denominators and factors.

Substitution compares every part of an expression with its result leaf by leaf, though most are the same object.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, factor_list, fraction, together
from sympy.core import basic

_leaf_by_leaf: Callable[..., bool] = Basic.is_same


def same(a: Any, b: Any, approx: Any = None) -> bool:
    """Compare as `Basic.is_same` does, but first by identity and by hash."""
    if approx is None and isinstance(a, Basic) and isinstance(b, Basic):
        if a is b:
            return True
        if hash(a) != hash(b):
            return False
    return _leaf_by_leaf(a, b, approx)


def install() -> None:
    """Have SymPy's substitution compare by `same`, in the versions where its comparison has the name we know."""
    if hasattr(basic, "_aresame"):
        basic._aresame = same


@lru_cache(maxsize=65536)
def quotient(e: Expr) -> tuple[Expr, Expr]:
    """Return the numerator and denominator of an expression over a common denominator."""
    return fraction(together(e))


@lru_cache(maxsize=65536)
def factored(e: Expr) -> tuple[Expr, tuple[tuple[Expr, int], ...]]:
    """Return the rational content of a polynomial in any generators, and its irreducible factors with exponents."""
    content, parts = factor_list(e)  # type: ignore[misc]
    return content, tuple(parts)
