"""Denominators whose zeros are thin, so that a formula that lacks a value there alone is equal to one that has it.

What is analytic for all values of its symbols is 0 everywhere, or on no open set; |x| - x is 0 for half of all x.
"""

from sympy import Expr, cos, exp, log, preorder_traversal, sin, tanh

ENTIRE = (exp, cos, sin, tanh)


def is_analytic(e: Expr) -> bool:
    """Whether an expression is seen to be analytic for all values of its symbols, as their signs allow them."""
    return all(map(_is_analytic, preorder_traversal(e)))


def _is_analytic(node: Expr) -> bool:
    if node.is_Pow:
        base, exponent = node.args
        return bool(base.is_positive or (exponent.is_Integer and exponent.is_positive))
    if isinstance(node, log):
        return bool(node.args[0].is_positive)  # type: ignore[union-attr]
    return not node.args or bool(node.is_Add or node.is_Mul or isinstance(node, ENTIRE))
