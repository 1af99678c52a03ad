r"""Equally likely points on a lattice, seen through noise: the Fisher information and the entropy of what is seen.

Let c be uniform over c_k = k delta, k = 0 .. K-1, and z = c + n with n of N(0, 1), independent. The density of z is

    B(z) = sum_k phi(z - c_k)/K,     J = int B'^2/B dz,     h = - int B log B dz,

and 1 - J is the mean of Var(c | z), h - log(2 pi e)/2 the mutual information I(c; z). Both integrals are over the
line, of analytic functions, and the trapezoidal rule converges to them exponentially fast. Its error is bounded here.

**A strip without zeros.** At x + iy,

    B(x + iy) = exp(y^2/2 - iyx) B(x) E[exp(iyc) | z = x],

so |B(x + iy)| >= exp(y^2/2) B(x) q with q = 1 - y^2 V/2, for every V that is at least Var(c | z) at every z: the real
part of E exp(iy(c - m)) is at least 1 - y^2 Var/2.

*V is half of delta^2/(1 - exp(-delta^2/2)).* Given z, the weights w_k of the levels have log w_{k+1}/w_k = u_k, which
falls by delta^2 from each k to the next. The chain of births at rates b_k = exp(u_k/2) and deaths at d_{k+1} =
exp(-u_k/2), none beyond the ends, is reversible under w. Slopes f(k+1) - f(k) decay under it at least at the rate

    b_k - b_{k+1} + d_{k+1} - d_k >= 2 (1 - exp(-delta^2/2)) cosh(u_k/2) >= kappa = 2 (1 - exp(-delta^2/2)),

so with f(k) = k, Var(k) = int_0^inf E sum w_k b_k (f(k+1) - f(k)) (P_t f(k+1) - P_t f(k)) dt <= E b/kappa, and E b =
sum sqrt(w_k w_{k+1}) <= 1. *V is also a quarter of the square of (K-1) delta*, as of anything on an interval.

**What the rule of `rule` misses.** The integral of |f(x + iy)| over x is for the two integrands at most

    M_J = exp(a^2/2) (1 + a^2)/q,    M_h = exp(a^2/2) (a^2/2 + a + log K + log(2 pi e)/2 + log(1/q) + pi/2).

The first: |B'|^2 <= exp(y^2) B(x) sum p phi |c - x - iy|^2 by Cauchy and Schwarz. The second: log B(x + iy) is log
B(x) + y^2/2 - iy(x - m) + log E exp(iy(c - m)), of which the last is at most log(1/q) + pi/2, E|z - m| <= 1, and B <
1.

**What is left out.** At a node z, levels farther than R are left out of B and B'; let e and e' be what they have of
them. u^2/t is convex and subadditive in (u, t), so B'^2/B is at most the kept quotient plus S = sum over those left
out of p phi (c - z)^2, and at least the kept one minus 3 S, because levels that are kept are nearer than those that
are not. -t log t is subadditive, and its slope is above -1/10 up to phi(0), so -B log B moves by at most the sum of p
phi (log K + 1 + (c - z)^2/2). Both are sums of functions of the distance that fall beyond R - h, so all nodes
together, those without any level near too, leave out no more than integrals from r = R - h:

    6 (r phi(r) + Q(r)) for J,    r phi(r) + (2 log K + 3) Q(r) for h,    Q(r) <= phi(r)/r.

Claim: vdm.immse, bayes.points
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flint import arb

from derivations.exact.balls import above, between, density, log_two_pi_e, power_of_two, widened
from derivations.exact.rule import Rule


class Seen(NamedTuple):
    """Sums at a node over the levels that are kept: of e = exp(-d^2/2), and of e times the distance, in units."""

    weight: int
    total: arb
    first: arb


@dataclass(frozen=True)
class Lattice:
    """The uniform law on `count` points that are `spacing` apart, in units of the noise; integrals to 2^-bits."""

    count: int
    spacing: arb
    bits: int

    @cached_property
    def variance(self) -> arb:
        """V, which no Var(c | z) exceeds."""
        square = self.spacing**2
        whole = square * (self.count - 1) ** 2 / 4
        chain = square / 2 / -(-square / 2).expm1()
        return above(min(whole, chain, key=float))

    @cached_property
    def strip(self) -> tuple[arb, arb]:
        """a and q."""
        a = arb(min(math.sqrt(1.5 / float(self.variance)), math.sqrt(2 * self.bits * math.log(2))))
        return a, 1 - a**2 * self.variance / 2

    @cached_property
    def most(self) -> tuple[arb, arb]:
        """M_J and M_h."""
        a, q = self.strip
        outside = (a**2 / 2).exp()
        other = a**2 / 2 + a + arb(self.count).log() + log_two_pi_e() / 2 - q.log() + arb.pi() / 2
        return outside * (1 + a**2) / q, outside * other

    @cached_property
    def rule(self) -> Rule:
        wanted = self.bits * math.log(2) + 5 + math.log(2 * math.log(self.count) + 12 + 6 * self.bits)
        most = max(math.log(float(m)) for m in self.most)
        return Rule.fit(self.count, self.spacing, self.strip[0], most, math.sqrt(2 * wanted), self.bits)

    @property
    def beyond(self) -> tuple[arb, arb]:
        """What is left out of J and of h, at most."""
        r = self.rule.beyond
        assert r > 2
        return 6 * density(r) * (r + 1 / r), density(r) * (r + (2 * arb(self.count).log() + 3) / r)

    def seen(self) -> Iterator[Seen]:
        """Yield the sums at each node with a level near, each term from the one before."""
        rule, every, square = self.rule, self.rule.every, self.rule.unit**2
        fall = (-(every**2) * square).exp()
        for n, weight in rule.places():
            low, high = rule.near(n)
            d = n - every * low
            term = (-(d**2) * square / 2).exp()
            ratio = ((2 * d - every) * every * square / 2).exp()
            total, first = term, d * term
            for _ in range(low, high):
                term *= ratio
                ratio *= fall
                d -= every
                total += term
                first += d * term
            if low <= high:
                yield Seen(weight, total, first)

    def fisher(self) -> arb:
        """J."""
        scale = self.rule.h * self.rule.unit**2 * density(arb(0)) / self.count
        found = sum((s.weight * s.first * s.first / s.total for s in self.seen()), arb(0))
        return widened(scale * found, self.rule.missed(self.most[0]) + self.beyond[0])

    def entropy(self) -> arb:
        """h."""
        top = density(arb(0)) / self.count
        found = sum((s.weight * s.total * (top * s.total).log() for s in self.seen()), arb(0))
        return widened(-self.rule.h * top * found, self.rule.missed(self.most[1]) + self.beyond[1])


def mean_variance(count: int, spacing: arb, bits: int) -> arb:
    """Return E Var(c | z) = 1 - J, to 2^-bits; of levels far apart, by its bound."""
    most = most_variance(spacing)
    if most < power_of_two(-bits):
        return between(arb(0), most)
    return 1 - Lattice(count, spacing, bits).fisher()


def most_variance(spacing: arb) -> arb:
    r"""Return the most that E Var(c | z) can be, for levels far apart.

    Var(c | z) is at most E[(c - nearest level to z)^2 | z], whose mean is at most the sum over j of
    (j delta)^2 2 Q((j - 1/2) delta). With 2 Q(x) <= exp(-x^2/2) and j(j - 1) >= 2(j - 1), that is at most
    delta^2 exp(-delta^2/8) (1 + g)/(1 - g)^3, where g = exp(-delta^2).
    """
    g = above((-(spacing**2)).exp())  # a number, as Arb's powers of balls around 0 this small are NaN
    return spacing**2 * (-(spacing**2) / 8).exp() * (1 + g) / (1 - g) ** 3


def equivocation(count: int, spacing: arb, bits: int) -> arb:
    r"""Return H(c | z) = log K + log(2 pi e)/2 - h, to 2^-bits.

    For levels far apart: H(c | z) = E log(1 + sum_j exp(-j^2 delta^2/2 - j delta n)) over other levels, and with
    log(1 + x) <= sqrt(x) it is at most the sum of exp(-j^2 delta^2/8), twice over j >= 1, less than a geometric series.
    """
    e = above((-(spacing**2) / 8).exp())
    most = 2 * e / (1 - e**3)
    if most < power_of_two(-bits):
        return between(arb(0), most)
    return arb(count).log() + log_two_pi_e() / 2 - Lattice(count, spacing, bits).entropy()
