"""A syntax tree as an expression, by what its names mean: built unevaluated, so that every domain stays to be seen.

SymPy makes x of sqrt(x)**2 and 0 of 0*log(-1); here the root and the logarithm stay. `evaluated` is what SymPy
makes of it, for those who have looked at what it owes. Only quotients and signs of numbers are computed.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from types import MappingProxyType

from sympy import Abs, Add, Expr, Integer, Mul, Pow, Rational, S, cos, cosh, exp, log, sin, sinh, tan, tanh

from derivations.symbols import n_1
from derivations.syntax.limits import constant
from derivations.syntax.tree import (
    Beside,
    Extreme,
    Function,
    Law,
    Name,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Sum,
)
from derivations.syntax.tree import children as parts_of
from derivations.syntax.unread import Unread

Meaning = Callable[[Name | Beside], Expr]


def _of(function: type) -> Callable[[Expr], Expr]:
    return lambda e: function(e, evaluate=False)


def _sum(*terms: Expr) -> Expr:
    return Add(*terms, evaluate=False)


def _product(*factors: Expr) -> Expr:
    return Mul(*factors, evaluate=False)


def _power(base: Expr, exponent: Expr) -> Expr:
    return Pow(base, exponent, evaluate=False)


FUNCTIONS: Mapping[str, Callable[[Expr], Expr]] = MappingProxyType(
    {
        **{f.__name__: _of(f) for f in (exp, log, sin, cos, tan, tanh, sinh, cosh)},
        "abs": _of(Abs),
        "sech": lambda e: _power(_of(cosh)(e), S.NegativeOne),
        "sqrt": lambda e: _power(e, S.Half),
        "expm1": lambda e: _sum(_of(exp)(e), S.NegativeOne),
        "log1p": lambda e: _of(log)(_sum(S.One, e)),
        "sigmoid": lambda e: _power(_sum(S.One, _of(exp)(_negative(e))), S.NegativeOne),
        "softplus": lambda e: _of(log)(_sum(S.One, _of(exp)(e))),
        "rsqrt": lambda e: _power(e, -S.Half),
        "reciprocal": lambda e: _power(e, S.NegativeOne),
        "logsigmoid": lambda e: _negative(_of(log)(_sum(S.One, _of(exp)(_negative(e))))),
        "square": lambda e: _power(e, Integer(2)),
    }
)


def built(node: Node, meaning: Meaning, text: str) -> Expr:
    """Return the expression, each name by its meaning.

    Raises:
        Unread: a quotient by the number 0, or a name that `meaning` refuses.
    """
    if isinstance(node, Name | Beside):
        return meaning(node)
    if isinstance(node, Number):
        return Rational(node.value.numerator, node.value.denominator)
    parts = [built(part, meaning, text) for part in parts_of(node)]
    if isinstance(node, Quotient) and constant(node.below) == 0:
        raise Unread("a denominator other than 0", text, *node.below.span)
    return _joined(node, parts)


def _joined(node: Node, parts: list[Expr]) -> Expr:
    match node:
        case Sum():
            return _sum(*parts)
        case Product():
            return _product(*parts)
        case Negative():
            return _negative(parts[0])
        case Quotient():
            return _quotient(*parts)
        case Power():
            return _power(*parts)
        case Norm():
            return _power(parts[0], Integer(2))
        case Root(degree=n):
            return _power(parts[0], Rational(1, n))
        case Extreme(name=name):
            return reduce(_least if name == "min" else _greatest, parts)
        case Law():
            return _drawn(*parts)
        case Function(name=name):
            return FUNCTIONS[name](parts[0])
    raise AssertionError(node)


def _least(a: Expr, b: Expr) -> Expr:
    """The smaller of two numbers, by what claims have for it."""
    return _quotient(_sum(a, b, _negative(_distance(a, b))), Integer(2))


def _greatest(a: Expr, b: Expr) -> Expr:
    return _quotient(_sum(a, b, _distance(a, b)), Integer(2))


def _distance(a: Expr, b: Expr) -> Expr:
    return Abs(_sum(a, _negative(b)), evaluate=False)


def _drawn(mean: Expr, var: Expr) -> Expr:
    """A draw of a normal law."""
    return _sum(mean, _product(_power(var, S.Half), n_1))


def _negative(e: Expr) -> Expr:
    return -e if e.is_Rational else _product(S.NegativeOne, e)


def _quotient(above: Expr, below: Expr) -> Expr:
    if above.is_Rational and below.is_Rational:
        return above / below
    inverse = 1 / below if below.is_Rational else _power(below, S.NegativeOne)
    return inverse if above is S.One else _product(above, inverse)


def evaluated(e: Expr) -> Expr:
    """Return the same built anew, with all that SymPy simplifies on the way: its domain may be larger."""
    return e.func(*map(evaluated, e.args)) if e.args else e  # type: ignore[arg-type]
