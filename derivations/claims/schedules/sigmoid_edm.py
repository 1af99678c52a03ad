"""Two more schedules: a rescaled sigmoid, and EDM's power law.

Sigmoids differ by a product, S(b) - S(a) = S(b) S(-a) (1 - exp(-(b - a))), so alpha-bar and its complement are
products of positive factors.
"""

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.schedule import ORDER, TIMES, Schedule, schedule_proof, scheduled, vp_sigma, walked
from derivations.form.claim import Below, Claim, Wrong
from derivations.notation.times import function
from derivations.symbols import a, end, rho, s, sigma_max, sigma_min, start, t, tau


@function("sigmoid", a)
def sigmoid(a: Expr) -> Expr:
    """S(a)."""
    return 1 / (1 + exp(-a))


def lost(a: Expr) -> Expr:
    """Return 1 - exp(-a), the loss of a decay over a."""
    return 1 - exp(-a)


# -- sigmoid ----------------------------------------------------------------------------------------


@function("u")
def u(time: Expr) -> Expr:
    """The sigmoid's argument at a time."""
    return (start + time * (end - start)) / tau


@function("alpha")
def sigmoid_alpha(time: Expr) -> Expr:
    """The root of alpha-bar, which is 1 at t = 0 and 0 at t = 1."""
    return sqrt((sigmoid(end / tau) - sigmoid(u(time))) / (sigmoid(end / tau) - sigmoid(start / tau)))


sigmoid_sigma = vp_sigma(sigmoid_alpha)
w = (end - start) / tau

SIGMOID = Schedule(
    gamma=u(t) + log(sigmoid(-start / tau) / sigmoid(end / tau)) + log(lost(w * t) / lost(w * (1 - t))),
    dgamma=w * lost(w) / (lost(w * t) * lost(w * (1 - t))),
    gap=(
        w * (t - s)
        + log(1 + exp(-w * s) * lost(w * (t - s)) / lost(w * s))
        + log(1 + exp(-w * (1 - t)) * lost(w * (t - s)) / lost(w * (1 - t)))
    ),
    alpha=sqrt(sigmoid(-u(t)) * lost(w * (1 - t)) / (sigmoid(-start / tau) * lost(w))),
    sigma=sqrt(sigmoid(u(t)) * lost(w * t) / (sigmoid(end / tau) * lost(w))),
)
SIGMOID_AT = {start: -3, end: 2, tau: Rational(3, 2), s: Rational(2, 5), t: Rational(3, 5)}

sigmoids = Claim(
    name="schedule.sigmoid",
    title="The sigmoid schedule, whose alpha-bar is a rescaled sigmoid of time, in closed form",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: scheduled(sigmoid_alpha, sigmoid_sigma, q),
    answer=SIGMOID,
    given=(*TIMES, Below(start, end)),
    convenience=ORDER
    | {
        "0 < tau": "a negative tau exchanges start and end, and leaves alpha-bar the same",
        "start < end": "with start above end alpha-bar is the mirrored sigmoid, which falls as well",
    },
    example=SIGMOID_AT,
    proof=schedule_proof(sigmoid_alpha, sigmoid_sigma, SIGMOID),
    wrong={
        "sigmoid not rescaled": Wrong(
            SIGMOID._replace(alpha=sqrt(sigmoid(-u(t))), sigma=sqrt(sigmoid(u(t)))),
            "gamma is linear: there is noise at t = 0, and signal at t = 1",
        ),
        "alpha-bar for its root": Wrong(SIGMOID._replace(alpha=SIGMOID.alpha**2), "alpha^2 + sigma^2 < 1"),
        "end points not divided by tau": Wrong(
            SIGMOID._replace(
                alpha=sqrt((sigmoid(end) - sigmoid(u(t))) / (sigmoid(end) - sigmoid(start))),
                sigma=sqrt((sigmoid(u(t)) - sigmoid(start)) / (sigmoid(end) - sigmoid(start))),
            ),
            "alpha-bar is not 1 at t = 0, unless tau = 1",
        ),
        "gap of a linear gamma": Wrong(SIGMOID._replace(gap=w * (t - s)), "the poles at both ends are missed"),
    },
    experiment=walked(sigmoid_alpha, sigmoid_sigma, SIGMOID_AT, ("sigmoid not rescaled", "gap of a linear gamma")),
)

# -- EDM --------------------------------------------------------------------------------------------

low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)


@function("alpha")
def edm_alpha(time: Expr) -> Expr:
    """Variance exploding: the data are never scaled."""
    return S.One


@function("sigma")
def edm_sigma(time: Expr) -> Expr:
    """Return sigma as printed, from sigma_max at index 0."""
    index = 1 - time  # i / (N - 1): EDM counts from noise to data
    return (high + index * (low - high)) ** rho


def base(time: Expr) -> Expr:
    """The rho-th root of sigma."""
    return low + time * (high - low)


EDM = Schedule(
    gamma=2 * rho * log(base(t)),
    dgamma=2 * rho * (high - low) / base(t),
    gap=2 * rho * log(1 + (high - low) * (t - s) / base(s)),
    alpha=S.One,
    sigma=base(t) ** rho,
)
EDM_AT = {sigma_min: Rational(1, 8), sigma_max: 8, rho: 3, s: Rational(1, 2), t: Rational(3, 5)}

edm = Claim(
    name="schedule.edm",
    title="EDM's noise levels, with time running from data to noise, have alpha = 1 and gamma = 2 log sigma",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=lambda q: scheduled(edm_alpha, edm_sigma, q),
    answer=EDM,
    given=(*TIMES, Below(sigma_min, sigma_max)),
    convenience=ORDER
    | {
        "0 < s": "time 0 is the level sigma_min",
        "t < 1": "the formulas hold for all later times",
        "0 < sigma_max": "it follows from 0 < sigma_min < sigma_max",
        "0 < rho": "a negative rho makes levels as well; at rho = 0 the powers have no exponent",
        "sigma_min < sigma_max": "the formulas also hold for falling levels, which have no forward process",
    },
    example=EDM_AT,
    proof=schedule_proof(edm_alpha, edm_sigma, EDM),
    wrong={
        "EDM's own direction of time": Wrong(
            EDM._replace(sigma=edm_sigma(1 - t), gamma=2 * log(edm_sigma(1 - t))), "time runs from noise to data"
        ),
        "levels even in sigma": Wrong(
            EDM._replace(sigma=sigma_min + t * (sigma_max - sigma_min)),
            "it is rho = 1, with no steps left for low noise",
        ),
        "log sigma, not of its square": Wrong(
            EDM._replace(gamma=EDM.gamma / 2, gap=EDM.gap / 2), "log(sigma/alpha) is taken for -log SNR"
        ),
        "rho for 1/rho": Wrong(
            EDM._replace(sigma=(sigma_min**rho + t * (sigma_max**rho - sigma_min**rho)) ** (1 / rho)),
            "for rho > 1 steps crowd at the noise end",
        ),
    },
    experiment=walked(edm_alpha, edm_sigma, EDM_AT, ("EDM's own direction of time", "log sigma, not of its square")),
)

CLAIMS = (sigmoids, edm)
