"""The posterior in terms of gamma and of the noise eps, the coordinates that programs use.

With gap = gamma_t - gamma_s = log(SNR(s)/SNR(t)) and k = e^(-gap/2), for every path (alpha, sigma):

    mean = alpha_s x + k sigma_s eps,      variance = (1 - k^2) sigma_s^2,

where DDIM keeps all of sigma_s eps and adds no noise. The form by z_t and eps is what a sampler runs.
"""

from typing import NamedTuple

from sympy import Expr, exp, sqrt

from derivations.calculus import step
from derivations.calculus.step import EXAMPLE, FORWARD, Q, precision, pull, sigma2_t
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Squared
from derivations.notation.values import At
from derivations.symbols import alpha_s, alpha_t, alpha_ts, eps, gamma_s, gap, n_1, n_2, sigma_ts, x, z_s, z_t

# Any path, in gamma: sigma^2 = alpha^2 e^gamma
s_s = Quantity("sigma_s", (), alpha_s * exp(gamma_s / 2))
s_t = Quantity("sigma_t", (), alpha_t * exp((gamma_s + gap) / 2))
s2_ts = Squared("sigma_ts", s_t**2 - alpha_t**2 / alpha_s**2 * s_s**2)
IN_GAMMA = Process(
    (z_s, alpha_s * x + s_s * n_1), (z_t, alpha_t / alpha_s * z_s + sqrt(s2_ts) * n_2), noise=(n_1, n_2), data=(x,)
)
DENOISED = (z_t - s_t * eps) / alpha_t
by_x, var = IN_GAMMA.E(z_s, z_t), IN_GAMMA.Var(z_s, z_t)
by_eps = At(by_x, (x, DENOISED))
expm1 = exp(-gap) - 1


class Forms(NamedTuple):
    """The mean by (z_t, x), by (z_t, eps) and by (x, eps), and the variance."""

    by_x: Expr
    by_eps: Expr
    by_both: Expr
    var: Expr


F = Forms(
    by_x=exp(-gap) * alpha_s / alpha_t * z_t - expm1 * alpha_s * x,
    by_eps=alpha_s / alpha_t * (z_t + s_t * expm1 * eps),
    by_both=alpha_s * x + exp(-gap / 2) * s_s * eps,
    var=-(s_s**2) * expm1,
)

snr = Claim(
    name="vdm.posterior.snr",
    title=(
        "The weights of the posterior mean, and the posterior variance, in terms of expm1(gamma_s - gamma_t), on every "
        "path"
    ),
    kind="equality",
    needs=("vdm.posterior.mean", "vdm.posterior.variance", "vdm.forward.gamma"),
    says=lambda a: (
        Equal(by_x, a.by_x),
        Equal(by_eps, a.by_eps),
        Equal(by_eps, a.by_both.subs(x, DENOISED)),
        Equal(var, a.var),
    ),
    answer=F,
    example={alpha_s: 4, alpha_t: 2, gamma_s: 0, gap: 1, x: 1, eps: 1, z_t: 1},
    convenience={
        "0 < alpha_s": "the identity holds for every alpha_s other than 0",
        "0 < gap": "the identity holds for any gap, with a negative variance for a negative gap",
    },
    proof=(
        (
            by("Gaussian conditioning, with sigma^2 = alpha^2 e^gamma", by_x),
            by("alpha_ts sigma_s^2/sigma_t^2 = e^-gap alpha_s/alpha_t", F.by_x, eq="pd2022 (3)"),
        ),
        (
            by("x = (z_t - sigma_t eps)/alpha_t", by_eps),
            by("substitute in the form in x", F.by_x.subs(x, DENOISED)),
            by("collect z_t", F.by_eps, eq="vdm2021 (32)"),
        ),
        (
            by("x = (z_t - sigma_t eps)/alpha_t", by_eps),
            by("collect z_t", F.by_eps, eq="vdm2021 (32)"),
            by("e^-gap sigma_t/alpha_t = e^(-gap/2) sigma_s/alpha_s", F.by_both.subs(x, DENOISED)),
        ),
        (
            by("Gaussian conditioning, with sigma^2 = alpha^2 e^gamma", var),
            by("sigma_ts^2/sigma_t^2 = 1 - e^-gap", F.var, eq="vdm2021 (33)"),
        ),
    ),
    wrong={
        "sigma_t dropped": Wrong(
            F._replace(by_eps=alpha_s / alpha_t * (z_t + expm1 * eps)),
            "too much noise is removed",
            ("web a public note on VDM",),
        ),
        "sigma_t^2 for sigma_s^2": Wrong(F._replace(var=-(s_t**2) * expm1), "the forward step's variance"),
        "log SNR for gamma": Wrong(
            F._replace(by_eps=alpha_s / alpha_t * (z_t + s_t * (exp(gap) - 1) * eps), var=-(s_s**2) * (exp(gap) - 1)),
            "noise is added where it should be removed, and the variance is negative",
            ("vdm-threads #7",),
        ),
        "-1 within the exponent": Wrong(
            F._replace(var=-(s_s**2) * exp(-gap - 1)), "the variance is negative, and does not vanish with the gap"
        ),
        "DDIM's whole sigma_s eps": Wrong(
            F._replace(by_both=alpha_s * x + s_s * eps), "the mean of a step that adds no noise, with noise added"
        ),
    },
)

