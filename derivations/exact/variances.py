r"""The variance v_t of the reverse steps of a discrete bound, t = 1 .. T, which DDPM chooses apart from the mean.

`beta` is the variance of the forward step, `beta_tilde` that of the posterior q(z_s | z_t, x), and `optimal` the one
of least cost, beta-tilde_t (1 + (SNR_s - SNR_t) mmse(SNR_t)); `given` is a number or T of them. Where z_0 is x, the
first step's beta-tilde is 0: `beta_tilde` takes that of the second, and `optimal` has mmse(SNR_1) left.

Claim: ddpm.posterior, ddpm.variance.optimal
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from derivations.exact.balls import exact
from derivations.exact.schedules import Marginal

NAMES = ("beta_tilde", "beta", "optimal", "given")


@dataclass(frozen=True)
class Variance:
    """A choice by name; of `given`, the numbers v_1 .. v_T, or one for all."""

    name: str = "beta_tilde"
    given: tuple[Fraction, ...] = ()

    def ratio(self, t: int, s_at: Marginal, t_at: Marginal, gain: arb) -> arb:
        """Return beta-tilde_t/v_t, where `gain` is (SNR_s - SNR_t) mmse(SNR_t)."""
        if self.name == "beta_tilde":
            return arb(1)
        if self.name == "beta":
            return s_at.noise / t_at.noise
        if self.name == "optimal":
            return 1 / (1 + gain)
        return forward(s_at, t_at) * s_at.noise / t_at.noise / self.number(t)

    def first(self, marginals: Sequence[Marginal], mmse: arb) -> arb:
        """Return v_1 of a path that begins at the data, where mmse is that of z_1."""
        if self.name == "beta_tilde":
            return forward(*marginals[1:3]) * marginals[1].noise / marginals[2].noise
        if self.name == "beta":
            return marginals[1].noise
        return mmse if self.name == "optimal" else self.number(1)

    def number(self, t: int) -> arb:
        return exact(self.given[(t - 1) % len(self.given)])


def forward(s: Marginal, t: Marginal) -> arb:
    """Return sigma_ts^2, the variance of a forward step: beta."""
    return t.noise - t.signal / s.signal * s.noise
