"""Squared norms, read in one coordinate: |a - b|^2 is a sum of squares, and a sum over coordinates is equal to another
where each summand is, if every term has exactly one squared norm as a factor beside numbers that are no vectors.

What is not of this form is refused: |a|^2 |b|^2 = (a b)^2 holds in one coordinate and in no more.
"""

from collections.abc import Mapping

from sympy import Expr

from derivations import symbols
from derivations.syntax.tree import Name, Negative, Node, Norm, Product, Quotient, Sum, children, walk
from derivations.syntax.unread import Unread

SAID = "its square, in each coordinate"
VECTORS = frozenset({
    symbols.x, symbols.x_0, symbols.x_1, symbols.x_2, symbols.x_s, symbols.x_t, symbols.x_3, symbols.x_before,
    symbols.z_s, symbols.z_t, symbols.z_u, symbols.z_0, symbols.z_1, symbols.eps, symbols.v, symbols.score,
    symbols.x_hat, symbols.eps_hat, symbols.v_hat, symbols.score_hat, symbols.mu_hat, symbols.mu_1,
    symbols.mu_2, symbols.n_0, symbols.n_1, symbols.n_2, symbols.n_3, symbols.score_c, symbols.score_u,
    symbols.eps_c, symbols.eps_u, symbols.x_hat_c, symbols.x_hat_u, symbols.v_c, symbols.v_u, symbols.grad,
    symbols.x_cfg, symbols.x_final, symbols.z_phi, symbols.v_phi, symbols.drift, symbols.z_bar,
})  # fmt: skip


def normed(node: Node, text: str) -> int:
    """Return how many squared norms each term has: none or one.

    Raises:
        Unread: the terms are not alike, or a norm is not simply a factor.
    """
    inner = [normed(part, text) for part in children(node)]
    match node:
        case Norm():
            allowed, count = not any(inner), 1
        case Sum():
            allowed, count = len(set(inner)) == 1, inner[0]
        case Product() | Negative():
            allowed, count = sum(inner) <= 1, sum(inner)
        case Quotient():
            allowed, count = not inner[1], inner[0]
        case _:
            allowed, count = not any(inner), 0
    if not allowed:
        raise Unread("one squared norm in every term, as a factor", text, *node.span)
    return count


def without_vectors(node: Node, meanings: Mapping[str, Expr], text: str) -> None:
    """Refuse a vector beside a squared norm.

    Raises:
        Unread: there is one outside of all norms.
    """
    inside = {id(part) for norm in walk(node) if isinstance(norm, Norm) for part in walk(norm)}
    for name in (n for n in walk(node) if isinstance(n, Name) and id(n) not in inside):
        if meanings[name.key].free_symbols & VECTORS:
            raise Unread("no vector beside a squared norm", text, *name.span)
