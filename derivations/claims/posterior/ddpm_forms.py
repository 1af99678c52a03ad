"""DDPM's posterior in VDM's notation, and its mean in terms of x_t and the noise."""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.calculus import step
from derivations.calculus.ddpm_step import ABAR, BETA, CHAIN
from derivations.claims.posterior import bayes as vdm
from derivations.claims.posterior.ddpm import BETWEEN, EXAMPLE, P, precision, pull
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Squared
from derivations.notation.values import At
from derivations.symbols import (
    abar_s,
    alpha,
    alpha_s,
    alpha_ts,
    eps,
    n_1,
    n_2,
    sigma_s,
    sigma_ts,
    t,
    x,
    x_0,
    x_s,
    x_t,
    z_t,
)  # fmt: skip


class Map(NamedTuple):
    """VDM's coefficients in DDPM's names."""

    alpha_s: Expr
    sigma2_s: Expr
    alpha_ts: Expr
    sigma2_ts: Expr

    def of(self, e: Expr) -> Expr:
        """VDM's formula, with DDPM's coefficients."""
        here = {alpha_s: self.alpha_s, sigma_s: sqrt(self.sigma2_s), alpha_ts: self.alpha_ts}
        return e.subs(here | {sigma_ts: sqrt(self.sigma2_ts), x: x_0, z_t: x_t})

    @property
    def process(self) -> Process:
        """VDM's step, with DDPM's coefficients."""
        before = (x_s, self.alpha_s * x_0 + sqrt(self.sigma2_s) * n_1)
        return Process(before, (x_t, self.alpha_ts * x_s + sqrt(self.sigma2_ts) * n_2), noise=(n_1, n_2), data=(x_0,))


M = Map(alpha_s=sqrt(abar_s), sigma2_s=1 - abar_s, alpha_ts=sqrt(alpha), sigma2_ts=BETA)

MU_TILDE, BETA_TILDE = Quantity("mu_tilde", (x_t, x_0), P.mean), Quantity("beta_tilde", (), P.var)
SNR, NOISE = Quantity("SNR", (t,), ABAR / (1 - ABAR)), Squared("sigma_t", 1 - ABAR)

mapped = Claim(
    name="ddpm.posterior.vdm",
    title="DDPM's posterior (6)-(7) is VDM's (24)-(26) with alpha_s^2 = alpha-bar_{t-1} and sigma_ts^2 = beta_t",
    kind="equality",
    needs=("vdm.posterior", "ddpm.posterior", "ddpm.vdm.map"),
    says=lambda m: (
        Equal(MU_TILDE, m.process.E(x_s, x_t)),
        Equal(BETA_TILDE, m.process.Var(x_s, x_t)),
        Equal(SNR, m.of(step.alpha_t**2 / step.sigma2_t)),
        Equal(NOISE, m.of(step.sigma2_t)),
    ),
    answer=M,
    given=BETWEEN,
    example=EXAMPLE,
    convenience=dict.fromkeys(
        ("alpha < 1", "abar_s < 1"), "variances occur without roots, so the identities hold beyond it"
    ),
    proof=(
        (
            by("DDPM's mean", MU_TILDE, eq="ddpm2020 (7)"),
            by("weight by weight", M.of(vdm.W.mean), eq="vdm2021 (26)"),
            by("Gaussian conditioning", M.process.E(x_s, x_t)),
        ),
        (
            by("beta-tilde", BETA_TILDE, eq="ddpm2020 (7)"),
            by("term by term", M.of(step.Q.var), eq="vdm2021 (25)"),
            by("Gaussian conditioning", M.process.Var(x_s, x_t)),
        ),
        (
            by("the SNR of a variance-preserving process", SNR),
            by("sigma_t^2 = sigma_ts^2 + alpha_ts^2 sigma_s^2", M.of(step.alpha_t**2 / step.sigma2_t)),
        ),
        (
            by("the variance of x_t given x_0", NOISE),
            by("sigma_ts^2 + alpha_ts^2 sigma_s^2", M.of(step.sigma2_t)),
        ),
    ),
    wrong={
        "no root on alpha-bar": Wrong(
            M._replace(alpha_s=abar_s), "DDIM's alpha is DDPM's alpha-bar", ("web code that mixes DDIM and DDPM",)
        ),
        "no root on alpha": Wrong(M._replace(alpha_ts=alpha), "the step shrinks by its square"),
        "beta for the standard deviation": Wrong(
            M._replace(sigma2_ts=BETA**2), "beta is a variance", ("web public study notes",)
        ),
    },
)

