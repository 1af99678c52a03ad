"""Two schedules in closed form: gamma linear in time, and the cosine schedule.

Each starts from its printed path (alpha, sigma). The cosine's gap is the logarithm of 1 + a product of positive
factors, for

    tan b / tan a - 1 = sin(b - a) / (sin a cos b),

and each cosine is written as a sine of the distance to its zero: cos(pi t/2) = sin(pi (1 - t)/2).
"""

from sympy import Expr, Rational, cos, exp, log, pi, sin, sqrt, tan

from derivations.calculus.schedule import ORDER, TIMES, Schedule, schedule_proof, scheduled, vp_alpha, walked
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.notation.times import function
from derivations.symbols import gamma_0, gamma_1, s, t

# -- gamma linear in time ---------------------------------------------------------------------------


def rising(time: Expr) -> Expr:
    """gamma(t)."""
    return gamma_0 + (gamma_1 - gamma_0) * time


@function("sigma")
def linear_sigma(time: Expr) -> Expr:
    """VDM (3): sigma^2 = sigmoid(gamma)."""
    return sqrt(1 / (1 + exp(-rising(time))))


linear_alpha = vp_alpha(linear_sigma)

LINEAR = Schedule(
    gamma=rising(t),
    dgamma=gamma_1 - gamma_0,
    gap=(gamma_1 - gamma_0) * (t - s),
    alpha=1 / sqrt(1 + exp(rising(t))),
    sigma=1 / sqrt(1 + exp(-rising(t))),
)
LINEAR_AT = {gamma_0: -3, gamma_1: 2, s: Rational(2, 5), t: Rational(3, 5)}

linear = Claim(
    name="schedule.linear",
    title=(
        "A variance-preserving schedule with a linear gamma, minus the logarithm of its SNR, has the gap (gamma_1 "
        "- gamma_0) (t - s)"
    ),
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: scheduled(linear_alpha, linear_sigma, q),
    answer=LINEAR,
    given=(*TIMES, Below(gamma_0, gamma_1)),
    convenience=ORDER
    | {
        "0 < s": "the formulas hold on the whole line",
        "t < 1": "the formulas hold on the whole line",
        "gamma_0 < gamma_1": "the formulas also hold for a falling gamma, which has no forward process",
    },
    example=LINEAR_AT,
    proof=schedule_proof(linear_alpha, linear_sigma, LINEAR),
    wrong={
        "alpha and sigma exchanged": Wrong(
            LINEAR._replace(alpha=LINEAR.sigma, sigma=LINEAR.alpha), "time runs from noise to data"
        ),
        "sigmoid for its root": Wrong(
            LINEAR._replace(alpha=LINEAR.alpha**2, sigma=LINEAR.sigma**2), "alpha + sigma = 1, not alpha^2 + sigma^2"
        ),
        "gamma for log sigma^2": Wrong(
            LINEAR._replace(alpha=sqrt(1 - exp(rising(t))), sigma=exp(rising(t) / 2)),
            "alpha is undefined where gamma > 0",
        ),
        "gap of the log standard deviations": Wrong(LINEAR._replace(gap=LINEAR.gap / 2), "each step is too short"),
    },
    experiment=walked(
        linear_alpha, linear_sigma, LINEAR_AT, ("alpha and sigma exchanged", "gap of the log standard deviations")
    ),
)

# -- cosine -----------------------------------------------------------------------------------------


@function("alpha")
def cosine_alpha(time: Expr) -> Expr:
    """The cosine of an angle that grows linearly."""
    return cos(pi * time / 2)


@function("sigma")
def cosine_sigma(time: Expr) -> Expr:
    """The sine of that angle."""
    return sin(pi * time / 2)


COSINE = Schedule(
    gamma=2 * log(tan(pi * t / 2)),
    dgamma=2 * pi / sin(pi * t),
    gap=2 * log(1 + sin(pi * (t - s) / 2) / (sin(pi * s / 2) * cos(pi * t / 2))),
    alpha=sin(pi * (1 - t) / 2),
    sigma=sin(pi * t / 2),
)
COSINE_AT = {s: Rational(9, 20), t: Rational(3, 5)}

cosine = Claim(
    name="schedule.cosine",
    title="The cosine schedule alpha = cos(pi t/2), sigma = sin(pi t/2) has gamma = 2 log tan(pi t/2)",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: scheduled(cosine_alpha, cosine_sigma, q),
    answer=COSINE,
    given=TIMES,
    convenience=ORDER,
    example=COSINE_AT,
    proof=schedule_proof(
        cosine_alpha,
        cosine_sigma,
        COSINE,
        {
            "dgamma": (by("quotient rule", pi / (sin(pi * t / 2) * cos(pi * t / 2))),),
            "gap": (by("tangents", 2 * log(tan(pi * t / 2) / tan(pi * s / 2))),),
        },
    ),
    wrong={
        "log tangent, not twice": Wrong(
            COSINE._replace(gamma=COSINE.gamma / 2, gap=COSINE.gap / 2), "log(sigma/alpha) is taken for -log SNR"
        ),
        "twice the angle": Wrong(
            COSINE._replace(alpha=cos(pi * t), sigma=sin(pi * t)), "alpha is negative in the second half of the time"
        ),
        "the squared cosine as alpha": Wrong(
            COSINE._replace(alpha=COSINE.alpha**2, sigma=sqrt(1 - COSINE.alpha**4)), "alpha-bar is taken for its root"
        ),
        "slope without the double angle": Wrong(
            COSINE._replace(dgamma=pi / sin(pi * t)), "the continuous-time loss is halved"
        ),
    },
    experiment=walked(cosine_alpha, cosine_sigma, COSINE_AT, ("log tangent, not twice", "the squared cosine as alpha")),
)

CLAIMS = (linear, cosine)
