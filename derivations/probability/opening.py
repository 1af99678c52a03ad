"""Objects that stand for an expression and open to it, such as an expectation or a named quantity of the field.

A reader is shown the object; engines are given what it opens to. Both come from the same arguments, so that they can't
say different things.
"""

from abc import abstractmethod
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr


class Opening(Expr):
    """An expression that stands for another one, which it makes from its own arguments."""

    is_commutative = True

    @abstractmethod
    def opened(self) -> Expr:
        """Return what this stands for, without any such object inside."""

    def owing(self) -> Expr:
        """Return an expression that needs all that this one visibly needs in order to mean something."""
        return self.opened()

    def lost(self) -> tuple[Any, ...]:
        """Return the obligations that what it stands for no longer shows."""
        return ()


class ByName(Expr):
    """A value that a statement mentions by name alone: it needs nothing, and engines never receive it."""

    is_commutative = True


def opened(e: Expr) -> Expr:
    """Write out every object in the expression that stands for another, inside integrals and means as well."""
    return _written_out(e) if outermost(e) else e  # a twin that owes something comes back itself, never from a cache


def needing(e: Expr) -> Expr:
    """Return an expression without such objects that needs all that this one needs in order to mean something."""
    return _needing(e) if outermost(e) else e


@lru_cache(maxsize=2**16)
def _written_out(e: Expr) -> Expr:
    return opened(e.xreplace({x: x.opened() for x in outermost(e)}))  # what opens may hold further objects


@lru_cache(maxsize=2**16)
def _needing(e: Expr) -> Expr:
    return needing(e.xreplace({x: x.owing() for x in outermost(e)}))


@lru_cache(maxsize=2**16)
def outermost(e: Basic) -> frozenset[Opening]:
    """Return the objects in an expression that stand inside no other."""
    return frozenset((e,)) if isinstance(e, Opening) else frozenset().union(*map(outermost, e.args))