noise_free = (x_t - sqrt(1 - ABAR) * eps) / sqrt(ABAR)
by_eps = (pull / precision).subs(x_0, noise_free)
AT_NOISE = At(CHAIN.E(x_s, x_t), (x_0, noise_free))
MU = (x_t - BETA / sqrt(1 - ABAR) * eps) / sqrt(alpha)

mu_eps = Claim(
    name="ddpm.mu.eps",
    title="In terms of x_t and eps, DDPM's posterior mean is (x_t - beta_t eps/sqrt(1 - alpha-bar_t))/sqrt(alpha_t)",
    kind="equality",
    needs=("ddpm.posterior",),
    says=lambda mu: Equal(AT_NOISE, mu),
    answer=MU,
    given=BETWEEN,
    example=EXAMPLE,
    convenience={
        "0 < abar_s": "alpha-bar_{t-1} occurs in the mean only through alpha-bar_t",
        "alpha < 1": "1 - alpha is the variance of a step; the identity holds as long as abar_s alpha < 1",
        "abar_s < 1": "1 - abar_s is a variance; the identity holds as long as abar_s alpha < 1",
    },
    proof=(
        (
            by("x_0 = (x_t - sqrt(1 - alpha-bar_t) eps)/sqrt(alpha-bar_t)", AT_NOISE, eq="luo2022 (115)"),
            by("the average weighted by precision", by_eps),
            by("substitute in the posterior mean", P.mean.subs(x_0, noise_free), eq="luo2022 (116)-(117)"),
            by(
                "sqrt(alpha-bar_{t-1}/alpha-bar_t) = 1/sqrt(alpha_t)",
                (sqrt(alpha) * (1 - abar_s) * x_t + BETA * (x_t - sqrt(1 - ABAR) * eps) / sqrt(alpha)) / (1 - ABAR),
                eq="luo2022 (118)-(119)",
            ),
            by(
                "collect x_t over a common denominator",
                (alpha * (1 - abar_s) + BETA) / ((1 - ABAR) * sqrt(alpha)) * x_t
                - BETA * sqrt(1 - ABAR) / ((1 - ABAR) * sqrt(alpha)) * eps,
                eq="luo2022 (120)-(122)",
            ),
            by("its numerator is 1 - alpha-bar_t", MU, eq="luo2022 (123)-(124); ddpm2020 (11)"),
        ),
    ),
    wrong={
        "1/sqrt(alpha-bar_t)": Wrong(
            (x_t - BETA / sqrt(1 - ABAR) * eps) / sqrt(ABAR), "one step undoes the scaling of all steps so far"
        ),
        "beta/(1 - alpha-bar_t)": Wrong(
            (x_t - BETA / (1 - ABAR) * eps) / sqrt(alpha),
            "a variance for a standard deviation: too much noise is removed",
        ),
        "sqrt(beta_t) for beta_t": Wrong(
            (x_t - sqrt(BETA) / sqrt(1 - ABAR) * eps) / sqrt(alpha), "too much noise is removed"
        ),
        "alpha-bar_{t-1} under the root": Wrong(
            (x_t - BETA / sqrt(1 - abar_s) * eps) / sqrt(alpha),
            "an index is off by one, and the weight infinite at the first step",
        ),
    },
)

CLAIMS = (mapped, mu_eps)
