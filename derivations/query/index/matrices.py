"""The identity matrix beside a number: an isotropic covariance, which is read by its number and is told as a matrix.

I may be a factor, which leaves a vector as it is, and stand in every term of a sum. All else that is done to it, as
a logarithm of it, or a number added to it, is refused.
"""

import re
from collections.abc import Mapping

from sympy import Expr, S

from derivations.query.index.formulas import NOISE
from derivations.query.index.lefts import as_written
from derivations.query.writing.norms import VECTORS
from derivations.syntax.limits import constant
from derivations.syntax.tree import (
    Law,
    Name,
    Negative,
    Node,
    Norm,
    Power,
    Product,
    Quotient,
    Root,
    Sum,
    children,
    walk,
)
from derivations.syntax.unread import Unread

IDENTITY = "I"
TOLD = "I, the identity matrix"
NUMBER, VECTOR, MATRIX = "number", "vector", "matrix"
_COVARIANCE = re.compile(r"written: (?:\\(?:hat|bar|tilde))?(?:\\Sigma|\\?Var|\\?Cov|V|\\mathbbV)(?![a-z])")
Meanings = Mapping[str, Expr]


def is_matrix(node: Node, meanings: Meanings, text: str) -> bool:
    """Return whether a side is a matrix, I times a number.

    Raises:
        Unread: there is an I where it may be anything else than a factor.
    """
    if isinstance(node, Law):
        _of_law(node, meanings, text)
        return False
    if not has_identity(node, meanings):
        return False
    return _kind(node, meanings, text) == MATRIX


def _of_law(law: Law, meanings: Meanings, text: str) -> None:
    """Refuse a normal law with a matrix for its mean, with a vector for its variance, or with noise in one of them."""
    if _kind(law.mean, meanings, text) == MATRIX:
        raise Unread("no I in a mean", text, *law.mean.span)
    if _kind(law.var, meanings, text) == VECTOR:
        raise Unread("a variance, which has no vector", text, *law.var.span)
    for name in (part for part in walk(law) if isinstance(part, Name)):
        if meanings[name.key].free_symbols & NOISE:
            raise Unread("no fresh noise in a law", text, *name.span)


def has_identity(node: Node, meanings: Meanings) -> bool:
    return any(_is_identity(part, meanings) for part in walk(node))


def _is_identity(node: Node, meanings: Meanings) -> bool:
    return isinstance(node, Name) and node.key == IDENTITY and meanings[node.key] is S.One


def _kind(node: Node, meanings: Meanings, text: str) -> str:
    """Return whether a part is a number, a vector or a matrix."""
    if not has_identity(node, meanings):
        names = (part for part in walk(node) if isinstance(part, Name))
        is_vector = not isinstance(node, Norm) and any(meanings[n.key].free_symbols & VECTORS for n in names)
        return VECTOR if is_vector else NUMBER
    if isinstance(node, Name):
        return MATRIX
    kinds = [_kind(part, meanings, text) for part in children(node)]
    match node:
        case Negative() | Root():
            return kinds[0]
        case Product():
            return VECTOR if VECTOR in kinds else MATRIX
        case Sum() if len(set(kinds)) == 1:
            return kinds[0]
        case Quotient() if kinds[1] != MATRIX:
            return kinds[0]
        case Power(exponent=exponent) if constant(exponent) is not None:
            return kinds[0]
    raise Unread("I as a factor, in each term of a sum", text, *node.span)


def of_left(node: Node | None, left: str) -> str:
    """Return whether a left side is a number or a matrix; "" where it may be either, as Sigma and a variance."""
    if node is not None and any(isinstance(part, Name) and part.key == IDENTITY for part in walk(node)):
        return MATRIX
    return "" if _COVARIANCE.match(as_written(left)) else NUMBER
