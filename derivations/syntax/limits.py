"""What a formula may not exceed, in length, depth and size, so that reading one takes no time and it is safe to expand.

The size bounds, for every part, the degree in its symbols and the digits of a number in it, were all powers expanded.
"""

import re
from fractions import Fraction

from derivations.syntax.tree import (
    Function,
    Negative,
    Node,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Root,
    Span,
    Sum,
    children,
)
from derivations.syntax.unread import Unread

LENGTH, DEPTH, NODES, DIGITS = 4000, 40, 600, 40
LEVELS = 120  # of operations in one another
EXPONENT = 64  # the greatest number in an exponent
SIZE = 1024
TOWER = 2  # of exponentials in one another: the third may be too large for any number
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


def bounded_text(text: str) -> str:
    """Return the text, unless it is too long or too deep in brackets to be parsed at all."""
    if len(text) > LENGTH:
        raise Unread(f"at most {LENGTH} characters", text, LENGTH, len(text))
    depth = 0
    for at, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if depth > DEPTH:
            raise Unread(f"brackets at most {DEPTH} deep", text, at, at + 1)
    return text


def bounded(node: Node, text: str) -> Node:
    """Return the tree, unless it has too many parts, or powers of powers that would not end."""
    level, count, depth = (node,), 0, 0
    while level:
        count, depth = count + len(level), depth + 1
        if count > NODES or depth > LEVELS:
            raise Unread(f"at most {NODES} numbers, names and operations, {LEVELS} deep", text, *node.span)
        level = tuple(part for one in level for part in children(one))
    _size(node, text)
    _tower(node, text)
    return node


def _tower(node: Node, text: str) -> int:
    """Return how many exponentials stand in one another; a logarithm undoes one, and what is bounded holds none."""
    inside = max((_tower(part, text) for part in children(node)), default=0)
    match node:
        case Function(name) if name in ("log", "log1p", "softplus"):
            return max(inside - 1, 0)
        case Function(name) if name in ("tanh", "sigmoid", "sin", "cos"):
            return 0
        case Function(name) if name in ("exp", "expm1", "sinh", "cosh", "sech"):
            inside += 1
        case Power(_, exponent) if constant(exponent) is None:
            inside += 1
        case _:
            return inside
    if inside > TOWER:
        raise Unread(f"exponentials at most {TOWER} in one another", text, *node.span)
    return inside


def _size(node: Node, text: str) -> int:
    sizes = [_size(part, text) for part in children(node)]
    match node:
        case Number(value):
            size = max(value.numerator.bit_length(), value.denominator.bit_length()) // 3 + 1
        case Power(_, exponent):
            size = sizes[0] * _most(exponent, text)
        case Norm():
            size = 2 * sizes[0]
        case Product() | Quotient():
            size = sum(sizes)
        case Sum() | Root() | Function():
            size = max(sizes)
        case _:
            size = max(sizes, default=1)
    if size > SIZE:
        raise Unread(f"powers that expand to a degree of at most {SIZE}", text, *node.span)
    return size


def _most(exponent: Node, text: str) -> int:
    """Return a bound on the exponent if it is a number, else 1: a symbol in it is never expanded."""
    value = constant(exponent)
    if value is None:
        return 1
    if abs(value) > EXPONENT or value.denominator > EXPONENT:
        raise Unread(f"an exponent of at most {EXPONENT}", text, *exponent.span)
    return max(1, -(-abs(value.numerator) // value.denominator))


def constant(node: Node) -> Fraction | None:
    """Return the value of a sum, product, quotient or small power of numbers; None for anything else."""
    values = [constant(part) for part in children(node)]
    if isinstance(node, Number):
        return node.value
    if not values or any(v is None for v in values):
        return None
    return _constant(node, [v for v in values if v is not None])


def _constant(node: Node, values: list[Fraction]) -> Fraction | None:
    match node:
        case Sum():
            return sum(values, Fraction(0))
        case Negative():
            return -values[0]
        case Product():
            out = Fraction(1)
            for v in values:
                out *= v
            return out
        case Quotient():
            return values[0] / values[1] if values[1] else None
        case Power():
            base, exponent = values
            small = exponent.denominator == 1 and abs(exponent) <= EXPONENT and (base or exponent > 0)
            return base**exponent.numerator if small else None
    return None


def number(text: str, source: str, span: Span) -> Number:
    """Return the number that the digits write, exactly."""
    if "/" in text:
        above, below = (number(part, source, span).value for part in text.split("/"))
        if below:
            return Number(above / below, span)
    plain = text.replace("_", "")
    if not _NUMBER.fullmatch(plain) or len(plain) > DIGITS:
        raise Unread(f"a decimal number of at most {DIGITS} digits", source, *span)
    return Number(Fraction(plain), span)
