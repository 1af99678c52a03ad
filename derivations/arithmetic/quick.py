"""What SymPy is asked for again and again, made once.

Substitution compares every part of an expression with what became of it, leaf by leaf; most are the same object.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, factor_list, fraction, together
from sympy.core import basic

_leaf_by_leaf: Callable[..., bool] = Basic.is_same


def same(a: Any, b: Any, approx: Any = None) -> bool:
    """As `Basic.is_same`: an object is the same as itself, and what is the same has one hash."""
    if approx is None and isinstance(a, Basic) and isinstance(b, Basic):
        if a is b:
            return True
        if hash(a) != hash(b):
            return False
    return _leaf_by_leaf(a, b, approx)


def install() -> None:
    """Have SymPy's substitution compare so, where it goes by the name that we know."""
    if hasattr(basic, "_aresame"):
        basic._aresame = same


@lru_cache(maxsize=65536)
def quotient(e: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator over a common denominator."""
    return fraction(together(e))


@lru_cache(maxsize=65536)
def factored(e: Expr) -> tuple[Expr, tuple[tuple[Expr, int], ...]]:
    """The rational content of a polynomial in whatever it is made of, and its irreducible factors with exponents."""
    content, parts = factor_list(e)  # type: ignore[misc]
    return content, tuple(parts)
