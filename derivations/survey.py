"""Points that look everywhere in a region.

Half of them are drawn independently: ordinary numbers, a quarter between a hundredth and a thousand, a share of all
magnitudes. The other half go the round of the places where something turns: both signs of every factor that has both
in the region, alone, in pairs and all together, near and far from where it is zero, and close to every edge. A region
without such places has independent points only.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, count, product
from random import Random
from typing import NamedTuple

from flint import fmpq

from derivations.draws import middling, ordinary, wide
from derivations.lines import Factor
from derivations.region import Condition, Empty, Point, Region, Signed
from derivations.turning import part

FAR, OUTER = 0.125, 0.5  # shares of independent points that are far out
MIDDLING = 0.25
PAIRED, FEW = 6, 3  # factors that turn, of which pairs are looked at; beyond a few, of polynomials only


class Place(NamedTuple):
    """A part of the region to visit, a condition that holds there, and whether to go close to where that ends."""

    region: Region
    condition: Condition
    close: bool = False
    rare: bool = True


class Survey:
    """A region, its edges, and factors that may turn in it."""

    def __init__(self, region: Region, edges: Sequence[Condition], factors: Sequence[Factor], seed: str) -> None:
        self.region, self.edges, self.seed = region, edges, seed
        fixed = {e for c in edges for f in c.factors for e in (f.expr, -f.expr) if len(c.factors) == 1}
        self.factors = [f for f in factors if f.expr not in fixed]  # the gap of an edge turns nowhere

    @cached_property
    def round(self) -> list[Place]:
        """The places to visit."""
        turned = [self._parts(f) for f in self.factors]
        alone = [p._replace(close=close) for parts in turned for p in parts for close in (False, True)]
        places = [p for p in alone if p.close or p.rare]
        places += self._together([parts for parts in turned if parts])
        return places + [Place(self.region, c, True) for c in self.edges if c.gap.symbols]

    def _parts(self, factor: Factor) -> list[Place]:
        """The parts of the region where a factor has either sign, if it turns, the rarer first."""
        rng = Random(f"turning {self.seed}")
        region = self.region.fresh()
        usual = factor.sign(region.find(rng))
        looked = [s for s in (1, -1) if s != usual]
        found = [Place(there, Signed(factor, s)) for s in looked if (there := part(region, factor, s, rng))]
        if usual and found:
            found.append(Place(self.region.within(Signed(factor, usual)), Signed(factor, usual), rare=False))
        return found

    def _together(self, turned: Sequence[Sequence[Place]]) -> Iterator[Place]:
        """Signs of two factors at once, and all factors turned, where the region has such points."""
        quick = [parts for parts in turned if parts[0].condition.gap.exact] if len(turned) > FEW else turned
        pairs = list(combinations(quick, 2)) if len(quick) <= PAIRED else []
        groups = [group for pair in pairs for group in product(*pair) if any(p.rare for p in group)]
        for group in [*groups, *([[parts[0] for parts in quick]] if len(quick) > 2 else [])]:
            there = self.region.within(*(p.condition for p in group))
            try:
                there.find(Random(f"together {self.seed}"), starts=2)
            except Empty:
                continue
            yield Place(there, group[0].condition)

    def stream(self, rng: Random, far: float) -> Iterator[Point]:
        tour, region = self._tour(rng), self.region.fresh()
        for n in count():
            visited = next(tour, None) if n % 2 else None
            yield visited or region.find(rng, style(rng, far))

    def _tour(self, rng: Random) -> Iterator[Point]:
        places = [(place.region.fresh(), place.condition, place.close) for place in self.round]
        while places:
            for there, condition, close in places:
                at = there.find(rng, style(rng, FAR))
                yield there.beside(at, rng.choice(condition.gap.symbols), rng) if close else at


def style(rng: Random, far: float = FAR) -> Callable[[Random, int], fmpq]:
    """How the numbers of one point are drawn. Of a point that is far out, half the numbers are."""
    u = rng.random()
    other = wide if u < far else middling if u < far + MIDDLING else ordinary
    return lambda r, sign: (other if r.random() < 1 / 2 else ordinary)(r, sign)
