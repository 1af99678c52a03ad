"""The forward process in gamma = -log SNR: forms of the step's variance that do not cancel.

With alpha = sigma exp(-gamma/2), the variance of a step depends on sigma_t and on gamma_s - gamma_t alone. A variance
preserving process has alpha^2 and sigma^2 from gamma alone.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Rational, exp, log

from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.quantities import Log
from derivations.notation.times import function, quantity, squared
from derivations.symbols import a, alpha_t, gamma_s, gamma_t, sigma_s, sigma_t


def variance_of_step(a_s: Expr, s_s: Expr, a_t: Expr, s_t: Expr) -> Expr:
    """sigma_ts^2 = sigma_t^2 - (alpha_t / alpha_s)^2 sigma_s^2, claim vdm.forward.transition."""
    return squared("sigma_ts", s_t**2 - (a_t / a_s) ** 2 * s_s**2)


# -- in gamma ---------------------------------------------------------------------------------------


def alpha_in_gamma(index: str, sigma: Expr, gamma: Expr) -> Expr:
    """alpha at a time, from sigma and gamma at that time."""
    return quantity(f"alpha_{index}", sigma * exp(-gamma / 2))


RISES = Below(gamma_s, gamma_t)  # so that the SNR falls, and sigma_ts^2 is positive

in_gamma = variance_of_step(
    alpha_in_gamma("s", sigma_s, gamma_s), sigma_s, alpha_in_gamma("t", sigma_t, gamma_t), sigma_t
)
EXPM1 = -(sigma_t**2) * (exp(gamma_s - gamma_t) - 1)

expm1 = Claim(
    name="vdm.forward.sigma2_ts.expm1",
    title="For gamma_s < gamma_t, sigma_ts^2 = -sigma_t^2 expm1(gamma_s - gamma_t), with gamma = -log SNR",
    kind="equality",
    needs=("vdm.forward.transition", "vdm.forward.gamma"),
    says=lambda q: Equal(in_gamma, q),
    answer=EXPM1,
    given=(RISES,),
    example={gamma_s: -1, gamma_t: 1, sigma_t: 2},
    convenience={
        "0 < sigma_t": "only its square occurs",
        RISES.text: "where the SNR does not fall there is no step, but the identity holds",
    },
    proof=(
        (
            by("alpha = sigma exp(-gamma / 2) at both times", in_gamma, eq="vdm2021 (22)"),
            by(
                "SNR(t) / SNR(s) is an exponential",
                sigma_t**2 * (1 - exp(-gamma_t) / exp(-gamma_s)),
                eq="pd2022 section 2 (i)",
            ),
            by("combine the exponentials", EXPM1, eq="vdm2021 App. J (i)"),
        ),
    ),
    wrong={
        "times exchanged": Wrong(-(sigma_t**2) * (exp(gamma_t - gamma_s) - 1), "a negative variance"),
        "sign lost": Wrong(-EXPM1, "a negative variance: expm1 of a negative number is negative"),
        "half the gap": Wrong(
            EXPM1.subs({gamma_s: gamma_s / 2, gamma_t: gamma_t / 2}), "log(alpha / sigma) is taken for log SNR"
        ),
        "1 inside the exponential": Wrong(
            -(sigma_t**2) * exp(gamma_s - gamma_t - 1), "the variance is negative, and not 0 at s = t"
        ),
    },
)

# -- variance preserving ----------------------------------------------------------------------------


class Preserving(NamedTuple):
    alpha2: Expr
    sigma2: Expr


def vp_gamma(q: Expr) -> Expr:
    """gamma where alpha^2 + sigma^2 = 1."""
    return q.subs(gamma_t, GAMMA_T)


SIGMA2_T = squared("sigma_t", 1 - alpha_t**2)
GAMMA_T = quantity("gamma_t", -log(alpha_t**2 / SIGMA2_T))
VP = Preserving(alpha2=1 / (1 + exp(gamma_t)), sigma2=1 / (1 + exp(-gamma_t)))

vp = Claim(
    name="vdm.schedule.vp",
    title="A variance-preserving process has alpha^2 = sigmoid(-gamma) and sigma^2 = sigmoid(gamma)",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: (Equal(1 - SIGMA2_T, vp_gamma(q.alpha2)), Equal(SIGMA2_T, vp_gamma(q.sigma2))),
    answer=VP,
    given=(Below(alpha_t, Integer(1)),),
    convenience={
        "alpha_t < 1": "where alpha_t > 1, sigma^2 < 0: the formulas hold, but describe no process",
        "0 < alpha_t": "at alpha_t = 0, gamma is infinite, and the sigmoids tend to 0 and 1",
    },
    example={alpha_t: Rational(3, 5)},
    proof=(
        (
            by("alpha^2 = alpha^2 / (alpha^2 + sigma^2)", 1 - SIGMA2_T),
            by("divide by alpha^2", 1 / (1 + SIGMA2_T / alpha_t**2)),
            by("sigma^2 / alpha^2 = exp(gamma)", vp_gamma(VP.alpha2), eq="vdm2021 (4); luo2022 (113)"),
        ),
        (
            by("sigma^2 = 1 - alpha^2", SIGMA2_T),
            by("divide by sigma^2", 1 / (1 + alpha_t**2 / SIGMA2_T)),
            by("alpha^2 / sigma^2 = exp(-gamma)", vp_gamma(VP.sigma2), eq="vdm2021 (3); luo2022 (114)"),
        ),
    ),
    wrong={
        "alpha and sigma exchanged": Wrong(
            Preserving(VP.sigma2, VP.alpha2), "log SNR is read as gamma, so time runs backwards", ("vdm-threads #7",)
        ),
        "one minus alpha^2 for alpha^2": Wrong(
            VP._replace(alpha2=VP.sigma2), "the predicted x is divided by sigma_t", ("vdm-colab alpha from b",)
        ),
        "sigmoid as the amplitude": Wrong(
            Preserving(VP.alpha2**2, VP.sigma2**2), "alpha + sigma = 1, not alpha^2 + sigma^2"
        ),
        "half the log SNR": Wrong(
            Preserving(1 / (1 + exp(2 * gamma_t)), 1 / (1 + exp(-2 * gamma_t))), "-gamma is read as log(alpha / sigma)"
        ),
    },
)


class PreservingStep(NamedTuple):
    """log alpha_ts^2, and sigma_ts^2."""

    log_alpha2_ts: Expr
    sigma2_ts: Expr


@function("softplus", a)
def softplus(a: Expr) -> Expr:
    """log(1 + e^a)."""
    return log(1 + exp(a))


def vp_at(index: str, gamma: Expr) -> tuple[Expr, Expr]:
    """alpha^2 and sigma^2 at a time, claim vdm.schedule.vp."""
    return squared(f"alpha_{index}", 1 / (1 + exp(gamma))), squared(f"sigma_{index}", 1 / (1 + exp(-gamma)))


(ALPHA2_S, SIGMA2_S), (ALPHA2, SIGMA2) = vp_at("s", gamma_s), vp_at("t", gamma_t)
ALPHA2_TS = squared("alpha_ts", ALPHA2 / ALPHA2_S)
vp_step = squared("sigma_ts", SIGMA2 - ALPHA2_TS * SIGMA2_S)
scale2 = Log(ALPHA2_TS)
SOFTPLUS = PreservingStep(
    log_alpha2_ts=softplus(gamma_s) - softplus(gamma_t),
    sigma2_ts=1 - exp(softplus(gamma_s) - softplus(gamma_t)),
)


def with_plus(at_s: Expr, at_t: Expr) -> PreservingStep:
    """The answer, with another function for softplus."""
    return PreservingStep(at_s - at_t, 1 - exp(at_s - at_t))


softplus_form = Claim(
    name="vdm.forward.sigma2_ts.softplus",
    title="For a variance-preserving process, sigma_ts^2 = -expm1(softplus(gamma_s) - softplus(gamma_t))",
    kind="equality",
    needs=("vdm.forward.transition", "vdm.schedule.vp"),
    says=lambda q: (Equal(scale2, q.log_alpha2_ts), Equal(vp_step, q.sigma2_ts)),
    answer=SOFTPLUS,
    given=(RISES,),
    example={gamma_s: -1, gamma_t: 1},
    convenience={RISES.text: "where the SNR does not fall there is no step, but the identities hold"},
    proof=(
        (
            by("alpha^2 = sigmoid(-gamma) at both times", scale2),
            by("-log sigmoid(-gamma) is softplus(gamma)", SOFTPLUS.log_alpha2_ts),
        ),
        (
            by("alpha^2 and sigma^2 are sigmoids at both times", vp_step, eq="vdm2021 (22)"),
            by("over a common denominator", (exp(gamma_t) - exp(gamma_s)) / (1 + exp(gamma_t))),
            by("1 - alpha_ts^2", SOFTPLUS.sigma2_ts, eq="vdm2021 App. J (i)"),
        ),
    ),
    wrong={
        "softplus inverted": Wrong(
            with_plus(log(exp(gamma_s) - 1), log(exp(gamma_t) - 1)),
            "log(e^x - 1) has no value for x < 0",
            ("web a public note on VDM",),
        ),
        "softplus of -gamma": Wrong(
            with_plus(softplus(-gamma_s), softplus(-gamma_t)), "alpha and sigma are exchanged, and sigma_ts^2 < 0"
        ),
        "times exchanged": Wrong(with_plus(softplus(gamma_t), softplus(gamma_s)), "a negative variance"),
        "gamma for softplus": Wrong(with_plus(gamma_s, gamma_t), "alpha_ts^2 is taken for SNR(t) / SNR(s)"),
    },
)

CLAIMS = (expm1, vp, softplus_form)
