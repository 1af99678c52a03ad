"""The variance-preserving SDE with beta linear in time: alpha^2 = exp(-B), B(t) the integral of beta from 0.

A gap in gamma is the rise of B, plus the logarithm of 1 + a positive quotient:

    (1 - exp(-B_t)) / (1 - exp(-B_s)) = 1 + exp(-B_s) (1 - exp(-(B_t - B_s))) / (1 - exp(-B_s))
"""

from typing import NamedTuple

from sympy import Expr, Rational, S, exp, log, sqrt

from derivations.calculus.schedule import ORDER, TIMES, schedule_proof, scheduled
from derivations.form.claim import Below, Chain, Claim, Wrong, by
from derivations.form.experiment import Experiment, Residual
from derivations.form.statement import Equal
from derivations.notation.quantities import Slope
from derivations.notation.times import function
from derivations.probability.gaussian import Normal
from derivations.symbols import beta_max, beta_min, n_0, n_1, n_2, n_3, s, t, x, z_0, z_1, z_s, z_t


def log_ratio(b: Expr, rise: Expr) -> Expr:
    """log((1 - exp(-b - rise)) / (1 - exp(-b)))."""
    return log(1 + exp(-b) * (1 - exp(-rise)) / (1 - exp(-b)))


class Integrated(NamedTuple):
    """A schedule in continuous time, and what B rises by from s to t."""

    rise: Expr
    gamma: Expr
    dgamma: Expr
    gap: Expr
    alpha: Expr
    sigma: Expr


@function("beta")
def rate(time: Expr) -> Expr:
    """Score SDE (32)."""
    return beta_min + time * (beta_max - beta_min)


@function("B")
def printed_B(time: Expr) -> Expr:
    """Score SDE (33)."""
    return time**2 * (beta_max - beta_min) / 2 + time * beta_min


@function("alpha")
def kernel_alpha(time: Expr) -> Expr:
    """Score SDE (29): the mean decays."""
    return exp(-printed_B(time) / 2)


@function("sigma")
def kernel_sigma(time: Expr) -> Expr:
    """Score SDE (29): from no noise to unit variance."""
    return sqrt(1 - exp(-printed_B(time)))


@function("B", s, t)
def between(a: Expr, b: Expr) -> Expr:
    """The integral of beta from a to b: its middle value times the length."""
    return (b - a) * (beta_min + (beta_max - beta_min) * (a + b) / 2)


B = between(S.Zero, t)
BETA = Integrated(
    rise=between(s, t),
    gamma=B + log(1 - exp(-B)),
    dgamma=rate(t) / (1 - exp(-B)),
    gap=between(s, t) + log_ratio(between(S.Zero, s), between(s, t)),
    alpha=exp(-B / 2),
    sigma=sqrt(1 - exp(-B)),
)


def says_beta(q: Integrated) -> tuple[Equal, ...]:
    """B' = beta at both ends; the moments solve dz = -beta z/2 dt + sqrt(beta) dw; the kernel is (33)."""
    return (
        Equal(rate(t), Slope(q.rise, t)),
        Equal(-rate(s), Slope(q.rise, s)),
        Equal(printed_B(t) - printed_B(s), q.rise),
        Equal(-rate(t) / 2, Slope(log(q.alpha), t)),
        Equal(rate(t), Slope(q.sigma**2, t) + rate(t) * q.sigma**2),
        *scheduled(kernel_alpha, kernel_sigma, q),  # type: ignore[arg-type]
    )


def proof_beta(q: Integrated) -> tuple[Chain, ...]:
    """A chain for each statement."""
    statements = says_beta(q)
    why = (
        ("beta at the upper end", "differentiate the integral in its upper end"),
        ("minus beta at the lower end", "differentiate the integral in its lower end"),
        ("B(t) - B(s), Score SDE (33)", "factor the difference of squares"),
        ("drift of the SDE", "differentiate log alpha, Score SDE (29)"),
        ("squared diffusion of the SDE", "d sigma^2/dt = beta (1 - sigma^2), Score SDE (26)"),
    )
    first = tuple((by(a, e.lhs), by(b, e.rhs)) for (a, b), e in zip(why, statements[:5], strict=True))
    return (*first, *schedule_proof(kernel_alpha, kernel_sigma, q))  # type: ignore[arg-type]


def ou(z: Expr, a: Expr, b: Expr, noise: Expr) -> Expr:
    """The SDE from a to b, at the rate in the middle: exact, for the rate is linear."""
    spent = rate((a + b) / 2) * (b - a)
    return exp(-spent / 2) * z + sqrt(1 - exp(-spent)) * noise


def beta_jump(q: Integrated) -> Normal:
    """Return q(z_t | z_s) in terms of the gap."""
    return Normal(q.alpha / q.alpha.subs(t, s) * z_s, q.sigma**2 * (1 - exp(-q.gap)))


beta_linear = Claim(
    name="schedule.beta_linear",
    title="The variance-preserving SDE with beta linear in time has alpha^2 = exp(-B), B(t) the integral of beta",
    kind="equality",
    needs=("vdm.forward.gamma",),
    says=says_beta,
    answer=BETA,
    given=(*TIMES, Below(beta_min, beta_max)),
    convenience=ORDER
    | {
        "t < 1": "the formulas hold for all later times",
        "beta_min < beta_max": "the formulas also hold for a constant or a falling beta",
        "0 < beta_min": "beta may start at 0",
        "0 < beta_max": "it follows from 0 < beta_min < beta_max",
    },
    example={beta_min: Rational(1, 2), beta_max: 3, s: Rational(1, 5), t: Rational(3, 5)},
    proof=proof_beta(BETA),
    wrong={
        "beta(t) t for its integral": Wrong(
            BETA._replace(alpha=exp(-rate(t) * t / 2), sigma=sqrt(1 - exp(-rate(t) * t))), "noise is added too early"
        ),
        "alpha-bar for its root": Wrong(BETA._replace(alpha=exp(-B)), "the mean decays twice as fast as it should"),
        "the variance as sigma": Wrong(
            BETA._replace(sigma=1 - exp(-B)), "it is the sub-VP kernel under the name of VP"
        ),
        "gap of B alone": Wrong(BETA._replace(gap=BETA.rise), "the noise at s is not counted, so steps are too short"),
        "slope beta": Wrong(BETA._replace(dgamma=rate(t)), "the loss weight loses its pole at t = 0"),
    },
    experiment=Experiment(
        process=(
            (z_0, ou(x, S.Zero, s / 2, n_0)),
            (z_s, ou(z_0, s / 2, s, n_1)),
            (z_1, ou(z_s, s, (s + t) / 2, n_2)),
            (z_t, ou(z_1, (s + t) / 2, t, n_3)),
        ),
        normals=(n_0, n_1, n_2, n_3),
        checks=(
            Residual(of=z_t, law=lambda q: Normal(q.alpha * x, q.sigma**2)),
            Residual(of=z_t, law=beta_jump, given=(z_s,)),
        ),
        at={x: 4, beta_min: Rational(1, 10), beta_max: 20, s: Rational(3, 10), t: Rational(2, 5)},
        twins=("alpha-bar for its root", "the variance as sigma", "gap of B alone"),
    ),
)

CLAIMS = (beta_linear,)
