"""A formula read in every convention in which each of its symbols has a meaning.

Nothing is evaluated, and nothing is passed over: what is not understood is refused, with its place. An equation is
split at its equality signs; the sides after the first are read, and the left side is kept as text.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from sympy import Expr

from derivations.query.build import built
from derivations.query.conventions import Convention, Meaning, conventions, extended
from derivations.query.keys import word
from derivations.query.python import parsed
from derivations.query.tree import Beside, Name, Node, walk
from derivations.query.unread import Unread

__all__ = ["Reading", "Unread", "readings"]


class Reading(NamedTuple):
    """A side of a formula in one convention.

    `expr` is in symbols of `derivations.symbols` and is built unevaluated, so that `owed(expr)` lists all that it
    needs; `derivations.query.build.evaluated` lets SymPy simplify it. `names` says for each written symbol what it was
    read as. `written` is the text of the side, `left` that of the left side of an equation, and `side` counts the
    sides after the first equality sign from 1; it is 0 where there is none.
    """

    convention: str
    expr: Expr
    names: Mapping[str, str]
    written: str = ""
    left: str = ""
    side: int = 0


def readings(formula: str, where: Mapping[str, str] | None = None, side: int | None = None) -> tuple[Reading, ...]:
    """Return the readings of each right side of the formula, or of one side only: 0 is the left one.

    `where` adds names, or changes what they mean: {"w": "beta**2/(2*var)"}, in our symbols.

    Raises:
        Unread: a piece that is not understood, or no convention has a meaning for every symbol.
    """
    node = parsed(formula)
    added = {word(name): (_meant(text),) for name, text in (where or {}).items()}
    found = [r for convention in conventions() for r in _read(node, extended(convention, added), formula)]
    if not found:
        name = next(n for n in walk(node) if isinstance(n, Name | Beside))
        raise Unread("a symbol of a convention", formula, *name.span)
    return tuple(found)


def _meant(text: str) -> Meaning:
    """Return what a name is said to mean, in our symbols."""
    known = conventions()[-1].meanings
    node = parsed(text)
    if strange := next((n for n in walk(node) if isinstance(n, Name | Beside) and n.key not in known), None):
        raise Unread("one of our symbols", text, *strange.span)
    return Meaning(built(node, lambda n: known[n.key][0].expr, text))


def _read(node: Node, convention: Convention, text: str) -> Iterator[Reading]:
    """Yield the readings in one convention: several where a symbol has several meanings in it."""
    names = {n.key: n for n in walk(node) if isinstance(n, Name)}
    if any(isinstance(n, Beside) for n in walk(node)) or not names.keys() <= convention.meanings.keys():
        return
    for choice in product(*(convention.meanings[k] for k in names)):
        chosen: dict[str, Meaning] = dict(zip(names, choice, strict=True))
        expr = built(node, lambda n: chosen[n.key].expr, text)  # noqa: B023 called at once
        said = {text[n.span.at : n.span.end]: f"{chosen[k].expr}" for k, n in names.items()}
        yield Reading(convention.name, expr, said, text)
