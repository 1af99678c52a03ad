"""Arithmetic that is written as text, at a rational point: an exact fraction, or an Arb ball that encloses the value.

This is the only evaluator of the witnesses of errata, and shares nothing with the engines that prove claims: it reads
the text by Python's own grammar, keeps fractions as long as it can, and calls Arb for the rest.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from math import isqrt

import flint
from flint import arb, fmpq

BITS = 256
PI = "pi"
Number = Fraction | arb
Point = Mapping[str, Fraction]


class Undefined(ValueError):
    """An expression that has no real value at the point."""


def letters(text: str) -> set[str]:
    """Return the letters of an expression, functions excluded."""
    names = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
    return names - {PI, *FUNCTIONS}


def evaluated(text: str, at: Point) -> Number:
    """Return the value at the point.

    Raises:
        Undefined: it has no real value there.
        ValueError: the text is not arithmetic, or the point lacks a letter.
    """
    with _precision():
        return _value(ast.parse(text, mode="eval").body, at)


def distance(a: Number, b: Number) -> Number:
    """Return a - b, enclosed."""
    with _precision():
        return _sum(a, _times(Fraction(-1), b))


def apart(a: Number, b: Number) -> bool:
    """Whether the two are certainly different."""
    gap = distance(a, b)
    return gap != 0 if isinstance(gap, Fraction) else not gap.contains(0)


def above(a: Number, b: Number) -> bool:
    """Whether the first is certainly greater than the second."""
    gap = distance(a, b)
    return gap > 0 if isinstance(gap, Fraction) else bool(gap > 0)


def shown(value: Number, digits: int = 12) -> str:
    """Return the value as it is printed: a short fraction, or digits of which all but the last are certain."""
    if isinstance(value, Fraction) and len(str(value)) <= digits:
        return str(value)
    with _precision():
        return _ball(value).str(digits, radius=False)


@contextmanager
def _precision() -> Iterator[None]:
    before, flint.ctx.prec = flint.ctx.prec, BITS
    try:
        yield
    finally:
        flint.ctx.prec = before


def _value(node: ast.expr, at: Point) -> Number:
    match node:
        case ast.Constant(value=int() as whole):
            return Fraction(whole)
        case ast.Name(id=name) if name in at:
            return at[name]
        case ast.Name(id="pi"):
            return arb.pi()
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _times(Fraction(-1), _value(inner, at))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
            return OPERATIONS[type(op)](_value(left, at), _value(right, at))
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
            return FUNCTIONS[name](_value(inner, at))
    raise ValueError(f"expected arithmetic of letters of the point, {', '.join(at)}, got {ast.unparse(node)!r}")


def _ball(value: Number) -> arb:
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def _finite(value: arb) -> arb:
    if not value.is_finite():
        raise Undefined("expected a real value, got none")
    return value


def _sum(a: Number, b: Number) -> Number:
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else _ball(a) + _ball(b)


def _times(a: Number, b: Number) -> Number:
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else _ball(a) * _ball(b)


def _over(a: Number, b: Number) -> Number:
    if b == 0:
        raise Undefined("expected a denominator that is not 0")
    return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _finite(_ball(a) / _ball(b))


def _power(a: Number, b: Number) -> Number:
    if isinstance(b, Fraction) and b.denominator == 1:
        return _whole(a, int(b))
    return _exp(_times(b, _log(a)))


def _whole(a: Number, n: int) -> Number:
    if n < 0:
        return _over(Fraction(1), _whole(a, -n))
    return a**n if isinstance(a, Fraction) else _finite(a**n)


def _root(a: Number) -> Number:
    if isinstance(a, Fraction):
        if a < 0:
            raise Undefined("expected a root of what is not negative")
        up, down = isqrt(a.numerator), isqrt(a.denominator)
        if up**2 == a.numerator and down**2 == a.denominator:
            return Fraction(up, down)
    return _finite(_ball(a).sqrt())


def _exp(a: Number) -> Number:
    return Fraction(1) if a == 0 else _finite(_ball(a).exp())


def _log(a: Number) -> Number:
    if a == 1:
        return Fraction(0)
    if not above(a, Fraction(0)):
        raise Undefined("expected the logarithm of what is positive")
    return _finite(_ball(a).log())


def _by(method: str, at_zero: int) -> Callable[[Number], Number]:
    return lambda a: Fraction(at_zero) if a == 0 else _finite(getattr(_ball(a), method)())


def _absolute(a: Number) -> Number:
    return abs(a)


OPERATIONS: Mapping[type, Callable[[Number, Number], Number]] = {
    ast.Add: _sum,
    ast.Sub: lambda a, b: _sum(a, _times(Fraction(-1), b)),
    ast.Mult: _times,
    ast.Div: _over,
    ast.Pow: _power,
}
FUNCTIONS: Mapping[str, Callable[[Number], Number]] = {
    "sqrt": _root,
    "exp": _exp,
    "log": _log,
    "abs": _absolute,
    "Abs": _absolute,
    "erf": _by("erf", 0),
    "tanh": _by("tanh", 0),
    "sin": _by("sin", 0),
    "cos": _by("cos", 1),
    "cosh": _by("cosh", 1),
}
