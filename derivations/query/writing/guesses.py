"""A network's guess and the thing itself, which are two things: which of them a left side lets stand on the right.

mu_theta is made of guesses, since no network has seen the data; mu-tilde, eps and x_0 are made of none.
"""

from collections.abc import Iterable, Mapping

from sympy import Expr

from derivations import symbols as o
from derivations.query.writing.conventions import Convention
from derivations.syntax.tree import Beside, Node, shown

# What a network's guess is a guess of: its formulas are those of the thing itself, with guesses in them.
GUESSED: Mapping[Expr, tuple[Expr, ...]] = {
    o.mu_hat: (o.mu_1,), o.x_hat: (o.x, o.x_0), o.eps_hat: (o.eps,), o.v_hat: (o.v,), o.score_hat: (o.score,),
}  # fmt: skip
GUESSES = frozenset(map(str, GUESSED))
THINGS = frozenset(str(v) for several in GUESSED.values() for v in several)
SEEN = frozenset((o.z_t, o.x_t))  # the states that guesses are made from: none is drawn from a guess of its own


def excluded(node: Node, means: Iterable[Expr], own: Iterable[Convention]) -> frozenset[str]:
    """Return the names of what may not stand on the right of a left side, by what that means.

    A left side with a guess in its brackets, as mu-tilde of x_t and x_0-hat, may be made of guesses.
    """
    means = set(means)
    if means & GUESSED.keys():
        return THINGS
    if {str(v) for v in means} & THINGS and not _is_of_guesses(node, own):
        return GUESSES
    return frozenset()


def _is_of_guesses(node: Node, own: Iterable[Convention]) -> bool:
    """Whether a guess stands in the brackets of a name, in some convention."""
    if not isinstance(node, Beside):
        return False
    arguments = [shown(argument) for argument in node.arguments]
    return any(set(c.meanings.get(name, ())) & GUESSED.keys() for c in own for name in arguments)
