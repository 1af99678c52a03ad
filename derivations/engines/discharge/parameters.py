"""A domain told by positive numbers: 0 < s < t < 1 is t = p/(1 + p), s = t q/(1 + q) for any positive p and q.

After the substitution every assumption that was used is gone, and what is positive on the domain is often a quotient of
polynomials without a minus sign, which SymPy's assumptions see. An assumption that bounds no symbol alone is left out:
the parameters then fill a larger set, and what is positive there is positive on the domain.
"""

from collections.abc import Sequence

from sympy import Dummy, Expr, S, Symbol

from derivations.form.statement import AtMost, Below

Assumption = Below | AtMost
Bounds = dict[Symbol, tuple[list[Expr], list[Expr]]]


def parameters(assumptions: Sequence[Assumption], symbols: Sequence[Symbol]) -> dict[Symbol, Expr]:
    """Symbols by positive parameters, each bounded by symbols that were told before it."""
    bounds = _isolated(assumptions, symbols)
    told: dict[Symbol, Expr] = {}
    waiting = [v for v in symbols if any(bounds[v])]
    while waiting:
        # whoever is bounded by numbers and by what is told; else by whatever bounds it has that are
        v = max(waiting, key=lambda v: (_ready(bounds[v], waiting, v), _count(bounds[v], waiting)))
        waiting.remove(v)
        told[v] = _between(
            v, *([e.subs(told) for e in side if not e.free_symbols & {*waiting, v}] for side in bounds[v])
        )
    return told


def _isolated(assumptions: Sequence[Assumption], symbols: Sequence[Symbol]) -> Bounds:
    """The lower and the upper bounds that assumptions give a symbol alone."""
    found: Bounds = {v: ([], []) for v in symbols}
    for a in (a for a in assumptions if isinstance(a, Below)):
        if isinstance(a.greater, Symbol) and a.greater in found and a.lesser != 0:
            found[a.greater][0].append(a.lesser)
        if isinstance(a.lesser, Symbol) and a.lesser in found:
            found[a.lesser][1].append(a.greater)
    return found


def _ready(bound: tuple[list[Expr], list[Expr]], waiting: list[Symbol], v: Symbol) -> bool:
    return not any(e.free_symbols & (set(waiting) - {v}) for side in bound for e in side)


def _count(bound: tuple[list[Expr], list[Expr]], waiting: list[Symbol]) -> int:
    return sum(not e.free_symbols & set(waiting) for side in bound for e in side)


def _between(v: Symbol, lows: list[Expr], highs: list[Expr]) -> Expr:
    """Every number between one lower and one upper bound, by one positive parameter."""
    p = Dummy(f"p_{v.name}", positive=True)
    low = lows[0] if lows else S.Zero if v.is_positive else None
    if v.is_positive and low is not None and not low.is_nonnegative:
        low = S.Zero
    if low is not None and highs:
        return low / (1 + p) + highs[0] * p / (1 + p)
    if low is not None:
        return low + p if lows else p
    return highs[0] - p if highs else v
