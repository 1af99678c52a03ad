"""What an operation lost: the obligations of its inputs that its result no longer shows.

What SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for positive a. In a substitution
obligations are substituted as well; under an integral they are owed at all values of its variable.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from sympy import Dummy, Expr, Integral, S, Subs, Symbol

from derivations.obligations.kept import Loss, Losses
from derivations.obligations.obligation import EXCHANGE, Obligation, between, changed, owed
from derivations.probability.opening import needing

substituted = changed  # what becomes of an obligation in a substitution


@lru_cache(maxsize=65536)
def obliged(e: Expr) -> frozenset[Obligation]:
    """The obligations of an expression, but for exchanges; of what it opens to, so that a name loses nothing."""
    e = needing(e)
    owes = owed(e)
    if any(o.expr is S.Zero for o in owes):  # slopes of unknown functions owe nothing
        owes = owed(e.xreplace(dict.fromkeys(e.atoms(Subs), Dummy(real=True))))
    return frozenset(replace(o, why="") for o in owes if o.relation != EXCHANGE)


@lru_cache(maxsize=65536)
def visible(e: Expr, relation: str) -> bool:
    """Whether SymPy's assumptions about the symbols show it."""
    if relation == "> 0":
        return e.is_positive is True
    return e.is_nonnegative is True if relation == ">= 0" else e.is_zero is False


Key = tuple[Expr, str, tuple[tuple[Expr, Expr], ...]]


@lru_cache(maxsize=65536)
def key(o: Obligation) -> Key:
    """What an obligation says, whatever its bound variables are called, and by whatever names."""
    names = {v: Symbol(f"bound {n}", real=True) for n, (v, *_) in enumerate(o.ranges)}
    return needing(o.expr).xreplace(names), o.relation, tuple((low, high) for _, low, high in o.ranges)  # type: ignore[return-value]


def shown(o: Obligation, by: Container[Key]) -> bool:
    """Whether some obligation says this, or something stronger."""
    e, relation, ends = key(o)
    if (e, relation, ends) in by or (e, "> 0", ends) in by:
        return True
    return relation == "!= 0" and ((-e, relation, ends) in by or (-e, "> 0", ends) in by)


def lost(needed: Iterable[Obligation], result: Expr, where: Callable[[], str]) -> Losses:
    """What a result no longer shows of what is needed."""
    by = set(map(key, obliged(result)))
    gone = [o for o in needed if not shown(o, by) and not visible(o.expr, o.relation)]
    return frozenset(Loss(o, where()) for o in gone) if gone else frozenset()


def inside(o: Obligation, integral: Integral) -> Iterator[Obligation]:
    """What an integrand owes is owed at all values of the variable between the ends."""
    (var, *ends), *more = integral.limits  # type: ignore[misc]
    return iter([o]) if more or len(ends) != 2 else between((o,), var, *ends)
