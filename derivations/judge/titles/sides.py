"""A side of a formula as it is read: its tree, what its names may stand for, and what it says by a choice of these."""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

from sympy import Dummy, Expr, Pow

from derivations.syntax.build import built
from derivations.syntax.tree import Beside, Name, Node, Number, Power, walk
from derivations.syntax.unread import Unread

CHOICES = 96  # of what the names of one formula may stand for
Meanings = Mapping[str, tuple[Expr, ...]]


class Read(NamedTuple):
    """A side of a formula: its tree, its text, and for each name what it may stand for, if that is known."""

    node: Node
    text: str
    meanings: Meanings


def keys_of(node: Node) -> set[str]:
    """Return the keys of the names in a tree, and of those that stand before brackets."""
    found = set[str]()
    for n in walk(node):
        if isinstance(n, Name | Beside):
            found |= {n.key} | ({n.name.key} if isinstance(n, Beside) else set())
    return found


def choices(*sides: Read) -> Iterator[Mapping[str, Expr]]:
    """Yield what the names of the sides stand for, one choice after another."""
    of = {key: means for side in sides for key, means in side.meanings.items() if means}
    yield from (dict(zip(of, chosen, strict=True)) for chosen in islice(product(*of.values()), CHOICES))


def said(side: Read, chosen: Mapping[str, Expr]) -> Expr:
    """Return what a side says, its names by what was chosen for them.

    Raises:
        Unread: a name stands for nothing that is known.
    """
    return built(side.node, lambda name: _by(name, chosen, side.text), side.text)


def made(side: Read, chosen: Mapping[str, Expr]) -> Expr | None:
    """Return the same, or None where a name stands for nothing that is known."""
    try:
        return said(side, chosen)
    except Unread:
        return None


def opaque(side: Read, letters: dict[str, Expr]) -> Expr:
    """Return a side with a letter for each name, whatever it stands for."""
    for key in keys_of(side.node):
        letters.setdefault(key, Dummy(key, positive=True))
    return said(side, letters)


def _by(name: Name | Beside, chosen: Mapping[str, Expr], written: str) -> Expr:
    if name.key in chosen and (isinstance(name, Name) or name.own is None):
        return _raised(chosen[name.key], name, chosen, written)
    if isinstance(name, Name) or len(name.arguments) != 1 or name.called:
        raise Unread("a name that the claim has", written, *name.span)
    first, inside = (
        _by(name.name, chosen, written),
        built(name.arguments[0], lambda n: _by(n, chosen, written), written),
    )
    if name.own is not None:
        first = Pow(first, built(name.own, lambda n: _by(n, chosen, written), written), evaluate=False)
    return first * _raised(inside, name, chosen, written)


def _raised(e: Expr, name: Name | Beside, chosen: Mapping[str, Expr], written: str) -> Expr:
    """Return it to the power that stands after the brackets of a name."""
    if isinstance(name, Name) or name.outer is None:
        return e
    return Pow(e, built(name.outer, lambda n: _by(n, chosen, written), written), evaluate=False)


def lone(side: Read) -> tuple[str, int]:
    """Return the key of a side that is one name, or a square of one, and that power; "" for any other."""
    match side.node:
        case Name(key=key):
            return key, 1
        case Power(base=Name(key=key), exponent=Number(value=square)) if square == 2:
            return key, 2
        case Beside(own=None, outer=None) as name:
            return name.key, 1
    return "", 1
