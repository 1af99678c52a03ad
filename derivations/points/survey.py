"""Streams of points that cover a region: independent points, and a tour of every place where something turns.

Half of the points are independent: ordinary numbers, a quarter between a hundredth and a thousand, a share of all
magnitudes. The other half tour the places where a factor turns: both signs of every factor that has both in the region,
alone, in pairs and all together, near its zeros and far from them, and close to every edge. A region without such
places has independent points only.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, count, product
from random import Random
from typing import NamedTuple

from flint import fmpq

from derivations.points.draws import middling, ordinary, wide
from derivations.points.lines import Factor
from derivations.points.region import Condition, Empty, Point, Region, Signed, inside, middle
from derivations.points.turning import part

FAR, OUTER = 0.125, 0.5  # shares of independent points that are far out
MIDDLING = 0.25
PAIRED, FEW = 6, 3  # visit pairs among so many turning factors; among more than a few, polynomials only
WALK = 2  # steps of a walk for each factor that turns


class Place(NamedTuple):
    """A part of the region to visit, a condition that holds there, and whether to go close to its boundary."""

    region: Region
    condition: Condition
    close: bool = False
    rare: bool = True


class Survey:
    """A region with its edges and the factors that may turn in it."""

    def __init__(self, region: Region, edges: Sequence[Condition], factors: Sequence[Factor], seed: str) -> None:
        self.region, self.edges, self.seed = region, edges, seed
        fixed = {e for c in edges for f in c.factors for e in (f.expr, -f.expr) if len(c.factors) == 1}
        self.factors = [f for f in factors if f.expr not in fixed]  # the gap of an edge has one sign

    @cached_property
    def round(self) -> list[Place]:
        """The places that a tour visits."""
        turned = [self._parts(f) for f in self.factors]
        alone = [p._replace(close=close) for parts in turned for p in parts for close in (False, True)]
        places = [p for p in alone if p.close or p.rare]
        places += self._together([parts for parts in turned if parts])
        return places + [Place(self.region, c, True) for c in self.edges if c.gap.symbols]

    def _parts(self, factor: Factor) -> list[Place]:
        """Return the parts of the region where a factor has either sign, the rarer first; none if it has only one."""
        rng = Random(f"turning {self.seed}")
        region = self.region.fresh()
        usual = factor.sign(region.find(rng))
        looked = [s for s in (1, -1) if s != usual]
        parts = [Place(there, Signed(factor, s)) for s in looked if (there := part(region, factor, s, rng))]
        if usual and parts:
            parts.append(Place(self.region.within(Signed(factor, usual)), Signed(factor, usual), rare=False))
        return parts

    def _together(self, turned: Sequence[Sequence[Place]]) -> Iterator[Place]:
        """Yield places where two factors have given signs, and where as many factors as can have their rare signs."""
        quick = [parts for parts in turned if parts[0].condition.gap.exact] if len(turned) > FEW else turned
        few = quick if len(quick) <= PAIRED else []
        for pair in combinations(few, 2):
            for group in product(*pair):
                if any(p.rare for p in group) and (there := self._where([p.condition for p in group])):
                    yield Place(there, group[0].condition)
        rare = [parts[0].condition for parts in quick]
        for n in range(len(few) if len(quick) > 2 else 0):
            there, group = self._most([*rare[n:], *rare[:n]])
            if len(group) > 2:
                yield Place(there, group[0])

    def _where(self, conditions: Sequence[Condition]) -> Region | None:
        """Return the part of the region where the conditions hold, if a point is found in it."""
        there = self.region.within(*conditions)
        try:
            there.find(Random(f"together {self.seed}"), starts=2)
        except Empty:
            return None
        return there

    def _most(self, conditions: Sequence[Condition]) -> tuple[Region, list[Condition]]:
        """Return the first condition with each further one that can hold as well, in order, and where they all do."""
        there, group = self.region, list[Condition]()
        for condition in conditions:
            if (further := self._where([*group, condition])) is not None:
                there, group = further, [*group, condition]
        return there, group

    @property
    def length(self) -> int:
        """How many points one round has."""
        return len(self.round) + WALK * len(self.turning)

    @cached_property
    def turning(self) -> list[Factor]:
        """The factors that have both signs in the region."""
        return list(dict.fromkeys(p.condition.gap for p in self.round if isinstance(p.condition, Signed)))

    def stream(self, rng: Random, far: float) -> Iterator[Point]:
        tour, region = self._tour(rng), self.region.fresh()
        for n in count():
            visited = next(tour, None) if n % 2 else None
            yield visited or region.find(rng, style(rng, far))

    def _tour(self, rng: Random) -> Iterator[Point]:
        places = [(place.region.fresh(), place.condition, place.close) for place in self.round]
        region = self.region.fresh()
        while places:
            for there, condition, close in places:
                at = there.find(rng, style(rng, FAR))
                yield there.beside(at, rng.choice(condition.gap.symbols), rng) if close else at
            yield from self._walk(region.find(rng, style(rng, FAR)), rng)

    def _walk(self, at: Point, rng: Random) -> Iterator[Point]:
        """Walk from cell to cell between the zeros of all factors that turn, moving one symbol at a time."""
        symbols = sorted({v for f in self.turning for v in f.symbols}, key=str)
        for _ in range(WALK * len(self.turning)):
            v = rng.choice(symbols)
            cells = [c for c in self.region.cells(v, at, self.turning) if self.region.has({**at, v: middle(c)})]
            at = {**at, v: inside(rng.choice(cells), rng)} if cells else at
            yield at


def style(rng: Random, far: float = FAR) -> Callable[[Random, int], fmpq]:
    """Choose how to draw the numbers of one point; in a point that is far out, half of them are."""
    u = rng.random()
    other = wide if u < far else middling if u < far + MIDDLING else ordinary
    return lambda r, sign: (other if r.random() < 1 / 2 else ordinary)(r, sign)
