r"""The paths from data to noise, variance preserving, at the times that a bound looks at.

`linear_gamma` is VDM's gamma_t = gamma_0 + (gamma_1 - gamma_0) t, SNR = exp(-gamma). `ddpm_linear` has the betas 1e-4
+ (0.02 - 1e-4)(i - 1)/(T - 1), and `ddpm_cosine` the betas min(1 - f(i/T)/f((i-1)/T), 0.999) with f(u) = cos^2(pi/2 (u
+ 0.008)/1.008); alpha-bar is the product of 1 - beta, and 1 at the data.

Claim: vdm.forward.gamma, schedule.ddpm, ddpm.schedule.linear, iddpm.cosine.beta
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, Protocol

from flint import arb

from derivations.exact.balls import exact

FIRST, LAST = Fraction(1, 10_000), Fraction(1, 50)  # betas of DDPM
OFFSET, CLIP = Fraction(8, 1000), Fraction(999, 1000)  # of iDDPM's cosine


class Marginal(NamedTuple):
    """alpha^2 and sigma^2 at a time."""

    signal: arb
    noise: arb

    @property
    def snr(self) -> arb:
        return self.signal / self.noise


class Schedule(Protocol):
    """A path; `noisy` says whether z_0 has noise, so that SNR(0) is finite."""

    noisy: bool

    def marginals(self, steps: int) -> list[Marginal]:
        """Return those at i/T, i = 0 .. T."""
        ...


@dataclass(frozen=True)
class LinearGamma:
    """Linear in -log SNR between two ends."""

    gamma0: Fraction
    gamma1: Fraction
    noisy = True

    def marginals(self, steps: int) -> list[Marginal]:
        return [self._at(self.gamma0 + (self.gamma1 - self.gamma0) * Fraction(i, steps)) for i in range(steps + 1)]

    def _at(self, gamma: Fraction) -> Marginal:
        g = exact(gamma)
        return Marginal(1 / (1 + g.exp()), 1 / (1 + (-g).exp()))


@dataclass(frozen=True)
class DdpmLinear:
    """DDPM's betas, evenly spaced."""

    noisy = False

    def marginals(self, steps: int) -> list[Marginal]:
        betas = (FIRST + (LAST - FIRST) * Fraction(i, steps - 1) for i in range(steps))
        return list(products(exact(beta) for beta in betas))


@dataclass(frozen=True)
class DdpmCosine:
    """Improved DDPM's betas."""

    noisy = False

    def marginals(self, steps: int) -> list[Marginal]:
        f = [self._f(Fraction(i, steps)) for i in range(steps + 1)]
        betas = (1 - b / a for a, b in pairwise(f))
        return list(products(beta.min(exact(CLIP)) for beta in betas))

    def _f(self, u: Fraction) -> arb:
        return (exact((u + OFFSET) / (1 + OFFSET)) / 2).cos_pi() ** 2 if u < 1 else arb(0)


def products(betas: Iterator[arb]) -> Iterator[Marginal]:
    """Yield alpha-bar and its complement, which is kept by itself, as a difference would lose its digits."""
    signal, noise = arb(1), arb(0)
    yield Marginal(signal, noise)
    for beta in betas:
        noise += signal * beta
        signal *= 1 - beta
        yield Marginal(signal, noise)


SCHEDULES = ("linear_gamma", "ddpm_linear", "ddpm_cosine")
