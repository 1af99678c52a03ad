"""The factors of a product that are bounded as one: p log p, p (1 - p), and a sum over a sum of its own terms."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any

from flint import arb
from sympy import Add, Expr, Mul, Pow, exp, log


@lru_cache(maxsize=1000)
def pairs(e: Mul) -> list[tuple[Expr, Expr, tuple[arb, arb]]]:
    """Return the factors p and log p, or p and 1 - p, each with the range of their product for p from 0 to 1."""
    found: list[tuple[Any, Any, tuple[arb, arb]]] = []
    for p, f in product(e.args, repeat=2):
        if f == log(p):
            found.append((p, f, (-arb(-1).exp(), arb(0))))
        elif isinstance(f, Add) and f == 1 - p:  # type: ignore[operator]
            found.append((p, f, (arb(0), arb(1) / 4)))
    return found


def denominators(factors: list[Any]) -> list[tuple[Pow, int]]:
    sums = [f for f in factors if isinstance(f, Pow) and isinstance(f.base, Add)]
    return [(f, -int(f.exp)) for f in sums if f.exp.is_Integer and f.exp < 0]  # type: ignore[operator]


def numerators(factors: list[Any], exponent: int) -> Iterator[tuple[list[Any], Expr]]:
    """Yield what may stand over a sum of densities: another sum of them, to the same power, or one alone."""
    for f in factors:
        base, by = f.as_base_exp()
        if isinstance(base, Add) and by == exponent:
            yield [f], base
    if exponent == 1:
        alone = [f for f in factors if isinstance(f, exp)]
        yield alone, Mul(*alone)
