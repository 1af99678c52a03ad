"""Signs on a bounded box by Arb: the box is halved until a ball with the right sign covers every piece.

The sign is shown on the closed box, edges included, which is more than is asked for. A symbol that no assumption bounds
by numbers from both sides puts the question out of reach.
"""

from collections.abc import Callable, Sequence

from flint import arb
from sympy import Expr, Symbol

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.engines.discharge.parameters import Assumption
from derivations.obligations.obligation import Obligation

PIECES = 1500
BITS = 96
Box = dict[Symbol, tuple[Expr, Expr]]


def box(assumptions: Sequence[Assumption], o: Obligation) -> Box | None:
    """Numbers between which each symbol of the obligation lies, if all have them; bounds by symbols count by theirs."""
    ordered = [(a.lesser, a.greater) for a in assumptions]
    low = _ends([(b, a) for a, b in ordered], max)
    high = _ends(ordered, min)
    for v, *ends in o.ranges:  # outer ones first; whichever end is the lower one
        if all(e.is_Rational or e in low.keys() & high.keys() for e in ends):
            low[v], high[v] = min(low.get(e, e) for e in ends), max(high.get(e, e) for e in ends)
    names = o.expr.free_symbols.union(*(a.free_symbols | b.free_symbols for _, a, b in o.ranges))
    return {v: (low[v], high[v]) for v in names} if names <= low.keys() & high.keys() else None  # type: ignore[misc]


def _ends(pairs: Sequence[tuple[Expr, Expr]], best: Callable[..., Expr]) -> dict[Expr, Expr]:
    """The best number that each symbol on the left is bounded by on the right, through other symbols if need be."""
    found: dict[Expr, Expr] = {}
    for _ in pairs:
        for v, bound in pairs:
            number = found.get(bound, bound)
            if v.is_Symbol and number.is_Rational:
                found[v] = best(number, found[v]) if v in found else number
    return found


def covered(o: Obligation, assumptions: Sequence[Assumption]) -> bool:
    """Whether pieces with the right sign cover the box."""
    found = box(assumptions, o)
    if not found:
        return False
    with precision(BITS):
        start = {v: (arb(int(a.p)) / int(a.q), arb(int(b.p)) / int(b.q)) for v, (a, b) in found.items()}  # type: ignore[attr-defined]
        waiting, looked = [start], 0
        while waiting:
            piece = waiting.pop()
            looked += 1
            if _right(o, {v: a.union(b) for v, (a, b) in piece.items()}):
                continue
            if looked > PIECES or len(waiting) > PIECES:
                return False
            waiting += _halves(piece)
    return True


def _right(o: Obligation, values: dict[Symbol, arb]) -> bool:
    try:
        value = ball(o.expr, values)
    except (Undefined, Imprecise, Unfinished):
        return False
    return bool(value > 0 or (o.relation == ">= 0" and value >= 0) or (o.relation == "!= 0" and value < 0))


def _halves(piece: dict[Symbol, tuple[arb, arb]]) -> list[dict[Symbol, tuple[arb, arb]]]:
    widest = max(piece, key=lambda v: float((piece[v][1] - piece[v][0]).mid()))
    a, b = piece[widest]
    return [piece | {widest: (a, (a + b) / 2)}, piece | {widest: ((a + b) / 2, b)}]
