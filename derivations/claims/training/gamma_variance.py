"""The gradient of the variance of the loss, in a schedule's inner parameters (VDM, appendix I.2).

With fixed end points, the mean of the estimate Y does not depend on the inner parameters theta, so
grad Var Y = grad E Y^2 - 2 E Y grad E Y = E grad Y^2. The end points change the mean, and for them the two differ.
"""

from typing import NamedTuple

from sympy import Expr, Integral, Rational, S, diff, exp, log

from derivations.claims.invariance.exceptions import estimate
from derivations.form.claim import Below, Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean
from derivations.form.statement import Equal
from derivations.notation.outcomes import Average, Outcomes
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.slopes import SlopeBy

# isort: off
from derivations.symbols import (
    Y, c, dy_1, dy_2, kappa, n_0, n_1, chance, parameter as theta, snr_max, snr_min, t, u_0, whole, y_1, y_2,
)  # fmt: skip

LAW = Outcomes(Y, (y_1, chance), (y_2, 1 - chance))


def average(a: Expr, b: Expr) -> Expr:
    """Return the mean over two outcomes, the first of probability p."""
    return chance * a + (1 - chance) * b


def grad_of(e: Expr, dy_2: Expr = dy_2) -> SlopeBy:
    """The slope of a mean over the outcomes."""
    return SlopeBy(e, theta, (y_1, dy_1), (y_2, dy_2))


SPREAD = Average((Y - Average(Y, LAW)) ** 2, LAW)  # Var Y
BALANCED = -chance * dy_1 / (1 - chance)  # the slope of y_2 where the mean does not move
balanced = {dy_2: BALANCED}

# Gaussian data, Bayes denoiser: 1 + c SNR falls by exp(-ell) from t = 0, ell(0) = 0 and ell(1) = full
full = log((1 + c * snr_max) / (1 + c * snr_min))


def ell(time: Expr, end: Expr) -> Expr:
    """A family with fixed ends and one inner parameter."""
    return end * (time + theta * time * (1 - time))


ELL = Quantity("ell", (t,), ell(t, whole))


def moment(power: int) -> Integral:
    """E Y^power: Y is ell'/2 times the square of a standard normal n, and E exp(kappa n) = exp(kappa^2/2)."""
    factor = diff(exp(kappa**2 / 2), kappa, 2 * power).subs(kappa, 0)
    return Integral(factor * (Slope(ELL, t) / 2) ** power, (t, 0, 1))


class Grad(NamedTuple):
    """grad Var Y in general and for a fixed mean; Var Y on Gaussian data; E grad Y^2 minus grad Var Y at an end."""

    general: Expr
    inner: Expr
    variance: Expr
    end: Expr


GRAD = Grad(
    general=average(2 * y_1 * dy_1, 2 * y_2 * dy_2) - 2 * average(y_1, y_2) * average(dy_1, dy_2),
    inner=2 * chance * dy_1 * (y_1 - y_2),
    variance=whole**2 * (2 + theta**2) / 4,
    end=whole / 2,
)
square = moment(2).function


def says_grad(q: Grad) -> tuple[Equal, ...]:
    """State grad Var Y for any Y, for a fixed mean (and E grad Y^2 there), and for a family of schedules."""
    return (
        Equal(grad_of(SPREAD), q.general),
        Equal(grad_of(SPREAD, BALANCED), q.inner),
        Equal(grad_of(Average(Y**2, LAW), BALANCED), q.inner),
        Equal(moment(2) - moment(1) ** 2, q.variance),
        Equal(Integral(SlopeBy(square, theta, (theta, S.One)), (t, 0, 1)), diff(q.variance, theta)),
        Equal(Integral(SlopeBy(square, whole, (whole, S.One)), (t, 0, 1)), diff(q.variance, whole) + q.end),
    )


