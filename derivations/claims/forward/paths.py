"""Two paths that are not variance preserving, variance exploding and rectified flow, in closed form.

Like every schedule they are pairs (alpha, sigma), with the same gamma, step and loss. The variance of the step from
s to t is written as a product of positive factors, in which nothing cancels.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.schedule import ORDER, TIMES, Path, schedule_proof, scheduled, walked
from derivations.form.claim import Below, Chain, Claim, Line, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.times import function, squared
from derivations.symbols import s, sigma_max, sigma_min, t

SAME_STEP = "factor the difference of squares"


class Walk(NamedTuple):
    """A schedule, and the variance of its step from s to t."""

    gamma: Expr
    dgamma: Expr
    gap: Expr
    alpha: Expr
    sigma: Expr
    sigma2_ts: Expr


def step_variance(alpha: Path, sigma: Path) -> Expr:
    """sigma_ts^2, the variance of the step from s to t, claim vdm.forward.transition."""
    return squared("sigma_ts", sigma(t) ** 2 - (alpha(t) / alpha(s)) ** 2 * sigma(s) ** 2)


def walks(alpha: Path, sigma: Path, q: Walk) -> tuple[Equal, ...]:
    """State what a path printed as alpha(t), sigma(t) implies for q, field by field."""
    return *scheduled(alpha, sigma, q), Equal(step_variance(alpha, sigma), q.sigma2_ts)  # type: ignore[arg-type]


def walk_proof(alpha: Path, sigma: Path, q: Walk, lines: Mapping[str, tuple[Line, ...]]) -> tuple[Chain, ...]:
    """A chain for each field, with `lines` between its ends."""
    last = (by("by definition", step_variance(alpha, sigma)), *lines["sigma2_ts"], by(SAME_STEP, q.sigma2_ts))
    return *schedule_proof(alpha, sigma, q, lines), last  # type: ignore[arg-type]


# -- variance exploding -----------------------------------------------------------------------------

rise = log(sigma_max / sigma_min)


@function("alpha")
def ve_alpha(time: Expr) -> Expr:
    """The signal is kept."""
    return S.One


@function("sigma")
def ve_sigma(time: Expr) -> Expr:
    """Geometric from sigma_min to sigma_max."""
    return sigma_min * exp(time * rise)


VE = Walk(
    gamma=2 * log(sigma_min) + 2 * t * rise,
    dgamma=2 * (log(sigma_max) - log(sigma_min)),
    gap=2 * (t - s) * rise,
    alpha=S.One,
    sigma=sigma_min * exp(t * rise),
    sigma2_ts=sigma_min**2 * exp(2 * s * rise) * (exp(2 * (t - s) * rise) - 1),
)
VE_AT = {sigma_min: 1, sigma_max: 8, s: Rational(5, 12), t: Rational(2, 3)}

ve = Claim(
    name="path.ve",
    title="On the variance-exploding path alpha = 1, sigma is geometric in time and sigma_ts^2 = sigma_t^2 - sigma_s^2",
    kind="equality",
    needs=("vdm.forward.transition",),
    says=lambda q: walks(ve_alpha, ve_sigma, q),
    answer=VE,
    given=(*TIMES, Below(sigma_min, sigma_max)),
    convenience=ORDER
    | {
        "0 < s": "the formulas hold on the whole line",
        "0 < t": "the formulas hold on the whole line",
        "t < 1": "the formulas hold on the whole line",
        "0 < sigma_max": "it follows from 0 < sigma_min < sigma_max",
        "sigma_min < sigma_max": "the formulas also hold for falling noise, which has no forward process",
    },
    example=VE_AT,
    proof=walk_proof(
        ve_alpha, ve_sigma, VE, {"sigma2_ts": (by("alpha = 1 at both times", ve_sigma(t) ** 2 - ve_sigma(s) ** 2),)}
    ),
    wrong={
        "log sigma for log sigma^2": Wrong(
            VE._replace(gamma=VE.gamma / 2, gap=VE.gap / 2, dgamma=VE.dgamma / 2),
            "log(sigma / alpha) is taken for -log SNR",
        ),
        "started from a point": Wrong(
            VE._replace(sigma=sigma_min * sqrt(exp(2 * t * rise) - 1)),
            "the variance is smaller by sigma_min^2: the noise at t = 0 is left out",
        ),
        "all noise from the start": Wrong(
            VE._replace(sigma2_ts=sigma_min**2 * exp(2 * t * rise)),
            "the variance at s is not subtracted: sigma is not 0 where the path starts",
            ("sde2021 (31)",),
        ),
        "variance linear in time": Wrong(
            VE._replace(sigma=sqrt(sigma_min**2 + t * (sigma_max**2 - sigma_min**2))),
            "this is another path with the same ends",
        ),
        "difference of the sigmas, squared": Wrong(
            VE._replace(sigma2_ts=(ve_sigma(t) - ve_sigma(s)) ** 2), "variances are subtracted, not amplitudes"
        ),
    },
    experiment=walked(ve_alpha, ve_sigma, VE_AT, ("log sigma for log sigma^2", "started from a point")),
)

# -- rectified flow ---------------------------------------------------------------------------------


@function("alpha")
def straight_alpha(time: Expr) -> Expr:
    """The weight of the data on the segment."""
    return 1 - time


@function("sigma")
def straight_sigma(time: Expr) -> Expr:
    """The weight of the noise on the segment."""
    return time


RECTIFIED = Walk(
    gamma=2 * log(t / (1 - t)),
    dgamma=2 / (t * (1 - t)),
    gap=2 * log(1 + (t - s) / (s * (1 - t))),
    alpha=1 - t,
    sigma=t,
    sigma2_ts=(t - s) * (t * (1 - s) + s * (1 - t)) / (1 - s) ** 2,
)
RECTIFIED_AT = {s: Rational(2, 5), t: Rational(1, 2)}
SWAPPED = Walk(
    gamma=-RECTIFIED.gamma,
    dgamma=-RECTIFIED.dgamma,
    gap=-RECTIFIED.gap,
    alpha=t,
    sigma=1 - t,
    sigma2_ts=(1 - t) ** 2 - (t / s) ** 2 * (1 - s) ** 2,
)

rectified = Claim(
    name="path.rectified",
    title="On the straight path of rectified flow, alpha = 1 - t and sigma = t, so gamma = 2 log(t/(1 - t))",
    kind="equality",
    needs=("vdm.forward.transition",),
    says=lambda q: walks(straight_alpha, straight_sigma, q),
    answer=RECTIFIED,
    given=TIMES,
    convenience={
        "0 < t": "it follows from 0 < s < t",
        "s < t": "s is the earlier time; the formulas hold for any two times below 1",
    },
    example=RECTIFIED_AT,
    proof=walk_proof(
        straight_alpha,
        straight_sigma,
        RECTIFIED,
        {
            "dgamma": (by("quotient rule", 2 / t + 2 / (1 - t)),),
            "gap": (by("combine the logarithms", 2 * log(t * (1 - s) / (s * (1 - t)))),),
            "sigma2_ts": (by("over a common denominator", ((t * (1 - s)) ** 2 - (s * (1 - t)) ** 2) / (1 - s) ** 2),),
        },
    ),
    wrong={
        "the papers' time": Wrong(SWAPPED, "flow matching counts t from noise to data: gamma falls"),
        "half the log SNR": Wrong(
            RECTIFIED._replace(gamma=RECTIFIED.gamma / 2, dgamma=RECTIFIED.dgamma / 2, gap=RECTIFIED.gap / 2),
            "log(sigma / alpha), the negative of DPM-Solver's lambda, is taken for -log SNR",
        ),
        "variance linear in time": Wrong(RECTIFIED._replace(sigma=sqrt(t)), "it is sigma, not sigma^2, that equals t"),
        "variance preserving": Wrong(
            RECTIFIED._replace(sigma=sqrt(t * (2 - t)), sigma2_ts=1 - ((1 - t) / (1 - s)) ** 2),
            "alpha^2 + sigma^2 = 1 is not the straight path",
        ),
        "the increment of sigma, squared": Wrong(
            RECTIFIED._replace(sigma2_ts=(t - s) ** 2), "a line has one noise for all times, but each step adds its own"
        ),
    },
    experiment=walked(straight_alpha, straight_sigma, RECTIFIED_AT, ("half the log SNR", "variance linear in time")),
)

CLAIMS = (ve, rectified)
