"""Two paths with the same SNR are one process, up to scale.

Indexed by v = SNR, z^A_v has the law of (alpha^A_v / alpha^B_v) z^B_v, jointly in v. The factor depends on v. A path is
given by its alphas at s and t; its sigmas follow from the common SNRs.
"""

from typing import NamedTuple

from sympy import Expr, Symbol, sqrt

from derivations.calculus.step import conditioned
from derivations.form.base import plain
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.law import Law, Made
from derivations.form.statement import Equal
from derivations.notation.moments import ConditionalMean
from derivations.notation.process import Process
from derivations.probability.gaussian import Normal, law
from derivations.probability.opening import opened

# isort: off
from derivations.symbols import alpha_s, alpha_t, b_s, b_t, dsnr, n_1, n_2, snr_t, x, zA_s, zA_t, zB_s, zB_t, z_s, z_t

NOISE = (n_1, n_2)
snr_s = snr_t + dsnr


class Path(NamedTuple):
    """alpha and sigma at s and t, and the step from s to t."""

    alpha_s: Expr
    alpha_t: Expr
    sigma_s: Expr
    sigma_t: Expr

    @property
    def ratio(self) -> Expr:
        """alpha_{t|s}."""
        return self.alpha_t / self.alpha_s

    @property
    def sigma2_ts(self) -> Expr:
        """sigma^2_{t|s}."""
        return self.sigma_t**2 - self.ratio**2 * self.sigma_s**2

    def at_s(self, data: Expr) -> Expr:
        """z_s, made from data and noise."""
        return self.alpha_s * data + self.sigma_s * n_1

    def step(self, before: Expr) -> Expr:
        """z_t, made from z_s and noise."""
        return self.ratio * before + sqrt(self.sigma2_ts) * n_2

    def back(self, latent: Expr, data: Expr) -> Normal:
        """q(z_s | z_t = latent, x = data), by Gaussian conditioning."""
        made = self.at_s(data)
        return conditioned(made, self.step(made), latent, NOISE)


def path(at_s: Expr, at_t: Expr) -> Path:
    """The path of given alphas with the common SNRs."""
    return Path(at_s, at_t, at_s / sqrt(snr_s), at_t / sqrt(snr_t))


A, B = path(alpha_s, alpha_t), path(b_s, b_t)
A_s, B_s = A.at_s(x), B.at_s(x)
A_t, B_t = A.step(A_s), B.step(B_s)


class Scale(NamedTuple):
    """The factor of z^B, at s and at t."""

    at_s: Expr
    at_t: Expr


def q_s(on: Path) -> Normal:
    """q(z_s | x)."""
    return law(on.at_s(x), NOISE)


def q_ts(on: Path, before: Expr) -> Normal:
    """q(z_t | z_s = before)."""
    return law(on.step(before), NOISE)


def product(on: Path, at_s: Symbol, at_t: Symbol) -> ConditionalMean:
    """E[z_s z_t | x] on a path, whose latents have names."""
    made = Process((at_s, on.at_s(x)), (at_t, on.step(at_s)), noise=NOISE, data=(x,))
    return made.E(at_s * at_t)


moment_A, moment_B = product(A, zA_s, zA_t), product(B, zB_s, zB_t)
S = Scale(alpha_s / b_s, alpha_t / b_t)
(STEP_A,) = plain(Law(z_t, Made(A.step(S.at_s * z_s) / S.at_t, NOISE), q_ts(B, z_s)))
SIGNS = {
    "0 < alpha_s": "the claim also holds for a negative alpha_s",
    "0 < alpha_t": "the claim also holds for a negative alpha_t",
    "0 < b_t": "the claim also holds for a negative alpha on path B",
    "0 < b_s": "the claim also holds for a negative alpha on path B",
}
EXAMPLE = {alpha_s: 2, alpha_t: 1, b_s: 1, b_t: 3, dsnr: 3, snr_t: 1, x: 2, z_s: 1, z_t: 1}

latent = Claim(
    name="vdm.equivalence.latent",
    title="At equal SNR, the latents of two paths differ by the ratio of their alphas: they are one process, rescaled",
    kind="law",
    needs=("vdm.forward.snr", "vdm.forward.transition"),
    says=lambda a: (
        Law(z_s, Made(A_s / a.at_s, NOISE), q_s(B)),
        Law(z_t, Made(A.step(a.at_s * z_s) / a.at_t, NOISE), q_ts(B, z_s)),
        Equal(moment_A, a.at_s * a.at_t * moment_B),
    ),
    answer=S,
    example=EXAMPLE,
    convenience=SIGNS | {"0 < dsnr": "at dsnr = 0 there is no step, and below 0 a negative variance"},
    proof=(
        (
            by("the variance of z^A_t given z^A_s, rescaled", STEP_A.lhs),
            by("sigma_ts^2 = alpha_t^2 (1/SNR(t) - 1/SNR(s))", b_t**2 * dsnr / (snr_s * snr_t)),
            by("the variance of z^B_t given z^B_s", STEP_A.rhs),
        ),
        (
            by("E[z^A_s z^A_t | x]", opened(moment_A)),
            by("the covariance is alpha_ts sigma_s^2", alpha_s * alpha_t * (x**2 + 1 / snr_s)),
            by("the same on path B, rescaled", opened(S.at_s * S.at_t * moment_B)),
        ),
    ),
    wrong={
        "the factor inverted": Wrong(Scale(1 / S.at_s, 1 / S.at_t), "it turns z^A into z^B, not z^B into z^A"),
        "one factor for all times": Wrong(S._replace(at_t=S.at_s), "the factor changes along the path"),
        "the factor of the variances": Wrong(Scale(S.at_s**2, S.at_t**2), "the square scales variances, not latents"),
        "no rescaling": Wrong(
            Scale(S.at_s / S.at_s, S.at_t / S.at_t), "a network for one path is given latents of another scale"
        ),
    },
    experiment=Experiment(
        normals=NOISE,
        process=((z_s, B_s), (z_t, B.step(z_s))),
        checks=(
            Residual(z_s, lambda a: Normal(A.alpha_s * x / a.at_s, A.sigma_s**2 / a.at_s**2)),
            Residual(z_t, lambda a: Normal(A.ratio * a.at_s * z_s / a.at_t, A.sigma2_ts / a.at_t**2), given=(z_s,)),
        ),
        twins=("the factor inverted", "one factor for all times"),
    ),
    means="one coordinate, since each has its own noise; any two paths and SNRs; pairs determine a Markov chain",
)

CLAIMS = (latent,)
