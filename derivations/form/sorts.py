"""Sorts: what may stand in a place of a claim, and what is wrong with anything else, in the words of its author.

A sort yields what does not fit, as "example: expected an exact number, as Rational(1, 2), for a of a point, got 0.5".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sympy import Expr, Rational, Symbol
from sympy.matrices.expressions.matexpr import MatrixExpr

Sort = Callable[[Any, str], Iterator[str]]
LONGEST = 60  # characters of what was got


def sort(what: str, fits: Callable[[Any], bool]) -> Sort:
    """Return the sort of what fits, which is called `what`."""

    def check(got: Any, where: str) -> Iterator[str]:
        if not fits(got):
            yield f"{where}: expected {what}, got {shown(got)}"

    return check


def shown(got: Any) -> str:
    """Return what was got and its type, as "[1, 2], a list"."""
    text = f"{got!r}"
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    name = type(got).__name__
    hint = "; one name gives a tuple too: (a,) = positive('a')" if _of_one_symbol(got) else ""
    return text if got is None else f"{text}, {'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}{hint}"


def _of_one_symbol(got: Any) -> bool:
    return isinstance(got, tuple) and len(got) == 1 and isinstance(got[0], Symbol)


def is_expression(got: Any) -> bool:
    """Return whether it is an expression of SymPy, or a whole number, which becomes one."""
    return type(got) is int or (isinstance(got, Expr) and not isinstance(got, MatrixExpr))


def many(part: Sort, what: str) -> Sort:
    """Return the sort of tuples of a sort."""

    def check(got: Any, where: str) -> Iterator[str]:
        if not isinstance(got, tuple):
            yield f"{where}: expected a tuple of {what}, got {shown(got)}"
            return
        for n, one in enumerate(got, start=1):
            yield from part(one, f"{where} {n}")

    return check


def row(what: str, *parts: Sort) -> Sort:
    """Return the sort of tuples with a sort for each place."""

    def check(got: Any, where: str) -> Iterator[str]:
        if not isinstance(got, tuple) or len(got) != len(parts):
            yield f"{where}: expected {what}, got {shown(got)}"
            return
        for part, one in zip(parts, got, strict=True):
            yield from part(one, where)

    return check


def mapping(key: Sort, value: Sort, what: str) -> Sort:
    """Return the sort of mappings, as {a: 1}."""

    def check(got: Any, where: str) -> Iterator[str]:
        if not isinstance(got, Mapping):
            yield f"{where}: expected {what}, got {shown(got)}"
            return
        for name, one in got.items():
            yield from (*key(name, where), *value(one, f"{where}, {name}"))

    return check


def optional(part: Sort) -> Sort:
    return lambda got, where: iter(()) if got is None else part(got, where)


EXPRESSION = sort("an expression", is_expression)
SYMBOL = sort("a symbol", lambda got: isinstance(got, Symbol))
WORDS = sort("words, as a string", lambda got: isinstance(got, str))
CALL = sort("a function of the answer", callable)
FLAG = sort("True or False", lambda got: isinstance(got, bool))
WHOLE = sort("a whole number", lambda got: type(got) is int)
ANY: Sort = lambda got, where: iter(())  # noqa: E731  what a check of its own looks at
SYMBOLS, EXPRESSIONS, TEXTS = many(SYMBOL, "symbols"), many(EXPRESSION, "expressions"), many(WORDS, "strings")
CASE = mapping(sort("a symbol or a density to set", lambda got: isinstance(got, Expr)), EXPRESSION, "{a: b} for a = b")
RATES = mapping(SYMBOL, EXPRESSION, "{symbol: its slope}")


def point(got: Any, where: str) -> Iterator[str]:
    """Refuse what is no point, from symbols to exact numbers."""
    if not isinstance(got, Mapping):
        yield f"{where}: expected a point, as {{a: 1, b: Rational(1, 2)}}, got {shown(got)}"
        return
    for v, q in got.items():
        yield from SYMBOL(v, where)
        if not (type(q) is int or isinstance(q, Rational)):
            yield f"{where}: expected an exact number, as Rational(1, 2), for {v} of a point, got {shown(q)}"


def answer(got: Any, where: str) -> Iterator[str]:
    """Refuse what is neither an expression nor a tuple of expressions."""
    if isinstance(got, tuple) and got and all(map(is_expression, got)):
        return
    if not is_expression(got):
        yield f"{where}: expected an expression or a tuple of expressions, got {shown(got)}"
