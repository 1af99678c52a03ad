r"""Laws of data in one coordinate, whose best denoiser's error and whose information are integrals over a line.

With SNR v, sqrt(v) x + n has the law of z_t/sigma_t, and what is asked of a law is

    mmse(v) = E (x - E[x | z])^2,    I(v) = I(x; z),    power = E x^2,    H(x), differential if x is continuous.

For every law mmse(v) = (1 - J)/v, with J the Fisher information of sqrt(v) x + n (Brown), and I = h - log(2 pi e)/2.

Claim: vdm.immse, bayes.gaussian, bayes.two_points, bayes.points, bayes.mixture
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from derivations.exact.balls import exact, log_two_pi_e
from derivations.exact.lattice import equivocation, mean_variance
from derivations.exact.line import Component, Line


class Law(ABC):
    """A law of x, in nats. Numbers are in the precision of now, integrals to 2^-bits."""

    @property
    @abstractmethod
    def power(self) -> arb:
        """E x^2."""

    @abstractmethod
    def mmse(self, v: arb, bits: int) -> arb:
        """Return the mean squared error of E[x | z] at SNR v, to 2^-bits/v."""

    @abstractmethod
    def information(self, v: arb, bits: int) -> arb:
        """Return I(x; z) at SNR v."""

    def entropy(self, bits: int) -> arb:
        """Return H(x), or h(x) if x is continuous."""
        return self.information(arb(0), bits) + self.equivocation(arb(0), bits)

    @abstractmethod
    def equivocation(self, v: arb, bits: int) -> arb:
        """Return H(x | z) at SNR v, or h(x | z) if x is continuous."""


class Discrete(Law):
    """A law on points, equally likely and equally far apart, which are the levels of its decoder."""

    @property
    @abstractmethod
    def levels(self) -> tuple[Fraction, ...]:
        """The points, increasing."""

    @property
    def power(self) -> arb:
        return exact(sum((x * x for x in self.levels), Fraction(0)) / len(self.levels))

    @property
    def spacing(self) -> Fraction:
        return self.levels[1] - self.levels[0]

    def mmse(self, v: arb, bits: int) -> arb:
        return mean_variance(len(self.levels), v.sqrt() * exact(self.spacing), bits) / v

    def equivocation(self, v: arb, bits: int) -> arb:
        return equivocation(len(self.levels), v.sqrt() * exact(self.spacing), bits)

    def information(self, v: arb, bits: int) -> arb:
        return self.entropy(bits) - self.equivocation(v, bits)

    def entropy(self, bits: int) -> arb:
        return arb(len(self.levels)).log()


@dataclass(frozen=True)
class Grid(Discrete):
    """K levels at (2k + 1)/K - 1, the midpoints of cells of [-1, 1], or at 2k/(K - 1) - 1, with its ends."""

    count: int
    placement: str = "midpoints"

    @property
    def levels(self) -> tuple[Fraction, ...]:
        if self.placement == "ends":
            return tuple(Fraction(2 * k, self.count - 1) - 1 for k in range(self.count))
        return tuple(Fraction(2 * k + 1, self.count) - 1 for k in range(self.count))


@dataclass(frozen=True)
class TwoPoints(Discrete):
    """-a and a, equally likely."""

    value: Fraction = Fraction(1)

    @property
    def levels(self) -> tuple[Fraction, ...]:
        return -self.value, self.value


@dataclass(frozen=True)
class Point(Discrete):
    """One point, of which noise says all."""

    value: Fraction = Fraction(0)

    @property
    def levels(self) -> tuple[Fraction, ...]:
        return (self.value,)

    def mmse(self, v: arb, bits: int) -> arb:
        return arb(0)

    def equivocation(self, v: arb, bits: int) -> arb:
        return arb(0)


@dataclass(frozen=True)
class Gaussian(Law):
    """N(m, s^2), all in closed form."""

    mean: Fraction = Fraction(0)
    variance: Fraction = Fraction(1)

    @property
    def power(self) -> arb:
        return exact(self.mean**2 + self.variance)

    def mmse(self, v: arb, bits: int) -> arb:
        return exact(self.variance) / (1 + v * exact(self.variance))

    def information(self, v: arb, bits: int) -> arb:
        return (1 + v * exact(self.variance)).log() / 2

    def equivocation(self, v: arb, bits: int) -> arb:
        return (log_two_pi_e() + self.mmse(v, bits).log()) / 2


@dataclass(frozen=True)
class Mixture(Law):
    """N(m_k, s_k^2) with the chance p_k."""

    weights: tuple[Fraction, ...]
    means: tuple[Fraction, ...]
    variances: tuple[Fraction, ...]

    @property
    def _parts(self) -> list[tuple[Fraction, Fraction, Fraction]]:
        return list(zip(self.weights, self.means, self.variances, strict=True))

    @property
    def power(self) -> arb:
        return exact(sum((p * (m * m + s) for p, m, s in self._parts), Fraction(0)))

    def seen(self, v: arb, bits: int) -> Line:
        """The law of sqrt(v) x + n."""
        root = v.sqrt()
        return Line(
            tuple(Component(exact(p), root * exact(m), (1 + v * exact(s)).sqrt()) for p, m, s in self._parts), bits
        )

    def mmse(self, v: arb, bits: int) -> arb:
        return (1 - self.seen(v, bits).fisher()) / v

    def information(self, v: arb, bits: int) -> arb:
        return self.seen(v, bits).entropy() - log_two_pi_e() / 2

    def entropy(self, bits: int) -> arb:
        least = min(self.variances)
        scale = exact(least).sqrt()  # in whose units all deviations are at least 1
        parts = ((exact(p), exact(m) / scale, (exact(s) / exact(least)).sqrt()) for p, m, s in self._parts)
        return Line(tuple(Component(*part) for part in parts), bits).entropy() + scale.log()

    def equivocation(self, v: arb, bits: int) -> arb:
        return self.entropy(bits) - self.information(v, bits)
