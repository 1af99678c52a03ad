"""DDPM's posterior under the map to VDM's names, and its mean as a network that predicts noise has it."""

from typing import NamedTuple

from sympy import Expr, sqrt

from derivations.claim import Claim, Wrong, by
from derivations.claims import posterior as vdm
from derivations.claims.posterior_ddpm import BETWEEN, DDPM, EXAMPLE, LUO, P, abar, beta, precision, pull
from derivations.statement import Equal
from derivations.symbols import abar_s, alpha, alpha_s, alpha_ts, eps, sigma_s, sigma_ts, x, x_0, x_t, z_t


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


M = Map(alpha_s=sqrt(abar_s), sigma2_s=1 - abar_s, alpha_ts=sqrt(alpha), sigma2_ts=beta)

mapped = Claim(
    name="ddpm.posterior.vdm",
    title="DDPM (6)-(7) is VDM (23)-(25) at alpha_s^2 = alpha-bar_{t-1}, sigma_ts^2 = beta_t",
    family="posterior",
    kind="equality",
    needs=("vdm.posterior", "ddpm.posterior", "ddpm.vdm.map"),
    says=lambda m: (
        Equal(P.mean, m.of(vdm.given_t.mean)),
        Equal(P.var, m.of(vdm.given_t.var)),
        Equal(abar / (1 - abar), m.of(vdm.alpha_t**2 / vdm.sigma2_t)),
        Equal(1 - abar, m.of(vdm.sigma2_t)),
    ),
    answer=M,
    given=BETWEEN,
    example=EXAMPLE,
    convenience=dict.fromkeys(("alpha < 1", "abar_s < 1"), "variances occur without a root: the algebra goes further"),
    proof=(
        (
            by("DDPM's mean", P.mean, eq="DDPM (7)"),
            by("weight by weight", M.of(vdm.W.mean), eq="VDM (25)"),
            by("Gaussian conditioning", M.of(vdm.given_t.mean)),
        ),
        (
            by("beta-tilde", P.var, eq="DDPM (7)"),
            by("term by term", M.of(vdm.Q.var), eq="VDM (24)"),
            by("Gaussian conditioning", M.of(vdm.given_t.var)),
        ),
        (
            by("the SNR; variance preserving", abar / (1 - abar)),
            by("sigma_t^2 = sigma_ts^2 + alpha_ts^2 sigma_s^2", M.of(vdm.alpha_t**2 / vdm.sigma2_t)),
        ),
        (
            by("the variance of x_t given x_0", 1 - abar),
            by("sigma_ts^2 + alpha_ts^2 sigma_s^2", M.of(vdm.sigma2_t)),
        ),
    ),
    wrong={
        "no root on alpha-bar": Wrong(
            M._replace(alpha_s=abar_s), "DDIM's alpha is DDPM's alpha-bar", ("code that mixes DDIM and DDPM",)
        ),
        "no root on alpha": Wrong(M._replace(alpha_ts=alpha), "the step shrinks by its square"),
        "beta for the standard deviation": Wrong(
            M._replace(sigma2_ts=beta**2), "beta is a variance", ("public study notes: sigma_t = beta_t",)
        ),
    },
    sources=(DDPM, vdm.VDM),
)

noise_free = (x_t - sqrt(1 - abar) * eps) / sqrt(abar)
by_eps = (pull / precision).subs(x_0, noise_free)
MU = (x_t - beta / sqrt(1 - abar) * eps) / sqrt(alpha)

mu_eps = Claim(
    name="ddpm.mu.eps",
    title="In x_t and eps DDPM's posterior mean is (x_t - beta_t/sqrt(1 - alpha-bar_t) eps)/sqrt(alpha_t)",
    family="posterior",
    kind="equality",
    needs=("ddpm.posterior",),
    says=lambda mu: Equal(by_eps, mu),
    answer=MU,
    given=BETWEEN,
    example=EXAMPLE,
    convenience={
        "0 < abar_s": "x_0 has gone from the mean, and alpha-bar_{t-1} but for alpha-bar_t",
        "alpha < 1": "1 - alpha is the variance of a step; the identity holds as long as abar_s alpha < 1",
        "abar_s < 1": "1 - abar_s is a variance; the identity holds as long as abar_s alpha < 1",
    },
    proof=(
        (
            by("x_0 = (x_t - sqrt(1 - alpha-bar_t) eps)/sqrt(alpha-bar_t), by precisions", by_eps, eq="Luo (115)"),
            by("in the posterior mean", P.mean.subs(x_0, noise_free), eq="Luo (116)-(117)"),
            by(
                "sqrt(alpha-bar_{t-1}/alpha-bar_t) = 1/sqrt(alpha_t)",
                (sqrt(alpha) * (1 - abar_s) * x_t + beta * (x_t - sqrt(1 - abar) * eps) / sqrt(alpha)) / (1 - abar),
                eq="Luo (118)-(119)",
            ),
            by(
                "collect x_t over a common denominator",
                (alpha * (1 - abar_s) + beta) / ((1 - abar) * sqrt(alpha)) * x_t
                - beta * sqrt(1 - abar) / ((1 - abar) * sqrt(alpha)) * eps,
                eq="Luo (120)-(122)",
            ),
            by("its numerator is 1 - alpha-bar_t", MU, eq="Luo (123)-(124), DDPM (11)"),
        ),
    ),
    wrong={
        "1/sqrt(alpha-bar_t)": Wrong(
            (x_t - beta / sqrt(1 - abar) * eps) / sqrt(abar), "one step undoes the scaling of all steps"
        ),
        "beta/(1 - alpha-bar_t)": Wrong(
            (x_t - beta / (1 - abar) * eps) / sqrt(alpha), "a variance for a standard deviation: too much is taken off"
        ),
        "sqrt(beta_t) for beta_t": Wrong(
            (x_t - sqrt(beta) / sqrt(1 - abar) * eps) / sqrt(alpha), "too much noise taken off"
        ),
        "alpha-bar_{t-1} under the root": Wrong(
            (x_t - beta / sqrt(1 - abar_s) * eps) / sqrt(alpha), "an index off by one; infinite at the first step"
        ),
    },
    sources=(
        DDPM._replace(equations="(9)-(11)"),
        LUO._replace(equations="(115)-(125)", convention="eps is Luo's epsilon_0"),
    ),
)

CLAIMS = (mapped, mu_eps)
