"""Obligations lost in an operation: those of its inputs that its result no longer shows.

An obligation that SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for positive a. A
substitution also changes the obligations; an integral owes those of its integrand at all values of its variable.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from sympy import Dummy, Expr, Integral, S, Subs, Symbol

from derivations.obligations.kept import Loss, Losses
from derivations.obligations.obligation import EXCHANGE, Obligation, between, changed
from derivations.obligations.owed import owed
from derivations.probability.density import Abstract
from derivations.probability.opening import Opening, needing

substituted = changed  # its name where the change is a substitution


@lru_cache(maxsize=65536)
def gone(e: Expr) -> frozenset[Obligation]:
    """Return what the objects in an expression, and those inside them, need and no longer show once they are opened."""
    if isinstance(e, Opening):
        return gone(e.owing()).union(e.lost())
    if isinstance(e, Abstract):
        return frozenset()  # its variables are bound, and its body is owed for itself
    if isinstance(e, Integral) and len(e.limits) == 1 and len(e.limits[0]) == 3:
        var, *ends = e.limits[0]  # type: ignore[misc]
        return frozenset().union(between(gone(e.function), var, *ends), *map(gone, ends))
    return frozenset().union(*(gone(a) for a in e.args if isinstance(a, Expr)))


@lru_cache(maxsize=65536)
def obliged(e: Expr) -> frozenset[Obligation]:
    """Return the obligations of an expression, except exchanges, with its names opened so that naming loses nothing."""
    hidden, e = gone(e), needing(e)
    owes = owed(e)
    if any(o.expr is S.Zero for o in owes):  # as a slope of an unknown function, which owes nothing
        owes = owed(e.xreplace(dict.fromkeys(e.atoms(Subs), Dummy(real=True))))
    return frozenset(replace(o, why="") for o in (*owes, *hidden) if o.relation != EXCHANGE)


@lru_cache(maxsize=65536)
def visible(e: Expr, relation: str) -> bool:
    """Return whether SymPy's assumptions about the symbols show that `e` has this sign."""
    if relation == "> 0":
        return e.is_positive is True
    return e.is_nonnegative is True if relation == ">= 0" else e.is_zero is False


Key = tuple[Expr, str, tuple[tuple[Expr, Expr], ...]]


@lru_cache(maxsize=65536)
def key(o: Obligation) -> Key:
    """Return what an obligation says, whatever its bound variables are called and whatever names it uses."""
    names = {v: Symbol(f"bound {n}", real=True) for n, (v, *_) in enumerate(o.ranges)}
    return needing(o.expr).xreplace(names), o.relation, tuple((low, high) for _, low, high in o.ranges)  # type: ignore[return-value]


def shown(o: Obligation, by: Container[Key]) -> bool:
    """Return whether some obligation in `by` says this, or something stronger."""
    e, relation, ends = key(o)
    if (e, relation, ends) in by or (e, "> 0", ends) in by:
        return True
    return relation == "!= 0" and ((-e, relation, ends) in by or (-e, "> 0", ends) in by)


def lost(needed: Iterable[Obligation], result: Expr, where: Callable[[], str]) -> Losses:
    """Return those of the needed obligations that the result no longer shows."""
    by = set(map(key, obliged(result)))
    hidden = [o for o in needed if not shown(o, by) and not visible(o.expr, o.relation)]
    return frozenset(Loss(o, where()) for o in hidden) if hidden else frozenset()


def inside(o: Obligation, integral: Integral) -> Iterator[Obligation]:
    """Yield what an integrand owes, owed at every value of the variable between the ends."""
    (var, *ends), *more = integral.limits  # type: ignore[misc]
    return iter([o]) if more or len(ends) != 2 else between((o,), var, *ends)
