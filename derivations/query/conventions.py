"""What a written symbol means: the conventions of the field, each a map from keys to our symbols."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from sympy import Expr, Symbol

from derivations import symbols
from derivations.notation.names import latex_of
from derivations.query.keys import word

OURS = "ours"


class Meaning(NamedTuple):
    """An expression of our symbols, and what it is in words."""

    expr: Expr
    says: str = ""


class Convention(NamedTuple):
    """A way of the field to write: for each key what it may mean, usually one thing."""

    name: str
    meanings: Mapping[str, tuple[Meaning, ...]]


@cache
def conventions() -> tuple[Convention, ...]:
    """Return all conventions, in the order in which their readings are listed."""
    return (_ours(),)


def extended(convention: Convention, added: Mapping[str, tuple[Meaning, ...]]) -> Convention:
    """Return the convention with some meanings added, or changed."""
    return convention._replace(meanings=MappingProxyType({**convention.meanings, **added}))


def _ours() -> Convention:
    """Return our own symbols by their names, in text and in LaTeX."""
    numbers = {name: v for name, v in vars(symbols).items() if isinstance(v, Symbol) and v.is_real and str(v) == name}
    return Convention(OURS, MappingProxyType({word(name): (Meaning(v, latex_of(v)),) for name, v in numbers.items()}))
