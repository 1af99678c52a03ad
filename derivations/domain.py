"""The domain of a claim: exact points that satisfy its assumptions, and that look everywhere.

Half of them are drawn independently: ordinary numbers, a quarter between a hundredth and a thousand, a share of all
magnitudes. The other half go the round of the places where the claim is delicate: both signs of every factor that
turns, alone, in pairs and all together, near and far from where it is zero, and the edges of every assumption. A claim
without such places has independent points only.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, count, product
from random import Random
from typing import Any, NamedTuple

from flint import fmpq
from sympy import Expr, Rational, Symbol

from derivations.ball import Imprecise, Undefined, Unfinished, ball, below, precision
from derivations.claim import Claim
from derivations.delicate import delicate, factors
from derivations.draws import middling, ordinary, wide
from derivations.lines import BITS, Factor
from derivations.memory import once
from derivations.region import Condition, Empty, Point, Region, Signed
from derivations.statement import Below
from derivations.turning import part

__all__ = ["Draw", "Empty", "domain", "enough", "holds", "points"]

Draw = dict[Symbol, Expr]
FAR, OUTER = 0.125, 0.5  # shares of independent points that are far out
MIDDLING = 0.25
PAIRED = 6  # factors that turn, of which pairs are looked at


class Ordered:
    """An assumption, or its opposite, as a condition."""

    def __init__(self, assumption: Below, wanted: bool = True) -> None:
        self.gap, self.sign = Factor(assumption.greater - assumption.lesser), 1 if wanted else -1
        self.factors = [Factor(f) for f in factors(self.gap.expr)]

    def holds(self, at: Mapping[Symbol, fmpq]) -> bool:
        sign = self.gap.sign(at)
        return sign is not None and (sign > 0) == (self.sign > 0)


class Place(NamedTuple):
    """A part of the domain to visit, a condition that holds there, and whether to go close to where that ends."""

    region: Region
    condition: Condition
    close: bool = False
    rare: bool = True


class Domain:
    """Where a claim's assumptions hold, and where in it the claim is delicate."""

    def __init__(self, claim: Claim, without: Sequence[Below] = ()) -> None:
        signs = {v: int(bool(v.is_positive)) for v in claim.symbols()}
        self.edges = [Ordered(a) for a in claim.given if a not in without]
        example = {v: number(q) for v, q in claim.example.items() if v in signs}
        self.region = Region(signs, self.edges, example if example.keys() == signs.keys() else None)
        self.claim = claim
        self._round: list[Place] | None = None

    @property
    def round(self) -> list[Place]:
        """The places to visit."""
        if self._round is None:
            turned = [self._parts(f) for f in self._turning()]
            alone = [place for parts in turned for place in parts]
            self._round = [p._replace(close=close) for p in alone for close in (False, True) if close or p.rare]
            self._round += self._together([parts for parts in turned if parts])
            self._round += [Place(self.region, c, True) for c in self.edges if c.gap.symbols]
        return self._round

    def _turning(self) -> list[Factor]:
        """The factors that may turn: all but those that are the gap of an assumption."""
        fixed = {e for c in self.edges for f in c.factors for e in (f.expr, -f.expr) if len(c.factors) == 1}
        turning = once(self.claim, "turning", lambda: [Factor(e) for e in delicate(self.claim)])
        return [f for f in turning if f.expr not in fixed]

    def _parts(self, factor: Factor) -> list[Place]:
        """The parts of the domain where a factor has either sign, if it turns, the rarer first."""
        rng = Random(f"turning {self.claim.name}")
        region = self.region.fresh()
        usual = factor.sign(region.find(rng))
        looked = [s for s in (1, -1) if s != usual]
        found = [Place(there, Signed(factor, s)) for s in looked if (there := part(region, factor, s, rng))]
        if usual and found:
            found.append(Place(self.region.within(Signed(factor, usual)), Signed(factor, usual), rare=False))
        return found

    def _together(self, turned: Sequence[Sequence[Place]]) -> Iterator[Place]:
        """Signs of two factors at once, and all factors turned, where the domain has such points."""
        pairs = list(combinations(turned, 2)) if len(turned) <= PAIRED else []
        groups = [group for pair in pairs for group in product(*pair) if any(p.rare for p in group)]
        for group in [*groups, *([[parts[0] for parts in turned]] if len(turned) > 2 else [])]:
            there = self.region.within(*(p.condition for p in group))
            try:
                there.find(Random(f"together {self.claim.name}"), starts=2)
            except Empty:
                continue
            yield Place(there, group[0].condition)

    def stream(self, rng: Random, far: float) -> Iterator[Point]:
        tour, region = self._tour(rng), self.region.fresh()
        for n in count():
            visited = next(tour, None) if n % 2 else None
            yield visited or region.find(rng, _style(rng, far))

    def _tour(self, rng: Random) -> Iterator[Point]:
        places = [(place.region.fresh(), place.condition, place.close) for place in self.round]
        while places:
            for there, condition, close in places:
                at = there.find(rng, _style(rng, FAR))
                yield there.beside(at, rng.choice(condition.gap.symbols), rng) if close else at


def number(q: Any) -> fmpq:
    q = Rational(q)
    return fmpq(int(q.p), int(q.q))


def _style(rng: Random, far: float) -> Callable[[Random, int], fmpq]:
    """How the numbers of one point are drawn. Of a point that is far out, half the numbers are."""
    u = rng.random()
    other = wide if u < far else middling if u < far + MIDDLING else ordinary
    return lambda r, sign: (other if r.random() < 1 / 2 else ordinary)(r, sign)


def domain(claim: Claim, without: Sequence[Below] = ()) -> Domain:
    """The domain of a claim, made once."""
    return once(claim, ("domain", *without), lambda: Domain(claim, without))


def holds(assumption: Below, point: Draw) -> bool:
    """Whether lesser < greater at the point, decided by balls."""
    try:
        with precision(BITS):
            return below(ball(assumption.lesser, point), ball(assumption.greater, point))
    except (Undefined, Imprecise, Unfinished):
        return False


def points(claim: Claim, seed: str, without: Sequence[Below] = (), far: float = FAR) -> Iterator[Draw]:
    """An endless stream of points where every assumption but `without` holds."""
    here = domain(claim, without)
    try:
        for at in here.stream(Random(seed), far):
            yield {v: Rational(int(q.p), int(q.q)) for v, q in at.items()}
    except Empty:
        told = [a.text for a in claim.given if a not in without]
        raise Empty(f"{claim.name}: expected a point with {told}, found none") from None


def enough(claim: Claim, count: int) -> int:
    """So many points, or as many as it takes to go the round of all delicate places."""
    return max(count, 2 * len(domain(claim).round) + 2)
