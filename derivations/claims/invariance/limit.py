"""The loss of T steps tends to the continuous loss: a bound for any Lipschitz error, an exact value for one schedule.

A term of L_T is half an error times a step in SNR: a rectangle over [SNR(t), SNR(s)] whose height is the error at t.
For an error f with slopes between -M and M it is off half the integral of f by at most M/4 times the squared step.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, exp, sqrt

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Equal, Tends
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity
from derivations.symbols import (
    c,
    dsnr,
    err,
    h,
    lipschitz,
    loss,
    n_0,
    n_1,
    slack,
    snr,
    snr_max,
    snr_min,
    snr_t,
    x,
    z_bar,
)

MEAN_VALUE = (
    "the weighted mean value theorem: the integral of f - f(t) is that of one slope in [-M, M] times v - SNR(t)"
)
STEP = (snr, snr_t, snr_t + dsnr)

rectangle = Quantity("L_t", (), dsnr * err / 2)  # a term of L_T
falls = rectangle - Integral((err - (lipschitz - slack) * (snr - snr_t)) / 2, STEP)
rises = Integral((err + (lipschitz - slack) * (snr - snr_t)) / 2, STEP) - rectangle


def in_all(step: Expr) -> Expr:
    """The sum over T = 1/h equal steps of SNR."""
    return step.subs(dsnr, (snr_max - snr_min) * h) / h


GAP = lipschitz * dsnr**2 / 4  # the slope is M - slack

limit = Claim(
    name="vdm.loss.limit",
    title=(
        "For an M-Lipschitz error a step of L_T is within M dsnr^2/4 of L_inf's; those of T equal steps of SNR come to "
        "M h (SNR_max - SNR_min)^2/4 at steps h of time, which tends to 0"
    ),
    kind="limit",
    needs=("vdm.loss.discrete.snr", "vdm.loss.continuous.v"),
    says=lambda a: (
        AtMost(falls, a, {slack: 0}),
        AtMost(rises, a, {slack: 0}),
        Tends(in_all(a), h, Integer(0)),
    ),
    answer=GAP,
    example={dsnr: 1, err: 1, lipschitz: 1, slack: 1, snr_t: 1, snr_max: 4, snr_min: 1},
    convenience={
        "0 < dsnr": "the bound also holds for a step back in SNR",
        "0 < M": "M bounds the size of slopes; the algebra also holds for a negative M",
        "0 < snr_max": "only the difference of the ends occurs",
        "0 < snr_min": "only the difference of the ends occurs",
        "0 < snr_t": "only the difference from it occurs",
    },
    proof=(
        (
            by("the rectangle minus the integral", falls),
            by(
                "half the integral of the slope times v - SNR(t)",
                (lipschitz - slack) * dsnr**2 / 4,
                primitive=(err * snr - (lipschitz - slack) * (snr - snr_t) ** 2 / 2) / 2,
            ),
            by("the slope is at most M", GAP, more=slack * dsnr**2 / 4),
        ),
        (
            by("the integral minus the rectangle", rises),
            by(
                "half the integral of the slope times v - SNR(t)",
                (lipschitz - slack) * dsnr**2 / 4,
                primitive=(err * snr + (lipschitz - slack) * (snr - snr_t) ** 2 / 2) / 2,
            ),
            by("the slope is at most M", GAP, more=slack * dsnr**2 / 4),
        ),
        (
            by("T = 1/h steps of (SNR_max - SNR_min)/T", in_all(GAP)),
            by("T times a multiple of 1/T^2", h * lipschitz * (snr_max - snr_min) ** 2 / 4),
        ),
    ),
    wrong={
        "half of it": Wrong(GAP / 2, "for a linear error the difference is twice as large"),
        "no half from the triangle": Wrong(2 * GAP, "no error attains the bound"),
        "linear in the step": Wrong(lipschitz * dsnr / 4, "the sum over T steps would not tend to 0"),
        "of a midpoint rule": Wrong(
            lipschitz * dsnr**3 / 24, "the error is taken at the end of a step, not in its middle"
        ),
    },
    trust=(MEAN_VALUE, "bounds add up over T equal steps of SNR; for unequal steps, by the largest one"),
    means="one step with its mean slope, for any Lipschitz error; any T",
)

# -- Gaussian data: all of L_T --------------------------------------------------------------------

SEEN = Process((x, sqrt(c) * n_0), (z_bar, x + n_1 / sqrt(snr_t)), noise=(n_0, n_1))  # z_t/alpha_t
mmse = Quantity("mmse", (snr_t,), SEEN.Var(x, z_bar))
snr_s = Quantity("snr_s", (), ((1 + c * snr_t) * exp(2 * loss * h) - 1) / c)  # 1 + c SNR grows by the same factor
term = Quantity("L_t", (), (snr_s - snr_t) / 2 * mmse)


class Step(NamedTuple):
    """One of T = 1/h equal terms of L_T, and an upper bound of their sum minus L_inf = loss."""

    term: Expr
    excess: Expr


S = Step(term=(exp(2 * loss * h) - 1) / 2, excess=loss**2 * h * exp(2 * loss * h))

limit_gaussian = Claim(
    name="vdm.loss.limit.gaussian",
    title=(
        "On Gaussian data with the Bayes denoiser, where 1 + c SNR is geometric in t, steps h of time cost (exp(2 h "
        "L_inf) - 1)/2 each, with L_inf = loss"
    ),
    kind="limit",
    needs=("vdm.loss.discrete.snr", "vdm.loss.gaussian"),
    says=lambda a: (
        Equal(term, a.term),
        AtMost(h * loss, term, {loss: 0}),
        AtMost(term, h * loss + h * a.excess, {loss: 0}),
        Tends(a.excess / h, h, loss**2),
    ),
    answer=S,
    example={c: 1, h: 1, loss: 1, snr_t: 1},
    convenience={
        "0 < loss": "at loss = 0 all sides are 0; for a negative loss the bounds fail",
        "0 < c": "at c = 0 the data are one point and the loss is 0; the c that divides as written cancels",
        "0 < snr_t": "at snr_t = 0 the variance of z_t/alpha_t is infinite, and Var(x | z_t) tends to c",
    },
    proof=(
        (
            by("a step in SNR times half the variance of x given z_t", term, eq="vdm2021 (13)"),
            by("that variance is c/(1 + c SNR(t))", (snr_s - snr_t) / 2 * c / (1 + c * snr_t)),
            by("1 + c SNR(s) = (1 + c SNR(t)) exp(2 L_inf/T)", S.term),
        ),
        (
            by("L_inf / T", h * loss),
            by("the exponential lies above its tangent", S.term, convex=(loss, Integer(0))),
            by("one term", term),
        ),
        (
            by("one term", term),
            by("1 + c SNR(s) = (1 + c SNR(t)) exp(2 L_inf/T)", S.term),
            by("exp(a) - 1 - a is at most exp(a) a^2/2", h * loss + h * S.excess, convex=(loss, Integer(0))),
        ),
        (by("T times the excess", S.excess / h), by("cancel", loss**2 * exp(2 * loss * h))),
    ),
    wrong={
        "the continuous loss already": Wrong(Step(loss * h, S.excess), "L_T is larger for every finite T"),
        "the error at the start of the step": Wrong(
            S._replace(term=(1 - exp(-2 * loss * h)) / 2), "it is the lower Riemann sum, which is no bound"
        ),
    },
    means="a symbolic step; the number of steps is the inverse of h",
)

CLAIMS = (limit, limit_gaussian)
