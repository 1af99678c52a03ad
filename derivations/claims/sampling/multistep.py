"""DPM-Solver++(2M): an exponential step with x-hat extrapolated from the step before, and its order.

In lambda = log(alpha/sigma) the flow is solved by z_s = (sigma_s/sigma_t) z_t + alpha_s I, I' = x-hat - I (dpm.exact):
I is the integral of e^(u - h) x-hat(u) over u from 0 to h. Extrapolating the last two x-hats by a line to the middle
makes the step second order.
"""

from typing import NamedTuple

from sympy import Expr, Integer, Integral, Rational, diff, exp

from derivations.claims.sampling.order import SUM
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal, Tends
from derivations.notation.quantities import Quantity, Slope
from derivations.notation.samplers import Update
from derivations.symbols import decay_rest, h, integral, r, u, x_bend, x_hat, x_rest, x_slope, y_ode, y_rest

SPAN = (u, 0, h)


class Phi(NamedTuple):
    """Integrals of e^(u - h) times 1, u and u^2/2 over u from 0 to h."""

    none: Expr
    one: Expr
    two: Expr


PHI = Phi(none=1 - exp(-h), one=h - 1 + exp(-h), two=h**2 / 2 - h + 1 - exp(-h))
weights = [Integral(exp(u - h) * p, SPAN) for p in (Integer(1), u, u**2 / 2)]
parabola = Quantity("x_hat", (h,), x_hat + x_slope * h + x_bend * h**2 / 2)  # at the end of the step


def step(a: Phi) -> Expr:
    """I, of a quadratic x-hat."""
    return x_hat * a.none + x_slope * a.one + x_bend * a.two


phi = Claim(
    name="dpm.phi",
    title="An exponential step weights x-hat and its slopes by 1 - e^(-h), h - 1 + e^(-h) and h^2/2 - h + 1 - e^(-h)",
    kind="equality",
    needs=("dpm.exact", "ddim.forms"),
    says=lambda a: (
        *(Equal(weight, e) for weight, e in zip(weights, a, strict=True)),
        Equal(parabola, step(a) + Slope(step(a), h)),
    ),
    answer=PHI,
    example={h: 1, x_hat: 1, x_slope: 1, x_bend: 1},
    convenience={"0 < h": "both sides are entire functions of h"},
    proof=(
        (by("the weight of x-hat", weights[0]), by("integrate the exponential", PHI.none, primitive=exp(u - h))),
        (by("the weight of its slope", weights[1]), by("integrate by parts", PHI.one, primitive=(u - 1) * exp(u - h))),
        (
            by("the weight of its second slope", weights[2]),
            by("integrate by parts twice", PHI.two, primitive=(u**2 / 2 - u + 1) * exp(u - h)),
        ),
        (
            by("a quadratic x-hat at the end of the step", parabola.meaning()),
            by("it is I + I'", step(PHI) + Slope(step(PHI), h)),
        ),
    ),
    wrong={
        "lambda = log SNR": Wrong(
            Phi(1 - exp(-2 * h), 2 * h - 1 + exp(-2 * h), 2 * h**2 - 2 * h + 1 - exp(-2 * h)),
            "h is doubled: lambda is half the log SNR",
        ),
        "sign of h": Wrong(
            Phi(exp(h) - 1, exp(h) - h - 1, exp(h) - h**2 / 2 - h - 1), "they are the weights of eps-hat, not of x-hat"
        ),
        "factorial dropped": Wrong(PHI._replace(two=2 * PHI.two), "u^2 stands for u^2/2"),
    },
    means="a quadratic x-hat, with one weight for each power",
)


class TwoStep(NamedTuple):
    """The weights of the last x-hat and the one before, and what the step misses over alpha_s h^3."""

    now: Expr
    before: Expr
    error: Expr

    def meets(self, now: Expr, before: Expr) -> Expr:
        return self.now * now + self.before * before


decay = Quantity("exp_3", (-h,), 1 - h + h**2 / 2 - h**3 / 6 + h**4 * decay_rest)  # by Taylor's formula


def data(u: Expr) -> Expr:
    """x-hat along the flow, u after the last time it was asked."""
    return x_hat + x_slope * u + x_bend * u**2 / 2 + x_rest * u**3


def asked(u: Expr) -> Quantity:
    """Return x_hat(u), by its name."""
    return Quantity("x_hat", (u,), data(u))