sigma_t = sqrt(sigma2_t)
NOISE_TAKEN = (z_t - sigma_t * eps) / step.alpha_t
of_eps = At(FORWARD.E(z_s, z_t), (x, NOISE_TAKEN))


class OnEps(NamedTuple):
    """A mean that is linear in the latent and the noise."""

    z: Expr
    eps: Expr

    @property
    def mean(self) -> Expr:
        """The mean at (z_t, eps)."""
        return self.z * z_t + self.eps * eps


M = OnEps(z=1 / alpha_ts, eps=-(sigma_ts**2) / (alpha_ts * sigma_t))

mean_eps = Claim(
    name="vdm.posterior.mean.eps",
    title="In terms of z_t and eps, the posterior mean is (z_t - sigma_ts^2 eps/sigma_t)/alpha_ts",
    kind="equality",
    needs=("vdm.posterior.mean", "vdm.param.eps"),
    says=lambda w: Equal(of_eps, w.mean),
    answer=M,
    convenience={
        "0 < sigma_s": "at sigma_s = 0 the precision is infinite as written, and the mean tends to alpha_s x",
        "0 < sigma_ts": "at sigma_ts = 0 the precision is infinite as written, and the mean tends to z_t/alpha_ts",
    },
    example=EXAMPLE | {eps: 1},
    proof=(
        (
            by("x = (z_t - sigma_t eps)/alpha_t", of_eps),
            by("the average weighted by precision", (pull / precision).subs(x, NOISE_TAKEN)),
            by("substitute in the posterior mean", Q.mean.subs(x, NOISE_TAKEN), eq="vdm2021 (26)"),
            by("collect z_t; sigma_s remains only in sigma_t", M.mean),
        ),
    ),
    wrong={
        "sigma_t^2 for sigma_t": Wrong(
            M._replace(eps=-(sigma_ts**2) / (alpha_ts * sigma2_t)), "right only at a pure noise end, sigma_t = 1"
        ),
        "not divided by alpha_ts": Wrong(OnEps(alpha_ts * M.z, alpha_ts * M.eps), "samples shrink at each step"),
        "sigma_ts for sigma_ts^2": Wrong(
            M._replace(eps=-sigma_ts / (alpha_ts * sigma_t)), "a standard deviation stands for a variance"
        ),
        "sign of eps": Wrong(M._replace(eps=-M.eps), "noise is added where it should be removed"),
    },
)

CLAIMS = (snr, mean_eps)
