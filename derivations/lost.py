"""What an operation lost: the obligations of its inputs that its result no longer shows.

What SymPy's own assumptions about the symbols show is no loss: sqrt(a)**2 is a for positive a. In a substitution
obligations are substituted as well; under an integral they are owed at all values of its variable.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sympy import Basic, Dummy, Expr, Integral, S, Subs, Symbol

from derivations.forms.expected import Expected
from derivations.kept import Loss, Losses
from derivations.obligation import EXCHANGE, Obligation, between, bound, owed

UNREAL = {S.ImaginaryUnit, S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity}
NO_REAL = Obligation(S.NegativeOne, ">= 0", "")  # what the root of -1 owes


@lru_cache(maxsize=65536)
def obliged(e: Expr) -> frozenset[Obligation]:
    """The obligations of an expression, but for exchanges."""
    owes = owed(e)
    if any(o.expr is S.Zero for o in owes):  # slopes of unknown functions owe nothing, expectations what is inside
        owes = owed(e.xreplace({x: x.body for x in e.atoms(Expected)} | dict.fromkeys(e.atoms(Subs), Dummy(real=True))))
    found = frozenset(replace(o, why="") for o in owes if o.relation != EXCHANGE)
    return found | {NO_REAL} if unreal(e) else found


@lru_cache(maxsize=65536)
def unreal(e: Basic) -> bool:
    """Whether some part of it is no real number."""
    return e in UNREAL or any(map(unreal, e.args))


@lru_cache(maxsize=65536)
def visible(e: Expr, relation: str) -> bool:
    """Whether SymPy's assumptions about the symbols show it."""
    if relation == "> 0":
        return e.is_positive is True
    return e.is_nonnegative is True if relation == ">= 0" else e.is_zero is False


def shown(o: Obligation, by: frozenset[Obligation]) -> bool:
    """Whether some obligation is this one, or a stronger one."""
    if o in by or replace(o, relation="> 0") in by:
        return True
    turned = replace(o, expr=-o.expr)
    return o.relation == "!= 0" and (turned in by or replace(turned, relation="> 0") in by)


def lost(needed: Iterable[Obligation], result: Any, where: Callable[[], str]) -> Losses:
    """What a result no longer shows of what is needed."""
    by = obliged(result) if isinstance(result, Expr) else frozenset()
    gone = [o for o in needed if not shown(o, by) and not visible(o.expr, o.relation)]
    return frozenset(Loss(o, where()) for o in gone) if gone else frozenset()


def substituted(o: Obligation, change: Callable[[Expr], Expr]) -> Iterator[Obligation]:
    """The obligation after a substitution."""
    ranges, inner = [], {}
    for v, *ends in o.ranges:
        low, high = map(change, ends)
        inner[v] = bound(Symbol(v.name.partition("[")[0], real=True), low, high)
        ranges.append((inner[v], low, high))
    yield replace(o, expr=change(o.expr.xreplace(inner)), ranges=tuple(ranges))


def inside(o: Obligation, integral: Integral) -> Iterator[Obligation]:
    """What an integrand owes is owed at all values of the variable between the ends."""
    (var, *ends), *more = integral.limits  # type: ignore[misc]
    return iter([o]) if more or len(ends) != 2 else between((o,), var, *ends)
