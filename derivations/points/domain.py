"""The domain of a claim: exact points that satisfy its assumptions and visit every delicate place of the claim."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from flint import fmpq
from sympy import Expr, Rational, Symbol

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, below, precision
from derivations.arithmetic.memory import once
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.points.delicate import delicate, factors
from derivations.points.lines import BITS, Factor
from derivations.points.region import Empty, Point, Region
from derivations.points.survey import FAR, OUTER, Survey

__all__ = [
    "OUTER",
    "Draw",
    "Empty",
    "as_draw",
    "domain",
    "enough",
    "holds",
    "ordered",
    "points",
    "signs",
    "stored",
    "turning",
]

Draw = dict[Symbol, Expr]


class Ordered:
    """An assumption, or its opposite, as a condition on points."""

    def __init__(self, assumption: Below, wanted: bool = True) -> None:
        self.gap, self.sign = Factor(assumption.greater - assumption.lesser), 1 if wanted else -1
        self.factors = [Factor(f) for f in factors(self.gap.expr)]

    def holds(self, at: Mapping[Symbol, fmpq]) -> bool:
        sign = self.gap.sign(at)
        return sign is not None and (sign > 0) == (self.sign > 0)


def ordered(claim: Claim, assumption: Below, wanted: bool = True) -> Ordered:
    """Return an assumption of a claim, or its opposite, shared by all regions of the claim."""
    return once(claim, ("ordered", assumption, wanted), lambda: Ordered(assumption, wanted))


def signs(claim: Claim) -> dict[Symbol, int]:
    """1 for a positive symbol, 0 for one that may have either sign."""
    return {v: int(bool(v.is_positive)) for v in claim.symbols()}


def stored(claim: Claim) -> Point | None:
    """Return the claim's stored point, if it has all symbols."""
    values = {v: Rational(q) for v, q in claim.example.items()}
    names = claim.symbols()
    return {v: fmpq(int(values[v].p), int(values[v].q)) for v in names} if values.keys() >= set(names) else None


def as_draw(at: Point) -> Draw:
    return {v: Rational(int(q.p), int(q.q)) for v, q in at.items()}


def domain(claim: Claim, without: Sequence[Below] = ()) -> Survey:
    """Return the domain of a claim, made once."""
    return once(claim, ("domain", *without), lambda: _domain(claim, without))


def _domain(claim: Claim, without: Sequence[Below]) -> Survey:
    edges = [ordered(claim, a) for a in claim.given if a not in without]
    return Survey(Region(signs(claim), edges, stored(claim)), edges, turning(claim), claim.name)


def turning(claim: Claim) -> list[Factor]:
    """Return the factors that may change sign, shared by all regions of the claim."""
    return once(claim, "turning", lambda: [Factor(e) for e in delicate(claim)])


def holds(assumption: Below, point: Draw) -> bool:
    """Return whether lesser < greater at the point, decided by balls."""
    try:
        with precision(BITS):
            return below(ball(assumption.lesser, point), ball(assumption.greater, point))
    except (Undefined, Imprecise, Unfinished):
        return False


def points(claim: Claim, seed: str, without: Sequence[Below] = (), far: float = FAR) -> Iterator[Draw]:
    """Yield, without end, points where every assumption but those in `without` holds."""
    stream = domain(claim, without).stream(Random(seed), far)
    while True:
        yield as_draw(_next(stream, claim, without))  # nothing to catch here, so the stream may be left half way


def _next(stream: Iterator[Point], claim: Claim, without: Sequence[Below]) -> Point:
    try:
        return next(stream)
    except Empty:
        stated = [a.text for a in claim.given if a not in without]
        raise Empty(f"{claim.name}: expected a point with {stated}, found none") from None


def enough(claim: Claim, count: int) -> int:
    """Return `count`, or the number of points that it takes to visit all delicate places if that is more."""
    return max(count, 2 * domain(claim).length + 2)