def along(e: Expr, rate: Expr) -> Expr:
    """The slope of e(u, y_ode) by u, where y_ode moves at the rate."""
    return diff(e, u) + rate * diff(e, y_ode)


def taylor(rate: Expr) -> Expr:
    """I(h) with I' = rate(u, y_ode), y_ode for I, and I(0) = 0, by Taylor's formula: its slopes by the chain rule."""
    bend = along(rate, rate)
    first, second, third = (e.subs({u: 0, y_ode: 0}) for e in (rate, bend, along(bend, rate)))
    return h * first + h**2 / 2 * second + h**3 / 6 * third + h**4 * y_rest


moved = Quantity("I", (h,), taylor(data(u) - y_ode))  # I' = x-hat - I, by dpm.exact: the integral of e^(u - h) x-hat(u)
M = TwoStep(now=1 + 1 / (2 * r), before=-1 / (2 * r), error=x_slope / 12 + x_bend * (2 + 3 * r) / 12)


def miss(a: TwoStep) -> Expr:
    """The local error of a step, over h^3."""
    return (moved - Update(integral, "2M", (1 - decay) * a.meets(x_hat, asked(-r * h)))) / h**3


def line(u: Expr) -> Expr:
    """x-hat, if it were a line in lambda."""
    return x_hat + x_slope * u


half_way = Quantity("x_hat", (h / 2,), line(h / 2))


two_step = Claim(
    name="dpmpp.2m",
    title=(
        "DPM-Solver++(2M), with weights 1 + 1/(2r) of x-hat and minus 1/(2r) of that before, r the previous step "
        "over this one, is of second order"
    ),
    kind="limit",
    needs=("dpm.exact", "dpm.phi"),
    says=lambda a: (
        Equal(half_way, a.meets(line(Integer(0)), line(-r * h))),
        Tends(miss(a), h, a.error),
    ),
    answer=M,
    example={x_hat: 1, x_slope: 1, x_bend: 1, x_rest: 1, y_rest: 1, decay_rest: 1, r: Rational(1, 2), h: 1},
    convenience={
        "0 < h": "the value of a line half-way is the same in either direction",
        "0 < r": "the step before has some length; the extrapolation divides by r, and has a limit at r = 0",
    },
    proof=(
        (
            by("x-hat half-way, if it were linear in lambda", line(h / 2)),
            by("extrapolate from the last two values", M.meets(line(Integer(0)), line(-r * h))),
        ),
        (
            by("the solution minus the step, over h^3", miss(M)),
            by(
                "both agree up to h^2",
                (x_bend - x_slope) / 6
                + x_slope / 4
                + r * x_bend / 4
                + h * (y_rest + x_hat * decay_rest)
                - h * ((1 - h / 2 + h**2 / 6 - h**3 * decay_rest) * r**2 * x_rest / 2)
                + h * (-x_slope / 12 - r * x_bend / 8 + h * decay_rest * x_slope / 2)
                + h**2 * r * x_bend * (Rational(1, 24) - h * decay_rest / 4),
            ),
        ),
    ),
    wrong={
        "r inverted": Wrong(
            TwoStep(1 + r / 2, -r / 2, M.error),
            "equal at equal steps, and of second order on alternating or smooth grids, but wrong for a linear x-hat",
        ),
        "no half": Wrong(
            TwoStep(1 + 1 / r, -1 / r, M.error), "the line is evaluated at the end of the step, not half-way"
        ),
        "signs swapped": Wrong(
            TwoStep(1 - 1 / (2 * r), 1 / (2 * r), M.error), "it interpolates, backwards by half a step"
        ),
        "weights that sum to 2": Wrong(M._replace(before=1 / (2 * r)), "x-hat is counted more than once"),
        "r for equal steps": Wrong(
            TwoStep(Rational(3, 2), Rational(-1, 2), M.error), "these are Adams-Bashforth weights, right only at r = 1"
        ),
        "the error of the line alone": Wrong(
            M._replace(error=x_bend * (2 + 3 * r) / 12),
            "e^(u - h) gives more weight to the end of the step than half-way does",
        ),
    },
    means="local error of one step in one coordinate, for any smooth x-hat by its Taylor symbols, past values exact",
    trust=("Taylor's formula with bounded remainders, for a smooth x-hat", SUM),
)

CLAIMS = (phi, two_step)
