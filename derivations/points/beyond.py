"""Points where one assumption fails and all others hold: on its edge, just beyond it, and anywhere beyond.

If the assumption is that a symbol is positive, they are the points where it is 0 or negative.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import islice
from random import Random

from sympy import Symbol

from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.points.delicate import delicate_in
from derivations.points.domain import ordered, signs, stored, turning
from derivations.points.draws import closeness
from derivations.points.lines import Factor
from derivations.points.region import Condition, Empty, Point, Region
from derivations.points.survey import Survey

TRIES = 8  # of each way to find such a point
FAR = 0.25


class Beyond:
    """The points where one assumption of a claim fails and the others hold."""

    def __init__(self, claim: Claim, dropped: Below) -> None:
        self.claim, self.gap = claim, Factor(dropped.greater - dropped.lesser)
        free = sign_of(claim, dropped)
        self.free, self.is_sign = free, free is not None
        usual, others = signs(claim), [ordered(claim, a) for a in claim.given if a != dropped]
        gone: list[Condition] = [ordered(claim, dropped, wanted=False)] if free is None else []
        self.inside = Region(usual, [ordered(claim, a) for a in claim.given], stored(claim))
        self.others = Region(usual if free is None else usual | {free: 0}, others)
        self.region = Region(usual if free is None else usual | {free: -1}, [*others, *gone])

    @cached_property
    def survey(self) -> Survey:
        """All that lies beyond the edge, with the factors that turn there; for a symbol's sign, polynomials only."""
        return self._survey([f for f in self._mine() if f.exact] if self.is_sign else self._mine())

    @cached_property
    def whole(self) -> Survey:
        """The same, with the factors that turn only because a symbol is negative."""
        if self.free is None:
            return self.survey
        return self._survey([f for f in map(Factor, delicate_in(self.claim, self.free)) if f.exact])

    def _mine(self) -> list[Factor]:
        return [f for f in turning(self.claim) if not set(f.symbols).isdisjoint(self.gap.symbols)]

    def _survey(self, factors: list[Factor]) -> Survey:
        return Survey(self.region, self.region.conditions, factors, f"{self.claim.name} beyond {self.gap.expr}")

    def edge(self, rng: Random) -> Iterator[Point]:
        """Yield points where the assumption only just fails: its two sides are equal."""
        return (at for at, _ in self._edges(rng))

    def just(self, rng: Random) -> Iterator[Point]:
        """Yield points beyond the edge, much closer to it than to where anything else turns."""
        for at, v in self._edges(rng):
            for low, high in self.region.cells(v, at, self.survey.factors):
                if at[v] in (low, high):
                    width = max(abs(at[v]), 1) if low is None or high is None else high - low
                    away = width * closeness(rng, least=6)
                    new = {**at, v: at[v] + (away if low == at[v] else -away)}
                    yield from [new] if self.region.has(new) else []

    def _edges(self, rng: Random) -> Iterator[tuple[Point, Symbol]]:
        """Yield points on the edge, each with the symbol that was moved there."""
        for _ in range(TRIES if self.gap.symbols else 0):
            at = self.inside.find(rng)
            v = rng.choice(self.gap.symbols)
            for zero in self.gap.zeros(v, at):
                new = {**at, v: zero}
                if self.gap.sign(new) == 0 and self.others.has(new):
                    yield new, v

    def poles(self, rng: Random) -> Iterator[Point]:
        """Yield points beyond the edge where a delicate factor, such as a divisor in the claim, is exactly 0."""
        for f in (f for f in self._mine() if f.exact):
            at = self.region.find(rng)
            for v in f.symbols:
                new = ({**at, v: zero} for zero in f.zeros(v, at))
                yield from (there for there in new if f.sign(there) == 0 and self.region.has(there))


def sign_of(claim: Claim, assumption: Below) -> Symbol | None:
    """Return the symbol whose sign is all that the assumption says; None for any other assumption."""
    v = assumption.greater
    says_no_more = isinstance(v, Symbol) and assumption.lesser == 0 and assumption not in claim.given
    return v if says_no_more else None  # type: ignore[return-value]


def several(stream: Iterator[Point], count: int) -> list[Point]:
    """Return the first points of a stream; fewer, or none, where it ends early."""
    points: list[Point] = []
    with suppress(Empty):
        points.extend(islice(stream, count))
    return points
