"""A numerical check of derivations: each line against the one above it, and each primitive, at points of the domain.

A line that fails here refutes no answer: the answer may be right, and only its derivation wrong. A primitive that a
line gives must be finite on pieces that cover the whole interval, so that it has no jump, and its slope must be the
integrand at random inner points.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

from flint import arb
from sympy import Expr, Integral, Rational, Symbol, diff

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, exact, precision, proper
from derivations.arithmetic.memory import once
from derivations.engines.agree import BITS, Fails, at_some_precision, check, same
from derivations.form.claim import Chain, Claim, Line
from derivations.form.statement import AtMost, Below, Equal, Statement, Tends
from derivations.points.domain import Draw

SLOPES = 2  # places at which the slope of a primitive is checked
PIECES, HALVINGS = 2**10, 60  # the most pieces of an interval on which to see a primitive finite, and halvings to one


class Jumps(ArithmeticError):
    """A primitive that may jump, so that its difference need not be the integral."""


def fault_of_lines(claim: Claim, point: Draw) -> str:
    """Return why a line of the derivation fails at the point, or ''; undecided lines are passed over."""
    for why, statement in _lines(claim):
        try:
            check(statement, _everywhere(statement, point, claim))
        except Fails as wrong:
            return f"the line {why!r} is off by {wrong}"
        except Undefined as wrong:
            return f"the line {why!r} is undefined: {wrong}"
        except (Imprecise, Unfinished):
            continue
    return ""


def fault_of_primitives(claim: Claim, point: Draw) -> str:
    """Return why a primitive of the derivation fails at the point, or ''; undecided ones are passed over."""
    for integral, primitive in _primitives(claim):
        try:
            antiderivative(integral, primitive, _everywhere(Equal(integral, primitive), point, claim))
        except Jumps as fault:
            return f"Jumps: {fault}"
        except Fails as wrong:
            return f"the slope of the primitive {primitive} is off by {wrong}"
        except Undefined as wrong:
            return f"the primitive {primitive} is undefined: {wrong}"
        except (Imprecise, Unfinished):
            continue
    return ""


def lines(claim: Claim) -> Iterator[tuple[str, Statement]]:
    """Yield what each proof line says about the one above it, with its reason."""
    for chain, statement in zip(claim.proof, claim.goals(), strict=False):
        for above, below in pairwise(until_limit(chain, statement)):
            if isinstance(statement, AtMost | Below) and (below.more is not None or below.convex):
                yield below.why, AtMost(above.expr, below.expr, {})
            else:
                yield below.why, Equal(above.expr, below.expr)


def until_limit(chain: Chain, statement: Statement) -> Chain:
    """Return the lines that are equal one to the next: all but the limit itself, where a limit's chain ends in it."""
    if not isinstance(statement, Tends) or len(chain) < 2 or not chain[-2].expr.has(statement.var):
        return chain
    last = chain[-1]
    bare = last == Line(last.why, last.expr, last.eq)  # with no reason that a machine could follow
    return chain[:-1] if bare and last.expr == statement.value else chain


def _lines(claim: Claim) -> list[tuple[str, Statement]]:
    return once(claim, "lines", lambda: list(lines(claim)))


def _primitives(claim: Claim) -> list[tuple[Integral, Expr]]:
    """Return each integral that a line replaces by a difference of a primitive, with that primitive."""
    return once(
        claim,
        "primitives",
        lambda: [
            (integral, below.primitive)
            for chain in claim.proof
            for above, below in pairwise(chain)
            if below.primitive is not None
            for integral in above.expr.atoms(Integral) ^ below.expr.atoms(Integral)
        ],
    )


def antiderivative(integral: Integral, primitive: Expr, point: Draw) -> None:
    """Raise Fails where the slope is another, and Jumps where the primitive is not seen to be continuous."""
    body, var, low, high = proper(integral)
    with precision(BITS[0]):
        a, b = ball(low, point), ball(high, point)
    rng = Random(f"{_printed(primitive)} {sorted(map(str, point.items()))}")
    slope = diff(primitive, var)
    for share in (Rational(rng.randrange(1, 1009), 1009) for _ in range(SLOPES)):
        inside = {**point, var: (a + (b - a) * exact(share)).mid()}
        at_some_precision(lambda here=inside: same(slope, body, here))
    _continuous(primitive, {**point}, var, a, b)


def _continuous(e: Expr, point: dict[Symbol, Any], var: Symbol, a: arb, b: arb) -> None:
    """Check that a composition of continuous functions has no jump: it is finite on balls that cover the interval."""
    ahead, looks = [(a, b, HALVINGS)], 0
    while ahead:
        (low, high, halvings), looks = ahead.pop(), looks + 1
        try:
            with precision(BITS[0]):
                ball(e, point | {var: low.union(high)})
        except (Undefined, Imprecise) as fault:
            if not halvings or looks > PIECES:
                at = f"{var} = {low.str(6, radius=False)}"
                raise Jumps(f"the primitive {e} is not seen to be continuous at {at}: {fault}") from None
            middle = (low + high) / 2
            ahead += [(low, middle, halvings - 1), (middle, high, halvings - 1)]


def _everywhere(statement: Statement, point: Draw, claim: Claim) -> Draw:
    """Return the point with a value for what only proof lines mention: a limit's variable, a noise that drops out."""
    names = {v for v in _names(statement[:2]) if v not in point}
    return {v: claim.example.get(v, Rational(1, 7)) for v in names} | point if names else point  # type: ignore[misc]


@lru_cache(maxsize=256)
def _printed(e: Expr) -> str:
    return str(e)


@lru_cache(maxsize=256)  # needed at every point
def _names(sides: tuple[Expr, ...]) -> frozenset[Symbol]:
    return frozenset(v for e in sides for v in e.free_symbols)  # type: ignore[misc]
