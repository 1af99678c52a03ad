"""Signs on a bounded box by Arb: the box is halved until a ball with the right sign covers every piece.

The sign is shown on the closed box, edges included, which is more than is asked for. A symbol that no assumption bounds
by numbers from both sides puts the question out of reach.
"""

from collections.abc import Sequence

from flint import arb
from sympy import Expr, Symbol

from derivations.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.discharge.parameters import Assumption
from derivations.obligation import Obligation

PIECES = 1500
BITS = 96
Box = dict[Symbol, tuple[Expr, Expr]]


def box(assumptions: Sequence[Assumption], o: Obligation) -> Box | None:
    """Numbers between which each symbol of the obligation lies, if all have them; bounds by symbols count by theirs."""
    ranges = {v: (low, high) for v, low, high in o.ranges}
    names = o.expr.free_symbols.union(*(a.free_symbols | b.free_symbols for a, b in ranges.values()))
    found: Box = {}
    for _ in range(len(names) + 1):
        for v in names - found.keys():
            if (ends := _ends(v, assumptions, ranges, found)) is not None:
                found[v] = ends  # type: ignore[index]
    return found if names <= found.keys() else None


def _ends(
    v: Symbol, assumptions: Sequence[Assumption], ranges: dict[Symbol, tuple[Expr, Expr]], known: Box
) -> tuple[Expr, Expr] | None:
    lows = [a.lesser for a in assumptions if a.greater == v] + ([ranges[v][0]] if v in ranges else [])
    highs = [a.greater for a in assumptions if a.lesser == v] + ([ranges[v][1]] if v in ranges else [])
    low = [known[e][0] if e in known else e for e in lows]
    high = [known[e][1] if e in known else e for e in highs]
    low, high = [e for e in low if e.is_Rational], [e for e in high if e.is_Rational]
    return (max(low), min(high)) if low and high else None


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