GRADS = says_grad(GRAD)
cubed = t + 2 * theta * (t - t**2) + theta**2 * (t - 2 * t**2 + 4 * t**3 / 3)  # slope (1 + theta (1 - 2 t))^2
squared = 3 * whole**2 / 4 * cubed
v_theta = ((1 + c * snr_max) * exp(-ell(t, full)) - 1) / c
grad_drawn = diff(estimate(v_theta, u_0, n_1) ** 2, theta)

grad = Claim(
    name="vdm.gamma.grad",
    title=(
        "The gradient of the variance of Y is that of E[Y^2] for parameters that leave E[Y] unchanged, as the "
        "inner ones do"
    ),
    kind="equality",
    needs=("vdm.loss.invariance", "vdm.loss.gaussian"),
    says=says_grad,
    answer=GRAD,
    given=(Below(chance, S.One),),
    example={chance: Rational(1, 3), y_1: 1, y_2: 2, dy_1: 1, dy_2: 2, theta: Rational(1, 2), whole: 2},
    convenience={
        "0 < chance": "at chance = 0 the other outcome is certain",
        "chance < 1": "at chance = 1 no slope of the second outcome balances that of the first",
        "0 < ell_1": "the gradient is a polynomial in it",
    },
    proof=(
        (
            by("the slope of E (Y - E Y)^2", GRADS[0].lhs),
            by("2 E Y Y' - 2 E Y E Y'", GRADS[0].rhs),
        ),
        (
            by("the same slope, with E Y' = 0", GRADS[1].lhs, eq="vdm2021 (61)"),
            by("2 E Y Y'", average(2 * y_1 * dy_1, 2 * y_2 * dy_2).subs(balanced)),
            by("collect", GRADS[1].rhs),
        ),
        (by("E grad Y^2, with E Y' = 0", GRADS[2].lhs), by("collect", GRADS[2].rhs)),
        (
            by("Y = ell'/2 n^2 with n standard normal", GRADS[3].lhs),
            by("E n^4 = 3", 3 * whole**2 / 4 * (1 + theta**2 / 3) - moment(1) ** 2, primitive=squared),
            by("E Y = (ell(1) - ell(0))/2", GRADS[3].rhs, primitive=ell(t, whole) / 2),
        ),
        (
            by("take the gradient under the mean", GRADS[4].lhs),
            by("integrate: ell_1^2 theta/2", GRADS[4].rhs, primitive=diff(squared, theta)),
        ),
        (
            by("E grad Y^2", GRADS[5].lhs),
            by("grad Var Y + 2 E Y grad E Y, the latter ell_1/2", GRADS[5].rhs, primitive=diff(squared, whole)),
        ),
    ),
    wrong={
        "for every parameter": Wrong(
            GRAD._replace(general=average(2 * y_1 * dy_1, 2 * y_2 * dy_2), end=0 * whole),
            "an end point trained on E grad Y^2 moves to where the loss is small, not its variance",
        ),
        "square of the mean gradient": Wrong(
            GRAD._replace(inner=0 * y_1, variance=whole**2 / 4), "2 E Y grad E Y is 0, so the schedule never learns"
        ),
        "sign": Wrong(GRAD._replace(inner=-GRAD.inner), "the variance is increased"),
        "no fourth moment": Wrong(
            GRAD._replace(variance=whole**2 * (3 + theta**2) / 12 - whole**2 / 4),
            "(E (eps - eps_hat)^2)^2 stands for E (eps - eps_hat)^4",
        ),
    },
    experiment=Experiment(
        normals=(n_0, n_1),
        uniforms=(u_0,),
        process=((whole, full),),
        at={c: 1, snr_max: 2, snr_min: Rational(1, 2), theta: Rational(9, 10)},
        # at t and at 1 - t, whose slopes in theta are of opposite signs
        checks=(Mean((grad_drawn + grad_drawn.subs(u_0, 1 - u_0)) / 2, lambda a: diff(a.variance, theta)),),
        size=250_000,
        twins=("square of the mean gradient",),
    ),
    trust=("exchange of the gradient and the mean",),
    means="two outcomes of any Y, of fixed probabilities (more add terms); a family of schedules on Gaussian data",
)

CLAIMS = (grad,)
