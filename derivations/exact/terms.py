r"""The terms of the variational bound with the Bayes-optimal denoiser, in means over the data, as balls of nats.

With v the SNR, of variance-preserving paths,

    prior           (alpha_1^2 E x^2 + sigma_1^2 - 1 - log sigma_1^2)/2
    diffusion       T steps: sum of (r - 1 - log r)/2 + r (v_s - v_t) mmse(v_t)/2, r = beta-tilde_t over the variance
                    of the reverse step; in continuous time: I(x; z_0) - I(x; z_1)
    reconstruction  H(x | z_0) of VDM's decoder, which is the posterior of equally likely levels; where z_0 is x, the
                    first step's, by the cells of DDPM's decoder, and the sum begins at t = 2.

The terms are for data on levels; a continuous law has no decoder, and so no reconstruction and no total.

Claim: vdm.vlb.prior, vdm.vlb.decomposition, vdm.kl.single, vdm.immse, vdm.vlb.exact, ddpm.variance.loss, ddpm.decoder,
    vdm.reverse.decoder
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact.balls import FLOOR, MOST, START, exact, refined
from derivations.exact.cells import Cells
from derivations.exact.laws import Discrete, Law
from derivations.exact.schedules import Marginal, Schedule
from derivations.exact.variances import Variance

Watch = Callable[[int, int], None]  # of how many errors are known, of how many


@dataclass(frozen=True)
class Known:
    """mmse(SNR_t) by t, to 2^-64/SNR_t, and the first step's reconstructions by the name of the variance, in nats."""

    errors: Mapping[int, arb]
    first: Mapping[str, arb]


@dataclass(frozen=True)
class Problem:
    """A law, a path, the number of steps (None: continuous time) and the reverse variance."""

    law: Law
    schedule: Schedule
    steps: int | None
    variance: Variance = field(default_factory=Variance)

    @cached_property
    def marginals(self) -> list[Marginal]:
        """At i/T, or at both ends, with bits for all that is computed from them."""
        with precision(2 * MOST):
            return self.schedule.marginals(self.steps or 1)

    @property
    def times(self) -> range:
        """The t of the sum's steps."""
        return range(1 if self.schedule.noisy else 2, (self.steps or 0) + 1)


def terms(p: Problem, known: Known | None = None, watch: Watch = lambda *_: None) -> dict[str, arb]:
    """Return the terms that exist; what is known is not computed, unless it is needed with more digits.

    Raises:
        ValueError: if the first step's variance is too narrow beside the noise for its cells.
    """
    found = {"prior": refined(lambda _: prior(p))}
    if isinstance(p.law, Discrete):
        found["reconstruction"] = refined(lambda bits: decoded(p, bits, known), 0.0 if p.schedule.noisy else FLOOR)
    errors = known.errors if known else None
    found["diffusion"] = refined(lambda bits: diffusion(p, bits, errors if bits == START else None, watch), FLOOR)
    if isinstance(p.law, Discrete):
        with precision(MOST):
            found["total"] = sum(found.values(), arb(0))
    return found


def decoded(p: Problem, bits: int, known: Known | None) -> arb:
    """Return the reconstruction, as it is known or computed."""
    kept = known.first.get(p.variance.name) if known and bits == START else None
    return reconstruction(p, bits) if kept is None else kept


def prior(p: Problem) -> arb:
    """Return E KL(q(z_1 | x) || N(0, 1))."""
    last = p.marginals[-1]
    return (last.signal * p.law.power - last.signal - last.noise.log()) / 2


def diffusion(p: Problem, bits: int, errors: Mapping[int, arb] | None = None, watch: Watch = lambda *_: None) -> arb:
    """Return the mean of the diffusion loss."""
    at = p.marginals
    if p.steps is None:
        return p.law.information(at[0].snr, bits) - p.law.information(at[1].snr, bits)
    found = arb(0)
    for t in p.times:
        mmse = p.law.mmse(at[t].snr, bits) if errors is None else errors[t]
        found += step(p, t, mmse)
        watch(t, p.steps)
    return found


def step(p: Problem, t: int, mmse: arb) -> arb:
    """Return the mean KL(q(z_s | z_t, x) || p(z_s | z_t)) of one step."""
    s_at, t_at = p.marginals[t - 1 : t + 1]
    gain = (s_at.snr - t_at.snr) * mmse
    r = p.variance.ratio(t, s_at, t_at, gain)
    return (r - 1 - r.log() + r * gain) / 2


def reconstruction(p: Problem, bits: int) -> arb:
    """Return the mean of -log p(x | z_0), or of DDPM's first step."""
    assert isinstance(p.law, Discrete)
    at = p.marginals
    if p.schedule.noisy:
        return p.law.equivocation(at[0].snr, bits)
    if len(p.law.levels) == 1:  # one cell, which is the line
        return arb(0)
    v = at[1].snr
    variance = p.variance.first(at, p.law.mmse(v, bits))
    return Cells(len(p.law.levels), v.sqrt() * exact(p.law.spacing), (v * variance).sqrt(), bits).mean()


def also(p: Problem) -> dict[str, arb]:
    """Return entropies, informations and divergences that the terms are tied to; differential if x is continuous."""
    at, law = p.marginals, p.law
    found = {"entropy": refined(law.entropy)}
    if p.schedule.noisy:
        found["information_0"] = refined(lambda bits: law.information(at[0].snr, bits))
        found["conditional_entropy_0"] = refined(lambda bits: law.equivocation(at[0].snr, bits))
    found["information_1"] = refined(lambda bits: law.information(at[-1].snr, bits))
    found["divergence_1"] = refined(lambda bits: prior(p) - law.information(at[-1].snr, bits))
    return found
