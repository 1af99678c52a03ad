"""What depends on the schedule between fixed end points: the loss of T steps, and the variance of an estimate.

For Gaussian data N(0, c) with Bayes denoiser both are closed forms. L_2 depends on the SNR half-way, and is always
above the continuous loss. The estimator
Y = gamma'/2 (eps - eps_hat)^2 at one uniform t has the second moment 1/4 int gamma'^2 m dt, m = E (eps - eps_hat)^4,
which is least where gamma' sqrt(m) is constant.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, Symbol, diff, exp, log, sqrt

from derivations.claims.invariance.continuous import FTC
from derivations.claims.invariance.gaussian import mmse, on_average
from derivations.claims.invariance.schedule import ratio, v_log
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import AtMost, Equal
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeAt
from derivations.notation.values import QuantityAt

# isort: off
from derivations.symbols import (
    c, draw, loss, n_0, n_1, n_2, snr, snr_m, snr_max, snr_min, snr_s, snr_t, t, u_0, u_1,
)  # fmt: skip


# -- finite T -------------------------------------------------------------------------------------


L_2 = Quantity("L_2", (snr_m,), ((snr_max - snr_m) * mmse(snr_m) + (snr_m - snr_min) * mmse(snr_min)) / 2)


def two_steps(middle: Expr) -> QuantityAt:
    """L_2 for SNR_max, then `middle`, then SNR_min."""
    return QuantityAt(L_2, (snr_m, middle))


class TwoSteps(NamedTuple):
    """L_2 through snr_s minus L_inf; minus L_2 through snr_t; the best middle SNR."""

    excess: Expr
    difference: Expr
    best: Expr


def excess(middle: Expr) -> Expr:
    """Return L_2 through `middle` minus L_inf."""
    first, second = (1 + c * snr_max) / (1 + c * middle), (1 + c * middle) / (1 + c * snr_min)
    return (first + second - 2 - log((1 + c * snr_max) / (1 + c * snr_min))) / 2


T2 = TwoSteps(
    excess=excess(snr_s),
    difference=c
    * (snr_s - snr_t)
    / 2
    * (1 / (1 + c * snr_min) - (1 + c * snr_max) / ((1 + c * snr_s) * (1 + c * snr_t))),
    best=(sqrt((1 + c * snr_max) * (1 + c * snr_min)) - 1) / c,
)
halves = (
    (1 + c * snr_max) / (1 + c * snr_s) - (1 + c * snr_max) / (1 + c * snr_t) + c * (snr_s - snr_t) / (1 + c * snr_min)
) / 2
RATIO = ((1 + c * snr_min) * exp(2 * loss) - 1) / c  # the SNR_max where (1 + c SNR_max)/(1 + c SNR_min) is e^(2 loss)


AT_RATIO = (snr_max, RATIO)
L_INF = QuantityAt(Quantity("L_inf", (), log((1 + c * snr_max) / (1 + c * snr_min)) / 2), AT_RATIO)  # the loss


def by_way(best: Expr) -> Quantity:
    """The SNR half-way on the best way, by name."""
    return Quantity("m", (), best)


def least_at_gap(best: Expr) -> QuantityAt:
    """L_2 on the best way, at the SNR_max of this loss."""
    return QuantityAt(L_2, (snr_m, QuantityAt(by_way(best), AT_RATIO)), AT_RATIO)


finite_t = Claim(
    name="vdm.loss.invariance.finite_T",
    title=(
        "On Gaussian data L_2 depends on its middle SNR, and is least, but above L_inf, where one plus c times the "
        "SNR is geometric"
    ),
    kind="refuted",
    needs=("vdm.loss.discrete.snr", "vdm.loss.gaussian"),
    refutes="a loss of finitely many steps depends on the schedule through SNR_max and SNR_min alone",
    printed=Equal(two_steps(snr_s), two_steps(snr_t)),
    printed_at={snr_max: 4, snr_s: 2, snr_t: Rational(3, 2), snr_min: 1, c: 1},
    says=lambda a: (
        Equal(two_steps(snr_s) - on_average, a.excess),
        Equal(two_steps(snr_s) - two_steps(snr_t), a.difference),
        Equal(SlopeAt(two_steps(snr_s), snr_s, by_way(a.best)), 0 * c),
        AtMost(two_steps(by_way(a.best)), two_steps(snr_s), {snr_s: a.best}, only=True),
        AtMost(L_INF, least_at_gap(a.best), {loss: 0}, only=True),
    ),
    answer=T2,
    example={snr_max: 4, snr_s: 2, snr_t: Rational(3, 2), snr_min: 1, c: 1, loss: 1},
    convenience={
        "0 < loss": "the bound is convex in the loss, and holds on either side of 0",
        "0 < snr_t": "at snr_t = 0 the variance of z_t/alpha_t is infinite, and Var(x | z_t) tends to c",
    },
    proof=(
        (
            by("two rectangles minus the integral", two_steps(snr_s) - on_average, eq="vdm2021 (13), (15)"),
            by("a rectangle is half of (1 + c SNR(s))/(1 + c SNR(t)) - 1", T2.excess, primitive=log(1 + c * snr) / 2),
        ),
        (
            by(
                "each term is half a step in SNR times the error at its end",
                two_steps(snr_s) - two_steps(snr_t),
                eq="vdm2021 (13)",
            ),
            by("(SNR_max - m) c/(1 + c m) = (1 + c SNR_max)/(1 + c m) - 1", halves),
            by("factor", T2.difference),
        ),
        (
            by("the slope in the SNR half-way", SlopeAt(two_steps(snr_s), snr_s, by_way(T2.best))),
            by("(1 + c m)^2 = (1 + c SNR_max)(1 + c SNR_min)", 0 * c),
        ),
        (
            by("through the SNR m with (1 + c m)^2 = (1 + c SNR_max)(1 + c SNR_min)", two_steps(by_way(T2.best))),
            by(
                "through any other SNR it exceeds that by a square",
                two_steps(snr_s),
                more=c**2 * (snr_s - T2.best) ** 2 / (2 * (1 + c * snr_s) * (1 + c * snr_min)),
            ),
        ),
        (
            by("half of log((1 + c SNR_max)/(1 + c SNR_min))", loss),
            by(
                "e^loss - 1 - loss is strictly convex, and it and its slope are 0 at 0",
                exp(loss) - 1,
                convex=(loss, S.Zero),
            ),
            by("(1 + c SNR_max)/(1 + c m) and (1 + c m)/(1 + c SNR_min) are e^loss", least_at_gap(T2.best)),
        ),
    ),
    wrong={
        "any schedule is the same": Wrong(
            T2._replace(excess=0 * c, difference=0 * c),
            "a reported bound does change with the schedule at fixed T",
        ),
        "difference reversed": Wrong(
            T2._replace(difference=-T2.difference), "the worse schedule is taken for the better"
        ),
        "half-way in log SNR": Wrong(T2._replace(best=sqrt(snr_max * snr_min)), "1 + c SNR is geometric, not SNR"),
    },
    means="two steps of symbolic SNRs, which is enough for a counterexample",
)

# -- the variance ---------------------------------------------------------------------------------

most, least = log(1 + c * snr_max), log(1 + c * snr_min)
v_best = Quantity("v_best", (t,), ((1 + c * snr_max) * exp(-t * (most - least)) - 1) / c)  # 1 + c SNR geometric in t


def drawn(v: Expr, n: Symbol) -> Expr:
    """eps - eps_hat at SNR v on the path with alpha = 1, for the regression x_hat; eps = n."""
    x = sqrt(c) * n_0
    return -sqrt(v) * (x - c / (c + 1 / v) * (x + n / sqrt(v)))


def second_moment(v: Expr) -> Integral:
    """E Y^2, for 1/4 gamma'^2 E (eps - eps_hat)^4: a normal's fourth moment is 3 variance^2."""
    gamma_slope = -Slope(v, t) / v
    residual = v * mmse(v)  # of eps - eps_hat = sqrt(v) (x_hat - x)
    return Integral(gamma_slope**2 / 4 * 3 * residual**2, (t, 0, 1))


def estimate(v: Expr, u: Symbol, n: Symbol) -> Expr:
    """Y at t = u."""
    return (-diff(v, t) / v / 2 * drawn(v, n) ** 2).subs(t, u)


class Second(NamedTuple):
    """E Y^2 for log SNR linear in t, and for 1 + c SNR geometric in t."""

    log_linear: Expr
    best: Expr


Y2 = Second(
    log_linear=Rational(3, 4) * ratio * (most - least + 1 / (1 + c * snr_max) - 1 / (1 + c * snr_min)),
    best=Rational(3, 4) * (most - least) ** 2,
)

J = Quantity(
    "J", (), sqrt(3) * (most - least) / 2
)  # the integral of draw = gamma' sqrt(m)/2, and draw where it is constant
TANGENT = Quantity("g", (draw,), 2 * J * draw - draw**2)  # of draw^2, at J

variance = Claim(
    name="vdm.loss.invariance.variance",
    title=(
        "The loss estimate's mean square depends on the schedule, and is least where gamma' times the root of the "
        "error's mean fourth power is constant"
    ),
    kind="refuted",
    needs=("vdm.loss.continuous.eps", "vdm.loss.gaussian", "vdm.loss.invariance"),
    refutes="the variance of the loss estimate depends on the schedule through SNR_max and SNR_min alone",
    printed=Equal(Y2.log_linear, Y2.best),
    printed_at={snr_max: 3, snr_min: 1, c: 1},
    says=lambda a: (
        Equal(second_moment(v_log), a.log_linear),
        Equal(second_moment(v_best), a.best),
        AtMost(TANGENT, a.best, {draw: J}, only=True),
    ),
    answer=Y2,
    example={snr_max: 400, snr_min: Rational(1, 400), c: 1, draw: 1},
    proof=(
        (
            by("1/4 int gamma'^2 3 F^2 dt", second_moment(v_log)),
            by(
                "F = c v/(1 + c v), gamma' = log(SNR_max/SNR_min)",
                Y2.log_linear,
                primitive=-Rational(3, 4) * ratio * (log(1 + c * v_log) + 1 / (1 + c * v_log)),
            ),
        ),
        (
            by("1/4 int gamma'^2 3 F^2 dt", second_moment(v_best)),
            by("gamma' F is twice the loss at every t", Y2.best, primitive=Rational(3, 4) * (most - least) ** 2 * t),
        ),
        (
            by("draw = gamma' sqrt(m)/2, whose integral J is the same for all schedules", TANGENT),
            by(
                "add (draw - J)^2; integrated over t, J^2 <= int draw^2, the second moment",
                Y2.best,
                more=(draw - J) ** 2,
            ),
        ),
    ),
    wrong={
        "any schedule is the same": Wrong(
            Y2._replace(log_linear=Y2.best),
            "a learned schedule would have nothing to gain",
        ),
        "the fourth moment without its 3": Wrong(
            Second(Y2.log_linear / 3, Y2.best / 3), "the square of a mean is not the mean of a square"
        ),
        "the variance itself": Wrong(
            Second(Y2.log_linear - (most - least) ** 2 / 4, Y2.best * 2 / 3), "E Y^2 - L_inf^2 is taken for E Y^2"
        ),
    },
    experiment=Experiment(
        normals=(n_0, n_1, n_2),
        uniforms=(u_0, u_1),
        process=(),
        checks=(
            Mean(estimate(v_log, u_0, n_1) ** 2, lambda a: a.log_linear),
            Mean(estimate(v_best, u_1, n_2) ** 2, lambda a: a.best),
        ),
        at={snr_max: 400, snr_min: Rational(1, 10), c: 1},
        twins=("any schedule is the same", "the fourth moment without its 3"),
        size=200_000,
    ),
    trust=(FTC, "monotonicity of the integral"),
    means="Gaussian data, symbolic end points; the bound, pointwise for any error",
)

CLAIMS = (finite_t, variance)
