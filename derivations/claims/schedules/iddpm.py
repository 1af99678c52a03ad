"""Improved DDPM's cosine schedule with an offset o: alpha-bar = f(t)/f(0), f(t) = cos^2 b, b = (t + o)/(1 + o) pi/2.

With `angle` = pi / (2 (1 + o)) every angle is counted from its own zero: cos b = sin(angle (1 - t)), and with a = b(0)

    sin(b - a) sin(b + a)       = sin(angle t) sin(angle (2 - t))        = sigma^2 cos^2 a
    sin(b_t - b_s) sin(b_t + b_s) = sin(angle (t - s)) sin(angle (2 - s - t)) = cos^2 b_s - cos^2 b_t
"""

from sympy import Expr, Rational, S, cos, log, pi, sin, sqrt

from derivations.calculus.schedule import ORDER, TIMES, Schedule, schedule_proof, scheduled, vp_sigma, walked
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.notation.times import Function, function
from derivations.symbols import angle, s, t

OFFSET = pi / (2 * angle) - 1  # iDDPM's s = 0.008 is angle = 1.558...


def root_f(time: Expr) -> Expr:
    """The cosine of an angle below pi/2."""
    return cos((time + OFFSET) / (1 + OFFSET) * pi / 2)


@function("f")
def f(time: Expr) -> Expr:
    """Return f as printed; alpha-bar is f(t) / f(0)."""
    return root_f(time) ** 2


@function("alpha")
def iddpm_alpha(time: Expr) -> Expr:
    """The positive root of alpha-bar."""
    return root_f(time) / root_f(S.Zero)


iddpm_sigma = vp_sigma(iddpm_alpha)


def rise_from_0(time: Expr) -> Expr:
    """sin(b - a) sin(b + a), where a is the angle at t = 0."""
    return sin(angle * time) * sin(angle * (2 - time))


def fall(a: Expr, b: Expr) -> Expr:
    """f(a) - f(b)."""
    return sin(angle * (b - a)) * sin(angle * ((1 - a) + (1 - b)))


IDDPM = Schedule(
    gamma=log(rise_from_0(t) / sin(angle * (1 - t)) ** 2),
    dgamma=2 * angle * cos(angle * (1 - t)) * sin(angle) ** 2 / (sin(angle * (1 - t)) * rise_from_0(t)),
    gap=log(1 + fall(s, t) * sin(angle) ** 2 / (sin(angle * (1 - t)) ** 2 * rise_from_0(s))),
    alpha=sin(angle * (1 - t)) / sin(angle),
    sigma=sqrt(rise_from_0(t)) / sin(angle),
)
IDDPM_AT = {angle: Rational(3, 2), s: Rational(9, 20), t: Rational(3, 5)}

iddpm = Claim(
    name="iddpm.cosine",
    title="Improved DDPM's cosine schedule with an offset, in continuous time and unclipped, in closed form",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: scheduled(iddpm_alpha, iddpm_sigma, q),
    answer=IDDPM,
    given=(*TIMES, Below(angle, pi / 2)),
    convenience=ORDER,
    example=IDDPM_AT,
    proof=schedule_proof(iddpm_alpha, iddpm_sigma, IDDPM),
    wrong={
        "the cosine, not its square": Wrong(
            IDDPM._replace(
                alpha=sqrt(sin(angle * (1 - t)) / sin(angle)), sigma=sqrt(1 - sin(angle * (1 - t)) / sin(angle))
            ),
            "with f = cos, alpha-bar falls too slowly at first and has a slope at t = 1",
            ("weng-threads #9", "web a public study note"),
        ),
        "not divided by f(0)": Wrong(
            IDDPM._replace(alpha=sin(angle * (1 - t)), sigma=cos(angle * (1 - t))),
            "there is noise already at t = 0",
            ("clear-diffusion-keras #2",),
        ),
        "alpha-bar for its root": Wrong(IDDPM._replace(alpha=IDDPM.alpha**2), "alpha^2 + sigma^2 < 1"),
        "the gap of the cosine without offset": Wrong(
            IDDPM._replace(gap=2 * log(1 + sin(angle * (t - s)) / (sin(angle * s) * sin(angle * (1 - t))))),
            "steps near t = 0 are too long",
        ),
    },
    experiment=walked(iddpm_alpha, iddpm_sigma, IDDPM_AT, ("the cosine, not its square", "alpha-bar for its root")),
)

# -- its betas ----------------------------------------------------------------------------------------

abar = Function("abar", lambda time: f(time) / f(S.Zero))
BETA = fall(s, t) / sin(angle * (1 - s)) ** 2

betas = Claim(
    name="iddpm.cosine.beta",
    title="Before it is clipped at 0.999, the beta of Improved DDPM's cosine schedule is a quotient of sines",
    kind="equality",
    needs=("iddpm.cosine", "ddpm.forward"),
    says=lambda q: Equal(1 - abar(t) / abar(s), q),
    answer=BETA,
    given=(*TIMES, Below(angle, pi / 2)),
    convenience=ORDER
    | {
        "0 < s": "the first step starts at 0",
        "t < 1": "the last step ends at 1, with beta = 1",
        "0 < angle": "the difference of two cosines has this form at every angle",
        "angle < 1/2 pi": "the difference of two cosines has this form at every angle",
    },
    example=IDDPM_AT,
    proof=(
        (
            by("the step keeps alpha-bar_t / alpha-bar_s", 1 - abar(t) / abar(s)),
            by("f(0) cancels", (f(s) - f(t)) / f(s)),
            by("cos^2 b_s - cos^2 b_t = sin(b_t - b_s) sin(b_t + b_s)", BETA),
        ),
    ),
    wrong={
        "of the cosine, not its square": Wrong(
            1 - sin(angle * (1 - t)) / sin(angle * (1 - s)),
            "at first, betas are half as large as they should be",
        ),
        "over the whole way": Wrong(
            fall(S.Zero, t) / sin(angle) ** 2, "it is 1 - alpha-bar_t, the marginal's variance"
        ),
        "divided by the later f": Wrong(fall(s, t) / sin(angle * (1 - t)) ** 2, "it is 1/(1 - beta) - 1, not beta"),
        "the angle's own difference": Wrong(
            sin(angle * (t - s)) ** 2 / sin(angle * (1 - s)) ** 2, "b_t - b_s stands where b_t + b_s should"
        ),
    },
)

CLAIMS = (iddpm, betas)
