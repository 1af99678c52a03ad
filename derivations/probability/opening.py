"""What stands for an expression and opens to it: an expectation over a stated law, a named object of the field.

A reader is shown the object; engines are given what it opens to. Both come from the same arguments, so that they can't
say different things.
"""

from abc import abstractmethod
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr


class Opening(Expr):
    """An expression that stands for another, made of its own arguments."""

    is_commutative = True

    @abstractmethod
    def opened(self) -> Expr:
        """What it stands for, without any such object inside."""

    def owing(self) -> Expr:
        """An expression that needs what this shows that it needs in order to mean something."""
        return self.opened()

    def lost(self) -> tuple[Any, ...]:
        """The obligations that what it stands for no longer shows."""
        return ()


class ByName(Expr):
    """A value of which a statement speaks by name alone: it needs nothing, and engines are never given it."""

    is_commutative = True


def opened(e: Expr) -> Expr:
    """The expression with all that stands for another written out, inside integrals and densities' means as well."""
    return _written_out(e) if outermost(e) else e  # an expression that owes something is itself, and never kept


def needing(e: Expr) -> Expr:
    """An expression without any such object that needs all that this one needs in order to mean something."""
    return _needing(e) if outermost(e) else e


@lru_cache(maxsize=2**16)
def _written_out(e: Expr) -> Expr:
    return opened(e.xreplace({x: x.opened() for x in outermost(e)}))  # what is inside one may stand alone


@lru_cache(maxsize=2**16)
def _needing(e: Expr) -> Expr:
    return needing(e.xreplace({x: x.owing() for x in outermost(e)}))


@lru_cache(maxsize=2**16)
def outermost(e: Basic) -> frozenset[Opening]:
    """The objects in an expression, where each stands in no other."""
    return frozenset((e,)) if isinstance(e, Opening) else frozenset().union(*map(outermost, e.args))
