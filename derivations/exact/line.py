r"""A mixture of normals seen through noise: the Fisher information and the entropy of what is seen, by quadrature.

z has the density B(z) = sum_k p_k N(z; m_k, t_k^2). Arb integrates B'^2/B and -B log B with a proved error from -Z to
Z. Beyond Z both are at least 0 (there B < 1, since t_k >= 1), and u^2/t and -t log t are subadditive, so they are at
most the sums over k of p_k (z - m_k)^2/t_k^4 N and -p_k N log(p_k N), whose integrals from a distance of r t_k on are

    p/t^2 (r phi(r) + Q(r)),    p ((r phi(r) + Q(r))/2 + Q(r) (log(t sqrt(2 pi)) - log p)).

Claim: vdm.immse, bayes.mixture
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from flint import acb, arb

from derivations.exact.balls import between, density, power_of_two, tail

Integrand = Callable[[acb, bool], acb]


@dataclass(frozen=True)
class Component:
    """A normal of the mixture: its share, its mean and its standard deviation, at least 1."""

    share: arb
    mean: arb
    deviation: arb


def integral(f: Integrand, low: arb, high: arb, pieces: int, bits: int) -> arb:
    """Return the integral of f between two numbers to some 2^-bits, in pieces that are easy."""
    ends = [low + (high - low) * i / pieces for i in range(pieces + 1)]
    goal = power_of_two(-bits) / pieces
    return sum((_piece(f, a, b, goal) for a, b in pairwise(ends)), arb(0))


def _piece(f: Integrand, a: arb, b: arb, goal: arb) -> arb:
    try:
        return acb.integral(f, acb(a), acb(b), rel_tol=goal, abs_tol=goal).real
    except SystemError as fault:  # what Arb's loop makes of an interrupt within f
        cause = fault.__cause__
        while isinstance(cause, SystemError):
            cause = cause.__cause__
        if isinstance(cause, KeyboardInterrupt):
            raise cause from None
        raise


@dataclass(frozen=True)
class Line:
    """The density of z; integrals to 2^-bits."""

    components: tuple[Component, ...]
    bits: int

    @property
    def reach(self) -> arb:
        """R: beyond R deviations, next to nothing."""
        return arb(math.sqrt(2 * (self.bits * math.log(2) + 8)))

    @property
    def ends(self) -> tuple[arb, arb]:
        low = min((c.mean - self.reach * c.deviation for c in self.components), key=float)
        high = max((c.mean + self.reach * c.deviation for c in self.components), key=float)
        return arb(low.lower()), arb(high.upper())

    @property
    def pieces(self) -> int:
        """As many as the narrowest component has deviations."""
        low, high = self.ends
        return max(1, math.ceil(float(high - low) / min(float(c.deviation) for c in self.components)))

    def parts(self, z: acb) -> list[tuple[acb, acb]]:
        """Each component's part of B, and of B'."""
        found = list[tuple[acb, acb]]()
        for c in self.components:
            u = (z - c.mean) / c.deviation
            part = (-(u * u) / 2).exp() * (c.share / (c.deviation * (2 * arb.pi()).sqrt()))
            found.append((part, -part * u / c.deviation))
        return found

    def beyond(self, of: Callable[[Component, arb], arb]) -> arb:
        """A sum over components of what lies beyond each end."""
        low, high = self.ends
        both = (((c.mean - low) / c.deviation, (high - c.mean) / c.deviation) for c in self.components)
        return sum((of(c, r) for c, rs in zip(self.components, both, strict=True) for r in rs), arb(0))

    def fisher(self) -> arb:
        """The integral of B'^2/B."""

        def f(z: acb, _: bool) -> acb:
            parts = self.parts(z)
            slope = sum((b for _, b in parts), acb(0))
            return slope * slope / sum((a for a, _ in parts), acb(0))

        def outside(c: Component, r: arb) -> arb:
            return c.share / c.deviation**2 * (r * density(r) + tail(r))

        return integral(f, *self.ends, self.pieces, self.bits) + between(arb(0), self.beyond(outside))

    def entropy(self) -> arb:
        """The integral of -B log B."""

        def f(z: acb, analytic: bool) -> acb:
            total = sum((a for a, _ in self.parts(z)), acb(0))
            return -total * total.log(analytic=analytic)

        def outside(c: Component, r: arb) -> arb:
            level = (c.deviation * (2 * arb.pi()).sqrt()).log() - c.share.log()
            return c.share * ((r * density(r) + tail(r)) / 2 + tail(r) * level)

        return integral(f, *self.ends, self.pieces, self.bits) + between(arb(0), self.beyond(outside))
