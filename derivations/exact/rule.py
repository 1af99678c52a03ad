r"""The trapezoidal rule on the line for functions of a lattice of points, whose nodes fall in with the points.

If f is analytic for |Im z| < a, falls to 0 at both ends of that strip, and the integral of |f(x + iy)| over x is at
most M for every |y| < a, the sum of h f(nh) over all whole n misses the integral of f by at most 2 M/(exp(2 pi a/h) -
1) (Trefethen and Weideman, SIAM Review 56, 2014, theorem 5.1), wherever the nodes begin.

Distances are whole multiples of a unit, so that what is kept at a node is decided exactly: the points are `every`
units apart, the nodes `step`, and levels farther than `reach` are left out. f has the symmetry of the lattice: a node
has the same value as its mirror, and, where all points within reach are there, as the nodes at the same place beside
other points.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from flint import arb


@dataclass(frozen=True)
class Rule:
    """Nodes for `count` points: points, nodes and reach in whole units, and a, half the width of the strip."""

    count: int
    unit: arb
    every: int
    step: int
    reach: int
    a: arb

    @classmethod
    def fit(cls, count: int, spacing: arb, a: arb, most: float, radius: float, bits: int) -> "Rule":
        """Choose nodes that miss some 2^-bits, where log M is `most`, and keep points nearer than `radius`."""
        delta = float(spacing)
        h = 2 * math.pi * float(a) / (bits * math.log(2) + 3 + most)
        if delta >= h:
            every = math.ceil(delta / h)
            return cls(count, spacing / every, every, 1, math.ceil(radius * every / delta) + 1, a)
        step = 2 * math.floor(h / delta)
        return cls(count, spacing / 2, 2, step, math.ceil(2 * radius / delta) + step, a)

    @property
    def h(self) -> arb:
        return self.unit * self.step

    @property
    def beyond(self) -> arb:
        """R - h: a sum of h g over nodes farther than R is at most the integral from here, where g falls."""
        return (self.reach - self.step) * self.unit

    @property
    def terms(self) -> int:
        """Some number of nodes times points within reach."""
        end = self.every * (self.count - 1)
        nodes = 2 * self.reach + (min(end, 2 * self.reach + self.every) if self.step == 1 else end)
        return nodes // self.step * min(self.count, 2 * self.reach // self.every + 1)

    def missed(self, most: arb) -> arb:
        """What the rule misses, at most, where M is `most`."""
        return 2 * most / (2 * arb.pi() * self.a / self.h).expm1()

    def places(self) -> Iterator[tuple[int, int]]:
        """Yield nodes that have points within reach, and how many have the same value."""
        end = self.every * (self.count - 1)
        inside = end - 2 * self.reach
        if self.step == 1 and inside >= self.every:
            yield from ((n, 2) for n in range(-self.reach, self.reach))
            for n in range(self.reach, self.reach + self.every):
                yield n, 1 + (end - self.reach - n) // self.every
            return
        middle = (end + 1) // 2  # a node, or between two
        if end % 2 == 0:
            yield middle, 1
            middle += self.step
        yield from ((n, 2) for n in range(middle, end + self.reach + 1, self.step))

    def near(self, n: int) -> tuple[int, int]:
        """Return the first and the last point within reach of a node; the last is less if there is none."""
        return max(0, -((self.reach - n) // self.every)), min(self.count - 1, (n + self.reach) // self.every)
