r"""DDPM's decoder: the mean of -log P(cell of x), with P normal around E[x | z], for levels on a lattice.

In units of the noise, z = c + n with c uniform over c_k, delta apart; the mean m(z) = E[c | z], the normal's deviation
s and the cells are in these units too. Cells end half way between levels, and the outer ones have no other end. The
mean over z and c is the integral of

    f(z) = sum_k phi(z - c_k)/K L_k(m(z)),    L_k(m) = -log P_k(m),    P_k(m) = N(m, s^2) of the cell of c_k.

**The strip.** With V, q and the law of c given z as in `lattice`, the slope of m at x + iy is a variance under a
complex weight, at most V/q + V/q^2. So m(x + iy) is within D = a V (1/q + 1/q^2) of m(x). At mu + i nu,

    P_k(mu + i nu) = exp(nu^2/(2 s^2)) P_k(mu) E[exp(i nu (y - mu)/s^2) | y in the cell],

where y is normal, cut off by the cell; its variance is at most s^2 (Brascamp and Lieb). So P_k has no zero, and its
centred last factor is at least q' = 1 - D^2/(2 s^2). The mean of y is within |c_k - mu| + delta/2 + s of mu, as the
mean of a normal beyond t is at most t + s for t >= 0, and s for less. The cell has points within |c_k - mu| + delta/2
of mu over a length of delta, so L_k(mu) <= (|c_k - mu| + delta/2)^2/(2 s^2) + |log(delta/(s sqrt(2 pi)))|. Hence, with
b = sqrt(V) + D + delta/2,

    M = exp(a^2/2) (b^2/(2 s^2) + |log(delta/(s sqrt(2 pi)))| + D^2/(2 s^2) + D (b + s)/s^2 + log(1/q') + pi/2).

**What is left out.** At a node inside, points farther than R from it are left out, and at a node outside those that
are farther than R from the outer point. L_k is at most the bound above with the whole length (K - 1) delta for |c_k -
mu|, and this times 2 Q(R - h) is what the sum leaves out. The mean moves by at most the whole length times the weight
left out over that kept, K exp(-(R^2 - delta^2/4)/2): the nearest point is at most delta/2 away, or all that is left
out is R farther than it is. L_k moves by at most ((K - 1) delta + delta/2 + s)/s^2 of it, and the weights of all nodes
sum to 2 at most.

**Levels far apart.** By the slope of L_k, the mean is within this slope times E|c - m|, at most the root of
E (c - m)^2, of the mean of L_k(c_k).

Claim: ddpm.decoder
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flint import arb

from derivations.exact.balls import density, tail, widened
from derivations.exact.lattice import Lattice, most_variance
from derivations.exact.rule import Rule

LONGEST = 3_000_000  # evaluations of a cell's probability: a minute or so


@dataclass(frozen=True)
class Cells:
    """`count` points `spacing` apart, decoded with the deviation `std`, in units of the noise; the mean to 2^-bits."""

    count: int
    spacing: arb
    std: arb
    bits: int

    @cached_property
    def spread(self) -> arb:
        """V."""
        return Lattice(self.count, self.spacing, self.bits).variance

    @cached_property
    def strip(self) -> tuple[arb, arb, arb]:
        """a, D and q', with a such that q' and q are a quarter or more."""
        v, s = float(self.spread), float(self.std)
        a = min(math.sqrt(1.5 / v), math.sqrt(2 * self.bits * math.log(2)))
        while True:
            q = 1 - arb(a) ** 2 * self.spread / 2
            d = a * self.spread * (1 / q + 1 / q**2)
            if float(d) <= 1.2 * s:
                return arb(a), d, 1 - d**2 / (2 * self.std**2)
            a *= 0.9

    def loss(self, away: arb) -> arb:
        """The greatest L_k where the mean is `away` from the point at most."""
        level = self.spacing / (self.std * (2 * arb.pi()).sqrt())
        return (away + self.spacing / 2) ** 2 / (2 * self.std**2) + abs(level.log())

    @cached_property
    def most(self) -> arb:
        """M."""
        (a, d, q), square = self.strip, self.std**2
        away = self.spread.sqrt() + d
        moved = d**2 / (2 * square) + d * (away + self.spacing / 2 + self.std) / square
        return (a**2 / 2).exp() * (self.loss(away) + moved - q.log() + arb.pi() / 2)

    @property
    def length(self) -> arb:
        return self.spacing * (self.count - 1)

    @property
    def slope(self) -> arb:
        """The greatest slope of L_k in the mean."""
        return (self.length + self.spacing / 2 + self.std) / self.std**2

    @cached_property
    def rule(self) -> Rule:
        lost = math.log(float(self.loss(self.length) + self.slope * self.length * self.count))
        radius = math.sqrt(2 * (self.bits * math.log(2) + 3 + max(lost, 0.0)) + float(self.spacing) ** 2 / 4)
        return Rule.fit(self.count, self.spacing, self.strip[0], math.log(float(self.most)), radius, self.bits)

    @property
    def beyond(self) -> arb:
        """What is left out, at most."""
        r = self.rule.reach * self.rule.unit
        moved = self.length * self.count * (-(r**2 - self.spacing**2 / 4) / 2).exp()
        return self.loss(self.length) * 2 * tail(self.rule.beyond) + 2 * self.slope * moved

    @property
    def far(self) -> arb:
        """The mean of L, for levels far apart."""
        missed = tail(self.spacing / (2 * self.std))
        losses = -((self.count - 2) * (1 - 2 * missed).log() + 2 * (1 - missed).log()) / self.count
        return widened(losses, self.slope * most_variance(self.spacing).sqrt())

    @property
    def narrow(self) -> bool:
        """Whether the strip is so narrow that there would be more nodes in a cell than terms are allowed."""
        return not float(self.spacing) * float(self.spread) * 15 <= LONGEST * float(self.std)  # NaN is narrow too

    def mean(self) -> arb:
        """Return the mean of L, in nats.

        Raises:
            ValueError: if the deviation is too narrow.
        """
        far = self.far
        if float(far.rad()) < 2.0**-self.bits:
            return far
        if self.narrow or self.rule.terms > LONGEST:
            raise ValueError(
                "expected a variance of the first step less narrow beside the noise, as its cells take hours, for"
                f" levels {float(self.spacing):.3g} deviations of it apart"
            )
        found = sum((weight * self.at(n) for n, weight in self.rule.places()), arb(0))
        scale = self.rule.h * density(arb(0)) / self.count
        return widened(scale * found, self.rule.missed(self.most) + self.beyond)

    def at(self, n: int) -> arb:
        """f at a node, without the factor 1/(K sqrt(2 pi))."""
        rule = self.rule
        low, high = rule.near(min(max(n, 0), rule.every * (self.count - 1)))
        away = [n - rule.every * k for k in range(low, high + 1)]
        weights = [(-(d**2) * rule.unit**2 / 2).exp() for d in away]
        total = sum(weights, arb(0))
        mean = n * rule.unit - rule.unit * sum((d * w for d, w in zip(away, weights, strict=True)), arb(0)) / total
        masses = self.masses(low, high, mean)
        return -sum((w * p.log() for w, p in zip(weights, masses, strict=True)), arb(0))

    def masses(self, low: int, high: int, mean: arb) -> Iterator[arb]:
        """Yield the probabilities of the cells of the points from `low` to `high`."""
        scale = 1 / (self.std * arb(2).sqrt())
        ends = [((2 * k - 1) * self.spacing / 2 - mean) * scale for k in range(low, high + 2)]
        for k, (a, b) in enumerate(pairwise(ends), start=low):
            yield mass(None if k == 0 else a, None if k == self.count - 1 else b)


def mass(low: arb | None, high: arb | None) -> arb:
    """Return the probability between two numbers of deviations over sqrt(2), on the side where it does not cancel."""
    if low is None:
        return (-high).erfc() / 2 if high is not None else arb(1)
    if high is None:
        return low.erfc() / 2
    if float((low + high).mid()) > 0:
        return (low.erfc() - high.erfc()) / 2
    return ((-high).erfc() - (-low).erfc()) / 2
