"""What prose calls a formula by its shape: a sum, a product, a square, an arithmetic or geometric or harmonic mean."""

from collections.abc import Iterator

from sympy import Add, Expr, Integer, Mul, Rational, Symbol, cancel

FAR = Rational(1, 10**9)  # evaluated to 30 digits, a difference this large is one


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
    yield from (noun for noun, mean in means.items() if not _differ(e, mean, symbols) and cancel(e**n - mean**n) == 0)


def _differ(e: Expr, mean: Expr, symbols: list[Symbol]) -> bool:
    """Whether two expressions are seen to differ at one point: most do, and are not multiplied out for that."""
    at = {v: Rational(2 * k + 3, k + 2) for k, v in enumerate(symbols)}
    gap = (e - mean).xreplace(at).evalf(30)
    return bool(gap.is_comparable and abs(gap) > FAR)
