"""What prose calls a formula by its shape: a sum, a product, a square, an arithmetic or geometric or harmonic mean."""

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul, cancel


def shapes(e: Expr) -> frozenset[str]:
    """Return the nouns for the shape of an expression; none for most."""
    return frozenset(_shapes(e))


def _shapes(e: Expr) -> Iterator[str]:
    symbols = sorted(e.free_symbols, key=str)
    n = len(symbols)
    if e.is_Pow and e.args[1] == 2:
        yield "square"
    if e.is_Pow and e.args[1] == Integer(1) / 2:
        yield "root"
    if n < 2:
        return
    each, product = Add(*symbols), Mul(*symbols)
    means = {"arithmetic mean": each / n, "sum": each, "product": product}
    if all(v.is_positive for v in symbols):
        means |= {"geometric mean": product ** (Integer(1) / n), "harmonic mean": n / Add(*(1 / v for v in symbols))}
    yield from (noun for noun, mean in means.items() if cancel(e**n - mean**n) == 0)
